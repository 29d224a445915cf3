"""Returned workbooks: as they came, with every fault marked in its cell."""
