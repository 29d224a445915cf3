"""The use cases: what the commands, buttons and the Python API do.

Everything here takes the day (``today``) or the moment (``now``) as an argument; the shells own
the clock.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiyx_xl.app.adoption import (
        PLAN_NAME,
        Proposal,
        Reassigned,
        adopt,
        begin,
        last_ended,
        ledger_name,
        new_ledger,
        propose,
        reassign,
        refresh_typed,
    )
    from qiyx_xl.app.closing import Closed, close, closings, reopen
    from qiyx_xl.app.consolidation import ConsolidationResult, consolidate
    from qiyx_xl.app.decisions import confirm, decide, prefer, waiting
    from qiyx_xl.app.errors import AppError
    from qiyx_xl.app.history import Difference, ItemHistory, differences, history_of
    from qiyx_xl.app.importing.history import adopt_history, import_history
    from qiyx_xl.app.importing.plan import export_plan, import_plan
    from qiyx_xl.app.ledger import build_ledger, ledger_view, refresh, refresh_booked
    from qiyx_xl.app.meeting import (
        MeetingPapers,
        add_matter,
        hold_meeting,
        matters,
        read_back_matters,
        reopen_matter,
        settle_matter,
    )
    from qiyx_xl.app.office import LEDGER_NAME, Office
    from qiyx_xl.app.period_state import PeriodState, state, status
    from qiyx_xl.app.publishing import reminders, write_reminders
    from qiyx_xl.app.rating import find_item, rate, rate_frame
    from qiyx_xl.app.validation import ValidationReport, distribute, validate_files
    from qiyx_xl.intake.office_files.plan import load_plan
    from qiyx_xl.intake.office_files.rules import load_rules

__all__ = [
    "LEDGER_NAME",
    "PLAN_NAME",
    "AppError",
    "Closed",
    "ConsolidationResult",
    "Difference",
    "ItemHistory",
    "MeetingPapers",
    "Office",
    "PeriodState",
    "Proposal",
    "Reassigned",
    "ValidationReport",
    "add_matter",
    "adopt",
    "adopt_history",
    "begin",
    "build_ledger",
    "close",
    "closings",
    "confirm",
    "consolidate",
    "decide",
    "differences",
    "distribute",
    "export_plan",
    "find_item",
    "history_of",
    "hold_meeting",
    "import_history",
    "import_plan",
    "last_ended",
    "ledger_name",
    "ledger_view",
    "load_plan",
    "load_rules",
    "matters",
    "new_ledger",
    "prefer",
    "propose",
    "rate",
    "rate_frame",
    "read_back_matters",
    "reassign",
    "refresh",
    "refresh_booked",
    "refresh_typed",
    "reminders",
    "reopen",
    "reopen_matter",
    "settle_matter",
    "state",
    "status",
    "validate_files",
    "waiting",
    "write_reminders",
]

_NAMES = {
    "app.adoption": (
        "PLAN_NAME",
        "Proposal",
        "Reassigned",
        "adopt",
        "begin",
        "last_ended",
        "ledger_name",
        "new_ledger",
        "propose",
        "reassign",
        "refresh_typed",
    ),
    "app.validation": ("ValidationReport", "distribute", "validate_files"),
    "app.closing": ("Closed", "close", "closings", "reopen"),
    "app.decisions": ("confirm", "decide", "prefer", "waiting"),
    "app.history": ("Difference", "ItemHistory", "differences", "history_of"),
    "app.ledger": ("build_ledger", "ledger_view", "refresh", "refresh_booked"),
    "app.meeting": (
        "MeetingPapers",
        "add_matter",
        "hold_meeting",
        "matters",
        "read_back_matters",
        "reopen_matter",
        "settle_matter",
    ),
    "app.consolidation": ("ConsolidationResult", "consolidate"),
    "app.errors": ("AppError",),
    "app.office": ("LEDGER_NAME", "Office"),
    "app.importing.plan": ("export_plan", "import_plan"),
    "app.importing.history": ("adopt_history", "import_history"),
    "app.rating": ("find_item", "rate", "rate_frame"),
    "app.publishing": ("reminders", "write_reminders"),
    "app.period_state": ("PeriodState", "state", "status"),
    "intake.office_files.plan": ("load_plan",),
    "intake.office_files.rules": ("load_rules",),
}
"""The module of each public name. Modules are imported on first use, so that a command loads only
its own use case."""

_PLACES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Resolve a use case on first use."""
    module = _PLACES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"qiyx_xl.{module}"), name)
    return value
