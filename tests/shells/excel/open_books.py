"""A workbook that is open in "Excel": the few members of Excel's objects that the buttons use.

The cells are those of a real ledger, as a grid per sheet. What the real xlwings and COM do with
them is tested under Wine; here it is what our side asks for, and how often.
"""

# ruff: noqa: N802 - Excel's own names

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter, range_boundaries

from qiyx_xl.core.primitives.serials import serial_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MANUAL, AUTOMATIC = -4135, -4105
_NO_SUCH_SHEET = -2147352567


class ComError(Exception):
    """What pywin32 raises."""

    def __init__(self, hresult: int) -> None:
        super().__init__(f"com error {hresult}")
        self.hresult = hresult


@lru_cache(maxsize=4)
def _sheets_of(
    package: bytes, *, formulas: bool = False
) -> dict[str, tuple[dict[tuple[int, int], Any], set[tuple[int, int]]]]:
    """Return each sheet's cells, and which of them are formatted as text; most tests open one book."""
    found = {}
    for sheet in load_workbook(BytesIO(package), data_only=not formulas):
        cells = [cell for row in sheet.iter_rows() for cell in row]
        found[sheet.title] = (
            {(c.row, c.column): _as_kept(c.value) for c in cells if c.value is not None},
            {(c.row, c.column) for c in cells if c.number_format == "@"},
        )
    return found


class Counted:
    """An object of Excel's: whatever is asked of it is a call."""

    book: Book

    def __getattribute__(self, name: str) -> Any:
        if name[0].isupper():
            book = super().__getattribute__("book")
            book.calls += 1
            book.log.append(name)
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name[0].isupper():
            self.book.calls += 1
            self.book.log.append(f"{name}=")
        super().__setattr__(name, value)


class Range(Counted):
    def __init__(self, sheet: Sheet, where: str) -> None:
        self.book, self.sheet = sheet.book, sheet
        self.left, self.top, self.right, self.bottom = range_boundaries(where)

    @property
    def Value2(self) -> Any:
        cells = self.sheet.cells
        rows = tuple(
            tuple(cells.get((row, column)) for column in range(self.left, self.right + 1))
            for row in range(self.top, self.bottom + 1)
        )
        return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows

    @Value2.setter
    def Value2(self, rows: Any) -> None:
        self.book.before_writing(self.sheet.name)
        rows = rows if isinstance(rows, tuple) else ((rows,),)
        assert len(rows) == self.bottom - self.top + 1
        for row, cells in enumerate(rows, start=self.top):
            assert len(cells) == self.right - self.left + 1
            for column, cell in enumerate(cells, start=self.left):
                self.sheet.put(row, column, cell)

    # --- what a changed plan needs. Formulas are kept as texts; none is adjusted. ---

    @property
    def Formula(self) -> Any:
        return self.Value2

    @Formula.setter
    def Formula(self, rows: Any) -> None:
        self.Value2 = rows

    def Insert(self, shift: int, like: int = 0) -> None:
        moving = self.book.cut
        assert not self.book.copied, "Excel would insert what was copied"
        self.book.cut = None
        if self.left is None:
            count = self.bottom - self.top + 1
            assert shift == -4121
            lifted = {}
            if moving is not None:
                lifted = moving.take_rows()
                assert moving.top > self.top
                count = moving.bottom - moving.top + 1
            self.sheet.shift(0, self.top, count)
            self.sheet.cells |= {
                (row - moving.top + self.top, column): cell
                for (row, column), cell in lifted.items()
            }
        else:
            assert self.top is None
            assert shift == -4161
            self.sheet.shift(1, self.left, self.right - self.left + 1)

    def take_rows(self) -> dict[tuple[int, int], Any]:
        cells = self.sheet.cells
        lifted = {place: cells[place] for place in cells if self.top <= place[0] <= self.bottom}
        self.Delete(-4162)
        return lifted

    def Delete(self, shift: int) -> None:
        self.book.before_writing(self.sheet.name)
        if self.left is None:
            self.sheet.shift(0, self.bottom + 1, self.top - self.bottom - 1)
        else:
            assert self.top is None
            self.sheet.shift(1, self.right + 1, self.left - self.right - 1)

    def Cut(self, target: Range | None = None) -> None:
        if target is None:
            self.book.cut = self
            return
        cells = self.sheet.cells
        lifted = {
            (row, column): cells.pop((row, column), None)
            for row in range(self.top, self.bottom + 1)
            for column in range(self.left, self.right + 1)
        }
        for (row, column), cell in lifted.items():
            place = (row - self.top + target.top, column - self.left + target.left)
            cells.pop(place, None)
            if cell is not None:
                cells[place] = cell

    def Copy(self) -> None:
        self.book.copied = True

    def PasteSpecial(self, kind: int) -> None:
        assert self.book.copied
        assert kind == -4122

    RowHeight = 20.0

    def Merge(self) -> None:
        self.sheet.merged.add((self.top, self.left, self.bottom, self.right))

    def UnMerge(self) -> None:
        self.sheet.merged = {
            box
            for box in self.sheet.merged
            if not (self.top <= box[0] <= self.bottom and self.left <= box[1] <= self.right)
        }

    @property
    def EntireRow(self) -> Any:
        return SimpleNamespace(AutoFit=lambda: self.book.fitted.append(self.sheet.name))


