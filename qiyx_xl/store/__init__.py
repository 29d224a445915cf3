"""The append-only log of what was accepted, and the original files by hash."""
