"""A value as two texts and back, for what is stored: nothing is rounded, nothing is mixed up."""

from __future__ import annotations

from decimal import Decimal

from qiyx_xl.core.primitives.values import Absence, Actual, Unreadable, Word

_BETWEEN = "\x1f"  # the unit separator, which no cell shows


def encode_actual(actual: Actual) -> tuple[str, str]:
    """Return kind and text of a value; a number keeps every digit it was written with."""
    match actual:
        case Decimal():
            return "number", format(actual, "f")
        case Word():
            return "word", actual.value
        case Absence.NOT_APPLICABLE:
            return "not_applicable", ""
        case Absence.NOT_REPORTED:
            return "blank", ""
        case Unreadable():
            return "unreadable", f"{actual.text}{_BETWEEN}{actual.reason}"


def decode_actual(kind: str, text: str) -> Actual:
    """Return the value that was encoded as this kind and text.

    Raises:
        ValueError, ArithmeticError: there is no such kind, or it is no such value.
    """
    match kind:
        case "number" if (number := Decimal(text)).is_finite():
            return number
        case "word":
            return Word(text)
        case "not_applicable":
            return Absence.NOT_APPLICABLE
        case "blank":
            return Absence.NOT_REPORTED
        case "unreadable":
            shown, _, reason = text.rpartition(_BETWEEN)
            return Unreadable(shown, reason)
    raise ValueError(f"no {kind}: {text}")
