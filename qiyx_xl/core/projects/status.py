"""The state of each project, node and livelihood project in a period.

Rule: docs/projects.md. The eighth task force, 重大项目, is summarised beside the seven domains.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Direction, Frequency, Item, StatusRule
from qiyx_xl.core.plan.project_list import INVESTMENT_MEASURE, PROJECT_TASK_FORCE, MajorProject
from qiyx_xl.core.plan.schedule import projects_deadline, projects_expected
from qiyx_xl.core.primitives.codec import date_text
from qiyx_xl.core.primitives.ratio import exact
from qiyx_xl.core.primitives.values import Absence, Unreadable, plain
from qiyx_xl.core.projects.rating import Assessment, assess_node, assess_share, overall
from qiyx_xl.core.rating.completion import fixed
from qiyx_xl.core.rating.scorecard import group_of, ranked, summarise
from qiyx_xl.core.records.missing import MissingFigure, with_owed
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord, spell_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.project_list import Entry, LivelihoodProject, ProjectNode
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.plan.schedule import PeriodContext
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import Group, StatusLine
    from qiyx_xl.core.records.missing import Reminder
    from qiyx_xl.core.records.project_record import ProjectValue


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One node in a period.

    ``completed`` is the day it was completed, as known at the period's end; ``record`` is the last
    report.
    """

    node: ProjectNode
    code: str
    completed: date | None
    assessment: Assessment
    record: ProjectRecord | None = None


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One major project in a period; amounts are in 万元.

    ``record`` is the reported investment, ``planned`` the year's plan. ``assessment`` is the whole
    project's: its rate is the investment's, its lamp the worst one.
    """

    project: MajorProject
    record: ProjectRecord | None
    planned: Decimal | None
    investment: Assessment
    nodes: tuple[NodeLine, ...]
    assessment: Assessment

    @property
    def invested(self) -> Decimal | None:
        """本年累计完成投资, in 万元; None where no number was reported."""
        value = None if self.record is None else self.record.value
        return value if isinstance(value, Decimal) else None

    @property
    def remark(self) -> str:
        """What the agency says about it."""
        return "" if self.record is None else self.record.remark


@dataclass(frozen=True, slots=True)
class LivelihoodLine:
    """One livelihood project in a period."""

    project: LivelihoodProject
    record: ProjectRecord | None
    assessment: Assessment

    @property
    def done(self) -> Decimal | None:
        """完成值, in the project's own measure; None where no number was reported."""
        value = None if self.record is None else self.record.value
        return value if isinstance(value, Decimal) else None

    @property
    def remark(self) -> str:
        """What the agency says about it."""
        return "" if self.record is None else self.record.remark


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """Both lists in a period, in the office's order. Empty where the office has no projects."""

    projects: tuple[ProjectLine, ...] = ()
    livelihood: tuple[LivelihoodLine, ...] = ()

    @property
    def lines(self) -> tuple[ProjectLine | LivelihoodLine, ...]:
        """Both lists, one after the other."""
        return (*self.projects, *self.livelihood)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.projects or self.livelihood)


NO_STATUS = ProjectStatus()
"""The lines of an office without projects."""


def project_status(book: ProjectBook, rules: Rules, period: Period, today: date) -> ProjectStatus:
    """Rate every project of the lists in a period.

    Args:
        book: the lists and the current values, of all periods.
        rules: the rule file.
        period: the period to rate.
        today: decides which blanks are late.
    """
    late = projects_expected(period, rules) and today > projects_deadline(period, rules)
    return ProjectStatus(
        tuple(
            _project_line(book, rules, period, project, due=late)
            for project in book.listed.projects
        ),
        tuple(
            _livelihood_line(book, rules, period, project, due=late)
            for project in book.listed.livelihood_in(period.year)
        ),
    )


def _project_line(
    book: ProjectBook, rules: Rules, period: Period, project: MajorProject, *, due: bool
) -> ProjectLine:
    record = book.at(project.code, period)
    planned = project.planned_investment.get(period.year)
    investment = assess_share(
        _value(record),
        planned,
        period,
        rules,
        due=due,
        measure=INVESTMENT_MEASURE,
        what="年度计划投资",
    )
    node_records = [book.at(project.node_code(node), period) for node in project.nodes]
    reported = any(report is not None and report.is_reported for report in (record, *node_records))
    nodes = tuple(
        _node_line(book, rules, period, project, node, reported=reported, due=due)
        for node in project.nodes
    )
    whole = overall(investment, [(line.node.name, line.assessment) for line in nodes])
    return ProjectLine(project, record, planned, investment, nodes, whole)


def _node_line(
    book: ProjectBook,
    rules: Rules,
    period: Period,
    project: MajorProject,
    node: ProjectNode,
    *,
    reported: bool,
    due: bool,
) -> NodeLine:
    code = project.node_code(node)
    completed = book.completed_on(code, period)
    now = book.at(code, period)
    unreadable = now is not None and isinstance(now.value, Unreadable)
    said = now if unreadable else book.latest(code, period)
    assessment = assess_node(
        node, completed, _value(said), period, rules, reported=reported, due=due
    )
    return NodeLine(node, code, completed, assessment, said)


