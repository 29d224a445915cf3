"""What becomes of a value under its style, and of a text by its runs: one way for every format."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from qiyx_xl.core.forms.cell import Look
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.intake.cells.number_format import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.forms.cell import CellValue
    from qiyx_xl.intake.cells.styles import CellStyle

FIRST_DAY, FIRST_DAY_1904 = datetime(1899, 12, 31), datetime(1904, 1, 1)  # noqa: DTZ001 - as cells
SMALLEST_HEIGHT, SMALLEST_WIDTH = 3.0, 1.0  # points and characters; nobody reads less
ZERO_NOT_SHOWN = Look(unseen="这张工作表设了不显示零值")
_LEAP_DAY = 60  # Excel counts a 29th of February 1900, which there never was
_LAST_DAY = 2_958_465  # the 31st of December 9999
_SECONDS_A_DAY = 86_400
_RAISED = dict(zip("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", strict=True))
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))


class Position(Enum):
    """Where a run of text stands in its line."""

    ON_LINE = 0
    RAISED = 1
    LOWERED = 2


_SIGNS = {Position.ON_LINE: {}, Position.RAISED: _RAISED, Position.LOWERED: _LOWERED}


class Run(NamedTuple):
    """A piece of a text with a font of its own."""

    text: str
    is_struck: bool = False
    position: Position = Position.ON_LINE


def read_runs(runs: Iterable[Run]) -> tuple[str, str]:
    """Return a text as a person reads it, and what of it is struck out.

    Raised and lowered digits become ¹ and ₁: the 1 of 100¹ is no digit of the number. What is
    struck out is no part of the text, unless all of it is.
    """
    shown: list[str] = []
    struck: list[str] = []
    for run in runs:
        signs, text = _SIGNS[run.position], run.text
        if signs:
            text = "".join(signs.get(char, char) for char in normalize("NFKC", text))
        (struck if run.is_struck and text.strip() != "" else shown).append(text)
    text, out = "".join(shown), "".join(struck)
    return (text, out) if text.strip() else (text + out, out)


class Styled(NamedTuple):
    """A value as its style makes it, how it looks where that is not plain, and whether in %."""

    value: CellValue
    look: Look | None
    is_percent: bool


def styled(value: str | float, style: CellStyle, first_day: datetime) -> Styled:
    """Return a value as its style makes it: a date where it is shown as one."""
    if isinstance(value, str):
        shown, text = style.format.show_text(value), value
    else:
        shown, text = style.format.show(value), plain(Decimal(repr(value)))
    look = style.look_at(shown, text)
    if isinstance(value, float) and shown.kind in {Kind.DATE, Kind.ELAPSED}:
        moment = _moment(value, first_day, is_elapsed=shown.kind is Kind.ELAPSED)
        if moment is not None:
            serial = Look(serial=Decimal(repr(value)))
            return Styled(moment, serial if look is None else look.joined(serial), False)
    return Styled(value, look, shown.kind is Kind.PERCENT)


def _moment(
    serial: float, first_day: datetime, *, is_elapsed: bool
) -> date | time | timedelta | None:
    """Return the date, the time or the time span that a number is shown as; None if it is none."""
    if not 0 <= serial <= _LAST_DAY:
        return None
    seconds = round(serial * _SECONDS_A_DAY * 1000) / 1000
    if is_elapsed:
        return timedelta(seconds=seconds)
    if serial < 1:
        return (first_day + timedelta(seconds=seconds)).time()
    is_after = first_day is FIRST_DAY and serial >= _LEAP_DAY
    try:
        moment = first_day + timedelta(seconds=seconds, days=-1 if is_after else 0)
    except OverflowError:
        return None
    return moment.date() if moment.time() == time() else moment
