"""How the workbook is written in which an office confirms figures of earlier years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.history.earlier_sheets import (
    FIGURES_SHEET,
    FILES_SHEET,
    NO,
    UNMATCHED_SHEET,
    YES,
    EarlierFile,
    FigureColumn,
    FileColumn,
)
from qiyx_xl.documents.style.theme import DOUBT_FILL, INPUT_FILL, LOCKED_FILL
from qiyx_xl.documents.style.workbook import (
    PaperBook,
    fit_row,
    paper_book,
    set_up_page,
    set_widths,
    write_header,
    write_heading,
    write_text,
)
from qiyx_xl.files.addresses import address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from qiyx_xl.core.history.earlier_tables import EarlierFigure, EarlierReading

_WIDTHS = {
    FigureColumn.TAKEN: 7.0,
    FigureColumn.PERIOD: 10.0,
    FigureColumn.CODE: 9.0,
    FigureColumn.VALUE: 11.0,
    FigureColumn.AGENCY: 14.0,
    FigureColumn.NAME: 30.0,
    FigureColumn.MEASURE: 9.0,
    FigureColumn.PRINTED_NAME: 30.0,
    FigureColumn.WRITTEN: 12.0,
    FigureColumn.HOW: 18.0,
    FigureColumn.DOUBT: 34.0,
    FigureColumn.FILE: 24.0,
    FigureColumn.SHEET: 12.0,
    FigureColumn.CELL: 8.0,
}
_TO_FILL = (
    *(FigureColumn.TAKEN, FigureColumn.PERIOD, FigureColumn.CODE),
    *(FigureColumn.VALUE, FigureColumn.AGENCY),
)
_LEFT = (
    *(FigureColumn.NAME, FigureColumn.PRINTED_NAME, FigureColumn.HOW),
    *(FigureColumn.DOUBT, FigureColumn.FILE),
)
_NOTE = (
    "一行一个数。“采用”是“是”的才记入；红的没有把握，核对以后把“采用”改成“是”，数据期、编号、数值、"
    "填报单位有错的在这里改。改好后用 qiyx history adopt 记入，来源是原来的文件、工作表和单元格。"
)
_UNMATCHED = ("文件", "工作表", "行", "内容", "为什么")
_UNMATCHED_WIDTHS = (26.0, 14.0, 7.0, 60.0, 44.0)
_FILE_WIDTHS = (34.0, 68.0, 60.0)

Read = tuple[EarlierFile, "EarlierReading"]


def write_earlier_figures(path: Path, read: Sequence[Read], day: date, title: str) -> None:
    """Write the workbook to confirm.

    Args:
        path: where to write it.
        read: what each file holds.
        day: the day printed on it.
        title: whose figures these are.

    Raises:
        OSError: the file cannot be written.
    """
    with paper_book(path, f"{title}历年数据确认", day) as book:
        _draw_figures(book, read, title)
        _draw_unmatched(book, read)
        _draw_files(book, read)


def _draw_figures(book: PaperBook, read: Sequence[Read], title: str) -> None:
    sheet = book.book.add_worksheet(FIGURES_SHEET)
    widths = tuple(_WIDTHS.values())
    set_widths(sheet, widths)
    row = write_heading(sheet, book, widths, f"{title}历年数据确认", _NOTE)
    write_header(sheet, book, row, widths, list(map(str, _WIDTHS)))
    header = row
    for file, reading in read:
        for figure in reading.figures:
            row += 1
            _draw_figure(sheet, book, row, figure, file)
    if row > header:
        choice = {"validate": "list", "source": [YES, NO]}
        sheet.data_validation(header + 1, 0, row, 0, choice)
        sheet.autofilter(header, 0, row, len(widths) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:N{row + 1}"})
    sheet.freeze_panes(header + 1, len(_TO_FILL))
    sheet.repeat_rows(header)
    set_up_page(sheet, f"{title}历年数据确认")


def _draw_figure(
    sheet: Any, book: PaperBook, row: int, figure: EarlierFigure, file: EarlierFile
) -> None:
    values = {
        FigureColumn.TAKEN: YES if figure.is_taken else NO,
        FigureColumn.PERIOD: str(figure.period),
        FigureColumn.CODE: figure.item.printed_code,
        FigureColumn.VALUE: figure.value,
        FigureColumn.AGENCY: figure.agency,
        FigureColumn.NAME: figure.item.name,
        FigureColumn.MEASURE: figure.item.measure,
        FigureColumn.PRINTED_NAME: figure.printed_name,
        FigureColumn.WRITTEN: figure.as_written,
        FigureColumn.HOW: figure.how,
        FigureColumn.DOUBT: "；".join(figure.doubts),
        FigureColumn.FILE: file.name,
        FigureColumn.SHEET: figure.sheet,
        FigureColumn.CELL: address(figure.row + 1, figure.column + 1),
    }
    texts = []
    for place, column in enumerate(_WIDTHS):
        fill = INPUT_FILL if column in _TO_FILL else LOCKED_FILL
        if figure.doubts and column in (*_TO_FILL, FigureColumn.DOUBT):
            fill = DOUBT_FILL
        align = "left" if column in _LEFT else "center"
        texts.append(
            write_text(
                sheet, book, row, place, values[column], align, bg_color=fill, num_format="@"
            )
        )
    fit_row(sheet, row, texts, tuple(_WIDTHS.values()), 22)


def _draw_unmatched(book: PaperBook, read: Sequence[Read]) -> None:
    sheet = book.book.add_worksheet(UNMATCHED_SHEET)
    set_widths(sheet, _UNMATCHED_WIDTHS)
    note = "这些行没有读入。要用的，请在“确认”表里照样加一行。"
    row = write_heading(sheet, book, _UNMATCHED_WIDTHS, UNMATCHED_SHEET, note)
    write_header(sheet, book, row, _UNMATCHED_WIDTHS, list(_UNMATCHED))
    for file, reading in read:
        for one in reading.unmatched:
            row += 1
            texts = (file.name, one.sheet, str(one.row + 1), one.text, one.reason)
            for place, text in enumerate(texts):
                write_text(sheet, book, row, place, text, "center" if place == 2 else "left")  # noqa: PLR2004 - the row's number
            fit_row(sheet, row, texts, _UNMATCHED_WIDTHS, 22)
    set_up_page(sheet, UNMATCHED_SHEET)


def _draw_files(book: PaperBook, read: Sequence[Read]) -> None:
    sheet = book.book.add_worksheet(FILES_SHEET)
    set_widths(sheet, _FILE_WIDTHS)
    note = "数从这些文件来。记入以前不要移动或改动它们：原件要一并存档。"
    row = write_heading(sheet, book, _FILE_WIDTHS, FILES_SHEET, note)
    write_header(sheet, book, row, _FILE_WIDTHS, list(map(str, FileColumn)))
    for file, _ in read:
        row += 1
        for place, text in enumerate((file.name, file.sha256, file.path)):
            write_text(sheet, book, row, place, text, "left")
    set_up_page(sheet, FILES_SHEET, landscape=True)
