"""A ledger made into one of the present version, or of the other edition."""
