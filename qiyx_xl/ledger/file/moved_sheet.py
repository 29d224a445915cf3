"""How the XML of one sheet changes when its rows and columns move, or those it refers to.

Cells, widths, merged cells, conditional formats, validations, filters, links, page breaks and the
frozen pane of a reshaped sheet move; formulas follow on every sheet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.files.xml import MAIN, Q, local_name
from qiyx_xl.ledger.file.moves import (
    REFERENCE_LOST,
    moved_formula,
    moved_ranges,
    moved_reference,
)
from qiyx_xl.ledger.layout.cells import address, column_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qiyx_xl.ledger.file.moves import Axis, Moves

FORMULA_TAGS = frozenset({"f", "formula", "formula1", "formula2"})
# Elements that are removed with the cells they belong to.
_BOUND = frozenset(
    {
        *("mergeCell", "hyperlink", "autoFilter", "sortState", "sortCondition"),
        *("conditionalFormatting", "dataValidation", "protectedRange", "ignoredError"),
        *("cellWatch", "inputCells"),
    }
)
_COUNTED = ("mergeCells", "dataValidations", "hyperlinks", "ignoredErrors", "protectedRanges")


def follow(root: Any, name: str, moves: Mapping[str, Moves]) -> bool:
    """Change a parsed sheet as the moves demand; return whether anything changed.

    Args:
        root: the sheet; its formulas, and if it is reshaped itself its cells, are changed.
        name: the sheet's name.
        moves: the moves of each reshaped sheet, by name.
    """
    own = moves.get(name)
    changed = _follow_formulas(root, name, moves)
    if own is None or own.is_still:
        return changed
    _move_cells(root, own)
    _move_columns(root, own)
    _move_ranges(root, own)
    return True


# --- formulas --------------------------------------------------------------------------------


def _follow_formulas(root: Any, name: str, moves: Mapping[str, Moves]) -> bool:
    cells = [cell for cell in root.iter(f"{Q}c") if cell.find(f"{Q}f") is not None]
    changed = _spelled_out(cells, name, moves)
    own = moves.get(name)
    for cell in cells:
        element = cell.find(f"{Q}f")
        changed |= _follow_cell(cell, element, name, moves)
        if own is not None and element.get("ref"):
            element.set("ref", moved_reference(element.get("ref"), own))
    for parent in root:
        if local_name(parent) == "sheetData":
            continue
        for element in parent.iter():
            if local_name(element) in FORMULA_TAGS and element.text:
                moved = moved_formula(element.text, name, moves, shift=_shift(element, own))
                changed |= moved != element.text
                element.text = moved
            link = element.get("location") if local_name(element) == "hyperlink" else None
            if link:
                moved = moved_formula(link, name, moves)
                changed |= moved != link
                element.set("location", moved)
    return changed


def _follow_cell(cell: Any, element: Any, name: str, moves: Mapping[str, Moves]) -> bool:
    if not element.text:
        return False
    moved = moved_formula(element.text, name, moves)
    if moved == element.text:
        return False
    if REFERENCE_LOST in moved and REFERENCE_LOST not in element.text:
        # Nothing recalculates a ledger on opening, so the value must say it as well.
        cell.set("t", "e")
        value = cell.find(f"{Q}v")
        if value is None:
            value = element.makeelement(f"{Q}v")
            cell.append(value)
        value.text = REFERENCE_LOST
    element.text = moved
    return True


def spell_out(root: Any) -> None:
    """Give every cell of a shared formula its own."""
    for group in _shared(root.iter(f"{Q}c")):
        _spell_out(group)


def _spelled_out(cells: list[Any], name: str, moves: Mapping[str, Moves]) -> bool:
    """Spell out the shared formulas that may refer to cells that move."""
    changed = False
    for group in _shared(cells):
        text = group[0].find(f"{Q}f").text
        if name in moves or any(moved in text for moved in moves):
            _spell_out(group)
            changed = True
    return changed


def _shared(cells: Iterable[Any]) -> list[list[Any]]:
    """Return the cells of each shared formula, first the one that holds its text."""
    shared: dict[str, list[Any]] = {}
    for cell in cells:
        element = cell.find(f"{Q}f")
        if element is not None and element.get("t") == "shared":
            group = shared.setdefault(element.get("si", ""), [])
            group.insert(0 if element.text else len(group), cell)
    return [group for group in shared.values() if group[0].find(f"{Q}f").text]


def _spell_out(group: list[Any]) -> None:
    from openpyxl.formula.translate import Translator

    text = group[0].find(f"{Q}f").text
    translator = Translator(f"={text}", group[0].get("r"))
    for cell in group:
        element = cell.find(f"{Q}f")
        element.text = translator.translate_formula(cell.get("r")).removeprefix("=")
        for attribute in ("t", "si", "ref"):
            element.attrib.pop(attribute, None)


def _shift(element: Any, own: Moves | None) -> int | None:
    """Return by how many rows the first cell of a format or validation moves."""
    if own is None:
        return None
    for ancestor in element.iterancestors():
        ranges = ancestor.get("sqref") or _own_ranges(ancestor)
        if ranges:
            first = ranges.split()[0].partition(":")[0].replace("$", "")
            moved = moved_ranges(ranges, own)
            if not moved:
                return None
            return _row_of(moved.split()[0].partition(":")[0]) - _row_of(first)
    return None


def _own_ranges(element: Any) -> str:
    """Return the ranges that an extension's format states in an element of its own."""
    return next((child.text or "" for child in element if local_name(child) == "sqref"), "")


