"""How a ledger gets the rows and columns of a changed plan: items, years and domains.

What people wrote beside an item stays with it, found by the item's id. The rows then stand in the
plan's order. Only the shape is made here; a refresh writes the cells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.data import read_text
from qiyx_xl.files.addresses import LAST_COLUMN, LAST_ROW, range_address
from qiyx_xl.files.xml import Q, parse
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.build.ribbon import RIBBON_PART, ribbon_of
from qiyx_xl.ledger.content import dashboard
from qiyx_xl.ledger.content.identity import PLAN_SHA256, is_of_other_plan
from qiyx_xl.ledger.content.plan_sheets import TO_CONFIRM, is_our_note, merged_targets, note_of
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.linked_parts import CHAIN, without_part
from qiyx_xl.ledger.file.moved_sheet import spell_out
from qiyx_xl.ledger.file.moves import Axis, Moves
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.own_words import (
    Kept,
    kept_cells,
    kept_sheet,
    leaving_cells,
    returning_cells,
)
from qiyx_xl.ledger.file.reshape import reshaped_parts
from qiyx_xl.ledger.file.sheet_xml import FoundTable, cells_of, found_table, patch_cells, put_cells
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import address, column_of
from qiyx_xl.ledger.layout.tables import LOG_TABLES, NOTE, Style, has_sheet
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.ledger.content.plan_sheets import Row
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.layout.cells import Cell
    from qiyx_xl.ledger.layout.tables import SheetTable

_HIDDEN = "hidden"


def with_shape_of(
    ledger: OpenedLedger, view: LedgerView, *, schema: str | None = None
) -> OpenedLedger:
    """Return a ledger with the rows and columns that a view needs; itself if it has them.

    Args:
        ledger: the ledger.
        view: what it shall show.
        schema: the schema whose columns it gets; its own by default.

    Raises:
        LedgerError: a row or a column was moved or deleted by hand.
    """
    wanted = schema or ledger.schema
    if wanted == ledger.schema and not is_of_other_plan(ledger.identity, view):
        return ledger
    content = Content(view, wanted)
    before = Content(view, ledger.schema)
    old_plan = view.plans.with_sha256(ledger.identity.get(PLAN_SHA256, ""))
    moves: dict[str, Moves] = {}
    headers: dict[str, Mapping[int, str]] = {}
    finish: dict[str, Callable[[Any, Any], None]] = {}
    kept = kept_cells(ledger)
    still_kept = [each for each in kept if view.plan.item(each.code) is None]
    for (table, rows), old_table in zip(content.plan_sheets(), before.plan_tables, strict=True):
        name = table.sheet.value
        root = parse(ledger.read(ledger.part(table.sheet)))
        spell_out(root)
        cells = cells_of(root)
        found = found_table(ledger, cells, old_table)
        check_complete(found, old_plan)
        still_kept += leaving_cells(ledger, cells.values(), found, found.rows.keys() - rows.keys())
        shape = _PlanSheet(ledger, found, table, rows, (old_plan, view.plan), kept)
        moves[name], headers[name], finish[name] = shape.moves, shape.new_headers, shape.finish
    if wanted != ledger.schema and before.records.columns != content.records.columns:
        log = _LogSheet(before.records, content.records)
        name = content.records.sheet.value
        moves[name], headers[name], finish[name] = log.moves, log.new_headers, log.finish
    console = _Console(ledger, content)
    if not console.moves.is_still:
        name = LedgerSheet.CONSOLE.value
        moves[name], finish[name] = console.moves, console.finish
    parts = reshaped_parts(ledger, moves, headers, finish)
    if still_kept != list(kept):
        part = ledger.part(LedgerSheet.IDENTITY)
        parts[part] = kept_sheet(parts.get(part, ledger.read(part)), still_kept)
    if old_plan is None or old_plan.words.short_name != view.plan.words.short_name:
        parts |= _renamed_parts(ledger, parts, old_plan, view.plan)
    chain = ledger.related(CHAIN)
    if chain is not None:
        parts |= without_part(ledger, chain)
    package = with_parts(ledger.package, parts, without={chain} if chain else ())
    return OpenedLedger(package, ledger.name, is_checked=False)


def _renamed_parts(
    ledger: OpenedLedger, parts: Mapping[str, bytes], old_plan: Plan | None, plan: Plan
) -> dict[str, bytes]:
    """Return the log sheets and the ribbon that name the plan by its short name."""
    changed = {}
    for table in (one for one in LOG_TABLES if has_sheet(one, ledger.schema)):
        part = ledger.part(table.sheet)
        xml = parts.get(part, ledger.read(part))
        changed[part] = patch_cells(xml, {(0, 0): texts.sheet_title(plan, table.title)})
    ribbon = read_text("macros/customUI14.xml")
    if old_plan is not None and RIBBON_PART in ledger.part_names():
        old_ribbon = ribbon_of(ribbon, old_plan.words.short_name)
        # That of another version of the program goes with that version's macros.
        if ledger.read(RIBBON_PART) == old_ribbon:
            changed[RIBBON_PART] = ribbon_of(ribbon, plan.words.short_name)
    return changed


def check_complete(found: FoundTable, old_plan: Plan | None) -> None:
    """Refuse rows that were deleted or renamed by hand: their notes would be lost silently.

    Raises:
        LedgerError: the table does not have exactly the rows of the plan it was written by.
    """
    if old_plan is None:
        return
    sheet = found.table.sheet
    items = {
        LedgerSheet.INDICATORS: old_plan.indicators,
        LedgerSheet.GOALS: old_plan.goals,
        LedgerSheet.MILESTONES: old_plan.milestones,
    }[sheet]
    codes = {item.code for item in items}
    for code in codes - set(found.rows):
        raise LedgerError(
            f"“{sheet.value}”表里找不到“{code}”这一行。请撤销对它的删除或改动，再试一次。"
        )
    for code in set(found.rows) - codes:
        raise LedgerError(
            f"“{sheet.value}”表第 {found.rows[code] + 1} 行的编号“{code}”不是方案里的。"
            "请撤销对它的改动；自己加的行，请移到表的下面，再试一次。"
        )


# --- columns ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    """The old and the new columns of a table."""

    old: SheetTable
    new: SheetTable

    @property
    def axis(self) -> Axis:
        places = {column.header: place for place, column in enumerate(self.new.columns)}
        kept = {
            place: places[column.header]
            for place, column in enumerate(self.old.columns)
            if column.header in places
        }
        runs = (
            (_targets(self.old), _targets(self.new)),
            (range(self.old.visible), range(self.new.visible)),
            (range(len(self.old.columns)), range(len(self.new.columns))),
        )
        wholes = tuple(
            (old[0], old[-1], new[0], new[-1]) for old, new in runs if old and new and len(old) > 1
        )
        return Axis(LAST_COLUMN, 0, len(self.old.columns), len(self.new.columns), kept, wholes)

    def added(self) -> Iterator[tuple[int, int]]:
        """Yield each new column, and the old one that it looks like."""
        axis = self.axis
        back = {new: old for old, new in axis.kept.items()}
        for place, column in enumerate(self.new.columns):
            if place not in back:
                near = [back[each] for each in range(place) if each in back]
                same = [
                    old
                    for old, other in enumerate(self.old.columns)
                    if other.style is column.style and other.hidden == column.hidden
                ]
                middle = near[-1] if near else 0
                yield place, min(same or near, key=lambda old: abs(old - middle))

    def headers(self) -> dict[int, str]:
        """Return the header texts of the new columns."""
        return {place: self.new.columns[place].header for place, _ in self.added()}

    def widen(self, root: Any) -> None:
        """Give the new columns their widths, and the format of the columns they look like."""
        columns = root.find(f"{Q}cols")
        if columns is None:
            return
        kept = self.axis.kept
        for place, like in self.added():
            column = self.new.columns[place]
            twin = _column_at(columns, kept.get(like, -1))
            attributes = {"style": twin.get("style")} if twin is not None else {}
            made = columns.makeelement(
                f"{Q}col",
                {
                    "min": str(place + 1),
                    "max": str(place + 1),
                    "width": f"{column.width + 0.7109375}",
                }
                | {name: value for name, value in attributes.items() if value}
                | ({_HIDDEN: "1"} if column.hidden else {})
                | {"customWidth": "1"},
            )
            after = [each for each in columns if int(each.get("min")) - 1 > place]
            if after:
                after[0].addprevious(made)
            else:
                columns.append(made)


def _column_at(columns: Any, place: int) -> Any:
    for column in columns:
        if int(column.get("min")) - 1 <= place < int(column.get("max")):
            return column
    return None


def _targets(table: SheetTable) -> range:
    places = [place for place, column in enumerate(table.columns) if column.style is Style.TARGET]
    return range(places[0], places[-1] + 1) if places else range(0)


# --- the three sheets of the plan ------------------------------------------------------------


class _PlanSheet:
    """The old and the new shape of one sheet of the plan."""

    def __init__(
        self,
        ledger: OpenedLedger,
        found: FoundTable,
        table: SheetTable,
        rows: Mapping[str, Row],
        plans: tuple[Plan | None, Plan],
        kept: Sequence[Kept],
    ) -> None:
        self._ledger = ledger
        self._found = found
        self._table = table
        self._rows = rows
        self._old_plan, self._plan = plans
        self._kept = kept
        self._order = list(rows)
        self._columns = _Columns(found.table, table)
        self.new_headers = self._columns.headers()

    @property
    def moves(self) -> Moves:
        """How the sheet's cells move."""
        first, old = self._table.first_row, self._found.rows
        kept = {old[code]: row for row, code in enumerate(self._order, first) if code in old}
        whole = (first, first + len(old) - 1, first, first + len(self._order) - 1)
        rows = Axis(LAST_ROW, first, first + len(old), first + len(self._order), kept, (whole,))
        return Moves(rows, self._columns.axis, self._table.header_row)

    def finish(self, before: Any, root: Any) -> None:
        """Add the new rows and columns to the moved sheet, and set what is merged and marked."""
        looks = _Looks(before)
        self._columns.widen(root)
        notes = self._notes(root)
        unconfirmed = self._unconfirmed_rows(before)
        _add_cells(root, self._cells_added(looks, unconfirmed), self._row_looks(looks, unconfirmed))
        self._merge(root)
        self._mark(root, looks, unconfirmed)
        added = {
            code: row
            for row, code in enumerate(self._order, self._table.first_row)
            if code not in self._found.rows
        }
        returning = returning_cells(self._kept, self._table, added)
        put_cells(root, self._named() | notes | returning)

    def _named(self) -> dict[tuple[int, int], Cell]:
        """Return what a refresh finds the new columns and the rows by."""
        table = self._table
        headers = {(table.header_row, place): text for place, text in self.new_headers.items()}
        code = table.place(table.code_column)
        codes = {
            (row, code): self._rows[item].get(table.code_column)
            for row, item in enumerate(self._order, table.first_row)
        }
        return headers | codes

    # --- looks of new cells

    def _unconfirmed_rows(self, before: Any) -> frozenset[int]:
        """Return the old rows whose targets are marked as to be confirmed."""
        place = self._found.table.place(NOTE)
        cells = cells_of(before)
        return frozenset(
            row
            for row in self._found.rows.values()
            if self._ledger.cell_text(cells.get(address(row, place))) == TO_CONFIRM
        )

    def _like(self, code: str, unconfirmed: frozenset[int]) -> int:
        """Return the old row that a new one looks like: the nearest in the plan's order."""
        middle = self._order.index(code)
        near = sorted(
            (abs(place - middle), self._found.rows[other])
            for place, other in enumerate(self._order)
            if other in self._found.rows
        )
        rows = [row for _, row in near] or sorted(self._found.rows.values())
        return next((row for row in rows if row not in unconfirmed), rows[0])

    def _added_codes(self) -> list[str]:
        return [code for code in self._order if code not in self._found.rows]

    def _cells_added(
        self, looks: _Looks, unconfirmed: frozenset[int]
    ) -> dict[tuple[int, int], str]:
        """Return the style of each new cell."""
        table, axis = self._table, self._columns.axis
        added = list(self._columns.added())
        header = table.header_row
        cells = {(header, place): looks.style(header, like) for place, like in added}
        for row, code in enumerate(self._order, table.first_row):
            is_new = code not in self._found.rows
            like_row = self._like(code, unconfirmed) if is_new else self._found.rows[code]
            for place, like in added:
                cells[row, place] = looks.style(like_row, like)
            if is_new:
                for place in looks.columns_of(like_row):
                    moved = axis.at(place)
                    if moved is not None:
                        cells[row, moved] = looks.style(like_row, place)
        return cells

    def _row_looks(self, looks: _Looks, unconfirmed: frozenset[int]) -> dict[int, dict[str, str]]:
        rows = {code: row for row, code in enumerate(self._order, self._table.first_row)}
        return {
            rows[code]: looks.row(self._like(code, unconfirmed)) for code in self._added_codes()
        }

    # --- merged cells and colours

    def _merge(self, root: Any) -> None:
        """Merge titles over the table's width, and the long targets of unconfirmed items."""
        table, last = self._table, self._table.visible - 1
        targets = _targets(table)
        wanted = {(row, 0): (row, last) for row in (0, 1, table.last_row + 1)}
        years = self._plan.years
        for row, code in enumerate(self._order, table.first_row):
            cells = self._rows[code]
            if cells.get(NOTE) == TO_CONFIRM:
                for header, span in merged_targets(cells, years):
                    first = table.place(header)
                    if span > 1:
                        wanted[row, first] = (row, first + span - 1)
        items = range(table.first_row, table.last_row + 1)
        _set_merged(root, wanted, split=(items, targets))

    def _mark(self, root: Any, looks: _Looks, unconfirmed: frozenset[int]) -> None:
        """Give targets that became unconfirmed the mark of the others, and take it from them."""
        old_targets = _targets(self._found.table)
        usual = looks.usual(set(self._found.rows.values()) - unconfirmed, old_targets)
        marked = looks.usual(unconfirmed, old_targets)
        if usual is None or marked is None or usual == marked:
            return
        cells = cells_of(root)
        for row, code in enumerate(self._order, self._table.first_row):
            is_open = self._rows[code].get(NOTE) == TO_CONFIRM
            for place in _targets(self._table):
                cell = cells.get(address(row, place))
                if cell is not None and cell.get("s") == (usual if is_open else marked):
                    cell.set("s", marked if is_open else usual)

    # --- notes

    def _notes(self, root: Any) -> dict[tuple[int, int], Cell]:
        """Return the cells of 备注 that change: the program's own words follow the plan."""
        place = self._table.place(NOTE)
        cells = cells_of(root)
        notes: dict[tuple[int, int], Cell] = {}
        for row, code in enumerate(self._order, self._table.first_row):
            item = self._plan.item(code)
            wanted = None if item is None else note_of(self._plan, item)
            if code in self._found.rows:
                cell = cells.get(address(row, place))
                there = self._ledger.cell_text(cell)
                if there == (wanted or "") or (cell is not None and cell.find(f"{Q}f") is not None):
                    continue
                if not is_our_note(there) and (there or wanted == self._note_before(code)):
                    continue
            notes[row, place] = wanted
        return notes

    def _note_before(self, code: str) -> str | None:
        item = None if self._old_plan is None else self._old_plan.item(code)
        return None if self._old_plan is None or item is None else note_of(self._old_plan, item)


