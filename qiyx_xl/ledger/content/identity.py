"""What a ledger says about itself: its plan, the periods to choose from, and its defined names.

Identity, help texts and periods stand on the very hidden sheet _qiyx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl import __version__
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout.cells import column_letter
from qiyx_xl.ledger.layout.tables import CONFIRMED, Name
from qiyx_xl.ledger.registry import (
    EDITION_KEY,
    FUNCTIONS,
    LEDGER_SCHEMA,
    LedgerEdition,
    LedgerSheet,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.content.workbook import Content

PLAN_ID, PLAN_VERSION, PLAN_SHA256 = "plan_id", "plan_version", "plan_sha256"
_HELP_COLUMN = 3


def plan_identity(view: LedgerView) -> dict[str, str]:
    """Return what a ledger says about the plan and the rules by which it was written."""
    plan = view.plan
    return {
        PLAN_ID: plan.plan_id,
        PLAN_VERSION: plan.version,
        PLAN_SHA256: plan.sha256,
        "rules_version": view.rules.version,
    }


def is_of_other_plan(identity: Mapping[str, str], view: LedgerView) -> bool:
    """Whether a ledger was last written by another plan, or another version of it.

    Args:
        identity: what the ledger says about itself.
        view: what it shall show.
    """
    digest = identity.get(PLAN_SHA256)
    if digest:
        return digest != view.plan.sha256
    # Ledgers of earlier versions name only the plan's version.
    return not view.plans.is_single or identity.get(PLAN_VERSION) != view.plan.version


def identity(view: LedgerView, edition: LedgerEdition) -> tuple[tuple[str, str], ...]:
    """Return what a new ledger says about itself, in the order of its lines."""
    return (
        ("schema", LEDGER_SCHEMA),
        *plan_identity(view).items(),
        ("product_version", __version__),
        *(((EDITION_KEY, edition.value),) if edition is LedgerEdition.ADDIN else ()),
    )


def help_cells() -> dict[tuple[int, int], str]:
    """Return the texts of the function wizard: a line for each function."""
    cells = {}
    for row, function in enumerate(FUNCTIONS, start=1):
        helps = (argument.help for argument in function.arguments)
        for column, text in enumerate((function.name, function.help, *helps), start=_HELP_COLUMN):
            cells[row, column] = text
    return cells


def choosable_periods(plans: Plans) -> tuple[Period, ...]:
    """Return the periods that can be chosen: those of all years for which there was a plan."""
    years = sorted({year for adoption in plans.adoptions for year in adoption.plan.years})
    return tuple(period for year in years for period in periods_of(year))


def periods_of(year: int) -> list[Period]:
    """Return all periods of a year in order: each quarter after its months, the year last."""
    return sorted(
        [
            *(Period.of_month(year, month) for month in range(1, 13)),
            *(Period.of_quarter(year, quarter) for quarter in range(1, 5)),
            Period.of_year(year),
        ]
    )


def defined_names(content: Content) -> dict[str, str]:
    """Return the meaning of each defined name, without its ``=``."""
    main, records = content.indicators.sheet.value, content.records
    periods = len(choosable_periods(content.view.plans))
    letter = column_letter(layout.PERIODS_COLUMN)
    meanings = {
        Name.PERIOD: f"{main}!{_absolute(layout.PERIOD_CELL)}",
        Name.PERIODS: f"{LedgerSheet.IDENTITY.value}!${letter}$1:${letter}${periods}",
        Name.YEAR: f"VALUE(LEFT({Name.PERIOD},4))",
        Name.MONTH: f'{Name.YEAR}&"-"&TEXT({content.month_formula()},"00")',
        Name.ELAPSED: f"{main}!{_absolute(layout.ELAPSED_CELL)}",
        Name.VALUES: records.span("实际值"),
        Name.SECONDS: records.span("补充值"),
        Name.PERIOD_KEYS: records.span(layout.PERIOD_KEY),
        Name.MONTH_KEYS: records.span(layout.MONTH_KEY),
        Name.YEAR_END_KEYS: records.span(layout.YEAR_END_KEY),
        Name.DONE_KEYS: records.span(layout.DONE_KEY),
        Name.STATE: f"{LedgerSheet.CONSOLE.value}!{_absolute(content.console.state_cell)}",
        Name.ALL_RECORDS: records.whole,
        Name.GOAL_CODES: content.goals.span(content.goals.code_column),
        Name.BASELINES: content.goals.span(layout.BASELINE),
    }
    if CONFIRMED in records.headers:
        meanings[Name.CONFIRMATIONS] = records.span(CONFIRMED)
    return {name.value: meaning for name, meaning in meanings.items()}


def _absolute(cell: tuple[int, int]) -> str:
    row, column = cell
    return f"${column_letter(column)}${row + 1}"