def _row_of(where: str) -> int:
    return int(where.replace("$", "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)


# --- cells -----------------------------------------------------------------------------------


def _move_cells(root: Any, moves: Moves) -> None:
    data = root.find(f"{Q}sheetData")
    rows = []
    for row in list(data):
        old = int(row.get("r")) - 1
        data.remove(row)
        new = moves.rows.at(old)
        if new is None:
            continue
        _move_row(row, old, new, moves)
        rows.append((new, row))
    data.extend(row for _, row in sorted(rows, key=lambda each: each[0]))


def _move_row(row: Any, old: int, new: int, moves: Moves) -> None:
    row.set("r", str(new + 1))
    row.attrib.pop("spans", None)
    columns = moves.columns_at(old)
    placed: dict[int, Any] = {}
    # From the right: what people wrote beside the table has moved, and goes before what had not.
    for cell in sorted(row, key=lambda cell: -column_of(cell.get("r"))):
        row.remove(cell)
        place = columns.at(column_of(cell.get("r")))
        if place is not None and place not in placed:
            cell.set("r", address(new, place))
            placed[place] = cell
    row.extend(placed[place] for place in sorted(placed))


def _move_columns(root: Any, moves: Moves) -> None:
    """Move the widths of the columns; new ones are added by whoever adds the columns."""
    columns = root.find(f"{Q}cols")
    if columns is None or moves.columns.is_still:
        return
    placed = []
    for column in list(columns):
        columns.remove(column)
        for low, high in _runs(moves.columns, int(column.get("min")) - 1, int(column.get("max"))):
            moved = columns.makeelement(f"{Q}col", dict(column.attrib))
            moved.set("min", str(low + 1))
            moved.set("max", str(high + 1))
            placed.append((low, moved))
    columns.extend(moved for _, moved in sorted(placed, key=lambda each: each[0]))


def _runs(axis: Axis, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield where the columns from ``start`` to before ``stop`` go."""
    for index in range(max(start, axis.first), min(stop, axis.end)):
        moved = axis.at(index)
        if moved is not None:
            yield moved, moved
    if start < axis.first:
        yield start, min(stop, axis.first) - 1
    low = max(start, axis.end)
    if low < stop:
        tail = axis.new_end - axis.end
        high = min(stop - 1 + tail, axis.size - 1)
        if low + tail <= high:
            yield low + tail, high


# --- everything that has a range -------------------------------------------------------------


def _move_ranges(root: Any, moves: Moves) -> None:
    for parent in list(root):
        if local_name(parent) in ("sheetData", "cols"):
            continue
        for element in list(parent.iter()):
            _move_range(element, moves)
        move_anchors(parent, moves)
    for name in _COUNTED:
        parent = root.find(f"{Q}{name}")
        if parent is None:
            continue
        if not len(parent):
            root.remove(parent)
        elif parent.get("count") is not None:
            parent.set("count", str(len(parent)))


def _move_range(element: Any, moves: Moves) -> None:
    name = local_name(element)
    if name == "filterColumn":
        return  # it moves with its filter
    if name == "brk":
        is_row = local_name(element.getparent()) == "rowBreaks"
        axis = moves.rows if is_row else moves.columns
        element.set("id", str(axis.edge(int(element.get("id", "0")))))
        return
    if name == "pane":
        _move_pane(element, moves)
        return
    if name == "sqref" and element.text:  # of a format or a sparkline in an extension
        element.text = moved_ranges(element.text, moves)
        owner = element.getparent()
        if not element.text and owner.getparent() is not None:
            owner.getparent().remove(owner)
        return
    if name == "autoFilter":
        move_filter(element, moves)
    for attribute in ("ref", "sqref", "activeCell", "r1", "r2"):
        text = element.get(attribute)
        if not text:
            continue
        moved = moved_ranges(text, moves)
        if moved:
            element.set(attribute, moved)
        elif name in _BOUND:
            element.getparent().remove(element)
            return
        else:
            element.set(attribute, _nearest(text, moves))


def _nearest(text: str, moves: Moves) -> str:
    """Return the cell that stands where a deleted one was, for a selection."""
    first = text.split(maxsplit=1)[0].partition(":")[0].replace("$", "")
    return address(*moves.corner(_row_of(first) - 1, column_of(first)))


def _move_pane(pane: Any, moves: Moves) -> None:
    where = pane.get("topLeftCell")
    if where:
        pane.set("topLeftCell", address(*moves.corner(_row_of(where) - 1, column_of(where))))
    if pane.get("state") not in ("frozen", "frozenSplit"):
        return
    for attribute, axis in (("xSplit", moves.columns), ("ySplit", moves.rows)):
        if pane.get(attribute):
            pane.set(attribute, str(axis.edge(int(float(pane.get(attribute))))))


def move_filter(element: Any, moves: Moves) -> None:
    """Move the columns of a filter, which are counted from its own first column."""
    reference = element.get("ref", "")
    first = column_of(reference.partition(":")[0].replace("$", ""))
    moved = moved_reference(reference, moves)
    if moved == REFERENCE_LOST:
        return
    new_first = column_of(moved.partition(":")[0].replace("$", ""))
    for column in element.findall(f"{{{MAIN}}}filterColumn"):
        place = moves.columns.at(first + int(column.get("colId", "0")))
        if place is None:
            element.remove(column)
        else:
            column.set("colId", str(place - new_first))


def move_anchors(root: Any, moves: Moves) -> None:
    """Move the corners of pictures, charts and buttons."""
    for end in root.iter():
        if local_name(end) not in ("from", "to"):
            continue
        places = {local_name(child): child for child in end}
        if "row" in places and "col" in places:
            row, column = moves.corner(int(places["row"].text), int(places["col"].text))
            places["row"].text, places["col"].text = str(row), str(column)
