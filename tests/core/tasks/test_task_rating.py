"""Which lamp a task gets, and how tasks are counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.case_tables import cases
from support.examples import tried

from qiyx_xl.core.plan.model import Task
from qiyx_xl.core.plan.schedule import PeriodContext
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.core.tasks.rating import assess_task
from qiyx_xl.core.tasks.snapshot import tasks_document, tasks_from_document
from qiyx_xl.core.tasks.status import (
    COUNTED_STATES,
    TaskStatus,
    task_counts,
    task_status,
    tasks_json,
    with_tasks,
)

if TYPE_CHECKING:
    from qiyx_xl.core.projects.rating import Assessment

HEALTH = "区卫健局"
TASK = Task(
    code="R1-2-03", name="老社区托育设施增配", domain="幼有善育", clause="二(一)-2",
    lead_agency=HEALTH, start=date(2026, 1, 1), due=date(2027, 6, 30), evidence="点位清单",
)  # fmt: skip

# The period and whether its blanks are late | what was last said and when | lamp, state, reason.
LAMPS = """
2026Q3 due  | 推进中 2026Q3 | 灰·未到期     | 推进中，距完成期限2027-06-30还有273天
2026Q3      | 推进中 2026Q2 | 灰·未到期     | 2026年二季度报推进中，距完成期限2027-06-30还有273天
2026Q3 due  | 推进中 2026Q2 | 灰·未报       | 已过报送截止日，本期未报，2026年二季度报推进中
2026Q3 due  | 推进中 2026Q1 | 黄·久无进展   | 连续2期没有报进展，2026年一季度报推进中
2026Q3      | 推进中 2026Q1 | 灰·未到期     | 2026年一季度报推进中，距完成期限2027-06-30还有273天
2026Q3      | 推进中 2025Q4 | 黄·久无进展   | 连续2期没有报进展，2025年四季度报推进中
2026Q3 due  | 已完成 2026Q1 | 绿·已完成     | 2026年一季度报已完成
2027Q3 due  | 已完成 2027Q3 | 绿·逾期完成   | 2027年三季度报已完成，晚于期限2027-06-30
2026Q3 due  | 受阻 2026Q3   | 红·受阻       | 2026年三季度报受阻
2026Q3 due  | 受阻 2025Q4   | 红·受阻       | 2025年四季度报受阻
2026Q3 due  | 未启动 2026Q3 | 黄·逾期未启动 | 应于2026-01-01开始，到2026-09-30尚未启动
2025Q4 due  | 未启动 2025Q4 | 灰·未到期     | 未启动，距完成期限2027-06-30还有546天
2027Q1 due  | 推进中 2027Q1 | 灰·未到期     | 推进中，距完成期限2027-06-30还有91天
2027-04 due | 推进中 2027Q1 | 黄·临期       | 距完成期限2027-06-30只剩61天，2027年一季度报推进中
2027Q2 due  | 推进中 2027Q2 | 黄·临期       | 距完成期限2027-06-30只剩0天，推进中
2027Q3 due  | 推进中 2027Q3 | 红·逾期       | 已过完成期限2027-06-30共92天，推进中
2027Q3 due  | 推进中 2026Q1 | 红·逾期       | 已过完成期限2027-06-30共92天，2026年一季度报推进中
2027Q3 due  | —             | 灰·未报       | 已过完成期限2027-06-30，从未填报
2026Q3 due  | —             | 灰·未报       | 已过报送截止日，从未填报
2026Q3      | —             | 灰·未到期     | 尚未到报送截止日
2026Q3 due  | 不适用 2026Q3 | 灰·不适用     | 填报为不适用
2026Q3 due  | ？ 2026Q3     | 灰·待核       | 任务状态写法不对
"""


def value_of(said: str) -> Any:
    if said == "不适用":
        return Absence.NOT_APPLICABLE
    return Unreadable("？", "任务状态写法不对") if said == "？" else Word(said)


def record(said: str, period: str, **more: Any) -> ProjectRecord:
    return ProjectRecord(TASK.code, Period.parse(period), HEALTH, value_of(said), **more)


def assessed(rules: Any, when: str, said: str) -> Assessment:
    period, _, due = when.partition(" ")
    last = None if said == "—" else record(*said.split())
    return assess_task(TASK, last, Period.parse(period), rules, due=due == "due")


@pytest.mark.parametrize(("when", "said", "lamp", "reason"), cases(LAMPS))
def test_a_task_gets_its_lamp_by_state_and_date(
    rules: Any, when: str, said: str, lamp: str, reason: str
) -> None:
    got = assessed(rules, when, said)
    assert (got.lamp, got.reason) == (lamp, reason)


def test_without_a_start_nothing_is_late_to_start(rules: Any) -> None:
    task = replace(TASK, start=None)
    last = record("未启动", "2026Q3")
    got = assess_task(task, last, Period.parse("2026Q3"), rules, due=True)
    assert got.light is Light.GREY


# --- all tasks of a plan -----------------------------------------------------------------------

Q3 = Period.parse("2026Q3")
LATE, EARLY = date(2026, 11, 1), date(2026, 10, 1)


def book_of(*said: tuple[str, str, str]) -> ProjectBook:
    records = (
        ProjectRecord(code, Period.parse(period), HEALTH, value_of(word), "在办")
        for code, word, period in said
    )
    return ProjectBook(records=tuple(records))


def test_without_tasks_there_is_no_status(plan: Any, rules: Any) -> None:
    bare = replace(plan, tasks=())
    assert task_status(bare, book_of(), rules, Q3, LATE).is_empty


@tried(25)
@given(data=st.data())
def test_whatever_was_reported_the_counts_of_every_view_add_up(
    plan: Any, rules: Any, data: st.DataObject
) -> None:
    words = [*(word.value for word in (Word.NOT_STARTED, Word.UNDER_WAY, Word.DONE, Word.BLOCKED)),
             "不适用", "？"]  # fmt: skip
    said = [
        (
            task.code,
            data.draw(st.sampled_from(words)),
            data.draw(st.sampled_from(("2026Q3", "2026Q1"))),
        )
        for task in plan.tasks
        if data.draw(st.booleans())
    ]
    day = data.draw(st.sampled_from((LATE, EARLY)))
    status = task_status(plan, book_of(*said), rules, Q3, day)
    whole = status.count
    assert whole.total == len(plan.tasks) == sum(whole.states.values())
    for view in ("domain", "agency", "level"):
        counts = task_counts(status, plan, view)
        for state in COUNTED_STATES:
            assert sum(count.states[state] for count in counts) == whole.states[state]
        for light in Light:
            assert sum(count.lights[light] for count in counts) == whole.lights[light]
    assert len(status.troubled) == whole.lights[Light.RED] + whole.lights[Light.AMBER]
    told = tasks_json(status, plan, ("domain", "task_force"))
    assert sum(told["lights"].values()) == told["total"] == len(told["lines"])
    assert sum(group["total"] for group in told["groups"]) == told["total"]
    assert tasks_from_document(tasks_document(status)) == status


def test_what_another_agency_had_said_stands_until_the_new_one_speaks(
    plan: Any, rules: Any
) -> None:
    moved = replace(plan, tasks=(replace(plan.tasks[0], lead_agency="区教育局"), *plan.tasks[1:]))
    code = plan.tasks[0].code
    before = ProjectRecord(code, Period.parse("2026Q2"), HEALTH, Word.UNDER_WAY, "旧")
    now = ProjectRecord(code, Q3, "区教育局", Word.BLOCKED, "新")
    old = task_status(moved, ProjectBook(records=(before,)), rules, Q3, EARLY)
    new = task_status(moved, ProjectBook(records=(before, now)), rules, Q3, EARLY)
    assert (old.lines[0].words, new.lines[0].words) == ("旧", "新")


def test_evidence_is_missing_only_where_it_was_asked_for_and_the_task_is_done(
    rules: Any, plan: Any
) -> None:
    def lacks(said: str, evidence: str, asked: str) -> bool:
        own = replace(plan, tasks=(replace(TASK, evidence=asked),))
        one = record(said, "2026Q3", evidence=evidence)
        status: TaskStatus = task_status(own, ProjectBook(records=(one,)), rules, Q3, LATE)
        return bool(status.without_evidence)

    assert lacks("已完成", "", "点位清单")
    assert lacks("已完成", "无", "点位清单")
    assert not lacks("已完成", "清单1份", "点位清单")
    assert not lacks("已完成", "", "")
    assert not lacks("推进中", "", "点位清单")


def test_each_agency_is_reminded_of_its_silent_tasks_in_one_entry(plan: Any, rules: Any) -> None:
    book = book_of(
        ("R1-1-01", "推进中", "2026Q3"), ("R1-1-02", "推进中", "2026Q2"),
        ("R1-1-03", "已完成", "2026Q1"), ("R1-1-04", "不适用", "2026Q1"),
    )  # fmt: skip
    status = task_status(plan, book, rules, Q3, LATE)
    context = PeriodContext(plan, rules, Q3, LATE)
    reminders = {one.agency.name: one.items for one in with_tasks((), status, context)}
    assert set(reminders) == {task.lead_agency for task in plan.tasks}
    (owing,) = reminders[HEALTH]
    assert owing.item.name == (
        "重点任务52项的状态和进展（R1-1-02、R1-1-05、R1-2-01等52个，其中51项从未报过）"
    )
    assert owing.days_late > 0
    early = PeriodContext(plan, rules, Q3, EARLY)
    assert with_tasks((), task_status(plan, book, rules, Q3, EARLY), early) == ()
    august = PeriodContext(plan, rules, Period.parse("2026-08"), LATE)
    assert with_tasks((), status, august, due_only=False) == ()
