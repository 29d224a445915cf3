"""What a ledger shows, whether that agrees with the log, and a copy with values only."""
