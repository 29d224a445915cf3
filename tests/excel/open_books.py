"""A workbook that is open in "Excel": the few members of xlwings' Book that the buttons use.

The cells are those of a real ledger, as a grid per sheet. What the real xlwings does with them
is tested under Wine; here it is what our side asks for.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

if TYPE_CHECKING:
    from pathlib import Path


class ComError(Exception):
    """What pywin32 raises."""

    def __init__(self, hresult: int) -> None:
        super().__init__(f"com error {hresult}")
        self.hresult = hresult


class Range:
    def __init__(self, sheet: Sheet, first: tuple[int, int], last: tuple[int, int] | None) -> None:
        self.sheet, self.first, self.last = sheet, first, last or first
        self.is_cell = last is None

    @property
    def rows(self) -> Any:
        return SimpleNamespace(autofit=lambda: self.sheet.book.fitted.append(self.sheet.name))

    def options(self, *, ndim: int) -> Range:
        assert ndim == 2
        self.is_cell = False
        return self

    @property
    def value(self) -> Any:
        self.sheet.book.calls += 1
        grid = [
            [
                self.sheet.cells.get((row, column))
                for column in range(self.first[1], self.last[1] + 1)
            ]
            for row in range(self.first[0], self.last[0] + 1)
        ]
        return grid[0][0] if self.is_cell else grid

    @value.setter
    def value(self, rows: list[list[Any]]) -> None:
        self.sheet.book.calls += 1
        self.sheet.book.before_writing(self.sheet.name)
        assert len(rows) == self.last[0] - self.first[0] + 1
        for row, cells in enumerate(rows, start=self.first[0]):
            assert len(cells) == self.last[1] - self.first[1] + 1
            for column, cell in enumerate(cells, start=self.first[1]):
                # Excel takes the apostrophe as the sign of a text and does not show it; a text
                # without one it would turn into whatever it looks like.
                assert not isinstance(cell, str) or cell.startswith("'"), cell
                self.sheet.cells[row, column] = cell[1:] if isinstance(cell, str) else cell


class Sheet:
    def __init__(self, book: Book, name: str, cells: dict[tuple[int, int], Any]) -> None:
        self.book, self.name, self.cells = book, name, cells

    def range(self, first: tuple[int, int], last: tuple[int, int] | None = None) -> Range:
        return Range(self, first, last)

    @property
    def used_range(self) -> Any:
        filled = [row for (row, _), cell in self.cells.items() if cell is not None]
        return SimpleNamespace(last_cell=SimpleNamespace(row=max(filled, default=1)))

    def activate(self) -> None:
        self.book.shown = self.name


class App:
    """Excel itself: settings, status bar, message box, folder picker."""

    def __init__(self, picked: Path | None) -> None:
        self.status_bar: Any = False
        self.statuses: list[str] = []
        self.alerts: list[str] = []
        self.screen_updating, self.calculation = True, "automatic"
        self.api = SimpleNamespace(FileDialog=self._dialog)
        self._picked = picked

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "status_bar" and value:
            self.statuses.append(value)

    def alert(self, text: str, title: str) -> None:
        assert title == "七优享"
        self.alerts.append(text)

    def _dialog(self, kind: int) -> Any:
        assert kind == 4
        return SimpleNamespace(
            Show=lambda: 0 if self._picked is None else -1,
            SelectedItems=lambda number: str(self._picked),
        )


class Book:
    """An open ledger; ``picked`` is the folder the user will pick, None if they cancel."""

    def __init__(self, path: Path, picked: Path | None = None) -> None:
        self.fullname, self.name = str(path), path.name
        self.app = App(picked)
        self.calls = 0
        self.shown = ""
        self.fitted: list[str] = []
        self.trouble: dict[str, list[Exception]] = {}
        self._sheets = {
            sheet.title: Sheet(
                self,
                sheet.title,
                {
                    (cell.row, cell.column): cell.value
                    for row in sheet.iter_rows()
                    for cell in row
                    if cell.value is not None
                },
            )
            for sheet in load_workbook(path, data_only=True)
        }

    @property
    def sheets(self) -> Any:
        book = self

        class Sheets:
            def __iter__(self) -> Any:
                return iter(book._sheets.values())

            def __getitem__(self, name: str) -> Sheet:
                return book._sheets[name]

        return Sheets()

    def before_writing(self, sheet: str) -> None:
        if self.trouble.get(sheet):
            raise self.trouble[sheet].pop(0)

    def cells(self) -> dict[str, dict[tuple[int, int], Any]]:
        """What every sheet holds; blank cells left out."""
        return {
            name: {place: cell for place, cell in sheet.cells.items() if cell is not None}
            for name, sheet in self._sheets.items()
        }
