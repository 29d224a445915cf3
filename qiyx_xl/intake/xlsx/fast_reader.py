"""What a sheet contains, read fast if it is written as Excel, WPS and LibreOffice usually do.

Nearly every workbook has numbers and shared texts, each cell as
``<c r="A1" s="3" t="s"><v>7</v></c>``, row by row and from left to right. Such XML is split without
a parser, and values and facts are read in one pass. The forms of a batch repeat each other cell by
cell, so the meaning of each cell's bytes is cached; in the rows of a long list the cells' addresses
are new, but what follows them repeats, so its meaning is cached, too. Anything else (formulas,
errors, dates, rows out of order, other encodings) makes ``read_usual`` raise ``Unusual``, and
``sheet_parser`` reads the sheet; a test checks that both readers agree.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from qiyx_xl.core.primitives.memo import A_PART, bounded_cache
from qiyx_xl.files.addresses import LAST_COLUMN, LAST_ROW, Range, column_number
from qiyx_xl.intake.cells.byte_search import holds
from qiyx_xl.intake.cells.facts import (
    LARGEST_AREA,
    SheetFacts,
    bound,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qiyx_xl.core.forms.cell import CellValue
    from qiyx_xl.intake.cells.styles import Styles

_NAMESPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LARGE = 1 << 20  # bytes; larger sheets have mostly blank cells with a format
_BLANK_CELL = re.compile(rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]+")? ?/>')
_BLANK_ROW = re.compile(rb'<row r="[1-9][0-9]{0,6}"(?: [A-Za-z0-9:]+="[^"<>&]*")* ?(?:/>|></row>)')
_CELLS_BEGIN, _CELLS_END = b"<sheetData>", b"</sheetData>"
_CELL_BEGINS, _ROW_ENDS, _VALUE_BEGINS, _VALUE_ENDS = b'<c r="', b"</row>", b"<v>", b"</v></c>"
_COLUMN_NAME, _ADDRESS = re.compile(rb"[A-Z]{1,3}"), re.compile(rb"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ATTRIBUTES = re.compile(rb'(?: s="(0|[1-9][0-9]*)")?(?: t="([a-zA-Z]+)")?>')
_BLANK = re.compile(rb'(?: s="[0-9]+")?(?: t="[a-zA-Z]+")?(?: ?/>|>(?:<v ?/>|<v></v>)?</c>)\s*')
# The start tag of a row, or a whole row without cells.
_ROW = re.compile(rb'\s*<row r="([1-9][0-9]{0,6})"((?: (?!xmlns)[A-Za-z0-9:]+="[^"<>&]*")*) ?(/?)>')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"| ht="[0-2]?(?:\.[0-9]*)?"')  # or lower than 3 points
_INDEX = re.compile(rb"[0-9]{1,9}")
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_KEEPING_SPACES = b'<t xml:space="preserve">'
_DECLARATION = re.compile(
    rb'(?:<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?(?: standalone="[a-z]+")?\?>)?'
    rb"\s*<[a-z]"
)
_DECLARATION_LENGTH = 100
_TEXT_BEGINS, _TEXT_ENDS = b"<is><t>", b"</t></is></c>"
_REFERENCE = re.compile("&(?:#([0-9]{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|quot|apos|amp));")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_MOST_KNOWN, _LONGEST_KNOWN = 50_000, 400  # cached keys, and bytes of a key; a row's may have 200
_LAST_OF_A_FORM = 1000  # rows further down are those of long lists, which no other file repeats

_Meaning = TypeVar("_Meaning")


class Unusual(Exception):  # noqa: N818 - nothing is wrong: another reader is to be asked
    """The XML is not in the usual notation; the parser has to read it."""


def read_usual(
    xml: bytes, texts: Sequence[str], styles: Styles
) -> tuple[list[list[CellValue]], SheetFacts]:
    """Return a sheet's rows from A1 on, and the facts about its cells.

    Raises:
        Unusual: ``sheet_parser`` must read the sheet.
        Refused: the sheet is too large.
    """
    start, end = _bounds(xml)
    facts = SheetFacts()
    rows = _rows(xml[start + len(_CELLS_BEGIN) : end], texts, styles, facts)
    for row in rows:
        if len(row) < facts.columns:
            row.extend([None] * (facts.columns - len(row)))
    _take_layout(xml[:start], xml[end:], facts)
    return rows, facts


def _rows(
    data: bytes, texts: Sequence[str], styles: Styles, facts: SheetFacts
) -> list[list[CellValue]]:
    """Return the values of all rows, each up to its last filled cell, and add to the facts.

    This is the innermost loop of the whole check: some hundreds of cells per file.
    """
    filled: list[list[CellValue]] = []
    plain, percent, odd_texts = styles.number, styles.percent, styles.odd_texts
    ordinary = plain - percent - odd_texts
    read: Callable[[bytes], _Known | None] = _SPELLINGS.__getitem__
    columns = 0
    value: CellValue
    for row, cells in _cells_by_row(data, facts):
        if row > _LAST_OF_A_FORM:
            read = _FarRow(row).read
        values: list[CellValue] = []
        last = 0
        for known in map(read, cells):
            if known is None:
                continue
            at, column, style, index, value = known
            last += 1
            if column != last:
                if column < last:
                    raise Unusual
                values += [None] * (column - last)
                last = column
            if at != row:
                raise Unusual
            if style not in ordinary:
                is_text = index is not None or isinstance(value, str)
                if style in odd_texts if is_text else style not in plain:
                    raise Unusual
                if style in percent:
                    facts.percents.add((row, column))
            if index is not None:
                try:
                    value = texts[index]
                except IndexError:
                    raise Unusual from None
            values.append(value)
        if values:
            facts.rows = row
            if last > columns:
                facts.columns = columns = last
            if row * columns > LARGEST_AREA:
                bound(facts)
            while len(filled) < row - 1:
                filled.append([])
            filled.append(values)
    return filled


def _cells_by_row(data: bytes, facts: SheetFacts) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the number and the cells of each row that may have cells; add hidden rows to the facts.

    Raises:
        Unusual: the rows are out of order, or not in the usual notation.
    """
    if len(data) > _LARGE:
        data = _BLANK_ROW.sub(b"", _BLANK_CELL.sub(b"", data))
    row = 0
    *rows_xml, after_rows = data.split(_ROW_ENDS)
    for row_xml in rows_xml:
        before_cells, *cells = row_xml.split(_CELL_BEGINS)
        first, last, hidden, is_open = _BEGINNINGS[before_cells]
        if not is_open or first <= row:
            raise Unusual
        row = last
        if hidden:
            facts.hidden_rows.update(hidden)
        yield row, cells
    first, _, hidden, is_open = _BEGINNINGS[after_rows]
    if is_open or (after_rows and first <= row):
        raise Unusual
    facts.hidden_rows.update(hidden)


