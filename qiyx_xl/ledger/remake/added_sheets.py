"""How a ledger gets the log sheets that it was built without.

A new sheet looks as the ledger's own 重大项目清单, from which it takes the looks of its columns by
their style: the formats of a workbook are numbered anew by every program that saves it.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from qiyx_xl.files import opc
from qiyx_xl.files.xml import Q, parse, serialized
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.file.opened import WORKBOOK, OpenedLedger
from qiyx_xl.ledger.file.sheet_xml import put_cells
from qiyx_xl.ledger.layout.cells import Cell, address, column_letter, column_of
from qiyx_xl.ledger.layout.tables import LAMP, LOG_TABLES, PROJECT_TABLE
from qiyx_xl.ledger.layout.texts import sheet_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.ledger.layout.tables import SheetTable

_LIKE = PROJECT_TABLE
_KIND = f"{opc.OFFICE}/worksheet"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELATIONS = opc.relations_part(WORKBOOK)
_COPIED = ("sheetPr", "sheetViews", "sheetFormatPr")
_COPIED_AT_THE_END = ("printOptions", "pageMargins", "pageSetup", "headerFooter")


def with_log_sheets(ledger: OpenedLedger, plan: Plan) -> OpenedLedger:
    """Return a ledger with every log sheet of the present schema; itself if it has them."""
    for before, table in pairwise(LOG_TABLES):
        if table.sheet.value not in ledger.sheet_parts():
            package = _with_sheet(ledger, table, before, plan)
            ledger = OpenedLedger(package, ledger.name, is_checked=False)
    return ledger


def missing_sheets(ledger: OpenedLedger) -> tuple[str, ...]:
    """Return the names of the log sheets that a ledger was built without."""
    there = ledger.sheet_parts()
    return tuple(table.sheet.value for table in LOG_TABLES if table.sheet.value not in there)


def _with_sheet(ledger: OpenedLedger, table: SheetTable, after: SheetTable, plan: Plan) -> bytes:
    """Return the package with an empty sheet, its tab beside that of another table."""
    part = f"xl/worksheets/sheetQiyx{table.sheet.name.title()}.xml"
    name = f"rIdQiyx{table.sheet.name.title()}"
    like = parse(ledger.read(ledger.part(_LIKE.sheet)))
    return with_parts(
        ledger.package,
        {
            part: serialized(_sheet(like, table, plan)),
            WORKBOOK: _book(ledger, table, after, name),
            _RELATIONS: _with_child(
                ledger.read(_RELATIONS),
                f"{{{opc.RELATIONS_NAMESPACE}}}Relationship",
                {"Id": name, "Type": _KIND, "Target": part.removeprefix("xl/")},
            ),
            opc.CONTENT_TYPES: _with_child(
                ledger.read(opc.CONTENT_TYPES),
                f"{{{opc.TYPES_NAMESPACE}}}Override",
                {"PartName": f"/{part}", "ContentType": _CONTENT_TYPE},
            ),
        },
    )


def _with_child(xml: bytes, tag: str, attributes: dict[str, str]) -> bytes:
    root = parse(xml)
    root.append(root.makeelement(tag, attributes))
    return serialized(root)


# --- the sheet -------------------------------------------------------------------------------


def _sheet(like: Any, table: SheetTable, plan: Plan) -> Any:
    root = like.makeelement(like.tag, nsmap=like.nsmap)
    for tag in _COPIED:
        root.extend(deepcopy(element) for element in like.findall(f"{Q}{tag}"))
    for properties in root.iter(f"{Q}sheetPr"):
        # Its module of macros is made by Excel, which gives it a name of its own.
        properties.attrib.pop("codeName", None)
    for view in root.iter(f"{Q}sheetView"):
        view.attrib.pop("tabSelected", None)
    root.append(_columns(like, table))
    root.append(_rows(like, table))
    last = len(table.columns) - 1
    whole = f"{address(table.header_row, 0)}:{address(table.last_row, last)}"
    root.append(root.makeelement(f"{Q}autoFilter", {"ref": whole}))
    merged = root.makeelement(f"{Q}mergeCells", {"count": "2"})
    for row in (0, 1):
        area = f"{address(row, 0)}:{address(row, last)}"
        merged.append(merged.makeelement(f"{Q}mergeCell", {"ref": area}))
    root.append(merged)
    root.extend(_colours(like, table))
    for tag in _COPIED_AT_THE_END:
        root.extend(deepcopy(element) for element in like.findall(f"{Q}{tag}"))
    for page in root.iter(f"{Q}pageSetup"):
        page.attrib.pop(f"{opc.R}id", None)  # the settings of somebody's printer
    cells: dict[tuple[int, int], Cell] = {
        (table.header_row, place): column.header for place, column in enumerate(table.columns)
    }
    put_cells(root, cells | {(0, 0): sheet_title(plan, table.title)})
    return root


def _columns(like: Any, table: SheetTable) -> Any:
    looks = dict(_looks(like))
    columns = like.makeelement(f"{Q}cols")
    for place, column in enumerate(table.columns, start=1):
        attributes = {
            "min": str(place),
            "max": str(place),
            "width": str(column.width + 0.7109375),  # as Excel counts the margin
            "customWidth": "1",
        }
        look = looks.get(_place_like(table, place - 1))
        if look is not None:
            attributes["style"] = look
        columns.append(columns.makeelement(f"{Q}col", attributes))
    return columns


def _looks(like: Any) -> Iterator[tuple[int, str]]:
    """Yield each column of a sheet, from 0, with the number of its format."""
    for column in like.iter(f"{Q}col"):
        first, last = int(column.get("min")), int(column.get("max"))
        if column.get("style"):
            for place in range(first, min(last, len(_LIKE.columns)) + 1):
                yield place - 1, column.get("style")


def _place_like(table: SheetTable, place: int) -> int:
    """Return a column of 重大项目清单 that looks as a column of a table shall look."""
    wanted = table.columns[place].style
    return next(
        (at for at, column in enumerate(_LIKE.columns) if column.style is wanted),
        _LIKE.place("来源文件"),
    )


def _rows(like: Any, table: SheetTable) -> Any:
    """Return title, note and header, in the formats of 重大项目清单's."""
    data = like.makeelement(f"{Q}sheetData")
    there = {row.get("r"): row for row in like.iter(f"{Q}row")}
    for number in range(table.header_row + 1):
        old = there.get(str(number + 1))
        attributes = {} if old is None else dict(old.attrib)
        attributes.pop("spans", None)
        row = data.makeelement(f"{Q}row", attributes | {"r": str(number + 1)})
        looks = {} if old is None else {column_of(c.get("r")): c.get("s") for c in old}
        for place in range(len(table.columns)):
            cell = row.makeelement(f"{Q}c", {"r": address(number, place)})
            look = looks.get(min(place, len(_LIKE.columns) - 1))
            if look:
                cell.set("s", look)
            row.append(cell)
        data.append(row)
    return data


