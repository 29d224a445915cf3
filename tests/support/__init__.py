"""What the tests draw, build and run with; no test lies here."""
