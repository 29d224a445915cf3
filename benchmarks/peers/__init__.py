"""The same check written with other tools, each in its usual way.

Each module has ``validate_all(paths)``, which returns the number of errors in the workbooks: each
row needs a code and a name, texts must not be too long, numbers must be numbers; every error has
its cell. None of them protects against hostile files, accepts another layout, or checks units,
magnitudes or earlier values. Like our check they make their schema once. The check with openpyxl
and jsonschema is ``benchmarks.naive_validate``.
"""
