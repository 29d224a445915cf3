"""How the 催报清单 is written: missing figures, contacts, and the messages to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.documents.style.theme import BODY_POINTS
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
from qiyx_xl.files.sizing import line_count
from qiyx_xl.papers.phrases import full_date
from qiyx_xl.papers.reminder_messages import NO_CONTACT, calendar_notes, calls

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.papers.edition import Edition
    from qiyx_xl.papers.reminder_messages import Call

LIST_SHEET = "催报清单"
MESSAGE_SHEET = "催报短信"

_COLUMNS = (
    ("序号", 6.0),
    ("单位", 15.0),
    ("编号", 10.0),
    ("缺报的指标、目标或节点", 44.0),
    ("计量单位", 10.0),
    ("频率", 7.0),
    ("截止日", 13.0),
    ("逾期天数", 10.0),
    ("联系人", 22.0),
    ("情况", 20.0),
)
_WIDTHS = tuple(width for _, width in _COLUMNS)
_CENTRED = frozenset({0, 2, 4, 5, 6, 7})

_MESSAGE_COLUMNS = (("单位", 15.0), ("联系人", 22.0), ("短信（整格复制即可）", 100.0))
_MESSAGE_WIDTHS = tuple(width for _, width in _MESSAGE_COLUMNS)
_CELL_LIMIT = 32_000  # characters; Excel's limit is 32,767
_LINES_IN_A_ROW = 24  # lines in a row of Excel's greatest height; a longer message is split
_LINE_POINTS = 16.5  # enough for any fallback font


def write_reminders(path: Path, edition: Edition) -> None:
    """Write the list as .xlsx: one row per agency and item, and one message per agency."""
    found = calls(edition)
    with paper_book(path, f"{edition.period.label}催报清单", edition.today) as book:
        _draw_list(book.book.add_worksheet(LIST_SHEET), book, edition, found)
        if found:
            _draw_messages(book.book.add_worksheet(MESSAGE_SHEET), book, edition, found)


def write_reminder_text(path: Path, edition: Edition) -> None:
    """Write the messages as plain text, with an empty line between two agencies."""
    path.write_text(reminder_text(edition), encoding="utf-8", newline="\r\n")


def reminder_text(edition: Edition) -> str:
    """Return the messages as one text, to be pasted."""
    messages = [call.message for call in calls(edition)]
    return "\n\n".join(messages or [f"{edition.period.label}没有逾期未报的单位。"]) + "\n"


def _draw_list(sheet: Any, book: PaperBook, edition: Edition, found: tuple[Call, ...]) -> None:
    set_widths(sheet, _WIDTHS)
    items = sum(len(call.reminder.items) for call in found)
    counted = f"{len(found)}个单位、{items}项逾期未报" if found else "没有逾期未报的单位"
    row = write_heading(
        sheet,
        book,
        _WIDTHS,
        f"{edition.heading}{edition.period.label}催报清单",
        f"截至{full_date(edition.today)}，{counted}；免报、未到期的不列　　{edition.versions_text}",
    )
    write_header(sheet, book, row, _WIDTHS, [name for name, _ in _COLUMNS])
    header = row
    number = 0
    for call in found:
        for owing in call.reminder.items:
            row, number = row + 1, number + 1
            texts = (
                str(number),
                call.agency,
                owing.item.printed_code,
                owing.item.name,
                owing.item.measure,
                owing.item.frequency.label,
                owing.deadline.isoformat(),
                str(owing.days_late),
                call.contact or NO_CONTACT,
                call.situation.value,
            )
            for column, text in enumerate(texts):
                align = "center" if column in _CENTRED else "left"
                if column in (0, 7):
                    sheet.write_number(row, column, int(text), book.cell(align))
                else:
                    write_text(sheet, book, row, column, text, align)
            fit_row(sheet, row, texts, _WIDTHS)
    if not found:
        row += 1
        sheet.merge_range(row, 0, row, len(_COLUMNS) - 1, "", book.cell("center"))
        sheet.write_string(row, 0, "没有逾期未报的单位。", book.cell("center"))
        sheet.set_row(row, 30)
    else:
        sheet.autofilter(header, 0, row, len(_COLUMNS) - 1)
    sheet.freeze_panes(header + 1, 0)
    sheet.repeat_rows(header)
    for note in calendar_notes(edition):
        row += 1
        write_note(sheet, book, row, _WIDTHS, note)
    sheet.print_area(0, 0, row, len(_COLUMNS) - 1)
    set_up_page(sheet, f"{edition.period.label}催报清单　{edition.versions_text}")


def _draw_messages(sheet: Any, book: PaperBook, edition: Edition, found: tuple[Call, ...]) -> None:
    set_widths(sheet, _MESSAGE_WIDTHS)
    row = write_heading(
        sheet,
        book,
        _MESSAGE_WIDTHS,
        f"{edition.period.label}催报短信",
        "每格一条，选中整格复制，贴进浙政钉、微信或短信即可；太长的分成几格",
    )
    write_header(sheet, book, row, _MESSAGE_WIDTHS, [name for name, _ in _MESSAGE_COLUMNS])
    sheet.freeze_panes(row + 1, 0)
    sheet.repeat_rows(row)
    for call in found:
        for part in _parts(call.message):
            row += 1
            texts = (call.agency, call.contact or NO_CONTACT, part)
            for column, text in enumerate(texts):
                write_text(sheet, book, row, column, text, limit=_CELL_LIMIT, valign="top")
            fit_row(sheet, row, texts, _MESSAGE_WIDTHS, minimum=_height(part))
    sheet.print_area(0, 0, row, len(_MESSAGE_COLUMNS) - 1)
    set_up_page(sheet, f"{edition.period.label}催报短信")


def _lines(text: str) -> int:
    return line_count(text, _MESSAGE_WIDTHS[-1] - 2, BODY_POINTS)


def _height(text: str) -> float:
    return _lines(text) * _LINE_POINTS + 8


def _parts(message: str) -> list[str]:
    """Split a message between lines, so that each part fits into a row of the greatest height."""
    parts: list[list[str]] = [[]]
    height = 0
    for line in message.split("\n"):
        lines = _lines(line)
        if parts[-1] and height + lines > _LINES_IN_A_ROW:
            parts.append([])
            height = 0
        parts[-1].append(line)
        height += lines
    return ["\n".join(part) for part in parts]
