"""Where the cells of a reshaped sheet go, and how formulas that refer to them follow.

Rows and columns are counted from 0. openpyxl's tokenizer splits a formula; only the operands that
refer to a reshaped sheet change, and every other formula keeps its spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qiyx_xl.files.addresses import LAST_COLUMN, LAST_ROW, column_letters, column_number

if TYPE_CHECKING:
    from collections.abc import Mapping

Box = tuple[int, int, int, int]
"""Top row, left column, bottom row, right column; inclusive."""

REFERENCE_LOST = "#REF!"


@dataclass(frozen=True, slots=True)
class Axis:
    """How the rows, or the columns, of a sheet move.

    Those from ``first`` to before ``end`` are ours: ``kept`` says where each of them goes, and the
    others of them are deleted. They become those from ``first`` to before ``new_end``, and what
    follows them moves along. ``wholes`` are runs of ours (first and last before, first and last
    afterwards): a reference to all of a run refers to all of it afterwards, so that a sum over all
    items includes a new one.
    """

    size: int
    first: int = 0
    end: int = 0
    new_end: int = 0
    kept: Mapping[int, int] = field(default_factory=dict)
    wholes: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def is_still(self) -> bool:
        """Whether nothing moves."""
        return self.end == self.new_end and all(
            self.kept.get(index) == index for index in range(self.first, self.end)
        )

    def at(self, index: int) -> int | None:
        """Return where one row or column goes; None if it is deleted, or pushed off the sheet."""
        if index < self.first:
            return index
        if index < self.end:
            return self.kept.get(index)
        moved = index + self.new_end - self.end
        return moved if moved < self.size else None

    def edge(self, index: int) -> int:
        """Return where an edge goes: with the row or column after it, or the next one left.

        The edge above our first one stays above our first one.
        """
        if index <= self.first:
            return index
        for after in range(index, max(self.end, index + 1)):
            moved = self.at(after)
            if moved is not None:
                return moved
        return min(self.new_end, self.size - 1)

    def span(self, low: int, high: int) -> tuple[int, int] | None:
        """Return the first and last of what remains of a run; None if all of it is deleted."""
        if low == 0 and high >= self.size - 1:
            return low, high
        inside = range(max(low, self.first), min(high + 1, self.end))
        points = [moved for index in inside if (moved := self.kept.get(index)) is not None]
        if low < self.first:
            points += [low, min(high, self.first - 1)]
        if high >= self.end:
            tail = self.new_end - self.end
            points += [max(low, self.end) + tail, min(high + tail, self.size - 1)]
        for old_low, old_high, new_low, new_high in self.wholes:
            if low <= old_low <= old_high <= high and new_low <= new_high:
                points += [new_low, new_high]
        return (min(points), max(points)) if points else None


ROWS_STAY, COLUMNS_STAY = Axis(LAST_ROW), Axis(LAST_COLUMN)


@dataclass(frozen=True, slots=True)
class Moves:
    """How the cells of one sheet move.

    The rows above ``header_row`` hold a title and a line of figures whose columns are not those of
    the table below. They stay; only what people wrote to the right of the table moves with it.
    """

    rows: Axis = ROWS_STAY
    columns: Axis = COLUMNS_STAY
    header_row: int = 0

    @property
    def is_still(self) -> bool:
        """Whether nothing moves."""
        return self.rows.is_still and self.columns.is_still

    @property
    def _above(self) -> Axis:
        columns = self.columns
        stay = {place: place for place in range(columns.first, columns.end)}
        return Axis(columns.size, columns.first, columns.end, columns.new_end, stay)

    def columns_at(self, bottom: int) -> Axis:
        """Return how columns move in an area that ends with a row."""
        return self._above if bottom < self.header_row else self.columns

    def cell(self, row: int, column: int) -> tuple[int, int] | None:
        """Return where a cell goes; None if it is deleted."""
        new_row, new_column = self.rows.at(row), self.columns_at(row).at(column)
        return None if new_row is None or new_column is None else (new_row, new_column)

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """Return where a cell goes; for a deleted one, where the next one goes."""
        return self.rows.edge(row), self.columns_at(row).edge(column)

    def box(self, box: Box) -> Box | None:
        """Return where an area goes; None if all of it is deleted."""
        top, left, bottom, right = box
        rows, columns = self.rows.span(top, bottom), self.columns_at(bottom).span(left, right)
        return (
            None if rows is None or columns is None else (rows[0], columns[0], rows[1], columns[1])
        )


# --- formulas --------------------------------------------------------------------------------

_PART = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)([0-9]{1,7})?")
_OPEN, _OPERAND, _RANGE, _FUNCTION = "OPEN", "OPERAND", "RANGE", "FUNC"


def moved_formula(
    formula: str, own: str, moves: Mapping[str, Moves], *, shift: int | None = None
) -> str:
    """Return a formula (without its ``=``) that refers to the same cells after the moves.

    A reference to deleted cells becomes ``#REF!``.

    Args:
        formula: the formula.
        own: the name of the sheet on which it stands.
        moves: how the cells of each reshaped sheet move, by the sheet's name.
        shift: for the formula of a conditional format or a validation, by how many rows its first
            cell moves: references to relative rows of its own sheet move with it.
    """
    if own not in moves and not any(name in formula for name in moves):
        return formula
    from openpyxl.formula.tokenizer import Tokenizer

    tokenizer = Tokenizer(f"={formula}")
    changed = False
    for token in tokenizer.items:
        old = token.value
        if (token.type, token.subtype) == (_OPERAND, _RANGE):
            token.value = _operand(old, own, moves, shift)
        elif (token.type, token.subtype) == (_FUNCTION, _OPEN) and ":" in old:
            # A range whose end a function gives: A1:INDEX(
            start, colon, function = old.rpartition(":")
            token.value = _operand(start, own, moves, shift) + colon + function
        changed |= token.value != old
    return "".join(token.value for token in tokenizer.items) if changed else formula


def _operand(text: str, own: str, moves: Mapping[str, Moves], shift: int | None) -> str:
    colon = ":" if text.startswith(":") else ""
    sheet, bang, reference = text.removeprefix(":").rpartition("!")
    move = moves.get(_unquoted(sheet) if bang else own)
    if move is None:
        return text
    moved = moved_reference(reference, move, None if bang else shift)
    # Without the sheet's name, which Excel would keep: other programs cannot read that.
    return f"{colon}{moved}" if moved == REFERENCE_LOST else f"{colon}{sheet}{bang}{moved}"


def _unquoted(sheet: str) -> str:
    if sheet.startswith("'") and sheet.endswith("'"):
        return sheet[1:-1].replace("''", "'")
    return sheet


def moved_reference(reference: str, move: Moves, shift: int | None = None) -> str:
    """Return a reference within a sheet (``$B$6``, ``A:C``) after its moves.

    What is no reference, such as a name, is returned unchanged.
    """
    start, colon, end = reference.partition(":")
    first, last = _parsed(start), _parsed(end if colon else start)
    if first is None or last is None:
        return reference
    is_single = not colon
    if first.is_cell != last.is_cell or (is_single and not first.is_cell):
        return reference
    if not first.is_cell and (first.row is None) != (last.row is None):
        return reference
    if is_single:
        return _moved_cell(first, move, shift)
    box = move.box(_box(first, last))
    if box is None:
        return REFERENCE_LOST
    top, left, bottom, right = box
    if shift is not None:
        top = _known(first.row) + shift if first.is_relative_row else top
        bottom = _known(last.row) + shift if last.is_relative_row else bottom
    return f"{first.at(top, left)}:{last.at(bottom, right)}"


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a reference; a whole row has no column, a whole column no row."""

    column: int | None
    row: int | None
    column_mark: str
    row_mark: str

    @property
    def is_cell(self) -> bool:
        return self.column is not None and self.row is not None

    @property
    def is_relative_row(self) -> bool:
        return self.row is not None and not self.row_mark

    def at(self, row: int, column: int) -> str:
        letters = "" if self.column is None else f"{self.column_mark}{column_letters(column + 1)}"
        return letters + ("" if self.row is None else f"{self.row_mark}{row + 1}")


