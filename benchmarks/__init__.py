"""How fast it is, beside the floor and beside what one would otherwise write by hand."""
