"""How wrong cells are marked in the sender's own workbook: a colour and a comment on each.

The former fill and comment of each marked cell are stored on a very hidden sheet. If the
corrected copy has to be returned again, its earlier marks are removed first.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.files.addresses import address, in_grid, parse_range, range_address
from qiyx_xl.files.palette import ERROR_FILL, WARNING_FILL, argb
from qiyx_xl.files.sizing import line_count
from qiyx_xl.files.untrusted_text import MESSAGE_LIMIT, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from qiyx_xl.core.findings.model import Finding

# --- Cell formats in openpyxl: each is created once and then copied -------------------------------
# openpyxl looks up a font, a fill or a border by comparing it with all those of the workbook. For
# ten thousand cells in nine formats these would be hundreds of thousands of comparisons.

# ruff: noqa: SLF001 - openpyxl has no other name for all of a cell's look at once


class CellStyles:
    """The cell formats created so far in one workbook."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def give(self, cell: Any, look: Hashable, draw: Callable[[Any], None]) -> None:
        """Give a cell a format; ``draw`` is called only for the first cell of each format.

        Args:
            cell: an openpyxl cell of this workbook.
            look: the key of the cell's resulting format; different formats have different keys.
            draw: sets the cell's font, fill and so on.
        """
        known = self._known.get(look)
        if known is None:
            draw(cell)
            self._known[look] = copy(cell._style)
        else:
            cell._style = copy(known)


def look_of(cell: Any) -> tuple[int, ...]:
    """Return a key of a cell's present format, valid within its workbook."""
    return tuple(cell._style or ())


# --- The marks ------------------------------------------------------------------------------------

MARKS_SHEET = "_qiyx_return"
MARKS_SCHEMA = "return/1"
AUTHOR = "校验"
# Comments in files that earlier versions marked and that come back once more.
_AUTHORS = (AUTHOR, "七优享台账")

# Other colours than Excel's own FFC7CE and FFEB9C, which people use themselves.
_FILLS = {Severity.ERROR: argb(ERROR_FILL), Severity.WARNING: argb(WARNING_FILL)}

# Each comment is a drawn shape, and thousands of them make Excel slow.
MAX_COMMENTS = 500
_IN_ONE_COMMENT = 5
_MAX_RANGE = 500  # the most cells coloured for one finding

_THEIRS = "原批注："

_COMMENT_WIDTH = 320  # pixels
_COMMENT_POINTS = 9.0


@dataclass(frozen=True, slots=True)
class Marked:
    """The number of coloured cells, and how many of them got a comment."""

    cells: int
    comments: int


def parse_place(cell: str | None) -> tuple[str, str] | None:
    """Return the first cell and the whole range of an address; None if it is not one.

    ``D3`` gives ``("D3", "D3")``, ``$C$3:D5`` gives ``("C3", "C3:D5")``.
    """
    cells = parse_range(cell or "")
    if cells is None or not (in_grid(*cells[:2]) and in_grid(*cells[2:])):
        return None
    return address(*cells[:2]), range_address(cells)


def mark(book: Any, findings: Sequence[tuple[int, Finding]]) -> Marked:
    """Colour the cells and write the comments; store what they replace on a hidden sheet.

    Args:
        book: the sender's workbook, loaded by openpyxl.
        findings: each with its number in the index, the most serious first.
    """
    memory = book.create_sheet(MARKS_SHEET)
    memory.sheet_state = "veryHidden"
    write_text(memory.cell(1, 1), MARKS_SCHEMA)
    looks = CellStyles()
    by_cell: dict[Any, list[tuple[int, Finding]]] = {}
    for number, finding in findings:
        for cell in _cells_of(book, finding):
            by_cell.setdefault(cell, []).append((number, finding))
    for done, (cell, about) in enumerate(by_cell.items()):
        _remember(memory, done + 2, cell, looks)
        _colour(cell, about[0][1].severity, looks)
        if done < MAX_COMMENTS:
            _comment(cell, about)
    return Marked(len(by_cell), min(len(by_cell), MAX_COMMENTS))


def clear_earlier_marks(book: Any) -> None:
    """Remove what an earlier return added: index, colours, comments.

    Only fills and comments are restored from the hidden sheet, and only those we set, since the
    sender may have changed that sheet.
    """
    if MARKS_SHEET not in book.sheetnames:
        return
    memory = book[MARKS_SHEET]
    index = memory.cell(1, 2).value
    before = {
        (str(row[0].value), str(row[1].value)): (row[2].fill, row[3].value, row[4].value)
        for row in memory.iter_rows(min_row=2, max_col=5)
    }
    book.remove(memory)
    if isinstance(index, str) and index in book.sheetnames and len(book.sheetnames) > 1:
        book.remove(book[index])
    for sheet in book.worksheets:
        for cell in _marked_cells(sheet):
            fill, text, author = before.get((sheet.title, cell.coordinate), (None, None, None))
            _restore(cell, fill, text, author)


