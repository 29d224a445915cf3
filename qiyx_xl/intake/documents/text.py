"""What a text file says: its paragraphs, and its tables of ``|``, tabs or commas."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.source import PlanImportError, SourceText, Table, is_rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_TABLE_LINE = re.compile(r"[|｜\t]")
_ENDS = "|｜"
_MOST_FIELD = 100_000  # characters of a cell in a .csv


def decode(data: bytes, name: str) -> str:
    """Return a file's text, in the encodings that office programs write.

    Raises:
        PlanImportError: it is in none of them.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise PlanImportError(f"“{name}”不是文本文件。请另存为 UTF-8 编码的 .txt。")


def read_text(data: bytes, path: Path) -> SourceText:
    """Split a text into paragraphs and tables."""
    text = decode(data, path.name)
    if path.suffix.lower() in (".csv", ".tsv"):
        return _from_csv(text, path)
    return from_lines(text.replace("\f", "\n").splitlines())


def from_lines(lines: Iterable[str]) -> SourceText:
    """Split lines into paragraphs and tables: lines with ``|`` or tabs are a table's rows."""
    paragraphs: list[str] = []
    tables: list[Table] = []
    rows: list[str] = []
    for line in [*lines, ""]:
        if _TABLE_LINE.search(line.strip("\t ")):
            rows.append(line)
            continue
        if rows:
            tables.append(Table(_cells(rows), where=f"表{len(tables) + 1}"))
            rows = []
        if line.strip():
            paragraphs.append(line.strip())
    return SourceText(tuple(paragraphs), tuple(tables))


def _cells(lines: list[str]) -> tuple[tuple[str, ...], ...]:
    """Split a table's lines; a bar at the beginning of every line is no cell's end."""
    framed = all(line.lstrip().startswith(tuple(_ENDS)) for line in lines)
    rows = []
    for line in lines:
        text = line.strip(" \r")
        if framed:
            text = text[1:]
            text = text[:-1] if text.endswith(tuple(_ENDS)) else text
        cells = tuple(cell.strip() for cell in _TABLE_LINE.split(text))
        if not is_rule(cells):
            rows.append(cells)
    return tuple(rows)


def _from_csv(text: str, path: Path) -> SourceText:
    sample = text[:4000]
    delimiter = max(",\t;；，", key=sample.count)
    csv.field_size_limit(_MOST_FIELD)
    try:
        rows = tuple(
            tuple(cell.strip() for cell in row)
            for row in csv.reader(text.splitlines(), delimiter=delimiter)
        )
    except csv.Error as error:
        raise PlanImportError(
            f"“{path.name}”不是完整的 .csv 文件。请在表格软件里另存为 .xlsx 再试。"
        ) from error
    filled = (tuple(filter(None, row)) for row in rows)
    lines = tuple(cells[0] for cells in filled if len(cells) == 1)
    return SourceText(lines, (Table(rows, where="表1"),))
