"""What a document says, whichever kind of file it is: text, page, Word, workbook, PDF.

The bytes decide which kind a file is, not its name: pages are often saved under .doc or .xls.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.source import PlanImportError, SourceText
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.workbook.guard import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

_ZIP, _OLE, _PDF, _RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-", b"{\\rtf"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_PAGES = (b"<html", b"<!doctype html", b"<table", b"<body", b"<head", b"<meta")
_ARCHIVED_PAGE = (b"mime-version:", b"from: <saved by")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".xltx")
_WORD = (".docx", ".docm", ".dotx")
_TEXTS = (".txt", ".md", ".markdown", ".csv", ".tsv", ".text")
_BEGINNING = 4096
_SMALL_TEXT = 4 << 20  # bytes
_KINDS = ".txt、.md、.csv、.html、.docx、.xlsx、.xls 或有文字层的 .pdf"


def read_document(path: Path) -> SourceText:
    """Return a document's paragraphs and tables.

    Raises:
        PlanImportError: the file is of another kind, or cannot be read.
    """
    try:
        data = read_bytes(path)
        return replace(_read(data, path), name=path.stem)
    except Refused as refused:
        raise PlanImportError(f"“{path.name}”：{refused.finding.message}") from refused


def is_plain(path: Path) -> bool:
    """Whether it is a small text file, which this process can read without danger."""
    try:
        with path.open("rb") as file:
            begin = file.read(len(_OLE))
        small = path.stat().st_size <= _SMALL_TEXT
    except OSError:
        return True  # the reader says why
    opens = (_ZIP, _OLE, _PDF, _RTF)
    return small and path.suffix.lower() in _TEXTS and not begin.startswith(opens)


def _read(data: bytes, path: Path) -> SourceText:
    suffix = path.suffix.lower()
    begin = data[:_BEGINNING].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(_PDF) or suffix == ".pdf":
        from qiyx_xl.intake.documents.pdf import read_pdf

        return read_pdf(data, path.name)
    if begin.startswith(_ARCHIVED_PAGE):
        from qiyx_xl.intake.documents.page import read_archived_page

        return read_archived_page(data, path.name)
    is_text = not data.startswith((_ZIP, _OLE, _RTF, *_PICTURES))
    if is_text and (suffix in (".html", ".htm") or any(mark in begin for mark in _PAGES)):
        from qiyx_xl.intake.documents.page import read_page

        return read_page(data, path.name)
    if suffix in _WORD:
        from qiyx_xl.intake.documents.word import read_word

        return read_word(data, path.name)
    if suffix in _WORKBOOKS:
        from qiyx_xl.intake.documents.sheets import read_workbook

        return read_workbook(data, suffix)
    if suffix in _TEXTS and is_text:
        from qiyx_xl.intake.documents.text import read_text

        return read_text(data, path)
    raise _other_kind(data, path)


def _other_kind(data: bytes, path: Path) -> PlanImportError:
    name = path.name
    if data.startswith(_PICTURES):
        return PlanImportError(
            f"“{name}”是图片，没有文字。请先用 WPS 或识别软件转成文字（.docx 或 .xlsx）再导入。"
        )
    if data.startswith((_OLE, _RTF)) or path.suffix.lower() in (".doc", ".wps"):
        return PlanImportError(
            f"“{name}”是旧格式的文档（.doc、.wps 或 .rtf）。请用 Word 或 WPS 另存为 .docx 再导入。"
        )
    return PlanImportError(f"不认识“{name}”这种文件。请给 {_KINDS}；别的请先另存为其中一种。")
