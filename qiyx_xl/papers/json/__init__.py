"""The documents of `--format json`."""
