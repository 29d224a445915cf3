"""What will be: the pace still needed, the year end to expect, lamps in a row, odd changes."""
