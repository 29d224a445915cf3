"""What answers functions and buttons of programs other than Excel, in a process of its own."""
