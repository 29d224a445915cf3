"""The use cases: what the commands, buttons and the Python API do.

Everything here takes the day (``today``) or the moment (``now``) as an argument; the shells own
the clock.
"""

from qiyx_xl.app.checking import ValidationReport, distribute, validate_files
from qiyx_xl.app.ledgers import build_ledger, ledger_view, refresh
from qiyx_xl.app.merging import ConsolidationResult, consolidate
from qiyx_xl.app.office import LEDGER_NAME, AppError, Office
from qiyx_xl.app.rating import find_item, rate, rate_frame
from qiyx_xl.app.reminding import reminders, write_reminders
from qiyx_xl.app.states import State, state, status
from qiyx_xl.intake.plan_files import load_plan
from qiyx_xl.intake.rule_files import load_rules

__all__ = [
    "LEDGER_NAME",
    "AppError",
    "ConsolidationResult",
    "Office",
    "State",
    "ValidationReport",
    "build_ledger",
    "consolidate",
    "distribute",
    "find_item",
    "ledger_view",
    "load_plan",
    "load_rules",
    "rate",
    "rate_frame",
    "refresh",
    "reminders",
    "state",
    "status",
    "validate_files",
    "write_reminders",
]
