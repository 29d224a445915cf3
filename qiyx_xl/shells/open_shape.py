"""How a ledger that is open follows a changed plan: its rows, columns and words.

The same as ``ledger.file.plan_shape`` does with a closed file. The program itself inserts,
deletes and moves, so that people's formulas, comments and charts follow.
"""

from __future__ import annotations

from dataclasses import astuple
from itertools import groupby
from typing import TYPE_CHECKING

from qiyx_xl.ledger.content import dashboard
from qiyx_xl.ledger.content.identity import (
    PLAN_SHA256,
    choosable_periods,
    defined_names,
    plan_identity,
)
from qiyx_xl.ledger.content.plan_sheets import TO_CONFIRM, is_our_note, merged_targets, note_of
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.own_words import (
    FORMULA_KIND,
    KEPT_WIDTH,
    NUMBER_KIND,
    TEXT_KIND,
    Kept,
    returning_cells,
)
from qiyx_xl.ledger.file.plan_shape import check_complete
from qiyx_xl.ledger.file.sheet_xml import find_table
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import address
from qiyx_xl.ledger.layout.tables import NOTE, RESPONSIBLE, Name, Style
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.ledger.content.plan_sheets import Row
    from qiyx_xl.ledger.content.workbook import Content
    from qiyx_xl.ledger.file.sheet_xml import FoundTable
    from qiyx_xl.ledger.layout.cells import Cell
    from qiyx_xl.ledger.layout.tables import SheetTable
    from qiyx_xl.shells.host_book import HostBook, Place, Shown

_KEY, _TEXT = 0, 1  # columns of _qiyx
_MOST_DOMAINS = 100


class OpenShape:
    """What has to change in an open ledger. Making one only reads and checks.

    Args:
        cells: the open workbook.
        content: what it shall show, with the items in the plan's order.
        said: what stands on its sheet _qiyx.

    Raises:
        LedgerError: a row or a column was moved or deleted by hand.
    """

    def __init__(self, cells: HostBook, content: Content, said: Sequence[Sequence[Shown]]) -> None:
        self._cells, self._content = cells, content
        self._said = said
        identity = {str(row[_KEY]): _text(row[_TEXT]) for row in said if row[_KEY]}
        old_plan = content.view.plans.with_sha256(identity.get(PLAN_SHA256, ""))
        self._sheets = [
            _PlanSheet(cells, content, table, rows, old_plan)
            for table, rows in content.plan_sheets()
        ]
        self._domains = _domains(cells)

    def apply(self) -> None:
        """Change the workbook; a failure leaves it half changed."""
        kept = list(_kept(self._said))
        plan = self._content.view.plan
        still = [each for each in kept if plan.item(each.code) is None]
        for sheet in self._sheets:
            still += sheet.leaving()
        self._keep(still, len(kept))
        for sheet in self._sheets:
            sheet.apply()
            sheet.bring_back(kept)
        self._console()
        self._identity()
        self._names()

    def _keep(self, kept: Sequence[Kept], before: int) -> None:
        """Write down what people wrote beside items that are not shown."""
        rows: list[list[Shown]] = [list(astuple(each)) for each in kept]
        rows += [[None] * KEPT_WIDTH for _ in range(before - len(rows))]
        if rows:
            self._cells.write(LedgerSheet.IDENTITY, (0, layout.KEPT_COLUMN), rows)

    def _console(self) -> None:
        console, first = self._content.console, dashboard.FIRST_DOMAIN_ROW
        _set_rows(self._cells, LedgerSheet.CONSOLE, first, self._domains, console.domains)
        for place, run in _runs(console.cells()):
            self._cells.write_cells(LedgerSheet.CONSOLE, place, [run])

    def _identity(self) -> None:
        view = self._content.view
        rows = {str(row[_KEY]): number for number, row in enumerate(self._said) if row[_KEY]}
        free = max(rows.values(), default=-1) + 1
        for key, text in (plan_identity(view) | texts.messages(view.plan)).items():
            row = rows.get(key, free)
            free = max(free, row + 1)
            if row >= len(self._said) or _text(self._said[row][_TEXT]) != text:
                self._cells.write(LedgerSheet.IDENTITY, (row, _KEY), [[key, text]])
        periods = [str(period) for period in choosable_periods(view.plans)]
        listed = max(len(periods), len(self._said))
        column: list[list[Shown]] = [
            [periods[row] if row < len(periods) else None] for row in range(listed)
        ]
        self._cells.write(LedgerSheet.IDENTITY, (0, layout.PERIODS_COLUMN), column)

    def _names(self) -> None:
        meanings = defined_names(self._content)
        del meanings[Name.STATE]  # the program moves it with its cell
        self._cells.set_names(meanings)


