"""What the cells of a ledger contain."""
