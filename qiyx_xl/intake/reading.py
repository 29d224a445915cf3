"""The cells of a workbook, with true addresses, and beside them what the fast reader hides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from io import BytesIO
from posixpath import join, normpath
from typing import TYPE_CHECKING, NamedTuple, cast
from xml.parsers import expat

from qiyx_xl.core import catalogue as say
from qiyx_xl.core.cells import Cell, CellValue
from qiyx_xl.core.kept import A_PART, kept_if_small
from qiyx_xl.intake.refusal import Refused
from qiyx_xl.intake.scan import Range, SheetFacts, column_letters, scan_sheet
from qiyx_xl.intake.styles import Styles, read_styles
from qiyx_xl.intake.usual import Unusual, read_strings, read_usual

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from python_calamine import CalamineWorkbook

    from qiyx_xl.intake.guard import Guarded

_MOST_SHEETS = 100


@dataclass(slots=True)
class Sheet:
    """One sheet: its cells from A1 on, and what the scan found. Rows and columns count from 1.

    ``noted`` are the rows of which more is known than the values in them.
    """

    name: str
    is_hidden: bool
    rows: list[list[CellValue]]
    facts: SheetFacts = field(default_factory=SheetFacts)
    noted: set[int] = field(init=False)
    _tall: list[Range] = field(init=False)

    def __post_init__(self) -> None:
        self.noted = self.facts.noted_rows()
        # A cell that spans columns only is none the worse for it.
        self._tall = [merge for merge in self.facts.merges if merge[0] < merge[2]]

    def text(self, row: int, column: int) -> str:
        """Return a cell's text; numbers as people write them."""
        value = self.rows[row - 1][column - 1]
        return value.strip() if isinstance(value, str) else Cell(value=value).text

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell with all that is known about it."""
        place, facts = (row, column), self.facts
        address = f"{column_letters(column)}{row}"
        values = self.rows[row - 1]
        value = values[column - 1] if column <= len(values) else None
        if value == "":
            value = None
        if row not in self.noted and not facts.hidden_columns:
            return Cell(address, value)
        merged = None
        for top, left, bottom, right in self._tall:
            if top <= row <= bottom and left <= column <= right:
                merged = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
                break
        return Cell(
            address=address,
            value=value,
            percent=place in facts.percents,
            error=facts.errors.get(place),
            formula=place in facts.formulas,
            hidden=facts.is_hidden(row, column),
            merged=merged,
        )


def read_sheets(guarded: Guarded, *, skipped: Collection[str] = ()) -> Iterator[Sheet]:
    """Yield the workbook's sheets, one at a time.

    Args:
        guarded: the workbook.
        skipped: the names of sheets that nobody wants to see.

    Raises:
        Refused: the workbook cannot be read.
    """
    if guarded.kind == "xlsx":
        yield from _read_xlsx(guarded, skipped)
        return
    yield from _read_with_calamine(guarded, None)


def _read_xlsx(guarded: Guarded, skipped: Collection[str]) -> Iterator[Sheet]:
    """Read what is spelled as usual in one pass; from the first sheet that is not, ask calamine."""
    parts = guarded.parts
    book = _book_of(parts)
    try:
        strings = read_strings(parts.get(book.strings, b""))
    except Unusual:
        yield from _read_with_calamine(guarded, book)
        return
    for number, (name, about) in enumerate(book.sheets.items()):
        if name in skipped or not about.is_worksheet:
            continue
        if number >= _MOST_SHEETS:
            return
        try:
            rows, facts = read_usual(parts.get(about.part, b""), strings, book.styles)
        except Unusual:
            yield from _read_with_calamine(guarded, book, first=number)
            return
        except Refused as refused:
            raise Refused(replace(refused.finding, sheet=name)) from None
        yield Sheet(name, about.is_hidden, rows, facts)


def _read_with_calamine(guarded: Guarded, book: _Book | None, *, first: int = 0) -> Iterator[Sheet]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    facts = None if book is None else _Facts(guarded.parts, book)
    workbook = _open(guarded.data)
    for metadata in workbook.sheets_metadata[first:_MOST_SHEETS]:
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        known = SheetFacts() if facts is None else facts.of(metadata.name)
        yield Sheet(
            metadata.name,
            metadata.visible != SheetVisibleEnum.Visible,
            _rows(workbook, metadata.name),
            known,
        )


def _open(data: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(BytesIO(data))
    except PasswordError:
        raise Refused(say.ENCRYPTED.at()) from None
    except (CalamineError, OSError, ValueError):
        raise Refused(say.DAMAGED.at(detail="工作簿结构有误")) from None
    except BaseException as error:
        _refuse_panic(error)
        raise


def _rows(workbook: CalamineWorkbook, name: str) -> list[list[CellValue]]:
    from python_calamine import CalamineError

    try:
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError):
        raise Refused(say.DAMAGED.at(detail=f"工作表“{name}”内容有误")) from None
    except BaseException as error:
        _refuse_panic(error)
        raise
    return cast("list[list[CellValue]]", rows)


def _refuse_panic(error: BaseException) -> None:
    """Turn the reader's own panic, which is no Exception, into a finding about the file."""
    if type(error).__name__ == "PanicException":
        raise Refused(say.DAMAGED.at(detail="内容无法识别")) from None


