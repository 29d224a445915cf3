"""How papers are written as Word documents, from templates."""
