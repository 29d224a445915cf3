"""How ``plan show`` presents the plan: tables of texts for the screen, one JSON document."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Comparator, Direction
from qiyx_xl.core.plan.target_text import parse_printed
from qiyx_xl.core.primitives.codec import date_text
from qiyx_xl.core.primitives.values import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from qiyx_xl.core.plan.model import Goal, Indicator, Item, Milestone, Plan, Target

PLAN_TABLE_SCHEMA = "plan-table/1"
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
    return [header, *(_goal_row(goal) for goal in plan.goals)]


def milestone_rows(plan: Plan) -> Rows:
    """Return the milestones as a table of texts; the first row holds the headers."""
    header = ["编号", "领域", "出处", "里程碑", "到期日", "填报单位", "备注"]
    return [header, *(_milestone_row(milestone) for milestone in plan.milestones)]


def question_rows(plan: Plan) -> Rows:
    """Return the plan document's open questions with the default for each; headers first."""
    header = ["序号", "位置", "问题", "默认处理", "涉及项"]
    rows = [
        [str(q.number), q.where, q.issue, q.default, "、".join(q.items)]
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


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return the document of ``plan show --format json`` (schemas/plan-table.schema.json).

    Numbers are texts, as in all our JSON documents, so that no program rounds them.
    """
    return {
        "schema": PLAN_TABLE_SCHEMA,
        "plan_id": plan.plan_id,
        "title": plan.title,
        "version": plan.version,
        "issued": plan.issued.isoformat(),
        "years": list(plan.years),
        "domains": [{"name": d.name, "lead_agency": d.lead_agency} for d in plan.domains],
        "task_forces": list(plan.task_forces),
        "agencies": [
            {"name": a.name, "level": a.level, "to_confirm": a.to_confirm} for a in plan.agencies
        ],
        "indicators": [_indicator_document(indicator) for indicator in plan.indicators],
        "goals": [_goal_document(goal) for goal in plan.goals],
        "milestones": [_milestone_document(milestone) for milestone in plan.milestones],
        "open_questions": [
            {
                "number": q.number,
                "where": q.where,
                "issue": q.issue,
                "default": q.default,
                "items": list(q.items),
            }
            for q in plan.open_questions
        ],
    }


def understood(target: Target, measure: str) -> str:
    """Format a target as it was parsed: ≥32人, ≥参照值; 文字 for a word."""
    if target.value is None:
        return "文字" if target.comparator is Comparator.TEXT else f"{target.comparator.sign}参照值"
    return f"{target.comparator.sign}{plain(target.value)}{measure}"


def _indicator_row(plan: Plan, indicator: Indicator) -> list[str]:
    targets = [indicator.targets.get(year) for year in plan.years]
    remarks = [TO_CONFIRM] if indicator.to_confirm else []
    if indicator.probable_responsible_agency is not None:
        remarks.append(f"责任单位可能是{indicator.probable_responsible_agency}")
    return [
        indicator.code,
        indicator.domain,
        indicator.name,
        indicator.measure,
        indicator.direction.label,
        indicator.frequency.label,
        *("—" if target is None else target.printed for target in targets),
        indicator.reporting_agency,
        "；".join(remarks),
    ]


def _goal_row(goal: Goal) -> list[str]:
    remarks = [] if goal.repeats is None else [f"同指标{goal.repeats}，只填一次"]
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


def _milestone_row(milestone: Milestone) -> list[str]:
    remarks = [f"随指标{'、'.join(milestone.repeats)}填报"] if milestone.repeats else []
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


def _indicator_document(indicator: Indicator) -> dict[str, Any]:
    return {
        "number": indicator.number,
        **_item_document(indicator),
        "due": date_text(indicator.due),
        "to_confirm": indicator.to_confirm,
        "targets": {
            str(year): _target_document(target, indicator)
            for year, target in indicator.targets.items()
        },
    }


def _goal_document(goal: Goal) -> dict[str, Any]:
    return {
        **_item_document(goal),
        "kind": goal.kind.value,
        "target": _target_document(goal.target, goal),
        "deadline_year": goal.deadline_year,
        "deadline_inferred": goal.deadline_inferred,
        "annual_from": goal.annual_from,
        "repeats": goal.repeats,
        "to_confirm": goal.target.to_confirm,
    }


def _milestone_document(milestone: Milestone) -> dict[str, Any]:
    return {
        **_item_document(milestone),
        "due": milestone.due.isoformat(),
        "deadline_inferred": milestone.deadline_inferred,
        "repeats": list(milestone.repeats),
    }


def _item_document(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "domain": item.domain,
        "clause": item.clause,
        "lead_agency": item.lead_agency,
        "responsible_agency": item.responsible_agency,
        "probable_responsible_agency": item.probable_responsible_agency,
        "reporting_agency": item.reporting_agency,
        "measure": item.measure,
        "direction": item.direction.value,
        "status_rule": item.status_rule.value,
        "frequency": item.frequency.value,
        "decimals": item.decimals,
        "cumulative": item.cumulative,
        "baseline": _number(item.baseline),
        "baseline_date": date_text(item.baseline_date),
        "second_input": None if item.second_input is None else item.second_input.value,
        "aggregation": item.aggregation.value,
        "parts": None if item.parts is None else asdict(item.parts),
        "may_exceed_hundred": item.may_exceed_hundred,
        "notes": list(item.notes),
    }


def _target_document(target: Target, item: Item) -> dict[str, Any]:
    """Return a target as printed and as parsed; the printed comparator may be a word."""
    # The numbers in a milestone's text may be years and are not parsed as a target.
    free_text = item.direction is Direction.MILESTONE and target.value is None
    printed = None if free_text else parse_printed(target.printed, item.measure)
    return {
        "printed": target.printed,
        "printed_comparator": None if printed is None or not printed.sign else printed.sign,
        "comparator": target.comparator.value,
        "value": _number(target.value),
        "understood": understood(target, item.measure),
        "to_confirm": target.to_confirm,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
