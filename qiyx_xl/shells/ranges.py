"""How Excel answers the questions about an open workbook: through COM, in whole ranges.

It takes an xlwings ``Book`` without importing xlwings. A COM call costs milliseconds, whether for
one cell or for ten thousand, so each range is read and written in one call. Rows and columns count
from 0.
"""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from qiyx_xl.core.primitives.serials import serial_of
from qiyx_xl.core.primitives.values import SIGNIFICANT_DIGITS
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.layout.cells import Cell, Formula, address, column_letter, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from qiyx_xl.ledger.registry import LedgerSheet
    from qiyx_xl.shells.host_book import Place, Shown

_T = TypeVar("_T")

# The three error codes for "Excel is busy": a cell is being edited, or a dialog is open.
_BUSY = {-2147418111, -2147417846, -2146777998}
NO_SUCH_SHEET = "台账里没有“{name}”表。请把改了名的表改回来再试。"
_PATIENCE = 8.0  # seconds
_PAUSE = 0.2
_SHIFT_DOWN, _SHIFT_UP, _SHIFT_RIGHT, _SHIFT_LEFT = -4121, -4162, -4161, -4159
_FORMATS = -4122  # xlPasteFormats
_FILE_PICKER, _FOLDER_PICKER = 3, 4  # msoFileDialogFilePicker, msoFileDialogFolderPicker
_PICKED = -1
_MANUAL = -4135  # xlCalculationManual


