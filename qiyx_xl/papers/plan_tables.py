"""How ``plan show`` presents the plan on the screen: tables of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Goal, Indicator, Milestone, Plan

TO_CONFIRM = "待确认"
INFERRED = "期限推定"

Rows = list[list[str]]


def indicator_rows(plan: Plan) -> Rows:
    """Return the indicators as a table of texts; the first row holds the headers.

    Targets are as printed; the last column marks what a person has yet to confirm.
    """
    years = [f"{year}年" for year in plan.years]
    header = ["序号", "领域", "指标", "单位", "方向", "频次", *years, "填报单位", "备注"]
    return [header, *(_indicator_row(plan, indicator) for indicator in plan.indicators)]


def goal_rows(plan: Plan) -> Rows:
    """Return the goals as a table of texts; the first row holds the headers."""
    header = [
        "编号",
        "领域",
        "出处",
        "任务目标",
        "单位",
        "目标",
        "类型",
        "期限",
        "填报单位",
        "备注",
    ]
    return [header, *(_goal_row(plan, goal) for goal in plan.goals)]


def milestone_rows(plan: Plan) -> Rows:
    """Return the milestones as a table of texts; the first row holds the headers."""
    header = ["编号", "领域", "出处", "里程碑", "到期日", "填报单位", "备注"]
    return [header, *(_milestone_row(plan, milestone) for milestone in plan.milestones)]


def question_rows(plan: Plan) -> Rows:
    """Return the plan document's open questions with the default for each; headers first."""
    header = ["序号", "位置", "问题", "默认处理", "涉及项"]
    rows = [
        [str(q.number), q.where, q.issue, q.default, "、".join(map(plan.printed, q.items))]
        for q in plan.open_questions
    ]
    return [header, *rows]


def plan_rows(plan: Plan) -> dict[str, Rows]:
    """Return every table of ``plan show``, by its title, in printed order."""
    return {
        "五年指标": indicator_rows(plan),
        "任务目标": goal_rows(plan),
        "里程碑": milestone_rows(plan),
        "未定事项": question_rows(plan),
    }


def _indicator_row(plan: Plan, indicator: Indicator) -> list[str]:
    targets = [indicator.targets.get(year) for year in plan.years]
    remarks = [TO_CONFIRM] if indicator.to_confirm else []
    if indicator.probable_responsible_agency is not None:
        remarks.append(f"责任单位可能是{indicator.probable_responsible_agency}")
    return [
        indicator.printed_code,
        indicator.domain,
        indicator.name,
        indicator.measure,
        indicator.direction.label,
        indicator.frequency.label,
        *("—" if target is None else target.printed for target in targets),
        indicator.reporting_agency,
        "；".join(remarks),
    ]


def _goal_row(plan: Plan, goal: Goal) -> list[str]:
    remarks = [] if goal.repeats is None else [f"同指标{plan.printed(goal.repeats)}，只填一次"]
    if goal.target.to_confirm:
        remarks.append(TO_CONFIRM)
    if goal.deadline_inferred:
        remarks.append(INFERRED)
    return [
        goal.code,
        goal.domain,
        goal.clause,
        goal.name,
        goal.measure,
        goal.target.printed,
        goal.kind.label,
        str(goal.deadline_year),
        goal.reporting_agency,
        "；".join(remarks),
    ]


def _milestone_row(plan: Plan, milestone: Milestone) -> list[str]:
    repeated = "、".join(map(plan.printed, milestone.repeats))
    remarks = [f"随指标{repeated}填报"] if repeated else []
    if milestone.deadline_inferred:
        remarks.append(INFERRED)
    return [
        milestone.code,
        milestone.domain,
        milestone.clause,
        milestone.name,
        milestone.due.isoformat(),
        milestone.reporting_agency,
        "；".join(remarks),
    ]
