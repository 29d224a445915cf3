"""The state of each task in a period, counted by state, lamp and view. Rule: docs/tasks.md."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Direction, Frequency, Item, StatusRule
from qiyx_xl.core.plan.schedule import projects_deadline, projects_expected
from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.core.rating.lamps import LampState, Light
from qiyx_xl.core.records.evidence import counted_evidence, read_evidence
from qiyx_xl.core.records.missing import MissingFigure, with_owed
from qiyx_xl.core.records.project_record import TASK_STATES, spell_value
from qiyx_xl.core.tasks.forms import TASK_SHEET
from qiyx_xl.core.tasks.rating import TaskState, assess_task, silent_periods

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qiyx_xl.core.plan.model import Plan, Task
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.plan.schedule import PeriodContext
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.projects.rating import Assessment
    from qiyx_xl.core.records.missing import Reminder
    from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord

NEVER_REPORTED = "未报过"
OTHER_STATE = "其他"
COUNTED_STATES = (
    Word.DONE.value, Word.UNDER_WAY.value, Word.NOT_STARTED.value, Word.BLOCKED.value,
    NEVER_REPORTED, OTHER_STATE,
)  # fmt: skip
"""What tasks are counted by, in the order of the papers; every task is one of them."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in a period.

    ``record`` is the last report up to the period, ``silent`` the number of periods without a word
    since (None: there never was one).
    """

    task: Task
    record: ProjectRecord | None
    silent: int | None
    assessment: Assessment

    @property
    def state(self) -> str:
        """The state last reported, as counted: one of ``COUNTED_STATES``."""
        if self.record is None:
            return NEVER_REPORTED
        value = self.record.value
        is_state = isinstance(value, Word) and value in TASK_STATES
        return str(value) if is_state else OTHER_STATE

    @property
    def shown_state(self) -> str:
        """The state for a cell: as last reported, or 未报过."""
        return NEVER_REPORTED if self.record is None else spell_value(self.record.value)

    @property
    def words(self) -> str:
        """进展情况, as the agency wrote it."""
        return "" if self.record is None else self.record.remark

    @property
    def evidence(self) -> str:
        """佐证材料, as the agency wrote it."""
        return "" if self.record is None else self.record.evidence

    @property
    def evidence_count(self) -> str:
        """How many pieces were attached and of what kind; empty if nothing was."""
        return counted_evidence([self.evidence])

    @property
    def lacks_evidence(self) -> bool:
        """Whether the task is said to be done without the evidence that the plan asks for."""
        return bool(
            self.task.evidence and self.state == Word.DONE and not read_evidence(self.evidence)
        )


@dataclass(frozen=True, slots=True)
class TaskCount:
    """How many tasks of one domain, agency or level there are, by state and by lamp."""

    name: str
    states: dict[str, int]
    lights: dict[Light, int]

    @property
    def total(self) -> int:
        """The number of tasks."""
        return sum(self.lights.values())


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """The tasks in a period, in the plan's order. Empty where the plan has none."""

    lines: tuple[TaskLine, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.lines

    @property
    def count(self) -> TaskCount:
        """All of them, counted."""
        return _counted("合计", self.lines)

    def having(self, *states: str) -> tuple[TaskLine, ...]:
        """Return the tasks whose lamp says one of these words: 受阻, 逾期, 久无进展."""
        return tuple(line for line in self.lines if line.assessment.state in states)

    @property
    def troubled(self) -> tuple[TaskLine, ...]:
        """The tasks with a red or amber lamp, red ones first."""
        order = (Light.RED, Light.AMBER)
        lit = [line for line in self.lines if line.assessment.light in order]
        return tuple(sorted(lit, key=lambda line: order.index(line.assessment.light)))

    @property
    def evidence_count(self) -> str:
        """How many pieces are attached to all tasks, by kind; empty if none are."""
        return counted_evidence(line.evidence for line in self.lines)

    @property
    def without_evidence(self) -> tuple[TaskLine, ...]:
        """The tasks that are said to be done without the evidence asked for."""
        return tuple(line for line in self.lines if line.lacks_evidence)


_NAMED = 3  # tasks whose codes a reminder lists

VIEWS = ("domain", "agency", "level")
"""What tasks can be counted by."""

NO_TASKS = TaskStatus()
"""The status where the plan has no tasks."""

TROUBLES = (
    TaskState.BLOCKED.value, LampState.OVERDUE.value, TaskState.SILENT.value,
    TaskState.NOT_STARTED.value, LampState.DUE_SOON.value,
)  # fmt: skip
"""What is wrong with tasks whose lamp is red or amber, worst first."""


def task_status(
    plan: Plan, book: ProjectBook, rules: Rules, period: Period, today: date
) -> TaskStatus:
    """Rate every task of a plan in a period.

    Args:
        plan: the plan in force at the period.
        book: the current values of all periods.
        rules: the rule file.
        period: the period to rate.
        today: decides which blanks are late.
    """
    if not plan.tasks:
        return NO_TASKS
    due = projects_expected(period, rules) and today > projects_deadline(period, rules)
    known = book.for_tasks(plan)
    return TaskStatus(
        tuple(
            TaskLine(
                task,
                last,
                silent_periods(last, period, rules, due=due),
                assess_task(task, last, period, rules, due=due),
            )
            for task in plan.tasks
            for last in (_last_report(known, task.code, period),)
        )
    )


def _last_report(book: ProjectBook, code: str, period: Period) -> ProjectRecord | None:
    """Return the last report up to a period, also where its state cannot be read."""
    now = book.at(code, period)
    return now if now is not None and now.is_reported else book.latest(code, period)


# --- counts --------------------------------------------------------------------------------------


def task_counts(status: TaskStatus, plan: Plan, by: str) -> tuple[TaskCount, ...]:
    """Count the tasks by domain, by lead agency or by its level, in the plan's order.

    Raises:
        ValueError: ``by`` is not one of the three.
    """
    levels = {agency.name: agency.level for agency in plan.agencies}
    match by:
        case "domain":
            names = [domain.name for domain in plan.domains]
            keys = [line.task.domain for line in status.lines]
        case "agency":
            names = [agency.name for agency in plan.agencies]
            keys = [line.task.lead_agency for line in status.lines]
        case "level":
            names = list(plan.levels)
            keys = [levels.get(line.task.lead_agency, names[0]) for line in status.lines]
        case _:
            raise ValueError(by)
    members: dict[str, list[TaskLine]] = {name: [] for name in names}
    for key, line in zip(keys, status.lines, strict=True):
        members.setdefault(key, []).append(line)
    return tuple(_counted(name, lines) for name, lines in members.items() if lines)


def _counted(name: str, lines: Sequence[TaskLine]) -> TaskCount:
    states = Counter(line.state for line in lines)
    lights = Counter(line.assessment.light for line in lines)
    return TaskCount(
        name,
        {state: states[state] for state in COUNTED_STATES},
        {light: lights[light] for light in Light},
    )


# --- documents -----------------------------------------------------------------------------------


def tasks_json(status: TaskStatus, plan: Plan, by: Sequence[str] = ()) -> dict[str, Any]:
    """Return the part ``tasks`` of the status report (schemas/status-report.schema.json)."""
    return {
        **_count_json(status.count),
        "groups": [
            {"by": view, "name": count.name, **_count_json(count)}
            for view in by
            if view in VIEWS
            for count in task_counts(status, plan, view)
        ],
        "lines": [_line_json(line) for line in status.lines],
    }


def _count_json(count: TaskCount) -> dict[str, Any]:
    return {
        "total": count.total,
        "states": count.states,
        "lights": {light.value: number for light, number in count.lights.items()},
    }


def _line_json(line: TaskLine) -> dict[str, Any]:
    task, assessment = line.task, line.assessment
    return {
        "code": task.code,
        "name": task.name,
        "domain": task.domain,
        "clause": task.clause,
        "agency": task.lead_agency,
        "due": task.due.isoformat(),
        "reported": line.shown_state,
        "words": line.words,
        "evidence": line.evidence,
        "silent_periods": line.silent,
        "light": assessment.light.value,
        "word": assessment.word,
        "state": assessment.state,
        "reason": assessment.reason,
    }


# --- 催报 about tasks ----------------------------------------------------------------------------


def with_tasks(
    reminders: Sequence[Reminder],
    status: TaskStatus,
    context: PeriodContext,
    *,
    due_only: bool = True,
) -> tuple[Reminder, ...]:
    """Add to each agency's reminder the tasks that it has not reported on for the period.

    All of an agency's are one entry, for they are one sheet of its form.

    Args:
        reminders: what else is missing, in the plan's order of agencies.
        status: the tasks in the period.
        context: the agencies, how often tasks are reported and how many days after a period, and
            the day up to which days late are counted.
        due_only: leave out tasks whose deadline has not passed.
    """
    period, rules = context.period, context.rules
    last_day = projects_deadline(period, rules)
    late = (context.today - last_day).days
    if status.is_empty or not projects_expected(period, rules) or (due_only and late <= 0):
        return tuple(reminders)
    silent: dict[str, list[TaskLine]] = {}
    for line in status.lines:
        if _is_owed(line, period):
            silent.setdefault(line.task.lead_agency, []).append(line)
    owed = {
        agency: [MissingFigure(_as_item(lines, rules), last_day, late)]
        for agency, lines in silent.items()
    }
    return with_owed(context.plan.agencies, reminders, owed)


def _is_owed(line: TaskLine, period: Period) -> bool:
    record = line.record
    if record is None:
        return True
    is_over = record.value in (Word.DONE, Absence.NOT_APPLICABLE)
    return record.period.last_day < period.last_day and not is_over


def _as_item(lines: Sequence[TaskLine], rules: Rules) -> Item:
    """Return an agency's tasks as one item, because reminders list items."""
    codes = counted_names([line.task.code for line in lines], _NAMED)
    never = sum(line.record is None for line in lines)
    told = f"，其中{never}项从未报过" if never else ""
    return Item(
        code=TASK_SHEET,
        name=f"重点任务{len(lines)}项的状态和进展（{codes}{told}）",
        domain=lines[0].task.domain,
        clause=TASK_SHEET,
        lead_agency=lines[0].task.lead_agency,
        measure="",
        direction=Direction.MILESTONE,
        status_rule=StatusRule.MILESTONE,
        frequency=Frequency(rules.projects.frequency),
    )
