"""How a ledger of one edition becomes one of the other; whatever people wrote in it stays.

From Excel's edition go the macros, the ribbon and the buttons on 操作台; into it they come back.
The names of our functions are spelled anew on every sheet.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from qiyx_xl.data import read_text
from qiyx_xl.files import opc
from qiyx_xl.files.xml import MAIN, Q, parse, serialized
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.build.dashboard_sheet import button_drawing
from qiyx_xl.ledger.build.ribbon import RIBBON_PART, with_ribbon
from qiyx_xl.ledger.build.vba import BOOK_MODULE, MACRO_WORKBOOK, VBA_PART, vba_project
from qiyx_xl.ledger.content.dashboard import BUTTON_ROW, LEFT
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import WORKBOOK, OpenedLedger, raising_damaged_ledger_error
from qiyx_xl.ledger.file.sheet_xml import cells_of, put_cells
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import Cell, address, column_of
from qiyx_xl.ledger.layout.spelling import respelled
from qiyx_xl.ledger.registry import (
    EDITION_KEY,
    LEDGER_SCHEMA,
    OUR_MODULE,
    LedgerEdition,
    LedgerSheet,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_VBA_KIND = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_VML_KIND = f"{opc.OFFICE}/vmlDrawing"
_BUTTONS_PART, _BUTTONS_ID = "xl/drawings/vmlDrawingQiyx.vml", "rIdQiyxButtons"
_KINDS = {"bin": "application/vnd.ms-office.vbaProject"}
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_RIBBON_TYPE = "relationships/ui/extensibility"
# A shape of a VML drawing that runs one of our macros, whichever program wrote it.
_SHAPE = re.compile(rb"<v:shape\s.*?</v:shape>", re.DOTALL)
_ANY_SHAPE = re.compile(rb"<(?:\w+:)?shape\s")
_OUR_MACRO = re.compile(rb"(?:^|[!.>\"])%s\.Qiyx[A-Za-z]+" % OUR_MODULE.encode())
_SHAPE_ID = re.compile(rb'\bid="([^"]+)"')
_SHAPE_NUMBER = re.compile(rb"_x0000_s([0-9]+)")
# What follows legacyDrawing in a sheet.
_AFTER_DRAWING = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)


def converted(ledger: OpenedLedger, edition: LedgerEdition) -> bytes:
    """Return a ledger's package as one of an edition; its own bytes if it is of that edition.

    Raises:
        LedgerError: it is of an earlier version, or damaged.
    """
    if ledger.edition is edition:
        return ledger.package
    if ledger.schema != LEDGER_SCHEMA:
        raise LedgerError(
            f"“{ledger.name}”是以前的版本建的，请先运行 qiyx ledger migrate 升级，再转换。"
        )
    with raising_damaged_ledger_error(ledger.name):
        package = (
            _without_macros(ledger) if edition is LedgerEdition.ADDIN else _with_macros(ledger)
        )
        ledger = OpenedLedger(package, ledger.name)
        console, identity = (
            ledger.part(sheet) for sheet in (LedgerSheet.CONSOLE, LedgerSheet.IDENTITY)
        )
        parts = {
            console: _console_words(ledger, console, edition),
            identity: _marked(ledger, identity, edition),
        }
        return respelled(with_parts(package, parts), edition)


# --- to the edition without macros -----------------------------------------------------------


def _without_macros(ledger: OpenedLedger) -> bytes:
    gone = {
        relation.target
        for part in ("", WORKBOOK)
        for relation in ledger.relations(part)
        if relation.type == _VBA_KIND or relation.type.endswith(_RIBBON_TYPE)
    }
    parts = {
        opc.relations_part(part): _without_relations(ledger, part, gone) for part in ("", WORKBOOK)
    }
    console = ledger.part(LedgerSheet.CONSOLE)
    more, emptied = _without_buttons(ledger, console)
    parts |= more
    gone |= emptied
    gone |= {opc.relations_part(part) for part in gone}
    parts[opc.CONTENT_TYPES] = _content_types(ledger, opc.PLAIN_WORKBOOK, gone)
    return with_parts(ledger.package, parts, without=gone)


def _without_buttons(ledger: OpenedLedger, console: str) -> tuple[dict[str, bytes], set[str]]:
    """Return the parts of 操作台 without our buttons, and the parts not needed any more."""
    root = parse(ledger.read(console))
    parts: dict[str, bytes] = {}
    emptied: set[str] = set()
    for part in ledger.related_to(console, "/vmlDrawing"):
        drawing = ledger.read(part)
        kept = _SHAPE.sub(lambda shape: b"" if _OUR_MACRO.search(shape[0]) else shape[0], drawing)
        if _ANY_SHAPE.search(kept):
            parts[part] = kept
        else:
            emptied.add(part)
    emptied |= _without_controls(ledger, console, root)
    for relation in ledger.relations(console):
        if relation.target in emptied:
            for element in root.findall(f"{Q}legacyDrawing"):
                if element.get(f"{opc.R}id") == relation.id:
                    root.remove(element)
    # Excel keeps a picture of each button in the drawing, too.
    for part in ledger.related_to(console, "/drawing"):
        drawing = parse(ledger.read(part))
        if _without_pictures(drawing):
            parts[part] = serialized(drawing)
    parts[console] = serialized(root)
    parts[opc.relations_part(console)] = _without_relations(ledger, console, emptied)
    return parts, emptied


def _without_controls(ledger: OpenedLedger, console: str, root: Any) -> set[str]:
    """Take our buttons from the list of controls that Excel writes; return their parts."""
    targets = {relation.id: relation.target for relation in ledger.relations(console)}
    gone = set()
    for control in list(root.iter(f"{Q}control")):
        if any(_OUR_MACRO.search(each.get("macro", "").encode()) for each in control.iter()):
            gone.add(targets.get(control.get(f"{opc.R}id"), ""))
            _remove_wrapped(control)
    for controls in list(root.iter(f"{Q}controls")):
        if not any(True for _ in controls.iter(f"{Q}control")):
            _remove_wrapped(controls)
    return gone - {""}


def _without_pictures(drawing: Any) -> bool:
    """Remove the shapes of a drawing that run our macros; return whether there were any."""
    found = [
        element
        for element in drawing.iter()
        if isinstance(element.tag, str) and _OUR_MACRO.search(element.get("macro", "").encode())
    ]
    for element in found:
        anchor = element
        while anchor.getparent() is not None and anchor.getparent() is not drawing:
            anchor = anchor.getparent()
        if anchor.getparent() is drawing:
            drawing.remove(anchor)
    return bool(found)


def _remove_wrapped(element: Any) -> None:
    """Remove an element, and the alternatives around it (mc:AlternateContent)."""
    parent = element.getparent()
    while parent is not None and "markup-compatibility" in parent.tag:
        element, parent = parent, parent.getparent()
    if parent is not None:
        parent.remove(element)


# --- to the edition with macros --------------------------------------------------------------


def _with_macros(ledger: OpenedLedger) -> bytes:
    parts, names = _with_code_names(ledger)
    parts[VBA_PART] = vba_project(names)
    parts[opc.relations_part(WORKBOOK)] = _with_relation(
        ledger, WORKBOOK, "rIdQiyxMacros", _VBA_KIND, "vbaProject.bin"
    )
    parts |= _with_buttons(ledger, parts)
    parts[opc.CONTENT_TYPES] = _content_types(
        ledger, MACRO_WORKBOOK, (), {"bin": _KINDS["bin"], "vml": _VML_TYPE}
    )
    package = with_parts(ledger.package, parts)
    if RIBBON_PART in ledger.part_names():
        return package
    short_name = ledger.identity.get(texts.CATEGORY_KEY, "")
    return with_ribbon(package, read_text("macros/customUI14.xml"), short_name)


def _with_code_names(ledger: OpenedLedger) -> tuple[dict[str, bytes], list[str]]:
    """Give every sheet its name in VBA; return the changed parts and all names, in order."""
    ours = {sheet.value: sheet.code_name for sheet in LedgerSheet}
    parts: dict[str, bytes] = {}
    names: list[str] = []
    for number, (sheet, part) in enumerate(ledger.sheet_parts().items(), start=1):
        root = parse(ledger.read(part))
        if root.tag != f"{Q}worksheet":
            continue
        properties = root.find(f"{Q}sheetPr")
        if properties is None:
            properties = root.makeelement(f"{Q}sheetPr", nsmap={None: MAIN})
            root.insert(0, properties)
        name = ours.get(sheet) or properties.get("codeName") or f"QiyxSheet{number}"
        names.append(name)
        if properties.get("codeName") != name:
            properties.set("codeName", name)
            parts[part] = serialized(root)
    book = parse(ledger.read(WORKBOOK))
    properties = book.find(f"{Q}workbookPr")
    if properties is None:
        properties = book.makeelement(f"{Q}workbookPr", nsmap={None: MAIN})
        before = book.find(f"{Q}fileVersion")
        book.insert(0 if before is None else book.index(before) + 1, properties)
    if properties.get("codeName") != BOOK_MODULE:
        properties.set("codeName", BOOK_MODULE)
        parts[WORKBOOK] = serialized(book)
    return parts, names


def _with_buttons(ledger: OpenedLedger, parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the parts of 操作台 with our buttons, beside the comments that people made there."""
    console = ledger.part(LedgerSheet.CONSOLE)
    drawing = button_drawing()
    there = ledger.related_to(console, "/vmlDrawing")
    if there:
        merged = _merged(ledger.read(there[0]), drawing)
        return {there[0]: merged}
    root = parse(parts.get(console, ledger.read(console)))
    element = root.makeelement(f"{Q}legacyDrawing", {f"{opc.R}id": _BUTTONS_ID})
    later = [child for child in root if child.tag in {f"{Q}{name}" for name in _AFTER_DRAWING}]
    later += [child for child in root if "markup-compatibility" in str(child.tag)]
    if later:
        min(later, key=root.index).addprevious(element)
    else:
        root.append(element)
    target = posixpath.relpath(_BUTTONS_PART, posixpath.dirname(console))
    return {
        console: serialized(root),
        _BUTTONS_PART: drawing,
        opc.relations_part(console): _with_relation(
            ledger, console, _BUTTONS_ID, _VML_KIND, target
        ),
    }


