"""What worksheets and shared texts contain, read by an XML parser in any valid notation.

``fast_reader`` reads sheets in the notation of the common programs; all others are read here.
Values and facts (errors, formulas, percentages, looks) are read in one pass, so that they cannot
disagree about a cell.
"""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell import Look
from qiyx_xl.files.addresses import LAST_ROW, address, column_number
from qiyx_xl.files.xml import (
    Damaged,
    forget,
    is_on,
    local_name,
    parse,
    parse_in_pieces,
    unescaped,
)
from qiyx_xl.intake.cells.facts import (
    MOST_CELLS,
    SheetFacts,
    bound,
)
from qiyx_xl.intake.cells.styled import (
    SMALLEST_HEIGHT,
    SMALLEST_WIDTH,
    ZERO_NOT_SHOWN,
    Position,
    Run,
    read_runs,
    styled,
)
from qiyx_xl.intake.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qiyx_xl.core.forms.cell import CellValue
    from qiyx_xl.intake.cells.styles import CellStyle, Styles

_NAMESPACES = frozenset(
    {
        "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
        "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
    }
)
_BESIDE_CELLS = ("sheetViews", "sheetFormatPr", "cols", "mergeCells")
_ONE_PIECE = 1 << 23  # bytes; the tree of a larger sheet would take much memory
_ADDRESS = re.compile(r"\$?([A-Za-z]+)\$?([0-9]+)")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
_POSITIONS = {"superscript": Position.RAISED, "subscript": Position.LOWERED}
_MOST_PLACES = 50_000  # addresses that are remembered


class Texts(NamedTuple):
    """The shared texts, and by index the struck-out parts of those that have any."""

    texts: list[str]
    struck: dict[int, str]


def parse_texts(xml: bytes) -> Texts:
    """Return the shared texts.

    Raises:
        Refused: they cannot be read.
    """
    texts: list[str] = []
    struck: dict[int, str] = {}
    try:
        for element in parse(xml) if xml else ():
            if local_name(element) == "si":
                text, struck_text = _rich_text(element)
                if struck_text:
                    struck[len(texts)] = struck_text
                texts.append(text)
    except Damaged:
        raise Refused(say.DAMAGED.at(detail="文字部件有误")) from None
    return Texts(texts, struck)


def _rich_text(element: Any) -> tuple[str, str]:
    """Return a text as a person reads it, and the part of it that is struck out.

    Phonetic guides are not part of the text.
    """
    if len(element) == 1:  # nearly always one plain text
        only = element[0]
        if local_name(only) == "t":
            return _text_of(only), ""
    return read_runs(_runs(element))


def _runs(element: Any) -> Iterator[Run]:
    for part in element:
        match local_name(part):
            case "t":
                yield Run(_text_of(part))
            case "r":
                yield _run(part)


def _run(run: Any) -> Run:
    text, is_struck, position = "", False, Position.ON_LINE
    for part in run:
        match local_name(part):
            case "t":
                text += _text_of(part)
            case "rPr":
                for setting in part:
                    name, value = local_name(setting), setting.get("val")
                    if name == "strike":
                        is_struck = is_on(value, default=True)
                    elif name == "vertAlign":
                        position = _POSITIONS.get(value, Position.ON_LINE)
    return Run(text, is_struck, position)


def _text_of(element: Any) -> str:
    return unescaped(_own_text(element))


def _own_text(element: Any) -> str:
    """Return the text of an element without child elements.

    Raises:
        Damaged: it has child elements.
    """
    if len(element):
        raise Damaged
    return element.text or ""


def parse_sheet(
    xml: bytes, texts: Texts, styles: Styles, *, has_1904_dates: bool
) -> tuple[list[list[CellValue]], SheetFacts]:
    """Return a sheet's rows from A1 on, and the facts about its cells.

    Raises:
        Refused: it cannot be read, or is too large.
    """
    if not xml.strip():
        return [], SheetFacts()
    reader = _SheetReader(texts, styles, has_1904_dates=has_1904_dates)
    try:
        if len(xml) <= _ONE_PIECE:
            reader.read(parse(xml))
        else:
            reader.read_in_pieces(xml)
    except Damaged:
        raise Refused(say.DAMAGED.at(detail="工作表内容有误")) from None
    return reader.finish()


