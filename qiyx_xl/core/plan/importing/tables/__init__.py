"""How the tables of a document are read: headers, rows, cells."""
