"""How a sheet beside the form is drawn: its top, its rows, its page. For projects and for tasks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.documents.style.theme import BODY_POINTS, NOTE_POINTS, FormStyle
from qiyx_xl.files.sizing import row_height
from qiyx_xl.files.untrusted_text import in_footer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from enum import StrEnum

    from qiyx_xl.core.primitives.periods import Period

_TITLE_ROW, _HEAD_ROW, _NOTE_ROW, HEADER_ROW = range(4)
_LEAST_HEIGHT = 26
_INDENT = 2
NOTHING = "—"


@dataclass(frozen=True)
class ListedPage:
    """One sheet: its texts, its columns with their widths, its agency and period.

    ``to_fill`` are the columns that agencies fill in, ``left`` those whose text stands at the left.
    """

    name: str
    title: str
    note: str
    widths: Mapping[StrEnum, float]
    agency: str
    period: Period
    to_fill: Collection[StrEnum]
    left: Collection[StrEnum]

    @property
    def columns(self) -> Sequence[StrEnum]:
        """The columns, in their order."""
        return tuple(self.widths)

    def place(self, column: StrEnum) -> int:
        """Return a column's place, counted from 0."""
        return self.columns.index(column)


def begin_page(book: Any, style: FormStyle, page: ListedPage) -> Any:
    """Add the sheet with title, head line, note and headers; return it."""
    sheet = book.add_worksheet(page.name)
    last = len(page.columns) - 1
    for place, width in enumerate(page.widths.values()):
        sheet.set_column(place, place, width)
    sheet.set_row(_TITLE_ROW, 36)
    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, last, page.title, style.title)
    sheet.set_row(_HEAD_ROW, 24)
    middle = last // 2
    sheet.merge_range(_HEAD_ROW, 0, _HEAD_ROW, middle, f"填报单位：{page.agency}", style.head_left)
    period = f"数据期：{page.period.label}"
    sheet.merge_range(_HEAD_ROW, middle + 1, _HEAD_ROW, last, period, style.head_right)
    width = sum(page.widths.values())
    sheet.set_row(_NOTE_ROW, row_height([(page.note, width, NOTE_POINTS)]))
    sheet.merge_range(_NOTE_ROW, 0, _NOTE_ROW, last, page.note, style.note)
    sheet.set_row(HEADER_ROW, 36)
    for place, column in enumerate(page.columns):
        shape = style.header_to_fill if column in page.to_fill else style.header
        header = column.value.replace("（", "\n（")  # the measure in brackets gets its own line
        sheet.write_string(HEADER_ROW, place, header, shape)
    return sheet


def draw_row(
    sheet: Any, style: FormStyle, page: ListedPage, row: int, cells: Mapping[StrEnum, object]
) -> None:
    """Write a row's printed cells, and give the row the height that they need."""
    needs = []
    for column, cell in cells.items():
        place = page.place(column)
        if isinstance(cell, Decimal):
            sheet.write_number(row, place, cell, style.locked_number)
            continue
        is_text = column in page.left
        shape = style.locked_left if is_text else style.locked
        sheet.write_string(row, place, str(cell), shape)
        needs.append((str(cell), page.widths[column] - (_INDENT if is_text else 0), BODY_POINTS))
    sheet.set_row(row, row_height(needs, minimum=_LEAST_HEIGHT))


def ask_text(sheet: Any, style: FormStyle, page: ListedPage, row: int, column: StrEnum) -> None:
    """Leave a cell to be filled in with words."""
    sheet.write_blank(row, page.place(column), None, style.text_input)


def finish_page(sheet: Any, page: ListedPage, last_row: int) -> None:
    """Set up panes, page and protection."""
    sheet.freeze_panes(HEADER_ROW + 1, 2)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.65)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.print_area(0, 0, last_row, len(page.columns) - 1)
    sheet.set_footer(
        f'&L&"宋体"&9{in_footer(page.agency)}　{page.period.label}&C&"宋体"&9第 &P 页　共 &N 页'
    )
    sheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
