"""How workbooks and pages look."""
