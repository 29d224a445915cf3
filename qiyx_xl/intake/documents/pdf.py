"""What a PDF with a text layer says: tables by their lines, and other text line by line."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.importing.source import PlanImportError, SourceText, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_PAGES = 300
_MOST_CHARACTERS = 2_000_000
_LEAST_CHARACTERS = 20  # a page; a scan has a page number at most
_COLUMN_GAP = 1.2  # character widths: a wider gap lies between two columns
_LINE_END = 0.88  # of the widest line: a line that ends before is the last of its paragraph
_SENTENCE_ENDS = "。；;：:"


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
    paragraphs: list[str] = []
    tables: list[Table] = []
    characters = pages = 0
    for page in document.pages:
        pages += 1
        characters += len(page.chars)
        if pages > _MOST_PAGES or characters > _MOST_CHARACTERS:
            raise PlanImportError(f"“{name}”页数过多，不像方案文件。请检查是否选错了文件。")
        found = page.find_tables()
        for table in found:
            rows = tuple(
                tuple("" if cell is None else cell.strip() for cell in row)
                for row in table.extract()
            )
            tables.append(Table(rows, where=f"第{pages}页的表"))
        paragraphs += _lines(page, [table.bbox for table in found])
        page.close()
    if characters < _LEAST_CHARACTERS * pages:
        raise PlanImportError(
            f"“{name}”是扫描件：{pages}页都是图片，没有文字层。"
            "请先用 WPS 的“PDF转Word”或识别软件转成文字（.docx 或 .xlsx），核对以后再导入。"
        )
    return SourceText(tuple(_joined(paragraphs)), tuple(tables))


def _lines(page: Any, boxes: Sequence[tuple[float, float, float, float]]) -> Iterator[str]:
    """Yield the lines of a page outside its tables; two spaces stand where columns are apart."""
    for line in page.extract_text_lines(strip=False, return_chars=True):
        chars = [char for char in line["chars"] if char["text"].strip()]
        middle = (line["top"] + line["bottom"]) / 2
        kept = [
            char
            for char in chars
            if not any(
                left <= char["x0"] and char["x1"] <= right and top <= middle <= bottom
                for left, top, right, bottom in boxes
            )
        ]
        text, last = "", None
        for char in kept:
            if last is not None and char["x0"] - last["x1"] > _COLUMN_GAP * char["size"]:
                text += "  "
            elif last is not None and char["x0"] - last["x1"] > char["size"] * 0.25:
                text += " "
            text, last = text + char["text"], char
        if text.strip():
            yield text


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Join the lines of a paragraph, which a page breaks wherever it is full."""
    widest = max(map(len, lines), default=0)
    paragraph = ""
    for line in lines:
        is_row = "  " in line.strip()
        if is_row and paragraph:
            yield paragraph
            paragraph = ""
        paragraph += line if is_row else line.strip()
        ends = len(line) < _LINE_END * widest or line.rstrip().endswith(tuple(_SENTENCE_ENDS))
        if is_row or ends:
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph
