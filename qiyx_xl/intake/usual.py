"""Workbooks spelled the way Excel, WPS and LibreOffice spell them, read in one pass.

Nearly every workbook that comes in holds numbers and shared texts, each cell as
``<c r="A1" s="3" t="s"><v>7</v></c>``. One pass over the XML then gives the values together with
what the fast reader would hide, and no other reader need be asked. Whatever is spelled otherwise
(formulas, errors, rich text, dates, other encodings) makes ``read_usual`` step aside; a test holds
both ways in agreement.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from qiyx_xl.intake.scan import (
    MANY_CELLS,
    ROW_NUMBER,
    SheetFacts,
    bound,
    column_number,
    refuse_twice,
    scan_layout,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.core.cells import CellValue
    from qiyx_xl.intake.styles import Styles

_CELL = re.compile(
    rb'<c r="([A-Z]{1,9}[1-9][0-9]{0,9})"(?: s="([0-9]+)")?(?: t="([a-z]+)")?'
    rb"(?: ?/>|><v>([^<&]*)</v></c>|>(?:<v ?/>)?</c>)"
)
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_TEXT = re.compile('<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_ANY_TEXT = re.compile("<si>(.*?)</si>", re.DOTALL)
_RUN = re.compile('<t(?: xml:space="preserve")?>([^<]*)</t>')
_DECLARATION = re.compile(
    rb'(?:<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?(?: standalone="[a-z]+")?\?>)?'
    rb"\s*<[a-z]"
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


class Unusual(Exception):  # noqa: N818 - nothing is wrong: another reader is to be asked
    """Something is spelled in another way."""


def read_usual(
    xml: bytes, strings: Mapping[bytes, str], styles: Styles
) -> tuple[list[list[CellValue]], SheetFacts]:
    """Return a sheet's rows from A1 on, and what else is known of its cells.

    Raises:
        Unusual: another reader must be asked.
        Refused: the sheet is too large, or says two things of one cell.
    """
    head, data, tail = _split(xml)
    cells = _CELL.findall(data)
    numbers = [int(number) for number in ROW_NUMBER.findall(data)]
    if len(cells) != data.count(b"<c ") or len(numbers) != data.count(b"<row "):
        raise Unusual
    facts = SheetFacts()
    facts.is_out_of_order = any(a >= b for a, b in pairwise(numbers))
    scan_layout(head, data, tail, facts)
    filled = _values(cells, strings, styles, facts)
    bound(facts)
    rows: list[list[CellValue]] = [[None] * facts.columns for _ in range(facts.rows)]
    for row, column, value in filled.values():
        rows[row - 1][column - 1] = value
    return rows, facts


def _values(
    cells: list[tuple[bytes, bytes, bytes, bytes]],
    texts: Mapping[bytes, str],
    styles: Styles,
    facts: SheetFacts,
) -> dict[bytes, tuple[int, int, CellValue]]:
    """Return row, column and value of each filled cell by address, and set the sheet's extent.

    This is the innermost loop of all: a thousand cells a file.
    """
    filled: dict[bytes, tuple[int, int, CellValue]] = {}
    places, plain, percent = _PLACES, styles.number, styles.percent
    last_row = last_column = 0
    value: CellValue
    for address, style, kind, text in cells:
        if not text:
            continue
        row, column = places[address]
        if row > last_row:  # noqa: PLR1730 - max() takes three times as long, a thousand times
            last_row = row
        if column > last_column:  # noqa: PLR1730
            last_column = column
        if kind == b"s":
            known = texts.get(text)
            if known is None:
                raise Unusual
            value = known
        elif kind in _KINDS_OF_NUMBERS and style in plain and _NUMBER.fullmatch(text):
            value = float(text)
        else:
            raise Unusual
        if style in percent:
            facts.percents.add((row, column))
        filled[address] = (row, column, value)
    facts.rows, facts.columns = last_row, last_column
    addresses = [cell[0] for cell in cells if cell[3]]
    if len(addresses) != len(filled):
        refuse_twice(places[address] for address in addresses)
    return filled


_KINDS_OF_NUMBERS = (b"", b"n")
_MOST_PLACES = 50_000


class _Places(dict[bytes, tuple[int, int]]):
    """Row and column by address; the same few thousand addresses come up in every file."""

    def __missing__(self, address: bytes) -> tuple[int, int]:
        letters = address.rstrip(b"0123456789")
        place = (int(address[len(letters) :]), column_number(letters.decode()))
        if len(self) < _MOST_PLACES:
            self[address] = place
        return place


_PLACES = _Places()
_INDEXES: list[bytes] = []


def _split(xml: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what stands before a sheet's cells, the cells, and what follows them.

    Raises:
        Unusual: that cannot be told, or the cells are too many or spelled with other signs.
    """
    start, end = xml.find(b"<sheetData>"), xml.find(b"</sheetData>")
    if start < 0 or end < start or _DECLARATION.match(xml) is None:
        raise Unusual
    head, data, tail = xml[:start], xml[start:end], xml[end:]
    is_usual = (
        b"<worksheet" in head
        and b"'" not in head
        and b"!" not in head
        and b"'" not in data
        and b"!" not in data
        and b"<sheetData" not in tail
        and b"<!--" not in tail
        and tail.endswith(b"</worksheet>")
        and data.count(b"<c ") <= MANY_CELLS
    )
    if not is_usual:
        raise Unusual
    return head, data, tail


def read_strings(xml: bytes) -> dict[bytes, str]:
    """Return the texts that the sheets share, by their index as the sheets spell it.

    Raises:
        Unusual: some of them are more than text, in one piece or in several.
    """
    if not xml:
        return {}
    if _DECLARATION.match(xml) is None:
        raise Unusual
    try:
        shared = xml[xml.find(b"<sst") :].decode()
    except UnicodeDecodeError:
        raise Unusual from None
    # "_x000D_" is how a carriage return is spelled. One sign first: it is found in no time.
    if (
        "\r" in shared
        or ("_" in shared and "_x" in shared)
        or ("!" in shared and "<!" in shared)
        or ("&" in shared and "&#" in shared)
    ):
        raise Unusual
    texts: list[str] = _TEXT.findall(shared)
    count = shared.count("<si")
    if len(texts) != count:
        runs = [_RUN.findall(text) for text in _ANY_TEXT.findall(shared)]
        is_all = len(runs) == count and sum(map(len, runs)) == shared.count("<t")
        if not is_all or "<rPh" in shared:  # how a word is pronounced is no part of it
            raise Unusual
        texts = ["".join(run) for run in runs]
    if "&" in shared:
        texts = [_unescaped(text) if "&" in text else text for text in texts]
    if len(_INDEXES) < len(texts):
        _INDEXES.extend(b"%d" % index for index in range(len(_INDEXES), len(texts)))
    return dict(zip(_INDEXES, texts, strict=False))


def _unescaped(text: str) -> str:
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return text
