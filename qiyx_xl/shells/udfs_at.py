"""The cell functions as the ledger's macros call them: with the workbook that asks.

The functions of ``udfs`` are what xlwings shows and imports; they have no such argument and answer
by the shipped plan. Here every function has two more arguments before its own, and keeps its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.ledger.registry import FUNCTIONS, NOT_IN_PLAN, Argument, Function
from qiyx_xl.shells.asking_workbook import OFFICES
from qiyx_xl.shells.functions import shipped
from qiyx_xl.shells.plan_sheets import answers_at, plan_sheet_arguments
from qiyx_xl.shells.xlwings_decorator import exposed

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.shells.functions import Functions, Grid

_WHO_ASKS = (Argument("workbook", ""), Argument("plan_id", ""))


def _at(workbook: Grid, plan_id: Grid) -> Functions | None:
    return OFFICES.functions_of(_text(workbook), _text(plan_id))


def _text(cells: Grid) -> str:
    return "" if cells[0][0] is None else str(cells[0][0])


def _made(function: Function) -> Callable[..., Any]:
    def answer(workbook: Grid, plan_id: Grid, *grids: Grid | None) -> Any:
        functions = _at(workbook, plan_id)
        return NOT_IN_PLAN if functions is None else functions.call(function.name, *grids)

    asked = Function(function.name, function.help, (*_WHO_ASKS, *function.arguments))
    return exposed(asked, answer)


def _plan_sheets(
    workbook: Grid,
    plan_id: Grid,
    period: Grid,
    records: Grid | None,
    goals: Grid | None,
    baselines: Grid | None,
) -> Any:
    functions = _at(workbook, plan_id)
    if functions is None:
        return NOT_IN_PLAN
    return answers_at(period, records, goals, baselines, functions)


for _function in FUNCTIONS:
    globals()[_function.name] = _made(_function)

plan_sheet_answers = exposed(
    Function("plan_sheet_answers", "", (*_WHO_ASKS, *plan_sheet_arguments)), _plan_sheets
)


def warm_up() -> None:
    """Load what every answer needs, so that the first cell does not wait for it."""
    import qiyx_xl.app.office
    import qiyx_xl.store.plans  # noqa: F401 - for the plan of an office

    shipped().version()
