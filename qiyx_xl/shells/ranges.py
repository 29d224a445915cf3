"""How cells of an open workbook are read and written through COM, in whole ranges.

A COM call costs milliseconds, whether for one cell or for ten thousand, so each range is read and
written in one call. Rows and columns count from 0.
"""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from qiyx_xl.core.primitives.serials import serial_of
from qiyx_xl.core.primitives.values import SIGNIFICANT_DIGITS
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.layout.cells import Cell, Formula, address, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qiyx_xl.ledger.registry import LedgerSheet

_T = TypeVar("_T")

Shown = str | float | bool | None
Place = tuple[int, int]

# The three error codes for "Excel is busy": a cell is being edited, or a dialog is open.
_BUSY = {-2147418111, -2147417846, -2146777998}
_PATIENCE = 8.0  # seconds
_PAUSE = 0.2


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
        """Write rows of equal width; texts are written as texts, never converted by Excel."""
        last = (first[0] + len(rows) - 1, first[1] + len(rows[0]) - 1)
        area = self._area(name, first, last)
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

    def _area(self, name: LedgerSheet, first: Place, last: Place) -> Any:
        where = f"{address(*first)}:{address(*last)}"
        if (name, where) not in self._areas:
            sheet = self.sheet(name)
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


def _rows(cells: Any) -> list[list[Shown]]:
    rows = cells if isinstance(cells, tuple | list) else ((cells,),)
    return [[rounded(cell) if cell != "" else None for cell in row] for row in rows]
