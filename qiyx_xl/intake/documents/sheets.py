"""What a workbook says: every visible sheet is a table, with numbers as the sheet shows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qiyx_xl.core.forms.cell import shown
from qiyx_xl.core.plan.importing.source import SourceText, Table
from qiyx_xl.intake.workbook.guard import guard
from qiyx_xl.intake.workbook.reader import read_sheets

if TYPE_CHECKING:
    from qiyx_xl.intake.workbook.reader import Sheet

_MOST_COLUMNS = 200
_MOST_ROWS = 5000
_FIRST_DAY = re.compile(r"(20\d\d)-01-01")


def read_workbook(data: bytes, suffix: str) -> SourceText:
    """Return a workbook's visible sheets as tables, and the lines outside of tables as paragraphs.

    Raises:
        Refused: it cannot be read, or not safely.
    """
    tables = tuple(
        Table(_spread_rows(sheet), spread=True, where=f"“{sheet.name}”表", sheet=sheet.name)
        for sheet in read_sheets(guard(data, suffix))
        if not sheet.is_hidden
    )
    rows = (tuple(dict.fromkeys(filter(None, row))) for table in tables for row in table.rows)
    return SourceText(tuple(cells[0] for cells in rows if len(cells) == 1), tables)


def _spread_rows(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    """Return a sheet's rows from A1 on, a merged cell's text at every place that it spans."""
    rows = []
    for number, values in enumerate(sheet.rows[:_MOST_ROWS], start=1):
        width = min(len(values), _MOST_COLUMNS)
        rows.append([_text(sheet, number, column) for column in range(1, width + 1)])
    for top, left, bottom, right in sheet.facts.merges:
        if top > len(rows) or left > len(rows[top - 1]):
            continue
        text = rows[top - 1][left - 1]
        for number in range(top - 1, min(bottom, len(rows))):
            row = rows[number] + [""] * (min(right, _MOST_COLUMNS) - len(rows[number]))
            row[left - 1 : right] = [text] * (min(right, len(row)) - left + 1)
            rows[number] = row
    return tuple(map(tuple, rows))


def _text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column)
    if cell.error is not None:
        return cell.error
    text = cell.text if cell.percent else shown(cell)
    year = _FIRST_DAY.fullmatch(text)
    return text if year is None else f"{year[1]}年"
