"""From a target and a figure to a completion rate, a lamp and a score."""
