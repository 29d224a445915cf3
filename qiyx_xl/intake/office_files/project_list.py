"""Which projects the office lists: read from the workbook it fills in, or a JSON document."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.forms.cell import Cell, squeeze
from qiyx_xl.core.forms.cell_parser import read_number
from qiyx_xl.core.forms.date_parser import read_day
from qiyx_xl.core.plan.project_list import ProjectList, list_problems, projects_from_document
from qiyx_xl.core.primitives.values import Absence, plain
from qiyx_xl.core.projects.forms import (
    LIST_ALIASES,
    LIVELIHOOD_LIST,
    LIVELIHOOD_SHEET,
    MAJOR_LIST,
    MAJOR_SHEET,
    NODE_LIST,
    NODE_SHEET,
    Headers,
    ListColumn,
    year_column,
)
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.office_files.json_file import (
    OfficeFileError,
    read_json,
)
from qiyx_xl.intake.office_files.schema_messages import schema_errors, sentence, shipped_schema
from qiyx_xl.intake.workbook.guard import guard, read_bytes
from qiyx_xl.intake.workbook.reader import read_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.intake.workbook.reader import Sheet

_SCHEMA = "schemas/projects.schema.json"
_ROWS_TO_SEARCH = 30
_HEADERS_TO_KNOW = 3
_CODE = re.compile(r"[A-Z]{1,4}[0-9]{1,4}")
_LONGEST_NAME, _LONGEST_TEXT = 100, 500


class ProjectListError(OfficeFileError):
    """A list that cannot be used."""

    wording = "清单“{name}”没有收下：{problems}。"


def load_project_list(path: Path, plan: Plan) -> ProjectList:
    """Return the lists of a workbook or a JSON document.

    Raises:
        ProjectListError: they cannot be read, contradict themselves, or name agencies or
            domains that the plan does not know.
    """
    problems: list[str] = []
    if path.suffix.lower() == ".json":
        document = read_json(path, ProjectListError, parse_float=str)
    else:
        document = _workbook(path, plan, problems)
    problems += _against_schema(document) if not problems else []
    if problems:
        raise ProjectListError(path.name, problems)
    try:
        listed = projects_from_document(document)
    except ValueError:
        raise ProjectListError(path.name, ["里面有日历上没有的日期"]) from None
    problems += list_problems(listed, plan)
    if not problems and not listed.entries:
        problems.append("里面没有一个项目")
    if problems:
        raise ProjectListError(path.name, problems)
    return listed


# --- the schema ------------------------------------------------------------------------------


def _against_schema(document: Any) -> list[str]:
    errors = schema_errors(document, shipped_schema(_SCHEMA))
    return [_sentence(document, error) for error in errors]


def _sentence(document: Any, error: Any) -> str:
    steps = list(error.path)
    where = "清单"
    if len(steps) > 1:
        entry = document[steps[0]][steps[1]]
        named = entry.get("code", "") if isinstance(entry, dict) else ""
        title = {"projects": MAJOR_SHEET, "livelihood": LIVELIHOOD_SHEET}[str(steps[0])]
        where = f"{title}第 {int(steps[1]) + 1} 条“{named}”"
    field = f"的“{'.'.join(map(str, steps[2:]))}”" if len(steps) > 2 else ""  # noqa: PLR2004
    return sentence(f"{where}{field}", error)


# --- the workbook ----------------------------------------------------------------------------


class _Rows:
    """The rows of one sheet of the list, by column; problems are appended to a common list."""

    def __init__(self, sheet: Sheet, headers: Headers, problems: list[str]) -> None:
        self.sheet = sheet
        self._problems = problems
        self._columns: dict[str, int] = {}
        self._head = 0
        for number in range(1, min(len(sheet.rows), _ROWS_TO_SEARCH) + 1):
            found = {
                key: column
                for column in range(len(sheet.rows[number - 1]), 0, -1)
                if (key := headers.key(sheet.text(number, column))) is not None
            }
            if len(found) >= _HEADERS_TO_KNOW:
                self._columns, self._head = found, number
                break

    def __iter__(self) -> Iterator[_Row]:
        for number in range(self._head + 1, len(self.sheet.rows) + 1):
            row = _Row(self, number)
            if self._head and any(row.text(column) for column in self._columns):
                yield row

    def require(self, columns: Sequence[str]) -> bool:
        """Whether the columns exist; missing ones are reported as a problem."""
        missing = [column for column in columns if column not in self._columns]
        if missing:
            self._problems.append(f"工作表“{self.sheet.name}”缺少{'、'.join(missing)}这些列")
        return not missing

    def cell(self, number: int, column: str) -> Cell:
        """Return a row's cell in a column; an empty cell if the sheet lacks the column."""
        place = self._columns.get(column)
        return Cell() if place is None else self.sheet.cell(number, place)

    def report(self, cell: Cell, what: str) -> None:
        """Add a problem at a cell."""
        self._problems.append(f"{self.sheet.name}!{cell.address} {what}")


