"""What was reported, by whom, which value is current, and what is missing."""
