"""Pure rules: no files, no Excel, no clock."""