class _Places(dict[str, tuple[int, int]]):
    """A cache of parsed addresses, limited so that it does not grow with the batch."""

    def __missing__(self, address: str) -> tuple[int, int]:
        found = _ADDRESS.fullmatch(address.strip())
        if found is None:
            raise Damaged
        row, column = found[2].lstrip("0"), column_number(found[1].upper())
        place = int(row or 0) if len(row) <= len(str(LAST_ROW)) else LAST_ROW + 1, column
        if place[0] == 0:
            raise Damaged
        if len(self) < _MOST_PLACES and len(address) < 10:  # noqa: PLR2004 - XFD1048576
            self[address] = place
        return place


_PLACES = _Places()


class _StylesByIndex(dict[str, "CellStyle | None"]):
    """The odd styles by their index as written in cells, where 03 means 3."""

    def __init__(self, odd: Mapping[str, CellStyle]) -> None:
        super().__init__(odd)

    def __missing__(self, index: str) -> CellStyle | None:
        found = self.get(str(_parse_integer(index))) if index else None
        self[index] = found
        return found


class _SheetReader:
    """Reads one sheet, element by element."""

    def __init__(self, texts: Texts, styles: Styles, *, has_1904_dates: bool) -> None:
        self._texts, self._struck = texts
        self._odd = _StylesByIndex(styles.odd)
        self._has_1904_dates = has_1904_dates
        self._rows: list[list[CellValue]] = []
        self._facts = SheetFacts()
        self._row = self._count = 0
        self._valueless: set[tuple[int, int]] = set()  # formulas and errors
        self._has_cells = self._is_foreign = self._hides_zeros = False
        self._default_height: float | None = None
        self._cell_name = self._row_name = self._value_name = self._text_name = ""
        self._part_names: dict[str, str] = {}

    # --- the sheet ----------------------------------------------------------------------------

    def read(self, root: Any) -> None:
        """Read a sheet that has been parsed as a whole."""
        self._begin(root)
        for element in root:
            if local_name(element) == "sheetData":
                self._begin_cells()
                for row in element.iterchildren(self._row_name):
                    self._take_row(row)
            else:
                self._take_other(element)

    def read_in_pieces(self, xml: bytes) -> None:
        """Read a large sheet with only one row at a time in memory."""
        is_begun = False
        names = ("row", "sheetData", *_BESIDE_CELLS)
        tags = [f"{space}{name}" for space in _NAMESPACES for name in names]
        for element in parse_in_pieces(xml, *tags):
            if not is_begun:
                self._begin(element.getroottree().getroot())
                is_begun = True
            parent = element.getparent()
            if parent is None or parent.getparent() is None:
                if local_name(element) == "sheetData":
                    self._begin_cells()
                self._take_other(element)
            elif element.tag == self._row_name and local_name(parent) == "sheetData":
                self._take_row(element)
                forget(element)

    def finish(self) -> tuple[list[list[CellValue]], SheetFacts]:
        """Return the rows, padded to the same length, and the facts."""
        facts, rows = self._facts, self._rows
        for row in rows:
            if len(row) < facts.columns:
                row.extend([None] * (facts.columns - len(row)))
        return rows, facts

    def _begin(self, root: Any) -> None:
        namespace = root.tag.rpartition("}")[0] + "}"
        if namespace not in _NAMESPACES:
            raise Damaged
        # The root of a chart or dialog sheet has another name; such a sheet has no cells.
        self._is_foreign = local_name(root) != "worksheet"
        self._row_name, self._cell_name = f"{namespace}row", f"{namespace}c"
        self._value_name, self._text_name = f"{namespace}v", f"{namespace}is"
        self._part_names = {f"{namespace}{name}": name for name in ("v", "f", "is")}

    def _begin_cells(self) -> None:
        if self._has_cells or self._is_foreign:
            raise Damaged  # with two lists of cells, programs may read different ones
        self._has_cells = True

    def _take_other(self, element: Any) -> None:
        match local_name(element):
            case "sheetViews":
                self._hides_zeros = any(
                    not is_on(view.get("showZeros"), default=True) for view in element
                )
            case "sheetFormatPr":
                self._default_height = _parse_float(element.get("defaultRowHeight"))
            case "cols":
                for column in element:
                    self._take_column(column)
            case "mergeCells":
                for merge in element:
                    self._take_merge(merge.get("ref", ""))

    def _take_column(self, column: Any) -> None:
        width = _parse_float(column.get("width"))
        is_narrow = width is not None and width < SMALLEST_WIDTH
        if is_narrow or is_on(column.get("hidden"), default=False):
            first, last = _parse_integer(column.get("min")), _parse_integer(column.get("max"))
            self._facts.hidden_columns.append((first, last))

    def _take_merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        if not last:
            return
        (top, left), (bottom, right) = _PLACES[first], _PLACES[last]
        self._facts.merges.append(
            (min(top, bottom), min(left, right), max(top, bottom), max(left, right))
        )

    # --- rows and cells -----------------------------------------------------------------------

    def _take_row(self, row: Any) -> None:
        stated = row.get("r")
        number = self._row + 1 if stated is None else _parse_integer(stated)
        if number < 1:
            raise Damaged
        facts = self._facts
        facts.is_out_of_order |= number <= self._row
        self._row = number
        height = row.get("ht")
        height = self._default_height if height is None else _parse_float(height)
        is_flat = height is not None and height < SMALLEST_HEIGHT
        if is_flat or is_on(row.get("hidden"), default=False):
            facts.hidden_rows.add(number)
        name = self._cell_name
        for cell in row:
            if len(cell) and cell.tag == name:
                address = cell.get("r")
                if address is None:
                    self._take_cells_in_order(cell, number)
                    return
                self._take_cell(cell, *_PLACES[address])

    def _take_cells_in_order(self, first: Any, row: int) -> None:
        """Read the rest of a row, from a cell without an address on.

        A cell without an address is in the column after the previous cell.
        """
        column = 0
        for before in first.itersiblings(self._cell_name, preceding=True):
            address = before.get("r")
            if address is not None:
                column += _PLACES[address][1]
                break
            column += 1
        for cell in (first, *first.itersiblings(self._cell_name)):
            address = cell.get("r")
            place = (row, column + 1) if address is None else _PLACES[address]
            column = place[1]
            if len(cell):
                self._take_cell(cell, *place)

    def _take_cell(self, cell: Any, row: int, column: int) -> None:
        """Read a cell that has child elements."""
        kind, style = cell.get("t"), self._odd[cell.get("s", "")]
        if style is None and len(cell) == 1:
            only = cell[0]
            if only.tag == self._value_name:
                written = _own_text(only)
                if kind == "s":
                    self._put(row, column, self._shared(_parse_integer(written), row, column))
                    return
                if kind is None or kind == "n":
                    value = _parse_number(written)
                    if value is not None:
                        self._put(row, column, value)
                    return
            elif kind == "inlineStr" and only.tag == self._text_name:
                text, struck = _rich_text(only)
                if struck:
                    self._look(row, column, Look(struck=struck))
                if text:
                    self._put(row, column, text)
                return
        self._take_other_cell(cell, kind, style, row, column)

    def _take_other_cell(
        self, cell: Any, kind: str | None, style: CellStyle | None, row: int, column: int
    ) -> None:
        parts: dict[str, Any] = {}
        for part in cell:
            name = self._part_names.get(part.tag, "")
            if name in parts:
                raise Damaged  # with two values, programs may read different ones
            if name:
                parts[name] = part
        if "is" in parts and (kind != "inlineStr" or "v" in parts):
            raise Damaged  # an inline text and another value, or an inline text of another type
        written = _own_text(parts["v"]) if "v" in parts else None
        value: CellValue = None
        has_result = written is not None and written != ""
        match kind:
            case "s":
                value = (
                    None if written is None else self._shared(_parse_integer(written), row, column)
                )
            case "b":
                value = None if written is None else _parse_bool(written)
            case "e":
                value, has_result = None, False
                if written is not None and written.strip():
                    self._facts.errors[row, column] = written.strip()
            case "d":
                value = _parse_date(written or "")
            case "inlineStr" if "is" in parts:
                value, struck = _rich_text(parts["is"])
                if struck:
                    self._look(row, column, Look(struck=struck))
            case "inlineStr":
                if written is not None:
                    raise Damaged  # declared as an inline text, but without one
            case "str":
                has_result = True  # even an empty text is a result
                value = unescaped(written or "")
            case None | "n":
                value = None if written is None else _parse_number(written)
            case _:
                raise Damaged
        if "f" in parts and (value != "" or not has_result):
            self._facts.formulas[row, column] = has_result
        if style is not None and value is not None and value != "":
            value = self._styled(value, style, row, column)
        is_known = (row, column) in self._facts.errors or (row, column) in self._facts.formulas
        if (value is not None and value != "") or is_known:
            self._put(row, column, value)

    def _shared(self, index: int, row: int, column: int) -> str:
        if not 0 <= index < len(self._texts):
            raise Damaged
        if index in self._struck:
            self._look(row, column, Look(struck=self._struck[index]))
        return self._texts[index]

    def _look(self, row: int, column: int, look: Look) -> None:
        known = self._facts.looks.get((row, column))
        self._facts.looks[row, column] = look if known is None else known.joined(look)

    def _styled(self, value: CellValue, style: CellStyle, row: int, column: int) -> CellValue:
        """Convert a value by its style, and record its look and whether it is in percent."""
        if not isinstance(value, str | float):
            return value
        converted = styled(value, style, has_1904_dates=self._has_1904_dates)
        if converted.look is not None:
            self._look(row, column, converted.look)
        if converted.is_percent:
            self._facts.percents.add((row, column))
        return converted.value

    def _put(self, row: int, column: int, value: CellValue) -> None:
        """Store a value; None for a formula or an error without one.

        Raises:
            Refused: the cell occurs twice, is outside the grid or too far from A1, or there are
                too many cells.
        """
        self._count += 1
        if self._count > MOST_CELLS:
            raise Refused(say.TOO_MANY_CELLS.at(count=MOST_CELLS))
        facts, rows = self._facts, self._rows
        if row > facts.rows or column > facts.columns:
            facts.rows, facts.columns = max(facts.rows, row), max(facts.columns, column)
            bound(facts)
            while len(rows) < row:
                rows.append([])
        values = rows[row - 1]
        missing = column - len(values)
        if missing == 1:
            values.append(value)
        elif missing > 1:
            values.extend([None] * (missing - 1))
            values.append(value)
        else:
            if values[column - 1] is not None or (row, column) in self._valueless:
                raise Refused(say.CELL_TWICE.at(detail=address(row, column)))
            values[column - 1] = value
        if value is None:
            self._valueless.add((row, column))
        elif value == 0 and self._hides_zeros:
            self._look(row, column, ZERO_NOT_SHOWN)


def _parse_number(written: str) -> CellValue:
    """Parse a cell's number; a text that is not a number is returned as it is.

    White space around a number is ignored, as XML Schema defines.
    """
    text = written.strip(" \t\r\n")
    if not text:
        return None
    return float(text) if _NUMBER.fullmatch(text) else text


def _parse_bool(written: str) -> bool:
    """Parse a boolean.

    Raises:
        Damaged: it is not a boolean; other programs would read any number except 0 as true.
    """
    if written.strip() not in {"0", "1", "true", "false"}:
        raise Damaged
    return is_on(written, default=False)


def _parse_integer(text: str | None) -> int:
    """Parse a whole number of 0 or more.

    Raises:
        Damaged: it is not one.
    """
    bare = (text or "").strip(" \t\r\n")
    if not (bare.isascii() and bare.isdigit()):
        raise Damaged
    return int(bare) if len(bare) <= 10 else LAST_ROW + 1  # noqa: PLR2004 - outside the grid


def _parse_float(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _parse_date(written: str) -> CellValue:
    """Parse a date in ISO 8601; a text that is not a date is returned as it is."""
    text = written.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text or None
    return moment.date() if moment.time() == time() and "T" not in text else moment
