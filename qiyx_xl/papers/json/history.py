"""The documents of ``decide``, ``close``, ``reopen``, ``trace`` with ``--format json``.

Each function names its schema in schemas/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import item_json
from qiyx_xl.core.records.source import instant
from qiyx_xl.papers.json.parts import side_json
from qiyx_xl.papers.json.status import total_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qiyx_xl.core.consolidation.conflicts import Conflict, Decision
    from qiyx_xl.core.consolidation.versions import Doubt, WaitingChoice
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.history.trace import Step
    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.core.records.record import Record

WAITING_SCHEMA = "waiting/1"
DECISIONS_SCHEMA = "decisions/1"
CLOSING_SCHEMA = "closing/1"
CLOSINGS_SCHEMA = "closings/1"
TRACE_SCHEMA = "trace/1"


def waiting_document(plan: Plan | Plans, waiting: WaitingChoice) -> dict[str, Any]:
    """Return the document of what waits for a decision (schemas/waiting.schema.json)."""
    return {
        "schema": WAITING_SCHEMA,
        "conflicts": [_conflict(plan, conflict) for conflict in waiting.conflicts],
        "doubts": [_doubt(plan, doubt) for doubt in waiting.doubts],
    }


def decisions_document(plan: Plan | Plans, decisions: Iterable[Decision]) -> dict[str, Any]:
    """Return the document of all decisions (schemas/decisions.schema.json)."""
    return {
        "schema": DECISIONS_SCHEMA,
        "decisions": [_decision(plan, decision) for decision in decisions],
    }


def closing_document(
    closing: Closing,
    *,
    copy: str | None = None,
    unreported: Iterable[StatusLine] = (),
    in_doubt: Iterable[StatusLine] = (),
) -> dict[str, Any]:
    """Return the document of a closing or reopening just made (schemas/closing.schema.json).

    Args:
        closing: the closing or reopening as logged.
        copy: the path of the ledger's copy.
        unreported: lines frozen as 未报.
        in_doubt: lines frozen as 待核.
    """
    return {
        "schema": CLOSING_SCHEMA,
        **closing_json(closing),
        "copy": copy,
        "unreported": [item_json(line.item.printed_code) for line in unreported],
        "in_doubt": [item_json(line.item.printed_code) for line in in_doubt],
    }


def closings_document(closings: Iterable[Closing]) -> dict[str, Any]:
    """Return the document of all closings and reopenings (schemas/closings.schema.json)."""
    return {"schema": CLOSINGS_SCHEMA, "closings": [closing_json(closing) for closing in closings]}


def closing_json(closing: Closing) -> dict[str, Any]:
    """Return a closing as JSON, with the number of its figures but without the figures."""
    return {
        "action": closing.action.value,
        "period": str(closing.period),
        "at": closing.at.isoformat(),
        "by": closing.by,
        "reason": closing.reason or None,
        "plan_version": closing.plan_version,
        "rules_version": closing.rules_version,
        "figures": len(closing.figures),
        "ledger": closing.ledger or None,
    }


def trace_document(
    item: Item,
    period: Period,
    line: StatusLine | None,
    steps: Iterable[Step],
    originals: Mapping[str, str],
) -> dict[str, Any]:
    """Return the document of a figure's history (schemas/trace.schema.json).

    Args:
        item: the item of the figure.
        period: the period of the figure.
        line: the figure's present line; None if the plan no longer rates it.
        steps: the events, earliest first.
        originals: the paths of the kept files, by sha256.
    """
    return {
        "schema": TRACE_SCHEMA,
        "indicator": item_json(item.printed_code),
        "name": item.name,
        "period": str(period),
        "current": None if line is None else _current(line),
        "total": None if line is None or line.total is None else total_json(line.total),
        "steps": [_step(step, originals) for step in steps],
    }


def _conflict(plan: Plan | Plans, conflict: Conflict) -> dict[str, Any]:
    return {
        **_what(plan, conflict.left),
        "left": side_json(conflict.left),
        "right": side_json(conflict.right),
    }


def _doubt(plan: Plan | Plans, doubt: Doubt) -> dict[str, Any]:
    return {**_what(plan, doubt.record), **side_json(doubt.record), "reason": doubt.reason}


def _what(plan: Plan | Plans, record: Record) -> dict[str, Any]:
    item = plan.item(record.code)
    return {
        "period": str(record.period),
        "indicator": item_json(plan.printed(record.code)),
        "name": None if item is None else item.name,
    }


def _decision(plan: Plan | Plans, decision: Decision) -> dict[str, Any]:
    return {
        "kind": decision.kind.value,
        "at": decision.at.isoformat(),
        "by": decision.by,
        "reason": decision.reason,
        "period": str(decision.period),
        "indicator": item_json(plan.printed(decision.code)),
        "agency": decision.agency,
        "value": decision.value,
        "other": decision.other or None,
        "other_value": decision.other_value or None,
        "sha256": decision.sha256 or None,
    }


def _current(line: StatusLine) -> dict[str, Any]:
    record = line.record
    return {
        "light": line.rating.light.value,
        "word": line.rating.word,
        "state": line.rating.state,
        "figure": None if record is None else side_json(record),
    }


def _step(step: Step, originals: Mapping[str, str]) -> dict[str, Any]:
    record = step.record
    saved = None if record is None or record.source is None else record.source.saved_at
    return {
        "at": step.at.isoformat(),
        "text": step.text,
        "run": step.run or None,
        "outcome": None if step.outcome is None else step.outcome.value,
        "figure": None if record is None else side_json(record),
        "saved_at": None if saved is None else instant(saved).isoformat(),
        "sha256": step.sha256 or None,
        "original": originals.get(step.sha256),
    }
