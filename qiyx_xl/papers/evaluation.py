"""What 年度评价 shows: the five years of every indicator.

A closed year shows its frozen values, another year its values as rated now. Score and rank are
those of docs/rating.md, section 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Comparator, Indicator
from qiyx_xl.core.primitives.values import Absence, plain, spell
from qiyx_xl.core.rating.completion import NO_RATE, completion_rate, display, is_met

if TYPE_CHECKING:
    from qiyx_xl.core.rating.lamps import Light
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.papers.edition import Edition, Snapshot


@dataclass(frozen=True, slots=True)
class YearColumn:
    """One year of the table, and its last period with data; None if it has no data."""

    year: int
    snapshot: Snapshot | None

    @property
    def is_frozen(self) -> bool:
        """Whether its values were frozen by a closing."""
        return self.snapshot is not None and self.snapshot.closing is not None

    @property
    def heading(self) -> str:
        """The heading of the column: 2025年（已封账）."""
        if self.snapshot is None:
            return f"{self.year}年（没有数据）"
        period = self.snapshot.period
        if not period.is_year_end:
            until = period.label.removeprefix(f"{self.year}年")
            return f"{self.year}年（截至{until}）"
        return f"{self.year}年（{'已封账' if self.is_frozen else '未封账'}）"


@dataclass(frozen=True, slots=True)
class YearCell:
    """One indicator in one year, as texts; ``light`` is None if there is no data."""

    target: str
    actual: str
    light: Light | None

    @property
    def text(self) -> str:
        """Actual and lamp: 61 红."""
        return self.actual if self.light is None else f"{self.actual} {self.light.word}"


@dataclass(frozen=True, slots=True)
class FiveYears:
    """One indicator's five years.

    ``reached`` is the 完成率 of its last figure by the last year's target.
    """

    item: Indicator
    cells: tuple[YearCell, ...]
    final_target: str
    reached: str


def year_columns(edition: Edition) -> tuple[YearColumn, ...]:
    """Return the plan's years, each with its last period that has data."""
    # The history is in order of time, so a later period of a year replaces an earlier one.
    by_year = {snapshot.period.year: snapshot for snapshot in edition.history}
    return tuple(YearColumn(year, by_year.get(year)) for year in edition.plan.years)


def five_years(edition: Edition) -> tuple[FiveYears, ...]:
    """Return every indicator's five years, in the plan's order."""
    columns = year_columns(edition)
    return tuple(
        _five_years(edition, line.item, columns)
        for line in edition.indicators
        if isinstance(line.item, Indicator)
    )


def _five_years(edition: Edition, item: Indicator, columns: tuple[YearColumn, ...]) -> FiveYears:
    lines = [
        None if column.snapshot is None else column.snapshot.line(item.code) for column in columns
    ]
    known = [line for line in lines if line is not None and isinstance(line.rating.actual, Decimal)]
    return FiveYears(
        item,
        tuple(_cell(item, column.year, line) for column, line in zip(columns, lines, strict=True)),
        _target(item, max(item.targets)),
        _reached(edition, item, known[-1] if known else None),
    )


def _cell(item: Indicator, year: int, line: StatusLine | None) -> YearCell:
    target = _target(item, year)
    if line is None:
        return YearCell(target, "—", None)
    absent = line.rating.actual is Absence.NOT_REPORTED
    return YearCell(target, "—" if absent else spell(line.rating.actual), line.rating.light)


def _target(item: Indicator, year: int) -> str:
    target = item.targets.get(year)
    if target is None:
        return "—"
    if target.value is None or target.comparator is Comparator.TEXT:
        return target.printed
    return f"{target.comparator.sign}{plain(target.value)}"


def _reached(edition: Edition, item: Indicator, line: StatusLine | None) -> str:
    target = item.targets[max(item.targets)]
    if line is None or target.value is None or not isinstance(line.rating.actual, Decimal):
        return NO_RATE
    if line.rating.completion_rate is None:
        return NO_RATE  # in doubt: no rate is calculated
    rate = completion_rate(
        line.rating.actual, target.value, item.direction, edition.rules, item.baseline
    )
    met = is_met(line.rating.actual, target.value, target.comparator)
    return display(rate, met=met)
