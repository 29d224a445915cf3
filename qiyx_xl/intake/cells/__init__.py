"""What a workbook stores about cells besides their values: formats, styles, visibility."""
