"""The processes and machines that check files."""
