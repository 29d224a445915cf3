"""What is checked of a filled-in form: each row, the form, and all forms of a batch."""
