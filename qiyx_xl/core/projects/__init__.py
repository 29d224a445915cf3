"""Projects: their forms, checks, rating and status."""
