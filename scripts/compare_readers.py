"""Read every workbook of a folder twice, with our reader and with another; print what differs.

    python scripts/compare_readers.py DIR [DIR …]     exit code 0: they agree, 1: they do not
    python scripts/compare_readers.py DIR --explained  print what differs for a known reason, too

Each cell's value and error are compared, and whether it is a formula, shown as a percentage,
hidden, merged; also the sheets' names, order and visibility. The other reader of .xlsx and .xlsm is
openpyxl; if it cannot open a file, ``plain_reader``, which only parses XML. The other reader of
.xls is LibreOffice, which saves it as .xlsx for openpyxl; without LibreOffice it is calamine, which
gives values only. ``KNOWN`` lists differences that have a reason. A file that our reader refuses
is not a difference; it is counted under its code.
"""

from __future__ import annotations

import argparse
import math
import re
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import normalize
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import plain_reader
from readings import CellReading, Day, Place, Reading, SheetReading, Value, shows_percent, unescaped

from benchmarks.resaving import ProgramMissing, with_libreoffice
from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.files.addresses import address
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.workbook.guard import guard
from qiyx_xl.intake.workbook.reader import read_sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls"})
_SAME_DAY = 2e-8  # days, about two milliseconds: the precision to which readers keep a time
_LIBREOFFICE = "LibreOffice"
_AND_FORMULA, _GIVING_NOTHING = "+f", "-"
_LOWEST, _NARROWEST = 1.0, 0.2  # points of a row, characters of a column; below, it is hidden
_LAST_DAY = 2_958_465  # 9999-12-31 as a serial number
_XML_NUMBER = re.compile(r"\s*[-+0-9.eE]+\s*")
_MOST_SHEETS = 100  # our reader reads no more

KNOWN = {
    "escape": "openpyxl leaves _x000D_ as it is spelled; ours reads the character it stands for",
    "raised": "raised and lowered digits are ¹ and ₁ to us: a footnote's sign is no digit",
    "struck out": "what is struck out is no part of a text to us",
    "empty text": "a formula that gives an empty text is a blank cell to us: nobody sees anything",
    "Chinese date": "openpyxl takes the dates of the Chinese formats 27-36 and 50-58 for numbers",
    "no such day": "a day before 1900 or after 9999 is a number to us, no day",
    "fifteen digits": "LibreOffice keeps fifteen digits of a number",
    "worked out again": "LibreOffice works formulas out anew; ours reads the results that are kept",
    "truth": "LibreOffice makes a formula of a truth or an error",
    "end of line": "LibreOffice spells the end of a line in its own way",
    "no number": "openpyxl takes ３２０ and 1_000 for numbers; ours gives them as they are written",
}
"""Differences that have a reason."""


class Difference(NamedTuple):
    """A difference between two readers in a cell or in the sheets; ``known`` is a key of KNOWN."""

    place: str
    what: str
    ours: object
    theirs: object
    known: str | None = None

    def __str__(self) -> str:
        reason = "" if self.known is None else f"  ({KNOWN[self.known]})"
        return f"{self.place} {self.what}: ours {self.ours!r}, theirs {self.theirs!r}{reason}"


@dataclass(slots=True)
class Compared:
    """The result for one file.

    ``refused`` is the finding's code if our reader refuses the file; ``other`` is the name of the
    other reader, None if no other reader could read it.
    """

    path: Path
    refused: str | None = None
    other: str | None = None
    cells: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def unexplained(self) -> list[Difference]:
        """Return the differences that have no known reason."""
        return [difference for difference in self.differences if difference.known is None]


# --- our reader --------------------------------------------------------------------------------


def our_reading(data: bytes, suffix: str) -> Reading:
    """Read a workbook with our reader.

    Raises:
        Refused: our reader refuses the file.
    """
    sheets: dict[str, SheetReading] = {}
    for sheet in read_sheets(guard(data, suffix)):
        facts = sheet.facts
        places = {
            (row, column)
            for row, values in enumerate(sheet.rows, start=1)
            for column, value in enumerate(values, start=1)
            if value is not None
        }
        cells: dict[Place, CellReading] = {}
        for row, column in {*places, *facts.errors, *facts.formulas}:
            if row > len(sheet.rows):  # below the last value
                hidden = facts.is_hidden(row, column)
                cell = Cell(error=facts.errors.get((row, column)), formula=True, hidden=hidden)
            else:
                cell = sheet.cell(row, column)
            reading = CellReading(
                value=_our_value(cell.value) if cell.error is None else None,
                error=cell.error,
                is_formula=cell.formula,
                is_percent=cell.percent,
                is_hidden=cell.hidden,
                merged=cell.merged,
                is_struck=cell.look is not None and cell.look.struck != "",
            )
            if reading.is_filled:
                cells[row, column] = reading
        sheets[sheet.name] = SheetReading(sheet.is_hidden, cells)
    return Reading("ours", sheets)


