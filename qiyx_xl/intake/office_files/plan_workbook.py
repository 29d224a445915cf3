"""Which plan document a workbook from people contains, and in which cell each part of it stands.

Sheets and columns are found by their names, never by position; what is unknown is left out, with a
remark. Whether the document makes sense is checked elsewhere, as for a plan file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any, NamedTuple

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.lenient import LABELS, Path
from qiyx_xl.core.plan.workbook.breakdowns import items_by_code
from qiyx_xl.core.plan.workbook.sheets import (
    ALL_WORDS,
    BASICS,
    BASICS_HEAD,
    BASICS_SHEET,
    CANDIDATES,
    DOMAIN_SECTION,
    FORCE_SECTION,
    KNOWN_SHEETS,
    LEVEL_SECTION,
    OPTIONAL_LISTS,
    REQUIRED_SHEETS,
    SHEETS,
    SheetLayout,
)
from qiyx_xl.core.plan.written import PLAN_SCHEMA
from qiyx_xl.core.primitives.text import tidy
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.office_files.json_file import PlanTextError
from qiyx_xl.intake.office_files.plan_breakdowns import spread
from qiyx_xl.intake.office_files.plan_candidates import read_candidates
from qiyx_xl.intake.office_files.plan_cells import Cells, parse_years
from qiyx_xl.intake.office_files.plan_rows import read_table
from qiyx_xl.intake.workbook.guard import guard, read_bytes
from qiyx_xl.intake.workbook.reader import read_sheets

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterable, Iterator, Mapping

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.intake.workbook.reader import Sheet

Places = dict[Path, tuple[str, str | None]]
"""The sheet and cell of each part of the document; a whole list has a sheet only."""

_AGENCY_KEYS = (
    *("lead_agency", "responsible_agency", "probable_responsible_agency"),
    *("cooperating_agencies", "agency"),
)
_ROWS_TO_SEARCH = 30
_LABEL, _VALUE = 1, 2  # the columns of 基本信息, where its header row is missing
_IN_BRACKETS = re.compile(rf"（(?:{'|'.join(ALL_WORDS)})）")
_CODES = re.compile(rf"(?<![A-Za-z_])(?:{'|'.join(ALL_WORDS)})(?![A-Za-z_])")
_FOR_JSON = "（数值填 null，比较符填 text）"


class PlanWorkbook(NamedTuple):
    """A plan as a workbook has it.

    ``document`` is None where sheets or columns are missing. ``parts_with_findings`` are the parts
    about which there is a finding already.
    """

    document: dict[str, Any] | None
    places: Places
    findings: tuple[Finding, ...]
    parts_with_findings: frozenset[Path]


def read_plan_workbook(path: pathlib.Path) -> PlanWorkbook:
    """Read a plan's workbook.

    Raises:
        PlanTextError: it cannot be read at all.
    """
    try:
        sheets = list(read_sheets(guard(read_bytes(path), path.suffix)))
        return _Reader(sheets).read()
    except Refused as refused:
        detail = refused.finding.message.split("。", maxsplit=1)[0]  # its cure is the forms'
        raise PlanTextError(kinds.WORKBOOK_UNREADABLE.at(value=path.name, detail=detail)) from None


def located(
    findings: Iterable[Finding], places: Mapping[Path, tuple[str, str | None]]
) -> Iterator[Finding]:
    """Yield the findings of a document with the cells they are about, in the workbook's words."""
    for finding in findings:
        path = getattr(finding.header, "path", ())
        sheet, cell = _place(path, places)
        yield changed(
            finding,
            sheet=sheet,
            cell=cell,
            message=_in_words(finding.message),
            suggestion=None if finding.suggestion is None else _in_words(finding.suggestion),
        )


