"""From a target and a figure to a rate, a lamp and a score."""