def _our_value(value: object) -> Value:
    match value:
        case None | "":
            return None
        case bool() | str():
            return value
        case int() | float() | Decimal():
            return float(value)
        case _:
            return _day(value)


def _day(value: Any) -> Day:
    """Convert a date, a time or a duration to a number of days, counted from 1900."""
    from openpyxl.utils.datetime import to_excel

    if isinstance(value, date | datetime | time | timedelta):
        return Day(float(to_excel(value)))
    raise TypeError(f"a cell holds {value!r}")


# --- the other readers -------------------------------------------------------------------------


def other_reading(data: bytes) -> Reading | None:
    """Read an .xlsx with another reader; None if none can read it."""
    try:
        reading = openpyxl_reading(data)
    except Exception:  # noqa: BLE001 - openpyxl fails on odd workbooks in every way there is
        reading = None
    if reading is not None and reading.sheets:
        return reading
    # openpyxl finds no sheets in files with the namespaces of the strict variant of the standard.
    return plain_reading(data) or reading


def plain_reading(data: bytes) -> Reading | None:
    """Read an .xlsx with ``plain_reader``; None if it cannot read it."""
    try:
        return plain_reader.read(data)
    except plain_reader.Unreadable:
        return None


def openpyxl_reading(data: bytes) -> Reading:
    """Read a workbook with openpyxl; it may raise any exception."""
    import openpyxl

    with warnings.catch_warnings(), _noting_formulas():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    sheets = {
        page.title: SheetReading(page.sheet_state != "visible", _openpyxl_cells(page))
        for page in book.worksheets[:_MOST_SHEETS]
    }
    return Reading("openpyxl", sheets)


