"""What goes out: fill-in workbooks, returns, lists and bulletins."""
