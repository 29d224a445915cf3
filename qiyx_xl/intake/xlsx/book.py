"""Which parts of a package are the workbook's sheets, styles and shared texts.

Parts are found by the package's relationships, not by their usual names, and case-insensitively;
all names of parts are in lower case here.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from posixpath import dirname
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from qiyx_xl.core import findings as say
from qiyx_xl.core.primitives.memo import A_PART, bounded_cache
from qiyx_xl.files import opc
from qiyx_xl.files.xml import Damaged, is_on, local_name, parse
from qiyx_xl.intake.cells.styles import Styles, read_styles
from qiyx_xl.intake.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The text of an element, without references or characters that XML cannot contain.
_SIMPLE_TEXT = re.compile(rb"(?<=>)([^<>&\x00-\x08\x0b-\x1f\xef]+)(?=</)")
_FILLER = "\ufffc"  # no text of a person has this
_USUAL_PLACE = "xl/workbook.xml"
_WORKBOOK_TYPE = "main+xml"


class AboutSheet(NamedTuple):
    """One worksheet: its name, the part with its cells, and whether it is hidden."""

    name: str
    part: str
    is_hidden: bool


class WorkbookOutline(NamedTuple):
    """A workbook's worksheets in order, and what their cells refer to.

    ``strings`` is the name of the part with the shared texts, "" if there is none.
    ``has_1904_dates`` is whether dates are counted from 1904, as in workbooks of old Macintoshes.
    """

    sheets: tuple[AboutSheet, ...]
    strings: str
    styles: Styles
    has_1904_dates: bool


def read_book(parts: Mapping[str, bytes]) -> WorkbookOutline:
    """Return a workbook's sheets, styles and shared texts.

    Raises:
        Refused: it is not a workbook, or its parts contradict each other.
    """
    main = _main_part(parts.get(opc.ROOT_RELATIONS, b""), parts.get(opc.CONTENT_TYPES.lower(), b""))
    if main not in parts:
        raise Refused(say.NOT_A_WORKBOOK.at())
    relations = parts.get(opc.relations_part(main), b"")
    outline = _outline(dirname(main), parts[main], relations)
    for sheet in outline.sheets:
        if sheet.part not in parts:
            raise Refused(say.DAMAGED.at(detail=f"找不到工作表“{sheet.name}”的内容"))
    styles = read_styles(parts.get(outline.styles, b""))
    return WorkbookOutline(outline.sheets, outline.strings, styles, outline.has_1904_dates)


def saved_at(parts: Mapping[str, bytes]) -> datetime | None:
    """Return the time of last saving that the workbook states, in UTC; None if it states none.

    A time without a zone is in UTC (ECMA-376 part 2, 11: W3CDTF).
    """
    part = parts.get(_properties_part(parts.get(opc.ROOT_RELATIONS, b"")), b"")
    return _modified(part) if part else None


@bounded_cache(64, A_PART)
def _properties_part(relations: bytes) -> str:
    """Return the name of the part with the document's properties; "" if there is none."""
    try:
        known = _relations("", relations)
    except Refused:
        return ""  # read_book reports the same fault
    return next((relation.target for relation in known if relation.kind == "core-properties"), "")


def _modified(properties: bytes) -> datetime | None:
    stated = _modified_as_usual(properties)
    if stated is None:
        stated = _modified_as_parsed(properties)
    try:
        saved = datetime.fromisoformat(stated.strip())
        return saved.replace(tzinfo=UTC) if saved.tzinfo is None else saved.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _modified_as_parsed(properties: bytes) -> str:
    """Return the text of the element ``modified``; "" if there is none."""
    try:
        root = parse(properties)
    except Damaged:
        return ""
    return next((element.text or "" for element in root if local_name(element) == "modified"), "")