def _colours(like: Any, table: SheetTable) -> Iterator[Any]:
    """Yield the conditional formats of lamps, and of the lines below filled rows."""
    first, last = table.first_row + 1, table.last_row + 1
    ranges = {
        _span(_LIKE, _LIKE.letter(LAMP), _LIKE.letter(LAMP)): (
            f"{table.letter(LAMP)}{first}:{table.letter(LAMP)}{last}"
            if LAMP in table.headers
            else ""
        ),
        _span(_LIKE, "A", column_letter(_LIKE.visible - 1)): (
            f"A{first}:{column_letter(table.visible - 1)}{last}"
        ),
    }
    for element in like.findall(f"{Q}conditionalFormatting"):
        area = ranges.get(element.get("sqref", ""))
        if area:
            copied = deepcopy(element)
            copied.set("sqref", area)
            yield copied


def _span(table: SheetTable, left: str, right: str) -> str:
    return f"{left}{table.first_row + 1}:{right}{table.last_row + 1}"


# --- the workbook ----------------------------------------------------------------------------


def _book(ledger: OpenedLedger, table: SheetTable, after: SheetTable, relation: str) -> bytes:
    root = parse(ledger.read(WORKBOOK))
    sheets = root.find(f"{Q}sheets")
    names = [sheet.get("name") for sheet in sheets]
    place = names.index(after.sheet.value) + 1
    number = max(int(sheet.get("sheetId")) for sheet in sheets) + 1
    sheet = sheets.makeelement(
        f"{Q}sheet",
        {"name": table.sheet.value, "sheetId": str(number), f"{opc.R}id": relation},
    )
    sheets.insert(place, sheet)
    _count_on(root, place)
    defined = root.find(f"{Q}definedNames")
    if defined is not None:
        title = f"${table.header_row + 1}:${table.header_row + 1}"
        left, right = "A", column_letter(len(table.columns) - 1)
        filtered = f"${left}${table.header_row + 1}:${right}${table.last_row + 1}"
        for name, area, hidden in (
            ("_xlnm._FilterDatabase", filtered, {"hidden": "1"}),
            ("_xlnm.Print_Titles", title, {}),
        ):
            entry = defined.makeelement(
                f"{Q}definedName", {"name": name, "localSheetId": str(place), **hidden}
            )
            entry.text = f"{table.sheet.value}!{area}"
            defined.append(entry)
    return serialized(root)


def _count_on(root: Any, place: int) -> None:
    """Let what counts sheets by their order count the new one, too."""
    for entry in root.iter(f"{Q}definedName"):
        local = entry.get("localSheetId")
        if local is not None and int(local) >= place:
            entry.set("localSheetId", str(int(local) + 1))
    for view in root.iter(f"{Q}workbookView"):
        for attribute in ("activeTab", "firstSheet"):
            shown = view.get(attribute)
            if shown is not None and int(shown) >= place:
                view.set(attribute, str(int(shown) + 1))
