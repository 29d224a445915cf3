"""What an item still has to do each month, and which value and lamp its year end will have.

Rule: docs/forecast.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from qiyx_xl.core.forecast.trend import Basis, Reading, in_order, months, recent_pace, trend
from qiyx_xl.core.plan.model import Direction, Goal, GoalKind
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.ratio import Ratio, decimal_of, exact, line
from qiyx_xl.core.rating.completion import fixed, is_met
from qiyx_xl.core.rating.lamps import LampState
from qiyx_xl.core.rating.period_target import Course, period_target
from qiyx_xl.core.rating.rate import rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.period_target import PeriodTarget
    from qiyx_xl.core.rating.rate import Rating
    from qiyx_xl.core.rating.scorecard import StatusLine

_QUARTER = 4
_WHOLE = Decimal(100)
_DUE_LATER = (Course.SCHEDULED, Course.EARLY)
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The year end that an item's figures let one expect (预计年底), and its lamp (预计灯).

    ``rating`` rates the expected value for the year's end. ``figures`` is the number of figures it
    is derived from. Paces are changes per month in the item's own measure, negative where the
    value falls: ``needed`` is still due each month to reach the target, ``recent`` what the last
    figures show; None where there is none.
    """

    item: Item
    rating: Rating
    basis: Basis
    figures: int
    needed: Decimal | None
    recent: Decimal | None

    @property
    def value(self) -> Decimal:
        """The expected value."""
        value = self.rating.actual
        if not isinstance(value, Decimal):  # an expected value is always a number
            raise TypeError(value)
        return value

    @property
    def words(self) -> str:
        """From what it is derived, as every paper says: 按近6期走势推算."""
        if self.basis is Basis.LAST_YEAR:
            return f"按{self.basis.value}推算"
        return f"按近{self.figures}期走势推算"


def forecast(
    item: Item,
    readings: Iterable[Reading],
    rules: Rules,
    *,
    previous: Decimal | None = None,
    second: Decimal | None = None,
) -> Forecast | None:
    """Return what to expect of an item at the end of its last figure's year.

    Args:
        item: the item; for a goal that repeats an indicator, the indicator.
        readings: its figures, of any order; those in doubt are left out by the caller.
        rules: the rule file.
        previous: last year's actual.
        second: the item's second number.

    Returns:
        None where the item has no schedule that year, or the figures do not bear a forecast.
    """
    known = in_order(readings)
    if not known:
        return None
    now = known[-1]
    aim = period_target(item, now.period, rules, previous=previous, second=second)
    if aim is None or aim.course is not Course.SCHEDULED or aim.value is None:
        return None
    anew = starts_anew(item, known)
    expected = trend(known, starts_anew=anew)
    if expected is None:
        return None
    value = within_range(item, expected.year_end, known)
    pace = recent_pace(known, starts_anew=anew)
    return Forecast(
        item=item,
        rating=rate(
            item,
            Period.of_quarter(now.period.year, _QUARTER),
            value,
            rules=rules,
            previous=previous,
            second=second,
            confirmed=True,
        ),
        basis=expected.basis,
        figures=expected.figures,
        needed=_due_each_month(item, now.period, now.value, aim),
        recent=None if pace is None else decimal_of(pace),
    )


def needed_pace(
    item: Item,
    period: Period,
    actual: Decimal,
    rules: Rules,
    *,
    previous: Decimal | None = None,
    second: Decimal | None = None,
) -> Decimal | None:
    """Return the change still due each month to reach the target: 0 where it is met.

    It is negative where the value has to fall. The target is due at the end of the year, of a
    five-year goal at the end of its last year.

    Returns:
        None where there is no target, where it applies at every period, or where no month is left.
    """
    aim = period_target(item, period, rules, previous=previous, second=second)
    return None if aim is None else _due_each_month(item, period, actual, aim)


def readings_of(lines: Iterable[StatusLine], item: Item) -> tuple[Reading, ...]:
    """Return the figures of an item's status lines that may bear a forecast.

    Those in doubt are left out, and those in another measure, of an earlier plan.
    """
    return tuple(
        Reading(line.rating.period, line.rating.actual)
        for line in lines
        if isinstance(line.rating.actual, Decimal)
        and line.rating.state != LampState.IN_DOUBT
        and line.item.measure == item.measure
    )


def starts_anew(item: Item, known: Sequence[Reading] = ()) -> bool:
    """Whether the item is counted from 0 each year.

    A goal says so; of an indicator its figures show it: each time a year begins, less than half is
    left of what the year before ended with.
    """
    if isinstance(item, Goal):
        return item.kind is GoalKind.ANNUAL
    if item.cumulative or item.is_percent or item.direction is not Direction.HIGHER_IS_BETTER:
        return False
    turns = [(a, b) for a, b in pairwise(known) if a.period.year != b.period.year]
    return bool(turns) and all(after.value * 2 < before.value for before, after in turns)


def within_range(item: Item, value: Ratio, known: Sequence[Reading]) -> Decimal:
    """Return an expected value as the item can have it, rounded as its figures are written.

    Not below 0, a share not above 100, a count not below the last figure. Figures that were
    accepted beyond that (a person confirmed them) widen the range.

    Args:
        item: the item.
        value: the unrounded value.
        known: its figures in order.
    """
    figures = [reading.value for reading in known]
    least = min(Decimal(0), *figures)
    if item.cumulative or starts_anew(item, known):
        least = figures[-1]
    expected = Decimal(fixed(value, _decimals(item, figures)))
    if item.is_percent and not item.may_exceed_hundred:
        expected = min(expected, max(_WHOLE, *figures))
    return max(expected, least)


def _decimals(item: Item, figures: Sequence[Decimal]) -> int:
    written = [figure.as_tuple().exponent for figure in figures]
    finest = max(-place for place in written if isinstance(place, int))
    return max(item.decimals, min(finest, _MOST_DECIMALS))


def _due_each_month(
    item: Item, period: Period, actual: Decimal, aim: PeriodTarget
) -> Decimal | None:
    if aim.value is None or aim.comparator is None or aim.course not in _DUE_LATER:
        return None
    if is_met(actual, aim.value, aim.comparator):
        return Decimal(0)
    last = period.year
    if isinstance(item, Goal) and item.kind is not GoalKind.ANNUAL:
        last = item.deadline_year
    left = months(Period.of_year(last)) - months(period)
    if left <= 0:
        return None
    return decimal_of((line(aim.value) - exact(actual)) / Ratio(left))
