"""From accepted submissions to one figure an item: versions, conflicts, street totals."""
