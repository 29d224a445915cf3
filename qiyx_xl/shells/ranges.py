"""Cells of an open workbook through COM, whole ranges at a time.

A call costs milliseconds, whether it brings one cell or ten thousand; so a range is read in one
call and written in one call. Rows and columns count from 0.
"""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from qiyx_xl.core.primitives.values import SIGNIFICANT_DIGITS
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.xml_cells import serial
from qiyx_xl.ledger.layout.cells import Cell, Formula, address, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qiyx_xl.ledger.registry import LedgerSheet

_T = TypeVar("_T")

Shown = str | float | bool | None
Place = tuple[int, int]

# "Excel is busy", in three spellings: a cell is being edited, a dialog is open.
_BUSY = {-2147418111, -2147417846, -2146777998}
_PATIENCE = 8.0  # seconds
_PAUSE = 0.2


def patiently(do: Callable[[], _T]) -> _T:
    """Do something in Excel; while Excel says that it is busy, wait and try again."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return do()
        except Exception as error:
            if getattr(error, "hresult", None) not in _BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)


class WholeRanges:
    """The sheets of one open workbook (``api`` is Excel's own Workbook object)."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._worksheets: Any = None
        self._sheets: dict[LedgerSheet, Any] = {}
        self._areas: dict[tuple[LedgerSheet, str], Any] = {}

    def sheet(self, name: LedgerSheet) -> Any:
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
                raise LedgerError(
                    f"台账里没有“{name.value}”表。请把改了名的表改回来再试。"
                ) from error
        return self._sheets[name]

    def read(self, name: LedgerSheet, first: Place, last: Place) -> list[list[Shown]]:
        """Return the cells from ``first`` to ``last``; dates are their serial numbers."""
        area = self._area(name, first, last)
        return _rows(patiently(lambda: area.Value2))

    def read_used(self, name: LedgerSheet) -> list[list[Shown]]:
        """Return everything on a sheet whose first cell is filled."""
        sheet = self.sheet(name)
        return _rows(patiently(lambda: sheet.UsedRange.Value2))

    def write(self, name: LedgerSheet, first: Place, rows: Sequence[Sequence[Shown]]) -> None:
        """Write rows of one width; a text stays the text it is."""
        last = (first[0] + len(rows) - 1, first[1] + len(rows[0]) - 1)
        area = self._area(name, first, last)
        typed = tuple(tuple(map(_typed, row)) for row in rows)
        patiently(lambda: setattr(area, "Value2", typed))

    def write_text(self, name: LedgerSheet, place: Place, text: str) -> None:
        """Write into a cell that is formatted as text, where an apostrophe would be shown."""
        area = self._area(name, place, place)
        patiently(lambda: setattr(area, "Value2", text))

    def fit_rows(self, name: LedgerSheet, first: Place, height: int) -> None:
        """Make rows as high as their texts."""
        area = self._area(name, first, (first[0] + height - 1, first[1]))
        rows = patiently(lambda: area.EntireRow)
        patiently(rows.AutoFit)

    def _area(self, name: LedgerSheet, first: Place, last: Place) -> Any:
        where = f"{address(*first)}:{address(*last)}"
        if (name, where) not in self._areas:
            sheet = self.sheet(name)
            self._areas[name, where] = patiently(lambda: sheet.Range(where))
        return self._areas[name, where]


def shown(cell: Cell) -> Shown:
    """Return what Excel will say of a cell once this was written into it."""
    if isinstance(cell, Formula):
        return shown(cell.value)
    if cell is None or isinstance(cell, str):
        return fitted(cell or "") or None
    return rounded(float(serial(cell) if isinstance(cell, date) else cell))


def rounded(cell: Shown) -> Shown:
    """Return a number with the digits that Excel keeps; anything else as it is."""
    is_number = isinstance(cell, float) or type(cell) is int
    return float(f"{cell:.{SIGNIFICANT_DIGITS}g}") if is_number else cell


def _typed(cell: Shown) -> Any:
    """Return a value as it must be handed to Excel to be that value.

    A text gets the apostrophe that makes it a text: else ``=…`` becomes a formula, 2026-09 a
    date and a hash of digits a number.
    """
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) else cell


def _rows(cells: Any) -> list[list[Shown]]:
    rows = cells if isinstance(cells, tuple | list) else ((cells,),)
    return [[rounded(cell) if cell != "" else None for cell in row] for row in rows]
