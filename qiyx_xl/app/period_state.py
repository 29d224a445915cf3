"""Use case: what stands for a period, live while it is open, frozen once it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.versions import CurrentFigures
from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus, project_status
from qiyx_xl.core.rating.scorecard import StatusLine, status_lines

if TYPE_CHECKING:
    from datetime import date

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.store import Store


@dataclass(frozen=True, slots=True)
class PeriodState:
    """A period's lamps, and by what they were rated.

    ``closing`` is the closing in force; then lines, rules and versions are the frozen ones. None
    while the period is open. ``revisions`` counts the consolidations booked as 更正 since then:
    they are in the log, and not in the frozen lines. ``projects`` are the projects' lines, of a
    closed period the frozen ones.
    """

    period: Period
    today: date
    lines: tuple[StatusLine, ...]
    rules: Rules
    rules_version: str
    plan_version: str
    closing: Closing | None = None
    revisions: int = 0
    projects: ProjectStatus = NO_STATUS


def state(office: Office, period: Period, today: date) -> PeriodState:
    """Return what a paper about a period is to say.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with office.open_store(readonly=True) as store, store.reading():
        closing = store.closing(period)
        if closing is None:
            return live_state(office, store, period, today)
        since = [run for run in store.runs() if run.period == period and run.at >= closing.at]
        projects = projects_at(office, store, period, today)
    return PeriodState(
        period,
        closing.at.date(),
        closing.lines(office.plan),
        closing.rules_then(office.rules),
        closing.rules_version,
        closing.plan_version,
        closing,
        sum(run.reason != "" for run in since),
        projects,
    )


def status(office: Office, period: Period, today: date) -> tuple[StatusLine, ...]:
    """Return a period's status lines: rated now, or frozen if the period is closed.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    return state(office, period, today).lines


def live_state(
    office: Office,
    store: Store,
    period: Period,
    today: date,
    *,
    until: int | None = None,
    stands: CurrentFigures | None = None,
) -> PeriodState:
    """Rate every item of the plan at a period from what the store holds, closed or not.

    Args:
        office: the plan and the rules.
        store: the store, best inside ``reading()``.
        period: the period looked at.
        today: decides which blanks are late.
        until: as it stood at the end of this run.
        stands: what stands then, where that has been worked out already.
    """
    if stands is None:
        stands = standing(office, store, until=until)
    lines = status_lines(
        office.plan, office.rules, period, stands.records, today, confirmed=stands.confirmed
    )
    projects = project_status(store.project_book(until=until), office.rules, period, today)
    rules, versions = office.rules, (office.rules.version, office.plan.version)
    return PeriodState(period, today, lines, rules, *versions, projects=projects)


def projects_at(office: Office, store: Store, period: Period, today: date) -> ProjectStatus:
    """Return the projects' lines at a period; of a closed one, as they were when it was closed."""
    closing = store.closing(period)
    if closing is None:
        return project_status(store.project_book(), office.rules, period, today)
    frozen = closing.projects_then()
    if frozen is not None:
        return frozen
    # Closed by a program that did not keep them: what the log held then, by the frozen rules.
    book = store.project_book(as_of=closing.at)
    return project_status(book, closing.rules_then(office.rules), period, closing.at.date())


def standing(office: Office, store: Store, *, until: int | None = None) -> CurrentFigures:
    """Return the figures in force, with what people have decided laid over them."""
    decisions = store.decisions(until=until)
    return CurrentFigures.of(office.plan, store.current_records(until=until), decisions)
