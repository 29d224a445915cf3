"""Thin shells: argv in, exit code out; cell in, cell out; Book in, message out."""
