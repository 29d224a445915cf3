"""Tables of cases as a person reads them: one line a case, cells between bars, the result last."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qiyx_xl.core.primitives.values import Absence, Unreadable, Word

NONE = "—"
"""Written in a table where there is nothing."""


def cases(table: str) -> Any:
    """Return a case of pytest for each line, named by what goes in; cells are without blanks."""
    lines = [line for line in table.splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [pytest.param(*row, id=" ".join(row[:-1])) for row in rows]


def number_of(cell: str) -> Decimal | None:
    """Return the number that a cell holds; None for a dash."""
    return None if cell == NONE else Decimal(cell)


def value_of(cell: str) -> Any:
    """Return what is reported: a word, 未填, 不适用, a day, 读不懂“快了”, or a number."""
    for known in (Absence, Word):
        if cell in [one.value for one in known]:
            return known(cell)
    if cell.startswith("读不懂"):
        return Unreadable(cell.removeprefix("读不懂"), "不是确数")
    return date.fromisoformat(cell) if cell.count("-") == 2 else Decimal(cell)
