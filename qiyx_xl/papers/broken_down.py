"""What was broken down to agencies: a grid of lamps for each level, who is behind, by how much."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Direction
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.lamps import LampState, Light
from qiyx_xl.core.rating.scorecard import level_of, levels_with_parts
from qiyx_xl.papers.phrases import with_measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.papers.edition import Edition

_NAMED = 3
"""So many agencies are named with their shortfall; of the others, only the number is said."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One item: the district's line, and one part for each agency; None where it has none."""

    whole: StatusLine
    parts: tuple[StatusLine | None, ...]

    @property
    def behind(self) -> str:
        """Who is behind, the farthest first, and by how much; who has not reported."""
        return behind_words([part for part in self.parts if part is not None])


@dataclass(frozen=True, slots=True)
class Grid:
    """The items broken down to the agencies of a level; columns in the plan's order."""

    level: str
    agencies: tuple[str, ...]
    rows: tuple[GridRow, ...]


def grids(edition: Edition) -> tuple[Grid, ...]:
    """Return a grid for each level below the highest to which something was broken down."""
    return tuple(_grid(edition, level) for level in levels_with_parts(edition.lines, edition.plan))


def _grid(edition: Edition, level: str) -> Grid:
    rows: list[tuple[StatusLine, dict[str, StatusLine]]] = []
    for line in edition.lines:
        parts = {
            part.item.reporting_agency: part
            for part in line.parts
            if level_of(edition.plan, part) == level
        }
        if parts:
            rows.append((line, parts))
    having = {name for _, parts in rows for name in parts}
    agencies = tuple(agency.name for agency in edition.plan.agencies if agency.name in having)
    return Grid(
        level,
        agencies,
        tuple(GridRow(line, tuple(map(parts.get, agencies))) for line, parts in rows),
    )


def behind_words(parts: Sequence[StatusLine]) -> str:
    """Return who pulls an item down and by how much; "" where everybody is on the line."""
    behind = sorted(
        (part for part in parts if part.rating.light in (Light.RED, Light.AMBER)), key=_distance
    )
    words = "、".join(f"{part.item.reporting_agency}{_shortfall(part)}" for part in behind[:_NAMED])
    if len(behind) > _NAMED:
        words += f"等{len(behind)}个单位"
    silent = [
        part.item.reporting_agency for part in parts if part.rating.state == LampState.NOT_REPORTED
    ]
    if silent:
        names = "、".join(silent[:_NAMED]) + (f"等{len(silent)}个单位" if silent[_NAMED:] else "")
        words += f"{'；' if words else ''}未报：{names}"
    return words


def _distance(part: StatusLine) -> tuple[bool, Decimal, Decimal]:
    gap, rate = part.rating.schedule_gap_pp, part.rating.completion_rate
    return (
        part.rating.light is not Light.RED,
        Decimal(0) if gap is None else gap,
        Decimal(0) if rate is None else rate,
    )


def _shortfall(part: StatusLine) -> str:
    """Return how far a part is from its own target: （差3个）."""
    rating, item = part.rating, part.item
    if rating.target is None or not isinstance(rating.actual, Decimal):
        return f"（{rating.reason}）"
    missing = rating.target - rating.actual
    if item.direction is Direction.LOWER_IS_BETTER:
        missing = -missing
    if missing <= 0:
        return f"（{rating.reason}）"
    amount = f"{plain(missing)}个百分点" if item.is_percent else with_measure(plain(missing), item)
    return f"（差{amount}）"