class _Beginning(NamedTuple):
    """The bytes before a row's cells, parsed: rows without cells, and the row's own start tag.

    ``first`` and ``last`` are the numbers of the first and the last of these rows, 0 if there is
    none; ``is_open`` is whether cells may follow.
    """

    first: int
    last: int
    hidden: tuple[int, ...]
    is_open: bool


class _Meanings(dict[bytes, _Meaning]):
    """A cache of what pieces of XML mean, limited so that it does not grow with the batch."""

    def learn(self, xml: bytes, meaning: _Meaning) -> _Meaning:
        """Cache the meaning of a piece of XML, if there is room, and return it."""
        if len(self) < _MOST_KNOWN and len(xml) <= _LONGEST_KNOWN:
            self[xml] = meaning
        return meaning


class _Beginnings(_Meanings[_Beginning]):
    """A cache of the parsed bytes before rows' cells."""

    def __missing__(self, xml: bytes) -> _Beginning:
        only = _ROW.fullmatch(xml)
        if only is None:
            beginning = _read_several_rows(xml)
        else:
            row, attributes, ends = int(only[1]), only[2], only[3]
            beginning = _Beginning(row, row, (row,) if _HIDDEN.search(attributes) else (), not ends)
        return beginning if beginning.last > _LAST_OF_A_FORM else self.learn(xml, beginning)


def _read_several_rows(xml: bytes) -> _Beginning:
    """Parse the bytes before a row's cells where they have other than one start tag.

    Raises:
        Unusual: they are not in the usual notation.
    """
    found = list(_ROW.finditer(xml))
    if sum(len(row[0]) for row in found) != len(xml.rstrip()):
        raise Unusual
    numbers = [int(row[1]) for row in found]
    is_open = [not row[3] for row in found]
    if any(is_open[:-1]) or any(a >= b for a, b in pairwise(numbers)):
        raise Unusual
    hidden = tuple(int(row[1]) for row in found if _HIDDEN.search(row[2]))
    first, last = min(numbers, default=0), max(numbers, default=0)
    return _Beginning(first, last, hidden, any(is_open))


