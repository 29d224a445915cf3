"""重点任务: what agencies are asked about them, what they answer, lamps and status."""
