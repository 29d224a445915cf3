"""What a cell of the ledger can hold: values, errors and formulas, within Excel's limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from qiyx_xl.files import addresses
from qiyx_xl.files.addresses import column_letters, column_number
from qiyx_xl.ledger.errors import LedgerError

CELL_ERRORS = ("#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#REF!", "#NUM!", "#NULL!")

LONGEST_TEXT = 32_767
"""The longest text of a cell, in UTF-16 code units, as Excel counts."""

LONGEST_FORMULA = 8192
LONGEST_LITERAL = 255
"""The longest text between quotes inside a formula, in characters."""

_LONG_LITERAL = re.compile(r'"(?:[^"]|""){256,}"')

Value = str | int | Decimal | date | datetime | None


class CellError(StrEnum):
    """An Excel error as a cell's value."""

    NOT_AVAILABLE = "#N/A"
    VALUE = "#VALUE!"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula (without its ``=``) and its present value.

    The value is stored with the formula, so that programs which do not calculate, or do not have
    our functions, still show the right figure.

    Raises:
        LedgerError: Excel would refuse the workbook for this formula.
    """

    text: str
    value: Value

    def __post_init__(self) -> None:
        if len(self.text) >= LONGEST_FORMULA or _LONG_LITERAL.search(self.text):
            raise LedgerError(
                f"有一条公式太长（{len(self.text):,} 个字），Excel 打不开这样的台账：一条公式最多 "
                f"{LONGEST_FORMULA:,} 个字，其中一段引号里的文字最多 {LONGEST_LITERAL} 个字。"
                "请缩短方案里的名称，再试一次。"
            )


Cell = Value | Formula


def fitted(text: str) -> str:
    """Return the text, cut to what a cell can hold; a note at the end says that it was cut."""
    if 2 * len(text) <= LONGEST_TEXT:
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    count = len(encoded) // 2
    if count <= LONGEST_TEXT:
        return text
    note = f"……（原文共 {count:,} 个字，一格放不下，全文见原件）"
    kept = encoded[: (LONGEST_TEXT - len(note)) * 2]
    return kept.decode("utf-16-le", "ignore") + note


# The ledger counts rows and columns from 0, as XlsxWriter does.


def column_letter(index: int) -> str:
    """Return the letters of a column numbered from 0: 0 → A, 26 → AA."""
    return column_letters(index + 1)


def column_of(where: str) -> int:
    """Return the number, from 0, of the column of an address or of column letters: C5 → 2."""
    return column_number(where.rstrip("0123456789")) - 1


def address(row: int, column: int) -> str:
    """Return the address of a cell by row and column from 0: (4, 2) → C5."""
    return addresses.address(row + 1, column + 1)


def quoted(text: str) -> str:
    """Return the text as a formula's string literal, with its quotes doubled.

    So nothing in the text can become part of the formula.
    """
    return '"' + text.replace('"', '""') + '"'