class _Columns(_Meanings[int]):
    """A cache of columns' numbers by their letters."""

    def __missing__(self, letters: bytes) -> int:
        if _COLUMN_NAME.fullmatch(letters) is None:
            raise Unusual
        column = column_number(letters.decode())
        if column > LAST_COLUMN:
            raise Unusual
        return self.learn(letters, column)


class _Addresses(_Meanings[tuple[int, int]]):
    """A cache of cells' rows and columns by their addresses."""

    def __missing__(self, address: bytes) -> tuple[int, int]:
        found = _ADDRESS.fullmatch(address)
        if found is None or int(found[2]) > LAST_ROW:
            raise Unusual
        return self.learn(address, (int(found[2]), _COLUMNS[found[1]]))


class _StyleAndKind(_Meanings[tuple[bytes, bytes]]):
    """A cache of the parsed bytes between cells' addresses and their values."""

    def __missing__(self, xml: bytes) -> tuple[bytes, bytes]:
        found = _ATTRIBUTES.fullmatch(xml)
        if found is None:
            raise Unusual
        style, kind = found.groups(b"")
        return self.learn(xml, (style, kind))


_Content = tuple[bytes, int | None, float | str | None]
"""A filled cell's style, and its shared text's index, its number or its text."""


def _read_content(xml: bytes) -> _Content | None:
    """Parse a cell without its address; return None for a blank one.

    Raises:
        Unusual: it is not in the usual notation.
    """
    before, begins, after = xml.partition(_VALUE_BEGINS)
    if not begins and xml.find(_TEXT_BEGINS) >= 0:
        return _read_own_text(xml)
    value, ends, rest = after.partition(_VALUE_ENDS)
    if not (ends and value):
        if value or _BLANK.fullmatch(xml) is None:
            raise Unusual
        return None
    style, kind = _STYLES_AND_KINDS[before]
    if rest and not rest.isspace():
        raise Unusual
    if kind in _KINDS_OF_NUMBERS and _NUMBER.fullmatch(value):
        return style, None, float(value)
    if kind == b"s" and _INDEX.fullmatch(value):
        return style, int(value), None
    if kind == b"str" and b"<" not in value:  # SheetJS writes texts like this
        return style, None, _decode_text(value)
    raise Unusual


def _read_own_text(xml: bytes) -> _Content:
    """Parse a cell with an inline text, as openpyxl writes them."""
    before, _, after = xml.partition(_TEXT_BEGINS)
    text, ends, rest = after.partition(_TEXT_ENDS)
    style, kind = _STYLES_AND_KINDS[before]
    if kind != b"inlineStr" or not ends or b"<" in text or (rest and not rest.isspace()):
        raise Unusual
    return style, None, _decode_text(text)


_Known = tuple[int, int, bytes, int | None, float | str | None]
"""A filled cell's row, column and style, and its shared text's index, its number or its text."""


class _Spellings(_Meanings[_Known | None]):
    """A cache of parsed cells; None for a blank one.

    Texts and blanks are the same at the same place of every form, so they are cached; numbers
    differ and are not.
    """

    def __missing__(self, xml: bytes) -> _Known | None:
        address, _, content_xml = xml.partition(b'"')
        row, column = _ADDRESSES[address]
        content = _read_content(content_xml)
        if content is None:
            return self.learn(xml, None)
        style, index, value = content
        known = (row, column, style, index, value)
        return known if isinstance(value, float) else self.learn(xml, known)


class _Contents(_Meanings[_Content | None]):
    """A cache of parsed cells without their addresses; None for a blank one.

    Numbers are not cached, so that they do not displace the texts.
    """

    def __missing__(self, xml: bytes) -> _Content | None:
        content = _read_content(xml)
        is_number = content is not None and isinstance(content[2], float)
        return content if is_number else self.learn(xml, content)


