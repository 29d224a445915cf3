"""What the fast reader hides: errors, formulas, percent formats, merges, hidden rows and columns.

Two ways to the same facts. Almost every sheet spells its cells as Excel does
(``<c r="A1" s="3" t="s">``) and is scanned with a few patterns; one that does not is walked
through with expat. Both find the extent of what is filled in, because ``<dimension>`` lies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from qiyx_xl.core import catalogue as say
from qiyx_xl.intake.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LARGEST_AREA = 3_000_000  # cells from A1 to the last one filled in: what the reader lays out
MOST_CELLS = 1_500_000
MANY_CELLS = 200_000  # from here on, look only at cells with something in them

Range = tuple[int, int, int, int]
"""Top row, left column, bottom row, right column; all from 1, inclusive."""


@dataclass(slots=True)
class SheetFacts:
    """What the scan of one sheet found; addresses are (row, column), from 1."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)  # whether a result is kept
    percents: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[Range] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    is_out_of_order: bool = False

    def is_hidden(self, row: int, column: int) -> bool:
        """Whether a cell lies in a hidden row or column."""
        return row in self.hidden_rows or any(
            first <= column <= last for first, last in self.hidden_columns
        )

    def noted_rows(self) -> set[int]:
        """Return the rows of which more is known than the values in them."""
        noted = {row for row, _ in (*self.errors, *self.formulas, *self.percents)}
        noted |= self.hidden_rows
        for top, _, bottom, _ in self.merges:
            if top < bottom:
                # Nobody merges more rows of a form than it has.
                noted.update(range(top, min(bottom, self.rows) + 1))
        return noted


_LETTERS: dict[str, int] = {}


def column_number(letters: str) -> int:
    """Return a column's number: A is 1, AA is 27; one beyond the last for longer names than XFD.

    Working out a name of a million letters would take hours.
    """
    if len(letters) > len("XFD"):
        return LAST_COLUMN + 1
    known = _LETTERS.get(letters)
    if known is None:
        known = 0
        for letter in letters:
            known = known * 26 + ord(letter) - 64
        if len(_LETTERS) < LAST_COLUMN:
            _LETTERS[letters] = known
    return known


