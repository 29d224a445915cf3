"""The documents that ``--format json`` prints."""
