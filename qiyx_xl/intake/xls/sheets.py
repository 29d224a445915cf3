"""What is in the sheets of an .xls workbook: the same facts that are read from an .xlsx.

xlrd reads the values and formats; it is used for this old format only. It is given only the
records that it needs (``biff``). Its cells must be exactly the cells that the records store;
with one more or one fewer, the file is refused.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell import Look
from qiyx_xl.intake.cells.facts import SheetFacts, bound
from qiyx_xl.intake.cells.number_format import Kind, built_in_format, number_format
from qiyx_xl.intake.cells.styled import (
    SMALLEST_HEIGHT,
    SMALLEST_WIDTH,
    ZERO_NOT_SHOWN,
    Position,
    Run,
    read_runs,
    styled,
)
from qiyx_xl.intake.cells.styles import CellStyle, Color, why_unseen
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.xls.biff import COLUMNS, survey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.forms.cell import CellValue
    from qiyx_xl.intake.xls.biff import Records, StoredSheet

logger = logging.getLogger(__name__)

_TWIPS, _PARTS_OF_WIDTH = 20, 256  # units of height in a point, of width in a character
_NO_FILL, _SOLID = 0, 1
_WINDOW_TEXT, _WINDOW_GROUND = 0x40, 0x41  # indexes of the system's text and background colours
_BLACK, _WHITE = "000000", "FFFFFF"
_CHINESE = (None, 936, 54936)  # None: some Chinese programs write no code page
# The kinds of cells that xlrd distinguishes (xlrd.XL_CELL_…).
_NOTHING, _TEXT, _BOOLEAN, _ERROR = frozenset({0, 6}), 1, 4, 5
_POSITIONS = {1: Position.RAISED, 2: Position.LOWERED}


class OldSheet(NamedTuple):
    """One sheet of an .xls workbook: its cells from A1 on, and the facts about them."""

    name: str
    is_hidden: bool
    rows: list[list[CellValue]]
    facts: SheetFacts


class _DiscardedLog:
    """A log file for xlrd that discards everything: xlrd would print warnings otherwise."""

    def write(self, _: str) -> None:
        """Discard the text."""


def read_old_sheets(stream: bytes, skipped: Collection[str], most: int) -> Iterator[OldSheet]:
    """Yield a workbook's sheets, one at a time.

    Args:
        stream: the workbook's stream, as stored in the file.
        skipped: the names of sheets to leave out.
        most: the number of sheets to read at most.

    Raises:
        Refused: it cannot be read, or not completely.
    """
    import xlrd

    records = survey(stream)
    try:
        book = xlrd.open_workbook(
            file_contents=records.stream,
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            logfile=_DiscardedLog(),
            encoding_override=None if records.is_unicode else _encoding(records.code_page),
        )
        names, styles = book.sheet_names(), _Styles(book, records.formats)
    except MemoryError:
        raise
    except Exception:  # xlrd raises many kinds of errors for broken records
        logger.debug("xlrd cannot open the workbook", exc_info=True)
        raise Refused(say.DAMAGED.at(detail="工作簿的格式或文字记录有误")) from None
    if len(names) != len(records.sheets):
        raise Refused(say.DAMAGED.at(detail="工作表目录有误"))
    for at, name in enumerate(names):
        if name in names[:at]:
            raise Refused(say.DAMAGED.at(detail=f"有两张工作表都叫“{name}”"))
    for at, name in enumerate(names[:most]):
        if name not in skipped:
            yield _read_sheet(book, at, records, styles)


def _encoding(code_page: int | None) -> str | None:
    """Return the encoding of texts before Excel 97; None lets xlrd derive it."""
    return "gb18030" if code_page in _CHINESE else None


def _read_sheet(book: Any, at: int, records: Records, styles: _Styles) -> OldSheet:
    stored, name = records.sheets[at], book.sheet_names()[at]
    facts = SheetFacts(is_out_of_order=stored.is_out_of_order)
    if stored.cells:
        facts.rows = max(stored.cells) // COLUMNS + 1
        facts.columns = max(cell % COLUMNS for cell in stored.cells) + 1
    try:
        bound(facts)
        sheet = book.sheet_by_index(at)
        rows = _Cells(sheet, stored, styles, facts).read()
        _add_layout(sheet, facts)
        is_hidden = sheet.visibility != 0
        book.unload_sheet(at)
    except Refused as refused:
        raise Refused(_in_sheet(refused, name)) from None
    except MemoryError:
        raise
    except Exception:  # xlrd raises many kinds of errors for broken records
        logger.debug("xlrd cannot read the sheet", exc_info=True)
        raise Refused(say.DAMAGED.at(name, detail="工作表的记录有误")) from None
    return OldSheet(name, is_hidden, rows, facts)


def _in_sheet(refused: Refused, name: str) -> Finding:
    return replace(refused.finding, sheet=name)


class _Cells:
    """Reads the cells of one sheet from xlrd."""

    def __init__(self, sheet: Any, stored: StoredSheet, styles: _Styles, facts: SheetFacts) -> None:
        self._sheet, self._stored, self._styles, self._facts = sheet, stored, styles, facts

    def read(self) -> list[list[CellValue]]:
        """Return the rows, all of the same length.

        Raises:
            Refused: xlrd's cells are not exactly the stored ones.
        """
        facts, sheet = self._facts, self._sheet
        rows: list[list[CellValue]] = [[None] * facts.columns for _ in range(facts.rows)]
        read = 0
        for row in range(sheet.nrows):
            kinds, values = sheet.row_types(row), sheet.row_values(row)
            for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
                if kind in _NOTHING:
                    continue
                if row * COLUMNS + column not in self._stored.cells:
                    raise self._cells_lost(read)
                read += 1
                rows[row][column] = self._cell(row, column, kind, value)
        if read != len(self._stored.cells):
            raise self._cells_lost(read)
        return rows

    def _cells_lost(self, read: int) -> Refused:
        stored = len(self._stored.cells)
        return Refused(say.CELLS_LOST.at(stored=stored, read=read))

    def _cell(self, row: int, column: int, kind: int, value: Any) -> CellValue:
        facts, place = self._facts, (row + 1, column + 1)
        has_result = self._stored.formulas.get(row * COLUMNS + column)
        if kind == _ERROR:
            facts.errors[place] = _error_text(value)
            if has_result is not None:
                facts.formulas[place] = False
            return None
        if has_result is not None and (value != "" or not has_result):
            facts.formulas[place] = has_result
        if value == "" or has_result is False:
            return None
        if kind == _BOOLEAN:
            return bool(value)
        if value == 0 and self._stored.hides_zeros:
            self._look(place, ZERO_NOT_SHOWN)
        index = self._sheet.cell_xf_index(row, column)
        style = self._styles[index]
        if kind == _TEXT and (row, column) in self._sheet.rich_text_runlist_map:
            value = self._text(row, column, value, index)
            # Each run has a font of its own; the cell's font applies to the first run at most.
            style = None if style is None else replace(style, is_struck=False)
        if style is None:
            return value  # type: ignore[no-any-return] # a text or a number
        converted = styled(value, style, has_1904_dates=self._styles.has_1904_dates)
        if converted.look is not None:
            self._look(place, converted.look)
        if converted.is_percent:
            facts.percents.add(place)
        return converted.value

    def _text(self, row: int, column: int, text: str, index: int) -> str:
        """Return a rich text as a person reads it; record the part that is struck out."""
        fonts = self._sheet.rich_text_runlist_map[row, column]
        shown, struck = read_runs(self._styles.runs(text, fonts, index))
        if struck:
            self._look((row + 1, column + 1), Look(struck=struck))
        return shown

    def _look(self, place: tuple[int, int], look: Look) -> None:
        known = self._facts.looks.get(place)
        self._facts.looks[place] = look if known is None else known.joined(look)


def _error_text(code: int) -> str:
    from xlrd import error_text_from_code

    return str(error_text_from_code.get(code, f"#ERR{code}"))


class _Styles:
    """The styles of a workbook by their index, each computed on first use."""

    def __init__(self, book: Any, formats: set[int]) -> None:
        self._book, self._formats = book, formats
        self._known: dict[int, CellStyle | None] = {}
        self.has_1904_dates = bool(book.datemode)

    def __getitem__(self, index: int) -> CellStyle | None:
        """Return a style; None if it does not change how a value is shown."""
        if index not in self._known:
            self._known[index] = self._style(index)
        return self._known[index]

    def runs(self, text: str, fonts: list[tuple[int, int]], index: int) -> Iterator[Run]:
        """Yield the runs of a rich text: the first in the cell's font, the others in their own.

        Excel counts their starts in UTF-16 code units.
        """
        units = text.encode("utf-16-le")
        starts = [(0, self._font_of(index)), *((at, self._font(font)) for at, font in fonts)]
        ends = [at for at, _ in starts[1:]] + [len(units) // 2]
        for (start, font), end in zip(starts, ends, strict=True):
            piece = units[2 * start : 2 * end].decode("utf-16-le", "replace")
            if piece:
                position = _POSITIONS.get(getattr(font, "escapement", 0), Position.ON_LINE)
                yield Run(piece, bool(getattr(font, "struck_out", 0)), position)

    def _style(self, index: int) -> CellStyle | None:
        xf = self._book.xf_list[index] if 0 <= index < len(self._book.xf_list) else None
        if xf is None:
            return None
        font, key = self._font(xf.font_index), xf.format_key
        code = self._book.format_map[key].format_str if key in self._formats else None
        cell_style = CellStyle(
            built_in_format(key) if code is None else number_format(code),
            is_struck=font is not None and bool(font.struck_out),
            unseen="" if font is None else self._why_unseen(font, xf.background),
        )
        is_plain = cell_style.format.is_plain and cell_style.format.is_plain_for_texts
        if is_plain and not cell_style.is_struck and not cell_style.unseen:
            return cell_style if cell_style.format.show(0.5).kind is not Kind.NUMBER else None
        return cell_style

    def _font(self, index: int) -> Any:
        fonts = self._book.font_list
        return fonts[index] if 0 <= index < len(fonts) else None

    def _font_of(self, index: int) -> Any:
        styles = self._book.xf_list
        return self._font(styles[index].font_index) if 0 <= index < len(styles) else None

    def _why_unseen(self, font: Any, ground: Any) -> str:
        text = self._color(
            font.colour_index, _WHITE if font.colour_index == _WINDOW_GROUND else _BLACK
        )
        behind: Color | None = None
        if ground.fill_pattern == _NO_FILL:
            behind = Color(_WHITE)
        elif ground.fill_pattern == _SOLID and ground.pattern_colour_index != _WINDOW_TEXT:
            behind = self._color(ground.pattern_colour_index, _WHITE)
        return why_unseen(text, behind, font.height / _TWIPS)

    def _color(self, index: int, default: str) -> Color:
        rgb = self._book.colour_map.get(index)
        return Color(default if rgb is None else bytes(rgb).hex().upper())


def _add_layout(sheet: Any, facts: SheetFacts) -> None:
    """Add the hidden rows and columns, and the merged ranges."""
    for row in range(facts.rows):
        about = sheet.rowinfo_map.get(row)
        if about is None:
            is_hidden = bool(sheet.default_row_hidden)
        else:
            is_flat = not about.has_default_height and about.height < SMALLEST_HEIGHT * _TWIPS
            is_hidden = bool(about.hidden) or is_flat
        if is_hidden:
            facts.hidden_rows.add(row + 1)
    for column, about in sheet.colinfo_map.items():
        if about.hidden or about.width < SMALLEST_WIDTH * _PARTS_OF_WIDTH:
            facts.hidden_columns.append((column + 1, column + 1))
    facts.merges = [
        (top + 1, left + 1, bottom, right)
        for top, bottom, left, right in sheet.merged_cells
        if (bottom - top, right - left) != (1, 1)
    ]
