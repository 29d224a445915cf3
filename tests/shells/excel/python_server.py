"""Answers calls as the xlwings server answers ``CallUDF``; a program of its own.

    python python_server.py

A JSON line comes in: the module, the function, and its arguments as values. A JSON line goes out:
the answer, in the shape in which xlwings hands it over.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module


def as_rows(cells):
    """What ``ndim=2`` makes of a value, a row or rows; a blank is None."""
    if not isinstance(cells, list):
        return [[None if cells == "" else cells]]
    rows = cells if isinstance(cells[0], list) else [cells]
    return [[None if cell == "" else cell for cell in row] for row in rows]


def flattened(answer):
    """As xlwings.com_server.CallUDF does: one cell is a value, one row has one dimension."""
    if not isinstance(answer, list) or len(answer) > 1:
        return answer
    return answer[0] if len(answer[0]) > 1 else answer[0][0]


def main():
    for line in sys.stdin:
        module, name, arguments = json.loads(line)
        answer = getattr(import_module(module), name)(*map(as_rows, arguments))
        print(json.dumps(flattened(answer), default=float), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
