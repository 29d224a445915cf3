"""Where everything is in a ledger: tables, columns, defined names, fixed texts."""
