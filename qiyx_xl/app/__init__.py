"""The use cases: what the commands, buttons and the Python API do.

Everything here takes the day (``today``) or the moment (``now``) as an argument; the shells own
the clock.
"""

from qiyx_xl.app.checking import ValidationReport, distribute, validate_files
from qiyx_xl.app.closing import Closed, close, closings, reopen
from qiyx_xl.app.deciding import confirm, decide, prefer, waiting
from qiyx_xl.app.history import Difference, History, differences, history_of
from qiyx_xl.app.ledgers import build_ledger, ledger_view, refresh, refresh_booked
from qiyx_xl.app.meetings import (
    Held,
    add_matter,
    hold_meeting,
    matters,
    read_back_matters,
    reopen_matter,
    settle_matter,
)
from qiyx_xl.app.merging import ConsolidationResult, consolidate
from qiyx_xl.app.office import LEDGER_NAME, AppError, Office
from qiyx_xl.app.planning import import_plan
from qiyx_xl.app.rating import find_item, rate, rate_frame
from qiyx_xl.app.reminding import reminders, write_reminders
from qiyx_xl.app.states import State, state, status
from qiyx_xl.intake.plan_files import load_plan
from qiyx_xl.intake.rule_files import load_rules

__all__ = [
    "LEDGER_NAME",
    "AppError",
    "Closed",
    "ConsolidationResult",
    "Difference",
    "Held",
    "History",
    "Office",
    "State",
    "ValidationReport",
    "add_matter",
    "build_ledger",
    "close",
    "closings",
    "confirm",
    "consolidate",
    "decide",
    "differences",
    "distribute",
    "find_item",
    "history_of",
    "hold_meeting",
    "import_plan",
    "ledger_view",
    "load_plan",
    "load_rules",
    "matters",
    "prefer",
    "rate",
    "rate_frame",
    "read_back_matters",
    "refresh",
    "refresh_booked",
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
