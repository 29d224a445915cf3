"""How a button reads and writes the ledger that is open, and asks the user.

Whole ranges are read and written, and only those that differ are written; the program's settings
are restored even after an error.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.serials import day_of
from qiyx_xl.ledger.content.identity import is_of_other_plan
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.log_sheet import check_room
from qiyx_xl.ledger.file.own_words import check_plan
from qiyx_xl.ledger.file.sheet_xml import settings_cells
from qiyx_xl.ledger.inspect.typed_choices import typed_choices
from qiyx_xl.ledger.inspect.typed_reporters import PLAN_SHEETS, typed_reporters
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import tables as log_tables
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import Cell, Formula, address
from qiyx_xl.ledger.registry import LedgerSheet
from qiyx_xl.shells.host_book import Shown
from qiyx_xl.shells.open_shape import OpenShape
from qiyx_xl.shells.ranges import rounded, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.inspect.typed_choices import TypedChoice
    from qiyx_xl.ledger.inspect.typed_reporters import TypedReporter
    from qiyx_xl.ledger.layout.cells import Value
    from qiyx_xl.ledger.layout.tables import SheetTable
    from qiyx_xl.shells.host_book import HostBook

_URL = "://"
_LAST_YEAR = 9999
_IDENTITY_ROWS = 20  # of the sheet _qiyx: its identity and messages

_UNNAMED = "台账"  # of a workbook that does not say what it is called

Rows = list[list[Shown]]
_Block = tuple[tuple[int, int], list[list[Cell]]]


@dataclass(frozen=True, slots=True)
class _Change:
    """A block of cells to change from ``old`` to ``rows``, both of the same shape."""

    sheet: LedgerSheet
    first: tuple[int, int]
    rows: Rows
    old: Rows
    fits_rows: bool = False


@dataclass(frozen=True, slots=True)
class _Identity:
    """What an open ledger says about itself."""

    name: str
    schema: str
    identity: Mapping[str, str]


class OpenBook:
    """A ledger that is open in Excel, LibreOffice or WPS.

    Raises:
        LedgerError: the workbook is not in a local folder.
    """

    def __init__(self, book: HostBook) -> None:
        self._book = book
        full_name = book.full_name()
        if _URL in full_name:
            raise LedgerError(
                "台账放在网盘上，程序找不到它旁边的数据库。请把台账移到本机文件夹里再打开。"
            )
        self.path = Path(full_name)
        self._used: dict[LedgerSheet, Rows] = {}

    # --- reading -------------------------------------------------------------------------------

    def period(self) -> Period:
        """Return the 数据期 chosen on the sheet 指标台账.

        Raises:
            LedgerError: there is no such sheet.
            PeriodError: the cell has no valid period.
        """
        ((cell,),) = self._book.read(LedgerSheet.INDICATORS, layout.PERIOD_CELL, layout.PERIOD_CELL)
        if isinstance(cell, float) and cell > _LAST_YEAR:
            day = day_of(int(cell))
            if day is not None:
                return Period.parse(day)
        return Period.parse(_as_text(cell))

    def _schema(self) -> str:
        ((cell,),) = self._book.read(LedgerSheet.IDENTITY, layout.SCHEMA_CELL, layout.SCHEMA_CELL)
        return str(cell)

    @cached_property
    def category(self) -> str:
        """What the workbook calls itself in messages: the plan's short name; "" if it does not."""
        try:
            rows = self._book.read(LedgerSheet.IDENTITY, (0, 0), (_IDENTITY_ROWS - 1, 1))
        except LedgerError:
            return ""
        return next((_as_text(text) for key, text in rows if key == texts.CATEGORY_KEY), "")

    def store(self) -> Path | None:
        """Return the store's path set on the sheet 设置; None for the default."""
        first = layout.SETTINGS_HEADER_ROW + 1
        rows = self._book.read(
            LedgerSheet.SETTINGS,
            (first, layout.SETTINGS_COLUMN - 1),
            (first + layout.SETTINGS_ROWS - 1, layout.SETTINGS_COLUMN),
        )
        named = {row[0]: row[1] for row in rows}.get(layout.STORE_SETTING)
        return self.path.parent / str(named).strip() if named else None

    def choices(self) -> tuple[TypedChoice, ...]:
        """Return the choices typed into the sheet 冲突."""
        table = log_tables.CONFLICT_TABLE
        rows = self._log_rows(table)
        return typed_choices([[_as_text(cell) for cell in row] for row in rows])

    def reporters(self) -> tuple[TypedReporter, ...]:
        """Return the changes of who reports that are typed on the plan's sheets."""
        found: list[TypedReporter] = []
        for sheet in PLAN_SHEETS:
            rows = enumerate(self._book.read_used(sheet))
            texts = {number: dict(enumerate(map(_as_text, row))) for number, row in rows}
            found += typed_reporters(sheet, texts)
        return tuple(found)

    def clear_reporters(self, typed: Sequence[TypedReporter]) -> None:
        """Empty the two cells of each change that is in force."""
        for one in typed:
            self._book.write(one.sheet, one.place, [[None, None]])

    # --- messages and dialogs ------------------------------------------------------------------

    def progress(self, text: str) -> None:
        """Show a text in the status bar."""
        self._book.show_status(f"{self.category or _UNNAMED}：{text}")

    def ask_folder(self, title: str) -> Path | None:
        """Let the user pick a folder, starting in the ledger's folder; None if they cancel."""
        picked = self._book.pick_folder(title, str(self.path.parent))
        return None if picked is None else Path(picked)

    def ask_file(self, title: str) -> Path | None:
        """Let the user pick a file, starting in the ledger's folder; None if they cancel."""
        picked = self._book.pick_file(title, str(self.path.parent))
        return None if picked is None else Path(picked)

    def ask_text(self, question: str, default: str) -> str | None:
        """Let the user type a text; None if they cancel."""
        answer = self._book.ask_text(question, self.category or _UNNAMED, default)
        return None if answer is None else answer.strip()

    def confirm(self, question: str) -> bool:
        """Ask the user, who says yes or no."""
        return self._book.confirm(question, self.category or _UNNAMED)

    def user(self) -> str:
        """Return the name that the user gave the program, else the one they logged on with."""
        from getpass import getuser

        return self._book.user().strip() or getuser()

    def show(self, sheet: LedgerSheet) -> None:
        """Activate a sheet."""
        self._book.activate(sheet)

    def save_copy(self, path: Path) -> None:
        """Save a copy of the workbook, with unsaved changes; the open one stays unsaved."""
        self._book.save_copy(str(path))

    # --- writing -------------------------------------------------------------------------------

    def write(self, view: LedgerView) -> None:
        """Write a view into the open ledger; on failure, restore the old cells.

        If it shows another plan than the one in force, its rows, columns and words become that
        plan's before.

        Raises:
            LedgerError: rows or columns of a table have been moved.
        """
        content = Content(view, self._schema())
        self._follow_plan(content)
        period = str(view.period)
        ((old,),) = self._book.read(LedgerSheet.INDICATORS, layout.PERIOD_CELL, layout.PERIOD_CELL)
        self._write_all(
            [
                *(self._log(table, rows) for table, rows in content.log_sheets()),
                *self._notes(content),
                self._baselines(content),
                *self._console(content),
                *self._settings(content),
            ],
            period=(period, _as_text(old)),
        )

    def _follow_plan(self, content: Content) -> None:
        """Give the workbook the rows, columns and words of the plan in force, if it has others.

        Rows that were deleted cannot be restored cell by cell, so a copy is kept until all is done.

        Raises:
            LedgerError: its rows were moved by hand, or Excel refused something half-way.
        """
        said = self._book.read_used(LedgerSheet.IDENTITY)
        identity = {str(row[0]): _as_text(row[1]) for row in said}
        if not is_of_other_plan(identity, content.view):
            return
        check_plan(_Identity(self.path.name, content.schema, identity), content.view)
        self._used.clear()
        shape = OpenShape(self._book, content, said)
        spare = self.path.with_name(f"{self.path.stem}_改方案以前{self.path.suffix}")
        self.save_copy(spare)
        with self._quiet():
            try:
                shape.apply()
            except BaseException as error:
                raise LedgerError(
                    f"台账照新的方案改行列时中断了（{error}），没有改完。请不要保存，关闭后重新打开台账，"
                    f"再点“刷新”；改以前的样子另存在“{spare.name}”里。"
                ) from error
        spare.unlink(missing_ok=True)

    def write_findings(self, rows: Sequence[Sequence[Value]]) -> None:
        """Fill the sheet 校验结果; on failure, restore the old cells."""
        self._write_all([self._log(log_tables.FINDING_TABLE, rows)])

    def _log(self, table: SheetTable, rows: Sequence[Sequence[Value]]) -> _Change:
        check_room(table, len(rows))
        old = self._log_rows(table)
        height, width = max(len(rows), len(old)), len(table.columns)
        new = [[shown(cell) for cell in row] for row in rows]
        return _Change(
            table.sheet,
            (table.first_row, 0),
            _padded(new, height, width),
            _padded(old, height, width),
            fits_rows=table.wraps,
        )

    def _log_rows(self, table: SheetTable) -> Rows:
        """Return the filled rows below a log sheet's header, each as wide as the table."""
        used = self._whole(table.sheet)
        width = len(table.columns)
        rows = [[*row, *[None] * (width - len(row))][:width] for row in used]
        _check_headers(rows[table.header_row] if len(rows) > table.header_row else [], table)
        rows = rows[table.first_row :]
        while rows and not any(cell is not None for cell in rows[-1]):
            rows.pop()
        return rows

    def _whole(self, sheet: LedgerSheet) -> Rows:
        """Return the cells of a log sheet; cached, so each sheet is read only once."""
        if sheet not in self._used:
            self._used[sheet] = self._book.read_used(sheet)
        return self._used[sheet]

    def _notes(self, content: Content) -> Iterator[_Change]:
        row, column = log_tables.LOG_NOTE_CELL
        for table, _ in content.log_sheets():
            note = content.log_note(table.sheet)
            if note is not None:
                old = self._whole(table.sheet)[row][column]
                yield _Change(table.sheet, log_tables.LOG_NOTE_CELL, [[shown(note)]], [[old]])

    def _baselines(self, content: Content) -> _Change:
        """Return the change of the column 基期值, the only figures that are not formulas."""
        table, rows = content.plan_sheets()[1]
        last = (table.last_row, len(table.columns) - 1)
        header, *cells = self._book.read(table.sheet, (table.header_row, 0), last)
        _check_headers(header, table)
        code, place = table.place(table.code_column), table.place(layout.BASELINE)
        codes = [_as_text(row[code]) for row in cells]
        content.set_item_rows(
            table, {item_code: at for at, item_code in enumerate(codes, table.first_row)}
        )
        return _Change(
            table.sheet,
            (table.first_row, place),
            [
                [shown(rows[item_code].get(layout.BASELINE)) if item_code in rows else row[place]]
                for item_code, row in zip(codes, cells, strict=True)
            ],
            [[row[place]] for row in cells],
        )

    def _console(self, content: Content) -> list[_Change]:
        return self._changes(LedgerSheet.CONSOLE, content.console.value_blocks())

    def _settings(self, content: Content) -> list[_Change]:
        cells = {
            place: cell
            for place, cell in settings_cells(content.settings()).items()
            if not isinstance(cell, Formula)
        }
        return self._changes(LedgerSheet.SETTINGS, list(_runs(cells)))

    def _changes(self, sheet: LedgerSheet, blocks: Sequence[_Block]) -> list[_Change]:
        """Return the changes for blocks of a sheet; the old cells are read in one call."""
        top, left = (min(first[axis] for first, _ in blocks) for axis in (0, 1))
        bottom = max(first[0] + len(rows) for first, rows in blocks) - 1
        right = max(first[1] + len(rows[0]) for first, rows in blocks) - 1
        there = self._book.read(sheet, (top, left), (bottom, right))
        changes = []
        for (row, column), rows in blocks:
            new = [[shown(cell) for cell in cells] for cells in rows]
            old = [
                cells[column - left : column - left + len(rows[0])]
                for cells in there[row - top : row - top + len(rows)]
            ]
            changes.append(_Change(sheet, (row, column), new, old))
        return changes

    def _write_all(
        self, changes: Sequence[_Change], *, period: tuple[str, str] | None = None
    ) -> None:
        """Write the changes that differ; if one fails, restore the old cells of all."""
        wanted = [change for change in changes if change.rows != change.old]
        self._used.clear()
        undo: list[Callable[[], None]] = []
        with self._quiet():
            try:
                for change in wanted:
                    undo.append(_writing(self._book, change, change.old))
                    _writing(self._book, change, change.rows)()
                    if change.fits_rows:
                        self._book.fit_rows(change.sheet, change.first, len(change.rows))
                if period is not None and period[0] != period[1]:
                    self._book.write_text(LedgerSheet.INDICATORS, layout.PERIOD_CELL, period[0])
            except BaseException:
                for put_back in reversed(undo):
                    put_back()
                raise

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Turn off redrawing and recalculation inside, and restore both afterwards."""
        try:
            self._book.be_quiet()
            yield
        finally:
            self._book.be_normal()


def _writing(book: HostBook, change: _Change, rows: Rows) -> Callable[[], None]:
    return lambda: book.write(change.sheet, change.first, rows)


def _check_headers(cells: Sequence[Shown], table: SheetTable) -> None:
    for place, column in enumerate(table.columns):
        found = cells[place] if place < len(cells) else None
        if _one_line(found) != _one_line(column.header):
            raise LedgerError(
                f"“{table.sheet.value}”表的行列被移动过：{address(table.header_row, place)} "
                f"原来是“{_one_line(column.header)}”。请撤销插入或删除的行、列，把表头改回来，再试一次。"
            )


def _one_line(cell: Shown) -> str:
    return "".join(_as_text(cell).split())


def _as_text(cell: Shown) -> str:
    """Format a cell as text; a whole number without a decimal point."""
    cell = rounded(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _padded(rows: Rows, height: int, width: int) -> Rows:
    blank: Rows = [[None] * width for _ in range(height - len(rows))]
    return rows + blank


def _runs(cells: Mapping[tuple[int, int], Cell]) -> Iterator[_Block]:
    """Group the cells of one column into runs without a gap."""
    for _, run in groupby(
        enumerate(sorted(cells)), key=lambda numbered: numbered[1][0] - numbered[0]
    ):
        places = [place for _, place in run]
        yield places[0], [[cells[place]] for place in places]
