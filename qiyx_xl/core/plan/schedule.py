"""When an item is reported, when a blank is late, and how much of the time has passed."""

from __future__ import annotations

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Frequency, Indicator, Item, Milestone
from qiyx_xl.core.primitives.periods import PeriodKind
from qiyx_xl.core.primitives.values import Word

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.primitives.values import Actual

_DONE: frozenset[Actual] = frozenset({Word.PASSED, Word.DONE, Decimal(100)})
_MONTHS = 12
_TIME_TO_MEND = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class PeriodContext:
    """A period of a plan, and the day on which it is looked at: by them a blank is late or not."""

    plan: Plan
    rules: Rules
    period: Period
    today: date


def expects(item: Item, period: Period) -> bool:
    """Whether the item is reported for this period, by its frequency alone.

    Rule: docs/rating.md, section 1. Milestones are reported every quarter.
    """
    match item.frequency:
        case Frequency.MONTHLY:
            return True
        case Frequency.YEARLY:
            return period.is_year_end
        case _:
            return period.is_quarter_end


def deadline(item: Item | Frequency, period: Period, rules: Rules) -> date:
    """Return the last day on which the period's figure is on time.

    A milestone's report is due after its due date, whatever the period. With a calendar in the
    rules, a deadline on a day off moves to the next workday.
    """
    frequency = item if isinstance(item, Frequency) else item.frequency
    days = timedelta(days=rules.deadline_days[frequency.value])
    due = None if isinstance(item, Frequency) else milestone_due(item)
    last_day = (period.last_day if due is None else due) + days
    return last_day if rules.calendar is None else rules.calendar.on_or_after(last_day)


def resend_by(period: Period, today: date, rules: Rules) -> date:
    """Return the day by which a returned file must be sent again.

    Before the period's own deadline, that is the deadline; afterwards, three days from today, moved
    to a workday.
    """
    frequency = {
        PeriodKind.YEAR: Frequency.YEARLY,
        PeriodKind.QUARTER: Frequency.QUARTERLY,
        PeriodKind.MONTH: Frequency.MONTHLY,
    }[period.kind]
    due = deadline(frequency, period, rules)
    if due > today:
        return due
    late = today + _TIME_TO_MEND
    return late if rules.calendar is None else rules.calendar.on_or_after(late)


def is_due(item: Item, period: Period, today: date, rules: Rules) -> bool:
    """Whether a blank is late on ``today``; on the deadline itself it is not."""
    due = milestone_due(item)
    if due is not None:
        return period.last_day > due and today > deadline(item, period, rules)
    return expects(item, period) and today > deadline(item, period, rules)


def milestone_due(item: Item) -> date | None:
    """Return the date by which a milestone must be reached; None for other items."""
    if item.frequency is Frequency.MILESTONE and isinstance(item, Indicator | Milestone):
        return item.due
    return None


def is_done(item: Item, actual: Actual) -> bool:
    """Whether this value completes a milestone for good: it then counts in every later period.

    False for every item that is not a milestone with a due date.
    """
    return milestone_due(item) is not None and actual in _DONE


def share_of_year(period: Period, rules: Rules) -> Fraction:
    """Return P, the share of the year that has passed, by months or by days.

    Rule: docs/rating.md, section 5.
    """
    if rules.elapsed_by == "months":
        return Fraction(period.end_month, _MONTHS)
    return Fraction(period.last_day.timetuple().tm_yday, 366 if isleap(period.year) else 365)


def share_of_line(period: Period, start: date, end_year: int, rules: Rules) -> Fraction:
    """Return P, the share in [0, 1] of the time from the end of ``start`` to the end of a year.

    Rule: docs/rating.md, section 6: 2023-06 is 6/60 of a line from 2022-12-31 to 2027.
    """
    end = date(end_year, _MONTHS, 31)
    if end <= start:
        return Fraction(1)
    if rules.elapsed_by == "months":
        passed = _months(period.last_day) - _months(start)
        whole = _months(end) - _months(start)
    else:
        passed = Fraction((period.last_day - start).days)
        whole = Fraction((end - start).days)
    return min(max(passed / whole, Fraction(0)), Fraction(1))


def line_start(baseline_date: date | None, first_year: int) -> date:
    """Return the day a goal's line runs from: the baseline's, else the day before the plan."""
    return baseline_date or date(first_year - 1, _MONTHS, 31)


def _months(day: date) -> Fraction:
    # Months since year 0 at the end of that day; a month's last day completes the month.
    length = monthrange(day.year, day.month)[1]
    return day.year * _MONTHS + (day.month - 1) + Fraction(day.day, length)


# --- When projects are reported, and until when -------------------------------------------------


def projects_expected(period: Period, rules: Rules) -> bool:
    """Whether projects are reported for this period, by the rule file's frequency."""
    return rules.projects.frequency == "monthly" or period.is_quarter_end


def projects_deadline(period: Period, rules: Rules) -> date:
    """Return the last day on which a period's report on projects is on time."""
    return deadline(Frequency(rules.projects.frequency), period, rules)