def _parsed(text: str) -> _End | None:
    found = _PART.fullmatch(text)
    if found is None or not (found[2] or found[4]):
        return None
    first_mark, letters, second_mark, digits = found.groups(default="")
    column = column_number(letters.upper()) - 1 if letters else None
    row = int(digits) - 1 if digits else None
    if (column is not None and column >= LAST_COLUMN) or (
        row is not None and not 0 <= row < LAST_ROW
    ):
        return None
    row_mark = second_mark if letters else first_mark or second_mark
    return _End(column, row, first_mark if letters else "", row_mark)


def _box(first: _End, last: _End) -> Box:
    rows = (first.row, last.row)
    columns = (first.column, last.column)
    top, bottom = (0, LAST_ROW - 1) if rows[0] is None else sorted(map(_known, rows))
    left, right = (0, LAST_COLUMN - 1) if columns[0] is None else sorted(map(_known, columns))
    return top, left, bottom, right


def _known(number: int | None) -> int:
    if number is None:
        raise ValueError("a whole row or column")
    return number


def _moved_cell(end: _End, move: Moves, shift: int | None) -> str:
    row, column = _known(end.row), _known(end.column)
    if shift is not None and end.is_relative_row:
        new_column = move.columns_at(row).at(column)
        return REFERENCE_LOST if new_column is None else end.at(row + shift, new_column)
    moved = move.cell(row, column)
    return REFERENCE_LOST if moved is None else end.at(*moved)


def moved_ranges(text: str, move: Moves) -> str:
    """Return a list of ranges (``sqref``) after the moves; "" if none is left."""
    moved = (moved_reference(each, move) for each in text.split())
    return " ".join(each for each in moved if each != REFERENCE_LOST)
