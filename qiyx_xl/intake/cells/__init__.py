"""What a workbook says of its cells beside their values, and when they are not to be seen."""
