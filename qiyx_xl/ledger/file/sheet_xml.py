"""How cells of a small sheet are patched in its XML, and its rows found by id."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import count, groupby, takewhile
from typing import TYPE_CHECKING, Any, TypeAlias

from qiyx_xl.files.addresses import parse_range
from qiyx_xl.files.xml import MAIN, Q, parse, serialized, unescaped
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.xml_cells import formula_cell, number, value_cell
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout.cells import Cell, CellError, Formula, address, column_of, fitted
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.layout.tables import SheetTable


_MOST_COVERED = 1_000_000
TextAt: TypeAlias = "Callable[[int, int], str]"
"""What stands in a cell, by its row and column from 0; \"\" where nothing does."""
_YEAR = re.compile(r"[0-9]{4}年")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A plan sheet's table as it is in the file: its columns, and the row of each item by id."""

    table: SheetTable
    rows: Mapping[str, int]

    def is_like(self, table: SheetTable) -> bool:
        """Whether it has the columns of another one, and as many rows."""
        return self.table.columns == table.columns and self.table.last_row == table.last_row


def cells_of(root: Any) -> dict[str, Any]:
    """Return the cells of a parsed sheet by address."""
    return {cell.get("r"): cell for cell in root.iter(f"{Q}c")}


def found_table(ledger: OpenedLedger, cells: Mapping[str, Any], wanted: SheetTable) -> FoundTable:
    """Find the rows and the years of a plan sheet in the file; see ``find_table``.

    Args:
        ledger: the ledger.
        cells: the sheet's cells by address.
        wanted: the table with the ledger's own columns; its years and rows may be other ones.

    Raises:
        LedgerError: a column of ours was moved, or an item has two rows.
    """
    return find_table(_texts(ledger, cells), wanted)


def find_table(text_at: TextAt, wanted: SheetTable) -> FoundTable:
    """Find the rows and the years of a plan sheet; people may have sorted the table.

    Args:
        text_at: what stands in a cell, by row and column from 0.
        wanted: the table with the ledger's own columns; its years and rows may be other ones.

    Raises:
        LedgerError: a column of ours was moved, or an item has two rows.
    """
    table = _with_years_found(text_at, wanted)
    _check_headers(text_at, table)
    place = table.place(table.code_column)
    rows: dict[str, int] = {}
    row = table.first_row
    while code := text_at(row, place).strip().removesuffix(".0"):
        if code in rows:
            raise LedgerError(
                f"“{table.sheet.value}”表里“{code}”有两行：第 {rows[code] + 1} 行和"
                f"第 {row + 1} 行。请删去多出来的一行，再试一次。"
            )
        rows[code] = row
        row += 1
    return FoundTable(replace(table, last_row=row - 1), rows)


def _texts(ledger: OpenedLedger, cells: Mapping[str, Any]) -> TextAt:
    return lambda row, column: ledger.cell_text(cells.get(address(row, column)))


def rows_in(ledger: OpenedLedger, cells: Mapping[str, Any], table: SheetTable) -> dict[str, int]:
    """Return the row of each item of a table by its id; people may have sorted the table.

    Raises:
        LedgerError: a column of ours was moved, or the table has other columns.
    """
    found = found_table(ledger, cells, table)
    if found.table.columns != table.columns:
        check_headers(ledger, cells, table)
    return dict(found.rows)


def _with_years_found(text_at: TextAt, wanted: SheetTable) -> SheetTable:
    """Return the table with the years that stand in the header row."""
    if wanted.sheet is not LedgerSheet.INDICATORS:
        return wanted
    first = wanted.place(layout.RESPONSIBLE) + 1
    headers = (_one_line(text_at(wanted.header_row, place)) for place in count(first))
    years = [layout.year_column(text) for text in takewhile(_YEAR.fullmatch, headers)]
    after = text_at(wanted.header_row, first + len(years))
    if _one_line(after) != layout.ACTUAL:
        return wanted  # whose headers are then named in the message
    others = [column for column in wanted.columns if not _YEAR.fullmatch(column.header)]
    return replace(wanted, columns=(*others[:first], *years, *others[first:]))


def check_headers(ledger: OpenedLedger, cells: Mapping[str, Any], table: SheetTable) -> None:
    """Check that each of our columns is in its place.

    Args:
        ledger: the ledger.
        cells: the cells of the sheet, down to the header at least, by address.
        table: the table with our columns.

    Raises:
        LedgerError: a column of ours was moved.
    """
    _check_headers(_texts(ledger, cells), table)


def _check_headers(text_at: TextAt, table: SheetTable) -> None:
    for place, column in enumerate(table.columns):
        header = _one_line(column.header)
        if _one_line(text_at(table.header_row, place)) != header:
            raise LedgerError(
                f"“{table.sheet.value}”表的行列被移动过：{address(table.header_row, place)} "
                f"原来是“{header}”。请撤销插入或删除的行、列，把表头改回来，再试一次。"
            )