def _modified_as_usual(properties: bytes) -> str | None:
    """Return what ``_modified_as_parsed`` returns, faster; None if only the parser can tell.

    The texts differ from file to file, but what is around them is the same for all files of a
    program, so it is parsed only once.
    """
    filler = _FILLER.encode()
    if filler in properties:
        return None
    around = _SIMPLE_TEXT.split(properties)
    place = _place_of_modified(filler.join(around[::2]))
    if place is None:
        return None
    try:
        properties.decode()
        return around[2 * place + 1].decode()
    except UnicodeDecodeError:
        return None


@bounded_cache(64, A_PART)
def _place_of_modified(properties: bytes) -> int | None:
    """Return which of the texts is that of ``modified``, from 0; each has become the filler.

    None if the part is not well-formed, has no such text, or has fillers elsewhere.
    """
    try:
        root = parse(properties)
    except Damaged:
        return None
    filled = [element for element in root.iter() if element.text == _FILLER]
    first = next((element for element in root if local_name(element) == "modified"), None)
    if first not in filled or len(filled) != properties.count(f">{_FILLER}</".encode()):
        return None
    return filled.index(first)


class _BookParts(NamedTuple):
    sheets: tuple[AboutSheet, ...]
    strings: str
    styles: str
    has_1904_dates: bool


@bounded_cache(64, A_PART)
def _main_part(relations: bytes, content_types: bytes) -> str:
    """Return the name of the workbook's part: by its relationship, else by its content type."""
    for relation in _relations("", relations):
        if relation.kind == "officeDocument":
            return relation.target
    with _refusing_damage():
        kinds = opc.ContentTypes(content_types).of_single_parts if content_types else {}
    for part, kind in kinds.items():
        if kind.lower().endswith(_WORKBOOK_TYPE):
            return part.lower()
    return _USUAL_PLACE


@bounded_cache(64, A_PART)  # workbooks of one program and template have the same structure
def _outline(folder: str, book: bytes, relations: bytes) -> _BookParts:
    """Return a workbook's sheets and shared parts.

    Raises:
        Refused: they contradict each other.
    """
    with _refusing_damage():
        root = parse(book)
    if local_name(root) != "workbook":
        raise Refused(say.NOT_A_WORKBOOK.at())
    known = {relation.id: relation for relation in _relations(folder, relations)}
    by_kind = {relation.kind: relation.target for relation in known.values()}
    sheets: list[AboutSheet] = []
    has_1904_dates = False
    names: set[str] = set()
    for element in root:
        if local_name(element) == "workbookPr":
            has_1904_dates = is_on(element.get("date1904"), default=False)
        if local_name(element) != "sheets":
            continue
        for sheet in element:
            name = sheet.get("name", "")
            if name in names:
                raise Refused(say.DAMAGED.at(detail=f"有两张工作表都叫“{name}”"))
            names.add(name)
            relation = known.get(_relation_id(sheet))
            # Chart sheets, macro modules and dialogs have no cells; some programs write no part
            # for them at all.
            if relation is not None and relation.kind == "worksheet":
                is_hidden = sheet.get("state", "visible") != "visible"
                sheets.append(AboutSheet(name, relation.target, is_hidden))
    return _BookParts(
        tuple(sheets), by_kind.get("sharedStrings", ""), by_kind.get("styles", ""), has_1904_dates
    )


def _relation_id(sheet: Any) -> str:
    return next((value for key, value in sheet.items() if key.endswith("}id")), "")


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Refuse a workbook whose lists cannot be read.

    Raises:
        Refused: one cannot.
    """
    try:
        yield
    except Damaged:
        raise Refused(say.DAMAGED.at(detail="工作簿结构有误")) from None


def _relations(folder: str, xml: bytes) -> list[opc.Relation]:
    """Return a part's relationships to other parts inside the package.

    Raises:
        Refused: the list of relationships cannot be read.
    """
    with _refusing_damage():
        return [
            replace(relation, target=unquote(relation.target).lower())
            for relation in (opc.read_relations(xml, folder) if xml else ())
            if not relation.external
        ]
