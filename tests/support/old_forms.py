"""Forms in the old .xls format, written cell by cell with xlwt."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import olefile
import xlwt

from support.drawn_forms import CONTACTS, IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = ("指标编码", "指标名称", "计量单位", "本期实际值")
PLAIN = xlwt.easyxf()


def workbook_stream(file: bytes) -> bytes:
    """The stream of an .xls file that is its workbook."""
    return olefile.OleFileIO(io.BytesIO(file)).openstream("Workbook").read()


def old_form(
    value: object = 320, style: xlwt.XFStyle = PLAIN, *, and_then: Callable = lambda _: None, **more
) -> bytes:
    """An .xls with one form of one row, whose 本期实际值 (D2) is this.

    ``and_then`` is given the sheet; ``more`` sets the workbook's own settings.
    """
    book = xlwt.Workbook(encoding="utf-8")
    for setting, setting_value in more.items():
        setattr(book, setting, setting_value)
    sheet = book.add_sheet("填报表", cell_overwrite_ok=True)
    for column, text in enumerate(HEADER):
        sheet.write(0, column, text)
    for column, text in enumerate(("1", "托位数", "个")):
        sheet.write(1, column, text)
    if isinstance(value, list):
        sheet.write_rich_text(1, 3, value, style)
    elif value is not None:
        sheet.write(1, 3, value, style)
    for column, text in enumerate(CONTACTS):
        sheet.write(3, column, text)
    and_then(sheet)
    identity = book.add_sheet("_qiyx")
    identity.visibility = 2
    for row, (key, text) in enumerate(IDENTITY.items()):
        identity.write(row, 0, key)
        identity.write(row, 1, text)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def error_at(row: int, column: int, code: int) -> Callable:
    """What writes an error into a cell."""
    return lambda sheet: sheet.row(row).set_cell_error(column, code)


def formula(text: str) -> xlwt.Formula:
    """A formula without a result, as xlwt writes it."""
    return xlwt.Formula(text)


def records(stream: bytes) -> list[tuple[int, bytes]]:
    """The records of a workbook, up to its end."""
    found, at = [], 0
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        if number == 0 and length == 0:
            break
        found.append((number, stream[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def spelled(found: list[tuple[int, bytes]]) -> bytes:
    """A workbook of these records, the sheets' offsets put right."""
    stream, begins = b"", []
    for number, data in found:
        if number == 0x0809:
            begins.append(len(stream))
        stream += struct.pack("<HH", number, len(data)) + data
    sheets = iter(begins[1:])
    at = 0
    result = bytearray(stream)
    for number, data in found:
        if number == 0x0085 and data[5] == 0:
            struct.pack_into("<I", result, at + 4, next(sheets))
        at += 4 + len(data)
    return bytes(result)
