"""What a ledger shows, and whether that is right."""
