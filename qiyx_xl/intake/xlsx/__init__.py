"""Workbooks that are packages of XML (.xlsx, .xlsm)."""
