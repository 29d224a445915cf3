"""Excel's serial numbers of days and times.

Day 1 is the 1st of January 1900. Excel counts a 29th of February 1900, which did not exist, as day
60; so a day before it is one nearer to day 0 than the calendar says.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no time zone; of all days from 61 on
_DAY_0_OF_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - as workbooks of old Macintoshes count
_LEAP_DAY = 60
_LAST_DAY = 2_958_465  # the 31st of December 9999
_ONE_DAY = timedelta(days=1)
_SECONDS_A_DAY = 86_400


def day_of(serial: int) -> date | None:
    """Return the day of a serial number; None if no cell can show it as one."""
    if not 1 <= serial <= _LAST_DAY:
        return None
    day = _DAY_0.date() + timedelta(days=serial)
    return day if serial >= _LEAP_DAY else day + _ONE_DAY


def serial_of(moment: date) -> Decimal:
    """Return the serial number of a day or a moment, whose time zone is not looked at.

    Parts of a second are left out.
    """
    whole = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    passed = whole.replace(tzinfo=None, microsecond=0) - _DAY_0
    if passed.days <= _LEAP_DAY:
        passed -= _ONE_DAY
    return round(passed.days + Decimal(passed.seconds) / _SECONDS_A_DAY, 10)


def moment_of(
    serial: float, *, has_1904_dates: bool, is_elapsed: bool
) -> date | time | timedelta | None:
    """Return what a cell shows for a number under a format of dates; None if it is out of range.

    Args:
        serial: the number; what is below 1 is a time of day.
        has_1904_dates: whether the workbook counts days from the 1st of January 1904.
        is_elapsed: whether the format is one for a duration.
    """
    if not 0 <= serial <= _LAST_DAY:
        return None
    seconds = round(serial * _SECONDS_A_DAY * 1000) / 1000
    if is_elapsed:
        return timedelta(seconds=seconds)
    first_day = _DAY_0_OF_1904 if has_1904_dates else _DAY_0
    if serial < 1:
        return (first_day + timedelta(seconds=seconds)).time()
    is_before = not has_1904_dates and serial < _LEAP_DAY
    try:
        moment = first_day + timedelta(seconds=seconds, days=1 if is_before else 0)
    except OverflowError:
        return None
    return moment.date() if moment.time() == time() else moment
