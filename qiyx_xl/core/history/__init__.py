"""How figures change: closings, publications, meetings, differences, traces."""
