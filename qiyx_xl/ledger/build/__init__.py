"""A new ledger workbook."""
