"""What 操作台 shows beyond its formulas: trend, missing figures, returned files, next deadline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.plan.model import Frequency, Indicator
from qiyx_xl.core.plan.schedule import PeriodContext, deadline
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus, with_projects
from qiyx_xl.core.rating.scorecard import Group, group_of, status_lines
from qiyx_xl.core.records.missing import Reminder, missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date, datetime

    from qiyx_xl.core.consolidation.current import CurrentFigures
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.records.log_entries import LoggedFinding, LoggedRecord
    from qiyx_xl.core.records.record import Record

TREND_LENGTH = 8


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The lamp counts of the indicators in one period."""

    period: Period
    lamps: Group


@dataclass(frozen=True, slots=True)
class Returned:
    """A returned file after which its agency has had none accepted for the period."""

    agency: str | None
    file: str
    errors: int
    found_at: datetime


@dataclass(frozen=True, slots=True)
class NextDeadline:
    """The next day on which figures of some frequency are due; ``days_left`` is 0 on that day."""

    day: date
    periods: tuple[Period, ...]
    days_left: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The data of 操作台 that its formulas cannot count.

    ``trend`` ends with the chosen period; ``missing`` is in the plan's order of agencies and
    includes figures that are not late yet; ``returned`` has the newest first.
    """

    today: date
    trend: tuple[TrendPoint, ...] = ()
    missing: tuple[Reminder, ...] = ()
    returned: tuple[Returned, ...] = ()
    deadline: NextDeadline | None = None


def dashboard(
    rules: Rules,
    period: Period,
    stands: CurrentFigures,
    *,
    logged: Iterable[LoggedRecord],
    findings: Iterable[LoggedFinding],
    today: date,
    projects: ProjectStatus = NO_STATUS,
) -> Dashboard:
    """Return the data of 操作台.

    Args:
        rules: the rule file.
        period: the chosen period.
        stands: the current figures of all periods.
        logged: the logged records; they show which returned files were followed by accepted ones.
        findings: the findings of the last check of each file sent for the period.
        today: the day from which days late and days left are counted.
        projects: the projects' lines; those not reported count as missing.
    """
    seen = stands.at(period)
    context = PeriodContext(seen.plan, rules, period, today)
    reminders = missing(context, seen.records, due_only=False)
    return Dashboard(
        today=today,
        trend=tuple(_trend(context, stands)),
        missing=with_projects(reminders, projects, context, due_only=False),
        returned=returned_files(period, logged, findings),
        deadline=next_deadline(seen.plan, rules, today),
    )


def _trend(context: PeriodContext, stands: CurrentFigures) -> Iterator[TrendPoint]:
    rules, today = context.rules, context.today
    known: dict[str, tuple[Plan, list[Record]]] = {}
    for trend_period in _leading_to(context.period, context.plan.years[0]):
        seen = stands.at(trend_period)
        if seen.plan.sha256 not in known:
            # For speed, only indicators and the records of their reporting agencies are rated.
            reporters = {item.code: item.reporting_agency for item in seen.plan.indicators}
            own = [record for record in seen.records if reporters.get(record.code) == record.agency]
            known[seen.plan.sha256] = (replace(seen.plan, goals=(), milestones=()), own)
        indicators, own = known[seen.plan.sha256]
        lines = status_lines(indicators, rules, trend_period, own, today, confirmed=seen.confirmed)
        ratings = [line.rating for line in lines if isinstance(line.item, Indicator)]
        yield TrendPoint(trend_period, group_of(str(trend_period), ratings, rules))


def _leading_to(period: Period, first_year: int) -> list[Period]:
    """Return up to ``TREND_LENGTH`` periods of equal length, ending with ``period``.

    Periods before the plan's first year are left out.
    """
    periods = [period]
    while len(periods) < TREND_LENGTH and periods[0].before.year >= first_year:
        periods.insert(0, periods[0].before)
    return periods


def returned_files(
    period: Period, logged: Iterable[LoggedRecord], findings: Iterable[LoggedFinding]
) -> tuple[Returned, ...]:
    """Return the files of a period that were returned and not yet replaced, newest first.

    A file is replaced once its agency has had a later file accepted for the period.
    """
    errors = [found for found in findings if found.finding.severity is Severity.ERROR]
    last_accepted = dict.fromkeys((found.agency or "" for found in errors), 0)
    for entry in logged:
        agency = entry.record.agency
        if agency in last_accepted and entry.record.period == period:
            last_accepted[agency] = max(last_accepted[agency], entry.run)
    waiting: dict[str, list[LoggedFinding]] = {}
    for found in errors:
        if last_accepted[found.agency or ""] <= found.run:
            waiting.setdefault(found.sha256, []).append(found)
    files = [
        Returned(each[0].agency, each[0].file, len(each), each[0].found_at)
        for each in waiting.values()
    ]
    return tuple(sorted(files, key=lambda file: (file.found_at, file.file), reverse=True))


def next_deadline(plan: Plan, rules: Rules, today: date) -> NextDeadline | None:
    """Return the next day on which figures are due; None after the plan's last deadline."""
    frequencies = {item.frequency for item in plan.items()}
    days: dict[date, list[Period]] = {}
    for year in plan.years:
        for period in _periods_due(year, frequencies):
            frequency = _FREQUENCIES[period.kind.value]
            days.setdefault(deadline(frequency, period, rules), []).append(period)
    coming = min((day for day in days if day >= today), default=None)
    if coming is None:
        return None
    return NextDeadline(coming, tuple(days[coming]), (coming - today).days)


_FREQUENCIES = {
    "month": Frequency.MONTHLY,
    "quarter": Frequency.QUARTERLY,
    "year": Frequency.YEARLY,
}


def _periods_due(year: int, frequencies: Collection[Frequency]) -> Iterator[Period]:
    if Frequency.MONTHLY in frequencies:
        yield from (Period.of_month(year, month) for month in range(1, 13))
    if Frequency.QUARTERLY in frequencies or Frequency.MILESTONE in frequencies:
        yield from (Period.of_quarter(year, quarter) for quarter in range(1, 5))
    if Frequency.YEARLY in frequencies:
        yield Period.of_year(year)
