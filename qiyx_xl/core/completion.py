"""How much of a target has been reached (完成率), whether it is met, and how that is shown."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from qiyx_xl.core.plan import Comparator, Direction

if TYPE_CHECKING:
    from qiyx_xl.core.rules import Rules

NO_RATE = "—"
"""What is shown where no rate can be formed."""

_DIVISION = Context(prec=28)
_LARGEST_EXPONENT = 40
_SHOWN_DECIMALS = 1


def exact(value: Decimal) -> Fraction:
    """Return the number as a fraction, so that no threshold is missed by a rounded division.

    Numbers beyond 10^±40 are brought to that edge: a fraction of Decimal("1E+999999") would
    take all memory, and no lamp depends on the difference.
    """
    if value == 0:
        return Fraction(0)
    if value.adjusted() > _LARGEST_EXPONENT:
        edge = Fraction(10) ** _LARGEST_EXPONENT
    elif value.adjusted() < -_LARGEST_EXPONENT:
        edge = Fraction(1, 10**_LARGEST_EXPONENT)
    else:
        return Fraction(value)
    return -edge if value.is_signed() else edge


def decimal_of(value: Fraction) -> Decimal:
    """Return a fraction as a decimal of 28 digits."""
    return _DIVISION.divide(Decimal(value.numerator), Decimal(value.denominator))


def is_met(
    actual: Decimal,
    target: Decimal,
    comparator: Comparator,
    *,
    tolerance: Decimal | None = None,
) -> bool:
    """Whether the raw value reaches the target (达标).

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
) -> Fraction | None:
    """How much of the target has been reached (完成率).

    Rule: docs/rating.md, section 3.

    Args:
        actual: the value reported, in the item's own measure.
        target: the target, in the same measure.
        direction: which way is better.
        rules: the rule file.
        baseline: the value before the plan began; needed only where the target is zero or less.

    Returns:
        A share between 0 and ``rules.rate_maximum``: 1/2 is shown as 50.0%. None where no rate
        can be formed.
    """
    share = _share(exact(actual), exact(target), direction, rules, baseline)
    if share is None:
        return None
    return min(max(share, Fraction(0)), Fraction(rules.rate_maximum))


def _share(
    actual: Fraction,
    target: Fraction,
    direction: Direction,
    rules: Rules,
    baseline: Decimal | None,
) -> Fraction | None:
    if target <= 0:
        if baseline is None or exact(baseline) == target:
            return None
        return (exact(baseline) - actual) / (exact(baseline) - target)
    if direction is not Direction.LOWER_IS_BETTER:
        return actual / target
    if rules.lower_is_better_rate == "two_minus_ratio":
        return 2 - actual / target
    return target / actual if actual > 0 else Fraction(rules.rate_maximum)


def display(rate: Fraction | None, *, met: bool) -> str:
    """Show a rate with one decimal, rounded half up; an unmet value never shows 100.0%."""
    if rate is None:
        return NO_RATE
    return percent(shown(rate, met=met))


def shown(rate: Fraction, *, met: bool) -> Fraction:
    """Return the rate to show: of an unmet value at most 99.9%."""
    cap = 1 - Fraction(1, 10 ** (_SHOWN_DECIMALS + 2))
    return rate if met else min(rate, cap)


def percent(share: Fraction, decimals: int = _SHOWN_DECIMALS) -> str:
    """Spell a share as a percentage, rounded half up: 73.3%."""
    return f"{fixed(share * 100, decimals)}%"


def fixed(value: Fraction, decimals: int) -> str:
    """Spell a number with so many decimals, rounded half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = int(scaled + Fraction(1, 2))
    sign = "-" if value < 0 and whole else ""
    text = f"{whole:0{decimals + 1}d}"
    return f"{sign}{text[:-decimals]}.{text[-decimals:]}" if decimals else f"{sign}{text}"
