"""How a new ledger workbook is written."""