class _Row:
    """One row; each method parses a cell as the type of its column, or reports a problem."""

    def __init__(self, rows: _Rows, number: int) -> None:
        self._rows, self._number = rows, number

    def cell(self, column: str) -> Cell:
        return self._rows.cell(self._number, column)

    def text(self, column: str) -> str:
        return self.cell(column).text

    def report(self, column: str, what: str) -> None:
        self._rows.report(self.cell(column), what)

    def name(self, column: str, longest: int = _LONGEST_NAME) -> str:
        text = self.text(column)
        if not text:
            self.report(column, f"没有填“{column}”")
        elif len(text) > longest:
            self.report(column, f"“{column}”超过 {longest} 个字")
        return text

    def optional(self, column: str) -> str:
        text = self.text(column)
        if len(text) > _LONGEST_TEXT:
            self.report(column, f"“{column}”超过 {_LONGEST_TEXT} 个字")
        return text

    def code(self) -> str:
        text = squeeze(self.text(ListColumn.CODE))[0].upper()
        if not _CODE.fullmatch(text):
            shown = self.text(ListColumn.CODE)
            self.report(ListColumn.CODE, f"编码“{shown}”应为字母加数字，如 XM01、SS01")
        return text

    def number(self, column: str, measure: str, *, required: bool = False) -> Decimal | None:
        """Return a number of zero or more; None for a blank cell."""
        cell = self.cell(column)
        value = read_number(cell, measure).value
        if value is Absence.NOT_REPORTED or value is Absence.NOT_APPLICABLE:
            if required:
                self.report(column, f"没有填“{column}”")
            return None
        if not isinstance(value, Decimal) or value < 0:
            shown = cell.error or cell.text
            self.report(column, f"“{column}”应填不小于 0 的数，现在是“{shown}”")
            return None
        return value

    def whole(self, column: str, low: int, high: int) -> int:
        value = self.number(column, "", required=True)
        if value is not None and (value != int(value) or not low <= value <= high):
            self.report(column, f"“{column}”应为 {low} 到 {high} 的整数，现在是“{plain(value)}”")
            return low
        return low if value is None else int(value)

    def day(self, column: str) -> str:
        cell = self.cell(column)
        value = read_day(cell).value
        if not isinstance(value, date):
            self.report(column, f"“{column}”应填日期，如 2026-06-30，现在是“{cell.text}”")
            return "2000-01-01"
        return value.isoformat()


def _workbook(path: Path, plan: Plan, problems: list[str]) -> dict[str, Any]:
    years = {year_column(year): year for year in plan.years}
    knows = {
        MAJOR_SHEET: _headers([*MAJOR_LIST, *years]),
        NODE_SHEET: _headers(NODE_LIST),
        LIVELIHOOD_SHEET: _headers(LIVELIHOOD_LIST),
    }
    try:
        guarded = guard(read_bytes(path), path.suffix)
        sheets = {
            sheet.name: _Rows(sheet, knows[sheet.name], problems)
            for sheet in read_sheets(guarded)
            if sheet.name in knows
        }
    except Refused as refused:
        raise ProjectListError(path.name, [refused.finding.message.rstrip("。")]) from None
    if not sheets:
        names = "”“".join(knows)
        raise ProjectListError(
            path.name, [f"找不到工作表“{names}”，请用 qiyx projects template 的清单"]
        )
    majors = _majors(sheets.get(MAJOR_SHEET), years)
    _add_nodes(sheets.get(NODE_SHEET), majors)
    return {
        "schema": "projects/1",
        "version": path.stem[:40],
        "projects": list(majors.values()),
        "livelihood": _livelihood(sheets.get(LIVELIHOOD_SHEET)),
    }


def _headers(columns: Sequence[str]) -> Headers:
    return Headers.of({str(column): LIST_ALIASES.get(str(column), ()) for column in columns})


def _majors(rows: _Rows | None, years: dict[str, int]) -> dict[str, dict[str, Any]]:
    needed = (ListColumn.CODE, ListColumn.NAME, ListColumn.DOMAIN, ListColumn.AGENCY)
    if rows is None or not rows.require(needed):
        return {}
    projects: dict[str, dict[str, Any]] = {}
    for row in rows:
        code = row.code()
        if code in projects:
            row.report(ListColumn.CODE, f"编码“{code}”前面已经用过")
        total = row.number(ListColumn.TOTAL, "万元")
        planned = {year: row.number(column, "万元") for column, year in years.items()}
        projects[code] = _entry(row, code) | {
            "content": row.optional(ListColumn.CONTENT),
            "total_investment": None if total is None else plain(total),
            "planned_investment": {
                str(year): plain(money) for year, money in planned.items() if money is not None
            },
            "nodes": [],
        }
    return projects


def _entry(row: _Row, code: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": row.name(ListColumn.NAME),
        "domain": row.name(ListColumn.DOMAIN, 20),
        "agency": row.name(ListColumn.AGENCY, 60),
        "contact": row.optional(ListColumn.CONTACT),
        "phone": row.optional(ListColumn.PHONE),
    }


def _add_nodes(rows: _Rows | None, projects: dict[str, dict[str, Any]]) -> None:
    if rows is None or not rows.require(NODE_LIST):
        return
    for row in rows:
        code = row.code()
        node = {
            "number": row.whole(ListColumn.NUMBER, 1, 999),
            "name": row.name(ListColumn.NODE),
            "planned": row.day(ListColumn.PLANNED),
        }
        if code in projects:
            projects[code]["nodes"].append(node)
        elif _CODE.fullmatch(code):
            row.report(ListColumn.CODE, f"“{MAJOR_SHEET}”表里没有编码“{code}”的项目")
    for project in projects.values():
        project["nodes"].sort(key=lambda node: node["number"])


def _livelihood(rows: _Rows | None) -> list[dict[str, Any]]:
    needed = tuple(c for c in LIVELIHOOD_LIST if c not in (ListColumn.CONTACT, ListColumn.PHONE))
    if rows is None or not rows.require(needed):
        return []
    entries = []
    for row in rows:
        target = row.number(ListColumn.TARGET, row.text(ListColumn.MEASURE), required=True)
        entries.append(
            _entry(row, row.code())
            | {
                "year": row.whole(ListColumn.YEAR, 2000, 2099),
                "content": row.name(ListColumn.DETAIL, _LONGEST_TEXT),
                "measure": row.name(ListColumn.MEASURE, 12),
                "target": plain(Decimal(0) if target is None else target),
            }
        )
    return entries