def _merged(drawing: bytes, buttons: bytes) -> bytes:
    """Return a VML drawing with the shapes of another one after its own, under free numbers."""
    numbers = [int(number) for number in _SHAPE_NUMBER.findall(drawing)]
    first = max(numbers, default=1024) + 1
    kind = buttons[buttons.index(b"<v:shapetype") : buttons.index(b"</v:shapetype>")]
    shapes = b"".join(_SHAPE.findall(buttons))
    lowest = min(int(number) for number in _SHAPE_NUMBER.findall(shapes))
    shapes = _SHAPE_NUMBER.sub(
        lambda found: b"_x0000_s%d" % (int(found[1]) - lowest + first), shapes
    )
    found = _SHAPE_ID.search(kind)
    known = found is not None and b'id="%s"' % found[1] in drawing
    more = shapes if known else kind + b"</v:shapetype>" + shapes
    end = drawing.rindex(b"</xml>")
    return drawing[:end] + more + drawing[end:]


# --- what both need --------------------------------------------------------------------------


def _without_relations(ledger: OpenedLedger, part: str, gone: Iterable[str]) -> bytes:
    name = opc.relations_part(part)
    root = parse(ledger.read(name))
    folder = posixpath.dirname(part)
    for entry in list(root):
        external = entry.get("TargetMode", "").lower() == "external"
        if not external and opc.resolved(folder, entry.get("Target", "")) in gone:
            root.remove(entry)
    return serialized(root)


