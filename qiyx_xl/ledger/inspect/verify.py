"""Where a ledger differs from the log, cell by cell, because somebody changed it by hand.

People may sort our tables, and write into the cells meant for them and beside our tables; that is
no difference. 校验结果 is not compared, as the button 校验收件 lists findings there that are not in
the log.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING

from qiyx_xl.files.xml import Q, parse
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import OpenedLedger, raising_damaged_ledger_error
from qiyx_xl.ledger.file.sheet_xml import cells_of, rows_in, settings_cells
from qiyx_xl.ledger.inspect.shown_cells import SheetCells, canonical, same_formula
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import tables as log_tables
from qiyx_xl.ledger.layout.cells import Cell, Formula, Value, address
from qiyx_xl.ledger.layout.spelling import spelled, spelled_otherwise
from qiyx_xl.ledger.registry import LEDGER_SCHEMA, XLWINGS_MODULE, LedgerEdition, LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from qiyx_xl.ledger.content.plan_sheets import Row
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.layout.tables import SheetTable

# The columns that identify a row of a log sheet if other cells in it were changed.
_KEYS = {
    LedgerSheet.RECORDS: ("数据期", "编号", "填报单位", "文件校验码", "工作表", "单元格"),
    LedgerSheet.CONFLICTS: ("数据期", "编号", "单位一", "单位二"),
    LedgerSheet.DIFFERENCE: ("编号",),
    LedgerSheet.RUNS: ("批次",),
    LedgerSheet.MATTERS: ("编号",),
    LedgerSheet.PROJECTS: ("项目编码",),
    LedgerSheet.LIVELIHOOD: ("编码",),
    LedgerSheet.SHARES: ("编号", "单位"),
    LedgerSheet.TASKS: ("任务编号",),
}
# The exceptions that zipfile raises for damaged packages.
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(ValueError, LookupError, OSError, OverflowError),
)
_TYPED = (log_tables.CHOSEN, log_tables.REASON_TYPED, log_tables.DECIDED_BY, "提示")


class DifferenceKind(StrEnum):
    """The kind of a difference.

    SHOWN: the formula is unchanged, but its value differs from the core's. That happens when
    another program has calculated it without our functions.

    SPELLING: the names of our functions are spelled as in the other edition of the ledger.
    """

    VALUE = "value"
    SHOWN = "shown"
    FORMULA = "formula"
    MISSING_ROW = "missing_row"
    EXTRA_ROW = "extra_row"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One cell or row that differs from the log; ``item`` names its item or row."""

    kind: DifferenceKind
    sheet: str
    cell: str
    header: str
    item: str
    expected: str
    found: str

    def __str__(self) -> str:
        where = f"{self.sheet}!{self.cell}"
        about = f"（{self.item}）" if self.item else ""
        what = f"{where} “{self.header}”" if self.header else where
        match self.kind:
            case DifferenceKind.MISSING_ROW:
                return f"{self.sheet}：少了一行{about}。"
            case DifferenceKind.EXTRA_ROW:
                return f"{where}：这一行数据库里没有{about}。"
            case DifferenceKind.SPELLING:
                return (
                    f"{what}{about}：函数名的写法是另一种台账的（{self.found}），"
                    f"这本里应写“{self.expected}”。"
                )
            case DifferenceKind.FORMULA:
                return f"{what}{about}：这里原来是公式，现在是“{self.found}”。"
            case _:
                return f"{what}{about}：数据库里是“{self.expected}”，这里是“{self.found}”。"


@dataclass(frozen=True, slots=True)
class Verification:
    """The number of compared cells, and the differences, sheet by sheet."""

    cells: int
    mismatches: tuple[Mismatch, ...]


def package_problems(package: bytes, name: str) -> tuple[str, ...]:
    """Return what is damaged in a ledger's file, as sentences; every part is read completely.

    Only the package is checked, not its content.
    """
    try:
        with zipfile.ZipFile(BytesIO(package)) as archive:
            torn = archive.testzip()
    except _UNREADABLE as error:
        return (f"“{name}”的文件坏了，读不出来（{error}）",)
    return () if torn is None else (f"“{name}”的文件坏了：其中的 {torn} 与存下的校验值对不上",)


def verify_ledger(ledger: OpenedLedger, view: LedgerView) -> Verification:
    """Compare a ledger with a view of the log for the ledger's own period and day.

    Raises:
        LedgerError: a sheet or a column of ours is missing, or the ledger is damaged.
    """
    with raising_damaged_ledger_error(ledger.name):
        return _verified(ledger, view)