def _place(
    path: Path, places: Mapping[Path, tuple[str, str | None]]
) -> tuple[str | None, str | None]:
    """Return the cell of the smallest part that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return None, None


def _in_words(message: str) -> str:
    """Return a message with the words of the workbook for the codes of a plan file."""
    without = _IN_BRACKETS.sub("", message.replace(_FOR_JSON, ""))
    return _CODES.sub(lambda found: ALL_WORDS[found[0]], without)


# --- the whole workbook ---------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    """Reads all sheets into one document, and notes places and findings."""

    sheets: list[Sheet]
    document: dict[str, Any] = field(default_factory=lambda: {"schema": PLAN_SCHEMA})
    cells: Cells = field(default_factory=Cells)

    def read(self) -> PlanWorkbook:
        known = {tidy(name): name for name in KNOWN_SHEETS}
        named: dict[str, Sheet] = {}
        for sheet in self.sheets:
            name = known.get(tidy(sheet.name))
            if name is None or name in named:
                self._remark_sheet(sheet)
            else:
                named[name] = sheet
        for name in REQUIRED_SHEETS:
            if name not in named:
                self.cells.findings.append(kinds.SHEET_MISSING.at(value=name))
        if BASICS_SHEET in named:
            _Basics(named[BASICS_SHEET], self.document, self.cells).read()
        years = set(self.document.get("years", ()))
        for layout in SHEETS:
            if layout.name in named:
                years |= self._read_list(layout, named[layout.name])
            elif layout.listing in OPTIONAL_LISTS:
                self.cells.findings.append(kinds.SHEET_ABSENT.at(value=layout.name))
        if CANDIDATES.name in named:
            read_candidates(named[CANDIDATES.name], self.document, self.cells)
        self.document["years"] = sorted(years)
        _Renaming(self.document, self.cells).apply()
        is_whole = all(name in named for name in REQUIRED_SHEETS) and not self.cells.is_broken
        return PlanWorkbook(
            self.document if is_whole else None,
            self.cells.places,
            tuple(self.cells.findings),
            frozenset(self.cells.parts_with_findings),
        )

    def _remark_sheet(self, sheet: Sheet) -> None:
        if any(value not in (None, "") for row in sheet.rows for value in row):
            self.cells.findings.append(kinds.SHEET_IGNORED.at(sheet.name, value=sheet.name))

    def _read_list(self, layout: SheetLayout, sheet: Sheet) -> set[int]:
        """Read a sheet's list into the document, and return the years of its columns."""
        self.cells.places[(layout.listing,)] = (sheet.name, None)
        items = items_by_code(self.document)
        entries, years = read_table(sheet, layout, self.cells, items)
        if layout.listing == "breakdowns":
            self.document[layout.listing] = spread(entries, self.cells)
            return set()
        self.document[layout.listing] = entries
        return years


class _Renaming:
    """Puts the names of now for those of before, as the column 曾用名 has them.

    Who renames an agency in its list need not find every cell in which it is named.
    """

    def __init__(self, document: dict[str, Any], cells: Cells) -> None:
        self._document, self._cells = document, cells
        agencies = document.get("agencies", ())
        current = {entry.get("name") for entry in agencies}
        named = [
            (earlier, number, entry["name"])
            for number, entry in enumerate(agencies)
            for earlier in entry.get("earlier_names", ())
            if "name" in entry and earlier not in current
        ]
        self._now = {earlier: name for earlier, _, name in named}
        self._rows = {earlier: number for earlier, number, _ in named}
        self._met: set[str] = set()

    def apply(self) -> None:
        for listing in ("domains", "indicators", "goals", "milestones", "tasks", "breakdowns"):
            for entry in self._document.get(listing, ()):
                self._rename(entry)
        for earlier in sorted(self._met):
            path = ("agencies", self._rows[earlier], "earlier_names")
            finding = kinds.OLD_NAME_READ.at(
                *self._cells.places.get(path, (None, None)),
                header=LABELS["earlier_names"],
                value=earlier,
                now=self._now[earlier],
            )
            self._cells.findings.append(finding)

    def _rename(self, entry: dict[str, Any]) -> None:
        for key in _AGENCY_KEYS:
            value = entry.get(key)
            names = value if isinstance(value, list) else [value]
            self._met |= {name for name in names if name is not None and name in self._now}
            if isinstance(value, list):
                entry[key] = [self._now.get(name, name) for name in value]
            elif value in self._now:
                entry[key] = self._now[value]


