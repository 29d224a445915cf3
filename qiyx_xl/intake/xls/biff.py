"""Which cells an .xls workbook stores: a survey of its records, before the reader runs.

A workbook's stream is a sequence of records (MS-XLS 2.1.4), each a number, a length and data: the
globals first, then each sheet, at the offset that the globals give. The cells counted here limit
what the reader (``sheets``) is given, and are compared with what it returns, so that a reader that
loses rows, or mistakes the text of a text box for cells, is noticed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core import findings as say
from qiyx_xl.files.addresses import address
from qiyx_xl.intake.cells.facts import MOST_CELLS
from qiyx_xl.intake.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = 256  # of an .xls sheet
_BIFF5, _BIFF8 = 0x0500, 0x0600
_SHEET_KIND, _MACRO_KIND = 0, 1
_MOST_SHEETS = 1_000

# Records, by their numbers in MS-XLS 2.3.
_BOF, _EOF, _CONTINUE, _FILE_PASS = 0x0809, 0x000A, 0x003C, 0x002F
_BOUND_SHEET, _CODE_PAGE, _FORMAT, _SST = 0x0085, 0x0042, 0x041E, 0x00FC
_SUP_BOOK = 0x01AE
_WINDOW, _SHOWS_ZEROS = 0x023E, 0x0010
_FORMULA, _FORMULA_3, _FORMULA_4, _STRING = 0x0006, 0x0206, 0x0406, 0x0207
_FORMULAS = frozenset({_FORMULA, _FORMULA_3, _FORMULA_4})
_BELOW_FORMULA = frozenset({0x0221, 0x0021, 0x04BC, 0x00BC, 0x0236, 0x0036, 0x0037})
_MULTIPLE = 0x00BD  # MulRk: numbers side by side
_SINGLE = frozenset({0x0203, 0x00FD, 0x0204, 0x00D6, 0x027E, 0x0205})
# All that the reader needs. The others (names, links, charts, drawings, conditional formats) can
# only make it fail, or return cells that are not cells of the sheet.
_KEPT_GLOBALS = frozenset(
    {_BOF, _EOF, _BOUND_SHEET, _CODE_PAGE, 0x0022, 0x0031, 0x0231, _FORMAT, 0x00E0, 0x0092, _SST}
)
_KEPT_IN_SHEET = frozenset(
    {_BOF, _EOF, _STRING, 0x0208, 0x007D, 0x0225, 0x00E5, _MULTIPLE}
    | _SINGLE | _FORMULAS | _BELOW_FORMULA
)  # fmt: skip
_PASSED_OVER = 0x7FFE  # not the number of any record, so the reader ignores the record
_RESULT_AT, _FLAGS_AT = 6, 14  # in a formula record
_TEXT_RESULT, _NO_TEXT_RESULT = 0, 3
_ON_LOAD = 0x0002  # the formula is to be calculated when the file is opened
# The values that mean a link to the workbook itself, or to an add-in.
_NOWHERE_ELSE = (0x0401, 0x3A01)


class BiffRecord(NamedTuple):
    """One record: its number, and where it begins and ends in the stream."""

    number: int
    start: int
    end: int


@dataclass(slots=True)
class StoredSheet:
    """The cells that one sheet stores.

    ``cells`` are the cells that are not empty, as row × 256 + column, from 0; ``formulas`` maps
    each cell with a formula to whether a result was stored with it.
    """

    cells: set[int] = field(default_factory=set)
    formulas: dict[int, bool] = field(default_factory=dict)
    is_out_of_order: bool = False
    hides_zeros: bool = False


@dataclass(slots=True)
class Records:
    """The result of the survey of a workbook.

    ``stream`` is the workbook with only the records that the reader needs; ``sheets`` are its
    worksheets, in order; ``formats`` are the numbers of the formats that the workbook defines.
    """

    stream: bytes = b""
    is_unicode: bool = True
    code_page: int | None = None
    sheets: list[StoredSheet] = field(default_factory=list)
    formats: set[int] = field(default_factory=set)


class Globals(NamedTuple):
    """What the records before the sheets show: encryption, macros, links.

    ``file_pass`` is the data of the record that describes the encryption; None without one.
    """

    file_pass: bytes | None = None
    has_macro_sheets: bool = False
    has_links: bool = False
    has_dde: bool = False


def read_globals(stream: bytes) -> Globals:
    """Return what the records before the sheets show, as far as they can be read."""
    has_macros = has_links = has_dde = False
    for number, start, end in _records(stream, 0):
        data = stream[start + 4 : end]
        if number == _FILE_PASS:
            return Globals(file_pass=data)  # all that follows is encrypted
        if number == _EOF:
            break
        if number == _BOUND_SHEET and len(data) >= 6:  # noqa: PLR2004 - an offset, two signs
            has_macros |= data[5] == _MACRO_KIND
        if number == _SUP_BOOK and len(data) >= 4:  # noqa: PLR2004 - a count, a length, a path
            path = data[4:].replace(b"\x00", b"")
            is_elsewhere = struct.unpack_from("<H", data, 2)[0] not in _NOWHERE_ELSE
            has_links |= is_elsewhere and len(path) > 1
            has_dde |= is_elsewhere and b"\x03" in path
    return Globals(None, has_macros, has_links, has_dde)


def survey(stream: bytes) -> Records:
    """Read all records of a workbook.

    Raises:
        Refused: they cannot be read.
    """
    return _Survey(stream).records()


def _records(stream: bytes, at: int) -> Iterator[BiffRecord]:
    """Yield the records from an offset on; one that reaches beyond the end is not yielded."""
    size = len(stream)
    while at + 4 <= size:
        number, length = struct.unpack_from("<HH", stream, at)
        end = at + 4 + length
        if end > size:
            return
        yield BiffRecord(number, at, end)
        at = end


def _damaged(detail: str) -> Refused:
    return Refused(say.DAMAGED.at(detail=detail))


class _Survey:
    """Reads all records once, and marks in a copy of the stream those that the reader must skip."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._copy = bytearray(stream)
        self._found = Records()
        self._offsets: list[int] = []
        self._has_recalc_id = False
        self._count = 0

    def records(self) -> Records:
        self._take_globals()
        for offset in self._offsets:
            self._found.sheets.append(self._take_sheet(offset))
        self._found.stream = bytes(self._copy)
        return self._found

    def _data(self, record: BiffRecord) -> bytes:
        return self._stream[record.start + 4 : record.end]

    def _drop(self, record: BiffRecord) -> None:
        struct.pack_into("<H", self._copy, record.start, _PASSED_OVER)

    def _take_globals(self) -> None:
        found = self._found
        kept = 0
        for record in _records(self._stream, 0):
            number, data = record.number, self._data(record)
            if record.start == 0:
                self._take_beginning(number, data)
            is_kept = number in _KEPT_GLOBALS or (number == _CONTINUE and kept == _SST)
            if not is_kept:
                self._drop(record)
            if number != _CONTINUE:
                kept = number
            match number:
                case 0x000A:
                    return
                case 0x0085:
                    self._take_bound_sheet(record, data)
                case 0x0042 if len(data) >= 2:  # noqa: PLR2004 - a code page
                    found.code_page = struct.unpack_from("<H", data)[0]
                case 0x041E if len(data) >= 2:  # noqa: PLR2004 - a format's number
                    found.formats.add(struct.unpack_from("<H", data)[0])
                case 0x01C1:
                    self._has_recalc_id = True
        raise _damaged("工作簿在中途断了")

    def _take_beginning(self, number: int, data: bytes) -> None:
        version = struct.unpack_from("<H", data)[0] if len(data) >= 4 else 0  # noqa: PLR2004
        if number != _BOF or version not in {_BIFF5, _BIFF8}:
            raise Refused(say.OTHER_WORKBOOK.at(what="Excel 4 或更早的工作簿", program="Excel"))
        self._found.is_unicode = version == _BIFF8

    def _take_bound_sheet(self, record: BiffRecord, data: bytes) -> None:
        if len(data) < 8:  # noqa: PLR2004 - an offset, two signs, a name
            raise _damaged("工作表目录有误")
        offset, _, kind = struct.unpack_from("<IBB", data)
        if kind == _SHEET_KIND:
            self._offsets.append(offset)
            if len(self._offsets) > _MOST_SHEETS:
                raise _damaged("工作表过多")
        else:
            self._drop(record)

    # --- sheets -------------------------------------------------------------------------------

    def _take_sheet(self, offset: int) -> StoredSheet:
        sheet = StoredSheet()
        depth, kept, last_row = 0, 0, -1
        records = _records(self._stream, offset)
        for record in records:
            number = record.number
            if number == _BOF:
                depth += 1
            elif depth == 0:
                break  # there is no sheet at the offset
            is_own = depth == 1  # embedded charts are deeper; they have cell records of their own
            is_kept = number in _KEPT_IN_SHEET or (number == _CONTINUE and kept == _STRING)
            if not is_own or not is_kept:
                self._drop(record)
            if number == _EOF:
                depth -= 1
                if depth == 0:
                    return sheet
            elif is_own and number == _WINDOW and record.end >= record.start + 6:
                flags = struct.unpack_from("<H", self._stream, record.start + 4)[0]
                sheet.hides_zeros = not flags & _SHOWS_ZEROS
            elif is_own:
                row = self._take_cells(sheet, record)
                if row is not None:
                    sheet.is_out_of_order |= row < last_row
                    last_row = row
            if number != _CONTINUE:
                kept = number if is_own else 0
        raise _damaged("工作表在中途断了")

    def _take_cells(self, sheet: StoredSheet, record: BiffRecord) -> int | None:
        """Count the cells of a record; return its row, or None if it is no record of cells."""
        number = record.number
        if number not in _SINGLE and number not in _FORMULAS and number != _MULTIPLE:
            return None
        data = self._data(record)
        if len(data) < 6:  # noqa: PLR2004 - a row, a column, a format
            raise _damaged("单元格记录有误")
        row: int
        column: int
        row, column = struct.unpack_from("<HH", data)
        last = struct.unpack_from("<H", data, len(data) - 2)[0] if number == _MULTIPLE else column
        if not column <= last < COLUMNS or (
            number == _MULTIPLE and len(data) != 6 + 6 * (last - column + 1)
        ):
            raise _damaged("单元格记录有误")
        for at in range(row * COLUMNS + column, row * COLUMNS + last + 1):
            if at in sheet.cells:
                detail = address(row + 1, at % COLUMNS + 1)
                raise Refused(say.CELL_TWICE.at(detail=detail))
            sheet.cells.add(at)
        self._count += last - column + 1
        if self._count > MOST_CELLS:
            raise Refused(say.TOO_MANY_CELLS.at(count=MOST_CELLS))
        if number in _FORMULAS:
            sheet.formulas[row * COLUMNS + column] = self._has_result(record, data)
        return row

    def _has_result(self, record: BiffRecord, data: bytes) -> bool:
        """Whether a formula's result was stored with it.

        Programs that cannot calculate store an empty text or 0 and ask Excel to calculate when
        the file is opened.
        """
        if len(data) < _FLAGS_AT + 2:
            raise _damaged("公式记录有误")
        result = data[_RESULT_AT : _RESULT_AT + 8]
        is_due = struct.unpack_from("<H", data, _FLAGS_AT)[0] & _ON_LOAD != 0
        if result[6:] != b"\xff\xff":
            return not (is_due and struct.unpack("<d", result)[0] == 0)
        kind = result[0]
        if kind == _TEXT_RESULT and not self._is_followed_by_text(record):
            # The reader would fail on the missing text record.
            self._copy[record.start + 4 + _RESULT_AT] = _NO_TEXT_RESULT
            return False
        return kind != _NO_TEXT_RESULT or (self._has_recalc_id and not is_due)

    def _is_followed_by_text(self, formula: BiffRecord) -> bool:
        for number, _, _ in _records(self._stream, formula.end):
            if number not in _BELOW_FORMULA:
                return number == _STRING
        return False