@contextmanager
def _noting_formulas() -> Iterator[None]:
    """Patch openpyxl to return results together with a mark of which cells are formulas.

    By itself it returns either formulas or results, and reading twice would take twice as long.
    """
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    parse_cell = WorkSheetParser.parse_cell

    def parse(self: WorkSheetParser, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = parse_cell(self, element)
        if element.find(FORMULA_TAG) is not None:
            is_empty_text = element.get("t") == "str" and cell["value"] is None
            cell["data_type"] += _AND_FORMULA + _GIVING_NOTHING * is_empty_text
        return cell

    with patch.object(WorkSheetParser, "parse_cell", parse):
        yield


def _openpyxl_cells(page: Any) -> dict[Place, CellReading]:
    # Rows without height and columns without width are invisible, too.
    hidden_rows = {
        number
        for number, row in page.row_dimensions.items()
        if row.hidden or (row.height is not None and row.height < _LOWEST)
    }
    hidden_columns = [
        (about.min, about.max)
        for about in page.column_dimensions.values()
        if about.min is not None and (about.hidden or about.width < _NARROWEST)
    ]
    merges = {
        (row, column): str(merge)
        for merge in page.merged_cells.ranges
        if merge.min_row < merge.max_row
        for row in range(merge.min_row, min(merge.max_row, page.max_row) + 1)
        for column in range(merge.min_col, min(merge.max_col, page.max_column) + 1)
    }
    cells = {}
    # The private dict has only the cells of the file; iter_rows would also create empty ones.
    for (row, column), cell in page._cells.items():  # noqa: SLF001
        value, kind = cell.value, cell.data_type
        is_error = kind.startswith("e") and value is not None
        read = None if is_error else _openpyxl_value(value)
        reading = CellReading(
            value=read,
            error=str(value) if is_error else None,
            is_formula=_AND_FORMULA in kind,
            is_percent=isinstance(read, float) and shows_percent(cell.number_format, read),
            is_hidden=row in hidden_rows
            or any(first <= column <= last for first, last in hidden_columns),
            merged=merges.get((row, column)),
            is_empty_text=kind.endswith(_GIVING_NOTHING),
        )
        if reading.is_filled:
            cells[row, column] = reading
    return cells


def _openpyxl_value(value: Any) -> Value:
    match value:
        case None | "":
            return None
        case bool() | str():
            return value
        case int() | float():
            return float(value)
        case _:
            return _day(value)


def old_readings(paths: Sequence[Path], scratch: Path) -> dict[Path, Reading | None]:
    """Read workbooks in the old format (.xls) with another reader."""
    if not paths:
        return {}
    named = {}
    for number, path in enumerate(paths):  # named by number: file names may repeat across folders
        named[path] = scratch / f"{number}.xls"
        shutil.copyfile(path, named[path])
    try:
        saved = with_libreoffice(list(named.values()), scratch / "saved")
    except ProgramMissing:
        return {path: _calamine_reading(path) for path in paths}
    return {
        path: _as_libreoffice(other_reading(copy.read_bytes())) if copy.exists() else None
        for path, copy in zip(paths, saved, strict=True)
    }


def _as_libreoffice(reading: Reading | None) -> Reading | None:
    return None if reading is None else reading._replace(reader=_LIBREOFFICE)


def _calamine_reading(path: Path) -> Reading | None:
    """Read a workbook with calamine, which gives only the values."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {
            about.name: SheetReading(
                about.visible != SheetVisibleEnum.Visible,
                {
                    (row, column): CellReading(value)
                    for row, values in enumerate(_calamine_rows(book, about.name), start=1)
                    for column, value in enumerate(map(_our_value, values), start=1)
                    if value is not None
                },
            )
            for about in book.sheets_metadata
            if about.typ == SheetTypeEnum.WorkSheet
        }
    except (CalamineError, OSError, ValueError):
        return None
    return Reading("calamine", sheets, has_values_only=True)


def _calamine_rows(book: Any, name: str) -> Any:
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


# --- the comparison ----------------------------------------------------------------------------


def compare_file(path: Path) -> Compared:
    """Read an .xlsx with both readers and compare."""
    data = path.read_bytes()
    return compared(path, data, lambda: other_reading(data))


def compared(path: Path, data: bytes, read_otherwise: Callable[[], Reading | None]) -> Compared:
    """Read a file with our reader and with ``read_otherwise``, and compare."""
    try:
        ours = our_reading(data, path.suffix)
    except Refused as refused:
        return Compared(path, refused=refused.finding.code)
    theirs = read_otherwise()
    if theirs is None:
        return Compared(path)
    cells = sum(len(sheet.cells) for sheet in theirs.sheets.values())
    return Compared(path, None, theirs.reader, cells, list(differences(ours, theirs)))


def differences(ours: Reading, theirs: Reading) -> Iterator[Difference]:
    """Yield the differences between two readings of a workbook."""
    if list(ours.sheets) != list(theirs.sheets):
        yield Difference("workbook", "sheets", list(ours.sheets), list(theirs.sheets))
    for name, our_sheet in ours.sheets.items():
        their_sheet = theirs.sheets.get(name)
        if their_sheet is None:
            continue
        if our_sheet.is_hidden != their_sheet.is_hidden:
            yield Difference(name, "sheet hidden", our_sheet.is_hidden, their_sheet.is_hidden)
        for row, column in sorted({*our_sheet.cells, *their_sheet.cells}):
            place = f"{name}!{address(row, column)}"
            our_cell = our_sheet.cells.get((row, column), CellReading())
            their_cell = their_sheet.cells.get((row, column), CellReading())
            for difference in _of_cell(
                place, our_cell, their_cell, values_only=theirs.has_values_only
            ):
                if difference.known is None and theirs.reader == _LIBREOFFICE:
                    yield difference._replace(
                        known=_reason_of_libreoffice(difference.what, our_cell, their_cell)
                    )
                else:
                    yield difference


def _of_cell(
    place: str, ours: CellReading, theirs: CellReading, *, values_only: bool
) -> Iterator[Difference]:
    if not _is_same(ours.value, theirs.value):
        yield Difference(place, "value", ours.value, theirs.value, _reason(ours, theirs))
    if values_only:
        return
    if ours.error != theirs.error:
        yield Difference(place, "error", ours.error, theirs.error, _reason(ours, theirs))
    if ours.is_formula != theirs.is_formula:
        known = "empty text" if theirs.is_empty_text and not ours.is_filled else None
        yield Difference(place, "formula", ours.is_formula, theirs.is_formula, known)
    # Only numbers can be percentages: formats do not apply to texts, and days have their own.
    is_number = isinstance(ours.value, float) and isinstance(theirs.value, float)
    if is_number and ours.is_percent != theirs.is_percent:
        yield Difference(place, "percent", ours.is_percent, theirs.is_percent)
    if ours.is_hidden != theirs.is_hidden and ours.is_filled and theirs.is_filled:
        yield Difference(place, "hidden", ours.is_hidden, theirs.is_hidden)
    if ours.merged != theirs.merged and ours.is_filled and theirs.is_filled:
        yield Difference(place, "merged", ours.merged, theirs.merged)


def _is_same(ours: Value, theirs: Value) -> bool:
    if isinstance(ours, Day) and isinstance(theirs, Day):
        return math.isclose(ours.number, theirs.number, abs_tol=_SAME_DAY)
    if isinstance(ours, float) and isinstance(theirs, float) and math.isnan(ours):
        return math.isnan(theirs)
    return type(ours) is type(theirs) and ours == theirs


def _reason(ours: CellReading, theirs: CellReading) -> str | None:
    """Return the key of KNOWN that explains a cell's difference; None if nothing does."""
    if isinstance(ours.value, str) and isinstance(theirs.value, str):
        return _reason_of_texts(ours, unescaped(theirs.value))
    day, number = theirs.value, ours.value
    if theirs.error == "#VALUE!" and ours.error is None and isinstance(number, float):
        return "no such day"
    if isinstance(day, Day) and isinstance(number, float) and not 0 <= number <= _LAST_DAY:
        return "no such day" if math.isclose(day.number, number, abs_tol=_SAME_DAY) else None
    if isinstance(number, Day) and isinstance(day, float):
        is_near = math.isclose(number.number, day, abs_tol=_SAME_DAY)
        return "Chinese date" if is_near else None
    if isinstance(ours.value, str) and isinstance(theirs.value, float | Day):
        return None if _XML_NUMBER.fullmatch(ours.value) else "no number"
    return None


def _reason_of_texts(ours: CellReading, theirs: str) -> str | None:
    if theirs == ours.value:
        return "escape"
    if ours.is_struck:
        return "struck out"
    plain = [normalize("NFKC", text) for text in (str(ours.value), theirs)]
    return "raised" if plain[0] == plain[1] else None


def _reason_of_libreoffice(what: str, ours: CellReading, theirs: CellReading) -> str | None:
    """Return the key of KNOWN that explains LibreOffice's difference in a cell of an .xls."""
    our_value, their_value = ours.value, theirs.value
    if what == "formula" and (isinstance(our_value, bool) or ours.error is not None):
        return "truth"
    if what != "formula" and ours.is_formula and theirs.is_formula:
        return "worked out again"
    if what == "value" and isinstance(our_value, float) and isinstance(their_value, float):
        return "fifteen digits" if math.isclose(our_value, their_value, rel_tol=1e-14) else None
    if isinstance(our_value, str) and isinstance(their_value, str):
        return "end of line" if our_value.splitlines() == their_value.splitlines() else None
    return None


# --- the folder --------------------------------------------------------------------------------


def workbooks_in(folders: Iterable[Path]) -> list[Path]:
    """Return the workbooks in folders and their subfolders."""
    return sorted(
        path
        for folder in folders
        for path in ([folder] if folder.is_file() else folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith("~$")
    )


def compare_all(paths: Sequence[Path]) -> Iterator[Compared]:
    """Compare workbooks of both formats."""
    old = [path for path in paths if path.suffix.lower() == ".xls"]
    with tempfile.TemporaryDirectory() as scratch:
        readings = old_readings(old, Path(scratch))
        for path in paths:
            if path in readings:
                yield compared(path, path.read_bytes(), partial(readings.get, path))
            else:
                yield compare_file(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print the differences, and a line of counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--explained", action="store_true", help="print known differences, too")
    options = parser.parse_args(arguments)
    missing = [folder for folder in options.folders if not folder.exists()]
    paths = workbooks_in(options.folders)
    if missing or not paths:
        print(f"no such folder: {missing[0]}" if missing else "no workbooks there", file=sys.stderr)
        return 2
    counts: Counter[str] = Counter(files=len(paths))
    refused: Counter[str] = Counter()
    for result in compare_all(paths):
        for difference in result.differences if options.explained else result.unexplained:
            print(f"{result.path} {difference}")
        if result.refused is not None:
            refused[result.refused] += 1
        elif result.other is None:
            print(f"{result.path} is read by ours alone")
        counts["cells"] += result.cells
        counts["compared"] += result.other is not None
        counts["differences"] += len(result.unexplained)
        counts["explained"] += len(result.differences) - len(result.unexplained)
    codes = "".join(f" {code} ×{count}" for code, count in sorted(refused.items()))
    print(
        f"{counts['files']} files: {counts['compared']} compared ({counts['cells']} cells), "
        f"{refused.total()} refused by ours{codes}; "
        f"{counts['differences']} differences, {counts['explained']} more explained"
    )
    return 1 if counts["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
