from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.primitives.values import decimal_from_float


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_that_a_cell_can_hold_becomes_its_fifteen_digits(number):
    assert decimal_from_float(number) == Decimal(format(number, ".15g"))


def test_a_whole_number_keeps_the_spelling_people_know():
    assert str(decimal_from_float(100.0)) == "100"
    assert str(decimal_from_float(1e28)) == "1" + "0" * 28
