"""The results of a check, as a workbook, a web page or a table for programs."""