class _PlanSheet:
    """One of the plan's three sheets, as it is and as it shall be."""

    def __init__(
        self,
        cells: HostBook,
        content: Content,
        table: SheetTable,
        rows: Mapping[str, Row],
        old_plan: Plan | None,
    ) -> None:
        self._cells, self._content, self._table, self._rows = cells, content, table, rows
        self._plan, self._old_plan = content.view.plan, old_plan
        self._there = cells.read_used(table.sheet)
        self._found: FoundTable = find_table(self._text_at, table)
        check_complete(self._found, old_plan)
        self._open_before = frozenset(
            code for code in self._found.rows if self._old_text(code, NOTE) == TO_CONFIRM
        )
        last = (len(self._there) - 1, len(self._there[0]) - 1)
        self._formulas = cells.formulas(table.sheet, (0, 0), last)

    def _text_at(self, row: int, column: int) -> str:
        if row < len(self._there) and column < len(self._there[row]):
            return _text(self._there[row][column])
        return ""

    def _old_text(self, code: str, header: str) -> str:
        return self._text_at(self._found.rows[code], self._found.table.place(header))

    def leaving(self) -> Iterator[Kept]:
        """Yield what people wrote in the rows of items that will not be shown."""
        table = self._found.table
        width, note = len(table.columns), table.place(NOTE)
        for code, row in self._found.rows.items():
            if code in self._rows:
                continue
            for column in (note, *range(width, len(self._there[row]))):
                cell, formula = self._there[row][column], _text(self._formulas[row][column])
                place = NOTE if column == note else str(column - width)
                where = (table.sheet.value, code, place)
                if formula.startswith("="):
                    yield Kept(*where, FORMULA_KIND, formula[1:], address(row, column))
                elif isinstance(cell, float):
                    yield Kept(*where, NUMBER_KIND, _text(cell), address(row, column))
                elif formula and not (column == note and is_our_note(formula)):
                    yield Kept(*where, TEXT_KIND, formula, address(row, column))

    def bring_back(self, kept: Sequence[Kept]) -> None:
        """Write what was kept beside items that are shown again."""
        added = {
            code: row
            for row, code in enumerate(self._rows, self._table.first_row)
            if code not in self._found.rows
        }
        for place, cell in returning_cells(kept, self._table, added).items():
            self._cells.write_cells(self._table.sheet, place, [[cell]])

    def apply(self) -> None:
        """Change the sheet."""
        table, cells = self._table, self._cells
        cells.show_all_rows(table.sheet)
        self._set_columns()
        old = sorted(self._found.rows, key=self._found.rows.__getitem__)
        _set_rows(cells, table.sheet, table.first_row, old, list(self._rows))
        self._write()

    # --- columns

    def _set_columns(self) -> None:
        """Delete and insert the columns of years. The row of figures above the table stays."""
        headers = [column.header for column in self._found.table.columns]
        wanted = [column.header for column in self._table.columns]
        for place in reversed(range(len(headers))):
            if headers[place] not in wanted:
                self._move_figures(place, 1)
                self._cells.delete_column(self._table.sheet, place)
                del headers[place]
        for place, header in enumerate(wanted):
            if headers[place : place + 1] != [header]:
                like_left = self._table.columns[place - 1].style is Style.TARGET
                self._cells.insert_column(self._table.sheet, place, like_left=like_left)
                self._move_figures(place + 1, -1)
                headers.insert(place, header)

    def _move_figures(self, first: int, by: int) -> None:
        row, last = layout.STATUS_ROW, layout.SCORE_CELL[1] + (1 if by < 0 else 0)
        if first <= last:
            self._cells.move_cells(self._table.sheet, (row, first), (row, last), (row, first + by))

    # --- cells

    def _write(self) -> None:
        table, content, sheet = self._table, self._content, self._table.sheet
        order, first = list(self._rows), table.first_row
        targets = [at for at, column in enumerate(table.columns) if column.style is Style.TARGET]
        if targets:
            self._cells.split(sheet, (first, targets[0]), (table.last_row, targets[-1]))
        self._mark(targets)
        spans = self._spans()
        covered = {(row, column) for (row, at), end in spans for column in range(at + 1, end + 1)}
        written = content.written_cells(table, self._rows)
        for is_ours, run in groupby(
            enumerate(table.columns), key=lambda each: each[1].style is not Style.INPUT
        ):
            places = [place for place, _ in run]
            if is_ours:
                rows = [
                    [None if (row, at) in covered else written[row, at] for at in places]
                    for row in range(first, first + len(order))
                ]
                self._cells.write_cells(sheet, (first, places[0]), rows)
        for start, end in spans:
            self._cells.merge(sheet, start, (start[0], end))
        frame: dict[Place, Cell] = {**content.frame_cells(table), **content.status_cells(table)}
        frame.pop(layout.PERIOD_CELL)
        for place, cells in _runs(frame):
            self._cells.write_cells(sheet, place, [cells])
        self._write_notes(order)

    def _spans(self) -> list[tuple[Place, int]]:
        """Return each run of targets that is one merged cell: its first cell, its last column."""
        table, found = self._table, []
        for row, (_, cells) in enumerate(self._rows.items(), table.first_row):
            if cells.get(NOTE) == TO_CONFIRM:
                for header, span in merged_targets(cells, self._plan.years):
                    place = table.place(header)
                    if span > 1:
                        found.append(((row, place), place + span - 1))
        return found

    def _mark(self, targets: Sequence[int]) -> None:
        """Give targets that became unconfirmed the mark of the others, and take it from them."""
        if not targets:
            return
        rows = {code: row for row, code in enumerate(self._rows, self._table.first_row)}
        kept = [code for code in rows if code in self._found.rows]
        for is_open in (True, False):
            examples = [code for code in kept if (code in self._open_before) is is_open]
            wanted = [
                rows[code]
                for code, cells in self._rows.items()
                if (cells.get(NOTE) == TO_CONFIRM) is is_open and code not in examples
            ]
            if examples and wanted:
                row = rows[examples[0]]
                self._cells.copy_looks(
                    self._table.sheet, (row, targets[0]), (row, targets[-1]), wanted
                )

    # --- notes

    def _write_notes(self, order: Sequence[str]) -> None:
        place = self._table.place(NOTE)
        for row, code in enumerate(order, self._table.first_row):
            there = self._note_there(code)
            note = self._note(code, there)
            if note != there:
                self._cells.write(self._table.sheet, (row, place), [[note or None]])

    def _note(self, code: str, there: str) -> str:
        """Return an item's 备注: the program's own words follow the plan, people's stay."""
        item = self._plan.item(code)
        wanted = "" if item is None else note_of(self._plan, item) or ""
        if code not in self._found.rows:
            return wanted
        if there.startswith("="):
            return there
        if there == wanted or (
            not is_our_note(there) and (there or wanted == self._note_before(code))
        ):
            wanted = there
        typed = self._old_text(code, RESPONSIBLE).strip()
        if typed and all(typed != stated.responsible_agency for stated in self._stated(code)):
            words = f"{RESPONSIBLE}栏里写过：{typed}"
            return f"{wanted}；{words}" if wanted else words
        return wanted

    def _note_there(self, code: str) -> str:
        if code not in self._found.rows:
            return ""
        return _text(self._formulas[self._found.rows[code]][self._found.table.place(NOTE)])

    def _note_before(self, code: str) -> str:
        item = None if self._old_plan is None else self._old_plan.item(code)
        return "" if self._old_plan is None or item is None else note_of(self._old_plan, item) or ""

    def _stated(self, code: str) -> Iterator[Item]:
        for adoption in self._content.view.plans.adoptions:
            item = adoption.plan.item(code)
            if item is not None:
                yield item


