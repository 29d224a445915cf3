"""What a PDF with a text layer says: tables by their lines, and other text line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.importing.source import (
    PlanImportError,
    SourceText,
    Table,
    is_page_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_PAGES = 300
_MOST_CHARACTERS = 2_000_000
_LEAST_CHARACTERS = 20  # a page; a scan has a page number at most
_COLUMN_GAP = 1.2  # character widths: a wider gap lies between two columns
_WORD_GAP = 0.25
_INDENT = 1.5  # character widths: a line that begins so far from the margin begins a paragraph
_SHORT = 5.0  # and one that ends so far from it ends one; a number is not broken to fill a line
_HEADING = re.compile(
    r"[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|\d{1,2}[.．、](?!\d)"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text outside of tables, and where it begins and ends on its page."""

    text: str
    left: float
    right: float
    size: float

    @property
    def is_row(self) -> bool:
        """Whether it has columns: two spaces stand where they are apart."""
        return "  " in self.text.strip()


def read_pdf(data: bytes, name: str) -> SourceText:
    """Return a PDF's paragraphs and tables.

    Raises:
        PlanImportError: it is a scan, is encrypted or damaged, or the reader is not installed.
    """
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError:
        raise PlanImportError(
            f"“{name}”是 PDF，读它要先装组件：python -m pip install pdfplumber；"
            "或用 WPS 把它另存为 .docx 再导入。"
        ) from None
    try:
        with pdfplumber.open(BytesIO(data)) as document:
            return _read(document, name)
    except PlanImportError:
        raise
    except Exception as error:  # the library raises anything on damaged files
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, PDFPasswordIncorrect):
            raise PlanImportError(f"“{name}”设了密码。请取消密码，另存一份再导入。") from error
        raise PlanImportError(
            f"“{name}”打不开，可能已损坏。请用 WPS 另存为 .docx 再导入。"
        ) from error


def _read(document: Any, name: str) -> SourceText:
    lines: list[_Line] = []
    tables: list[Table] = []
    characters = pages = 0
    for page in document.pages:
        pages += 1
        characters += len(page.chars)
        if pages > _MOST_PAGES or characters > _MOST_CHARACTERS:
            raise PlanImportError(f"“{name}”页数过多，不像方案文件。请检查是否选错了文件。")
        found = page.find_tables()
        for table in found:
            rows = tuple(tuple(map(_cell_text, row)) for row in table.extract())
            tables.append(Table(rows, where=f"第{pages}页的表"))
        lines += _lines(page, [table.bbox for table in found])
        page.close()
    if characters < _LEAST_CHARACTERS * pages:
        raise PlanImportError(
            f"“{name}”是扫描件：{pages}页都是图片，没有文字层。"
            "请先用 WPS 的“PDF转Word”或识别软件转成文字（.docx 或 .xlsx），核对以后再导入。"
        )
    return SourceText(tuple(_paragraphs(lines)), tuple(tables))


def _cell_text(cell: str | None) -> str:
    """Return a cell's text in one line: a PDF breaks it wherever the column is full."""
    return "" if cell is None else "".join(cell.split("\n")).strip()


def _lines(page: Any, boxes: Sequence[tuple[float, float, float, float]]) -> Iterator[_Line]:
    """Yield the lines of a page outside its tables."""
    for line in page.extract_text_lines(strip=False, return_chars=True):
        middle = (line["top"] + line["bottom"]) / 2
        kept = [
            char
            for char in line["chars"]
            if char["text"].strip()
            and not any(
                left <= char["x0"] and char["x1"] <= right and top <= middle <= bottom
                for left, top, right, bottom in boxes
            )
        ]
        text, last = "", None
        for char in kept:
            gap = 0.0 if last is None else (char["x0"] - last["x1"]) / char["size"]
            text += "  " if gap > _COLUMN_GAP else " " if gap > _WORD_GAP else ""
            text, last = text + char["text"], char
        if text and not is_page_number([text]):
            yield _Line(text, kept[0]["x0"], kept[-1]["x1"], kept[0]["size"])


def _paragraphs(lines: Sequence[_Line]) -> Iterator[str]:
    """Join the lines of a paragraph, which a page breaks wherever it is full."""
    left = min((line.left for line in lines), default=0.0)
    right = max((line.right for line in lines), default=0.0)
    paragraph, is_open = "", False
    for line in lines:
        begins = (
            line.is_row
            or line.left > left + _INDENT * line.size
            or _HEADING.match(line.text.strip())
        )
        if paragraph and (begins or not is_open):
            yield paragraph
            paragraph = ""
        paragraph += line.text if line.is_row else line.text.strip()
        is_open = not line.is_row and line.right > right - _SHORT * line.size
    if paragraph:
        yield paragraph
