"""How the static copy of a ledger is made: the same look, values only, no macros, no Python.

The parts of the closed ledger's package are copied, so that the look is kept exactly. Only
visible content is copied: macros, buttons, the ribbon, comments, links, hidden sheets, drop-down
lists and the author's name are left out. The same ledger gives the same bytes.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from qiyx_xl.files import opc
from qiyx_xl.files.xml import MAIN, Q, parse, serialized
from qiyx_xl.files.zip_writer import packed
from qiyx_xl.ledger.content.dashboard import BUTTON_ROW
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import WORKBOOK, OpenedLedger
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


# The kinds of parts that are copied, by the ending of their relationship's type; no others are.
_KEPT = frozenset(
    {
        "officeDocument",
        "worksheet",
        "styles",
        "theme",
        "sharedStrings",
        "drawing",
        "chart",
        "chartStyle",
        "chartColorStyle",
        "image",
        "table",
    }
)
# Elements that do something when the file is used, or contain what is not shown.
_LEFT_OUT_OF_SHEETS = ("dataValidations", "controls", "oleObjects", "customSheetViews", "scenarios")
_LEFT_OUT_OF_BOOK = (
    "fileVersion",
    "fileSharing",
    "workbookProtection",
    "externalReferences",
    "pivotCaches",
    "customWorkbookViews",
    "webPublishing",
    "fileRecoveryPr",
)
_VALIDATIONS_EXTENSION = "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHARED_TEXT = re.compile(rb'<c\s[^>]*?\bt="s"[^>]*>\s*<v>([0-9]+)</v>')
_DATA = re.compile(rb"<sheetData\b[^>]*>(.*)</sheetData>", re.DOTALL)
_FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>.*?</f>)", re.DOTALL)
_METADATA = re.compile(rb'(<c\s[^>]*?)\s(?:cm|vm)="[0-9]+"')
_FORMULA_TEXT = re.compile(rb'(<c\s[^>]*?\bt=)"str"([^>]*>)\s*<v\b[^>]*>(.*?)</v>', re.DOTALL)
_EMPTY_TEXT = re.compile(rb'(<c\s[^>]*?)\st="str"([^>]*>)\s*(?:<v\s*/>)?</c>')
_NAME_ERROR = re.compile(
    rb'<c\s[^>]*?\bt="e"[^>]*><f[^>]*>[^<]*QYX_[^<]*</f><v>#NAME\?</v>', re.DOTALL
)


def static_copy(ledger: OpenedLedger, name: str) -> bytes:
    """Return a ledger's static copy (.xlsx).

    Raises:
        LedgerError: it was saved while its functions did not run, so it has errors for values.
    """
    return _Copy(ledger, name).made()


class _Copy:
    """One copy that is being made: the parts copied so far, and their content types."""

    def __init__(self, ledger: OpenedLedger, name: str) -> None:
        self._ledger = ledger
        self._name = name
        self._types = opc.ContentTypes(ledger.read(opc.CONTENT_TYPES))
        self._parts: dict[str, bytes] = {}
        self._kinds: dict[str, str] = {}

    def made(self) -> bytes:
        """Copy the workbook and every part it refers to that is kept; return the package."""
        book = parse(self._ledger.read(WORKBOOK))
        visible = [sheet for sheet in book.iter(f"{Q}sheet") if _is_visible(sheet)]
        kept = {sheet.get(f"{opc.R}id") for sheet in visible}
        relations = [
            relation
            for relation in self._ledger.relations(WORKBOOK)
            if relation.kind in _KEPT and (relation.kind != "worksheet" or relation.id in kept)
        ]
        self._parts[WORKBOOK] = serialized(_plain_book(book, visible))
        self._kinds[WORKBOOK] = opc.PLAIN_WORKBOOK
        self._parts[opc.relations_part(WORKBOOK)] = _relations_xml(WORKBOOK, relations)
        for relation in relations:
            self._take(relation)
        self._clean_texts()
        self._parts[opc.ROOT_RELATIONS] = _relations_xml("", [_to_workbook()])
        self._parts[opc.CONTENT_TYPES] = self._content_types_xml()
        # [Content_Types].xml comes first, as some programs require it.
        order = sorted(self._parts, key=lambda part: (part != opc.CONTENT_TYPES, part))
        return packed((part, self._parts[part]) for part in order)

    def _take(self, relation: opc.Relation) -> None:
        part = relation.target
        if part in self._parts:
            return
        data = self._ledger.read(part)
        kept = [child for child in self._ledger.relations(part) if child.kind in _KEPT]
        gone = {child.id for child in self._ledger.relations(part)} - {child.id for child in kept}
        if relation.kind == "worksheet":
            data = self._values_only(part, data, gone)
        elif gone and part.endswith(".xml"):
            data = serialized(_without_references(parse(data), gone))
        self._parts[part] = data
        self._kinds[part] = self._types.of(part)
        if kept:
            self._parts[opc.relations_part(part)] = _relations_xml(part, kept)
        for child in kept:
            self._take(child)

    def _values_only(self, part: str, xml: bytes, gone: Iterable[str]) -> bytes:
        """Return a sheet without formulas, and without references to parts that are not copied."""
        name_errors = len(_NAME_ERROR.findall(xml))
        if name_errors:
            raise LedgerError(
                f"“{self._name}”里有 {name_errors} 个格显示 #NAME?：它是在函数没有启动时存的。"
                "请先运行 qiyx ledger refresh（或在 Excel 里等函数就绪后存盘），再做静态副本。"
            )
        found = _DATA.search(xml)
        rows = found[1] if found is not None else b""
        frame = xml if found is None else xml[: found.start(1)] + xml[found.end(1) :]
        root = _without_references(parse(frame), gone)
        _unburden_sheet(root)
        if part == self._ledger.part(LedgerSheet.CONSOLE):
            rows = _without_instructions(rows, self._ledger)
        framed = serialized(root)
        rows = _values(rows)
        for empty in (b"<sheetData/>", b"<sheetData></sheetData>"):
            if empty in framed:
                return framed.replace(empty, b"<sheetData>" + rows + b"</sheetData>", 1)
        raise LedgerError(f"读不懂“{self._name}”里的一张表，没有做副本。请换回备份的台账再试。")

    def _clean_texts(self) -> None:
        """Empty the shared strings that no visible cell uses, so that no hidden text is copied."""
        part = self._ledger.related("/sharedStrings")
        if part is None or part not in self._parts:
            return
        used = {
            int(index)
            for name, data in self._parts.items()
            if self._kinds.get(name, "").endswith("worksheet+xml")
            for index in _SHARED_TEXT.findall(data)
        }
        root = parse(self._parts[part])
        for index, item in enumerate(root.findall(f"{Q}si")):
            if index not in used:
                for child in list(item):
                    item.remove(child)
                item.append(parse(f'<t xmlns="{MAIN}"/>'.encode()))
        self._parts[part] = serialized(root)

    def _content_types_xml(self) -> bytes:
        defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml"}
        overrides = {}
        for part, kind in self._kinds.items():
            suffix = posixpath.splitext(part)[1].lstrip(".")
            if suffix == "xml":
                overrides[f"/{part}"] = kind
            else:
                defaults[suffix] = kind
        return _listed(
            "Types",
            opc.TYPES_NAMESPACE,
            [
                *(
                    ("Default", {"Extension": suffix, "ContentType": kind})
                    for suffix, kind in sorted(defaults.items())
                ),
                *(
                    ("Override", {"PartName": part, "ContentType": kind})
                    for part, kind in sorted(overrides.items())
                ),
            ],
        )


# --- the workbook ----------------------------------------------------------------------------


def _is_visible(sheet: Any) -> bool:
    return str(sheet.get("state", "visible")) == "visible"


def _plain_book(book: Any, visible: list[Any]) -> Any:
    """Return workbook.xml with only the visible sheets and the names that belong to them."""
    before = list(book.iter(f"{Q}sheet"))
    for sheet in before:
        if sheet not in visible:
            sheet.getparent().remove(sheet)
    for tag in _LEFT_OUT_OF_BOOK:
        for element in book.findall(f"{Q}{tag}"):
            book.remove(element)
    for element in list(book):
        if not isinstance(element.tag, str) or not element.tag.startswith(Q):
            book.remove(element)  # an extension that newer programs add in their own namespace
    properties = book.find(f"{Q}workbookPr")
    if properties is not None:
        properties.attrib.pop("codeName", None)
    calculation = book.find(f"{Q}calcPr")
    if calculation is not None:
        calculation.attrib.pop("fullCalcOnLoad", None)
    for view in book.iter(f"{Q}workbookView"):
        for attribute in ("activeTab", "firstSheet"):
            index = int(view.get(attribute, 0))
            shown = visible.index(before[index]) if before[index] in visible else 0
            view.attrib.pop(attribute, None)
            if shown:
                view.set(attribute, str(shown))
    _keep_names(book, before, visible)
    return book


def _keep_names(book: Any, before: list[Any], visible: list[Any]) -> None:
    """Keep the names of print areas, print titles and filters; remove those for formulas."""
    names = book.find(f"{Q}definedNames")
    if names is None:
        return
    for name in list(names):
        index = name.get("localSheetId")
        sheet = None if index is None else before[int(index)]
        if not name.get("name", "").startswith("_xlnm.") or sheet not in visible:
            names.remove(name)
        else:
            name.set("localSheetId", str(visible.index(sheet)))
    if len(names) == 0:
        book.remove(names)


# --- a sheet ---------------------------------------------------------------------------------


def _values(rows: bytes) -> bytes:
    """Return rows with each formula replaced by its value."""
    if b"<f" in rows:
        rows = _FORMULA.sub(b"", rows)
        rows = _EMPTY_TEXT.sub(rb"\1\2</c>", rows)
        rows = _FORMULA_TEXT.sub(_as_text, rows)
    if b"cm=" in rows or b"vm=" in rows:
        rows = _METADATA.sub(rb"\1", _METADATA.sub(rb"\1", rows))
    return rows


def _as_text(found: re.Match[bytes]) -> bytes:
    head, tail, text = found.groups()
    return head + b'"inlineStr"' + tail + b'<is><t xml:space="preserve">' + text + b"</t></is>"


def _without_references(root: Any, gone: Iterable[str]) -> Any:
    """Remove the elements that refer to parts not copied; of pageSetup only the reference."""
    missing = set(gone)
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        references = [
            name
            for name, value in element.attrib.items()
            if name.startswith(opc.R) and value in missing
        ]
        if not references:
            continue
        if element.tag == f"{Q}pageSetup":
            for name in references:
                del element.attrib[name]
        else:
            _remove(element)
    return root


def _remove(element: Any) -> None:
    """Remove an element, and its parents as far as they are then empty."""
    while (parent := element.getparent()) is not None:
        parent.remove(element)
        if len(parent) or parent.getparent() is None:
            return
        element = parent


def _unburden_sheet(root: Any) -> None:
    for tag in _LEFT_OUT_OF_SHEETS:
        for element in list(root.iter(f"{Q}{tag}")):
            _remove(element)
    for extension in list(root.iter(f"{Q}ext")):
        if extension.get("uri", "").upper() == _VALIDATIONS_EXTENSION:
            _remove(extension)
    for properties in root.findall(f"{Q}sheetPr"):
        properties.attrib.pop("codeName", None)


def _without_instructions(rows: bytes, ledger: OpenedLedger) -> bytes:
    """Hide the rows of 操作台 on buttons and functions, as the copy has neither."""
    first = _first_instruction(ledger)

    def hidden(found: re.Match[bytes]) -> bytes:
        row = int(found[2]) - 1
        if row != BUTTON_ROW and (first is None or row < first):
            return found[0]
        head = re.sub(rb'\shidden="[^"]*"', b"", found[1])
        return head + b' hidden="1"' + found[3]

    return re.sub(rb'(<row\b[^>]*?\br="([0-9]+)"[^>]*?)(/?>)', hidden, rows)


def _first_instruction(ledger: OpenedLedger) -> int | None:
    """Return the first row, from 0, of the instructions; None if their title was not found."""
    root = parse(ledger.read(ledger.part(LedgerSheet.CONSOLE)))
    for cell in root.iter(f"{Q}c"):
        if ledger.cell_text(cell) == texts.STEPS_TITLE:
            return int(cell.getparent().get("r")) - 1
    return None


# --- relations and content types ---------------------------------------------------------------


def _to_workbook() -> opc.Relation:
    return opc.Relation("rId1", f"{opc.OFFICE}/officeDocument", WORKBOOK)


def _relations_xml(part: str, relations: Iterable[opc.Relation]) -> bytes:
    folder = posixpath.dirname(part) or "."
    return _listed(
        "Relationships",
        opc.RELATIONS_NAMESPACE,
        [
            (
                "Relationship",
                {
                    "Id": relation.id,
                    "Type": relation.type,
                    "Target": posixpath.relpath(relation.target, folder),
                },
            )
            for relation in relations
        ],
    )


def _listed(root: str, namespace: str, entries: Iterable[tuple[str, Mapping[str, str]]]) -> bytes:
    """Return a document whose root has elements with attributes only."""
    lines = "".join(
        f"<{tag} "
        + " ".join(f"{name}={quoteattr(text)}" for name, text in attributes.items())
        + "/>"
        for tag, attributes in entries
    )
    return f'{_DECLARATION}<{root} xmlns="{namespace}">{lines}</{root}>'.encode()