def _with_relation(ledger: OpenedLedger, part: str, name: str, kind: str, target: str) -> bytes:
    relations = opc.relations_part(part)
    if relations in ledger.part_names():
        root = parse(ledger.read(relations))
    else:
        root = parse(f'<Relationships xmlns="{opc.RELATIONS_NAMESPACE}"/>'.encode())
    root.append(
        root.makeelement(
            f"{{{opc.RELATIONS_NAMESPACE}}}Relationship",
            {"Id": name, "Type": kind, "Target": target},
        )
    )
    return serialized(root)


def _content_types(
    ledger: OpenedLedger,
    workbook: str,
    gone: Iterable[str],
    defaults: Mapping[str, str] | None = None,
) -> bytes:
    root = parse(ledger.read(opc.CONTENT_TYPES))
    gone = set(gone)
    suffixes = set()
    for entry in list(root):
        suffixes.add(entry.get("Extension", "").lower())
        part = opc.resolved("", entry.get("PartName", ""))
        if entry.get("PartName") and part in gone:
            root.remove(entry)
        elif part == WORKBOOK:
            entry.set("ContentType", workbook)
    for suffix, kind in (defaults or {}).items():
        if suffix not in suffixes:
            element = root.makeelement(
                f"{{{opc.TYPES_NAMESPACE}}}Default", {"Extension": suffix, "ContentType": kind}
            )
            root.insert(0, element)
    return serialized(root)


def _console_words(ledger: OpenedLedger, part: str, edition: LedgerEdition) -> bytes:
    """Return 操作台 with what it says of buttons and functions in the words of an edition.

    A text that somebody changed stays.
    """
    root = parse(ledger.read(part))
    other = next(each for each in LedgerEdition if each is not edition)
    new = dict(zip(texts.instructions(other), texts.instructions(edition), strict=True))
    cells: dict[tuple[int, int], Cell] = {}
    there = cells_of(root)
    for where, cell in there.items():
        words = new.get(ledger.cell_text(cell))
        if words is not None:
            row = int(where.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1
            cells[row, column_of(where)] = words
    place = (BUTTON_ROW, LEFT)
    said = ledger.cell_text(there.get(address(*place)))
    if edition is LedgerEdition.ADDIN and not said:
        cells[place] = texts.ADDIN_BUTTONS
    elif edition is LedgerEdition.EXCEL and said == texts.ADDIN_BUTTONS:
        cells[place] = None
    put_cells(root, cells)
    return serialized(root)


def _marked(ledger: OpenedLedger, part: str, edition: LedgerEdition) -> bytes:
    """Return the sheet _qiyx saying which edition the ledger is of."""
    root = parse(ledger.read(part))
    row = 0
    there = cells_of(root)
    while (key := ledger.cell_text(there.get(address(row, 0)))) and key != EDITION_KEY:
        row += 1
    put_cells(root, {(row, 0): EDITION_KEY, (row, 1): edition.value})
    return serialized(root)
