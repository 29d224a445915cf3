"""How cells of a small sheet are patched in its XML, and its rows found by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.files.xml import MAIN, Q, parse, serialized
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.xml_cells import formula_cell, value_cell
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout.cells import Cell, Formula, address, column_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.layout.tables import SheetTable


def rows_by_code(ledger: OpenedLedger, xml: bytes, table: SheetTable) -> dict[str, int]:
    """Return the row of each item by its code; people may have sorted the table.

    Raises:
        LedgerError: a column of ours was moved, or a row is missing.
    """
    root = parse(xml)
    cells = {cell.get("r"): cell for cell in root.iter(f"{Q}c")}
    check_headers(ledger, cells, table)
    place = table.place(table.code_column)
    rows: dict[str, int] = {}
    for row in range(table.first_row, table.last_row + 1):
        code = ledger.cell_text(cells.get(address(row, place)))
        rows[code.removesuffix(".0")] = row
    return rows


def check_headers(ledger: OpenedLedger, cells: Mapping[str, Any], table: SheetTable) -> None:
    """Check that each of our columns is in its place.

    Args:
        ledger: the ledger.
        cells: the cells of the sheet, down to the header at least, by address.
        table: the table with our columns.

    Raises:
        LedgerError: a column of ours was moved.
    """
    for place, column in enumerate(table.columns):
        where = address(table.header_row, place)
        header = _one_line(column.header)
        if _one_line(ledger.cell_text(cells.get(where))) != header:
            raise LedgerError(
                f"“{table.sheet.value}”表的行列被移动过：{where} 原来是“{header}”。"
                "请撤销插入或删除的行、列，把表头改回来，再试一次。"
            )


def _one_line(text: str) -> str:
    return "".join(text.split())


# --- plan sheets -----------------------------------------------------------------------------


def patch_cells(xml: bytes, cells: Mapping[tuple[int, int], Cell]) -> bytes:
    """Return a sheet with cells replaced, by row and column from 0; each keeps its style.

    A cell that does not exist is inserted.
    """
    from lxml import etree

    root = parse(xml)
    data = root.find(f"{Q}sheetData")
    rows = {int(row.get("r")): row for row in data}
    for (row, column), content in sorted(cells.items()):
        element = rows.get(row + 1)
        if element is None:
            element = etree.Element(f"{Q}row", r=str(row + 1))
            _insert(data, element, [each for each in data if int(each.get("r")) > row + 1])
            rows[row + 1] = element
        _put(element, row, column, content)
    return serialized(root)


def _put(row_element: Any, row: int, column: int, content: Cell) -> None:
    where = address(row, column)
    old, later = None, []
    for cell in row_element:
        place = column_of(cell.get("r"))
        if place == column:
            old = cell
        elif place > column:
            later.append(cell)
    style = "" if old is None else old.get("s", "")
    text = (
        formula_cell(where, style, content.text, content.value)
        if isinstance(content, Formula)
        else value_cell(where, style, content)
    )
    new = parse(f'<row xmlns="{MAIN}">{text}</row>'.encode())[0]
    if old is None:
        _insert(row_element, new, later)
    else:
        new.tail = old.tail
        row_element.replace(old, new)


def _insert(parent: Any, element: Any, later: Sequence[Any]) -> None:
    if later:
        later[0].addprevious(element)
    else:
        parent.append(element)


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
