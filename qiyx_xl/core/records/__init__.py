"""What was reported, by whom, where it stands, and what is missing."""
