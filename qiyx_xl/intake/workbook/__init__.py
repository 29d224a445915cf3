"""Whether a file is a workbook that is safe to open, and the cells of its sheets."""
