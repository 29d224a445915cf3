"""Worksheets: the cells, as Excel keeps them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, ClassVar

from stand_in.area import Range
from stand_in.com import Model, fail
from stand_in.references import COLUMNS, ROWS, corners

if TYPE_CHECKING:
    from stand_in.book import Workbook

_EPOCH = dt.datetime(1899, 12, 30)
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")


class Worksheet(Model):
    iid = "000208D8"
    state: ClassVar[dict[str, Any]] = {"Visible": -1, "CodeName": "", "StandardWidth": 8.38}

    def __init__(self, book: Workbook, name: str) -> None:
        super().__init__()
        self.parent, self.name = book, name
        self.cells: dict[tuple[int, int], Any] = {}
        self.formulas: dict[tuple[int, int], str] = {}
        self.formats: dict[tuple[int, int], str] = {}
        self.selection = Range(self, 1, 1, 1, 1)

    def get_Name(self) -> str:
        return self.name

    def get_Index(self) -> int:
        return int(self.parent.sheets.index(self)) + 1

    def get_Cells(self) -> Range:
        return Range(self, 1, 1, ROWS, COLUMNS)

    def get_Rows(self) -> Range:
        return Range(self, 1, 1, ROWS, COLUMNS, "row")

    def get_Columns(self) -> Range:
        return Range(self, 1, 1, ROWS, COLUMNS, "column")

    def get_UsedRange(self) -> Range:
        places = set(self.cells) | set(self.formulas) | set(self.formats)
        if not places:
            return Range(self, 1, 1, 1, 1)
        rows, columns = [place[0] for place in places], [place[1] for place in places]
        return Range(self, min(rows), min(columns), max(rows), max(columns))

    def get_Range(self, Cell1: Any, Cell2: Any = None) -> Range:
        first = Cell1 if isinstance(Cell1, Range) else self._find(str(Cell1))
        last = first if Cell2 is None else Cell2
        last = last if isinstance(last, Range) else self._find(str(last))
        return Range(
            first.parent,
            min(first.top, last.top),
            min(first.left, last.left),
            max(first.bottom, last.bottom),
            max(first.right, last.right),
        )

    def _find(self, text: str) -> Range:
        name, _, reference = text.lstrip("=").rpartition("!")
        sheet = self if not name else self.parent.sheet(name.strip("'").replace("''", "'"))
        found = corners(reference)
        if found is None:
            fail(f"Not a range: {text}")
        return Range(sheet, *found)

    def Activate(self) -> None:
        self.parent.active = self

    def Select(self) -> None:
        self.parent.active = self

    # --- cells: a date is a number with a date format, a formula stands beside its value ------

    def put_cell(self, row: int, column: int, value: Any) -> None:
        place = (row, column)
        is_text = self.formats.get(place) == "@"
        self.formulas.pop(place, None)
        if isinstance(value, str) and len(value) > 1 and value.startswith("=") and not is_text:
            self.formulas[place] = value
            return
        kept = self._kept(place, value, is_text=is_text)
        if kept is None or kept == "":
            self.cells.pop(place, None)
        else:
            self.cells[place] = kept

    def _kept(self, place: tuple[int, int], value: Any, *, is_text: bool) -> Any:
        if isinstance(value, dt.datetime):
            value = value.replace(tzinfo=None)
            has_time = value.time() != dt.time()
            self.formats.setdefault(place, "yyyy/m/d h:mm" if has_time else "yyyy/m/d")
            value = (value - _EPOCH) / dt.timedelta(days=1)
        if isinstance(value, str) and value.startswith("'") and not is_text:
            return value[1:]
        if isinstance(value, str) and not is_text and _NUMBER.fullmatch(value):
            # Excel reads a text as if it were typed: digits become a number.
            value = float(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(f"{value:.15g}")
        return value

    def get_cell(self, row: int, column: int, *, dates: bool = True) -> Any:
        value = self.cells.get((row, column))
        shown = re.sub(r'"[^"]*"|\[[^\]]*\]', "", self.formats.get((row, column), ""))
        if not dates or not isinstance(value, float) or not re.search("[ymdh]", shown):
            return value
        moment = _EPOCH + dt.timedelta(days=value)
        return (moment + dt.timedelta(microseconds=500)).replace(microsecond=0)

    def get_formula(self, row: int, column: int) -> Any:
        value = self.formulas.get((row, column), self.cells.get((row, column)))
        return "" if value is None else f"{value:.15g}" if isinstance(value, float) else value
