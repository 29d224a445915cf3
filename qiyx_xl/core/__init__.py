"""The rules of the work, without side effects: no files, no Excel, no clock."""
