"""How numbers are written into a drafted plan document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


def json_number(value: Decimal) -> int | float:
    """Return a number that JSON prints unchanged: targets have at most 15 digits."""
    return int(value) if value == value.to_integral_value() else float(value)


def decimal_places(value: Decimal) -> int:
    """Return how many digits a number has behind the point; at most the six that a plan allows."""
    exponent = value.normalize().as_tuple().exponent
    return min(6, max(0, -exponent)) if isinstance(exponent, int) else 0
