"""How the workbooks are written that agencies and the office fill in."""
