"""How a ledger file is opened, patched part by part, and replaced."""
