"""The master workbook (七优享台账): no other package writes it."""
