"""Which day a cell of 实际完成日期 means (docs/projects.md).

As with numbers (core/forms/cell_parser.py), plain dates are accepted silently, unambiguous ones in
an irregular notation with a warning; anything else is returned, with a suggestion if there is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell import Cell, squeeze
from qiyx_xl.core.forms.cell_parser import read_number
from qiyx_xl.core.primitives.serials import day_of
from qiyx_xl.core.primitives.signs import as_read
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding, FindingKind
    from qiyx_xl.core.records.project_record import ProjectValue

_LARGEST = 10**9  # also excludes infinity and NaN, which cannot be converted to int
_LAST_SERIAL = 80_000  # days since 1900; the year 2119, later than any plan
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_YEAR, _MONTH, _DAY = "(?P<year>20[0-9]{2})", "(?P<month>[0-9]{1,2})", "(?P<day>[0-9]{1,2})"
_PLAIN = re.compile(f"{_YEAR}-{_MONTH}-{_DAY}")
_TOLERATED = (
    re.compile(f"{_YEAR}[./]{_MONTH}[./]{_DAY}"),
    re.compile(f"{_YEAR}年{_MONTH}月{_DAY}[日号]?"),
    re.compile(r"(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
)
# Digits separated by a blank are two numbers, unless they are year, month and day.
_APART = re.compile(r"[0-9０-９]\s+[0-9０-９]")
_SPACED = re.compile(r"20[0-9]{2}[ \u3000]+(?:0[1-9]|1[0-2])[ \u3000]+[0-3][0-9]")
_TIME = re.compile(r"(?<=[0-9])(?:T|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$")
_MONTH_ONLY = re.compile(r"(?:20[0-9]{2}[-/.年])?[0-9]{1,2}月?(?:份|底|末|初|中旬|上旬|下旬)?")
_WITHOUT_YEAR = re.compile(r"[0-9]{1,2}[-/.月][0-9]{1,2}[日号]?")
_NOT_DONE = frozenset(
    {"未完成", "没有完成", "尚未完成", "进行中", "推进中", "在建", "建设中", "未开工", "否"}
)
_DONE = frozenset({"已完成", "完成", "是", "√", "已建成", "已投用", "已开工"})


@dataclass(frozen=True, slots=True)
class DayReading:
    """The parsed content of a date cell; ``kind`` is the finding to report, None without one."""

    value: ProjectValue
    kind: FindingKind | None = None
    suggestion: str | None = None
    hint: str = ""

    def finding(self, cell: Cell, sheet: str, header: str) -> Finding | None:
        """Return the finding about the cell; None if there is none."""
        if self.kind is None:
            return None
        meant = f"，可改为“{self.suggestion}”" if self.suggestion else self.hint
        return self.kind.at(
            sheet,
            cell.address or None,
            header=header,
            value=cell.error or cell.text,
            suggestion=self.suggestion,
            meant=meant,
            notes="",
            measure="日期",
            hint="",
        )


def read_day(cell: Cell) -> DayReading:
    """Parse the day on which a node was completed.

    A blank means not completed yet; so does 未完成, which withdraws a day reported earlier.
    """
    value = cell.value
    if cell.error is not None or value is None:
        parsed = read_number(cell, "")
        return DayReading(parsed.value, parsed.kind)
    match value:
        case datetime():
            return _within(cell, value.date(), None)
        case date():
            return _within(cell, value, None)
        case bool():
            return _wrong(cell)
        case int() | float() | Decimal():
            return _read_serial(cell, value)
        case str():
            return _read_text(cell, value)
        case _:
            return _wrong(cell)


def _within(cell: Cell, day: date, kind: FindingKind | None) -> DayReading:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return _wrong(cell)
    return DayReading(day, kind, None if kind is None else day.isoformat())


def _read_serial(cell: Cell, value: float | Decimal) -> DayReading:
    # 46200 in a cell with a number format is a date's serial number; 20260628 is a date, too.
    is_whole = -_LARGEST < value < _LARGEST and value == int(value)
    whole = int(value) if is_whole else 0
    found = _TOLERATED[2].fullmatch(str(whole))
    day = _day(found) if found is not None else None
    if day is None and 0 < whole < _LAST_SERIAL:
        day = day_of(whole)
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return _wrong(cell)
    return DayReading(day, say.DAY_TOLERATED, day.isoformat())


def _read_text(cell: Cell, text: str) -> DayReading:
    bare = _TIME.sub("", as_read(text).strip())
    if _APART.search(bare) and not _SPACED.fullmatch(bare):
        return _wrong(cell, "，请只填一个日期，数字中间不要有空格或换行")
    tight = _TIME.sub("", squeeze(bare)[0])
    if tight == "":
        return DayReading(Absence.NOT_REPORTED)
    if tight in _NOT_DONE:
        return DayReading(Word.IN_PROGRESS)
    found = _PLAIN.fullmatch(tight)
    day = _day(found) if found is not None else None
    if day is not None:
        return DayReading(day, None if tight == text.strip() else say.DAY_TOLERATED, str(day))
    for pattern in _TOLERATED:
        found = pattern.fullmatch(tight)
        day = _day(found) if found is not None else None
        if day is not None:
            return DayReading(day, say.DAY_TOLERATED, day.isoformat())
    parsed = read_number(cell, "")
    if parsed.value in (Absence.NOT_APPLICABLE, Absence.NOT_REPORTED):
        if parsed.kind is say.TOLERATED:
            return DayReading(parsed.value, say.DAY_TOLERATED, parsed.suggestion)
        return DayReading(parsed.value, parsed.kind)
    if tight in _DONE:
        return _wrong(cell, "，还要写明是哪一天")
    if _WITHOUT_YEAR.fullmatch(tight):
        return _wrong(cell, "，还要写明年份")
    if _MONTH_ONLY.fullmatch(tight):
        return _wrong(cell, "，要写到日")
    return _wrong(cell)


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _wrong(cell: Cell, hint: str = "") -> DayReading:
    text = cell.error or cell.text
    return DayReading(Unreadable(text, say.NOT_A_DAY.title), say.NOT_A_DAY, None, hint)
