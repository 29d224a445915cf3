"""Which figures has an agency not yet sent for a period? For 缺报 and 催报."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Goal, Indicator, Milestone
from qiyx_xl.core.plan.schedule import deadline, expects, is_done, is_due, milestone_due
from qiyx_xl.core.primitives.values import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from qiyx_xl.core.plan.model import Agency, Item, Plan
    from qiyx_xl.core.plan.schedule import PeriodContext
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.primitives.values import Actual
    from qiyx_xl.core.records.record import Record


@dataclass(frozen=True, slots=True)
class MissingFigure:
    """One figure that is missing. ``days_late`` is negative before the deadline."""

    item: Item
    deadline: date
    days_late: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """The figures one agency has not sent, in the plan's order; at least one."""

    agency: Agency
    items: tuple[MissingFigure, ...]

    @property
    def deadline(self) -> date:
        """The earliest deadline of the missing figures."""
        return min(owing.deadline for owing in self.items)

    @property
    def days_late(self) -> int:
        """Days since the earliest deadline; negative before it."""
        return max(owing.days_late for owing in self.items)


def missing(
    context: PeriodContext, records: Sequence[Record], *, due_only: bool = True
) -> tuple[Reminder, ...]:
    """Return the missing figures of each agency for a period, in the plan's order of agencies.

    Args:
        context: who reports what, how many days after the period its figures are due, and the day
            up to which days late are counted.
        records: the current records of all periods: a milestone reported as done is not due again.
        due_only: leave out figures whose deadline has not passed.
    """
    period, rules, today = context.period, context.rules, context.today
    theirs = by_agency(records)
    reminders = []
    for agency in context.plan.agencies:
        items = tuple(
            MissingFigure(item, last_day, (today - last_day).days)
            for item in missing_items(context.plan, agency, period, theirs.get(agency.name, ()))
            if not due_only or is_due(item, period, today, rules)
            for last_day in (deadline(item, period, rules),)
        )
        if items:
            reminders.append(Reminder(agency, items))
    return tuple(reminders)


def with_owed(
    agencies: Iterable[Agency],
    reminders: Sequence[Reminder],
    owed: Mapping[str, Sequence[MissingFigure]],
) -> tuple[Reminder, ...]:
    """Return reminders with more missing figures for some agencies, in the order of agencies."""
    known = {reminder.agency.name: reminder.items for reminder in reminders}
    return tuple(
        Reminder(agency, (*known.get(agency.name, ()), *items))
        for agency in agencies
        for items in (owed.get(agency.name, ()),)
        if items or agency.name in known
    )


def by_agency(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Group records by their agency, so that an agency's check does not search all of them."""
    theirs: dict[str, list[Record]] = {}
    for record in records:
        theirs.setdefault(record.agency, []).append(record)
    return theirs


def missing_items(
    plan: Plan, agency: Agency, period: Period, records: Iterable[Record]
) -> tuple[Item, ...]:
    """Return the items an agency should have reported by the period's end and has not.

    An item without a target for the year is not owed; a milestone is owed once its date has
    passed, until it is reported done.
    """
    theirs = [record for record in records if record.agency == agency.name]
    # As in the rating, a figure for the quarter's last month counts for the quarter.
    sent = {
        record.code
        for record in theirs
        if record.period.last_day == period.last_day and record.is_reported
    }
    reached: dict[str, list[Actual]] = {}
    for record in theirs:
        reached.setdefault(record.code, []).append(record.actual)
    return tuple(
        item
        for item in plan.reported_by(agency)
        if item.code not in sent
        and not any(is_done(item, actual) for actual in reached.get(item.code, ()))
        and _is_required(item, period)
    )


def _is_required(item: Item, period: Period) -> bool:
    due = milestone_due(item)
    if due is not None:
        return period.last_day > due
    if not expects(item, period):
        return False
    match item:
        case Indicator():
            return period.year in item.targets
        case Goal():
            return item.annual_from is None or period.year >= item.annual_from
        case _:
            return not isinstance(item, Milestone)


def lacks_evidence(item: Item, record: Record) -> bool:
    """Whether a figure was reported without the evidence that the plan asks for beside it.

    A milestone's is asked for once it is done.
    """
    return wants_evidence(item, record.actual) and not record.evidence


def wants_evidence(item: Item, actual: Actual) -> bool:
    """Whether a value of an item needs the evidence that the plan asks for."""
    if not item.evidence:
        return False
    return is_done(item, actual) if milestone_due(item) else isinstance(actual, Decimal | Word)
