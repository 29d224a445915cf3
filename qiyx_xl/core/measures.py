"""Measures (计量单位): 万人次 is ten thousand 人次; what was typed is brought to the item's own."""

from __future__ import annotations

from decimal import Decimal

from qiyx_xl.core.kept import A_WORD, kept_if_small

_SCALES = (
    ("万亿", Decimal(10) ** 12),
    ("千万", Decimal(10) ** 7),
    ("百万", Decimal(10) ** 6),
    ("十万", Decimal(10) ** 5),
    ("亿", Decimal(10) ** 8),
    ("万", Decimal(10) ** 4),
    ("千", Decimal(10) ** 3),
    ("百", Decimal(10) ** 2),
)
_SHARES = {"%": Decimal(1), "‰": Decimal("0.1"), "百分点": Decimal(1), "个百分点": Decimal(1)}
_SYNONYMS = (
    frozenset({"人", "名", "位"}),
    frozenset({"平方米", "㎡", "平米", "平方", "m2", "m²", "M2"}),
    frozenset({"岁", "周岁"}),
    frozenset({"元", "块", "元整", "人民币"}),
)


@kept_if_small(512, A_WORD)
def split_measure(measure: str) -> tuple[Decimal, str]:
    """Split a measure into its scale and what is counted: 万人次 → (10000, 人次)."""
    for word, scale in _SCALES:
        if measure.startswith(word):
            return scale, measure.removeprefix(word)
    return Decimal(1), measure


@kept_if_small(2048, 2 * A_WORD)
def _same_things(one: str, other: str) -> bool:
    return one == other or not _names(one).isdisjoint(_names(other))


def _names(counted: str) -> frozenset[str]:
    """All spellings of what is counted: 套(间) is 套 or 间; 个/千人 may be cut to 个."""
    base = counted.replace("（", "(").replace("）", ")")
    names = {base, base.partition("/")[0]}
    for name in tuple(names):
        head, bracket, rest = name.partition("(")
        if bracket:
            names |= {head, rest.rstrip(")")}
    for synonyms in _SYNONYMS:
        if names & synonyms:
            names |= synonyms
    return frozenset(names)


def convert(number: Decimal, typed: str, measure: str) -> Decimal | None:
    """Bring a number typed with a measure to another: 3.2 万个 → 32000 个.

    Returns:
        The number in ``measure``; None where the two count different things.
    """
    if typed in _SHARES and measure in _SHARES:
        return number * _SHARES[typed] / _SHARES[measure]
    if measure == "倍" and typed == "%":
        return number / 100
    scale, counted = split_measure(typed)
    own_scale, own_counted = split_measure(measure)
    if counted and not _same_things(counted, own_counted):
        return None
    if not counted and measure in _SHARES:
        return None
    return number * scale / own_scale


def is_same_measure(one: str, other: str) -> bool:
    """Whether two spellings mean one measure: 万套 and 万套（间）, 名 and 人."""
    (one_scale, one_counted), (other_scale, other_counted) = (
        split_measure(one),
        split_measure(other),
    )
    return one_scale == other_scale and _same_things(one_counted, other_counted)
