"""How numbers are read from ordinals, and written into a drafted plan document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

_DIGITS = "一二三四五六七八九"


def json_number(value: Decimal) -> int | float:
    """Return a number that JSON prints unchanged: targets have at most 15 digits."""
    return int(value) if value == value.to_integral_value() else float(value)


def decimal_places(value: Decimal) -> int:
    """Return how many digits a number has behind the point; at most the six that a plan allows."""
    exponent = value.normalize().as_tuple().exponent
    return min(6, max(0, -exponent)) if isinstance(exponent, int) else 0


def ordinal(text: str) -> int:
    """Return the number of a Chinese ordinal up to 99: 十二 is 12."""
    tens, _, ones = text.rpartition("十") if "十" in text else ("", "", text)
    value = (_DIGITS.index(tens) + 1 if tens else 1) * 10 if "十" in text else 0
    return value + (_DIGITS.index(ones) + 1 if ones else 0)
