"""Which values an item's own history lets one expect next (异常波动): a robust band of changes.

Rule: docs/forecast.md. The band is around the last figure: the median of the earlier changes, and
on either side several times their median absolute deviation, so that a single earlier slip does
not widen it. It is a reason to look again, and nothing more.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.forecast.expected import starts_anew
from qiyx_xl.core.forecast.trend import Reading, distance, in_order, median, months
from qiyx_xl.core.primitives.ratio import ZERO, Ratio, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.primitives.periods import Period

FEWEST = 6
"""Fewer figures than these have no band."""
_MOST = 24  # the latest figures that are looked at
_WIDTH = Ratio(52, 10)  # of the deviation: 3.5 standard deviations of ordinary changes
_LEAST_SHARE = Ratio(2, 100)  # a change of so much of the last figure is never odd
_LEAST_STEPS = 2  # nor one of two steps of the item's last decimal
_WHOLE = Decimal(100)


class Band(NamedTuple):
    """The least and the greatest value to expect, and the figure they start from."""

    low: Decimal
    high: Decimal
    last: Reading

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies within."""
        return self.low <= value <= self.high


def band(item: Item, readings: Iterable[Reading], period: Period) -> Band | None:
    """Return the values to expect of an item for a period.

    Args:
        item: the item.
        readings: its earlier figures.
        period: the period of the next one.

    Returns:
        None where the plan says that the item jumps by nature, and where there are fewer than six
        earlier figures.
    """
    known = in_order(one for one in readings if months(one.period) < months(period))[-_MOST:]
    if item.jumps or len(known) < FEWEST:
        return None
    anew = starts_anew(item, known)
    paces = [_pace(before, after, anew=anew) for before, after in pairwise(known)]
    usual = median(paces)
    deviation = median([distance(pace, usual) for pace in paces])
    last = known[-1]
    base, span = _base(last, period, anew=anew)
    middle = base + usual * span
    half = max(deviation * span * _WIDTH, _least_half(item, known))
    low, high = _outward(middle - half, middle + half, item.decimals)
    return Band(*_possible(item, low, high), last)


def _pace(before: Reading, after: Reading, *, anew: bool) -> Ratio:
    base, span = _base(before, after.period, anew=anew)
    return (exact(after.value) - base) / span


def _base(before: Reading, period: Period, *, anew: bool) -> tuple[Ratio, Ratio]:
    """Return the value from which the next one starts, and the months in between."""
    if anew and before.period.year != period.year:
        return ZERO, Ratio(period.end_month)
    return exact(before.value), Ratio(months(period) - months(before.period))


def _least_half(item: Item, known: Sequence[Reading]) -> Ratio:
    last = distance(exact(known[-1].value), ZERO)
    return max(last * _LEAST_SHARE, Ratio(_LEAST_STEPS, 10**item.decimals))


def _outward(low: Ratio, high: Ratio, decimals: int) -> tuple[Decimal, Decimal]:
    """Return two numbers with so many decimals, the first rounded down, the second up."""
    times = 10**decimals
    down = low.numerator * times // low.denominator
    up = -(-high.numerator * times // high.denominator)
    return Decimal(f"{down}E-{decimals}"), Decimal(f"{up}E-{decimals}")


def _possible(item: Item, low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    most = _WHOLE if item.is_percent and not item.may_exceed_hundred else high
    return min(max(low, Decimal(0)), most), max(min(high, most), Decimal(0))
