"""What a ledger file says about itself, and what people typed where the plan's words stand.

The very hidden sheet _qiyx names the plan, its digest, and the periods that can be chosen. It also
keeps what people wrote beside items that the plan shown does not have: an earlier or later period
may show them again.
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from decimal import Decimal
from itertools import count, takewhile
from typing import TYPE_CHECKING, Any, Protocol

from qiyx_xl.files.xml import Q, parse, serialized, unescaped
from qiyx_xl.ledger.content.identity import (
    PLAN_ID,
    choosable_periods,
    defined_names,
    plan_identity,
)
from qiyx_xl.ledger.content.plan_sheets import is_our_note
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import WORKBOOK
from qiyx_xl.ledger.file.reshape import set_names
from qiyx_xl.ledger.file.sheet_xml import cells_of, differing, patch_cells, put_cells
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import Formula, address, column_of
from qiyx_xl.ledger.layout.tables import NOTE, RESPONSIBLE, Name
from qiyx_xl.ledger.registry import LEDGER_SCHEMA, LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.content.workbook import Content
    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.file.sheet_xml import FoundTable
    from qiyx_xl.ledger.layout.cells import Cell
    from qiyx_xl.ledger.layout.tables import SheetTable

_KEY, _TEXT = 0, 1  # columns of _qiyx
KEPT_WIDTH = 6


class Identified(Protocol):
    """A ledger that says what it is: a file, or a workbook that is open in Excel."""

    @property
    def name(self) -> str:
        """Its file name."""

    @property
    def schema(self) -> str:
        """Its schema."""

    @property
    def identity(self) -> Mapping[str, str]:
        """What stands on its sheet _qiyx."""


def check_plan(ledger: Identified, view: LedgerView, *, schema: str | None = None) -> None:
    """Refuse a ledger of a plan that the office never had, or that its columns cannot show.

    Args:
        ledger: the ledger.
        view: what it shall show.
        schema: the schema whose columns it gets; its own by default.

    Raises:
        LedgerError: it is such a ledger.
    """
    known = {adoption.plan.plan_id for adoption in view.plans.adoptions}
    if ledger.identity.get(PLAN_ID) not in known:
        raise LedgerError(
            f"“{ledger.name}”是按另一份方案建的，与现在的方案“{view.plan.title}”对不上。"
            "请换用对应的方案文件，或另建一份台账。"
        )
    if (schema or ledger.schema) != LEDGER_SCHEMA:
        for item in view.plan.indicators:
            if item.code != item.printed_code:
                raise LedgerError(
                    f"“{ledger.name}”是以前的版本建的，只认指标的序号；现在的方案里指标"
                    f"“{item.name}”换了序号。请先运行 qiyx ledger migrate 升级台账，再刷新。"
                )


def identity_parts(ledger: OpenedLedger, content: Content) -> dict[str, bytes]:
    """Return the sheet _qiyx and the defined names if they do not fit a view any more."""
    parts = {}
    part = ledger.part(LedgerSheet.IDENTITY)
    xml = ledger.read(part)
    root = parse(xml)
    cells = differing(ledger, root, cells_of(root), _identity_cells(ledger, root, content))
    if cells:
        parts[part] = patch_cells(xml, cells)
    workbook = ledger.read(WORKBOOK)
    meanings = defined_names(content)
    named = set_names(workbook, meanings, but=Name.STATE.value)
    if named != workbook:
        parts[WORKBOOK] = named
    return parts


def _identity_cells(
    ledger: OpenedLedger, root: Any, content: Content
) -> dict[tuple[int, int], Cell]:
    rows = {}
    listed = 0
    for cell in root.iter(f"{Q}c"):
        row, column = int(re.sub("[A-Z]", "", cell.get("r"))) - 1, column_of(cell.get("r"))
        if column == _KEY and ledger.cell_text(cell):
            rows[ledger.cell_text(cell)] = row
        if column == layout.PERIODS_COLUMN:
            listed = max(listed, row + 1)
    cells: dict[tuple[int, int], Cell] = {}
    free = max(rows.values(), default=-1) + 1
    said = plan_identity(content.view) | texts.messages(content.view.plan)
    for key, value in said.items():
        row = rows.get(key, free)
        free = max(free, row + 1)
        cells |= {(row, _KEY): key, (row, _TEXT): value}
    periods = choosable_periods(content.view.plans)
    for row in range(max(listed, len(periods))):
        cells[row, layout.PERIODS_COLUMN] = str(periods[row]) if row < len(periods) else None
    return cells


# --- what people wrote beside items that are not shown ---------------------------------------

TEXT_KIND, NUMBER_KIND, FORMULA_KIND = "text", "number", "formula"


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell that people wrote beside an item, while the item is not shown.

    ``place`` is 备注, or how far the cell is to the right of our table. A formula comes with the
    address at which it stood.
    """

    sheet: str
    code: str
    place: str
    kind: str
    content: str
    origin: str


