from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.values import decimal_from_float


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_that_a_cell_can_hold_becomes_its_fifteen_digits(number):
    value = decimal_from_float(number)
    assert value == Decimal(format(number, ".15g"))
    assert float(value) == pytest.approx(number, rel=1e-14)


def test_a_whole_number_keeps_the_spelling_people_know():
    assert str(decimal_from_float(100.0)) == "100"
    assert str(decimal_from_float(1e28)) == "1" + "0" * 28
