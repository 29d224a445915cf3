"""Where everything is in a ledger: sheets, tables, columns, texts."""
