"""What a form contains, and how the cells that people fill in are parsed."""
