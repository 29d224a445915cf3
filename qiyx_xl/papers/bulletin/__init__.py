"""The text of the bulletin (通报) and of the agenda."""
