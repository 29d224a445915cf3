"""An open workbook in a program that COM does not reach: every question is sent to its add-in.

A question is a name and JSON values, and so is the answer; a range is an address (``C5:D9``), a
sheet its name, a formula ``{"formula": "=…"}``. The add-ins in ``hosts/`` answer all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.layout.cells import Cell, Formula, address, column_letter
from qiyx_xl.shells.ranges import NO_SUCH_SHEET, rows_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from qiyx_xl.ledger.registry import LedgerSheet
    from qiyx_xl.shells.host_book import Place, Shown

    Ask = Callable[..., Any]


class RefusedError(LedgerError):
    """The program in which the workbook is open could not do what it was asked."""

    def __init__(self, text: str) -> None:
        super().__init__(f"表格软件没有照办（{text}）。请关掉正在编辑的格和对话框，再试一次。")


class RemoteBook:
    """A workbook whose program answers questions one by one (see ``host_book.HostBook``).

    Args:
        ask: sends a question, ``ask(name, **values)``, and returns the answer; raises
            ``RefusedError`` where there is none.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._sheets: frozenset[str] | None = None

    # --- the workbook

    def full_name(self) -> str:
        """Return its full path, or its address where it lies on a server."""
        return str(self._ask("full_name"))

    def save_copy(self, path: str) -> None:
        """Save a copy with unsaved changes; the open workbook stays unsaved."""
        self._ask("save_copy", path=path)

    def set_names(self, meanings: Mapping[str, str]) -> None:
        """Define names; one that is there gets the new meaning."""
        self._ask("set_names", meanings=dict(meanings))

    # --- cells

    def read(self, name: LedgerSheet, first: Place, last: Place) -> list[list[Shown]]:
        """Return the cells from ``first`` to ``last``; dates are their serial numbers."""
        return rows_of(self._about("read", name, area=_area(first, last)))

    def read_used(self, name: LedgerSheet) -> list[list[Shown]]:
        """Return everything on a sheet, from its first cell."""
        return rows_of(self._about("read_used", name))

    def formulas(self, name: LedgerSheet, first: Place, last: Place) -> list[list[Shown]]:
        """Return the cells from ``first`` to ``last``; of a formula, its text with the ``=``."""
        return rows_of(self._about("formulas", name, area=_area(first, last)))

    def write(self, name: LedgerSheet, first: Place, rows: Sequence[Sequence[Shown]]) -> None:
        """Write rows of equal width; texts stay texts, whatever they look like."""
        self._about("write", name, area=_area_of(first, rows), rows=[list(row) for row in rows])

    def write_text(self, name: LedgerSheet, place: Place, text: str) -> None:
        """Write into a cell formatted as text."""
        self._about("write_text", name, area=address(*place), text=text)

    def write_cells(self, name: LedgerSheet, first: Place, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows of equal width that hold formulas beside values."""
        entered = [[_entered(cell) for cell in row] for row in rows]
        self._about("write_cells", name, area=_area_of(first, rows), rows=entered)

    def fit_rows(self, name: LedgerSheet, first: Place, height: int) -> None:
        """Fit the heights of rows to their texts."""
        self._about("fit_rows", name, row=first[0], count=height)

    # --- rows, columns and looks

    def insert_rows(self, name: LedgerSheet, row: int, count: int) -> None:
        """Insert whole rows before a row."""
        self._about("insert_rows", name, row=row, count=count)

    def delete_rows(self, name: LedgerSheet, row: int, count: int = 1) -> None:
        """Delete whole rows."""
        self._about("delete_rows", name, row=row, count=count)

    def move_row_up(self, name: LedgerSheet, row: int, to: int) -> None:
        """Move a whole row before one further up."""
        self._about("move_row_up", name, row=row, to=to)

    def insert_column(self, name: LedgerSheet, column: int, *, like_left: bool) -> None:
        """Insert a whole column that looks like the one to its left, or to its right."""
        letters = column_letter(column)
        self._about("insert_column", name, column=column, letters=letters, like_left=like_left)

    def delete_column(self, name: LedgerSheet, column: int) -> None:
        """Delete a whole column."""
        self._about("delete_column", name, column=column, letters=column_letter(column))

    def move_cells(self, name: LedgerSheet, first: Place, last: Place, to: Place) -> None:
        """Move cells; what refers to them follows."""
        self._about("move_cells", name, area=_area(first, last), to=address(*to))

    def copy_looks(self, name: LedgerSheet, first: Place, last: Place, to: Sequence[int]) -> None:
        """Give the rows ``to`` the formats of the cells from ``first`` to ``last`` of one row."""
        targets = [_area((row, first[1]), (row, last[1])) for row in to]
        self._about("copy_looks", name, area=_area(first, last), to=targets)

    def row_like(self, name: LedgerSheet, row: int, to: Sequence[int]) -> None:
        """Give the rows ``to`` the formats and the height of a row."""
        self._about("row_like", name, row=row, to=list(to))

    def split(self, name: LedgerSheet, first: Place, last: Place) -> None:
        """Split every merged cell of an area."""
        self._about("split", name, area=_area(first, last))

    def merge(self, name: LedgerSheet, first: Place, last: Place) -> None:
        """Merge an area of which only the first cell is filled."""
        self._about("merge", name, area=_area(first, last))

    def show_all_rows(self, name: LedgerSheet) -> None:
        """Take back what people filter by."""
        self._about("show_all_rows", name)

    # --- the program and the person

    def activate(self, name: LedgerSheet) -> None:
        """Show a sheet."""
        self._about("activate", name)

    def show_status(self, text: str | None) -> None:
        """Show a text in the status bar; None gives it back to the program."""
        self._ask("show_status", text=text)

    def be_quiet(self) -> None:
        """Stop redrawing and recalculating, until ``be_normal``."""
        self._ask("be_quiet")

    def be_normal(self) -> None:
        """Redraw and recalculate again as before ``be_quiet``."""
        self._ask("be_normal")

    def pick_folder(self, title: str, start: str) -> str | None:
        """Let the person pick a folder; None if they cancel."""
        return _text(self._ask("pick_folder", title=title, start=start))

    def pick_file(self, title: str, start: str) -> str | None:
        """Let the person pick a file; None if they cancel."""
        return _text(self._ask("pick_file", title=title, start=start))

    def ask_text(self, question: str, title: str, default: str) -> str | None:
        """Let the person type a text; None if they cancel."""
        answer = self._ask("ask_text", text=question, title=title, default=default)
        return None if answer is None else str(answer)

    def confirm(self, question: str, title: str) -> bool:
        """Ask the person, who says yes or no."""
        return self._ask("confirm", text=question, title=title) is True

    def alert(self, text: str, title: str) -> None:
        """Show a sentence."""
        self._ask("alert", text=text, title=title)

    def user(self) -> str:
        """Return the name that the person gave the program; "" if none."""
        return _text(self._ask("user")) or ""

    def _about(self, question: str, name: LedgerSheet, **values: Any) -> Any:
        if self._sheets is None:
            self._sheets = frozenset(map(str, self._ask("sheets")))
        if name.value not in self._sheets:
            raise LedgerError(NO_SUCH_SHEET.format(name=name.value))
        return self._ask(question, sheet=name.value, **values)


def _area(first: Place, last: Place) -> str:
    start, end = address(*first), address(*last)
    return start if start == end else f"{start}:{end}"


def _area_of(first: Place, rows: Sequence[Sequence[object]]) -> str:
    return _area(first, (first[0] + len(rows) - 1, first[1] + len(rows[0]) - 1))


def _entered(cell: Cell) -> Any:
    return {"formula": f"={cell.text}"} if isinstance(cell, Formula) else shown(cell)


def _text(answer: Any) -> str | None:
    return None if answer is None or answer == "" else str(answer)
