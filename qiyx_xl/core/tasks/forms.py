"""Which columns the sheet 重点任务 has, and which tasks an agency is asked about.

Shared by the code that writes this sheet and the code that reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.schedule import projects_expected
from qiyx_xl.core.primitives.values import Word

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan, Task
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord

TASK_SHEET = "重点任务"


class TaskColumn(StrEnum):
    """Columns of the sheet that agencies fill in."""

    CODE = "任务编号"
    NAME = "任务名称"
    DONE_WHEN = "完成标准"
    COOPERATING = "配合单位"
    DUE = "完成期限"
    LAST = "上期状态"
    STATE = "状态"
    WORDS = "进展情况"
    ASKED = "应附材料"
    EVIDENCE = "佐证材料"


TASK_TO_FILL = (TaskColumn.STATE, TaskColumn.WORDS, TaskColumn.EVIDENCE)

STATE_WORDINGS: dict[Word, frozenset[str]] = {
    Word.NOT_STARTED: frozenset(
        {"未开始", "尚未启动", "尚未开始", "没有启动", "没启动", "未开展", "尚未开展", "待启动"}
    ),
    Word.UNDER_WAY: frozenset(
        {"进行中", "正在推进", "正在进行", "在推进", "实施中", "正常推进", "按计划推进", "持续推进",
         "已启动", "未完成", "尚未完成"}
    ),
    Word.DONE: frozenset({"完成", "全部完成", "已全部完成", "已办结", "办结", "已落实", "已建成"}),
    Word.BLOCKED: frozenset({"受阻中", "遇阻", "停滞", "已停滞", "推进受阻", "暂停", "已暂停"}),
}  # fmt: skip
"""The states of the drop-down list, in its order, each with other wordings accepted for it."""


@dataclass(frozen=True, slots=True)
class AskedTask:
    """A task that an agency is asked about, with what was last reported before."""

    task: Task
    last: ProjectRecord | None


def tasks_asked(
    plan: Plan, book: ProjectBook, agency: str, period: Period, rules: Rules
) -> tuple[AskedTask, ...]:
    """Return the tasks that an agency leads and reports on for a period, in the plan's order.

    They are asked for as often as projects are. A task that was reported as done for an earlier
    period is not asked for again.
    """
    if not plan.tasks or not projects_expected(period, rules):
        return ()
    known = book.for_tasks(plan)
    asked = (
        AskedTask(task, known.latest(task.code, period, before=True))
        for task in plan.tasks
        if task.lead_agency == agency
    )
    return tuple(one for one in asked if one.last is None or one.last.value is not Word.DONE)
