"""How the rows of a log sheet are replaced in its XML.

The sheet may have tens of thousands of rows and almost a hundred megabytes. So only the XML above
the rows is parsed; the new rows are written as text in pieces, and the XML below them is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from operator import getitem
from typing import TYPE_CHECKING, Any

from qiyx_xl.files.xml import Q, parse
from qiyx_xl.ledger.content.log_rows import row_height
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.sheet_xml import check_headers
from qiyx_xl.ledger.file.xml_cells import TEXT_END, is_simple, text_head, value_rest
from qiyx_xl.ledger.layout.cells import Value, address, column_letter, column_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.layout.tables import SheetTable

_DATA = re.compile(rb"<sheetData\s*/>|<sheetData\b[^>]*>(?P<rows>.*)</sheetData>", re.DOTALL)
_ROW = re.compile(rb'<row\b[^>]*?\sr="(\d+)"[^>]*>')
_ROW_WITHOUT_NUMBER = re.compile(rb'<row(?![^>]*\sr=")')
# A row with other attributes than its number, or without a number. Of tens of thousands of rows
# few are so, and only these are examined.
_ODD_ROW = re.compile(rb'<row\b(?! r="[0-9]+"/?>)[^>]*>')
_DIMENSION = re.compile(rb'(<dimension\b[^>]*?\bref=")[^"]*(")')
_HEIGHT = re.compile(rb' (?:ht|customHeight)="[^"]*"')
_KEPT_OF_ROW = re.compile(rb' (?:ht|customHeight|hidden|s|customFormat|outlineLevel)="[^"]*"')
_OPENED, _CLOSED = b"<sheetData>", b"</sheetData>"
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class LogSheet:
    """A log sheet with its new rows. Iterating gives its XML in pieces, made while iterating."""

    table: SheetTable
    values: Sequence[Sequence[Value]]
    styles: Sequence[str]
    above: bytes
    below: bytes
    old: OldRows

    @property
    def others(self) -> bytes:
        """The XML that is not ours: without our rows, but with the cells beyond our columns."""
        foreign = (cell for cells in self.old.foreign.values() for cell in cells)
        return b"".join((self.above, *foreign, self.below))

    def __bytes__(self) -> bytes:
        return b"".join(self)

    def __iter__(self) -> Iterator[bytes]:
        yield self.above
        rows = list[bytes]()
        for row in self._rows():
            rows.append(row)
            if len(rows) == _ROWS_AT_ONCE:
                yield b"".join(rows)
                rows.clear()
        yield b"".join((*rows, self.below))

    def _rows(self) -> Iterator[bytes]:
        table, values, old = self.table, self.values, self.old
        columns = [_Column(place, style) for place, style in enumerate(self.styles)]
        last = max([len(values) - 1, *(row - table.first_row for row in (*old.foreign, *old.kept))])
        for offset in range(last + 1):
            row = table.first_row + offset
            filled = values[offset] if offset < len(values) else ()
            number = b"%d" % (row + 1)
            cells = b"".join(map(getitem, columns, filled)).replace(_NUMBER, number)
            if row in old.foreign:
                cells += b"".join(old.foreign[row])
            kept = old.kept.get(row, b"")
            height = row_height(table, filled) if filled and table.wraps else None
            if height is not None:
                kept += f' ht="{height:g}" customHeight="1"'.encode()
            if cells or kept:
                yield b'<row r="%b"%b>%b</row>' % (number, kept, cells)


def patch_log_sheet(
    ledger: OpenedLedger, xml: bytes, table: SheetTable, values: Sequence[Sequence[Value]]
) -> LogSheet:
    """Return a log sheet with the rows under its header replaced.

    Cells to the right of our columns stay in their row.

    Raises:
        LedgerError: a column of ours was moved, or there are more rows than the sheet has room
            for.
    """
    check_room(table, len(values))
    found = _DATA.search(xml)
    if found is None:
        raise _illegible(table)
    # The rows may have almost a hundred megabytes: they are searched in place, without a copy.
    start, end = found.span("rows") if found["rows"] is not None else (found.end(), found.end())
    cut = _start_of_data(xml, start, end, table)
    above, after = xml[start:cut], xml[found.end() :]
    if _ROW_WITHOUT_NUMBER.search(above):
        raise _illegible(table)
    head = parse(b"".join((xml[: found.start()], _OPENED, above, _CLOSED, after)))
    check_headers(ledger, {cell.get("r"): cell for cell in head.iter(f"{Q}c")}, table)
    old = OldRows(xml, cut, end, table)
    before = _with_dimension(xml[: found.start()], table, len(values), old)
    return LogSheet(
        table,
        values,
        _column_styles(head, table),
        b"".join((before, _OPENED, above)),
        _CLOSED + after,
        old,
    )


def _illegible(table: SheetTable) -> LedgerError:
    return LedgerError(f"读不懂“{table.sheet.value}”表。请换回备份的台账再试。")


def check_room(table: SheetTable, rows: int) -> None:
    """Refuse more rows than a log sheet has room for, so that none is left out silently.

    Raises:
        LedgerError: there are more rows.
    """
    most = table.last_row - table.first_row + 1
    if rows > most:
        raise LedgerError(
            f"“{table.sheet.value}”放不下 {rows:,} 行（这张表最多 {most:,} 行）。台账没有改动，"
            "数据库里一条不少：请另建一份台账，或用 qiyx status --format json 取数。"
        )


def _start_of_data(xml: bytes, start: int, end: int, table: SheetTable) -> int:
    for found in _ROW.finditer(xml, start, end):
        if int(found[1]) > table.header_row + 1:
            return found.start()
    return end


class OldRows:
    """What is kept of the old rows: heights, formats, hidden rows, cells beyond our columns."""

    def __init__(self, xml: bytes, start: int, end: int, table: SheetTable) -> None:
        self.kept: dict[int, bytes] = {}
        for odd in _ODD_ROW.finditer(xml, start, end):
            found = _ROW.match(odd[0])
            if found is None:
                raise _illegible(table)
            kept = b"".join(_KEPT_OF_ROW.findall(odd[0]))
            if table.wraps:
                kept = _HEIGHT.sub(b"", kept)  # in this table the texts determine the height
            if kept:
                self.kept[int(found[1]) - 1] = kept
        self.foreign: dict[int, list[bytes]] = {}
        self.last_column = len(table.columns) - 1
        beyond = _letters_beyond(table)
        # Nearly always there is no such cell; this search finds that out in a tenth of the time.
        if re.compile(rf'r="(?:{beyond})\d'.encode()).search(xml, start, end) is None:
            return
        cells = re.compile(
            rf'<c\s[^>]*?\br="({beyond})(\d+)"[^>]*?(?:/>|>.*?</c>)'.encode(), re.DOTALL
        )
        for cell in cells.finditer(xml, start, end):
            self.foreign.setdefault(int(cell[2]) - 1, []).append(cell[0])
            self.last_column = max(self.last_column, column_of(cell[1].decode()))


def _letters_beyond(table: SheetTable) -> str:
    """Return a pattern of the letters of the columns to the right of a table."""
    last = column_letter(len(table.columns) - 1)
    return "[A-Z]{2,3}" if last == "Z" else f"[{chr(ord(last) + 1)}-Z]|[A-Z]{{2,3}}"


_NUMBER = b"\0"  # placeholder of a row's number in its cells; XML text cannot contain it


class _Column(dict[Value, bytes]):
    """The XML of one column's cells by value, without the row's number; empty for a blank.

    Most values of a log occur in many rows, so each is serialized once.
    """

    _BLANKS: Mapping[Value, bytes] = {None: b"", "": b""}
    _MOST_REMEMBERED = 4096

    def __init__(self, place: int, style: str) -> None:
        super().__init__(self._BLANKS)
        self._style = style
        self._head = f'<c r="{column_letter(place)}\0"'
        self._text_head = self._head + text_head(style)

    def __missing__(self, value: Value) -> bytes:
        if isinstance(value, str) and is_simple(value):
            cell = f"{self._text_head}{value}{TEXT_END}".encode()
        else:
            cell = (self._head + value_rest(self._style, value)).encode()
        if isinstance(value, datetime) and value.tzinfo is not None:
            return cell  # not cached: equal times of two time zones are written differently
        if len(self) >= self._MOST_REMEMBERED:
            self.clear()
            self.update(self._BLANKS)
        self[value] = cell
        return cell


def _column_styles(head: Any, table: SheetTable) -> list[str]:
    """Return the style number of each of our columns, which new cells get."""
    styles = [""] * len(table.columns)
    for column in head.iter(f"{Q}col"):
        for place in range(int(column.get("min")) - 1, int(column.get("max"))):
            if place < len(styles):
                styles[place] = column.get("style", "")
    return styles


def _with_dimension(before: bytes, table: SheetTable, count: int, old: OldRows) -> bytes:
    last_row = max([table.header_row + count, *old.foreign])
    ref = f"A1:{address(last_row, old.last_column)}"
    return _DIMENSION.sub(rb"\g<1>" + ref.encode() + rb"\g<2>", before, count=1)
