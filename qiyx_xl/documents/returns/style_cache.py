"""How cells look, in openpyxl's way of speaking: each look is made once and then only copied.

openpyxl finds a font, a fill or a border among all the workbook has by comparing values; ten
thousand cells of nine looks would have it do so hundreds of thousands of times.
"""
# ruff: noqa: SLF001 - openpyxl has no other name for all of a cell's look at once

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable


class Looks:
    """The looks of one workbook's cells that have been drawn so far."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def give(self, cell: Any, look: Hashable, draw: Callable[[Any], None]) -> None:
        """Give a cell a look; ``draw`` draws it, and is asked once for each.

        Args:
            cell: an openpyxl cell of this workbook.
            look: stands for how the cell looks in the end, and for nothing else that does.
            draw: sets the cell's font, fill and so on.
        """
        known = self._known.get(look)
        if known is None:
            draw(cell)
            self._known[look] = copy(cell._style)
        else:
            cell._style = copy(known)


def look_of(cell: Any) -> tuple[int, ...]:
    """Return what stands for a cell's present look in its workbook."""
    return tuple(cell._style or ())
