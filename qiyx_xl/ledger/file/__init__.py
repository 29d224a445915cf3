"""The ledger as a file: opened, patched part by part, replaced."""
