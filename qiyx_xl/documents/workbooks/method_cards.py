"""How the 口径卡 are written: one or more pages for each agency, to take into a meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.documents.style.theme import TITLE_FONT
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
from qiyx_xl.papers.method_cards import cards
from qiyx_xl.papers.phrases import full_date

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.papers.edition import Edition
    from qiyx_xl.papers.method_cards import Card, CardLine

SHEET = "口径卡"
_COLUMNS = (
    ("编号", 9.0),
    ("名称", 20.0),
    ("判灯规则", 24.0),
    ("填报和目标", 19.0),
    ("怎么算的", 43.0),
    ("灯", 12.0),
    ("说明和来源", 21.0),
)
_WIDTHS = tuple(width for _, width in _COLUMNS)
_LAMP = 5
_SCALE = 68  # percent at which the widths above fit on A4 in landscape


def write_cards(path: Path, edition: Edition) -> None:
    """Write every agency's card, each beginning on a new page."""
    title = f"{edition.period.label}口径卡"
    found = cards(edition)
    with paper_book(path, title, edition.today) as book:
        sheet = book.book.add_worksheet(SHEET)
        set_widths(sheet, _WIDTHS)
        row = write_heading(
            sheet,
            book,
            _WIDTHS,
            f"{edition.heading}{title}",
            f"{full_date(edition.today)}　　{edition.versions_text}",
        )
        breaks = []
        for number, card in enumerate(found):
            if number:
                breaks.append(row)
            row = _draw(sheet, book, row, card)
        if not found:
            sheet.write_string(row, 0, "没有单位承担指标和目标。", book.look())
            row += 1
        sheet.print_area(0, 0, row - 1, len(_COLUMNS) - 1)
        sheet.freeze_panes(2, 2)
        set_up_page(sheet, f"{title}　{edition.versions_text}")
        # Excel ignores page breaks if it fits the sheet to pages, so a print scale is set instead.
        sheet.set_print_scale(_SCALE)
        sheet.set_h_pagebreaks(breaks)


def _draw(sheet: Any, book: PaperBook, row: int, card: Card) -> int:
    lights = [line.light for line in card.lines]
    counts = "、".join(f"{light.word}{n}" for light in Light if (n := lights.count(light)))
    heading = book.look(font_name=TITLE_FONT, font_size=14, align="left")
    sheet.set_row(row, 30)
    sheet.merge_range(row, 0, row, len(_COLUMNS) - 1, "", heading)
    sheet.write_string(row, 0, f"{card.agency.name}　（{len(card.lines)}项：{counts}）", heading)
    write_header(sheet, book, row + 1, _WIDTHS, [name for name, _ in _COLUMNS])
    row += 2
    for line in card.lines:
        _draw_line(sheet, book, row, line)
        row += 1
    return row


def _draw_line(sheet: Any, book: PaperBook, row: int, line: CardLine) -> None:
    texts = (
        *(line.code, line.name, line.rule, line.inputs, line.arithmetic or "—"),
        *(line.lamp, "\n".join(filter(None, (line.reason, line.source)))),
    )
    for column, text in enumerate(texts):
        if column == _LAMP:
            sheet.write_string(row, column, text, book.lamp(line.light))
        else:
            align = "center" if column == 0 else "left"
            write_text(sheet, book, row, column, text, align)
    fit_row(sheet, row, texts, _WIDTHS)
