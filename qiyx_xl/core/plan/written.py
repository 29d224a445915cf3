"""How a ``Plan`` is written as a plan document, and the digest by which plans are told apart.

Two plans with the same content give the same text, whatever their files looked like: keys are
sorted, what equals its default is left out, and numbers have one notation.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from qiyx_xl.core.plan.model import (
        Agency,
        Breakdown,
        Goal,
        Indicator,
        Item,
        Milestone,
        Plan,
        Target,
        Task,
    )

PLAN_SCHEMA = "plan/2"

_Document = dict[str, Any]


def document_of(plan: Plan) -> _Document:
    """Return the plan document from which ``plan_from_document`` makes an equal plan.

    Numbers are ``int`` or ``float``; all plan numbers have at most 15 digits, so none is rounded.
    """
    words = asdict(plan.words)
    return {
        "schema": PLAN_SCHEMA,
        "plan_id": plan.plan_id,
        "title": plan.title,
        "version": plan.version,
        "issued": plan.issued.isoformat(),
        **{key: text for key, text in words.items() if text},
        "levels": list(plan.levels),
        "years": list(plan.years),
        "domains": [asdict(domain) for domain in plan.domains],
        "task_forces": list(plan.task_forces),
        "agencies": [_agency(agency) for agency in plan.agencies],
        "indicators": [_indicator(item) for item in plan.indicators],
        "goals": [_goal(plan, item) for item in plan.goals],
        "milestones": [_milestone(plan, item) for item in plan.milestones],
        "open_questions": [
            {
                "number": question.number,
                "where": question.where,
                "issue": question.issue,
                "default": question.default,
                "items": _printed(plan, question.items),
            }
            for question in plan.open_questions
        ],
        **_unless_default(
            tasks=[task_document(task) for task in plan.tasks],
            breakdowns=[_breakdown(plan, part) for part in plan.breakdowns],
        ),
    }


def canonical_text(plan: Plan) -> str:
    """Return the plan's document as one line of JSON, the same for equal plans."""
    return json.dumps(document_of(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def readable_text(document: Mapping[str, Any]) -> str:
    """Return a plan document as JSON for people, one key per line, in the document's order."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def digest_of(plan: Plan) -> str:
    """Return the sha256 (hex) of the canonical text."""
    return sha256(canonical_text(plan).encode()).hexdigest()


def _agency(agency: Agency) -> _Document:
    return {
        "name": agency.name,
        "level": agency.level,
        **_unless_default(
            to_confirm=agency.to_confirm,
            earlier_names=list(agency.earlier_names),
            contact=agency.contact,
        ),
    }


def _indicator(item: Indicator) -> _Document:
    return {
        "id": item.code,
        "number": item.number,
        **_placed(item),
        **_measured(item),
        **_unless_default(due=None if item.due is None else item.due.isoformat()),
        "targets": {str(year): _target(target) for year, target in item.targets.items()},
        **_unless_default(notes=list(item.notes)),
    }


def _goal(plan: Plan, item: Goal) -> _Document:
    repeats = None if item.repeats is None else _printed(plan, (item.repeats,))[0]
    return {
        "code": item.code,
        **_placed(item),
        **_measured(item),
        "kind": item.kind.value,
        "target": _target(item.target),
        "deadline_year": item.deadline_year,
        "deadline_inferred": item.deadline_inferred,
        **_unless_default(annual_from=item.annual_from, repeats=repeats, notes=list(item.notes)),
    }


def _milestone(plan: Plan, item: Milestone) -> _Document:
    return {
        "code": item.code,
        **_placed(item),
        "due": item.due.isoformat(),
        "deadline_inferred": item.deadline_inferred,
        **_unless_default(repeats=_printed(plan, item.repeats), notes=list(item.notes)),
    }


def task_document(task: Task) -> _Document:
    """Return a task as an entry of ``tasks``."""
    return {
        "code": task.code,
        "name": task.name,
        "domain": task.domain,
        "clause": task.clause,
        "lead_agency": task.lead_agency,
        "due": task.due.isoformat(),
        **_unless_default(
            cooperating_agencies=list(task.cooperating_agencies),
            start=None if task.start is None else task.start.isoformat(),
            done_when=task.done_when,
            evidence=task.evidence,
        ),
    }


def _breakdown(plan: Plan, part: Breakdown) -> _Document:
    return {
        "item": _printed(plan, (part.item,))[0],
        "agency": part.agency,
        **_unless_default(year=part.year),
        "target": _target(part.target),
    }


def _placed(item: Item) -> _Document:
    return {
        "name": item.name,
        "domain": item.domain,
        "clause": item.clause,
        "lead_agency": item.lead_agency,
        **_unless_default(
            responsible_agency=item.responsible_agency,
            probable_responsible_agency=item.probable_responsible_agency,
            evidence=item.evidence,
        ),
    }


def _measured(item: Item) -> _Document:
    baseline_date = item.baseline_date
    return {
        "measure": item.measure,
        "direction": item.direction.value,
        "status_rule": item.status_rule.value,
        "frequency": item.frequency.value,
        "decimals": item.decimals,
        "cumulative": item.cumulative,
        "aggregation": item.aggregation.value,
        **_unless_default(
            baseline=_number(item.baseline),
            baseline_date=None if baseline_date is None else baseline_date.isoformat(),
            second_input=None if item.second_input is None else item.second_input.value,
            parts=None if item.parts is None else asdict(item.parts),
            may_exceed_hundred=item.may_exceed_hundred,
            jumps=item.jumps,
        ),
    }


def _target(target: Target) -> _Document:
    return {
        "printed": target.printed,
        "comparator": target.comparator.value,
        "value": _number(target.value),
        **_unless_default(to_confirm=target.to_confirm),
    }


def _printed(plan: Plan, codes: tuple[str, ...]) -> list[str]:
    """Return the printed codes of ids: a document names items as people see them."""
    found = ((code, plan.item(code)) for code in codes)
    return [code if item is None else item.printed_code for code, item in found]


def _number(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _unless_default(**fields: Any) -> _Document:
    # Zero is a value, and so stays: only None, False, "" and empty lists are left out.
    return {
        key: value
        for key, value in fields.items()
        if value is not None and value is not False and value not in ("", [])
    }
