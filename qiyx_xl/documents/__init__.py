"""How the files for other people are written: forms, returns, reports, lists and bulletins."""
