"""How a person reads a value in its cell's style, and a rich text by its runs.

The readers of .xls and .xlsx share these rules.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from qiyx_xl.core.forms.cell import Look
from qiyx_xl.core.primitives.serials import moment_of
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.intake.cells.number_format import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.forms.cell import CellValue
    from qiyx_xl.intake.cells.styles import CellStyle

SMALLEST_HEIGHT, SMALLEST_WIDTH = 3.0, 1.0  # points and characters; smaller cells are unreadable
ZERO_NOT_SHOWN = Look(unseen="这张工作表设了不显示零值")
_RAISED = dict(zip("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", strict=True))
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))


class Position(Enum):
    """The vertical position of a run of text: on the line, superscript or subscript."""

    ON_LINE = 0
    RAISED = 1
    LOWERED = 2


_REPLACEMENTS = {Position.ON_LINE: {}, Position.RAISED: _RAISED, Position.LOWERED: _LOWERED}


class Run(NamedTuple):
    """A piece of a rich text with its own font."""

    text: str
    is_struck: bool = False
    position: Position = Position.ON_LINE


def read_runs(runs: Iterable[Run]) -> tuple[str, str]:
    """Return a text as a person reads it, and the part of it that is struck out.

    Superscript and subscript digits become ¹ and ₁, because the 1 of 100¹ is not a digit of the
    number. Struck-out runs are not part of the text, unless the whole text is struck out.
    """
    shown: list[str] = []
    struck: list[str] = []
    for run in runs:
        replacements, text = _REPLACEMENTS[run.position], run.text
        if replacements:
            text = "".join(replacements.get(char, char) for char in normalize("NFKC", text))
        (struck if run.is_struck and text.strip() != "" else shown).append(text)
    text, struck_text = "".join(shown), "".join(struck)
    return (text, struck_text) if text.strip() else (text + struck_text, struck_text)


class Styled(NamedTuple):
    """A value converted by its style, its look if that differs, and whether it is shown in %."""

    value: CellValue
    look: Look | None
    is_percent: bool


def styled(value: str | float, style: CellStyle, *, has_1904_dates: bool) -> Styled:
    """Convert a value by its style: a number that is shown as a date becomes a date."""
    if isinstance(value, str):
        shown, text = style.format.show_text(value), value
    else:
        shown, text = style.format.show(value), plain(Decimal(repr(value)))
    look = style.look_at(shown, text)
    if isinstance(value, float) and shown.kind in {Kind.DATE, Kind.ELAPSED}:
        is_elapsed = shown.kind is Kind.ELAPSED
        moment = moment_of(value, has_1904_dates=has_1904_dates, is_elapsed=is_elapsed)
        if moment is not None:
            serial = Look(serial=Decimal(repr(value)))
            return Styled(moment, serial if look is None else look.joined(serial), False)
    return Styled(value, look, shown.kind is Kind.PERCENT)
