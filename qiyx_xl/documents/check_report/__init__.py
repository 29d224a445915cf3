"""The answer to a check, as a workbook, a page or a table."""
