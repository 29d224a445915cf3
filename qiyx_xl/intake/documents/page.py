"""What a web page says: its paragraphs, and its tables with every merged cell spread out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.source import PlanImportError, SourceText, Table
from qiyx_xl.intake.documents.text import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_BLOCKS = frozenset((
    "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "body",
    "section", "article", "header", "footer", "blockquote", "title", "dd", "dt",
))  # fmt: skip
_UNSEEN = frozenset(("script", "style", "noscript", "template"))
_MOST_DEPTH = 20  # tables within tables
_MOST_CELLS = 200_000
_MOST_SPAN = 1000
_BEGINNING = 4096


def read_page(data: bytes, name: str) -> SourceText:
    """Return a page's paragraphs and tables.

    Raises:
        PlanImportError: it is not in a known encoding, or has more cells than any plan.
    """
    return parse_page(_decode(data, name), name)


def _decode(data: bytes, name: str) -> str:
    declared = _CHARSET.search(data[:_BEGINNING])
    if declared is not None:
        encoding = declared[1].decode("ascii").lower()
        encoding = "gb18030" if encoding in ("gb2312", "gbk") else encoding
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data, name)


def read_archived_page(data: bytes, name: str) -> SourceText:
    """Return what a page says that was saved with its pictures in one file (.mht).

    Raises:
        PlanImportError: there is no page in it.
    """
    import email
    import email.policy

    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(content, bytes):
            return read_page(content, name)
    raise PlanImportError(f"“{name}”里没有网页。请用 Word 或 WPS 另存为 .docx 再导入。")


def parse_page(text: str, name: str) -> SourceText:
    """Return what a page's HTML says."""
    parser = _Page()
    try:
        parser.feed(text)
        parser.close()
    except _TooMuchError:
        raise PlanImportError(
            f"“{name}”里的表格过大或套得过深，不像方案。请检查是否选错了文件。"
        ) from None
    parser.end_paragraph()
    while parser.tables:
        parser.end_table()
    tables = tuple(
        Table(rows, spread=True, where=f"表{number}")
        for number, rows in enumerate(filter(None, parser.done), start=1)
    )
    return SourceText(tuple(parser.paragraphs), tables)


class _TooMuchError(Exception):
    """The tables have too many cells, or lie too deep in one another."""


@dataclass
class _OpenTable:
    """A table whose end is not reached: its grid by row and column, and the cell being read."""

    grid: dict[tuple[int, int], str] = field(default_factory=dict)
    row: int = -1
    text: list[str] | None = None
    spans: tuple[int, int] = (1, 1)

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the cells, row by row."""
        if not self.grid:
            return ()
        width = 1 + max(column for _, column in self.grid)
        height = 1 + max(row for row, _ in self.grid)
        if width * height > _MOST_CELLS:
            raise _TooMuchError
        return tuple(
            tuple(self.grid.get((row, column), "") for column in range(width))
            for row in range(height)
        )


class _Page(HTMLParser):
    """Collects paragraphs and tables; it never recurses, however deep the page is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.done: list[tuple[tuple[str, ...], ...]] = []
        self.tables: list[_OpenTable] = []
        self._text: list[str] = []
        self._unseen = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self.end_paragraph()
            if len(self.tables) >= _MOST_DEPTH:
                raise _TooMuchError
            self.tables.append(_OpenTable())
        elif tag == "tr" and self.tables:
            self._end_cell()
            self.tables[-1].row += 1
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
            table = self.tables[-1]
            table.row = max(table.row, 0)
            table.text, named = [], dict(attrs)
            table.spans = (_span(named.get("rowspan")), _span(named.get("colspan")))
        elif tag in _BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in ("td", "th", "tr") and self.tables:
            self._end_cell()
        elif tag == "table" and self.tables:
            self.end_table()
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self.tables and self.tables[-1].text is not None:
            self.tables[-1].text.append(data)
        elif not self.tables:
            self._text.append(data)

    def _break(self) -> None:
        if self.tables:
            if self.tables[-1].text is not None:
                self.tables[-1].text.append(" ")
        else:
            self.end_paragraph()

    def end_paragraph(self) -> None:
        """Keep the text read so far as a paragraph."""
        text = re.sub(r"\s+", " ", "".join(self._text)).strip()
        if text:
            self.paragraphs.append(text)
        self._text = []

    def _end_cell(self) -> None:
        table = self.tables[-1]
        if table.text is None:
            return
        text = re.sub(r"\s+", " ", "".join(table.text)).strip()
        table.text = None
        column = 0
        while (table.row, column) in table.grid:
            column += 1
        height, width = table.spans
        self._cells += height * width
        if self._cells > _MOST_CELLS:
            raise _TooMuchError
        for row in range(table.row, table.row + height):
            for place in range(column, column + width):
                table.grid[row, place] = text

    def end_table(self) -> None:
        """Close the innermost table; its text is part of the cell around it, too."""
        self._end_cell()
        table = self.tables.pop()
        self.done.append(table.rows())


def _span(text: str | None) -> int:
    number = (
        int(text) if text is not None and text.strip().isascii() and text.strip().isdigit() else 1
    )
    return min(max(number, 1), _MOST_SPAN)
