"""Workbooks of the old binary format (.xls)."""
