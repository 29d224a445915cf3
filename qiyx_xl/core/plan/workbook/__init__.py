"""How a plan is laid out as a workbook for people: its sheets, columns and words."""
