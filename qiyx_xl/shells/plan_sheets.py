"""How all function results of the ledger's plan sheets at a 数据期 are computed in one call.

Each cell's formula needs one rating, and thousands of them would mean thousands of calls from
Excel to Python. So the macros (``macros/Qiyx.bas``) call this once for the cells of 指标台账,
任务目标 and 里程碑, and serve the cells from its results. A cell whose arguments are not among
the results still makes its own call: this can only save calls, never change a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Indicator, SecondInput
from qiyx_xl.core.plan.schedule import milestone_due
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.ledger.content.lookup import month_key, period_key
from qiyx_xl.ledger.layout.tables import (
    CONFIRMED,
    DONE_KEY,
    MONTH_KEY,
    PERIOD_KEY,
    RECORD_TABLE,
    YEAR_END_KEY,
    before_confirmed,
)
from qiyx_xl.ledger.registry import Argument, Function
from qiyx_xl.shells import functions
from qiyx_xl.shells.xlwings_decorator import exposed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.plan.model import Goal, Milestone
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.shells.functions import CellInput, CellOutput, Functions, Grid

FUNCTIONS = ("QYX_RATE", "QYX_GAP", "QYX_STATUS", "QYX_EXPLAIN")
# "confirmed" was added later, so it is last: macros of older ledgers read only the columns before.
HEADER: list[CellOutput] = [
    "indicator",
    "actual",
    "previous",
    "base_value",
    *FUNCTIONS,
    "confirmed",
]

_OWN_PERIOD = (SecondInput.COVERAGE_BASE, SecondInput.REFERENCE)
_STATUS = "QYX_STATUS"
# The layouts of 填报记录 by number of columns: the current one, and the one before 核实 was added.
_RECORD_TABLES = {
    len(table.columns): table for table in (RECORD_TABLE, before_confirmed(RECORD_TABLE))
}


@dataclass(frozen=True, slots=True)
class RowInputs:
    """The cells that a row of a plan sheet passes to the functions, without the period."""

    indicator: CellInput
    actual: CellInput
    previous: CellInput = None
    base: CellInput = None
    confirmed: CellInput = None


def answers_at(
    period: Grid,
    records: Grid | None,
    goals: Grid | None,
    baselines: Grid | None,
    by: Functions | None = None,
) -> list[list[CellOutput | CellInput]]:
    """Compute the four rating functions for every row of the three plan sheets.

    Args:
        period: the cell 数据期.
        records: the filled rows of 填报记录, all columns; None if there are none.
        goals: the column 编号 of 任务目标.
        baselines: the column 基期值 beside it.
        by: the functions of the office; by the shipped plan if not given.

    Returns:
        ``HEADER``, then one row for each row of the sheets that has such formulas: the arguments
        as the cells pass them, and the results.

    Raises:
        PeriodError: 数据期 is not a period.
    """
    when = functions.period_of(period[0][0])
    sheet = RecordSheet(records or ())
    typed = {str(code[0]): base[0] for code, base in zip(goals or (), baselines or (), strict=True)}
    by = functions.shipped() if by is None else by
    plan = by.plans.at(when)
    goals_asked = [
        item for item in plan.goals if not isinstance(plan.item(item.repeats or ""), Indicator)
    ]
    rows = [_indicator(sheet, when, item) for item in plan.indicators]
    rows += [_goal(sheet, when, item, typed.get(item.code)) for item in goals_asked]
    answered = _answered(by, period, rows)
    green = {
        item.code
        for item, row in zip((*plan.indicators, *goals_asked), answered, strict=True)
        if row[HEADER.index(_STATUS)] == Light.GREEN.word
    }
    milestones = [_milestone(sheet, when, item, green) for item in plan.milestones]
    return [HEADER, *answered, *_answered(by, period, milestones)]


class RecordSheet:
    """The rows of 填报记录, looked up by its key columns as the plan sheets' formulas do."""

    def __init__(self, rows: Grid) -> None:
        # An empty range arrives as one blank cell.
        self._rows = rows = [row for row in rows if len(row) in _RECORD_TABLES]
        self._table = _RECORD_TABLES[len(rows[0])] if rows else RECORD_TABLE
        self._values = self._table.place("实际值")
        self._seconds = self._table.place("补充值")
        self._by_period, self._by_month, self._by_year_end = (
            self._keyed(header) for header in (PERIOD_KEY, MONTH_KEY, YEAR_END_KEY)
        )
        place = self._table.place(DONE_KEY)
        self._done: dict[str, tuple[str, int]] = {}
        for at, row in enumerate(rows):
            key = str(row[place] or "")
            self._done.setdefault(key.partition("|")[0], (key, at))

    def at(self, item: Indicator | Goal | Milestone, when: Period) -> int | None:
        """Return the row of an item's figure: the period's own, else its last month's."""
        exact = self._by_period.get(period_key(item.code, when))
        return self._by_month.get(month_key(item.code, when)) if exact is None else exact

    def milestone(self, item: Indicator | Goal | Milestone, when: Period) -> int | None:
        """Return the row of an item's progress; if blank, the one where it was reported done."""
        row = self.at(item, when)
        if self.value(row) != "":
            return row
        key, done = self._done.get(item.code, ("", None))
        return done if key <= month_key(item.code, when) else None

    def year_end(self, item: Indicator | Goal, year: int) -> int | None:
        """Return the row of an item's year-end figure."""
        return self._by_year_end.get(f"{item.code}|{year}")

    def value(self, row: int | None) -> CellInput:
        """Return 实际值; "" if there is none."""
        return self._cell(row, self._values)

    def second(self, row: int | None) -> CellInput:
        """Return 补充值; "" if there is none."""
        return self._cell(row, self._seconds)

    def confirmed(self, row: int | None) -> CellInput:
        """Return 核实; "" if there is none."""
        if self._table is not RECORD_TABLE:
            return ""
        return self._cell(row, self._table.place(CONFIRMED))

    def _cell(self, row: int | None, place: int) -> CellInput:
        cell = None if row is None else self._rows[row][place]
        return "" if cell is None else cell

    def _keyed(self, header: str) -> dict[str, int]:
        place = self._table.place(header)
        found: dict[str, int] = {}
        for at, row in enumerate(self._rows):
            found.setdefault(str(row[place] or ""), at)
        return found


