"""How values are stored as text and in JSON, and read back: exact, and never mixed up.

The store's columns, the figures of closed periods and the rule files all use these functions, so
that what one of them writes every other reads as the same value. Nothing is rounded.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, get_origin, get_type_hints

from qiyx_xl.core.primitives.values import Absence, Actual, Unreadable, Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

# --- A reported value as two texts, kind and text -----------------------------------------------

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
    """Return the value that ``encode_actual`` turned into this kind and text.

    Raises:
        ValueError, ArithmeticError: the kind is unknown, or the text is not a value of this kind.
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


def encode_value(value: Actual | date) -> tuple[str, str]:
    """Return kind and text of a value reported about a project, which may be a date."""
    return ("date", value.isoformat()) if isinstance(value, date) else encode_actual(value)


def decode_value(kind: str, text: str) -> Actual | date:
    """Return the value that ``encode_value`` turned into this kind and text.

    Raises:
        ValueError, ArithmeticError: the kind is unknown, or the text is not a value of this kind.
    """
    return date.fromisoformat(text) if kind == "date" else decode_actual(kind, text)


# --- Numbers, dates and moments as one text; None stays None --------------------------------------

_KEPT = 4096


def number_text(number: Decimal | None) -> str | None:
    """Return a number as text, with every digit it has and without an exponent."""
    return None if number is None else format(number, "f")


def number_of(text: str | None) -> Decimal | None:
    """Return the number of a text made by ``number_text``.

    Raises:
        ValueError, ArithmeticError: it is not a finite number.
    """
    return None if text is None else _finite(text)


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def date_text(day: date | None) -> str | None:
    """Return a date as 2026-06-30."""
    return None if day is None else day.isoformat()


def date_of(text: str | None) -> date | None:
    """Return the date of a text made by ``date_text``.

    Raises:
        ValueError: it is not a date.
    """
    return None if text is None else date.fromisoformat(text)


def moment_text(moment: datetime) -> str:
    """Format a moment in ISO 8601 with its zone, so that ``moment_of`` returns the same."""
    return moment.isoformat()


@lru_cache(maxsize=_KEPT)
def moment_of(text: str) -> datetime:
    """Return the moment of a text made by ``moment_text``.

    Raises:
        ValueError: it is not a moment, or has no time zone, without which moments do not compare.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


# --- Dataclasses of numbers and names as JSON objects ---------------------------------------------

_Record = TypeVar("_Record", bound="DataclassInstance")


def document_of(record: DataclassInstance) -> dict[str, Any]:
    """Return a dataclass as a JSON object, from which ``record_from`` builds an equal one."""
    return {entry.name: _as_json(getattr(record, entry.name)) for entry in fields(record)}


def record_from(
    kind: type[_Record], document: Mapping[str, Any], base: _Record | None = None
) -> _Record:
    """Build a dataclass from a JSON object; fields that it lacks are taken from ``base``.

    A number becomes what its field is declared to be, a ``Decimal`` or a ``Fraction``, exactly.

    Raises:
        KeyError: a field without a default is missing, and there is no base.
    """
    values: dict[str, Any] = {}
    declared = _declared(kind)
    for entry in fields(kind):
        known = None if base is None else getattr(base, entry.name)
        if entry.name in document:
            values[entry.name] = _as_declared(declared[entry.name], document[entry.name], known)
        elif base is not None:
            values[entry.name] = known
        elif entry.default is MISSING:
            raise KeyError(entry.name)
    return kind(**values)


@cache
def _declared(kind: type[DataclassInstance]) -> dict[str, Any]:
    return get_type_hints(kind)


def _as_declared(declared: Any, value: Any, base: Any) -> Any:
    if declared in (Decimal, Fraction):
        return declared(str(value))
    if get_origin(declared) is tuple:
        return tuple(value)
    if isinstance(declared, type) and is_dataclass(declared):
        return record_from(declared, value, base)
    return value


def _as_json(value: Any) -> Any:
    match value:
        case Decimal() | Fraction():
            return str(value)
        case tuple():
            return list(value)
        case str() | int() | None:
            return value
        case _ if is_dataclass(value) and not isinstance(value, type):
            return document_of(value)
        case _:
            return dict(value)
