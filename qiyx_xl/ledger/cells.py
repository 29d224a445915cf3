"""What goes into a cell of the ledger, before any spreadsheet library sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

CELL_ERRORS = ("#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#REF!", "#NUM!", "#NULL!")

Value = str | int | Decimal | date | datetime | None


class CellError(StrEnum):
    """A real Excel error as a cell's value."""

    NOT_AVAILABLE = "#N/A"
    VALUE = "#VALUE!"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula (without its ``=``) and the value it has now.

    The value is stored beside the formula, so that programs which do not calculate, or do not
    know our functions, still show the right figure.
    """

    text: str
    value: Value


Cell = Value | Formula


def column_letter(index: int) -> str:
    """Name a column by its number from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Name a cell by row and column from 0: (4, 2) → C5."""
    return f"{column_letter(column)}{row + 1}"


def quoted(text: str) -> str:
    """Spell a text inside a formula, so that nothing in it can become part of the formula."""
    return '"' + text.replace('"', '""') + '"'