def patiently(do: Callable[[], _T]) -> _T:
    """Call a function of Excel; while Excel reports that it is busy, wait and retry (8 seconds)."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return do()
        except Exception as error:
            if getattr(error, "hresult", None) not in _BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)


class ExcelBook:
    """A workbook that is open in Excel (``book`` is xlwings' Book)."""

    def __init__(self, book: Any) -> None:
        self._app = book.app
        self._excel = self._app.api
        self._api = book.api
        self._before: tuple[Any, Any] | None = None
        self._worksheets: Any = None
        self._sheets: dict[LedgerSheet, Any] = {}
        self._areas: dict[tuple[LedgerSheet, str], Any] = {}

    # --- the workbook

    def full_name(self) -> str:
        """Return its full path, or its address where it lies on a server."""
        return str(patiently(lambda: self._api.FullName))

    def save_copy(self, path: str) -> None:
        """Save a copy with unsaved changes; the open workbook stays unsaved."""
        patiently(lambda: self._api.SaveCopyAs(path))

    def set_names(self, meanings: Mapping[str, str]) -> None:
        """Define names; one that is there gets the new meaning."""
        names = patiently(lambda: self._api.Names)
        for name, meaning in meanings.items():
            patiently(lambda name=name, meaning=meaning: names.Add(name, f"={meaning}"))  # type: ignore[misc]

    # --- the program and the person

    def activate(self, name: LedgerSheet) -> None:
        """Show a sheet."""
        patiently(lambda: self._sheet(name).Activate())

    def show_status(self, text: str | None) -> None:
        """Show a text in the status bar; None gives it back to Excel."""
        patiently(lambda: setattr(self._excel, "StatusBar", False if text is None else text))

    def be_quiet(self) -> None:
        """Stop redrawing and recalculating, until ``be_normal``."""
        excel = self._excel
        updating = patiently(lambda: excel.ScreenUpdating)
        self._before = (updating, patiently(lambda: excel.Calculation))
        patiently(lambda: setattr(excel, "ScreenUpdating", False))
        patiently(lambda: setattr(excel, "Calculation", _MANUAL))

    def be_normal(self) -> None:
        """Redraw and recalculate again as before ``be_quiet``."""
        if self._before is None:
            return
        updating, calculation = self._before
        self._before = None
        excel = self._excel
        patiently(lambda: setattr(excel, "Calculation", calculation))
        patiently(lambda: setattr(excel, "ScreenUpdating", updating))

    def pick_folder(self, title: str, start: str) -> str | None:
        """Let the person pick a folder; None if they cancel."""
        return self._picked(_FOLDER_PICKER, title, start)

    def pick_file(self, title: str, start: str) -> str | None:
        """Let the person pick a file; None if they cancel."""
        return self._picked(_FILE_PICKER, title, start)

    def _picked(self, kind: int, title: str, start: str) -> str | None:
        dialog = self._excel.FileDialog(kind)
        dialog.Title = title
        dialog.InitialFileName = f"{start}\\"
        return str(dialog.SelectedItems(1)) if dialog.Show() == _PICKED else None

    def ask_text(self, question: str, title: str, default: str) -> str | None:
        """Let the person type a text; None if they cancel."""
        answer = self._excel.InputBox(question, title, default)
        return None if answer is False else str(answer)

    def confirm(self, question: str, title: str) -> bool:
        """Ask the person, who says yes or no."""
        answer = self._app.alert(question, title=title, buttons="yes_no", mode="info")
        return bool(answer == "yes")

    def alert(self, text: str, title: str) -> None:
        """Show a sentence."""
        self._app.alert(text, title=title)

    def user(self) -> str:
        """Return the name that the person gave Excel; "" if none."""
        return str(patiently(lambda: self._excel.UserName) or "").strip()

    # --- cells

    def _sheet(self, name: LedgerSheet) -> Any:
        """Return Excel's own Worksheet object.

        Raises:
            LedgerError: there is no such sheet.
        """
        if name not in self._sheets:
            if self._worksheets is None:
                self._worksheets = patiently(lambda: self._api.Worksheets)
            try:
                self._sheets[name] = patiently(lambda: self._worksheets.Item(name.value))
            except Exception as error:
                if getattr(error, "hresult", None) is None:
                    raise
                raise LedgerError(NO_SUCH_SHEET.format(name=name.value)) from error
        return self._sheets[name]

    def read(self, name: LedgerSheet, first: Place, last: Place) -> list[list[Shown]]:
        """Return the cells from ``first`` to ``last``; dates are their serial numbers."""
        area = self._area(name, first, last)
        return rows_of(patiently(lambda: area.Value2))

    def read_used(self, name: LedgerSheet) -> list[list[Shown]]:
        """Return everything on a sheet whose first cell is filled."""
        sheet = self._sheet(name)
        return rows_of(patiently(lambda: sheet.UsedRange.Value2))

    def write(self, name: LedgerSheet, first: Place, rows: Sequence[Sequence[Shown]]) -> None:
        """Write rows of equal width; texts are written as texts, never converted by Excel."""
        area = self._area(name, first, _last_of(first, rows))
        typed = tuple(tuple(map(_typed, row)) for row in rows)
        patiently(lambda: setattr(area, "Value2", typed))

    def write_text(self, name: LedgerSheet, place: Place, text: str) -> None:
        """Write into a cell formatted as text, without the apostrophe, which would be visible."""
        area = self._area(name, place, place)
        patiently(lambda: setattr(area, "Value2", text))

    def fit_rows(self, name: LedgerSheet, first: Place, height: int) -> None:
        """Let Excel fit the heights of rows to their texts."""
        area = self._area(name, first, (first[0] + height - 1, first[1]))
        rows = patiently(lambda: area.EntireRow)
        patiently(rows.AutoFit)

    # --- what a changed plan needs -------------------------------------------------------------

    def write_cells(self, name: LedgerSheet, first: Place, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows of equal width that hold formulas beside values."""
        area = self._area(name, first, _last_of(first, rows))
        typed = tuple(tuple(map(_entered, row)) for row in rows)
        patiently(lambda: setattr(area, "Formula", typed))

    def formulas(self, name: LedgerSheet, first: Place, last: Place) -> list[list[Shown]]:
        """Return the cells from ``first`` to ``last``; of a formula, its text with the ``=``."""
        area = self._area(name, first, last)
        return rows_of(patiently(lambda: area.Formula))

    def insert_rows(self, name: LedgerSheet, row: int, count: int) -> None:
        """Insert whole rows before a row."""
        area = self._moving(name, _rows_at(row, row + count - 1))
        patiently(lambda: area.Insert(_SHIFT_DOWN))

    def delete_rows(self, name: LedgerSheet, row: int, count: int = 1) -> None:
        """Delete whole rows."""
        area = self._moving(name, _rows_at(row, row + count - 1))
        patiently(lambda: area.Delete(_SHIFT_UP))

    def move_row_up(self, name: LedgerSheet, row: int, to: int) -> None:
        """Move a whole row before one further up."""
        area = self._moving(name, _rows_at(row, row))
        patiently(area.Cut)
        target = self._moving(name, _rows_at(to, to))
        patiently(lambda: target.Insert(_SHIFT_DOWN))

    def insert_column(self, name: LedgerSheet, column: int, *, like_left: bool) -> None:
        """Insert a whole column that looks like the one to its left, or to its right."""
        area = self._moving(name, _columns_at(column))
        patiently(lambda: area.Insert(_SHIFT_RIGHT, 0 if like_left else 1))

    def delete_column(self, name: LedgerSheet, column: int) -> None:
        """Delete a whole column."""
        area = self._moving(name, _columns_at(column))
        patiently(lambda: area.Delete(_SHIFT_LEFT))

    def move_cells(self, name: LedgerSheet, first: Place, last: Place, to: Place) -> None:
        """Move cells; what refers to them follows."""
        area = self._moving(name, f"{address(*first)}:{address(*last)}")
        target = self._moving(name, address(*to))
        patiently(lambda: area.Cut(target))

    def copy_looks(self, name: LedgerSheet, first: Place, last: Place, to: Sequence[int]) -> None:
        """Give the rows ``to`` the formats of the cells from ``first`` to ``last`` of one row."""
        area = self._area(name, first, last)
        for row in to:
            self._paste_looks(area, self._area(name, (row, first[1]), (row, last[1])))

    def row_like(self, name: LedgerSheet, row: int, to: Sequence[int]) -> None:
        """Give the rows ``to`` the formats and the height of a row."""
        area = self._moving(name, _rows_at(row, row))
        height = patiently(lambda: area.RowHeight)
        for each in to:
            target = self._moving(name, _rows_at(each, each))
            self._paste_looks(area, target)
            patiently(lambda target=target: setattr(target, "RowHeight", height))  # type: ignore[misc]

    def _paste_looks(self, area: Any, target: Any) -> None:
        patiently(area.Copy)
        patiently(lambda: target.PasteSpecial(_FORMATS))
        # Or the next insertion would insert what was copied.
        patiently(lambda: setattr(self._excel, "CutCopyMode", False))

    def split(self, name: LedgerSheet, first: Place, last: Place) -> None:
        """Split every merged cell of an area."""
        area = self._area(name, first, last)
        patiently(area.UnMerge)

    def merge(self, name: LedgerSheet, first: Place, last: Place) -> None:
        """Merge an area of which only the first cell is filled."""
        area = self._area(name, first, last)
        patiently(area.Merge)

    def show_all_rows(self, name: LedgerSheet) -> None:
        """Take back what people filter by: Excel does not move rows that are filtered out."""
        sheet = self._sheet(name)
        if patiently(lambda: sheet.FilterMode):
            patiently(sheet.ShowAllData)

    def _moving(self, name: LedgerSheet, where: str) -> Any:
        """Return an area of cells that are about to move; ranges known before would move along."""
        self._areas.clear()
        sheet = self._sheet(name)
        return patiently(lambda: sheet.Range(where))

    def _area(self, name: LedgerSheet, first: Place, last: Place) -> Any:
        where = f"{address(*first)}:{address(*last)}"
        if (name, where) not in self._areas:
            sheet = self._sheet(name)
            self._areas[name, where] = patiently(lambda: sheet.Range(where))
        return self._areas[name, where]


def shown(cell: Cell) -> Shown:
    """Return the value that Excel returns for a cell after this has been written into it."""
    if isinstance(cell, Formula):
        return shown(cell.value)
    if cell is None or isinstance(cell, str):
        return fitted(cell or "") or None
    return rounded(float(serial_of(cell) if isinstance(cell, date) else cell))


def rounded(cell: Shown) -> Shown:
    """Round a number to the 15 significant digits that Excel keeps; return others unchanged."""
    is_number = isinstance(cell, float) or type(cell) is int
    return float(f"{cell:.{SIGNIFICANT_DIGITS}g}") if is_number else cell


def _typed(cell: Shown) -> Any:
    """Return what must be passed to Excel so that the cell gets this value.

    A text gets a leading apostrophe, which keeps it a text: otherwise ``=…`` would become a
    formula, 2026-09 a date, and a hash of digits a number.
    """
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) else cell


def _entered(cell: Cell) -> Any:
    """Return what must be passed to Excel as a cell's formula, so that it is this one."""
    return f"={cell.text}" if isinstance(cell, Formula) else _typed(shown(cell))


def _last_of(first: Place, rows: Sequence[Sequence[object]]) -> Place:
    return first[0] + len(rows) - 1, first[1] + len(rows[0]) - 1


def _rows_at(first: int, last: int) -> str:
    return f"{first + 1}:{last + 1}"


def _columns_at(column: int) -> str:
    return f"{column_letter(column)}:{column_letter(column)}"


def rows_of(cells: Any) -> list[list[Shown]]:
    """Return the cells of a range as rows: numbers rounded, blank cells None."""
    rows = cells if isinstance(cells, tuple | list) else ((cells,),)
    return [[rounded(cell) if cell != "" else None for cell in row] for row in rows]
