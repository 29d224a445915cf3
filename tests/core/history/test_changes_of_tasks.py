"""What adopting a plan says of tasks, broken-down targets and open questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from qiyx_xl.core.history.plan_changes import changes_between
from qiyx_xl.core.plan.model import Breakdown, Comparator, Target, Task
from qiyx_xl.core.primitives.periods import Period

SINCE = Period.parse("2026Q4")
TASK = Task(
    code="R2-1-01", name="试点先行", domain="幼有善育", clause="二(一)-1",
    lead_agency="区卫健局", due=date(2027, 12, 31),
)  # fmt: skip
PART = Breakdown("9", "新碶街道", 2027, Target("1.5", Comparator.AT_LEAST, Decimal("1.5")))


def said(old, new):
    return [change.sentence for change in changes_between(old, new, SINCE)]


def test_a_new_a_changed_and_a_dropped_task_are_said(plan):
    plan = replace(plan, tasks=())
    with_task = replace(plan, tasks=(TASK,))
    later = replace(plan, tasks=(replace(TASK, due=date(2026, 12, 31)),))
    assert said(plan, with_task) == [
        "重点任务R2-1-01“试点先行”：从2026年四季度起新增，由区卫健局牵头。"
    ]
    assert said(with_task, later) == [
        "重点任务R2-1-01“试点先行”：到期日由“2027-12-31”改为“2026-12-31”。"
    ]
    assert said(with_task, plan) == ["重点任务R2-1-01“试点先行”：从2026年四季度起取消。"]


def test_targets_broken_down_are_said_in_one_sentence_for_an_item_and_a_year(plan):
    name = next(item.name for item in plan.indicators if item.code == "9")
    other = replace(PART, agency="大碶街道")
    one, two = (replace(plan, breakdowns=parts) for parts in ((PART,), (PART, other)))
    began = f"指标9“{name}”：从2026年四季度起2027年目标"
    assert said(plan, two) == [f"{began}分解给新碶街道“1.5”、大碶街道“1.5”。"]
    assert said(one, two) == [f"{began}分解给大碶街道“1.5”。"]
    assert said(two, one) == [f"{began}不再分解给大碶街道。"]
    more = replace(PART, target=replace(PART.target, printed="1.6", value=Decimal("1.6")))
    assert said(two, replace(plan, breakdowns=(more, other))) == [
        f"{began}分解给新碶街道由“1.5”改为“1.6”。"
    ]


def test_a_question_that_was_settled_is_said(plan):
    (only,) = said(plan, replace(plan, open_questions=plan.open_questions[1:]))
    assert only.startswith("待确认：删去“在文字版里")


def test_an_agency_that_was_confirmed_is_said(plan):
    agencies = tuple(replace(agency, to_confirm=False) for agency in plan.agencies)
    confirmed = said(plan, replace(plan, agencies=agencies))
    assert len(confirmed) == sum(agency.to_confirm for agency in plan.agencies)
    assert all("待确认" in sentence for sentence in confirmed)
