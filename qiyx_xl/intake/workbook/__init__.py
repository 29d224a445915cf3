"""From bytes to sheets: whether it is safe to open, and what it is."""
