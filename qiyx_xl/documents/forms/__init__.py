"""The workbooks that agencies fill in."""
