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
    column_number,
    facts_of_cells,
    scan_layout,
)

if TYPE_CHECKING:
    from qiyx_xl.core.cells import CellValue
    from qiyx_xl.intake.styles import Styles

_CELL = re.compile(
    rb'<c r="([A-Z]+)([0-9]{1,4000})"(?: s="([0-9]+)")?(?: t="([a-z]+)")?'
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
    xml: bytes, strings: list[str], styles: Styles
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
    columns = _COLUMNS
    filled = [
        (int(row), columns.get(letters) or _column(letters), style, kind, text)
        for letters, row, style, kind, text in cells
        if text
    ]
    facts = facts_of_cells(filled, styles.percent)
    facts.is_out_of_order = any(a >= b for a, b in pairwise(numbers))
    scan_layout(head, data, tail, facts)
    rows: list[list[CellValue]] = [[None] * facts.columns for _ in range(facts.rows)]
    plain = styles.number
    for row, column, style, kind, text in filled:
        if kind == b"s":
            if not text.isdigit() or int(text) >= len(strings):
                raise Unusual
            rows[row - 1][column - 1] = strings[int(text)]
        elif kind in _KINDS_OF_NUMBERS and style in plain and _NUMBER.fullmatch(text):
            rows[row - 1][column - 1] = float(text)
        else:
            raise Unusual
    return rows, facts


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
        and not any(sign in part for part in (head, data) for sign in (b"'", b"<!"))
        and b"<sheetData" not in tail
        and b"<!--" not in tail
        and tail.endswith(b"</worksheet>")
        and data.count(b"<c ") <= MANY_CELLS
    )
    if not is_usual:
        raise Unusual
    return head, data, tail


def _column(letters: bytes) -> int:
    number = column_number(letters.decode())
    if len(letters) <= _MOST_LETTERS:
        _COLUMNS[letters] = number
    return number


_COLUMNS: dict[bytes, int] = {}
_MOST_LETTERS = 3
_KINDS_OF_NUMBERS = (b"", b"n")


def read_strings(xml: bytes) -> list[str]:
    """Return the texts that the sheets share.

    Raises:
        Unusual: some of them are more than text, in one piece or in several.
    """
    if not xml:
        return []
    if _DECLARATION.match(xml) is None:
        raise Unusual
    try:
        shared = xml[xml.find(b"<sst") :].decode()
    except UnicodeDecodeError:
        raise Unusual from None
    # "_x000D_" is how a carriage return is spelled, and <rPh> how a word is pronounced.
    if any(mark in shared for mark in ("_x", "<!", "\r", "&#", "<rPh")):
        raise Unusual
    texts: list[str] = _TEXT.findall(shared)
    count = shared.count("<si")
    if len(texts) != count:
        runs = [_RUN.findall(text) for text in _ANY_TEXT.findall(shared)]
        if len(runs) != count or sum(map(len, runs)) != shared.count("<t"):
            raise Unusual
        texts = ["".join(run) for run in runs]
    if "&" in shared:
        texts = [_unescaped(text) if "&" in text else text for text in texts]
    return texts


def _unescaped(text: str) -> str:
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return text