class _FarRow:
    """One row of a long list: its number, and how its cells are read."""

    def __init__(self, row: int) -> None:
        if row > LAST_ROW:
            raise Unusual
        self._row, self._address_ends = row, b'%d"' % row

    def read(self, xml: bytes) -> _Known | None:
        """Parse a cell; return None for a blank one.

        Raises:
            Unusual: it is not in the usual notation, or in another row.
        """
        letters, _, content_xml = xml.partition(self._address_ends)
        column = _COLUMNS[letters]
        content = _CONTENTS[content_xml]
        if content is None:
            return None
        style, index, value = content
        return self._row, column, style, index, value


def _decode_text(written: bytes) -> str:
    """Decode a text without child elements, and resolve its character references.

    Raises:
        Unusual: it has escapes or carriage returns, or is not UTF-8.
    """
    if b"\r" in written or b"_x" in written:
        raise Unusual
    try:
        text = written.decode()
    except UnicodeDecodeError:
        raise Unusual from None
    return _resolve_references(text) if "&" in text else text


def _resolve_references(text: str) -> str:
    """Resolve the character references in a text.

    Raises:
        Unusual: one of them is invalid or unknown.
    """
    if text.count("&") != len(_REFERENCE.findall(text)):
        raise Unusual
    return _REFERENCE.sub(_resolve_reference, text)


