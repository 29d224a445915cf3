"""What is stored as text is read back as the same value, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from qiyx_xl.core.primitives.codec import (
    date_of,
    date_text,
    decode_actual,
    decode_value,
    document_of,
    encode_actual,
    encode_value,
    moment_of,
    moment_text,
    number_of,
    number_text,
    record_from,
)
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Decimal("3.50"), ("number", "3.50")),
        (Decimal("1E+2"), ("number", "100")),
        (Word.PASSED, ("word", "已通过")),
        (Absence.NOT_APPLICABLE, ("not_applicable", "")),
        (Absence.NOT_REPORTED, ("blank", "")),
        (Unreadable("约\x1f3", "不是数字"), ("unreadable", "约\x1f3\x1f不是数字")),
    ],
    ids=str,
)
def test_a_value_is_stored_as_kind_and_text(value: object, stored: tuple[str, str]) -> None:
    assert encode_actual(value) == encode_value(value) == stored
    assert decode_actual(*stored) == decode_value(*stored) == value


def test_only_a_project_may_report_a_date() -> None:
    assert encode_value(date(2026, 6, 30)) == ("date", "2026-06-30")
    assert decode_value("date", "2026-06-30") == date(2026, 6, 30)
    with pytest.raises(ValueError, match="no date"):
        decode_actual("date", "2026-06-30")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "三", ""])
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    for read in (number_of, lambda text: decode_actual("number", text)):
        with pytest.raises((ValueError, ArithmeticError)):
            read(text)


@pytest.mark.parametrize("number", ["0", "-3.50", "0.0000001", "12345678901234567890.5"])
def test_a_number_keeps_every_digit(number: str) -> None:
    assert number_text(Decimal(number)) == number
    assert str(number_of(number)) == str(Decimal(number))


def test_nothing_stays_nothing() -> None:
    assert (number_text(None), number_of(None), date_text(None), date_of(None)) == (None,) * 4


def test_a_date_and_a_moment_are_iso_8601() -> None:
    assert date_text(date(2026, 6, 30)) == "2026-06-30"
    assert date_of("2026-06-30") == date(2026, 6, 30)
    moment = datetime(2026, 7, 5, 9, 30, tzinfo=UTC)
    assert moment_text(moment) == "2026-07-05T09:30:00+00:00"
    assert moment_of(moment_text(moment)) == moment


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-07-05T09:30:00"):
        moment_of("2026-07-05T09:30:00")


@dataclass(frozen=True)
class Inner:
    days: int
    line: Decimal


@dataclass(frozen=True)
class Outer:
    name: str
    share: Fraction
    powers: tuple[int, ...]
    inner: Inner
    first: int | None = None


OUTER = Outer("甲", Fraction(1, 3), (3, 4), Inner(30, Decimal("-10.0")))
DOCUMENT = {
    "name": "甲",
    "share": "1/3",
    "powers": [3, 4],
    "inner": {"days": 30, "line": "-10.0"},
    "first": None,
}


def test_a_dataclass_is_a_json_object_and_back() -> None:
    assert document_of(OUTER) == DOCUMENT
    assert record_from(Outer, DOCUMENT) == OUTER


def test_numbers_become_what_their_fields_are_declared_to_be() -> None:
    said = {"share": 0.5, "inner": {"line": 5}}
    changed = record_from(Outer, said, OUTER)
    assert (changed.share, changed.inner) == (Fraction(1, 2), Inner(30, Decimal(5)))
    assert (changed.name, changed.powers) == (OUTER.name, OUTER.powers)


@pytest.mark.parametrize("name", ["name", "share", "powers", "inner"])
def test_a_field_that_is_missing_without_a_base_is_named(name: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != name}
    with pytest.raises(KeyError, match=name):
        record_from(Outer, document)
    assert record_from(Outer, document, OUTER) == OUTER
