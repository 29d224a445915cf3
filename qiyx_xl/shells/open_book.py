"""The ledger while it is open in Excel: what a button reads, asks and writes.

Takes an xlwings ``Book`` and does not import xlwings. Ranges are read and written whole, for a
call through COM costs milliseconds; what Excel was set to is set back whatever happens.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qiyx_xl.core.periods import Period
from qiyx_xl.ledger import layout
from qiyx_xl.ledger.cells import Cell, Formula, Value
from qiyx_xl.ledger.content import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.host import CATEGORY, Sheet
from qiyx_xl.ledger.sheet_xml import settings_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qiyx_xl.ledger.layout import Table
    from qiyx_xl.ledger.view import LedgerView

_T = TypeVar("_T")

_FOLDER_PICKER = 4  # msoFileDialogFolderPicker
_PICKED = -1
_URL = "://"

# "Excel is busy", in three spellings: a cell is being edited, a dialog is open.
_BUSY = {-2147418111, -2147417846, -2146777998}
_PATIENCE = 8.0  # seconds
_PAUSE = 0.2


class OpenBook:
    """One open ledger.

    Raises:
        LedgerError: the workbook is no ledger of ours, or does not lie in a local folder.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._app = book.app
        names = {sheet.name for sheet in book.sheets}
        missing = [sheet.value for sheet in Sheet if sheet.value not in names]
        if missing:
            raise LedgerError(
                f"“{book.name}”里没有“{'”“'.join(missing)}”表。请把改了名的表改回来再试。"
            )
        if _URL in book.fullname:
            raise LedgerError(
                "台账放在网盘上，程序找不到它旁边的数据库。请把台账移到本机文件夹里再打开。"
            )
        self.path = Path(book.fullname)

    # --- reading -------------------------------------------------------------------------------

    def period(self) -> Period:
        """Return the 数据期 chosen on the sheet 指标台账.

        Raises:
            PeriodError: the cell holds none.
        """
        value = self._cell(Sheet.INDICATORS, layout.PERIOD_CELL).value
        if isinstance(value, float):
            value = int(value)
        return Period.parse(value if isinstance(value, date) else str(value or ""))

    def store(self) -> Path | None:
        """Return the store named on the sheet 设置; None if it is left to the default."""
        first = layout.SETTINGS_HEADER_ROW + 1
        rows = self._book.sheets[Sheet.SETTINGS.value].range(
            (first + 1, layout.SETTINGS_COLUMN),
            (first + layout.SETTINGS_ROWS, layout.SETTINGS_COLUMN + 1),
        )
        for name, value in rows.value:
            if name == layout.STORE_SETTING and value:
                return self.path.parent / str(value).strip()
        return None

    # --- talking -------------------------------------------------------------------------------

    def progress(self, text: str) -> None:
        """Show a text in the status bar."""
        self._app.status_bar = f"{CATEGORY}：{text}"

    def tell(self, text: str) -> None:
        """Say how it ended."""
        self._app.alert(text, title=CATEGORY)

    def ask_folder(self, title: str) -> Path | None:
        """Let the user pick a folder, beginning at the ledger's own; None if they cancel."""
        dialog = self._app.api.FileDialog(_FOLDER_PICKER)
        dialog.Title = title
        dialog.InitialFileName = f"{self.path.parent}\\"
        if dialog.Show() != _PICKED:
            return None
        return Path(dialog.SelectedItems(1))

    # --- writing -------------------------------------------------------------------------------

    def write(self, view: LedgerView) -> None:
        """Bring the open ledger up to date with a view; on failure it is as it was.

        Raises:
            LedgerError: a table has been moved about.
        """
        content = Content(view)
        changes = [
            *(_log_change(table, rows) for table, rows in content.log_sheets()),
            *self._baselines(content),
            *self._settings(content),
            *_console(content),
            (Sheet.INDICATORS, layout.PERIOD_CELL, [[_plain(str(view.period))]]),
        ]
        self._write_all(changes)

    def write_findings(self, rows: Sequence[Sequence[Value]]) -> None:
        """Fill the sheet 校验结果; on failure it is as it was."""
        self._write_all([_log_change(layout.FINDING_TABLE, rows)])

    def show(self, sheet: Sheet) -> None:
        """Bring a sheet to the front."""
        self._book.sheets[sheet.value].activate()

    def _baselines(self, content: Content) -> list[_Change]:
        """Return the column 基期值, whose cells hold values; the other figures are formulas."""
        table, rows = content.plan_sheets()[1]
        place = table.place(layout.BASELINE)
        codes = self._codes(table)
        values = [[_plain(rows[code].get(layout.BASELINE))] for code in codes]
        return [(table.sheet, (table.first_row, place), values)]

    def _codes(self, table: Table) -> list[str]:
        place = table.place(table.code_column)
        cells = self._range(
            table.sheet, (table.first_row, place), table.last_row - table.first_row + 1, 1
        )
        return [str(row[0]) for row in cells.options(ndim=2).value]

    def _settings(self, content: Content) -> list[_Change]:
        return [
            (Sheet.SETTINGS, place, [[_plain(cell)]])
            for place, cell in settings_cells(content.settings()).items()
            if not isinstance(cell, Formula)
        ]

    def _write_all(self, changes: Sequence[_Change]) -> None:
        undo: list[tuple[Any, list[list[Any]]]] = []
        with self._quiet():
            try:
                for sheet, start, rows in changes:
                    log_width = _LOG_WIDTHS.get((sheet, start[0]))
                    old_height = 0 if log_width is None else self._height(sheet, start)
                    height = max(len(rows), old_height)
                    if height == 0:
                        continue
                    width = log_width or len(rows[0])
                    target = self._range(sheet, start, height, width)
                    undo.append((target, _get(target)))
                    _set(target, _padded(rows, height, width))
                    if sheet is Sheet.FINDINGS:
                        patiently(target.rows.autofit)
            except BaseException:
                for target, old in reversed(undo):
                    _set(target, [[_plain(cell) for cell in row] for row in old])
                raise

    def _height(self, sheet: Sheet, start: tuple[int, int]) -> int:
        last: int = self._book.sheets[sheet.value].used_range.last_cell.row
        return max(0, last - start[0])

    def _cell(self, sheet: Sheet, cell: tuple[int, int]) -> Any:
        return self._book.sheets[sheet.value].range((cell[0] + 1, cell[1] + 1))

    def _range(self, sheet: Sheet, start: tuple[int, int], height: int, width: int) -> Any:
        row, column = start[0] + 1, start[1] + 1
        return self._book.sheets[sheet.value].range(
            (row, column), (row + height - 1, column + width - 1)
        )

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Keep Excel from redrawing and recalculating in between."""
        updating, calculation = self._app.screen_updating, self._app.calculation
        try:
            self._app.screen_updating = False
            self._app.calculation = "manual"
            yield
        finally:
            patiently(lambda: setattr(self._app, "calculation", calculation))
            patiently(lambda: setattr(self._app, "screen_updating", updating))


_Change = tuple[Sheet, tuple[int, int], list[list[Any]]]


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


def _log_change(table: Table, rows: Sequence[Sequence[Value]]) -> _Change:
    return (table.sheet, (table.first_row, 0), [[_plain(cell) for cell in row] for row in rows])


def _console(content: Content) -> list[_Change]:
    """Return the cells of 操作台 that hold values, and the notes that name the periods."""
    notes = {table.sheet: content.log_note(table.sheet) for table in layout.LOG_TABLES}
    return [
        (Sheet.CONSOLE, start, [[_plain(cell) for cell in row] for row in rows])
        for start, rows in content.console.value_blocks()
    ] + [
        (sheet, layout.LOG_NOTE_CELL, [[_plain(note)]])
        for sheet, note in notes.items()
        if note is not None
    ]


_LOG_WIDTHS = {(table.sheet, table.first_row): len(table.columns) for table in layout.LOG_TABLES}


def _padded(rows: Sequence[Sequence[Any]], height: int, width: int) -> list[list[Any]]:
    blank = [[None] * width for _ in range(height - len(rows))]
    return [*(list(row) for row in rows), *blank]


def _get(target: Any) -> list[list[Any]]:
    def read() -> list[list[Any]]:
        values: list[list[Any]] = target.options(ndim=2).value
        return values

    return patiently(read)


def _set(target: Any, values: list[list[Any]]) -> None:
    patiently(lambda: setattr(target, "value", values))


def _plain(cell: Cell | float) -> Any:
    """Return a value as Excel takes it.

    A text gets the apostrophe that makes it a text: else ``=…`` becomes a formula, 2026-09 a
    date and a hash of digits a number.
    """
    if isinstance(cell, Formula):
        return _plain(cell.value)
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return f"'{cell}"
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None, microsecond=0)
    return float(cell) if isinstance(cell, Decimal) else cell
