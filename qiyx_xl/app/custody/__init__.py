"""Use cases: verify, rebuild and maintain the store, its journal, the originals and the ledger."""
