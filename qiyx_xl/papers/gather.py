"""How an ``Edition`` is made from the current records: lines, history, reminders, ranks before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qiyx_xl.core.history.closing import closing_in_force
from qiyx_xl.core.history.publications import published_before
from qiyx_xl.core.plan.schedule import PeriodContext
from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus, with_projects
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.missing import missing
from qiyx_xl.core.tasks.status import NO_TASKS, TaskStatus, with_tasks
from qiyx_xl.papers.edition import Edition, Snapshot, verify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from qiyx_xl.core.consolidation.current import CurrentFigures
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.history.publications import Publication
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.log_entries import LoggedFile, LoggedFinding


def gather(
    rules: Rules,
    period: Period,
    today: date,
    stands: CurrentFigures,
    *,
    closings: Sequence[Closing] = (),
    publications: Sequence[Publication] = (),
    files: Sequence[LoggedFile] = (),
    findings: Sequence[LoggedFinding] = (),
    contacts: Mapping[str, str] | None = None,
    projects: ProjectStatus = NO_STATUS,
    tasks: TaskStatus = NO_TASKS,
) -> Edition:
    """Return a period's edition: frozen if the period is closed, else as rated today.

    Args:
        rules: the present rules; a closed period keeps the rules it was closed with.
        period: the period.
        today: the day that is printed, and by which a blank is late or not.
        stands: the current figures of all periods.
        closings: closings and reopenings of all periods, earliest first.
        publications: those of all periods, earliest first.
        files: the files sent for the period.
        findings: the findings in those files.
        contacts: the contact that each agency last wrote into a form.
        projects: the projects' lines; of a closed period as they were when it was closed.
        tasks: the tasks' lines, likewise.

    Raises:
        EditionError: the counts do not add up.
    """
    closing = closing_in_force(closings, period)
    plan = _plan(stands, period, closing)
    context = PeriodContext(plan, rules, period, today)
    published = published_before(publications, period)
    seen = stands.at(period)
    current = _snapshot(context, stands, closing)
    edition = Edition(
        plan=plan,
        rules=rules if closing is None else closing.rules_at_closing(rules),
        period=period,
        today=today,
        lines=current.lines,
        rules_version=rules.version if closing is None else closing.rules_version,
        plan_version=plan.version if closing is None else closing.plan_version,
        closing=closing,
        previous=published[-1] if published else None,
        published=published,
        history=(*_before(context, stands, closings), current),
        reminders=with_tasks(
            with_projects(missing(context, seen.records), projects, context), tasks, context
        ),
        records=seen.records,
        files=tuple(files),
        findings=tuple(findings),
        contacts=dict(contacts or {}),
        projects=projects,
        tasks=tasks,
    )
    verify(edition)
    return edition


def _plan(stands: CurrentFigures, period: Period, closing: Closing | None) -> Plan:
    """Return the plan that a period's papers show: of a closed one, that of its closing."""
    if closing is None:
        return stands.plans.at(period)
    return stands.plans.at_closing(closing.plan, period)


def _before(
    context: PeriodContext, stands: CurrentFigures, closings: Sequence[Closing]
) -> Iterator[Snapshot]:
    """Yield the earlier periods that are closed or have a reported record, one per month end."""
    closed = {
        earlier: closing
        for earlier in {closing.period for closing in closings}
        for closing in (closing_in_force(closings, earlier),)
        if closing is not None
    }
    known = {
        *closed,
        *(record.period for record in stands.at(context.period).records if record.is_reported),
    }
    for earlier in _month_ends(known, closed, context.period):
        closing = closed.get(earlier)
        plan = _plan(stands, earlier, closing)
        at_that_time = replace(context, plan=plan, period=earlier)
        # Of the past, papers show the district's figures alone.
        yield _snapshot(at_that_time, stands, closing, with_parts=False)


def _month_ends(
    known: Collection[Period], closed: Collection[Period], period: Period
) -> list[Period]:
    """Return one period for each earlier month end: the longest closed one, else the longest."""
    chosen = {
        candidate.last_day: candidate
        for candidate in sorted(known, key=lambda candidate: (candidate in closed, candidate))
        if candidate.last_day < period.last_day
    }
    return [chosen[day] for day in sorted(chosen)]


def _snapshot(
    context: PeriodContext,
    stands: CurrentFigures,
    closing: Closing | None,
    *,
    with_parts: bool = True,
) -> Snapshot:
    if closing is not None:
        return Snapshot(context.period, closing.lines(context.plan), closing)
    seen = stands.at(context.period)
    lines = status_lines(
        seen.plan,
        context.rules,
        context.period,
        seen.records,
        context.today,
        confirmed=seen.confirmed,
        with_parts=with_parts,
    )
    return Snapshot(context.period, lines)
