"""Excel's numbers for days and times, there and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH, from_excel

from qiyx_xl.core.primitives.serials import day_of, moment_of, serial_of

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)
DAYS = {
    1: FIRST_DAY,
    59: date(1900, 2, 28),
    61: date(1900, 3, 1),  # 60 is a day that did not exist
    46_303: date(2026, 10, 8),
    2_958_465: LAST_DAY,
}


@pytest.mark.parametrize(("serial", "day"), DAYS.items())
def test_the_days_that_excel_shows(serial: int, day: date):
    assert day_of(serial) == day
    assert serial_of(day) == serial
    assert moment_of(float(serial), has_1904_dates=False, is_elapsed=False) == day


@pytest.mark.parametrize("serial", [0, -1, 2_958_466, 10**9])
def test_no_cell_shows_other_numbers_as_days(serial: int):
    assert day_of(serial) is None


def test_the_day_that_did_not_exist_is_the_one_before_it():
    assert day_of(60) == moment_of(60.0, has_1904_dates=False, is_elapsed=False)


@given(st.dates(FIRST_DAY, LAST_DAY))
def test_a_day_comes_back(day: date):
    assert day_of(int(serial_of(day))) == day


@given(st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)))
def test_moments_are_excel_s_numbers_to_the_second(moment: datetime):
    whole = moment.replace(microsecond=0)
    assert from_excel(float(serial_of(moment))) == whole
    assert serial_of(whole.replace(tzinfo=UTC)) == serial_of(whole)


def test_numbers_are_shown_as_excel_shows_them():
    def shown(serial: float, *, old: bool = False, elapsed: bool = False) -> object:
        return moment_of(serial, has_1904_dates=old, is_elapsed=elapsed)

    assert shown(0.5) == time(12)
    assert shown(46_303.75) == datetime(2026, 10, 8, 18)
    assert shown(1.5, elapsed=True) == timedelta(hours=36)
    assert shown(44_841.0, old=True) == from_excel(44_841, MAC_EPOCH).date() == date(2026, 10, 8)
    assert shown(-1.0) is shown(3e6) is None
    assert shown(2_958_465.0, old=True) is None  # beyond the year 9999
    assert isinstance(serial_of(date(2026, 10, 8)), Decimal)