def _set_merged(
    root: Any,
    wanted: Mapping[tuple[int, int], tuple[int, int]],
    *,
    split: tuple[range, range] = (range(0), range(0)),
) -> None:
    """Merge cells, each from its first to its last.

    Args:
        root: the sheet.
        wanted: the last cell of each, by its first; what was merged from there is split before.
        split: rows and columns in which everything else is split.
    """
    merged = root.find(f"{Q}mergeCells")
    if merged is None:
        merged = _inserted(root, "mergeCells")
    for element in list(merged):
        row, column = _first_of(element.get("ref"))
        if (row in split[0] and column in split[1]) or (row, column) in wanted:
            merged.remove(element)
    for (top, left), (bottom, right) in sorted(wanted.items()):
        box = (top + 1, left + 1, bottom + 1, right + 1)
        merged.append(merged.makeelement(f"{Q}mergeCell", {"ref": range_address(box)}))
    merged.set("count", str(len(merged)))


def _first_of(reference: str) -> tuple[int, int]:
    first = reference.partition(":")[0]
    return int(first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1, column_of(first)


def _inserted(root: Any, name: str) -> Any:
    """Insert an element behind the rows, where merged cells stand."""
    element = root.makeelement(f"{Q}{name}")
    before = ("autoFilter", "sortState", "protectedRanges", "sheetProtection", "sheetData")
    previous = next(found for each in before if (found := root.find(f"{Q}{each}")) is not None)
    previous.addnext(element)
    return element


class _Looks:
    """The styles of the cells and rows of a sheet before it was reshaped."""

    _OF_ROW = ("ht", "customHeight", "s", "customFormat")

    def __init__(self, root: Any) -> None:
        self._rows: dict[int, dict[str, str]] = {}
        self._styles: dict[int, dict[int, str]] = {}
        for row in root.find(f"{Q}sheetData"):
            number = int(row.get("r")) - 1
            self._rows[number] = {name: row.get(name) for name in self._OF_ROW if row.get(name)}
            self._styles[number] = {column_of(cell.get("r")): cell.get("s", "") for cell in row}

    def row(self, row: int) -> dict[str, str]:
        """Return the height and the format of a row."""
        return self._rows.get(row, {})

    def columns_of(self, row: int) -> list[int]:
        """Return the columns of a row's cells."""
        return list(self._styles.get(row, {}))

    def style(self, row: int, column: int) -> str:
        """Return the style of a cell."""
        return self._styles.get(row, {}).get(column, "")

    def usual(self, rows: set[int] | frozenset[int], columns: range) -> str | None:
        """Return the style that most cells of these rows and columns have."""
        styles = Counter(self.style(row, column) for row in sorted(rows) for column in columns)
        return styles.most_common(1)[0][0] if styles else None


def _add_cells(
    root: Any, styles: Mapping[tuple[int, int], str], rows: Mapping[int, Mapping[str, str]]
) -> None:
    """Add blank cells of given styles, and rows of given looks."""
    data = root.find(f"{Q}sheetData")
    there = {int(row.get("r")) - 1: row for row in data}
    for number, look in rows.items():
        there[number] = data.makeelement(f"{Q}row", {"r": str(number + 1), **look})
    for row, column in sorted(styles):
        element = there.setdefault(row, data.makeelement(f"{Q}row", {"r": str(row + 1)}))
        style = styles[row, column]
        look = {"s": style} if style else {}
        made = element.makeelement(f"{Q}c", {"r": address(row, column), **look})
        places = {column_of(cell.get("r")): cell for cell in element}
        after = [place for place in sorted(places) if place >= column]
        if column in places:
            places[column].attrib.update(look)
        elif after:
            places[after[0]].addprevious(made)
        else:
            element.append(made)
    for row_element in list(data):
        data.remove(row_element)
    data.extend(there[number] for number in sorted(there))


# --- 填报记录 --------------------------------------------------------------------------------


class _LogSheet:
    """A log sheet that gets a column; a refresh writes its rows."""

    def __init__(self, old: SheetTable, new: SheetTable) -> None:
        self._columns = _Columns(old, new)
        self.new_headers = self._columns.headers()

    @property
    def moves(self) -> Moves:
        """How the sheet's cells move."""
        return Moves(columns=self._columns.axis, header_row=self._columns.new.header_row)

    def finish(self, before: Any, root: Any) -> None:
        """Add the header of the new column, and its width."""
        looks, header = _Looks(before), self._columns.new.header_row
        self._columns.widen(root)
        styles = {(header, place): looks.style(header, at) for place, at in self._columns.added()}
        _add_cells(root, styles, {})
        put_cells(root, {(header, place): text for place, text in self.new_headers.items()})
        _set_merged(root, {(row, 0): (row, self._columns.new.visible - 1) for row in (0, 1)})


# --- 操作台 ----------------------------------------------------------------------------------


class _Console:
    """The rows of the domains on 操作台."""

    def __init__(self, ledger: OpenedLedger, content: Content) -> None:
        first = dashboard.FIRST_DOMAIN_ROW
        self._new: Sequence[str] = content.console.domains
        root = parse(ledger.read(ledger.part(LedgerSheet.CONSOLE)))
        cells = cells_of(root)
        self._old: list[str] = []
        while True:
            where = address(first + len(self._old), dashboard.LEFT)
            text = ledger.cell_text(cells.get(where))
            if text == dashboard.TOTAL:
                break
            if not text or text in self._old:
                raise LedgerError(
                    f"“{LedgerSheet.CONSOLE.value}”表的行列被移动过：{where} 原来是领域的名称。"
                    "请撤销插入或删除的行、列，再试一次。"
                )
            self._old.append(text)

    @property
    def moves(self) -> Moves:
        """How the sheet's cells move."""
        first = dashboard.FIRST_DOMAIN_ROW
        rows = {name: row for row, name in enumerate(self._new, first)}
        kept = {row: rows[name] for row, name in enumerate(self._old, first) if name in rows}
        end, new_end = first + len(self._old), first + len(self._new)
        return Moves(
            Axis(LAST_ROW, first, end, new_end, kept, ((first, end - 1, first, new_end - 1),))
        )

    def finish(self, before: Any, root: Any) -> None:
        """Add the rows of new domains, each like the first one was."""
        looks, first = _Looks(before), dashboard.FIRST_DOMAIN_ROW
        rows = [row for row, name in enumerate(self._new, first) if name not in self._old]
        styles = {
            (row, column): looks.style(first, column)
            for row in rows
            for column in looks.columns_of(first)
        }
        _add_cells(root, styles, {row: looks.row(first) for row in rows})
