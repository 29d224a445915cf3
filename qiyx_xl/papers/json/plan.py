"""The JSON document about a plan that is adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import item_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.history.plan_changes import PlanChange
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.periods import Period

ADOPTION_SCHEMA = "plan-adoption/1"


def _printed(code: str, plan: Plan, before: Plan) -> int | str | None:
    """Return what people see for an item of either plan; None for no item."""
    item = plan.item(code) or before.item(code)
    return item_json(code if item is None else item.printed_code) if code else None


def adoption_document(
    before: Plan, plan: Plan, since: Period | None, changes: Iterable[PlanChange], *, adopted: bool
) -> dict[str, Any]:
    """Return ``plan adopt --format json`` (schemas/plan-adoption.schema.json).

    Args:
        before: the plan in force until then.
        plan: the plan to be adopted.
        since: the first period for which it holds; None: from the beginning.
        changes: what it changes.
        adopted: whether it was booked.
    """
    return {
        "schema": ADOPTION_SCHEMA,
        "plan_id": plan.plan_id,
        "version": plan.version,
        "sha256": plan.sha256,
        "sha256_before": before.sha256,
        "since": None if since is None else str(since),
        "adopted": adopted,
        "changes": [
            {
                "kind": change.kind.value,
                "indicator": _printed(change.code, plan, before),
                "sentence": change.sentence,
            }
            for change in changes
        ],
    }
