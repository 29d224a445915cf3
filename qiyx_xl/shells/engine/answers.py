"""How a cell function is answered for a program that sends its arguments as JSON values.

Such a program knows no dates: where a period is meant, a number too large for a year is the serial
number of a day. It may send nothing for a blank cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.serials import day_of
from qiyx_xl.ledger.registry import FUNCTIONS, NOT_IN_PLAN
from qiyx_xl.shells.asking_workbook import OFFICES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.ledger.registry import Argument

_LAST_YEAR = 9999
_PERIODS = frozenset({"period", "periods", "year"})
_BY_NAME = {function.name: function for function in FUNCTIONS}


def answer(name: str, grids: Sequence[Any], workbook: str, plan_id: str) -> Any:
    """Return what a function answers in a workbook: a value, or rows of values.

    Args:
        name: the function's plain name.
        grids: for each argument its rows of cells, or None if it was left out; errors as their
            text.
        workbook: the full path of the workbook that asks; "" if it was never saved.
        plan_id: the plan it says it was written by; "" if it is no ledger.

    Raises:
        KeyError: there is no such function.
        TypeError: an argument is not rows of cells.
    """
    arguments = _BY_NAME[name].arguments
    functions = OFFICES.functions_of(workbook, plan_id)
    if functions is None:
        return NOT_IN_PLAN
    given = [_grid(*each) for each in zip(arguments, grids, strict=False)]
    while given and given[-1] is None:
        given.pop()
    return functions.call(name, *given)


def _grid(argument: Argument, grid: Any) -> list[list[Any]] | None:
    if grid is None:
        return None if argument.optional else [[None]]
    if not isinstance(grid, list) or not all(isinstance(row, list) for row in grid):
        raise TypeError(argument.name)
    return [[_cell(argument, cell) for cell in row] for row in grid]


def _cell(argument: Argument, cell: Any) -> Any:
    if cell is None or cell == "":
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if argument.name in _PERIODS and cell > _LAST_YEAR:
            return day_of(int(cell)) or float(cell)
        return float(cell)
    return cell if isinstance(cell, bool) else str(cell)