def kept_cells(ledger: OpenedLedger) -> tuple[Kept, ...]:
    """Return all that is kept on the sheet _qiyx."""
    root = parse(ledger.read(ledger.part(LedgerSheet.IDENTITY)))
    cells = cells_of(root)
    entries = (
        [
            unescaped(ledger.cell_text(cells.get(address(row, layout.KEPT_COLUMN + place))))
            for place in range(KEPT_WIDTH)
        ]
        for row in count()
    )
    return tuple(Kept(*entry) for entry in takewhile(lambda entry: entry[0], entries))


def kept_sheet(xml: bytes, kept: Sequence[Kept]) -> bytes:
    """Return the sheet _qiyx with all that is kept."""
    root = parse(xml)
    wanted: dict[tuple[int, int], Cell] = {
        (row, layout.KEPT_COLUMN + place): text
        for row, entry in enumerate(kept)
        for place, text in enumerate(astuple(entry))
    }
    for cell in root.iter(f"{Q}c"):
        place = (int(re.sub("[A-Z]", "", cell.get("r"))) - 1, column_of(cell.get("r")))
        if place[1] >= layout.KEPT_COLUMN:
            wanted.setdefault(place, None)
    put_cells(root, wanted)
    return serialized(root)


def leaving_cells(
    ledger: OpenedLedger, cells: Iterable[Any], found: FoundTable, codes: Collection[str]
) -> list[Kept]:
    """Return what people wrote in the rows of items that will not be shown.

    Args:
        ledger: the ledger.
        cells: the cells of the sheet.
        found: its table.
        codes: the ids of those items.
    """
    rows = {found.rows[code]: code for code in codes}
    table = found.table
    kept = []
    for cell in cells:
        where = cell.get("r")
        column = column_of(where)
        code = rows.get(int(re.sub("[A-Z]", "", where)) - 1)
        is_note = column == table.place(NOTE)
        if code is None or not (is_note or column >= len(table.columns)):
            continue
        formula, text = cell.find(f"{Q}f"), ledger.cell_text(cell)
        if formula is not None and formula.text:
            kind, content = FORMULA_KIND, formula.text
        elif not text or (is_note and is_our_note(text)):
            continue
        else:
            is_number = cell.get("t", "n") == "n"
            kind, content = (NUMBER_KIND if is_number else TEXT_KIND), unescaped(text)
        place = NOTE if is_note else str(column - len(table.columns))
        kept.append(Kept(table.sheet.value, code, place, kind, content, where))
    return kept


def returning_cells(
    kept: Iterable[Kept], table: SheetTable, rows: Mapping[str, int]
) -> dict[tuple[int, int], Cell]:
    """Return the cells of what was kept beside items that are shown again."""
    from openpyxl.formula.translate import Translator

    cells: dict[tuple[int, int], Cell] = {}
    for each in kept:
        if each.sheet != table.sheet.value or each.code not in rows:
            continue
        is_note = each.place == NOTE
        column = table.place(NOTE) if is_note else len(table.columns) + int(each.place)
        place = (rows[each.code], column)
        if each.kind == FORMULA_KIND:
            moved = Translator(f"={each.content}", each.origin).translate_formula(address(*place))
            cells[place] = Formula(moved.removeprefix("="), "")
        else:
            is_number = each.kind == NUMBER_KIND
            cells[place] = Decimal(each.content) if is_number else each.content
    return cells


# --- 责任单位 --------------------------------------------------------------------------------


def typed_agencies(
    ledger: OpenedLedger, cells: Mapping[str, Any], content: Content, table: SheetTable
) -> dict[tuple[int, int], Cell]:
    """Return the cells of 备注 that take over what people typed into 责任单位.

    Earlier ledgers invited people to type there although it had no effect. The plan's agency is
    written there now, and nothing that people wrote may be lost.
    """
    notes: dict[tuple[int, int], Cell] = {}
    for item in content.items_of(table):
        row = content.row_of(table, item.code)
        typed = ledger.cell_text(cells.get(address(row, table.place(RESPONSIBLE)))).strip()
        plans = (adoption.plan for adoption in content.view.plans.adoptions)
        stated = [plan.item(item.code) for plan in plans]
        if not typed or any(typed == it.responsible_agency for it in stated if it is not None):
            continue
        cell = cells.get(address(row, table.place(NOTE)))
        if cell is not None and cell.find(f"{Q}f") is not None:
            continue
        note = ledger.cell_text(cell)
        words = f"{RESPONSIBLE}栏里写过：{typed}"
        notes[row, table.place(NOTE)] = f"{note}；{words}" if note else words
    return notes
