"""How much of a target is reached (完成率), whether it is met, and how that is formatted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Comparator, Direction
from qiyx_xl.core.primitives.ratio import ZERO, Ratio, exact, line

if TYPE_CHECKING:
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.ratio import Rational

NO_RATE = "—"
"""Printed where there is no completion rate."""

_SHOWN_DECIMALS = 1
MOST_UNMET = Decimal("0.999")
"""The largest rate that is shown for an unmet value."""

_MOST_UNMET = exact(MOST_UNMET)
_TWO = Ratio(2)


def is_met(
    actual: Decimal,
    target: Decimal,
    comparator: Comparator,
    *,
    tolerance: Decimal | None = None,
) -> bool:
    """Whether the unrounded value reaches the target (达标).

    Rule: docs/rating.md, section 2. With a ``tolerance`` (the ``exact`` rule) a value above the
    target counts as met, too; it is flagged elsewhere.
    """
    match comparator:
        case Comparator.AT_LEAST:
            return actual >= target
        case Comparator.MORE_THAN:
            return actual > target
        case Comparator.AT_MOST:
            return actual <= target
        case Comparator.LESS_THAN:
            return actual < target
        case Comparator.EXACTLY if tolerance is not None:
            return actual >= target - tolerance
        case _:
            return actual == target


def completion_rate(
    actual: Decimal,
    target: Decimal,
    direction: Direction,
    rules: Rules,
    baseline: Decimal | None = None,
) -> Ratio | None:
    """Return how much of the target has been reached (完成率).

    Rule: docs/rating.md, section 3.

    Args:
        actual: the value reported, in the item's own measure.
        target: the target, in the same measure.
        direction: which way is better.
        rules: the rule file.
        baseline: the value before the plan began; needed only where the target is zero or less.

    Returns:
        A share between 0 and ``rules.rate_maximum``: 1/2 is shown as 50.0%. None where the rate
        is undefined.
    """
    share = _share(exact(actual), line(target), direction, rules, baseline)
    if share is None:
        return None
    if share.numerator < 0:
        return ZERO
    most = line(rules.rate_maximum)
    return min(share, most)


def _share(
    actual: Ratio,
    target: Ratio,
    direction: Direction,
    rules: Rules,
    baseline: Decimal | None,
) -> Ratio | None:
    if target.numerator <= 0:
        if baseline is None or exact(baseline) == target:
            return None
        return (exact(baseline) - actual) / (exact(baseline) - target)
    if direction is not Direction.LOWER_IS_BETTER:
        return actual / target
    if rules.lower_is_better_rate == "two_minus_ratio":
        return _TWO - actual / target
    return target / actual if actual.numerator > 0 else line(rules.rate_maximum)


def display(rate: Ratio | None, *, met: bool) -> str:
    """Format a rate with one decimal, rounded half up; an unmet value never shows 100.0%."""
    if rate is None:
        return NO_RATE
    return percent(shown(rate, met=met))


def shown(rate: Ratio, *, met: bool) -> Ratio:
    """Return the rate to print: at most 99.9% for an unmet value."""
    return rate if met or rate <= _MOST_UNMET else _MOST_UNMET


def percent(share: Rational, decimals: int = _SHOWN_DECIMALS) -> str:
    """Format a share as a percentage, rounded half up: 73.3%."""
    return f"{_format_scaled(rounded(share, decimals + 2), decimals)}%"


def fixed(value: Rational, decimals: int) -> str:
    """Format a number with this many decimals, rounded half away from zero."""
    return _format_scaled(rounded(value, decimals), decimals)


def rounded(value: Rational, decimals: int) -> int:
    """Return the number times 10^decimals as an integer, rounded half away from zero."""
    doubled = 2 * abs(value.numerator) * 10**decimals
    whole = int(doubled + value.denominator) // (2 * value.denominator)
    return -whole if value.numerator < 0 else whole


def _format_scaled(scaled: int, decimals: int) -> str:
    text = f"{abs(scaled):0{decimals + 1}d}"
    sign = "-" if scaled < 0 else ""
    return f"{sign}{text[:-decimals]}.{text[-decimals:]}" if decimals else f"{sign}{text}"
