"""How workbooks for printing are drawn: formats, headings, page set-up, untrusted text."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qiyx_xl.documents.style.theme import (
    BODY_POINTS,
    HEADER_FILL,
    NOTE_POINTS,
    PLAIN,
    QUIET_INK,
    TITLE_FONT,
    TITLE_POINTS,
    text_workbook,
)
from qiyx_xl.files.palette import LAMP_FILLS
from qiyx_xl.files.sizing import MAX_ROW_HEIGHT, line_count, row_height
from qiyx_xl.files.untrusted_text import VALUE_LIMIT, as_cell_text, in_footer, looks_live

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from qiyx_xl.core.rating.lamps import Light

_LINE_POINTS = 15.8  # enough for any fallback font
_PADDING_POINTS = 6.0
_INDENT = 2.0  # the width that the indent takes from a column
_A4 = 9


class PaperBook:
    """A workbook that is being drawn; each of its formats is created at its first use."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._cells: dict[tuple[tuple[str, Any], ...], Any] = {}

    def look(self, **properties: Any) -> Any:
        """Return a format; properties that are not given are those of ``PLAIN``."""
        key = tuple(sorted(properties.items()))
        if key not in self._cells:
            self._cells[key] = self.book.add_format(PLAIN | properties)
        return self._cells[key]

    @property
    def title(self) -> Any:
        """The format of a paper's title."""
        return self.look(font_name=TITLE_FONT, font_size=TITLE_POINTS, align="center")

    @property
    def origin(self) -> Any:
        """The format of the line under a title."""
        return self.look(font_color=QUIET_INK, align="center", text_wrap=True)

    @property
    def header(self) -> Any:
        """The format of a column's header."""
        return self.look(
            font_name=TITLE_FONT, bg_color=HEADER_FILL, border=1, align="center", text_wrap=True
        )

    @property
    def note(self) -> Any:
        """The format of a note under a table."""
        return self.look(
            font_size=NOTE_POINTS,
            font_color=QUIET_INK,
            align="left",
            valign="top",
            text_wrap=True,
        )

    def cell(self, align: str = "left", *, live: bool = False, **properties: Any) -> Any:
        """Return the format of a bordered cell with wrapped text.

        ``live`` adds the quote prefix: text like a formula then stays text when it is edited.
        """
        more: dict[str, Any] = {"border": 1, "align": align, "text_wrap": True} | properties
        if align == "left":
            more["indent"] = 1
        if live:
            more["quote_prefix"] = True
        return self.look(**more)

    def lamp(self, light: Light) -> Any:
        """Return the format of a cell with a lamp's word."""
        return self.cell("center", bg_color=LAMP_FILLS[light], bold=True)


@contextmanager
def paper_book(path: Path, title: str, day: date) -> Iterator[PaperBook]:
    """Yield a workbook in memory and write it at the end; the same content gives the same bytes.

    Args:
        path: where to write.
        title: the title in the file's properties.
        day: the day printed on the paper; the file's properties have it as the time of creation.
    """
    out = BytesIO()
    book = text_workbook(out)
    book.set_properties({"title": title, "created": datetime(day.year, day.month, day.day)})  # noqa: DTZ001 - a day, not a moment
    yield PaperBook(book)
    book.close()
    path.write_bytes(out.getvalue())


def set_widths(sheet: Any, widths: Sequence[float]) -> None:
    """Set the columns' widths, from the first on."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def write_heading(
    sheet: Any, book: PaperBook, widths: Sequence[float], title: str, origin: str
) -> int:
    """Write title and origin, merged over all columns; return the next row."""
    last = len(widths) - 1
    for row, (text, shape, points) in enumerate(
        ((title, book.title, TITLE_POINTS), (origin, book.origin, BODY_POINTS))
    ):
        text = as_cell_text(text)  # noqa: PLW2901 - the same text, fit to write
        sheet.set_row(row, row_height([(text, sum(widths), points)], 24))
        if last:
            sheet.merge_range(row, 0, row, last, "", shape)
        sheet.write_string(row, 0, text, shape)
    return 2


def write_header(
    sheet: Any, book: PaperBook, row: int, widths: Sequence[float], names: Sequence[str]
) -> None:
    """Write the columns' headers."""
    sheet.set_row(row, row_height(zip(names, widths, [BODY_POINTS] * len(names), strict=True), 24))
    for column, name in enumerate(names):
        sheet.write_string(row, column, name, book.header)


def write_note(sheet: Any, book: PaperBook, row: int, widths: Sequence[float], text: str) -> None:
    """Write a note, merged over all columns."""
    text = as_cell_text(text)
    sheet.set_row(row, min(row_height([(text, sum(widths), NOTE_POINTS)], 18), MAX_ROW_HEIGHT))
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", book.note)
    sheet.write_string(row, 0, text, book.note)


def write_text(
    sheet: Any,
    book: PaperBook,
    row: int,
    column: int,
    text: str,
    align: str = "left",
    limit: int = VALUE_LIMIT,
    **properties: Any,
) -> str:
    """Write an untrusted text as text, and return the text as written."""
    clean = as_cell_text(text, limit)
    live = looks_live(clean)
    sheet.write_string(row, column, clean, book.cell(align, live=live, **properties))
    return clean


def fit_row(
    sheet: Any, row: int, texts: Sequence[str], widths: Sequence[float], minimum: float = 20.0
) -> None:
    """Set a row's height to fit its texts, one for each column."""
    lines = max(
        line_count(text, max(width - _INDENT, 1.0), BODY_POINTS)
        for text, width in zip(texts, widths, strict=True)
    )
    sheet.set_row(row, min(max(minimum, lines * _LINE_POINTS + _PADDING_POINTS), MAX_ROW_HEIGHT))


def set_up_page(sheet: Any, footer: str, *, landscape: bool = True) -> None:
    """Set up A4, one page wide, with ``footer`` on the left and page numbers on the right."""
    sheet.hide_gridlines(2)
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f'&L&"宋体"&9{in_footer(footer)}&R&"宋体"&9第 &P 页　共 &N 页')
