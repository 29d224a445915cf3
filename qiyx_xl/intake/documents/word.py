"""What a Word document says: its paragraphs, and its tables with every merged cell spread out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from qiyx_xl.core.plan.importing.source import PlanImportError, SourceText, Table
from qiyx_xl.files.broken import BROKEN
from qiyx_xl.files.word import TooLargeError, open_document
from qiyx_xl.intake.documents.text import from_lines

_UNREADABLE: tuple[type[Exception], ...] = (*BROKEN, OSError)


def read_word(data: bytes, name: str) -> SourceText:
    """Return a document's paragraphs and tables.

    Raises:
        PlanImportError: it is damaged, or larger than any plan.
    """
    try:
        document = open_document(BytesIO(data))
        tables = tuple(
            Table(_rows(table), spread=True, where=f"表{number}")
            for number, table in enumerate(document.tables, start=1)
        )
        texts = [paragraph.text for paragraph in document.paragraphs]
    except TooLargeError as error:
        raise PlanImportError(
            f"“{name}”解压后过大，不像方案文件。请检查是否选错了文件。"
        ) from error
    except _UNREADABLE as error:
        raise PlanImportError(
            f"“{name}”打不开，可能已损坏。请用 Word 或 WPS 另存一份再试。"
        ) from error
    lines = [line for text in texts for line in text.splitlines()]
    typed = from_lines(lines)  # tables that were typed with tabs
    return SourceText(typed.paragraphs, (*tables, *typed.tables))


def _rows(table: Any) -> tuple[tuple[str, ...], ...]:
    """Return a table's cells; python-docx repeats a merged cell at every place that it spans."""
    return tuple(tuple(cell.text.strip() for cell in row.cells) for row in table.rows)
