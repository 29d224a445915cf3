"""From a workbook to a form: where its table is, its rows, its schema."""