def _indicator(sheet: RecordSheet, when: Period, item: Indicator) -> RowInputs:
    row = _row(sheet, when, item)
    base = sheet.second(row) if item.second_input in _OWN_PERIOD else None
    previous, confirmed = _previous(sheet, when, item), sheet.confirmed(row)
    return RowInputs(float(item.number), sheet.value(row), previous, base, confirmed)


def _goal(sheet: RecordSheet, when: Period, item: Goal, baseline: CellInput) -> RowInputs:
    row = _row(sheet, when, item)
    base = sheet.second(row) if item.second_input in _OWN_PERIOD else baseline
    previous, confirmed = _previous(sheet, when, item), sheet.confirmed(row)
    return RowInputs(item.code, sheet.value(row), previous, base, confirmed)


def _milestone(sheet: RecordSheet, when: Period, item: Milestone, green: set[str]) -> RowInputs:
    progress = sheet.value(sheet.milestone(item, when))
    if progress == "" and item.repeats and set(item.repeats) <= green:
        progress = Word.DONE.value
    return RowInputs(item.code, progress)


def _row(sheet: RecordSheet, when: Period, item: Indicator | Goal) -> int | None:
    dated = milestone_due(item) is not None
    return sheet.milestone(item, when) if dated else sheet.at(item, when)


def _previous(sheet: RecordSheet, when: Period, item: Indicator | Goal) -> CellInput:
    return sheet.value(sheet.year_end(item, when.year - 1))


def _answered(by: Functions, period: Grid, rows: Iterable[RowInputs]) -> list[list[Any]]:
    asked = [[row.indicator, row.actual, row.previous, row.base, row.confirmed] for row in rows]
    columns: list[Any] = [[[cells[at]] for cells in asked] for at in range(5)]
    columns.insert(1, period)
    answers: list[Any] = [by.call(name, *columns) for name in FUNCTIONS]
    return [
        [*cells, *(column[at][0] for column in answers), confirmed]
        for at, (*cells, confirmed) in enumerate(asked)
    ]


# Only the macros call this. It is not in the registry, so that Excel's function wizard omits it.
plan_sheet_arguments = tuple(
    Argument(name, "") for name in ("period", "records", "goals", "baselines")
)
plan_sheet_answers = exposed(Function("plan_sheet_answers", "", plan_sheet_arguments), answers_at)
