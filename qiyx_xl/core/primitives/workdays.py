"""Which days are workdays? Weekends, statutory holidays and make-up workdays (调休)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days off of some years.

    ``off`` are days off whatever their weekday, ``working`` the weekend days worked to make up for
    them (调休). ``announced`` are the years whose arrangement the State Council has announced; for
    other years ``off`` holds only the holidays fixed by law.
    """

    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    announced: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether the day is a workday."""
        if day in self.working:
            return True
        return day not in self.off and day.weekday() < _SATURDAY

    def on_or_after(self, day: date) -> date:
        """Return the day itself if it is a workday, else the next workday."""
        while not self.is_working(day):
            day += _DAY
        return day

    def unannounced(self, days: Iterable[date]) -> tuple[int, ...]:
        """Return the years of these days whose arrangement is not announced yet, earliest first."""
        return tuple(sorted({day.year for day in days} - self.announced))

    def with_year(self, year: int, year_calendar: WorkCalendar) -> WorkCalendar:
        """Return this calendar with one year's days replaced by another calendar's."""

        def replaced(mine: frozenset[date], theirs: frozenset[date]) -> frozenset[date]:
            kept = {day for day in mine if day.year != year}
            return frozenset(kept | {day for day in theirs if day.year == year})

        return WorkCalendar(
            replaced(self.off, year_calendar.off),
            replaced(self.working, year_calendar.working),
            (self.announced - {year}) | (year_calendar.announced & {year}),
        )
