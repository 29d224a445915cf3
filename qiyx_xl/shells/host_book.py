"""The questions that a button asks of an open workbook and of the program in which it is open.

``OpenBook`` asks only these. In Excel COM answers them (``ranges.ExcelBook``); in LibreOffice and
WPS the add-in does, to which they are sent one by one (``engine.remote.RemoteBook``). Rows and
columns count from 0; a blank cell is None; formulas hold the plain names of our functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.ledger.layout.cells import Cell
    from qiyx_xl.ledger.registry import LedgerSheet

Shown = str | float | bool | None
Place = tuple[int, int]


class HostBook(Protocol):
    """An open workbook, its program and the person in front of it.

    Every method that takes a sheet raises ``LedgerError`` if the workbook has none of that name.
    """

    # --- the workbook

    def full_name(self) -> str:
        """Return its full path, or its address where it lies on a server."""

    def save_copy(self, path: str) -> None:
        """Save a copy with unsaved changes; the open workbook stays unsaved."""

    def set_names(self, meanings: Mapping[str, str]) -> None:
        """Define names; one that is there gets the new meaning."""

    # --- cells

    def read(self, name: LedgerSheet, first: Place, last: Place) -> list[list[Shown]]:
        """Return the cells from ``first`` to ``last``; dates are their serial numbers."""

    def read_used(self, name: LedgerSheet) -> list[list[Shown]]:
        """Return everything on a sheet, from its first cell."""

    def formulas(self, name: LedgerSheet, first: Place, last: Place) -> list[list[Shown]]:
        """Return the cells from ``first`` to ``last``; of a formula, its text with the ``=``."""

    def write(self, name: LedgerSheet, first: Place, rows: Sequence[Sequence[Shown]]) -> None:
        """Write rows of equal width; texts stay texts, whatever they look like."""

    def write_text(self, name: LedgerSheet, place: Place, text: str) -> None:
        """Write into a cell formatted as text."""

    def write_cells(self, name: LedgerSheet, first: Place, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows of equal width that hold formulas beside values."""

    def fit_rows(self, name: LedgerSheet, first: Place, height: int) -> None:
        """Fit the heights of rows to their texts."""

    # --- rows, columns and looks

    def insert_rows(self, name: LedgerSheet, row: int, count: int) -> None:
        """Insert whole rows before a row."""

    def delete_rows(self, name: LedgerSheet, row: int, count: int = 1) -> None:
        """Delete whole rows."""

    def move_row_up(self, name: LedgerSheet, row: int, to: int) -> None:
        """Move a whole row before one further up."""

    def insert_column(self, name: LedgerSheet, column: int, *, like_left: bool) -> None:
        """Insert a whole column that looks like the one to its left, or to its right."""

    def delete_column(self, name: LedgerSheet, column: int) -> None:
        """Delete a whole column."""

    def move_cells(self, name: LedgerSheet, first: Place, last: Place, to: Place) -> None:
        """Move cells; what refers to them follows."""

    def copy_looks(self, name: LedgerSheet, first: Place, last: Place, to: Sequence[int]) -> None:
        """Give the rows ``to`` the formats of the cells from ``first`` to ``last`` of one row."""

    def row_like(self, name: LedgerSheet, row: int, to: Sequence[int]) -> None:
        """Give the rows ``to`` the formats and the height of a row."""

    def split(self, name: LedgerSheet, first: Place, last: Place) -> None:
        """Split every merged cell of an area."""

    def merge(self, name: LedgerSheet, first: Place, last: Place) -> None:
        """Merge an area of which only the first cell is filled."""

    def show_all_rows(self, name: LedgerSheet) -> None:
        """Take back what people filter by."""

    # --- the program and the person

    def activate(self, name: LedgerSheet) -> None:
        """Show a sheet."""

    def show_status(self, text: str | None) -> None:
        """Show a text in the status bar; None gives it back to the program."""

    def be_quiet(self) -> None:
        """Stop redrawing and recalculating, until ``be_normal``."""

    def be_normal(self) -> None:
        """Redraw and recalculate again as before ``be_quiet``."""

    def pick_folder(self, title: str, start: str) -> str | None:
        """Let the person pick a folder; None if they cancel."""

    def pick_file(self, title: str, start: str) -> str | None:
        """Let the person pick a file; None if they cancel."""

    def ask_text(self, question: str, title: str, default: str) -> str | None:
        """Let the person type a text; None if they cancel."""

    def confirm(self, question: str, title: str) -> bool:
        """Ask the person, who says yes or no."""

    def alert(self, text: str, title: str) -> None:
        """Show a sentence."""

    def user(self) -> str:
        """Return the name that the person gave the program; "" if none."""
