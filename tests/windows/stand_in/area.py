"""Ranges: reading and writing cells as Excel does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stand_in.com import Collection, Model, fail
from stand_in.references import COLUMNS, ROWS, address, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stand_in.sheet import Worksheet

_NOT_AVAILABLE = -2146826246  # #N/A, which a too small array leaves in the cells beyond it
_MOST_CELLS = 20_000_000
_FEW_CELLS = 2_000_000
_UP, _DOWN, _LEFT, _RIGHT = -4162, -4121, -4159, -4161
_STEPS = {_UP: (-1, 0), _DOWN: (1, 0), _LEFT: (0, -1), _RIGHT: (0, 1)}


class Range(Model):
    iid, default = "00020846", "Item"

    def __init__(
        self, sheet: Worksheet, top: int, left: int, bottom: int, right: int, by: str = "cell"
    ) -> None:
        super().__init__()
        if not (1 <= top <= bottom <= ROWS and 1 <= left <= right <= COLUMNS):
            fail("Outside the sheet")
        self.parent, self.by = sheet, by
        self.top, self.left, self.bottom, self.right = top, left, bottom, right

    @property
    def size(self) -> tuple[int, int]:
        return self.bottom - self.top + 1, self.right - self.left + 1

    def part(self, top: int, left: int, bottom: int, right: int, by: str = "cell") -> Range:
        return Range(self.parent, top, left, bottom, right, by)

    def places(self, *maps: dict[tuple[int, int], Any]) -> Iterable[tuple[int, int]]:
        """The area's cells; of a very large area, those that the maps hold."""
        if self.size[0] * self.size[1] <= _FEW_CELLS:
            return [
                (row, column)
                for row in range(self.top, self.bottom + 1)
                for column in range(self.left, self.right + 1)
            ]
        return sorted(
            {
                (row, column)
                for one in maps
                for row, column in one
                if self.top <= row <= self.bottom and self.left <= column <= self.right
            }
        )

    # --- values ------------------------------------------------------------------------------

    def _read(self, one: Callable[[int, int], Any]) -> Any:
        if self.size == (1, 1):
            return one(self.top, self.left)
        if self.size[0] * self.size[1] > _MOST_CELLS:
            fail("Out of memory", -2147024882)
        return tuple(
            tuple(one(row, column) for column in range(self.left, self.right + 1))
            for row in range(self.top, self.bottom + 1)
        )

    def _write(self, value: Any) -> None:
        if not isinstance(value, (tuple, list)):
            for row, column in self.places(self.parent.cells):
                self.parent.put_cell(row, column, value)
            return
        rows = value if value and isinstance(value[0], (tuple, list)) else [value]
        for row, column in self.places():
            # A single row or column repeats.
            at = 0 if len(rows) == 1 else row - self.top
            cells = rows[at] if at < len(rows) else ()
            at = 0 if len(cells) == 1 else column - self.left
            self.parent.put_cell(row, column, cells[at] if at < len(cells) else _NOT_AVAILABLE)

    def get_Value(self, RangeValueDataType: Any = None) -> Any:
        return self._read(self.parent.get_cell)

    def put_Value(self, value: Any) -> None:
        self._write(value)

    def get_Value2(self) -> Any:
        return self._read(lambda row, column: self.parent.get_cell(row, column, dates=False))

    def put_Value2(self, value: Any) -> None:
        self._write(value)

    def get_Formula(self) -> Any:
        return self._read(self.parent.get_formula)

    def put_Formula(self, value: Any) -> None:
        self._write(value)

    def ClearContents(self) -> None:
        for row, column in self.places(self.parent.cells, self.parent.formulas):
            self.parent.put_cell(row, column, None)

    # --- shape -------------------------------------------------------------------------------

    def get_Row(self) -> int:
        return self.top

    def get_Column(self) -> int:
        return self.left

    def get_Rows(self) -> Range:
        return self.part(self.top, self.left, self.bottom, self.right, "row")

    def get_Columns(self) -> Range:
        return self.part(self.top, self.left, self.bottom, self.right, "column")

    def get_Cells(self) -> Range:
        return self.part(self.top, self.left, self.bottom, self.right)

    def get_EntireRow(self) -> Range:
        return self.part(self.top, 1, self.bottom, COLUMNS, "row")

    def get_EntireColumn(self) -> Range:
        return self.part(1, self.left, ROWS, self.right, "column")

    def get_Worksheet(self) -> Worksheet:
        return self.parent

    def get_Areas(self) -> Areas:
        return Areas(self)

    def get_Count(self) -> int:
        rows, columns = self.size
        return {"row": rows, "column": columns}.get(self.by, rows * columns)

    def get_CountLarge(self) -> int:
        return self.get_Count()

    def each(self) -> list[Range]:
        return [self.get_Item(place + 1) for place in range(self.get_Count())]

    def get_Item(self, RowIndex: Any, ColumnIndex: Any = None) -> Range:
        place = int(RowIndex)
        if self.by == "row":
            row = self.top + place - 1
            return self.part(row, self.left, row, self.right)
        if self.by == "column":
            column = self.left + place - 1
            return self.part(self.top, column, self.bottom, column)
        if ColumnIndex is None:
            down, along = divmod(place - 1, self.size[1])
        else:
            along = number(ColumnIndex) if isinstance(ColumnIndex, str) else int(ColumnIndex)
            down, along = place - 1, along - 1
        return self.part(self.top + down, self.left + along, self.top + down, self.left + along)

    def get_Range(self, Cell1: Any, Cell2: Any = None) -> Range:
        found = self.parent.get_Range(Cell1, Cell2)
        if isinstance(Cell1, Range):
            return found
        down, along = self.top - 1, self.left - 1
        return self.part(
            found.top + down, found.left + along, found.bottom + down, found.right + along
        )

    def get_Offset(self, RowOffset: Any = 0, ColumnOffset: Any = 0) -> Range:
        down, along = int(RowOffset), int(ColumnOffset)
        return self.part(self.top + down, self.left + along, self.bottom + down, self.right + along)

    def get_Resize(self, RowSize: Any = None, ColumnSize: Any = None) -> Range:
        rows = self.size[0] if RowSize is None else int(RowSize)
        columns = self.size[1] if ColumnSize is None else int(ColumnSize)
        return self.part(self.top, self.left, self.top + rows - 1, self.left + columns - 1)

    def get_End(self, Direction: Any) -> Range:
        down, along = _STEPS[int(Direction)]
        filled = set(self.parent.cells) | set(self.parent.formulas)
        row, column = self.top, self.left
        if (row, column) in filled and (row + down, column + along) in filled:
            while (row + down, column + along) in filled:
                row, column = row + down, column + along
            return self.part(row, column, row, column)
        steps = [
            (place[0] - row) * down + (place[1] - column) * along
            for place in filled
            if (place[0] == row if along else place[1] == column)
        ]
        ahead = [step for step in steps if step > 0]
        if ahead:
            row, column = row + down * min(ahead), column + along * min(ahead)
        else:
            row = {-1: 1, 0: row, 1: ROWS}[down]
            column = {-1: 1, 0: column, 1: COLUMNS}[along]
        return self.part(row, column, row, column)

    def get_Address(
        self,
        RowAbsolute: Any = True,
        ColumnAbsolute: Any = True,
        ReferenceStyle: Any = 1,
        External: Any = False,
        RelativeTo: Any = None,
    ) -> str:
        text = address(
            self.top,
            self.left,
            self.bottom,
            self.right,
            "$" if ColumnAbsolute else "",
            "$" if RowAbsolute else "",
        )
        return f"'[{self.parent.parent.name}]{self.parent.name}'!{text}" if External else text

    # --- looks -------------------------------------------------------------------------------

    def AutoFit(self) -> None:
        self.get_Application().log.append(("AutoFit", self.parent.name))

    def Select(self) -> None:
        self.parent.selection = self


class Areas(Collection):
    iid = "00020860"

    def each(self) -> list[Any]:
        return [self.parent]
