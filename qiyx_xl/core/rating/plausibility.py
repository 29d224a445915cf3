"""Is a number believable? What is not goes back before any rate is formed.

Rule: docs/rating.md, section 7.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Direction, Item
from qiyx_xl.core.primitives.ratio import Ratio, decimal_of, exact, line
from qiyx_xl.core.primitives.values import plain

if TYPE_CHECKING:
    from qiyx_xl.core.plan.rules import Rules

_TEN_THOUSAND = "万"
_GREATER = {3: "千", 4: "万", 8: "亿"}
_GREATER_THAN_TEN_THOUSAND = {3: "千万", 4: "亿", 8: "万亿"}
_ALL = Decimal(100)


def doubt(
    item: Item,
    actual: Decimal,
    rules: Rules,
    *,
    previous: Decimal | None,
    target: Decimal | None,
) -> str | None:
    """Say why a value is hard to believe; None if it is plausible.

    Args:
        item: what was reported.
        actual: the value, in the item's own measure.
        rules: the rule file.
        previous: last year's actual, the reference where it is recorded and not 0.
        target: the target of the year, else the reference.
    """
    if actual < 0:
        return f"数值{plain(actual)}为负，不合常理"
    if item.is_percent and not item.may_exceed_hundred and actual > _ALL:
        return f"占比{plain(actual)}%超过100%"
    reference = previous if previous is not None and previous != 0 else target
    if reference is None or reference == 0 or actual == 0:
        return None
    return _magnitude(item, exact(actual), exact(reference), rules)


def _magnitude(item: Item, actual: Ratio, reference: Ratio, rules: Rules) -> str | None:
    share = actual / reference
    low = line(rules.magnitude_low)
    if low <= share <= line(rules.magnitude_high):
        return None
    for power in powers(item, rules):
        for k in (power, -power):
            corrected = actual * (Ratio(10**k) if k > 0 else Ratio(1, 10**-k))
            match = corrected / reference
            if line(rules.magnitude_match_low) <= match <= line(rules.magnitude_match_high):
                return _probable(item, k, plain(decimal_of(corrected)))
    if item.is_percent and item.direction is Direction.LOWER_IS_BETTER and share < low:
        return (
            f"数值{plain(decimal_of(actual))}%不到参照值{plain(decimal_of(reference))}%的二十分之一"
        )
    return None


def powers(item: Item, rules: Rules) -> tuple[int, ...]:
    """Return the powers of ten by which a value of the item may be off."""
    if item.cumulative:
        return rules.magnitude_powers_cumulative
    return rules.magnitude_powers_percent if item.is_percent else rules.magnitude_powers


def _probable(item: Item, k: int, value: str) -> str:
    should_be = f"应为{value}{item.measure}"
    if item.is_percent:
        kind = "疑似填成了小数" if k > 0 else "疑似多乘了100"
        return f"{kind if abs(k) == 2 else _shifted(k)}，{should_be}"  # noqa: PLR2004 - 10²
    named = _measure_meant(item.measure, k)
    return f"疑似单位为{named}，{should_be}" if named else f"{_shifted(k)}，{should_be}"


def _measure_meant(measure: str, k: int) -> str | None:
    if not measure.startswith(_TEN_THOUSAND):
        return f"{_GREATER[k]}{measure}" if k in _GREATER else None
    bare = measure.removeprefix(_TEN_THOUSAND)
    if k == -4:  # noqa: PLR2004 - 万
        return bare
    prefix = _GREATER_THAN_TEN_THOUSAND.get(k)
    return f"{prefix}{bare}" if prefix else None


def _shifted(k: int) -> str:
    times = {2: "100倍", 3: "1000倍", 4: "1万倍", 8: "1亿倍"}.get(abs(k), f"10的{abs(k)}次方倍")
    return f"疑似{'缩小' if k > 0 else '放大'}了{times}"
