"""What is known of a sheet's cells besides their values, and how large a sheet may be.

The size of a sheet is computed from its filled cells, because ``<dimension>`` may be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.files.addresses import LAST_COLUMN, LAST_ROW, Range, address
from qiyx_xl.intake.errors import Refused

if TYPE_CHECKING:
    from qiyx_xl.core.forms.cell import Look

LARGEST_AREA = 3_000_000  # cells from A1 to the last filled one; the reader creates all of them
MOST_CELLS = 1_500_000


@dataclass(slots=True)
class SheetFacts:
    """What is known of the cells of one sheet; addresses are (row, column), from 1.

    ``formulas`` maps each formula to whether its result is stored; ``looks`` has what a person
    sees in a cell where it differs from the value; ``rows`` and ``columns`` are the last filled
    ones.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    percents: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[Range] = field(default_factory=list)
    looks: dict[tuple[int, int], Look] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    is_out_of_order: bool = False

    def is_hidden(self, row: int, column: int) -> bool:
        """Whether a cell is in a hidden row or column."""
        return row in self.hidden_rows or any(
            first <= column <= last for first, last in self.hidden_columns
        )

    def noted_rows(self) -> set[int]:
        """Return the rows about which there are facts besides the values."""
        known = (*self.errors, *self.formulas, *self.percents, *self.looks)
        noted = {row for row, _ in known} | self.hidden_rows
        for top, _, bottom, _ in self.merges:
            # A merged range may extend to the end of the grid; only filled rows matter.
            noted.update(range(top, min(bottom, self.rows) + 1))
        return noted


def bound(facts: SheetFacts) -> SheetFacts:
    """Return the facts unchanged if the sheet is not too large.

    Raises:
        Refused: there are cells outside the grid, or too far from A1.
    """
    if facts.rows > LAST_ROW or facts.columns > LAST_COLUMN:
        detail = address(facts.rows, facts.columns)
        raise Refused(say.OUTSIDE_GRID.at(detail=detail))
    if facts.rows * facts.columns > LARGEST_AREA:
        raise Refused(say.FAR_CELL.at(rows=facts.rows, columns=facts.columns))
    return facts