class _Facts:
    """The scanned facts of each sheet, by sheet name."""

    def __init__(self, parts: Mapping[str, bytes], book: _Book) -> None:
        self._book = book
        names = {about.part.lower(): sheet for sheet, about in book.sheets.items()}
        # Every sheet is bounded before the reader sees any, whatever the workbook calls it.
        self._scanned: dict[str, SheetFacts] = {}
        for name, part in parts.items():
            if b"sheetData" not in part:
                continue
            try:
                self._scanned[name.lower()] = scan_sheet(part, book.styles.percent)
            except Refused as refused:
                where = names.get(name.lower())
                raise Refused(replace(refused.finding, sheet=where)) from None

    def of(self, sheet: str) -> SheetFacts:
        about = self._book.sheets.get(sheet)
        found = None if about is None else self._scanned.get(about.part.lower())
        if found is None:
            raise Refused(say.DAMAGED.at(detail=f"找不到工作表“{sheet}”的内容"))
        return found


class _AboutSheet(NamedTuple):
    part: str
    is_hidden: bool
    is_worksheet: bool


class _Book(NamedTuple):
    """How a workbook is put together: its sheets in order, and the parts that they share."""

    sheets: Mapping[str, _AboutSheet]
    strings: str
    styles: Styles


def _book_of(parts: Mapping[str, bytes]) -> _Book:
    path = _main_part(parts.get("_rels/.rels", b""))
    folder, _, name = path.rpartition("/")
    sheets, strings, styles = _structure(
        folder, parts.get(path, b""), parts.get(f"{folder}/_rels/{name}.rels", b"")
    )
    return _Book(sheets, strings, read_styles(parts.get(styles, b"")))


@kept_if_small(64, A_PART)
def _structure(
    folder: str, book: bytes, relations: bytes
) -> tuple[Mapping[str, _AboutSheet], str, str]:
    """Return a workbook's sheets by name, and the parts of its shared strings and styles."""
    targets: dict[str, tuple[str, str]] = {}
    shared = {"sharedStrings": "", "styles": ""}
    for attributes in _elements(relations, "Relationship"):
        kind = attributes.get("Type", "").rpartition("/")[2]
        part = _resolve(folder, attributes.get("Target", ""))
        targets[attributes.get("Id", "")] = (part, kind)
        if kind in shared:
            shared[kind] = part
    sheets: dict[str, _AboutSheet] = {}
    for attributes in _elements(book, "sheet"):
        sheet = attributes.get("name", "")
        if sheet in sheets:
            raise Refused(say.DAMAGED.at(detail=f"有两张工作表都叫“{sheet}”"))
        part, kind = targets.get(_relation(attributes), ("", ""))
        is_hidden = attributes.get("state", "visible") != "visible"
        sheets[sheet] = _AboutSheet(part, is_hidden, kind == "worksheet")
    return sheets, shared["sharedStrings"], shared["styles"]


@kept_if_small(64, A_PART)
def _main_part(relations: bytes) -> str:
    for attributes in _elements(relations, "Relationship"):
        if attributes.get("Type", "").endswith("/officeDocument"):
            return _resolve("", attributes.get("Target", ""))
    return "xl/workbook.xml"


def _relation(attributes: Mapping[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.endswith(":id")), "")


def _resolve(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))


def _elements(xml: bytes, local_name: str) -> list[dict[str, str]]:
    """Return the attributes of all elements of a name, whatever their prefix."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == local_name:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        raise Refused(say.DAMAGED.at(detail="工作簿结构有误")) from None
    return found
