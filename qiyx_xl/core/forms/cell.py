"""What is in one cell of a form, and what its text is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from qiyx_xl.core.primitives import signs
from qiyx_xl.core.primitives.memo import A_WORD, bounded_cache
from qiyx_xl.core.primitives.values import decimal_from_float, plain

CellValue = str | float | Decimal | bool | date | time | timedelta | None

# Full-width characters, and those that only look different. A long dash is not mapped to a minus:
# it may be a dash.
_HALF_WIDTH = str.maketrans({
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys("−‐‑‒–﹣", "-"), "﹢": "+", "﹪": "%", "․": ".", "﹒": ".", "﹐": ",",
})  # fmt: skip


class Note(StrEnum):
    """An irregularity tolerated in a cell; the value is its wording in messages."""

    FULL_WIDTH = "全角字符"
    SPACES = "夹有空格"
    UNSEEN = "带有看不见的字符"
    THOUSANDS = "带千分位逗号"
    TYPED_PERCENT = "手工输入了百分号"
    SCIENTIFIC = "科学计数法"
    APOSTROPHE = "前面有撇号"
    APOSTROPHES = "用撇号分千位"
    ALIKE = "用了形近的字符"
    PLUS_SIGN = "前面有加号"
    OTHER_WORDING = "用语不统一"


class Look(NamedTuple):
    """How a cell is displayed, where that differs from its value.

    ``shown`` is the text that its number format displays, where that reads as another number or has
    a measure; ``struck`` the text that is struck out: all of it, or a part beside the value;
    ``unseen`` the reason, in words, why the cell is not visible; ``serial`` the number behind a
    date.
    """

    shown: str | None = None
    struck: str = ""
    unseen: str = ""
    serial: Decimal | None = None

    def joined(self, other: Look) -> Look:
        """Return both combined; the other's fields take precedence."""
        return Look(
            self.shown if other.shown is None else other.shown,
            other.struck or self.struck,
            other.unseen or self.unseen,
            self.serial if other.serial is None else other.serial,
        )


class Cell(NamedTuple):
    """One cell of a form as stored in the file.

    ``value`` is its content (None: empty), ``percent`` whether it is displayed as a percentage,
    ``error`` the error it displays (``#N/A``), ``merged`` the merged range it belongs to where that
    covers more than one row or begins in another cell, ``hidden`` whether its row or column is
    hidden; ``look`` is its display, where that differs from the value.
    """

    address: str = ""
    value: CellValue = None
    percent: bool = False
    error: str | None = None
    formula: bool = False
    hidden: bool = False
    merged: str | None = None
    look: Look | None = None

    @property
    def text(self) -> str:
        """The cell as text, without spaces at either end; empty for an empty cell."""
        value = self.value
        return value.strip() if isinstance(value, str) else _as_text(self)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was filled in: no value, no error, no formula, or only blanks."""
        return self.error is None and not self.formula and signs.is_blank(self.text)


def shown(cell: Cell) -> str:
    """Format a cell the way the sheet displays it, apart from rounding."""
    look = cell.look
    return cell.text if look is None or look.shown is None else look.shown


def _as_text(cell: Cell) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "TRUE" if value else "FALSE"
        case Decimal() | int() | float():
            number = number_in(value)
            if number is None:
                return str(value)
            return f"{plain(number * 100)}%" if cell.percent else plain(number)
        case datetime():
            return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(value)


def half_width(text: str) -> str:
    """Return a text with half-width characters."""
    return text.translate(_HALF_WIDTH)


@bounded_cache(4096, A_WORD)
def squeeze(text: str) -> tuple[str, tuple[Note, ...]]:
    """Return a text in half-width characters without spaces, and notes on what was changed."""
    narrow = half_width(text)
    bare = narrow.strip()
    tight = signs.without_blanks(bare)
    notes = []
    if narrow != text:
        notes.append(Note.FULL_WIDTH)
    if tight != bare:
        notes.append(Note.SPACES if signs.all_visible(bare) else Note.UNSEEN)
    if tight.startswith("'"):
        tight = tight[1:]
        notes.append(Note.APOSTROPHE)
    return tight, tuple(notes)


def number_in(value: float | Decimal) -> Decimal | None:
    """Return the finite number in a cell; None for anything else."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    try:
        return decimal_from_float(value)
    except ValueError:
        return None
