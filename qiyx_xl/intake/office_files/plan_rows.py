"""How one table of the plan's workbook is read: its columns by their headers, an entry a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.model import Direction, GoalKind
from qiyx_xl.core.plan.workbook.breakdowns import ROWS
from qiyx_xl.core.plan.workbook.readings import usual_reading
from qiyx_xl.core.plan.workbook.sheets import (
    DRAFT_COLUMNS,
    FINAL,
    YEAR_READING,
    YEAR_TARGET,
    Column,
    Kind,
    SheetLayout,
    columns_of,
    year_reading,
    year_target,
)
from qiyx_xl.core.primitives.text import tidy
from qiyx_xl.files.addresses import address
from qiyx_xl.intake.office_files.plan_cells import LISTED, parse_years

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from qiyx_xl.core.plan.lenient import Path
    from qiyx_xl.core.plan.workbook.readings import Reading
    from qiyx_xl.intake.office_files.plan_cells import Cells
    from qiyx_xl.intake.workbook.reader import Sheet

_ROWS_TO_SEARCH = 30
_FEWEST_HEADERS = 2
_MOST_ROWS = 3000
_MOST_COLUMNS = 300
_ALL = "全部"
_NOT_READ = (Kind.SHOWN, Kind.ORIGIN)

_Entry = dict[str, Any]


def read_table(
    sheet: Sheet, layout: SheetLayout, cells: Cells, items: Mapping[str, Mapping[str, Any]]
) -> tuple[list[_Entry], set[int]]:
    """Return a table's entries, and the years for which it has columns.

    ``items`` are the indicators and goals by their codes; in 目标分解 they say what targets mean.
    """
    table = _Table(sheet, layout, cells, items)
    if not table.columns:
        return [], set()
    return table.read(), table.years


class _Table:
    """One table: which of its columns are where, and the entries below."""

    def __init__(
        self,
        sheet: Sheet,
        layout: SheetLayout,
        cells: Cells,
        items: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self._sheet, self._cells, self._items = sheet, cells, items
        self._is_spread = layout.listing == "breakdowns"
        self._listing = ROWS if self._is_spread else layout.listing
        known = (*columns_of(layout.listing, ()), *DRAFT_COLUMNS)
        self._known = {tidy(column.header): column for column in known}
        self._head = self._find_head()
        self.columns: dict[int, Column] = {}
        self._origins: list[tuple[_Entry, str, str]] = []
        self.years: set[int] = set()
        if self._head:
            self._read_head()
        self._report_missing()

    # --- the header row

    def _find_head(self) -> int:
        """Return the row with the most known headers; 0 if none has at least two."""
        best, most = 0, _FEWEST_HEADERS - 1
        for row in range(1, min(len(self._sheet.rows), _ROWS_TO_SEARCH) + 1):
            found = {c.keys for _, text in self._headers(row) if (c := self._column(text))}
            if len(found) > most:
                best, most = row, len(found)
        return best

    def _headers(self, row: int) -> Iterator[tuple[int, str]]:
        for place in range(1, min(len(self._sheet.rows[row - 1]), _MOST_COLUMNS) + 1):
            text = self._sheet.cell(row, place).text
            if text:
                yield place, text

    def _column(self, text: str) -> Column | None:
        """Return the column that a header names."""
        header = tidy(text)
        known = self._known.get(header)
        if known is not None or self._listing not in ("indicators", ROWS):
            return known
        for pattern, column in ((YEAR_TARGET, year_target), (YEAR_READING, year_reading)):
            found = pattern.fullmatch(header)
            if found is not None:
                return column(int(found["year"]))
        return None

    def _read_head(self) -> None:
        seen: set[str] = set()
        for place, text in self._headers(self._head):
            column = self._column(text)
            cell = address(self._head, place)
            if column is None:
                self._remark(kinds.COLUMN_IGNORED, cell, text)
            elif column.header in seen:
                self._remark(kinds.COLUMN_TWICE, cell, column.header)
                self._cells.is_broken = True
            else:
                seen.add(column.header)
                self.columns[place] = column
                if column.keys[:1] == ("targets",) and len(column.keys) > 1:
                    self.years.add(int(column.keys[1]))

    def _report_missing(self) -> None:
        present = {column.header for column in self.columns.values()}
        cell = f"A{self._head}" if self._head else None
        for column in self._known.values():
            if column.header in present:
                continue
            if column.is_needed:
                self._remark(kinds.COLUMN_MISSING, cell, column.header)
                self._cells.is_broken = True
            elif self._head and column.kind not in _NOT_READ:
                self._remark(kinds.COLUMN_ABSENT, cell, column.header)

    def _remark(self, kind: Any, cell: str | None, value: str) -> None:
        self._cells.findings.append(kind.at(self._sheet.name, cell, value=value))

    # --- the rows

    def read(self) -> list[_Entry]:
        """Return the entries, and note the places of their parts."""
        entries: list[_Entry] = []
        rows = len(self._sheet.rows)
        last = min(rows, self._head + _MOST_ROWS)
        for row in range(self._head + 1, last + 1):
            if self._is_filled(row):
                entries.append(self._entry(row, (self._listing, len(entries))))
        if any(self._is_filled(row) for row in range(last + 1, rows + 1)):
            cell = address(last + 1, 1)
            finding = kinds.TOO_MANY_ROWS.at(self._sheet.name, cell, limit=_MOST_ROWS)
            self._cells.findings.append(finding)
            self._cells.is_broken = True
        if self._listing == "indicators":
            self._give_new_indicators_own_ids(entries)
            self._check_ids_moved_with_rows()
        return entries

    def _is_filled(self, row: int) -> bool:
        # A row of which only the hidden id is left was emptied to delete it.
        return any(
            column.keys != ("id",)
            and column.kind not in _NOT_READ
            and not self._sheet.cell(row, place).is_blank
            for place, column in self.columns.items()
        )

    def _entry(self, row: int, path: Path) -> _Entry:
        entry: _Entry = {}
        readings: dict[Path, Reading] = {}
        doubtful = origin = ""
        measure = self._measure(row)
        for place, column in self.columns.items():
            if column.kind in _NOT_READ:
                if column.kind is Kind.ORIGIN:
                    origin = self._sheet.cell(row, place).text
                continue
            keys = (*path, *column.keys)
            where = (self._sheet.name, address(row, place))
            if column.kind is Kind.READING:
                self._cells.places[*keys, "comparator"] = where
            elif column.kind is not Kind.YEARS:
                self._cells.places[keys] = where
            if column.keys[-1:] == ("printed",):
                self._cells.places[keys[:-1]] = where
                self._cells.places.setdefault(keys[:3], where)
            if column.keys in (("name",), ("item",)) or path not in self._cells.places:
                self._cells.places[path] = where
            value = self._cells.value(self._sheet, (row, place), column, keys, measure)
            if value is None:
                continue
            if column.kind is Kind.READING:
                readings[column.keys] = value
            elif column.kind is Kind.YEARS:
                doubtful = value
                self._doubtful_at = (row, place)
            else:
                _put(entry, column.keys, value)
        if origin and "id" in entry:
            cell = self._cells.places.get((*path, "name"), ("", None))[1]
            self._origins.append((entry, origin, cell or f"A{row}"))
        self._complete_targets(entry, readings, path)
        if doubtful:
            self._mark_doubtful(entry, doubtful, path)
        return entry

    def _measure(self, row: int) -> str:
        """Return the item's measure, which says what a number with a percent sign is."""
        for place, column in self.columns.items():
            if column.keys == ("measure",):
                return self._sheet.cell(row, place).text
        return ""

    # --- targets

    def _complete_targets(
        self, entry: _Entry, readings: Mapping[Path, Reading], path: Path
    ) -> None:
        """Add to each target what it is read as."""
        targets: dict[Path, _Entry] = {}
        if isinstance(entry.get("target"), dict):
            targets["target",] = entry["target"]
        for year, target in entry.get("targets", {}).items():
            targets["targets", year] = target
        for keys in readings:
            if keys not in targets:
                targets[keys] = {}
                _put(entry, tuple(map(str, keys)), targets[keys])
        for keys, target in targets.items():
            shown = (*path, *keys)
            reading = readings.get(keys)
            if reading is None:
                owner = self._items.get(entry.get("item", ""), {}) if self._is_spread else entry
                reading = _usual(owner, target)
                self._cells.places[*shown, "comparator"] = self._cells.places[*shown, "printed"]
            else:
                self._cells.places[shown] = self._cells.places[*shown, "comparator"]
            self._cells.places[*shown, "value"] = self._cells.places[*shown, "comparator"]
            if reading is None:  # the checks report what is printed
                self._cells.parts_with_findings |= {(*shown, "comparator"), (*shown, "value")}
                continue
            target["comparator"], target["value"] = reading.comparator.value, _plain(reading.value)

    def _mark_doubtful(self, entry: _Entry, text: str, path: Path) -> None:
        targets = entry.get("targets", {})
        parts = [part for part in LISTED.split(text) if part]
        if self._is_spread and FINAL in parts and "target" in entry:
            entry["target"]["to_confirm"] = True
            if parts == [FINAL]:
                return
            text = "、".join(part for part in parts if part != FINAL)
        years = [*map(int, targets)] if tidy(text) == _ALL else parse_years(text)
        place, cell = self._doubtful_at, self._sheet.cell(*self._doubtful_at)
        where = (self._sheet.name, address(*place))
        if not years or any(str(year) not in targets for year in years):
            self._cells.report(
                kinds.YEAR_UNREADABLE, self._sheet, cell, (*path, "targets"),
                header=self.columns[place[1]].header, value=text,
                wanted="、".join(targets) or "2023、2024",
            )  # fmt: skip
            return
        for year in years:
            targets[str(year)]["to_confirm"] = True
            self._cells.places[*path, "targets", str(year), "to_confirm"] = where

    # --- stable ids

    def _check_ids_moved_with_rows(self) -> None:
        """Find rows whose name is another row's of before: the hidden ids were left behind."""
        owners = {origin: entry["id"] for entry, origin, _ in self._origins}
        for entry, origin, cell in self._origins:
            name = entry.get("name", "")
            if name != origin and name in owners and owners[name] != entry["id"]:
                finding = kinds.IDS_MOVED.at(
                    self._sheet.name, cell, value=name, own=owners[name], here=entry["id"]
                )
                self._cells.findings.append(finding)

    def _give_new_indicators_own_ids(self, entries: list[_Entry]) -> None:
        """Give a new indicator its own id where its number is the id of another one.

        Without an id it is known by its number; who keeps the plans of before decides whether
        that id was ever used.
        """
        taken = {entry["id"] for entry in entries if "id" in entry}
        for entry in entries:
            number = entry.get("number")
            if "id" in entry or str(number) not in taken:
                continue
            more = 2
            while f"{number}-{more}" in taken:
                more += 1
            entry["id"] = f"{number}-{more}"
            taken.add(entry["id"])


def _usual(entry: Mapping[str, Any], target: Mapping[str, Any]) -> Reading | None:
    """Return what a target is read as; None where it cannot be read."""
    direction, kind = entry.get("direction"), entry.get("kind")
    return usual_reading(
        str(target.get("printed", "")),
        str(entry.get("measure", "")),
        Direction.HIGHER_IS_BETTER if direction is None else Direction(direction),
        None if kind is None else GoalKind(kind),
    )


def _put(entry: _Entry, keys: tuple[str, ...], value: object) -> None:
    for key in keys[:-1]:
        entry = entry.setdefault(key, {})
    entry[keys[-1]] = value


def _plain(value: Decimal | None) -> int | Decimal | None:
    return int(value) if value is not None and value == value.to_integral_value() else value
