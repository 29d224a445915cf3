"""A distributed form, filled in as an agency would, and what was written into which row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl

from qiyx_xl.core.forms.vocabulary import FORM_SHEET, ContactLabel, FormColumn, ItemClass
from qiyx_xl.core.primitives.values import Word

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SIGNED = {ContactLabel.REPORTER: "周宁", ContactLabel.PHONE: "0574-86780000"}


class SentRow(NamedTuple):
    """One row as it was sent: what is printed in it, and the figure or word written beside it."""

    printed_code: str
    name: str
    written: int | str


def fill(
    path: Path, figure: Callable[[int], int] = lambda _: 50, second: int = 60
) -> dict[str, SentRow]:
    """Fill in every row and sign; return the rows by the address of the cell that was filled in.

    Args:
        path: the form; it is changed.
        figure: gives what to write into the first row, the second, and so on.
        second: what to write where a second number is asked for.
    """
    book = openpyxl.load_workbook(path)
    sheet = book[FORM_SHEET]
    rows = list(sheet.iter_rows())
    header = next(row for row in rows if FormColumn.ACTUAL in [cell.value for cell in row])
    at = {cell.value: cell.column - 1 for cell in header}
    worded = _to_choose(sheet)
    sent: dict[str, SentRow] = {}
    for row in rows[header[0].row :]:
        kind = row[at[FormColumn.CLASS]].value
        if kind in set(ItemClass):
            is_word = row[at[FormColumn.ACTUAL]].coordinate in worded
            written = Word.IN_PROGRESS.value if is_word else figure(len(sent))
            row[at[FormColumn.ACTUAL]].value = written
            asked = row[at[FormColumn.SECOND_NAME]].value
            row[at[FormColumn.SECOND]].value = second if asked else None
            row[at[FormColumn.REMARK]].value = "已逐户核对"
            sent[row[at[FormColumn.ACTUAL]].coordinate] = SentRow(
                str(row[at[FormColumn.CODE]].value), str(row[at[FormColumn.NAME]].value), written
            )
        for cell in row:
            if cell.value in _SIGNED:
                cell.offset(0, 1).value = _SIGNED[cell.value]
    book.save(path)
    return sent


def _to_choose(sheet: Any) -> set[str]:
    """The cells in which 进行中 can be chosen from a list."""
    return {
        cell.coordinate
        for one in sheet.data_validations.dataValidation
        if one.type == "list" and Word.IN_PROGRESS.value in str(one.formula1)
        for part in one.sqref.ranges
        for row in sheet[part.coord : part.coord]
        for cell in row
    }
