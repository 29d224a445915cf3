"""Workbooks as strangers make them, and what was found in them."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import xlsxwriter

from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.submission import Submission, SubmissionStatus

RED = "FFFFC9CF"
Q3 = Period.of_quarter(2026, 3)


def fill_of(path, cell, sheet="填报表"):
    return openpyxl.load_workbook(path)[sheet][cell].fill.fgColor.rgb


def error(
    cell: str | None, message: str = "请改。", *, sheet: str | None = "填报表", **rest: Any
) -> Finding:
    return Finding("V104", Severity.ERROR, message, sheet, cell, **rest)


def warning(
    cell: str | None, message: str = "请核对。", *, sheet: str | None = "填报表", **rest: Any
) -> Finding:
    return Finding("V102", Severity.WARNING, message, sheet, cell, **rest)


def submission(
    path: Path | str,
    *findings: Finding,
    status: SubmissionStatus = SubmissionStatus.RETURNED,
    agency: str | None = "区卫健局",
) -> Submission:
    content = path.read_bytes() if isinstance(path, Path) else path.encode()
    return Submission(
        str(path), hashlib.sha256(content).hexdigest(), status, agency, Q3, findings=findings
    )


def simple_book(path: Path, sheet: str = "填报表") -> Path:
    """Two columns, three rows, a text that looks like a formula."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, ["指标编码", "本期实际值"])
    page.write_string(1, 0, "1")
    page.write_string(1, 1, "320个")
    page.write_string(2, 0, "2")
    page.write_number(2, 1, 66.5)
    page.write_string(3, 1, "=cmd|'/c calc'!A1")
    book.close()
    return path


def with_part(path: Path, name: str, content: bytes, kind: str) -> Path:
    """Put one more part into a package, declared with its content type."""
    out = BytesIO()
    with ZipFile(path) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == "[Content_Types].xml":
                override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
                data = data.replace(b"</Types>", override.encode())
            target.writestr(entry, data)
        target.writestr(name, content)
    path.write_bytes(out.getvalue())
    return path


def edited(path: Path, part: str, old: str, new: str) -> Path:
    """Replace a piece of a part's XML; it must be there."""
    out = BytesIO()
    with ZipFile(path) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == part:
                assert old.encode() in data, f"{old} not in {part}"
                data = data.replace(old.encode(), new.encode(), 1)
            target.writestr(entry, data)
    path.write_bytes(out.getvalue())
    return path


def index_texts(path: Path, sheet: str = "退回说明") -> list[list[Any]]:
    page = openpyxl.load_workbook(path)[sheet]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def index_rows(path: Path, sheet: str = "退回说明") -> list[list[Any]]:
    """The rows under the table's header."""
    rows = index_texts(path, sheet)
    header = next(at for at, row in enumerate(rows) if row[0] == "序号")
    return rows[header + 1 :]


def head_text(path: Path, sheet: str = "退回说明") -> str:
    rows = index_texts(path, sheet)
    header = next(at for at, row in enumerate(rows) if row[0] == "序号")
    return "\n".join(str(row[0]) for row in rows[:header] if row[0])
