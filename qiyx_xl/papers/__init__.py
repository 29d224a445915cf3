"""The content of the papers, independent of any file format: edition, texts, tables, JSON."""
