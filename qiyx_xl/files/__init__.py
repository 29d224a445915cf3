"""Tools for reading and writing files: scratch folders, atomic replacement, XML, zips, texts."""
