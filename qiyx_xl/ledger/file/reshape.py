"""How a whole package follows when rows and columns of some of its sheets move.

What refers to a moved cell refers to it afterwards: formulas of every sheet, defined names, charts,
tables, pivot tables, comments, pictures and buttons. What referred to a deleted cell says
``#REF!``, as after a deletion in Excel.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from qiyx_xl.files.xml import Damaged, Q, local_name, parse, serialized
from qiyx_xl.ledger.file.moved_sheet import FORMULA_TAGS, follow, move_anchors, move_filter
from qiyx_xl.ledger.file.moves import REFERENCE_LOST, moved_formula, moved_ranges, moved_reference
from qiyx_xl.ledger.file.opened import WORKBOOK
from qiyx_xl.ledger.layout.cells import column_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qiyx_xl.ledger.file.moves import Moves
    from qiyx_xl.ledger.file.opened import OpenedLedger

# Attributes of form controls and shapes that hold a reference.
_LINKS = ("fmlaLink", "fmlaRange", "fmlaGroup", "fmlaTxbx", "textlink")
_TEXTS = FORMULA_TAGS | {"definedName", "FmlaLink", "FmlaRange", "FmlaGroup", "FmlaTxbx"}
_FORMULA_NAMING = rb'(?:<(?:\w+:)?f(?:ormula[12]?)?\b[^>]*>|\blocation=")[^<"]*(?:%b)'


def reshaped_parts(
    ledger: OpenedLedger,
    moves: Mapping[str, Moves],
    headers: Mapping[str, Mapping[int, str]],
    finish: Mapping[str, Callable[[Any, Any], None]],
) -> dict[str, bytes]:
    """Return the parts that change, without the calculation chain's.

    Args:
        ledger: the ledger.
        moves: how the cells of each reshaped sheet move, by the sheet's name.
        headers: for each reshaped sheet the header texts of its new columns, for tables that
            people laid over them.
        finish: what else is done to a reshaped sheet; it gets the sheet as it was and the moved
            one, both parsed.
    """
    sheets = ledger.sheet_parts()
    parts: dict[str, bytes] = {}
    names = b"|".join(
        {re.escape(spelled.encode()) for name in moves for spelled in (name, escape(name))}
    )
    naming = re.compile(_FORMULA_NAMING % names)
    for name, part in sheets.items():
        xml = ledger.read(part)
        if name not in moves and naming.search(xml) is None:
            continue
        root = parse(xml)
        changed = follow(root, name, moves)
        if name in finish:
            finish[name](parse(xml), root)
            changed = True
        if changed:
            parts[part] = serialized(root)
        if name in moves:
            parts |= _bound_parts(ledger, part, name, moves, headers.get(name, {}))
    mentions = re.compile(names)
    for part in ledger.part_names():
        if part in parts or part in sheets.values() or not _may_refer(part):
            continue
        xml = ledger.read(part)
        if mentions.search(xml) is not None:
            parts |= _referring_part(part, xml, "", moves)
    return parts


def _may_refer(part: str) -> bool:
    if part == WORKBOOK:
        return True
    folders = ("charts/", "chartsheets/", "drawings/", "pivotCache/", "ctrlProps/", "chartEx/")
    return part.startswith(tuple(f"xl/{folder}" for folder in folders)) and part.endswith(
        (".xml", ".vml")
    )


def _referring_part(
    part: str, xml: bytes, own: str, moves: Mapping[str, Moves]
) -> dict[str, bytes]:
    """Return a part (a chart, the workbook) with its references moved, if any has to be."""
    try:
        root = parse(xml)
    except Damaged:
        if part.endswith(".vml"):  # Excel reads drawings of this kind that are no XML
            return {}
        raise
    return {part: serialized(root)} if _follow_references(root, own, moves) else {}


def _follow_references(root: Any, own: str, moves: Mapping[str, Moves]) -> bool:
    changed = False
    for element in root.iter():
        if local_name(element) in _TEXTS and element.text:
            moved = moved_formula(element.text, own, moves)
            changed |= moved != element.text
            element.text = moved
        for attribute in _LINKS:
            link = element.get(attribute)
            if link:
                sign = "=" if link.startswith("=") else ""
                moved = sign + moved_formula(link.removeprefix("="), own, moves)
                changed |= moved != link
                element.set(attribute, moved)
        if local_name(element) == "worksheetSource" and element.get("sheet") in moves:
            moved = moved_reference(element.get("ref", ""), moves[element.get("sheet")])
            changed |= moved not in (element.get("ref", ""), REFERENCE_LOST)
            if element.get("ref") and moved != REFERENCE_LOST:
                element.set("ref", moved)
    return changed


# --- what belongs to a reshaped sheet --------------------------------------------------------


def _bound_parts(
    ledger: OpenedLedger,
    sheet: str,
    name: str,
    moves: Mapping[str, Moves],
    headers: Mapping[int, str],
) -> dict[str, bytes]:
    """Return the tables, comments, drawings and controls of a reshaped sheet, moved along."""
    own = moves[name]
    parts: dict[str, bytes] = {}
    for relation in ledger.relations(sheet):
        if relation.external or relation.target not in ledger.part_names():
            continue
        part, kind = relation.target, relation.kind
        try:
            root = parse(ledger.read(part)) if part.endswith((".xml", ".vml")) else None
        except Damaged:
            if part.endswith(".vml"):
                continue
            raise
        if root is None:
            continue
        if kind == "table":
            _move_table(root, own, headers)
        elif kind in ("comments", "threadedComment"):
            _move_comments(root, own)
        elif kind == "vmlDrawing":
            _move_shapes(root, own)
        elif kind == "drawing":
            move_anchors(root, own)
        elif kind == "pivotTable":
            _move_reference(root, own)
        elif kind != "ctrlProp":
            continue
        _follow_references(root, name, moves)
        parts[part] = serialized(root)
    return parts


def _move_reference(root: Any, moves: Moves) -> None:
    for element in root.iter():
        if element.get("ref"):
            element.set("ref", moved_ranges(element.get("ref"), moves) or element.get("ref"))


def _move_table(root: Any, moves: Moves, headers: Mapping[int, str]) -> None:
    """Move a table that people created; columns inside it appear and disappear with the sheet's."""
    old = root.get("ref", "")
    moved = moved_reference(old, moves)
    if moved == REFERENCE_LOST:
        return
    first = column_of(old.partition(":")[0])
    new_first, new_last = (column_of(end) for end in moved.split(":"))
    for element in list(root.iter(f"{Q}autoFilter")):
        move_filter(element, moves)
    _move_reference(root, moves)
    columns = root.find(f"{Q}tableColumns")
    if columns is None:
        return
    there = {
        place: column
        for offset, column in enumerate(columns)
        if (place := moves.columns.at(first + offset)) is not None
    }
    number = max((int(column.get("id", "0")) for column in columns), default=0)
    for column in list(columns):
        columns.remove(column)
    for place in range(new_first, new_last + 1):
        if place not in there:
            number += 1
            text = headers.get(place, f"列{number}").replace("\n", "_x000a_")
            there[place] = columns.makeelement(f"{Q}tableColumn", {"id": str(number), "name": text})
        columns.append(there[place])
    columns.set("count", str(len(columns)))


