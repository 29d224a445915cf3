"""The programs in which functions and buttons live: which are there, and installing into them.

What each gets is generated from the registry; what its add-in does is in the folder ``hosts/``.
"""