def _verified(ledger: OpenedLedger, view: LedgerView) -> Verification:
    content = Content(view, ledger.schema)
    for table in content.plan_tables:
        root = parse(ledger.read(ledger.part(table.sheet)))
        content.set_item_rows(table, rows_in(ledger, cells_of(root), table))
    check = _Check(ledger)
    check.console(content)
    for table, rows in content.plan_sheets():
        check.plan_sheet(content, table, rows)
    for table, values in content.log_sheets():
        if table.sheet in _KEYS:
            check.log_sheet(table, values)
    check.settings(content)
    check.spelling()
    return Verification(check.cells, tuple(check.found))


class _Check:
    """One comparison: counts the compared cells and collects the differences."""

    def __init__(self, ledger: OpenedLedger) -> None:
        self._ledger = ledger
        self.cells = 0
        self.found: list[Mismatch] = []

    def _sheet(self, sheet: LedgerSheet) -> SheetCells:
        return SheetCells(self._ledger, self._ledger.read(self._ledger.part(sheet)))

    def console(self, content: Content) -> None:
        """Compare 操作台."""
        cells = content.console.cells()
        self._compare(LedgerSheet.CONSOLE, cells, {}, self._sheet(LedgerSheet.CONSOLE))

    def settings(self, content: Content) -> None:
        """Compare the cells that the program writes on 设置."""
        names = {
            (layout.SETTINGS_HEADER_ROW + offset, layout.SETTINGS_COLUMN): (name, "")
            for offset, (name, *_) in enumerate(content.settings(), start=1)
        }
        # The ledger may have been written by another version of the program.
        cells = {
            place: cell
            for place, cell in settings_cells(content.settings()).items()
            if names[place][0] != "程序版本"
        }
        self._compare(LedgerSheet.SETTINGS, cells, names, self._sheet(LedgerSheet.SETTINGS))

    def plan_sheet(self, content: Content, table: SheetTable, rows: Mapping[str, Row]) -> None:
        """Compare a sheet of the plan, without the columns that people fill in."""
        names = {
            (content.row_of(table, code), place): (column.header.replace("\n", ""), code)
            for code in rows
            for place, column in enumerate(table.columns)
        }
        cells = content.sheet_cells(table, rows)
        self._compare(table.sheet, cells, names, self._sheet(table.sheet))

    def _compare(
        self,
        sheet: LedgerSheet,
        cells: Mapping[tuple[int, int], Cell],
        names: Mapping[tuple[int, int], tuple[str, str]],
        there: SheetCells,
    ) -> None:
        for (row, column), cell in sorted(cells.items()):
            where = address(row, column)
            if there.is_covered(row, column):
                continue  # it is hidden under a merged cell
            self.cells += 1
            header, item = names.get((row, column), ("", ""))
            found = there.at(where)
            value = cell.value if isinstance(cell, Formula) else cell
            if isinstance(cell, Formula) and not _is_formula(cell.text, found.formula):
                kind = DifferenceKind.FORMULA
            elif canonical(value) != found.text:
                kind = DifferenceKind.SHOWN if isinstance(cell, Formula) else DifferenceKind.VALUE
            else:
                continue
            self.found.append(
                Mismatch(kind, sheet.value, where, header, item, canonical(value), found.text)
            )

    def spelling(self) -> None:
        """Find the formulas, on any sheet, that are spelled as in the other edition."""
        edition = self._ledger.edition
        for sheet, part in self._ledger.sheet_parts().items():
            if not part.endswith(".xml"):
                continue
            for where, formula in spelled_otherwise(self._ledger.read(part), edition):
                self.found.append(
                    Mismatch(
                        DifferenceKind.SPELLING,
                        sheet,
                        where,
                        "",
                        "",
                        spelled(formula, edition),
                        formula,
                    )
                )

    def log_sheet(self, table: SheetTable, values: Sequence[Sequence[Value]]) -> None:
        """Compare the rows of a log sheet, in any order."""
        skipped = {table.place(header) for header in _TYPED} if self._is_typed(table) else set()
        waiting: dict[tuple[str, ...], list[int]] = {}
        wanted = [tuple(map(canonical, row)) for row in values]
        for index, row in enumerate(wanted):
            waiting.setdefault(row, []).append(index)
        odd = []
        for number, row in self._sheet(table.sheet).rows(table):
            self.cells += len(row)
            same = waiting.get(row)
            if same:
                same.pop()
            else:
                odd.append((number, row))
        left = sorted(index for indexes in waiting.values() for index in indexes)
        self.found.extend(self._pair(table, odd, [wanted[index] for index in left], skipped))

    def _is_typed(self, table: SheetTable) -> bool:
        return table.sheet is LedgerSheet.CONFLICTS

    def _pair(
        self,
        table: SheetTable,
        odd: Sequence[tuple[int, tuple[str, ...]]],
        left: Sequence[tuple[str, ...]],
        skipped: set[int],
    ) -> Iterator[Mismatch]:
        """Yield the differences between found and expected rows, matched by their key columns.

        Args:
            table: the log sheet's table.
            odd: the found rows that equal no expected row, with their numbers.
            left: the expected rows that were not found.
            skipped: the columns that are not compared.
        """
        places = [table.place(header) for header in _KEYS[table.sheet]]
        by_key: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for row in left:
            by_key.setdefault(tuple(row[place] for place in places), []).append(row)
        sheet = table.sheet.value
        for number, row in odd:
            key = tuple(row[place] for place in places)
            wanted = by_key.get(key)
            item = _named(table, row)
            if not wanted:
                where = address(number, 0)
                yield Mismatch(DifferenceKind.EXTRA_ROW, sheet, where, "", item, "", " ".join(key))
                continue
            best = max(
                wanted,
                key=lambda candidate: sum(a == b for a, b in zip(candidate, row, strict=True)),
            )
            wanted.remove(best)
            for place, (expected, found) in enumerate(zip(best, row, strict=True)):
                if expected != found and place not in skipped:
                    header = table.columns[place].header
                    where = address(number, place)
                    yield Mismatch(
                        DifferenceKind.VALUE, sheet, where, header, item, expected, found
                    )
        for rows in by_key.values():
            for row in rows:
                item = _named(table, row)
                yield Mismatch(
                    DifferenceKind.MISSING_ROW, sheet, "", "", item, " ".join(filter(None, row)), ""
                )


