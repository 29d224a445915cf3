"""Which days are off: the State Council's arrangements, and what an office writes over them.

Announced years come from the library ``chinesecalendar``; a year it does not know yet comes from
``qiyx_xl/data/calendar.json``, which holds what the law alone fixes. A file of the office's
(``放假安排.json`` beside its ledger) replaces whole years.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.workdays import WorkCalendar
from qiyx_xl.data import read_text
from qiyx_xl.intake.rule_files import schema_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CALENDAR_NAME = "放假安排.json"
_SHIPPED = "calendar.json"
_SCHEMA = "schemas/calendar.schema.json"
_MOST_PROBLEMS_SHOWN = 5


class CalendarFileError(ValueError):
    """A calendar file that cannot be used; the message is fit to show."""

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        said = "；".join(problems[:_MOST_PROBLEMS_SHOWN])
        super().__init__(f"放假安排“{name}”不能用：{said}。请改好后再试，写法见 docs/remind.md。")


def load_calendar(path: Path | None = None) -> WorkCalendar:
    """Return the shipped calendar, with the years of an office's file laid over it.

    Args:
        path: the office's file; where there is none, the shipped calendar stands alone.

    Raises:
        CalendarFileError: the file cannot be read, or does not hold together.
    """
    calendar = _shipped()
    if path is None or not path.exists():
        return calendar
    for year, theirs in _years(_checked(path)).items():
        calendar = calendar.with_year(year, theirs)
    return calendar


@cache
def _shipped() -> WorkCalendar:
    import chinese_calendar

    off, working = frozenset(chinese_calendar.holidays), frozenset(chinese_calendar.workdays)
    announced = frozenset(day.year for day in off)
    calendar = WorkCalendar(off, working, announced)
    # A newer library may know by now what was still open when this program was made.
    for year, by_law in _years(json.loads(read_text(_SHIPPED))).items():
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


def _checked(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CalendarFileError(path.name, ("文件不是 UTF-8 编码的文本",)) from error
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 个字附近"
        raise CalendarFileError(path.name, (f"不是完整的 JSON，{where}写法有误",)) from error
    except (ValueError, RecursionError) as error:
        raise CalendarFileError(path.name, ("里面有不能用的内容",)) from error
    except OSError as error:
        raise CalendarFileError(path.name, ("文件打不开",)) from error
    problems = _against_schema(document) or tuple(_contradictions(document))
    if problems:
        raise CalendarFileError(path.name, problems)
    return dict(document)


def _against_schema(document: Any) -> tuple[str, ...]:
    from jsonschema import Draft202012Validator, FormatChecker

    schema = json.loads(read_text(_SCHEMA))
    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    errors = sorted(validator.iter_errors(document), key=lambda error: list(map(str, error.path)))
    return tuple(schema_sentence(schema, error) for error in errors)


def _contradictions(document: Mapping[str, Any]) -> list[str]:
    """Say where the dates of a well-formed file cannot be meant."""
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
