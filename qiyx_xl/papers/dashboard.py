"""What the ledger shows beyond its formulas.

On 操作台 trend, missing figures, returned files and next deadline; in 指标台账 the year ends to
expect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.forecast.trend import FEWEST
from qiyx_xl.core.plan.model import Frequency, Indicator
from qiyx_xl.core.plan.schedule import PeriodContext, deadline
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus, with_projects
from qiyx_xl.core.rating.scorecard import Group, group_of, status_lines
from qiyx_xl.core.records.missing import Reminder, missing
from qiyx_xl.core.tasks.status import NO_TASKS, TaskStatus, with_tasks
from qiyx_xl.papers.outlook import forecast_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from qiyx_xl.core.consolidation.current import CurrentFigures
    from qiyx_xl.core.forecast.expected import Forecast
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.core.records.log_entries import LoggedFinding, LoggedRecord
    from qiyx_xl.core.records.record import Record

TREND_LENGTH = 8
_LOOKED_BACK = 24  # month ends: for a forecast, the year before and what came before it


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
    tasks: TaskStatus = NO_TASKS,
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
        tasks: the tasks' lines, likewise.
    """
    seen = stands.at(period)
    context = PeriodContext(seen.plan, rules, period, today)
    reminders = missing(context, seen.records, due_only=False)
    return Dashboard(
        today=today,
        trend=tuple(_trend(context, stands)),
        missing=with_tasks(
            with_projects(reminders, projects, context, due_only=False),
            tasks,
            context,
            due_only=False,
        ),
        returned=returned_files(period, logged, findings),
        deadline=next_deadline(seen.plan, rules, today),
    )


def indicator_forecasts(
    rules: Rules,
    period: Period,
    today: date,
    stands: CurrentFigures,
    lines: Sequence[StatusLine],
) -> dict[str, Forecast]:
    """Return the year ends to expect of a period's indicators, by their codes.

    Earlier figures are rated as the ledger's own lines are: by the present records and rules.

    Args:
        rules: the rule file.
        period: the chosen period.
        today: decides which blanks are late.
        stands: the current figures of all periods.
        lines: the period's lines.
    """
    reported = {record.period for record in stands.at(period).records if record.is_reported}
    ends = {
        earlier.last_day: earlier
        for earlier in sorted(reported)
        if earlier.last_day < period.last_day
    }
    before = [ends[day] for day in sorted(ends)][-_LOOKED_BACK:]
    if len(before) + 1 < FEWEST:
        return {}
    rated = _IndicatorLines(rules, today, stands)
    curves: dict[str, list[StatusLine]] = {}
    for line in (*(line for earlier in before for line in rated.at(earlier)), *lines):
        if isinstance(line.item, Indicator):
            curves.setdefault(line.item.code, []).append(line)
    forecasts = (
        (line.item.code, forecast_of(line, curves[line.item.code], rules))
        for line in lines
        if isinstance(line.item, Indicator)
    )
    return {code: found for code, found in forecasts if found is not None}


class _IndicatorLines:
    """The indicators' lines of other periods than the chosen one.

    For speed, only indicators and the records of their reporting agencies are rated.
    """

    def __init__(self, rules: Rules, today: date, stands: CurrentFigures) -> None:
        self._rules, self._today, self._stands = rules, today, stands
        self._known: dict[str, tuple[Plan, list[Record]]] = {}

    def at(self, period: Period) -> tuple[StatusLine, ...]:
        """Rate the indicators at a period."""
        seen = self._stands.at(period)
        if seen.plan.sha256 not in self._known:
            reporters = {item.code: item.reporting_agency for item in seen.plan.indicators}
            own = [record for record in seen.records if reporters.get(record.code) == record.agency]
            self._known[seen.plan.sha256] = (replace(seen.plan, goals=(), milestones=()), own)
        indicators, own = self._known[seen.plan.sha256]
        return status_lines(
            indicators, self._rules, period, own, self._today, confirmed=seen.confirmed
        )


def _trend(context: PeriodContext, stands: CurrentFigures) -> Iterator[TrendPoint]:
    rules = context.rules
    rated = _IndicatorLines(rules, context.today, stands)
    for trend_period in _leading_to(context.period, context.plan.years[0]):
        lines = rated.at(trend_period)
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
