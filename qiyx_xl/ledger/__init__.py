"""The only code that writes the master workbook."""