class Sheet(Counted):
    def __init__(
        self, book: Book, name: str, cells: dict[tuple[int, int], Any], texts: set[tuple[int, int]]
    ) -> None:
        self.book, self.name, self.cells, self.texts = book, name, cells, texts
        self.merged: set[tuple[int, int, int, int]] = set()

    FilterMode = False

    def shift(self, axis: int, first: int, by: int) -> None:
        """Move what begins at a row (axis 0) or column (1); what it is pushed over is gone."""

        def moved(places: Iterable[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], ...]]:
            for place in places:
                if place[axis] >= first:
                    new = list(place)
                    new[axis] += by
                    yield place, (new[0], new[1])
                elif not first + by <= place[axis] < first:
                    yield place, place

        self.cells = {new: self.cells[old] for old, new in moved(self.cells)}
        self.texts = {new for _, new in moved(self.texts)}

    def put(self, row: int, column: int, cell: Any) -> None:
        place = (row, column)
        if isinstance(cell, str) and cell and place not in self.texts:
            # Excel takes the apostrophe as the sign of a text and does not show it; a text
            # without one it would turn into whatever it looks like.
            assert cell.startswith(("'", "=")), cell
            cell = cell.removeprefix("'")
        if cell is None or cell == "":
            self.cells.pop(place, None)
        else:
            self.cells[place] = cell

    def Range(self, where: str) -> Range:
        return Range(self, where)

    @property
    def UsedRange(self) -> Range:
        rows, columns = zip(*self.cells, strict=True)
        first = f"{get_column_letter(min(columns))}{min(rows)}"
        return Range(self, f"{first}:{get_column_letter(max(columns))}{max(rows)}")

    def Activate(self) -> None:
        self.book.shown = self.name


class Excel(Counted):
    """The application: settings, status bar, folder picker."""

    def __init__(self, book: Book, picked: Path | None) -> None:
        self.book, self.picked = book, picked
        self.ScreenUpdating, self.Calculation = True, AUTOMATIC
        self.StatusBar: Any = False
        self.CutCopyMode: Any = False

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "StatusBar" and value:
            self.book.app.statuses.append(value)
        if name == "CutCopyMode":
            self.book.copied = bool(value)

    def FileDialog(self, kind: int) -> Any:
        assert kind in (3, 4)
        return SimpleNamespace(
            Show=lambda: 0 if self.picked is None else -1,
            SelectedItems=lambda number: str(self.picked),
        )

    def InputBox(self, question: str, title: str, default: str) -> Any:
        self.book.app.questions.append(question)
        return default if self.book.app.typed is None else self.book.app.typed

    UserName = "王敏"


class App:
    """xlwings' App."""

    def __init__(self) -> None:
        self.statuses: list[str] = []
        self.alerts: list[str] = []
        self.questions: list[str] = []
        self.says = "yes"
        self.typed: str | bool | None = None
        self.api: Any = None

    @property
    def status_bar(self) -> Any:
        return self.api.StatusBar

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self.api.StatusBar = value

    def alert(
        self, text: str, title: str, buttons: str = "ok", mode: str | None = None
    ) -> str | None:
        # "台账" where the workbook cannot be read
        assert title in {"七优享", "民生八有", "台账"}
        if buttons == "yes_no":
            self.questions.append(text)
            return self.says
        self.alerts.append(text)
        return None


class Worksheets(Counted):
    def __init__(self, book: Book) -> None:
        self.book = book

    def Item(self, name: str) -> Sheet:
        if name not in self.book.sheets:
            raise ComError(_NO_SUCH_SHEET)
        return self.book.sheets[name]


class Workbook(Counted):
    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def FullName(self) -> str:
        return self.book.fullname

    @property
    def Worksheets(self) -> Worksheets:
        return Worksheets(self.book)

    @property
    def Application(self) -> Excel:
        return self.book.app.api

    @property
    def Names(self) -> Any:
        return SimpleNamespace(Add=self.book.names.__setitem__)

    def SaveCopyAs(self, path: str) -> None:
        shutil.copy(self.book.fullname, path)


class Book:
    """An open ledger (xlwings' Book); ``picked`` is the folder that the user will pick.

    With ``formulas`` its cells hold the texts of formulas, else what they calculate.
    """

    def __init__(self, path: Path, picked: Path | None = None, *, formulas: bool = False) -> None:
        self.fullname, self.name = str(path), path.name
        self.calls = 0
        self.log: list[str] = []
        self.copied = False
        self.cut: Range | None = None
        self.app = App()
        self.app.api = Excel(self, picked)
        self.api = Workbook(self)
        self.shown = ""
        self.fitted: list[str] = []
        self.names: dict[str, str] = {}
        self.trouble: dict[str, list[Exception]] = {}
        self.sheets = {
            title: Sheet(self, title, dict(cells), set(texts))
            for title, (cells, texts) in _sheets_of(path.read_bytes(), formulas=formulas).items()
        }
        self.calls = 0
        self.log.clear()

    def before_writing(self, sheet: str) -> None:
        if self.trouble.get(sheet):
            raise self.trouble[sheet].pop(0)

    def cells(self) -> dict[str, dict[tuple[int, int], Any]]:
        """What every sheet holds; blank cells left out."""
        return {name: dict(sheet.cells) for name, sheet in self.sheets.items()}

    @property
    def settings(self) -> tuple[bool, int, Any]:
        """What Excel is set to: ScreenUpdating, Calculation, StatusBar."""
        excel = self.app.api
        return excel.ScreenUpdating, excel.Calculation, excel.StatusBar


def _as_kept(value: Any) -> Any:
    """A moment is a number to Excel; every number a float."""
    if isinstance(value, datetime):
        return float(serial_of(value + timedelta(milliseconds=500)))
    return float(value) if type(value) is int else value
