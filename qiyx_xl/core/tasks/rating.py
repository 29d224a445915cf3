"""Which lamp does a task get? By its state and its dates, as milestones do; docs/tasks.md.

The result depends on today only where a blank may be late: the period's last day counts.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.schedule import projects_expected
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.projects.rating import Assessment, NodeState
from qiyx_xl.core.rating.lamps import LampState, Light

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Task
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectRecord

SILENT_PERIODS = 2
"""After so many periods without a word a task is amber."""

_MONTHS = {"monthly": 1, "quarterly": 3}
_YEAR = 12


class TaskState(StrEnum):
    """The text after a task's lamp where milestones have none for it."""

    DONE = "已完成"
    BLOCKED = "受阻"
    SILENT = "久无进展"
    NOT_STARTED = "逾期未启动"


def silent_periods(
    last: ProjectRecord | None, period: Period, rules: Rules, *, due: bool
) -> int | None:
    """Return how many periods in a row have passed without a word; None where there never was one.

    Args:
        last: the last report up to the period.
        period: the period to rate; a blank in it counts only once it is late.
        rules: how often tasks are reported on.
        due: whether a blank in the period is late.
    """
    if last is None:
        return None
    before = last.period.year * _YEAR + last.period.end_month
    now = period.year * _YEAR + period.end_month
    passed = (now - before) // _MONTHS[rules.projects.frequency]
    is_open = passed > 0 and projects_expected(period, rules) and not due
    return passed - 1 if is_open else passed


def assess_task(
    task: Task, last: ProjectRecord | None, period: Period, rules: Rules, *, due: bool
) -> Assessment:
    """Rate one task.

    Args:
        task: the task, with its dates.
        last: the last report up to the period.
        period: the period to rate; its last day counts.
        rules: the rule file.
        due: whether a blank in the period is late.
    """
    said = Absence.NOT_REPORTED if last is None else last.value
    silent = silent_periods(last, period, rules, due=due)
    settled = _settled(task, last)
    if settled is not None:
        return settled
    late = (period.last_day - task.due).days
    if late > 0 and last is not None:
        reason = f"已过完成期限{task.due}共{late}天，{_last_word(last, period)}"
        return _lamp(Light.RED, LampState.OVERDUE, reason, late)
    if late > 0 and due:
        return _lamp(Light.GREY, LampState.NOT_REPORTED, f"已过完成期限{task.due}，从未填报")
    if silent is not None and silent >= SILENT_PERIODS and last is not None:
        reason = f"连续{silent}期没有报进展，{_last_word(last, period)}"
        return _lamp(Light.AMBER, TaskState.SILENT, reason)
    has_begun = task.start is not None and task.start <= period.last_day
    if said is Word.NOT_STARTED and has_begun:
        reason = f"应于{task.start}开始，到{period.last_day}尚未启动"
        return _lamp(Light.AMBER, TaskState.NOT_STARTED, reason)
    return _by_date(task, last, period, rules, is_missing=due and silent != 0)


def _settled(task: Task, last: ProjectRecord | None) -> Assessment | None:
    """Return the rating where the state alone decides it, whatever the date."""
    if last is None:
        return None
    match last.value:
        case Word.DONE:
            late = (last.period.first_day - task.due).days
            if late > 0:
                reason = f"{last.period.label}报已完成，晚于期限{task.due}"
                return _lamp(Light.GREEN, NodeState.DONE_LATE, reason)
            return _lamp(Light.GREEN, TaskState.DONE, f"{last.period.label}报已完成")
        case Absence.NOT_APPLICABLE:
            return _lamp(Light.GREY, LampState.NOT_APPLICABLE, "填报为不适用")
        case Word.BLOCKED:
            return _lamp(Light.RED, TaskState.BLOCKED, f"{last.period.label}报受阻")
        case Unreadable() as unreadable:
            return _lamp(Light.GREY, LampState.IN_DOUBT, unreadable.reason)
    return None


def _by_date(
    task: Task, last: ProjectRecord | None, period: Period, rules: Rules, *, is_missing: bool
) -> Assessment:
    left = (task.due - period.last_day).days
    if left <= rules.milestone_amber_days and last is not None:
        reason = f"距完成期限{task.due}只剩{left}天，{_last_word(last, period)}"
        return _lamp(Light.AMBER, LampState.DUE_SOON, reason)
    if is_missing:
        told = "从未填报" if last is None else f"本期未报，{_last_word(last, period)}"
        return _lamp(Light.GREY, LampState.NOT_REPORTED, f"已过报送截止日，{told}")
    if last is None:
        return _lamp(Light.GREY, LampState.NOT_DUE, "尚未到报送截止日")
    reason = f"{_last_word(last, period)}，距完成期限{task.due}还有{left}天"
    return _lamp(Light.GREY, LampState.NOT_DUE, reason)


def _last_word(last: ProjectRecord, period: Period) -> str:
    if last.period.last_day == period.last_day:
        return str(last.value)
    return f"{last.period.label}报{last.value}"


def _lamp(light: Light, state: StrEnum, reason: str, late: int | None = None) -> Assessment:
    return Assessment(light=light, state=state.value, reason=reason, delay_days=late)
