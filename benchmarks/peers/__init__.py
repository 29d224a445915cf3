"""The same check in other tools, as one would write it with each of them.

Each module has ``validate_all(paths)``, which returns how many errors there are in the workbooks:
a code and a name on each row, texts not too long, a number where a number is asked for; every
error with its cell. None of them guards against hostile files, tolerates another layout, knows
units, magnitudes or what was sent before. Like ours they make their schema once. The way with
openpyxl and jsonschema is ``benchmarks.naive_validate``.
"""
