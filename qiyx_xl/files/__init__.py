"""Tools for files of every kind: XML, packages, zips, addresses, texts, colours, whole files."""
