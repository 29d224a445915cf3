"""What is in the cells of a workbook's sheets: values, addresses, formats, hidden rows, merges."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell import Cell, CellValue
from qiyx_xl.files.addresses import Range, column_letters, range_address
from qiyx_xl.intake.cells.facts import MOST_CELLS, SheetFacts
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.workbook.guard import OLD_WORKBOOK
from qiyx_xl.intake.xlsx.book import read_book
from qiyx_xl.intake.xlsx.fast_reader import Unusual, read_strings, read_usual
from qiyx_xl.intake.xlsx.sheet_parser import Texts, parse_sheet, parse_texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from qiyx_xl.intake.workbook.guard import Guarded
    from qiyx_xl.intake.xlsx.book import WorkbookOutline

_MOST_SHEETS = 100
_LARGE = MOST_CELLS * len("<c><v>1</v></c>")  # bytes; a shorter sheet cannot exceed MOST_CELLS
_MOST_MERGED = 100_000  # cells
_COLUMNS_OF_A_FORM = 64  # columns whose merged cells are counted even if they are empty


@dataclass(slots=True)
class Sheet:
    """One sheet: its cells from A1 on, and the facts about them. Rows and columns count from 1.

    ``noted`` are the rows about which there are facts besides the values. A merged range has the
    value of its first cell; values stored in its other cells are invisible and left out of
    ``rows``.
    """

    name: str
    is_hidden: bool
    rows: list[list[CellValue]]
    facts: SheetFacts = field(default_factory=SheetFacts)
    noted: set[int] = field(init=False)
    _merges: dict[int, list[Range]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Remove the values that merged ranges cover.

        Raises:
            Refused: too many cells are merged.
        """
        self.noted = self.facts.noted_rows()
        merged, columns = 0, max(self.facts.columns, _COLUMNS_OF_A_FORM)
        for merge in self.facts.merges:
            top, left, bottom, right = merge
            last = min(bottom, len(self.rows))
            # Overlapping ranges are counted several times, which limits the time of this loop.
            merged += 1 + max(last - top + 1, 0) * max(min(right, columns) - left + 1, 0)
            if merged > _MOST_MERGED:
                raise Refused(say.DAMAGED.at(detail="合并的单元格过多"))
            for number in range(top, last + 1):
                self._merges.setdefault(number, []).append(merge)
                row = self.rows[number - 1]
                first, end = (left if number == top else left - 1), min(right, len(row))
                if first < end:
                    row[first:end] = [None] * (end - first)

    def text(self, row: int, column: int) -> str:
        """Return a cell's text; numbers are formatted as people write them."""
        value = self.rows[row - 1][column - 1]
        return value.strip() if isinstance(value, str) else Cell(value=value).text

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell with all facts about it."""
        place, facts = (row, column), self.facts
        address = f"{column_letters(column)}{row}"
        values = self.rows[row - 1]
        value = values[column - 1] if column <= len(values) else None
        if value == "":
            value = None
        if row not in self.noted and not facts.hidden_columns:
            return Cell(address, value)
        merges = self._merges.get(row, ())
        merge = next(
            (candidate for candidate in merges if candidate[1] <= column <= candidate[3]), None
        )
        if merge is not None and merge[:2] != place:
            return Cell(address, hidden=facts.is_hidden(row, column), merged=range_address(merge))
        return Cell(
            address=address,
            value=value,
            percent=place in facts.percents,
            error=facts.errors.get(place),
            formula=place in facts.formulas,
            hidden=facts.is_hidden(row, column),
            merged=None if merge is None or merge[0] == merge[2] else range_address(merge),
            look=facts.looks.get(place),
        )


def read_sheets(guarded: Guarded, *, skipped: Collection[str] = ()) -> Iterator[Sheet]:
    """Yield the workbook's sheets, one at a time.

    Args:
        guarded: the workbook.
        skipped: the names of sheets to leave out.

    Raises:
        Refused: the workbook cannot be read.
    """
    if guarded.kind == "xlsx":
        yield from _read_xlsx(guarded.parts, skipped)
        return
    from qiyx_xl.intake.xls.sheets import read_old_sheets  # few files need it

    for old in read_old_sheets(guarded.parts[OLD_WORKBOOK], skipped, _MOST_SHEETS):
        yield Sheet(old.name, old.is_hidden, old.rows, old.facts)


def _read_xlsx(parts: Mapping[str, bytes], skipped: Collection[str]) -> Iterator[Sheet]:
    """Yield the sheets of an .xlsx, read by the fast reader if possible, else by the parser."""
    book = read_book(parts)
    texts = _shared_texts(parts.get(book.strings, b""))
    for outline in book.sheets[:_MOST_SHEETS]:
        if outline.name in skipped:
            continue
        try:
            rows, facts = _read_sheet(parts[outline.part], texts, book)
            sheet = Sheet(outline.name, outline.is_hidden, rows, facts)
        except Refused as refused:
            raise Refused(replace(refused.finding, sheet=outline.name)) from None
        yield sheet


def _shared_texts(xml: bytes) -> Texts:
    try:
        return Texts(read_strings(xml), {})
    except Unusual:
        return parse_texts(xml)


def _read_sheet(
    xml: bytes, texts: Texts, book: WorkbookOutline
) -> tuple[list[list[CellValue]], SheetFacts]:
    # Every cell has at most one <v>, so counting them finds too large a sheet without parsing it.
    if len(xml) > _LARGE and xml.count(b"<v>") > MOST_CELLS:
        raise Refused(say.TOO_MANY_CELLS.at(count=MOST_CELLS))
    if not texts.struck:
        try:
            return read_usual(xml, texts.texts, book.styles)
        except Unusual:
            pass
    return parse_sheet(xml, texts, book.styles, has_1904_dates=book.has_1904_dates)
