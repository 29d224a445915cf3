"""The document of ``status --format json`` (schemas/status-report.schema.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Goal, Indicator, Item, Milestone, Plan, item_json
from qiyx_xl.core.primitives.values import plain, spell
from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus, groups_by, projects_json
from qiyx_xl.core.rating.scorecard import group_of, levels_with_parts, summarise_level
from qiyx_xl.core.tasks.status import NO_TASKS, TaskStatus, tasks_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qiyx_xl.core.consolidation.street_totals import Total
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine

STATUS_SCHEMA = "status-report/1"


def status_document(
    plan: Plan,
    rules: Rules,
    period: Period,
    today: date,
    lines: Sequence[StatusLine],
    *,
    by: Sequence[str] = ("domain",),
    closing: Closing | None = None,
    revisions: int = 0,
    projects: ProjectStatus = NO_STATUS,
    tasks: TaskStatus = NO_TASKS,
) -> dict[str, Any]:
    """Return the document of ``status --format json`` (schemas/status-report.schema.json).

    In the document, ``counts`` and ``groups`` are over the indicators; goals and milestones are
    counted separately; ``items`` holds every line. Of a closed period, ``closing`` is its closing
    and ``revisions`` the number of 更正 booked since. Where the plan has no tasks, there is no
    ``tasks``.
    """
    counted = [line for line in lines if line.counts]

    def counts(kind: type[Item]) -> dict[str, int]:
        ratings = [line.rating for line in counted if isinstance(line.item, kind)]
        return group_of("", ratings, rules).counts_json()

    return {
        "schema": STATUS_SCHEMA,
        "period": str(period),
        "today": today.isoformat(),
        "rules_version": rules.version,
        "plan_version": plan.version if closing is None else closing.plan_version,
        **_closed(closing, revisions),
        "counts": counts(Indicator),
        "goal_counts": counts(Goal),
        "milestone_counts": counts(Milestone),
        "groups": [
            {"by": view, **group.to_json()}
            for view in by
            for group in groups_by(view, lines, projects, plan, rules)
        ],
        **_levels(plan, rules, lines),
        "items": [_item_json(line) for line in lines],
        "projects": projects_json(projects),
        **({} if tasks.is_empty else {"tasks": tasks_json(tasks, plan, by)}),
    }


def _levels(plan: Plan, rules: Rules, lines: Sequence[StatusLine]) -> dict[str, Any]:
    """Return the agencies of each level by what was broken down to them, if anything was."""
    levels = [
        {
            "level": level,
            "groups": [group.to_json() for group in summarise_level(lines, plan, rules, level)],
        }
        for level in levels_with_parts(lines, plan)
    ]
    return {"levels": levels} if levels else {}


def _item_json(line: StatusLine) -> dict[str, Any]:
    parts = [{**part.rating.to_json(), "agency": part.item.reporting_agency} for part in line.parts]
    kinds = {Indicator: "indicator", Goal: "goal", Milestone: "milestone"}
    return {
        **line.rating.to_json(),
        "indicator": item_json(line.item.printed_code),
        "name": line.item.name,
        "domain": line.item.domain,
        "agency": line.item.reporting_agency,
        "kind": kinds[type(line.item)],
        "counted": line.counts,
        "total": None if line.total is None else total_json(line.total),
        **({"shares": parts} if parts else {}),
    }


def total_json(total: Total) -> dict[str, Any]:
    """Return a total over the streets with its parts; ``value`` is null while parts are absent."""
    return {
        "aggregation": total.item.aggregation.value,
        "value": None if total.value is None else plain(total.value),
        "numerator": plain(total.numerator),
        "denominator": None if total.denominator is None else plain(total.denominator),
        "parts": [
            {
                "agency": part.agency,
                "actual": spell(part.actual),
                "second": None if part.second is None else plain(part.second),
            }
            for part in total.parts
        ],
        "absent": list(total.absent),
    }


def _closed(closing: Closing | None, revisions: int) -> dict[str, Any]:
    if closing is None:
        return {}
    return {"closed": {"at": closing.at.isoformat(), "by": closing.by, "revisions": revisions}}
