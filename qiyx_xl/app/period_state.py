"""Use case: the status lines of a period, rated now if it is open, frozen if it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus, project_status
from qiyx_xl.core.rating.scorecard import StatusLine, status_lines
from qiyx_xl.core.tasks.status import NO_TASKS, TaskStatus, task_status

if TYPE_CHECKING:
    from datetime import date

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.store import Store


@dataclass(frozen=True, slots=True)
class PeriodState:
    """A period's lamps, and the plan, rules and versions by which they were rated.

    ``closing`` is the closing in force, None if the period is open; if it is closed, lines,
    projects, tasks, rules and versions are the frozen ones. ``revisions`` counts the consolidations
    booked as 更正 since the closing: they are in the log, but not in the frozen lines.
    """

    period: Period
    today: date
    plan: Plan
    lines: tuple[StatusLine, ...]
    rules: Rules
    rules_version: str
    plan_version: str
    closing: Closing | None = None
    revisions: int = 0
    projects: ProjectStatus = NO_STATUS
    tasks: TaskStatus = NO_TASKS


def state(office: Office, period: Period, today: date) -> PeriodState:
    """Return a period's state for its papers: rated now, or frozen if the period is closed.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with office.open_store(readonly=True) as store, store.reading():
        closing = store.closing(period)
        if closing is None:
            return PeriodState(
                period,
                today,
                office.plan_at(period),
                live_lines(office, store, period, today),
                office.rules,
                office.rules.version,
                office.plan_at(period).version,
                projects=live_projects(office, store, period, today),
                tasks=live_tasks(office, store, period, today),
            )
        since = [run for run in store.runs() if run.period == period and run.at >= closing.at]
        projects = projects_at(office, store, period, today)
    plan = office.plans.at_closing(closing.plan, period)
    return PeriodState(
        period,
        closing.at.date(),
        plan,
        closing.lines(plan),
        closing.rules_at_closing(office.rules),
        closing.rules_version,
        closing.plan_version,
        closing,
        sum(run.reason != "" for run in since),
        projects,
        closing.tasks_at_closing(),
    )


def status(office: Office, period: Period, today: date) -> tuple[StatusLine, ...]:
    """Return a period's status lines: rated now, or frozen if the period is closed.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    return state(office, period, today).lines


def live_lines(
    office: Office,
    store: Store,
    period: Period,
    today: date,
    *,
    until: int | None = None,
    current_figures: CurrentFigures | None = None,
) -> tuple[StatusLine, ...]:
    """Rate every item of the plan at a period from the store, even if the period is closed.

    Args:
        office: the plan and the rules.
        store: the store, preferably inside ``reading()``.
        period: the period rated.
        today: decides which blanks are late.
        until: the state at the end of this run.
        current_figures: the current figures, if the caller has computed them already.
    """
    if current_figures is None:
        current_figures = current_figures_of(office, store, until=until)
    stands = current_figures.at(period)
    return status_lines(
        stands.plan, office.rules, period, stands.records, today, confirmed=stands.confirmed
    )


def live_projects(office: Office, store: Store, period: Period, today: date) -> ProjectStatus:
    """Rate the office's projects at a period from the store, even if the period is closed."""
    return project_status(store.project_book(), office.rules, period, today)


def projects_at(office: Office, store: Store, period: Period, today: date) -> ProjectStatus:
    """Return the projects' lines at a period; the frozen ones if the period is closed."""
    closing = store.closing(period)
    if closing is None:
        return live_projects(office, store, period, today)
    frozen = closing.projects_at_closing()
    if frozen is not None:
        return frozen
    # An earlier version closed it without freezing projects: rate the log as of that moment by
    # the frozen rules.
    book = store.project_book(as_of=closing.at)
    return project_status(book, closing.rules_at_closing(office.rules), period, closing.at.date())


def live_tasks(office: Office, store: Store, period: Period, today: date) -> TaskStatus:
    """Rate the tasks of the plan in force at a period, even if the period is closed."""
    plan = office.plan_at(period)
    if not plan.tasks:
        return NO_TASKS
    return task_status(plan, store.project_book(), office.rules, period, today)


def tasks_at(office: Office, store: Store, period: Period, today: date) -> TaskStatus:
    """Return the tasks' lines at a period; the frozen ones if the period is closed."""
    closing = store.closing(period)
    if closing is None:
        return live_tasks(office, store, period, today)
    return closing.tasks_at_closing()


def current_figures_of(office: Office, store: Store, *, until: int | None = None) -> CurrentFigures:
    """Return the current figures, with people's decisions applied."""
    decisions = store.decisions(until=until)
    return CurrentFigures.of(office.plans, store.current_records(until=until), decisions)
