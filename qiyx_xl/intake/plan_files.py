"""Plan files: the shipped one, and those an office writes."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from qiyx_xl import data
from qiyx_xl.core.plan_document import plan_from_document

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan import Plan

__all__ = ["load_plan", "plan_from_document"]


def load_plan(path: Path | None = None) -> Plan:
    """Load a plan; without a path, the shipped one."""
    if path is None:
        return _shipped_plan()
    text = path.read_text(encoding="utf-8")
    return plan_from_document(json.loads(text, parse_float=Decimal))


@cache
def _shipped_plan() -> Plan:
    return plan_from_document(json.loads(data.read_text("plan.json"), parse_float=Decimal))
