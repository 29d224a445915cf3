"""What stands in the cells of a ledger."""
