"""From accepted submissions to one figure per item: versions, conflicts, street totals."""