def _move_comments(root: Any, moves: Moves) -> None:
    for comment in list(root.iter()):
        where = comment.get("ref")
        if not where or local_name(comment) not in ("comment", "threadedComment"):
            continue
        moved = moved_reference(where, moves)
        if moved == REFERENCE_LOST:
            comment.getparent().remove(comment)
        else:
            comment.set("ref", moved)


_LEFT, _TOP, _RIGHT, _BOTTOM = 0, 2, 4, 6  # in the anchor of a shape, between offsets


def _move_shapes(root: Any, moves: Moves) -> None:
    """Move buttons and the boxes of comments; the box of a deleted comment is removed."""
    for data in list(root.iter("{urn:schemas-microsoft-com:office:excel}ClientData")):
        parts = {local_name(child): child for child in data}
        if "Row" in parts and "Column" in parts:
            where = moves.cell(int(parts["Row"].text), int(parts["Column"].text))
            if where is None:
                shape = data.getparent()
                shape.getparent().remove(shape)
                continue
            parts["Row"].text, parts["Column"].text = map(str, where)
        anchor = parts.get("Anchor")
        if anchor is None or not anchor.text:
            continue
        numbers = [int(number) for number in anchor.text.split(",")]
        for row, column in ((_TOP, _LEFT), (_BOTTOM, _RIGHT)):
            numbers[row], numbers[column] = moves.corner(numbers[row], numbers[column])
        anchor.text = ", ".join(map(str, numbers))


def set_names(xml: bytes, meanings: Mapping[str, str], *, but: str) -> bytes:
    """Return the workbook's part with our defined names set, each added if it is missing.

    Args:
        xml: the part.
        meanings: the meaning of each name.
        but: the name that is only added, as people may have moved the cell that it names.
    """
    root = parse(xml)
    names = root.find(f"{Q}definedNames")
    if names is None:
        names = root.makeelement(f"{Q}definedNames")
        root.find(f"{Q}sheets").addnext(names)
    there = {each.get("name"): each for each in names if each.get("localSheetId") is None}
    changed = False
    for name, meaning in meanings.items():
        element = there.get(name)
        if element is None:
            element = names.makeelement(f"{Q}definedName", {"name": name})
            names.append(element)
        elif _spelled(element.text or "") == _spelled(meaning) or (
            name == but and REFERENCE_LOST not in (element.text or "")
        ):
            continue
        element.text = meaning
        changed = True
    return serialized(root) if changed else xml


def _spelled(formula: str) -> str:
    """Return a formula without what programs spell differently."""
    return re.sub(r"[\s']", "", formula).casefold()