def _resolve_reference(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    if not (0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000):  # noqa: PLR2004
        raise Unusual
    return chr(number)


_KINDS_OF_NUMBERS = (b"", b"n")
_BEGINNINGS, _COLUMNS, _ADDRESSES = _Beginnings(), _Columns(), _Addresses()
_STYLES_AND_KINDS, _CONTENTS, _SPELLINGS = _StyleAndKind(), _Contents(), _Spellings()


def _bounds(xml: bytes) -> tuple[int, int]:
    """Return the offsets at which a sheet's cells begin and end.

    Raises:
        Unusual: the XML is not in the usual notation, so they cannot be found reliably.
    """
    start, end = xml.find(_CELLS_BEGIN), xml.rfind(_CELLS_END)
    is_usual = (
        0 <= start <= end
        and _DECLARATION.match(xml) is not None
        and xml.find(b"<worksheet", 0, start) >= 0
        # In the cells themselves, _ROW and _ATTRIBUTES accept no other namespace.
        and xml.count(_NAMESPACE, 0, start) == 1
        and xml.find(_NAMESPACE, end) < 0
        and xml.find(b"'", 0, start) < 0
        and xml.find(b"!", 0, start) < 0
        # find is ten times as fast for a single byte as for several.
        and (xml.find(b"!", end) < 0 or xml.find(b"<!", end) < 0)
        and xml.find(b"?", end) < 0
        and xml.endswith(b"</worksheet>")
    )
    if not is_usual:
        raise Unusual
    return start, end


_COLUMN = re.compile(rb'<col ((?:[A-Za-z]+="[^"<>]*" ?)*)/?>')
_MERGE = re.compile(
    rb'<mergeCell ref="([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?" ?/?>'
)
_HIDE_MORE = (b'efaultRowHeight="0', b'showZeros="0', b'showZeros="f')
_ATTRIBUTE = re.compile(rb'([A-Za-z]+)="([^"]*)"')
_SPAN = re.compile(rb"[1-9][0-9]{0,4}")
_NARROW = re.compile(rb"0?(?:\.[0-9]*)?")


def _take_layout(before: bytes, after: bytes, facts: SheetFacts) -> None:
    """Add the hidden columns, written before the cells, and the merged ranges, written after them.

    Raises:
        Unusual: they are not in the usual notation.
    """
    if any(before.find(mark) >= 0 for mark in _HIDE_MORE):
        raise Unusual
    columns = before.find(b"<col ")
    if columns >= 0:
        facts.hidden_columns = [*_hidden_columns(before[columns:])]
    merges, last = after.find(b"<mergeCell "), after.rfind(b"<mergeCell ")
    if merges >= 0:
        facts.merges = [*_merges(after[merges : after.find(b">", last) + 1])]


@bounded_cache(256, A_PART)  # forms of one template have the same columns and merged cells
def _hidden_columns(xml: bytes) -> tuple[tuple[int, int], ...]:
    """Return the first and last column of each hidden range; the bytes begin at the first ``<col``.

    Raises:
        Unusual: a column is not in the usual notation.
    """
    columns = _COLUMN.findall(xml)
    if len(columns) != xml.count(b"<col "):
        raise Unusual
    hidden = []
    for attributes in columns:
        named = dict(_ATTRIBUTE.findall(attributes))
        is_narrow = _NARROW.fullmatch(named.get(b"width", b"1")) is not None
        if is_narrow or named.get(b"hidden") in {b"1", b"true"}:
            first, last = named.get(b"min", b""), named.get(b"max", b"")
            if not (_SPAN.fullmatch(first) and _SPAN.fullmatch(last)):
                raise Unusual
            hidden.append((int(first), int(last)))
    return tuple(hidden)


@bounded_cache(256, A_PART)
def _merges(xml: bytes) -> tuple[Range, ...]:
    """Return the merged ranges; the bytes go from the first ``<mergeCell`` to the last.

    Raises:
        Unusual: a range is not in the usual notation.
    """
    merges = _MERGE.findall(xml)
    if len(merges) != xml.count(b"<mergeCell "):
        raise Unusual
    return tuple(
        (int(top), column_number(left.decode()), int(bottom), column_number(right.decode()))
        for left, top, right, bottom in merges
        if bottom
    )


def read_strings(xml: bytes) -> list[str]:
    """Return the shared texts.

    Raises:
        Unusual: they have formats, escapes or another notation that only the parser can read.
    """
    if not xml:
        return []
    if b"\r" in xml:  # XML treats all line endings as \n
        xml = xml.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    # "_x" may begin an escape: _x000D_ is a carriage return.
    if (
        _DECLARATION.match(xml) is None
        or xml.find(b"<sst") < 0  # the element has a namespace prefix
        or holds(xml, b"_x", b"_")
        or holds(xml, b"<!", b"!")
        or (xml.find(b"?", _DECLARATION_LENGTH) >= 0 and xml.find(b"?>", _DECLARATION_LENGTH) >= 0)
        # Superscript, subscript and struck-out runs need the parser.
        or (holds(xml, b"rPr", b"P") and (b"vertAlign" in xml or b"<strike" in xml))
        or xml.count(_NAMESPACE) != 1
    ):
        raise Unusual
    # Spaces are kept in all texts here.
    shared = xml[xml.find(b"<sst") :].replace(_KEEPING_SPACES, b"<t>")
    try:
        texts = _plain_texts(shared) or _plain_texts(_joined(shared))
    except UnicodeDecodeError:
        raise Unusual from None
    if not texts:
        raise Unusual
    if b"&" in xml:
        texts = [_resolve_references(text) if "&" in text else text for text in texts]
    return texts


def _plain_texts(shared: bytes) -> list[str]:
    """Return the texts if each is exactly ``<si><t>…</t></si>``; else an empty list."""
    # Each text has four tags and the list itself two; more tags mean other elements.
    count = shared.count(b"</t></si>")
    begins, ends = shared.find(b"<si><t>"), shared.rfind(b"</t></si>")
    if shared.count(b"<") != 4 * count + 2 or begins < 0 or ends < begins:
        return []
    texts = shared[begins + len(b"<si><t>") : ends].decode().split("</t></si><si><t>")
    return texts if len(texts) == count else []


def _joined(shared: bytes) -> bytes:
    """Join the runs of each text, as LibreOffice splits them by script; leave their formats out.

    Notes on reading aloud, as Excel adds them, are left out, too. Anything that this does not
    expect, it leaves for the caller to notice.
    """
    bare = _without(shared, b"<r><rPr>", b"</rPr>", b"<r>")
    bare = _without(bare, b"<phoneticPr ", b"/></si>", b"</si>")
    return (
        bare.replace(b"</t></r><r><t>", b"")
        .replace(b"<si><r><t>", b"<si><t>")
        .replace(b"</t></r></si>", b"</t></si>")
    )


def _without(shared: bytes, begins: bytes, ends: bytes, left: bytes) -> bytes:
    """Replace everything from one mark to another with ``left``.

    If there is a text, an item or an end tag between them, return the same.
    """
    before, *others = shared.split(begins)
    pieces = [other.partition(ends) for other in others]
    removed = {between if is_ended else b"<t" for between, is_ended, _ in pieces}
    if any(mark in between for mark in (b"<t", b"<si", b"</") for between in removed):
        return shared
    return left.join([before, *[after for _, _, after in pieces]])
