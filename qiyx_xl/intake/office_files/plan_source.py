"""Read another district's plan as text: from .txt, .docx, or a workbook.

Apart from ``plan``: most commands load a plan, and none of them needs the readers of workbooks.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importer import PlanImportError, SourceText
from qiyx_xl.files.broken import BROKEN
from qiyx_xl.files.word import TooLargeError, open_document
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.workbook.guard import guard, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_TABLE_LINE = re.compile(r"[|｜\t]")


def read_plan_source(path: Path) -> SourceText:
    """Read a document's paragraphs and tables.

    Raises:
        PlanImportError: the file is of another kind, or cannot be read.
        OSError: the file does not exist, or may not be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".txt":
        return _from_text(_decode(path.read_bytes(), path))
    if suffix == ".docx":
        return _from_docx(path)
    if suffix in _WORKBOOKS:
        return _from_workbook(path, suffix)
    raise PlanImportError(
        f"不认识“{path.name}”这种文件。请给 .txt、.docx、.xlsx 或 .xls；PDF 请先另存为其中一种。"
    )


def _decode(content: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PlanImportError(f"“{path.name}”不是文本文件。请另存为 UTF-8 编码的 .txt。")


def _from_text(text: str) -> SourceText:
    """Split a text into paragraphs and tables: lines with ``|`` or tabs are a table's rows."""
    paragraphs: list[str] = []
    tables: list[tuple[tuple[str, ...], ...]] = []
    rows: list[tuple[str, ...]] = []
    for line in text.splitlines():
        if _TABLE_LINE.search(line):
            rows.append(tuple(cell.strip() for cell in _TABLE_LINE.split(line)))
            continue
        if rows:
            tables.append(tuple(rows))
            rows = []
        if line.strip():
            paragraphs.append(line.strip())
    if rows:
        tables.append(tuple(rows))
    return SourceText(tuple(paragraphs), tuple(tables))


def _from_docx(path: Path) -> SourceText:
    try:
        document = open_document(path)
        tables = tuple(
            tuple(tuple(cell.text.strip() for cell in row.cells) for row in table.rows)
            for table in document.tables
        )
        texts = [paragraph.text.strip() for paragraph in document.paragraphs]
    except TooLargeError as error:
        raise PlanImportError(
            f"“{path.name}”解压后过大，不像方案文件。请检查是否选错了文件。"
        ) from error
    except BROKEN as error:
        raise PlanImportError(
            f"“{path.name}”打不开，可能已损坏。请用 Word 或 WPS 另存一份再试。"
        ) from error
    paragraphs = tuple(text for text in texts if text)
    # python-docx repeats a merged cell's text at every place that it spans.
    return SourceText(paragraphs, tables, spread=True)


def _from_workbook(path: Path, suffix: str) -> SourceText:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        data = read_bytes(path)
        guard(data, suffix)
    except Refused as refused:
        raise PlanImportError(f"“{path.name}”：{refused.finding.message}") from refused
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
            tables = tuple(tuple(_spread_rows(sheet)) for sheet in sheets)
    except CalamineError as error:
        raise PlanImportError(
            f"“{path.name}”打不开，可能已损坏或加了密码。请另存一份再试。"
        ) from error
    lines = (" ".join(filter(None, row)) for table in tables for row in table)
    return SourceText(tuple(line for line in lines if line), tables, spread=True)


def _spread_rows(sheet: object) -> Iterator[tuple[str, ...]]:
    """Yield a sheet's rows from A1 on, a merged cell's text at every place that it spans."""
    rows = [[_cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]  # type: ignore[attr-defined]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():  # type: ignore[attr-defined]
        text = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [text] * (min(right + 1, len(row)) - left)
    yield from map(tuple, rows)


def _cell_text(cell: object) -> str:
    """Format a cell's value as it would be printed in a document."""
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return "" if cell is None else str(cell).strip()
