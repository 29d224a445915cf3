"""Thin layers over ``app``: the command line, the cell functions and the ledger's buttons."""
