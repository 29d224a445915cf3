"""How quotients are computed exactly but faster than with ``Fraction``.

A rating takes some twenty exact operations. ``Fraction`` reduces after each of them and checks
types on the way, which made up three quarters of a rating's time. Here a quotient is never reduced,
and a comparison is two multiplications of integers.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache
from typing import Protocol

_LARGEST_EXPONENT = 40
_DIVISION = Context(prec=28)


class Rational(Protocol):
    """Anything with a numerator and a denominator above zero: int, Fraction, Ratio."""

    @property
    def numerator(self) -> int:
        """The part above the line."""

    @property
    def denominator(self) -> int:
        """The part below the line, above zero."""


class Ratio:
    """An exact quotient of integers; ``denominator`` is above zero. Operands may be mixed."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: int, denominator: int = 1) -> None:
        if denominator <= 0:
            if denominator == 0:
                raise ZeroDivisionError(f"Ratio({numerator}, 0)")
            numerator, denominator = -numerator, -denominator
        self.numerator = numerator
        self.denominator = denominator

    @classmethod
    def of(cls, value: Rational | Decimal) -> Ratio:
        """Return a number of this package's own as a ratio; numbers from files need ``exact``."""
        if isinstance(value, Decimal):
            return cls(*value.as_integer_ratio())
        return cls(value.numerator, value.denominator)

    def __add__(self, other: Rational) -> Ratio:
        below = other.denominator
        return Ratio(
            self.numerator * below + other.numerator * self.denominator, self.denominator * below
        )

    def __sub__(self, other: Rational) -> Ratio:
        below = other.denominator
        return Ratio(
            self.numerator * below - other.numerator * self.denominator, self.denominator * below
        )

    def __mul__(self, other: Rational) -> Ratio:
        return Ratio(self.numerator * other.numerator, self.denominator * other.denominator)

    def __truediv__(self, other: Rational) -> Ratio:
        return Ratio(self.numerator * other.denominator, self.denominator * other.numerator)

    def __neg__(self) -> Ratio:
        return Ratio(-self.numerator, self.denominator)

    def __lt__(self, other: Rational) -> bool:
        return self.numerator * other.denominator < other.numerator * self.denominator

    def __le__(self, other: Rational) -> bool:
        return self.numerator * other.denominator <= other.numerator * self.denominator

    def __gt__(self, other: Rational) -> bool:
        return self.numerator * other.denominator > other.numerator * self.denominator

    def __ge__(self, other: Rational) -> bool:
        return self.numerator * other.denominator >= other.numerator * self.denominator

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ratio | int):
            return NotImplemented
        return self.numerator * other.denominator == other.numerator * self.denominator

    __hash__ = None  # type: ignore[assignment]  # equal quotients may have different parts

    def __repr__(self) -> str:
        return f"Ratio({self.numerator}, {self.denominator})"


ZERO = Ratio(0)
_EDGE = Ratio(10**_LARGEST_EXPONENT)
_CREVICE = Ratio(1, 10**_LARGEST_EXPONENT)


def exact(value: Decimal) -> Ratio:
    """Return the number as an exact quotient, so that no threshold is missed by rounding.

    Numbers beyond 10^±40 are clipped to that limit: a quotient of Decimal("1E+999999") would take
    all memory, and no lamp depends on the difference.
    """
    if value == 0:
        return ZERO
    if -_LARGEST_EXPONENT <= value.adjusted() <= _LARGEST_EXPONENT:
        return Ratio(*value.as_integer_ratio())
    edge = _EDGE if value.adjusted() > 0 else _CREVICE
    return -edge if value.is_signed() else edge


@lru_cache(maxsize=256)
def line(threshold: Decimal) -> Ratio:
    """Return a threshold of the plan or the rule file as an exact quotient; cached."""
    return exact(threshold)


def decimal_of(value: Rational) -> Decimal:
    """Return an exact number as a decimal of 28 digits."""
    return _DIVISION.divide(Decimal(value.numerator), Decimal(value.denominator))
