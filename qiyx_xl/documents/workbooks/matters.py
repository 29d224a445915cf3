"""How the 调度单 is written: open and settled matters, to print, fill in and read back."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.history.matters import OPEN, SETTLED, SHEET, MatterColumn
from qiyx_xl.documents.style.theme import INPUT_FILL
from qiyx_xl.documents.style.workbook import (
    PaperBook,
    fit_row,
    paper_book,
    set_up_page,
    set_widths,
    write_header,
    write_heading,
    write_note,
    write_text,
)
from qiyx_xl.papers.matters import suggestion
from qiyx_xl.papers.phrases import full_date

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.history.matters import Matter
    from qiyx_xl.papers.bulletin.agenda import Agenda

_WIDTHS = {
    MatterColumn.NUMBER: 13.0,
    MatterColumn.TITLE: 46.0,
    MatterColumn.AGENCY: 15.0,
    MatterColumn.DEADLINE: 13.0,
    MatterColumn.RAISED: 13.0,
    MatterColumn.LIGHT: 18.0,
    MatterColumn.STATE: 10.0,
    MatterColumn.SETTLED: 13.0,
    MatterColumn.NOTE: 32.0,
}
_COLUMNS = tuple(_WIDTHS)
_LEFT = frozenset({MatterColumn.TITLE, MatterColumn.NOTE})
_FILLED_IN = frozenset(
    {
        *(MatterColumn.TITLE, MatterColumn.AGENCY, MatterColumn.DEADLINE),
        *(MatterColumn.STATE, MatterColumn.SETTLED, MatterColumn.NOTE),
    }
)
_DATES = frozenset({MatterColumn.DEADLINE, MatterColumn.RAISED, MatterColumn.SETTLED})
_EMPTY_ROWS = 5
_DATE_FORMAT = "yyyy-mm-dd"

_NOTE = (
    "填写办法：办结的把“销号状态”选成“已销号”，“销号日期”不填按读回当天算；时限、责任单位、事项"
    "和办理情况可以直接改；新事项写在空行里，编号留空。填好后用 qiyx meeting --settle 读回台账。"
)


def write_matters(path: Path, agenda: Agenda) -> None:
    """Write the 调度单 of a meeting."""
    edition = agenda.edition
    with paper_book(path, f"调度单 {edition.today}", edition.today) as book:
        sheet = book.book.add_worksheet(SHEET)
        widths = tuple(_WIDTHS.values())
        set_widths(sheet, widths)
        open_count = sum(matter.is_open for matter in agenda.listed)
        row = write_heading(
            sheet,
            book,
            widths,
            f"{edition.heading}工程调度单",
            f"{full_date(edition.today)}例会　　共{len(agenda.listed)}项，未销号{open_count}项　　"
            f"{edition.versions_text}",
        )
        write_header(sheet, book, row, widths, list(map(str, _COLUMNS)))
        header = row
        for matter in agenda.listed:
            row += 1
            _draw(sheet, book, row, matter, agenda)
        for _ in range(_EMPTY_ROWS):
            row += 1
            _draw_empty(sheet, book, row)
        _validate(sheet, header + 1, row)
        sheet.freeze_panes(header + 1, 1)
        sheet.repeat_rows(header)
        write_note(sheet, book, row + 1, widths, _NOTE)
        sheet.print_area(0, 0, row + 1, len(_COLUMNS) - 1)
        set_up_page(sheet, f"调度单　{full_date(edition.today)}")


def _draw(sheet: Any, book: PaperBook, row: int, matter: Matter, agenda: Agenda) -> None:
    today = agenda.edition.today
    days_over = matter.days_over(today)
    light = suggestion(matter, agenda.edition) or "—"
    if days_over:
        light += f"（超{days_over}天）"
    values = {
        MatterColumn.NUMBER: matter.number,
        MatterColumn.TITLE: matter.title,
        MatterColumn.AGENCY: matter.agency,
        MatterColumn.DEADLINE: matter.deadline,
        MatterColumn.RAISED: matter.raised,
        MatterColumn.LIGHT: light,
        MatterColumn.STATE: matter.word,
        MatterColumn.SETTLED: matter.settled,
        MatterColumn.NOTE: matter.note,
    }
    texts = []
    for place, column in enumerate(_COLUMNS):
        value = values[column]
        look = _look(column)
        align = look.pop("align")
        if column in _DATES:
            texts.append("" if value is None else str(value))
            if value is None:
                sheet.write_blank(row, place, None, book.cell(align, **look))
            else:
                moment = datetime.combine(value, time())  # type: ignore[arg-type]
                sheet.write_datetime(row, place, moment, book.cell(align, **look))
        else:
            texts.append(write_text(sheet, book, row, place, str(value), align, **look))
    fit_row(sheet, row, texts, tuple(_WIDTHS.values()), 26)


def _draw_empty(sheet: Any, book: PaperBook, row: int) -> None:
    for place, column in enumerate(_COLUMNS):
        look = _look(column)
        sheet.write_blank(row, place, None, book.cell(look.pop("align"), **look))
    sheet.set_row(row, 26)


def _look(column: MatterColumn) -> dict[str, Any]:
    look: dict[str, Any] = {"align": "left" if column in _LEFT else "center"}
    if column in _FILLED_IN:
        look["bg_color"] = INPUT_FILL
    if column in _DATES:
        look["num_format"] = _DATE_FORMAT
    return look


def _validate(sheet: Any, first: int, last: int) -> None:
    state = _COLUMNS.index(MatterColumn.STATE)
    sheet.data_validation(
        first,
        state,
        last,
        state,
        {
            "validate": "list",
            "source": [OPEN, SETTLED],
            "error_title": "销号状态",
            "error_message": f"请选“{OPEN}”或“{SETTLED}”。",
        },
    )