def _is_formula(expected: str, found: str | None) -> bool:
    """Whether a cell has a formula, however the names of our functions are spelled in it."""
    plain = None if found is None else spelled(found, LedgerEdition.EXCEL)
    return same_formula(expected, plain)


def _named(table: SheetTable, row: Sequence[str]) -> str:
    """Return a short name of a row of a log sheet: the first of its key columns."""
    texts = [row[table.place(header)] for header in _KEYS[table.sheet][:3]]
    return " ".join(filter(None, texts))


# --- Facts about a closed ledger for diagnosis: version of its VBA, settings ---------------------

_VERSION = re.compile(r'XLWINGS_VERSION As String = "([^"]+)"')
_UNSAFE_START = '" -B -c ""import'  # without -P, see starting_safely in ledger/build/vba.py


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """Facts about a ledger's macros.

    ``vba_version`` is None if the workbook has no xlwings module of its own. ``is_older`` is True
    if its schema is not the present one, so that its functions have fewer arguments.
    """

    vba_version: str | None
    uses_addin: bool
    settings: dict[str, str] = field(default_factory=dict)
    is_older: bool = False
    has_macros: bool = True
    """Whether it is of the edition for Excel; the other has no macros."""
    looks_around: bool = False
    """Whether its macros start Python so that it imports modules from the current folder."""


def workbook_facts(path: Path) -> WorkbookFacts:
    """Return a ledger's xlwings version and the settings on its sheet xlwings.conf.

    Raises:
        LedgerError: it is not a ledger, or its macros are missing or cannot be read.
        OSError: it cannot be opened.
    """
    book = OpenedLedger(path.read_bytes(), path.name)
    if book.edition is LedgerEdition.ADDIN:
        is_older = book.schema != LEDGER_SCHEMA
        return WorkbookFacts(
            None, uses_addin=False, settings=_settings(book), is_older=is_older, has_macros=False
        )
    module, uses_addin = _vba(path)
    found = _VERSION.search(module)
    return WorkbookFacts(
        None if found is None else found[1],
        uses_addin,
        _settings(book),
        is_older=book.schema != LEDGER_SCHEMA,
        looks_around=_UNSAFE_START in module,
    )


def _vba(path: Path) -> tuple[str, bool]:
    """Return the text of xlwings' module, and whether the add-in of xlwings is used instead."""
    from pyopenvba import ExcelFile, PyOpenVBAError

    try:
        with ExcelFile(path) as book:
            if not book.has_vba_project():
                raise LedgerError(
                    f"“{path.name}”里没有宏，可能另存成了 .xlsx。请换回 .xlsm 格式的台账。"
                )
            modules = book.module_names()
            text = book.get_module(XLWINGS_MODULE) if XLWINGS_MODULE in modules else ""
            references = [str(reference) for reference in book.references()]
    except PyOpenVBAError as wrong:
        raise LedgerError(f"“{path.name}”里的宏读不出来。请换回备份的台账。") from wrong
    calls_addin = any("xlwings" in reference.lower() for reference in references)
    return text, calls_addin and _VERSION.search(text) is None


def _settings(book: OpenedLedger) -> dict[str, str]:
    settings = {}
    for row in parse(book.read(book.part(LedgerSheet.CONFIG))).iter(f"{Q}row"):
        cells = {cell.get("r"): cell for cell in row}
        number = int(row.get("r")) - 1
        key, value = (book.cell_text(cells.get(address(number, column))) for column in (0, 1))
        if key:
            settings[key] = value
    return settings