def _livelihood_line(
    book: ProjectBook, rules: Rules, period: Period, project: LivelihoodProject, *, due: bool
) -> LivelihoodLine:
    record = book.at(project.code, period)
    assessment = assess_share(
        _value(record),
        project.target,
        period,
        rules,
        due=due,
        measure=project.measure,
        what="全年目标",
    )
    return LivelihoodLine(project, record, assessment)


def _value(record: ProjectRecord | None) -> ProjectValue:
    return Absence.NOT_REPORTED if record is None else record.value


# --- the task forces -------------------------------------------------------------------------


def task_forces(
    lines: Sequence[StatusLine], status: ProjectStatus, plan: Plan, rules: Rules
) -> tuple[Group, ...]:
    """Combine by task force: the seven domains over indicators, 重大项目 over projects.

    The eighth is left out where the office has no major projects.
    """
    domains = summarise(lines, plan, rules, by="domain")
    if not status.projects:
        return domains
    lamps = [line.assessment for line in status.projects]
    return ranked([*domains, group_of(PROJECT_TASK_FORCE, lamps, rules)])


def groups_by(
    view: str, lines: Sequence[StatusLine], status: ProjectStatus, plan: Plan, rules: Rules
) -> tuple[Group, ...]:
    """Combine by domain, agency or level, or by ``task_force``.

    Raises:
        ValueError: ``view`` is not one of the four.
    """
    if view == "task_force":
        return task_forces(lines, status, plan, rules)
    return summarise(lines, plan, rules, by=view)


# --- documents -------------------------------------------------------------------------------


def projects_json(status: ProjectStatus) -> dict[str, Any]:
    """Return the part ``projects`` of the status report (schemas/status-report.schema.json)."""
    return {
        "major": [_major_json(line) for line in status.projects],
        "livelihood": [_livelihood_json(line) for line in status.livelihood],
    }


def _major_json(line: ProjectLine) -> dict[str, Any]:
    project = line.project
    return {
        "code": project.code,
        "name": project.name,
        "domain": project.domain,
        "agency": project.agency,
        "planned_investment": _number_text(line.planned),
        "invested": None if line.record is None else spell_value(line.record.value) or None,
        **_assessment_json(line.assessment),
        "nodes": [
            {
                "code": node.code,
                "name": node.node.name,
                "planned": node.node.planned.isoformat(),
                "completed": date_text(node.completed),
                **_lamp_json(node.assessment),
            }
            for node in line.nodes
        ],
    }


def _livelihood_json(line: LivelihoodLine) -> dict[str, Any]:
    project = line.project
    return {
        "code": project.code,
        "name": project.name,
        "domain": project.domain,
        "agency": project.agency,
        "measure": project.measure,
        "target": plain(project.target),
        "done": None if line.record is None else spell_value(line.record.value) or None,
        "on_schedule": {"是": True, "否": False}.get(line.assessment.on_schedule),
        **_assessment_json(line.assessment),
    }


def _assessment_json(assessment: Assessment) -> dict[str, Any]:
    return {
        "completion_rate": _rounded(assessment.completion_rate, 4),
        "display": assessment.display,
        "schedule_gap_pp": _rounded(assessment.schedule_gap_pp, 1),
        "flags": list(assessment.flags),
        **_lamp_json(assessment),
    }


def _lamp_json(assessment: Assessment) -> dict[str, Any]:
    return {
        "light": assessment.light.value,
        "word": assessment.word,
        "state": assessment.state,
        "delay_days": assessment.delay_days,
        "reason": assessment.reason,
    }


def _number_text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _rounded(value: Decimal | None, decimals: int) -> str | None:
    return None if value is None else plain(Decimal(fixed(exact(value), decimals)))


# --- 催报 about projects: what has not been reported on, beside the items of the plan -----------


def with_projects(
    reminders: Sequence[Reminder],
    status: ProjectStatus,
    context: PeriodContext,
    *,
    due_only: bool = True,
) -> tuple[Reminder, ...]:
    """Add to each agency's reminder the projects it has not reported on.

    Args:
        reminders: the missing figures of the plan, in the plan's order of agencies.
        status: the projects' lines in the period.
        context: the agencies, how often projects are reported and how many days after a period,
            and the day up to which days late are counted.
        due_only: leave out projects whose deadline has not passed.
    """
    period, rules = context.period, context.rules
    last_day = projects_deadline(period, rules)
    late = (context.today - last_day).days
    if not projects_expected(period, rules) or (due_only and late <= 0):
        return tuple(reminders)
    owed: dict[str, list[MissingFigure]] = {}
    for entry in _silent(status):
        owing = MissingFigure(_as_item(entry, rules), last_day, late)
        owed.setdefault(entry.agency, []).append(owing)
    return with_owed(context.plan.agencies, reminders, owed)


def _silent(status: ProjectStatus) -> Iterator[Entry]:
    """Yield the projects with a plan for the year and no value for the period."""
    for line in status.projects:
        has_plan = line.planned is not None and line.planned > 0
        if has_plan and (line.record is None or not line.record.is_reported):
            yield line.project
    for entry in status.livelihood:
        if entry.record is None or not entry.record.is_reported:
            yield entry.project


def _as_item(entry: Entry, rules: Rules) -> Item:
    """Return a project as an item, because reminders list items."""
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
