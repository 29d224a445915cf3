"""What the cells of a sheet show, as texts that can be compared, whatever program saved it.

A number is formatted with the 15 digits that spreadsheet programs keep; a time is its serial
number; a number stored as text counts as the number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import unescape  # also for XML: numbers, and the five names that XML has
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.serials import serial_of
from qiyx_xl.core.primitives.values import SIGNIFICANT_DIGITS, plain
from qiyx_xl.files.xml import unescaped
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.layout.cells import CellError, Value, address, column_letter, column_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.layout.tables import SheetTable

_LONGEST_NUMBER = 40
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[Ee][+-]?[0-9]+)?")
_ROW = re.compile(rb'<row\s[^>]*?\br="([0-9]+)"[^>]*?(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(rb"<c\s([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'\b([rt])="([^"]*)"')
_VALUE = re.compile(rb"<v\b[^>]*>(.*?)</v>", re.DOTALL)
_TEXT = re.compile(rb"<t\b[^>]*>(.*?)</t>", re.DOTALL)
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>", re.DOTALL)
_FORMULA = re.compile(rb"<f\b([^>]*?)(?:/>|>(.*?)</f>)", re.DOTALL)
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\bref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell shows, formatted by ``canonical``, and its formula; None if it has none."""

    text: str = ""
    formula: str | None = None


def canonical(value: Value) -> str:
    """Format a value so that equal values give equal texts."""
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.value
    if isinstance(value, date):
        return _number(plain(serial_of(value)))
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return _number(text) if _is_number(text) else text
    return _number(str(value))


def same_formula(expected: str, found: str | None) -> bool:
    """Whether a cell still has a formula.

    Programs write blanks, quotes of sheet names, prefixes and capitals differently; these
    differences are ignored. A formula without text (part of a shared one) counts as the same.
    """
    if found is None:
        return False
    return found == "" or _normalized(expected) == _normalized(found)


def _normalized(formula: str) -> str:
    return re.sub(r"[\s']|_xlfn\.", "", formula).casefold()


class SheetCells:
    """A sheet's cells, found in its XML without parsing it into a tree, for speed."""

    def __init__(self, ledger: OpenedLedger, xml: bytes) -> None:
        self._ledger = ledger
        self._xml = xml
        self._cells: dict[str, Shown] | None = None
        self._covered = {
            where
            for found in _MERGED.findall(xml)
            for where in _inside(*(part.decode() for part in found))
        }

    def is_covered(self, row: int, column: int) -> bool:
        """Whether a cell is hidden under a merged cell that begins elsewhere."""
        return address(row, column) in self._covered

    def at(self, where: str) -> Shown:
        """Return what the cell at an address shows."""
        if self._cells is None:
            self._cells = dict(self._all())
        return self._cells.get(where, Shown())

    def rows(self, table: SheetTable) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the number, from 0, and the texts of each filled row below a table's header."""
        width = len(table.columns)
        places = {column_letter(place): place for place in range(width)}
        for number, cells in self._rows():
            if number <= table.header_row:
                continue
            texts = [""] * width
            for where, attributes, inside in cells:
                place = places.get(where.rstrip("0123456789"))
                if place is not None:
                    texts[place] = self._text(attributes, inside)
            if any(texts):
                yield number, tuple(texts)

    def _all(self) -> Iterator[tuple[str, Shown]]:
        for _, cells in self._rows():
            for where, attributes, inside in cells:
                yield where, Shown(self._text(attributes, inside), _formula(inside))

    def _rows(self) -> Iterator[tuple[int, list[tuple[str, dict[bytes, bytes], bytes]]]]:
        for row in _ROW.finditer(self._xml):
            cells = []
            for cell in _CELL.finditer(row[2] or b""):
                attributes = dict(_ATTRIBUTE.findall(cell[1]))
                cells.append((attributes.get(b"r", b"").decode(), attributes, cell[2] or b""))
            yield int(row[1]) - 1, cells

    def _text(self, attributes: dict[bytes, bytes], inside: bytes) -> str:
        kind = attributes.get(b"t", b"n")
        if kind == b"inlineStr":
            plain = _PHONETIC.sub(b"", inside)
            return canonical(_unescaped(b"".join(_TEXT.findall(plain))))
        found = _VALUE.search(inside)
        if found is None:
            return ""
        value = _unescaped(found[1])
        if kind == b"s":
            return canonical(unescaped(self._ledger.shared_string(int(value))))
        return canonical(value)


def _unescaped(text: bytes) -> str:
    return unescaped(unescape(text.decode()))


def _formula(inside: bytes) -> str | None:
    found = _FORMULA.search(inside)
    if found is None:
        return None
    return unescape((found[2] or b"").decode())


def _inside(left: str, top: str, right: str, bottom: str) -> Iterator[str]:
    """Yield the addresses of a merged cell, without the first one, which is visible."""
    first, last = column_of(left), column_of(right)
    if (int(bottom) - int(top) + 1) * (last - first + 1) > _MOST_MERGED:
        raise LedgerError("表里有大得不正常的合并单元格。请取消合并再试。")
    for row in range(int(top) - 1, int(bottom)):
        for column in range(first, last + 1):
            if (row, column) != (int(top) - 1, first):
                yield address(row, column)


_MOST_MERGED = 1_000_000


def _is_number(text: str) -> bool:
    return len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None


def _number(text: str) -> str:
    number = Decimal(text)
    if number == 0:
        return "0"
    rounded = Decimal(format(number, f".{SIGNIFICANT_DIGITS - 1}E"))
    return format(rounded.normalize(), "f")
