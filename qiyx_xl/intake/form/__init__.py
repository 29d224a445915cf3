"""Reading the form in a workbook: where its table is, its rows, its schema."""