# --- 基本信息 -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Basics:
    """Reads the sheet 基本信息: labels with their values, and below them three lists."""

    sheet: Sheet
    document: dict[str, Any]
    cells: Cells
    label: int = _LABEL
    value: int = _VALUE

    def read(self) -> None:
        name = self.sheet.name
        for key in ("levels", "domains", "task_forces"):
            self.document[key] = []
            self.cells.places[(key,)] = (name, None)
        for column in BASICS:
            self.cells.places[column.keys] = (name, None)
        first = self._find_head()
        sections = {
            tidy(head[0]): head[0] for head in (LEVEL_SECTION, DOMAIN_SECTION, FORCE_SECTION)
        }
        section = ""
        for row in range(first, len(self.sheet.rows) + 1):
            label = tidy(self.sheet.cell(row, self.label).text)
            if label in sections:
                section = sections[label]
            elif section:
                self._read_entry(section, row)
            elif label:
                self._read_basic(label, row)

    def _find_head(self) -> int:
        """Find the header row, and return the next one."""
        wanted = [tidy(text) for text in BASICS_HEAD[:2]]
        for row in range(1, min(len(self.sheet.rows), _ROWS_TO_SEARCH) + 1):
            texts = [
                tidy(self.sheet.cell(row, column).text)
                for column in range(1, len(self.sheet.rows[row - 1]) + 1)
            ]
            if all(word in texts for word in wanted):
                self.label, self.value = (texts.index(word) + 1 for word in wanted)
                return row + 1
        return 1

    def _read_basic(self, label: str, row: int) -> None:
        column = next((column for column in BASICS if tidy(column.header) == label), None)
        if column is None:
            return
        key = column.keys[0]
        cell = self.sheet.cell(row, self.value)
        self.cells.places[(key,)] = (self.sheet.name, cell.address)
        if key == "years":
            text = self.cells.text(self.sheet, (row, self.value), column.header, (key,))
            years = parse_years(text) if text else ()
            if text and not years:
                self.cells.report(
                    kinds.YEAR_UNREADABLE, self.sheet, cell, (key,),
                    header=column.header, value=text, wanted="2023—2027",
                )  # fmt: skip
            self.document[key] = list(years)
            return
        value = self.cells.value(self.sheet, (row, self.value), column, (key,), "")
        if value is not None:
            self.document[key] = value

    def _read_entry(self, section: str, row: int) -> None:
        place = (self.sheet.name, self.sheet.cell(row, self.label).address)
        if section == LABELS["levels"]:
            self._append_name("levels", row, place)
        elif section == LABELS["task_forces"]:
            self._append_name("task_forces", row, place)
        else:
            self._append_domain(row, place)

    def _append_name(self, key: str, row: int, place: tuple[str, str]) -> None:
        path = (key, len(self.document[key]))
        name = self.cells.text(self.sheet, (row, self.label), LABELS[key], path)
        if name:
            self.cells.places[path] = place
            self.document[key].append(name)

    def _append_domain(self, row: int, place: tuple[str, str]) -> None:
        path = ("domains", len(self.document["domains"]))
        name = self.cells.text(self.sheet, (row, self.label), LABELS["domain"], (*path, "name"))
        lead = self.cells.text(
            self.sheet, (row, self.value), LABELS["lead_agency"], (*path, "lead_agency")
        )
        if not name and not lead:
            return
        self.cells.places[path] = self.cells.places[*path, "name"] = place
        lead_cell = self.sheet.cell(row, self.value)
        self.cells.places[*path, "lead_agency"] = (self.sheet.name, lead_cell.address)
        entry = {"name": name, "lead_agency": lead}
        self.document["domains"].append({key: text for key, text in entry.items() if text})