def _one_line(text: str) -> str:
    return "".join(text.split())


# --- plan sheets -----------------------------------------------------------------------------


def patch_cells(xml: bytes, cells: Mapping[tuple[int, int], Cell]) -> bytes:
    """Return a sheet with cells replaced, by row and column from 0; each keeps its style.

    A cell that does not exist is inserted.
    """
    root = parse(xml)
    put_cells(root, cells)
    return serialized(root)


def put_cells(root: Any, cells: Mapping[tuple[int, int], Cell]) -> None:
    """Replace cells of a parsed sheet; each keeps its style."""
    from lxml import etree

    data = root.find(f"{Q}sheetData")
    rows = {int(row.get("r")): row for row in data}
    for row, wanted in groupby(sorted(cells.items()), key=lambda each: each[0][0]):
        element: Any = rows.get(row + 1)
        if element is None:
            element = etree.Element(f"{Q}row", r=str(row + 1))
            _insert(data, element, [each for each in data if int(each.get("r")) > row + 1])
            rows[row + 1] = element
        places = {column_of(cell.get("r")): cell for cell in element}
        for (_, column), content in wanted:
            places[column] = _put(element, places, row, column, content)


def differing(
    ledger: OpenedLedger,
    root: Any,
    there: Mapping[str, Any],
    cells: Mapping[tuple[int, int], Cell],
) -> dict[tuple[int, int], Cell]:
    """Return the cells that do not yet show these values; those under merged cells are left out.

    Args:
        ledger: the ledger.
        root: the sheet, parsed.
        there: its cells by address.
        cells: what it shall show.
    """
    covered = covered_cells(root)
    return {
        place: cell
        for place, cell in cells.items()
        if place not in covered and not _shows(ledger, there.get(address(*place)), cell)
    }


def covered_cells(root: Any) -> frozenset[tuple[int, int]]:
    """Return the cells that are hidden under a merged cell beginning elsewhere."""
    found = set()
    for merged in root.iter(f"{Q}mergeCell"):
        box = parse_range(merged.get("ref", ""))
        if box is not None and (box[2] - box[0] + 1) * (box[3] - box[1] + 1) <= _MOST_COVERED:
            top, left, bottom, right = (number - 1 for number in box)
            found |= {
                (row, column)
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
                if (row, column) != (top, left)
            }
    return frozenset(found)


def _shows(ledger: OpenedLedger, cell: Any, value: Cell) -> bool:
    if isinstance(value, Formula):
        return cell is not None and _calculates(cell, value)
    if cell is not None and cell.find(f"{Q}f") is not None:
        return False
    text = ledger.cell_text(cell)
    if value is None or value == "":
        return text == ""
    if isinstance(value, str):
        return value in (text, unescaped(text))
    is_text = cell is not None and cell.get("t") in ("s", "inlineStr", "str")
    try:
        return not is_text and isinstance(value, int | Decimal) and Decimal(text) == value
    except InvalidOperation:
        return False


def _put(row_element: Any, places: Mapping[int, Any], row: int, column: int, content: Cell) -> Any:
    """Replace or insert one cell of a row whose cells are given by column; return it."""
    where = address(row, column)
    old = places.get(column)
    style = "" if old is None else old.get("s", "")
    text = (
        formula_cell(where, style, content.text, content.value)
        if isinstance(content, Formula)
        else value_cell(where, style, content)
    )
    new = parse(f'<row xmlns="{MAIN}">{text}</row>'.encode())[0]
    if old is None:
        _insert(row_element, new, [places[place] for place in sorted(places) if place > column])
    else:
        new.tail = old.tail
        row_element.replace(old, new)
    return new


def _insert(parent: Any, element: Any, later: Sequence[Any]) -> None:
    if later:
        later[0].addprevious(element)
    else:
        parent.append(element)


def _calculates(cell: Any, wanted: Formula) -> bool:
    """Whether a cell has a formula and its value exactly as they would be written."""
    formula = cell.find(f"{Q}f")
    if formula is None or formula.attrib or formula.text != wanted.text:
        return False
    value = wanted.value
    if isinstance(value, CellError):
        kind, text = "e", value.value
    elif value is None or isinstance(value, str):
        kind, text = "str", fitted(value or "")
    else:
        kind, text = None, number(value)
    return cell.get("t") == kind and (cell.findtext(f"{Q}v") or "") == text


# --- settings --------------------------------------------------------------------------------


def settings_cells(
    settings: Sequence[tuple[str, Cell, str, bool]],
) -> dict[tuple[int, int], Cell]:
    """Return the cells of 设置 that the program writes; those that people fill in are left out."""
    first = layout.SETTINGS_HEADER_ROW + 1
    return {
        (first + offset, layout.SETTINGS_COLUMN): cell
        for offset, (_, cell, _, is_input) in enumerate(settings)
        if not is_input
    }
