"""Reading workbooks that are packages of XML (.xlsx, .xlsm)."""
