"""How returned workbooks are written: the sender's own file, with every fault marked in it."""
