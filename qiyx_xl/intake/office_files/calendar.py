"""Which days are off: the State Council's arrangements, and an office's own changes to them.

Announced years are read from the library ``chinesecalendar``; other years from
``qiyx_xl/data/calendar.json``, which has only the holidays fixed by law. An office's own file
(``放假安排.json`` beside its ledger) replaces whole years.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.workdays import WorkCalendar
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.json_file import (
    OfficeFileError,
    parse_json,
    read_json,
)
from qiyx_xl.intake.office_files.schema_messages import schema_problems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CALENDAR_NAME = "放假安排.json"
_SHIPPED = "calendar.json"
_SCHEMA = "schemas/calendar.schema.json"


class CalendarFileError(OfficeFileError):
    """A calendar file that cannot be used."""

    wording = "放假安排“{name}”不能用：{problems}。"
    advice = "请改好后再试，写法见 docs/remind.md。"
    most_shown = 5


def load_calendar(path: Path | None = None) -> WorkCalendar:
    """Return the shipped calendar, with its years replaced by those of an office's file.

    Args:
        path: the office's file; if it does not exist, the shipped calendar is returned.

    Raises:
        CalendarFileError: the file cannot be read, or contradicts itself.
    """
    calendar = _shipped()
    if path is None or not path.exists():
        return calendar
    for year, replacement in _years(_read_checked(path)).items():
        calendar = calendar.with_year(year, replacement)
    return calendar


@cache
def _shipped() -> WorkCalendar:
    import chinese_calendar

    off, working = frozenset(chinese_calendar.holidays), frozenset(chinese_calendar.workdays)
    announced = frozenset(day.year for day in off)
    calendar = WorkCalendar(off, working, announced)
    # A newer library may have a year that was not yet announced when calendar.json was written.
    for year, by_law in _years(parse_json(read_text(_SHIPPED))).items():
        if year not in announced:
            calendar = calendar.with_year(year, by_law)
    return calendar


def _years(document: Mapping[str, Any]) -> dict[int, WorkCalendar]:
    return {int(year): _year(int(year), entry) for year, entry in document["years"].items()}


def _year(year: int, entry: Mapping[str, Any]) -> WorkCalendar:
    off = {day for holiday in entry["holidays"] for day in _days(holiday)}
    working = frozenset(map(date.fromisoformat, entry["working"]))
    announced = frozenset({year} if entry.get("announced", True) else ())
    return WorkCalendar(frozenset(off) - working, working, announced)


def _days(holiday: Mapping[str, str]) -> list[date]:
    first, last = date.fromisoformat(holiday["from"]), date.fromisoformat(holiday["to"])
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _read_checked(path: Path) -> dict[str, Any]:
    document = read_json(path, CalendarFileError)
    problems = schema_problems(document, _SCHEMA) or tuple(_contradictions(document))
    if problems:
        raise CalendarFileError(path.name, problems)
    return dict(document)


def _contradictions(document: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each date that is outside its year, or an end before its start."""
    problems = []
    for year, entry in document["years"].items():
        for holiday in entry["holidays"]:
            first, last = holiday["from"], holiday["to"]
            if last < first:
                problems.append(f"{year}年“{holiday['name']}”的最后一天（{last}）早于第一天")
            problems += [
                f"{year}年“{holiday['name']}”里的 {day} 不在这一年"
                for day in dict.fromkeys((first, last))
                if not day.startswith(year)
            ]
        problems += [
            f"{year}年调休上班的 {day} 不在这一年"
            for day in entry["working"]
            if not day.startswith(year)
        ]
    return problems