@lru_cache(maxsize=1024)
def column_letters(number: int) -> str:
    """Return a column's letters: 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_CELL = re.compile(
    rb'<c r="([A-Z]+)([0-9]{1,4000})"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?'
    rb'(?: (?:cm|vm|ph)="[0-9]+")*(/?)>'
)
_FILLED_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>/]*>')
_ROW_NUMBER = re.compile(rb'<row r="([0-9]+)"')
_ERROR = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"[^>]* t="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]*)</v>'
)
_FORMULA = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"[^>]*>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*'
    rb'(<v>[^<]|<v xml:space="preserve">)?'
)
_HIDDEN_ROW = re.compile(rb'<row r="([0-9]+)"[^>]* hidden="(?:1|true)"')
_COLUMN = re.compile(rb"<col ([^>]*)/?>")
_ATTRIBUTE = re.compile(rb'([A-Za-z:]+)="([^"]*)"')
_LONGEST_MERGE = 100  # bytes
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')


def scan_sheet(xml: bytes, percent_styles: frozenset[bytes]) -> SheetFacts:
    """Find what the fast reader hides in a sheet, and bound its extent.

    Raises:
        Refused: cells outside the grid, too far away, too many, or the same one twice.
    """
    count = xml.count(b"<c ")
    if count > MANY_CELLS:
        facts = bound(_scan_many(xml))
    else:
        cells = _CELL.findall(xml)
        numbers = _usual_row_numbers(xml)
        if len(cells) != count or numbers is None:
            return bound(_walk(xml, percent_styles))
        filled = [
            (int(row), column_number(letters.decode()), style)
            for letters, row, style, _, is_blank in cells
            if not is_blank
        ]
        facts = _facts_of_cells(filled, percent_styles)
        facts.is_out_of_order = any(a >= b for a, b in pairwise(numbers))
    _scan_rest(xml, facts)
    return facts


def _usual_row_numbers(xml: bytes) -> list[int] | None:
    """Return the numbers of a sheet's rows; None if it is not spelled the way Excel spells it.

    That is: tags have no prefix, attributes double quotes, and every row says its number.
    """
    numbers = _ROW_NUMBER.findall(xml)
    is_usual = (
        xml.find(b"<worksheet") >= 0
        and b"='" not in xml
        and b"<c>" not in xml
        and b"<!" not in xml
        and xml.rstrip().endswith(b"</worksheet>")
        and xml.count(b"<row ") == len(numbers)
    )
    return [int(number) for number in numbers] if is_usual else None


def _facts_of_cells(
    filled: Sequence[tuple[Any, ...]], percent_styles: frozenset[bytes]
) -> SheetFacts:
    """Return what the filled cells, each a row, a column, a style and more, say together.

    Raises:
        Refused: they lie outside the grid or too far away, or one of them is there twice.
    """
    facts = SheetFacts()
    if not filled:
        return facts
    places = {cell[:2] for cell in filled}
    if len(places) != len(filled):
        _refuse_twice(cell[:2] for cell in filled)
    facts.rows = max(cell[0] for cell in filled)
    facts.columns = max(cell[1] for cell in filled)
    if percent_styles:
        facts.percents = {cell[:2] for cell in filled if cell[2] in percent_styles}
    return bound(facts)


def _scan_many(xml: bytes) -> SheetFacts:
    """Bound a very large sheet without keeping its cells."""
    if xml.count(b"<v>") > MOST_CELLS:  # no cell has two values: it need not be walked through
        raise Refused(say.TOO_MANY_CELLS.at(count=MOST_CELLS))
    facts = SheetFacts()
    for count, found in enumerate(_FILLED_CELL.finditer(xml), start=1):
        if count > MOST_CELLS:
            raise Refused(say.TOO_MANY_CELLS.at(count=MOST_CELLS))
        facts.rows = max(facts.rows, int(found[2]))
        facts.columns = max(facts.columns, column_number(found[1].decode()))
    return facts


def _scan_rest(xml: bytes, facts: SheetFacts) -> None:
    if b't="e"' in xml:
        facts.errors = {
            (int(row), column_number(letters.decode())): text.decode("utf-8", "replace")
            for letters, row, text in _ERROR.findall(xml)
        }
    if b"<f" in xml:
        facts.formulas = {
            (int(row), column_number(letters.decode())): bool(result)
            for letters, row, result in _FORMULA.findall(xml)
        }
    if b"hidden=" in xml:
        facts.hidden_rows = {int(row) for row in _HIDDEN_ROW.findall(xml)}
    scan_layout(xml, 0, len(xml), facts)


def scan_layout(xml: bytes, after: int, before: int, facts: SheetFacts) -> None:
    """Add a sheet's hidden columns and merges.

    Args:
        xml: the sheet.
        after: where to look for merges from; they follow the cells.
        before: up to where to look for columns; they stand before the cells.
        facts: what is known of the sheet.
    """
    if xml.find(b"hidden=", 0, before) >= 0:
        for attributes in _COLUMN.findall(xml, 0, before):
            named = dict(_ATTRIBUTE.findall(attributes))
            if named.get(b"hidden") in {b"1", b"true"}:
                facts.hidden_columns.append((int(named[b"min"]), int(named[b"max"])))
    first = xml.find(b"<mergeCell ", after)
    if first >= 0:
        facts.merges = [
            (int(top), column_number(left.decode()), int(bottom), column_number(right.decode()))
            for left, top, right, bottom in _MERGE.findall(
                xml, first, xml.rfind(b"<mergeCell ") + _LONGEST_MERGE
            )
        ]


def _refuse_twice(places: Iterable[tuple[int, int]]) -> None:
    """Refuse a sheet that has one of its cells, each a row and a column, twice."""
    seen: set[tuple[int, int]] = set()
    for place in places:
        if place in seen:
            raise Refused(say.CELL_TWICE.at(detail=f"{column_letters(place[1])}{place[0]}"))
        seen.add(place)


def bound(facts: SheetFacts) -> SheetFacts:
    """Return the facts of a sheet that is not too large; refuse any other.

    Raises:
        Refused: cells outside the grid, or too far away.
    """
    if facts.rows > LAST_ROW or facts.columns > LAST_COLUMN:
        detail = f"{column_letters(facts.columns)}{facts.rows}"
        raise Refused(say.OUTSIDE_GRID.at(detail=detail))
    if facts.rows * facts.columns > LARGEST_AREA:
        raise Refused(say.FAR_CELL.at(rows=facts.rows, columns=facts.columns))
    return facts


# --- the slow way -----------------------------------------------------------------------------

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,9})\$?([0-9]{1,9})")


class _Walker:
    """Collects the facts of a sheet from expat's events."""

    def __init__(self, percent_styles: frozenset[bytes]) -> None:
        self.facts = SheetFacts()
        self._percent_styles = percent_styles
        self._row = self._column = 0
        self._last_row = 0
        self._seen: set[tuple[int, int]] = set()
        self._kind: str | None = None
        self._style: str | None = None
        self._has_formula = self._has_result = False
        self._text: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._start_row(attributes)
            case "c":
                self._start_cell(attributes)
            case "f":
                self._has_formula = True
            case "v" | "is":
                self._has_result = True
                self._text = []
            case "col" if attributes.get("hidden") in {"1", "true"}:
                self.facts.hidden_columns.append(
                    (int(attributes.get("min", "0")), int(attributes.get("max", "0")))
                )
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row = int(attributes.get("r", self._row + 1))
        self._column = 0
        self.facts.is_out_of_order |= self._row <= self._last_row
        self._last_row = self._row
        if attributes.get("hidden") in {"1", "true"}:
            self.facts.hidden_rows.add(self._row)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        place = _ADDRESS.fullmatch(attributes.get("r", ""))
        if place is None:
            self._column += 1
        else:
            self._column, self._row = column_number(place[1].upper()), int(place[2])
        self._kind, self._style = attributes.get("t"), attributes.get("s")
        self._has_formula = self._has_result = False
        self._text = None

    def text(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] != "c":
            return
        if not self._has_formula and not self._has_result:
            return
        place = (self._row, self._column)
        if place in self._seen:
            raise Refused(say.CELL_TWICE.at(detail=f"{column_letters(place[1])}{place[0]}"))
        if len(self._seen) >= MOST_CELLS:
            raise Refused(say.TOO_MANY_CELLS.at(count=MOST_CELLS))
        self._seen.add(place)
        facts = self.facts
        facts.rows, facts.columns = max(facts.rows, place[0]), max(facts.columns, place[1])
        written = "".join(self._text or ())
        if self._kind == "e":
            facts.errors[place] = written
        if self._has_formula:
            facts.formulas[place] = written != ""
        if self._style is not None and self._style.encode() in self._percent_styles:
            facts.percents.add(place)

    def _merge(self, ref: str) -> None:
        ends = [_ADDRESS.fullmatch(end) for end in ref.split(":")]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:  # noqa: PLR2004
            (left, top), (right, bottom) = ends[0].groups(), ends[1].groups()
            self.facts.merges.append(
                (int(top), column_number(left.upper()), int(bottom), column_number(right.upper()))
            )


def _walk(xml: bytes, percent_styles: frozenset[bytes]) -> SheetFacts:
    walker = _Walker(percent_styles)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        raise Refused(say.DAMAGED.at(detail="工作表内容有误")) from None
    return walker.facts