def remember_index(book: Any, title: str) -> None:
    """Store the name of the index sheet, so that the next return can remove it."""
    write_text(book[MARKS_SHEET].cell(1, 2), title)


def _marked_cells(sheet: Any) -> Iterator[Any]:
    for row in list(sheet.iter_rows()):
        for cell in row:
            colour = cell.fill.fgColor
            ours = cell.fill.fill_type == "solid" and colour.type == "rgb"
            comment = getattr(cell, "comment", None)
            if (ours and colour.rgb in _FILLS.values()) or (
                comment is not None and comment.author in _AUTHORS
            ):
                yield cell


def _restore(cell: Any, fill: Any, text: Any, author: Any) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in _FILLS.values():
        # For a cell that was moved, nothing is stored under its new address: its fill is removed.
        cell.fill = copy(fill) if fill is not None else PatternFill()
    comment = getattr(cell, "comment", None)
    if comment is not None and comment.author in _AUTHORS:
        cell.comment = Comment(str(text), str(author or "")) if text is not None else None


def _cells_of(book: Any, finding: Finding) -> Iterator[Any]:
    place = parse_place(finding.cell)
    if place is None or finding.sheet not in book.sheetnames:
        return
    sheet = book[finding.sheet]
    cells = sheet[place[1]]
    rows = cells if isinstance(cells, tuple) else ((cells,),)
    seen: dict[str, Any] = {}
    for cell in (cell for row in rows for cell in (row if isinstance(row, tuple) else (row,))):
        anchor = _anchor(sheet, cell)
        seen.setdefault(anchor.coordinate, anchor)
        if len(seen) >= _MAX_RANGE:
            break
    yield from seen.values()


def _anchor(sheet: Any, cell: Any) -> Any:
    """Return the cell itself, or inside a merged cell its first cell, which is the visible one."""
    from openpyxl.cell import MergedCell

    if not isinstance(cell, MergedCell):
        return cell
    for merged in sheet.merged_cells.ranges:
        if cell.coordinate in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    return cell


def _remember(memory: Any, row: int, cell: Any, looks: CellStyles) -> None:
    write_text(memory.cell(row, 1), cell.parent.title)
    write_text(memory.cell(row, 2), cell.coordinate)

    def fill(remembered: Any) -> None:
        remembered.fill = copy(cell.fill)

    looks.give(memory.cell(row, 3), ("fill of", look_of(cell)), fill)
    comment = getattr(cell, "comment", None)
    if comment is not None:
        write_text(memory.cell(row, 4), shown(comment.text, limit=30_000))
        write_text(memory.cell(row, 5), shown(comment.author))


def write_text(cell: Any, text: str) -> None:
    """Write a text that stays text, whatever it begins with, into a cell of openpyxl."""
    # The type is set after the value: openpyxl treats a text that begins with "=" as a formula.
    cell.value = text
    cell.data_type = "s"


def _colour(cell: Any, severity: Severity, looks: CellStyles) -> None:
    from openpyxl.styles import PatternFill

    def fill(theirs: Any) -> None:
        colour = _FILLS[severity]
        theirs.fill = PatternFill("solid", fgColor=colour, bgColor=colour)

    looks.give(cell, (severity, look_of(cell)), fill)


def _comment(cell: Any, about: Sequence[tuple[int, Finding]]) -> None:
    from openpyxl.comments import Comment

    lines = [
        f"【{finding.severity.label}】{shown(finding.message, MESSAGE_LIMIT)}（第 {number} 条）"
        for number, finding in about[:_IN_ONE_COMMENT]
    ]
    if len(about) > _IN_ONE_COMMENT:
        lines.append(f"这一格还有 {len(about) - _IN_ONE_COMMENT} 条，见第一页。")
    earlier = getattr(cell, "comment", None)
    if earlier is not None and earlier.text:
        lines.append(f"{_THEIRS}{shown(earlier.text, MESSAGE_LIMIT)}")
    text = "\n".join(lines)
    comment = Comment(text, AUTHOR)
    comment.width = _COMMENT_WIDTH
    comment.height = round(24 + 18 * line_count(text, _COMMENT_WIDTH / 8, _COMMENT_POINTS))
    cell.comment = comment
