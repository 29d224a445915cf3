"""催报 about projects: what has not been reported on, beside the items of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Direction, Frequency, Item, StatusRule
from qiyx_xl.core.plan.project_list import INVESTMENT_MEASURE, MajorProject
from qiyx_xl.core.plan.project_schedule import projects_deadline, projects_expected
from qiyx_xl.core.records.missing import Owed, Reminder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.project_list import Entry
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.projects.status import ProjectStatus


def with_projects(
    reminders: Sequence[Reminder],
    status: ProjectStatus,
    plan: Plan,
    rules: Rules,
    period: Period,
    today: date,
    *,
    due_only: bool = True,
) -> tuple[Reminder, ...]:
    """Add to each agency's reminder the projects it has not reported on.

    Args:
        reminders: what is owed of the plan, in the plan's order of agencies.
        status: the projects' lines at the period.
        plan: the agencies.
        rules: how often projects are reported, and how many days after a period.
        period: the period looked at.
        today: the day on which days late are counted.
        due_only: leave out what is not late yet.
    """
    last_day = projects_deadline(period, rules)
    late = (today - last_day).days
    if not projects_expected(period, rules) or (due_only and late <= 0):
        return tuple(reminders)
    known = {one.agency.name: one for one in reminders}
    owed: dict[str, list[Owed]] = {}
    for entry in _silent(status):
        owing = Owed(_as_item(entry, rules), last_day, late)
        owed.setdefault(entry.agency, []).append(owing)
    return tuple(
        Reminder(agency, (*(known[agency.name].items if agency.name in known else ()), *items))
        for agency in plan.agencies
        for items in (owed.get(agency.name, []),)
        if items or agency.name in known
    )


def _silent(status: ProjectStatus) -> Iterator[Entry]:
    """Yield what has a plan for the year and no value for the period."""
    for line in status.projects:
        has_plan = line.planned is not None and line.planned > 0
        if has_plan and (line.record is None or not line.record.is_reported):
            yield line.project
    for entry in status.livelihood:
        if entry.record is None or not entry.record.is_reported:
            yield entry.project


def _as_item(entry: Entry, rules: Rules) -> Item:
    """Return a project in the shape of an item, which is what reminders list."""
    is_major = isinstance(entry, MajorProject)
    measure = INVESTMENT_MEASURE if isinstance(entry, MajorProject) else entry.measure
    return Item(
        code=entry.code,
        name=f"重大项目“{entry.name}”本年累计完成投资"
        if is_major
        else f"民生实事“{entry.name}”本年完成值",
        domain=entry.domain,
        clause="重大项目清单" if is_major else "民生实事",
        lead_agency=entry.agency,
        measure=measure,
        direction=Direction.HIGHER_IS_BETTER,
        status_rule=StatusRule.RATIO,
        frequency=Frequency(rules.projects.frequency),
    )
