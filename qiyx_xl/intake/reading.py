"""The cells of a workbook, with true addresses, and beside them what the fast reader hides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from io import BytesIO
from posixpath import join, normpath
from typing import TYPE_CHECKING, cast
from xml.parsers import expat

from qiyx_xl.core import catalogue as say
from qiyx_xl.core.cells import Cell, CellValue
from qiyx_xl.intake.refusal import Refused
from qiyx_xl.intake.scan import SheetFacts, column_letters, percent_styles, scan_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_calamine import CalamineWorkbook

    from qiyx_xl.intake.guard import Guarded

_MOST_SHEETS = 100


@dataclass(slots=True)
class Sheet:
    """One sheet: its cells from A1 on, and what the scan found. Rows and columns count from 1."""

    name: str
    is_hidden: bool
    rows: list[list[CellValue]]
    facts: SheetFacts = field(default_factory=SheetFacts)

    def text(self, row: int, column: int) -> str:
        """Return a cell's text; numbers as people write them."""
        value = self.rows[row - 1][column - 1]
        return value.strip() if isinstance(value, str) else Cell(value=value).text

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell with all that is known about it."""
        place, facts = (row, column), self.facts
        within = column <= len(self.rows[row - 1])
        value = self.rows[row - 1][column - 1] if within else None
        merged = next(
            (
                f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
                for top, left, bottom, right in facts.merges
                if top < bottom and top <= row <= bottom and left <= column <= right
            ),
            None,
        )
        return Cell(
            address=f"{column_letters(column)}{row}",
            value=None if value == "" else value,
            percent=place in facts.percents,
            error=facts.errors.get(place),
            formula=place in facts.formulas,
            hidden=facts.is_hidden(row, column),
            merged=merged,
        )


def read_sheets(guarded: Guarded) -> Iterator[Sheet]:
    """Yield the workbook's sheets, one at a time.

    Raises:
        Refused: the workbook cannot be read.
    """
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    facts = _Facts(guarded.parts) if guarded.kind == "xlsx" else None
    workbook = _open(guarded.data)
    for metadata in workbook.sheets_metadata[:_MOST_SHEETS]:
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

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._targets = _sheet_parts(parts)
        styles = next((part for name, part in parts.items() if name.endswith("/styles.xml")), b"")
        percents = percent_styles(styles)
        names = {target.lower(): sheet for sheet, target in self._targets.items()}
        # Every sheet is bounded before the reader sees any, whatever the workbook calls it.
        self._scanned: dict[str, SheetFacts] = {}
        for name, part in parts.items():
            if b"sheetData" not in part:
                continue
            try:
                self._scanned[name.lower()] = scan_sheet(part, percents)
            except Refused as refused:
                where = names.get(name.lower())
                raise Refused(replace(refused.finding, sheet=where)) from None

    def of(self, sheet: str) -> SheetFacts:
        found = self._scanned.get(self._targets.get(sheet, "").lower())
        if found is None:
            raise Refused(say.DAMAGED.at(detail=f"找不到工作表“{sheet}”的内容"))
        return found


def _sheet_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the part each sheet is kept in, by sheet name."""
    book = _main_part(parts)
    folder, _, name = book.rpartition("/")
    targets = {
        attributes.get("Id", ""): _resolve(folder, attributes.get("Target", ""))
        for attributes in _elements(parts.get(f"{folder}/_rels/{name}.rels", b""), "Relationship")
    }
    sheets: dict[str, str] = {}
    for attributes in _elements(parts.get(book, b""), "sheet"):
        sheet = attributes.get("name", "")
        if sheet in sheets:
            raise Refused(say.DAMAGED.at(detail=f"有两张工作表都叫“{sheet}”"))
        sheets[sheet] = targets.get(_relation(attributes), "")
    return sheets


def _main_part(parts: Mapping[str, bytes]) -> str:
    for attributes in _elements(parts.get("_rels/.rels", b""), "Relationship"):
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
