"""Which files are meant: folders, archives, addresses."""
