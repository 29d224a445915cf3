"""How a series of figures goes on: its robust slope, or the way it went last year.

Rule: docs/forecast.md. A straight line can bear little: nothing is said of fewer than three
figures, and nothing further ahead than the figures reach back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.primitives.ratio import ZERO, Ratio, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from qiyx_xl.core.primitives.periods import Period

FEWEST = 3
"""Fewer figures than these bear no forecast."""
RECENT = 8
"""The slope is that of the latest figures, at most so many: two years of quarters."""
_SEASON_PERIODS = 4
_YEAR = 12


class Reading(NamedTuple):
    """A figure of a period's end."""

    period: Period
    value: Decimal


class Basis(StrEnum):
    """From what a year end is expected."""

    SLOPE = "近期走势"
    LAST_YEAR = "上年同期走势"


@dataclass(frozen=True, slots=True)
class Trend:
    """Where a series stands at the end of its last period's year.

    ``year_end`` is unrounded and may be impossible (a share above 100); ``figures`` is the number
    of figures it was derived from.
    """

    year_end: Ratio
    basis: Basis
    figures: int


def in_order(readings: Iterable[Reading]) -> list[Reading]:
    """Return the readings by time, one for each month end: of several, the last given."""
    last = {months(reading.period): reading for reading in readings}
    return [last[month] for month in sorted(last)]


def months(period: Period) -> int:
    """Return the months from year 0 to the period's end."""
    return period.year * _YEAR + period.end_month


def months_left(period: Period) -> int:
    """Return the months from a period's end to its year's end."""
    return _YEAR - period.end_month


def slope(points: Sequence[tuple[int, Ratio]]) -> Ratio:
    """Return the median of the slopes between all pairs of points (Theil–Sen), per month.

    A single figure that is far off hardly moves it.

    Args:
        points: months and numbers, at least two, of different months.
    """
    return median(
        [(high - low) / Ratio(after - before) for (before, low), (after, high) in _pairs(points)]
    )


def median(numbers: Sequence[Ratio]) -> Ratio:
    """Return the median of some numbers."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / Ratio(2)


def distance(one: Ratio, other: Ratio) -> Ratio:
    """Return how far two numbers are apart."""
    apart = one - other
    return -apart if apart.numerator < 0 else apart


def recent_pace(readings: Sequence[Reading], *, starts_anew: bool) -> Ratio | None:
    """Return the change per month of the latest figures; None where they are too few.

    Args:
        readings: in order.
        starts_anew: the count begins at 0 with each year, so that only this year's figures count.
    """
    points = _points(readings, starts_anew=starts_anew)
    return slope(points) if len(points) >= FEWEST else None


def trend(readings: Sequence[Reading], *, starts_anew: bool) -> Trend | None:
    """Return the year end that the figures let one expect; None where they do not bear it.

    Args:
        readings: in order; the last is the present one.
        starts_anew: the count begins at 0 with each year.
    """
    if len(readings) < FEWEST or months_left(readings[-1].period) == 0:
        return None
    as_last_year = _as_last_year(readings, starts_anew=starts_anew)
    if as_last_year is not None:
        return Trend(as_last_year, Basis.LAST_YEAR, len(readings))
    points = _points(readings, starts_anew=starts_anew)
    left = months_left(readings[-1].period)
    if len(points) < FEWEST or points[-1][0] - points[0][0] < left:
        return None
    figures = len(points) - starts_anew
    if figures < FEWEST:
        return None
    return Trend(points[-1][1] + slope(points) * Ratio(left), Basis.SLOPE, figures)


def _points(readings: Sequence[Reading], *, starts_anew: bool) -> list[tuple[int, Ratio]]:
    """Return the points of the straight line; a count that starts anew begins at 0."""
    last = readings[-1].period
    kept = [(months(reading.period), exact(reading.value)) for reading in readings]
    if not starts_anew:
        return kept[-RECENT:]
    begin = (last.year - 1) * _YEAR + _YEAR
    return [(begin, ZERO), *(point for point in kept if point[0] > begin)]


def _pairs(points: Sequence[tuple[int, Ratio]]) -> Iterable[tuple[tuple[int, Ratio], ...]]:
    return combinations(points, 2)


# --- Last year's shape ----------------------------------------------------------------------------


def _as_last_year(readings: Sequence[Reading], *, starts_anew: bool) -> Ratio | None:
    """Return the year end if the rest of this year goes as the rest of last year went.

    None where last year has fewer than four figures, none of this month, or none of its end; and
    where the item has no season: last year's shape fits this year's figures no better than a
    straight line does.
    """
    now = readings[-1]
    last_year = {
        reading.period.end_month: exact(reading.value)
        for reading in readings
        if reading.period.year == now.period.year - 1
    }
    then, end = last_year.get(now.period.end_month), last_year.get(_YEAR)
    if len(last_year) < _SEASON_PERIODS or then is None or end is None:
        return None
    value = exact(now.value)
    if starts_anew:
        return value * end / then if then.numerator > 0 else None
    return value + (end - then) if _has_season(readings, last_year) else None


def _has_season(readings: Sequence[Reading], last_year: dict[int, Ratio]) -> bool:
    """Whether this year's changes so far are nearer to last year's than to the line before them."""
    year = readings[-1].period.year
    by_shape = by_line = ZERO
    compared = 0
    for place, reading in enumerate(readings[1:], start=1):
        before = readings[place - 1]
        month = reading.period.end_month
        if reading.period.year != year or place < FEWEST or month not in last_year:
            continue
        known = [
            (months(r.period), exact(r.value)) for r in readings[max(place - RECENT, 0) : place]
        ]
        step = Ratio(months(reading.period) - months(before.period))
        if before.period.year == year and before.period.end_month in last_year:
            shape = last_year[month] - last_year[before.period.end_month]
        else:
            continue
        change = exact(reading.value) - exact(before.value)
        by_shape += distance(change, shape)
        by_line += distance(change, slope(known) * step)
        compared += 1
    return compared > 0 and by_shape * Ratio(2) < by_line