def _kept(said: Sequence[Sequence[Shown]]) -> Iterator[Kept]:
    for row in said:
        entry = [_text(cell) for cell in row[layout.KEPT_COLUMN :][:KEPT_WIDTH]]
        if not entry or not entry[0]:
            return
        yield Kept(*entry, *[""] * (KEPT_WIDTH - len(entry)))


def _set_rows(
    cells: HostBook, sheet: LedgerSheet, first: int, old: Sequence[str], new: Sequence[str]
) -> None:
    """Make the rows of ``old`` from ``first`` on those of ``new``, each kept one by its key."""
    there = list(old)
    kept = [key for key in there if key in new] or there[-1:]  # the last one lends its looks
    for at in reversed(range(len(there))):
        if there[at] not in kept:
            cells.delete_rows(sheet, first + at)
            del there[at]
    for at, key in enumerate([key for key in new if key in there]):
        if there[at] != key:
            row = there.index(key)
            cells.move_row_up(sheet, first + row, first + at)
            there.insert(at, there.pop(row))
    lender = there[0]
    for is_new, run in groupby(enumerate(new), key=lambda each: each[1] not in there):
        places = [at for at, _ in run]
        if is_new:
            cells.insert_rows(sheet, first + places[0], len(places))
            there[places[0] : places[0]] = [new[at] for at in places]
            near = places[0] - 1 if places[0] > 0 else there.index(lender)
            cells.row_like(sheet, first + near, [first + at for at in places])
    if len(there) > len(new):
        cells.delete_rows(sheet, first + len(new), len(there) - len(new))


def _domains(cells: HostBook) -> list[str]:
    """Return the names of the domains that stand on 操作台.

    Raises:
        LedgerError: its rows were moved.
    """
    found: list[str] = []
    first, left = dashboard.FIRST_DOMAIN_ROW, dashboard.LEFT
    column = cells.read(LedgerSheet.CONSOLE, (first, left), (first + _MOST_DOMAINS, left))
    while True:
        row = first + len(found)
        text = _text(column[len(found)][0]) if len(found) < len(column) else ""
        if text == dashboard.TOTAL:
            return found
        if not text or text in found:
            raise LedgerError(
                f"“{LedgerSheet.CONSOLE.value}”表的行列被移动过：{address(row, left)} "
                "原来是领域的名称。请撤销插入或删除的行、列，再试一次。"
            )
        found.append(text)


def _runs(cells: Mapping[Place, Cell]) -> Iterator[tuple[Place, list[Cell]]]:
    """Group cells of one row into runs without a gap."""
    for _, run in groupby(
        enumerate(sorted(cells)), key=lambda each: (each[1][0], each[1][1] - each[0])
    ):
        places = [place for _, place in run]
        yield places[0], [cells[place] for place in places]


def _text(cell: Shown) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
