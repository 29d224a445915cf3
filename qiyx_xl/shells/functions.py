"""What the cell functions of ``docs/functions.md`` compute, as plain Python on values.

Each takes grids (rows of cells, as Excel passes a range) and returns results in the same shape;
for a single cell, a single value. Nothing here needs xlwings, so it can be tested on any system.
The names, arguments and help texts are in ``qiyx_xl.ledger.registry``.

Four inputs are four things: a blank cell (None), zero, the word 不适用, and an error cell (its
text, such as ``#N/A``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from qiyx_xl import __version__
from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.forms.cell_parser import read_cell, read_number
from qiyx_xl.core.plan.model import Goal, Indicator, Item
from qiyx_xl.core.primitives.periods import Period, PeriodError
from qiyx_xl.core.primitives.values import Unreadable
from qiyx_xl.core.rating.rate import Rating, Yardstick, effective_item, is_due
from qiyx_xl.intake.office_files.calendar import load_calendar
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.ledger.content.lookup import (
    Answer,
    explain_answer,
    gap_answer,
    rate_answer,
    score_answer,
    status_answer,
)
from qiyx_xl.ledger.layout.cells import CELL_ERRORS, CellError
from qiyx_xl.ledger.registry import FUNCTIONS, NOT_IN_PLAN, NOT_READABLE, Function
from qiyx_xl.shells.array_functions import LONG, answer_columns

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

CellInput = str | float | bool | date | None
Grid = Sequence[Sequence[CellInput]]
CellOutput = str | float
AS_PRINTED = "原文"

_REMEMBERED = 1 << 16


@dataclass(frozen=True, slots=True)
class Registered:
    """One cell function: its registry entry (name, arguments, help) and its implementation."""

    function: Function
    answer: Callable[..., CellOutput | list[list[CellOutput]]]


class _Failure(Exception):  # noqa: N818 - an answer, not an error
    """Ends a function whose result is an Excel error."""

    def __init__(self, error: CellError) -> None:
        self.error = error


_F = TypeVar("_F", bound=Callable[..., Any])
_ANSWERS: dict[str, Callable[..., Any]] = {}


def _answers(name: str) -> Callable[[_F], _F]:
    def register(function: _F) -> _F:
        _ANSWERS[name] = function
        return function

    return register


@cache
def plan() -> Plan:
    """Return the plan that the functions use, read once per server process."""
    return load_plan()


@cache
def rules() -> Rules:
    """Return the rules that the functions use, with the calendar, read once per process."""
    return load_rules().on(load_calendar())


# --- the functions ---------------------------------------------------------------------------


@_answers("QYX_TARGET")
def target(indicator: Grid, year: Grid, form: Grid | None = None) -> Any:
    """Return the year's target; if it is a word instead of a number, the word."""

    def compute(indicator: CellInput, year: CellInput, form: CellInput) -> Answer:
        item = effective_item(plan(), _item(indicator))
        wanted = period_of(year).year
        if isinstance(item, Indicator):
            found = item.targets.get(wanted)
        elif isinstance(item, Goal) and wanted in plan().years:
            found = item.target if wanted >= (item.annual_from or 0) else None
        else:
            found = None
        if found is None:
            raise _Failure(CellError.NOT_AVAILABLE)
        if _is_blank(form) or str(form).strip() == "数值":
            return found.printed if found.value is None else found.value
        if str(form).strip() != AS_PRINTED:
            raise _Failure(CellError.VALUE)
        return found.printed

    return _cell_by_cell(compute, indicator, year, form)


def _rated_function(answer: Callable[[Rating], Answer]) -> Callable[..., Any]:
    def over(
        indicator: Grid,
        period: Grid,
        actual: Grid,
        previous: Grid | None = None,
        base: Grid | None = None,
        confirmed: Grid | None = None,
    ) -> Any:
        today = _today()

        def compute(
            indicator: CellInput,
            period: CellInput,
            actual: CellInput,
            previous: CellInput,
            base: CellInput,
            confirmed: CellInput,
        ) -> Answer:
            return answer(_rating(indicator, period, actual, previous, base, confirmed, today))

        given = (indicator, period, actual, previous, base, confirmed)
        grids = [_NOT_GIVEN if grid is None else grid for grid in given]
        if max(map(len, grids)) >= LONG:
            in_columns = answer_columns(
                answer,
                grids,
                partial(_known_yardstick, today),
                _known_confirmation,
                partial(_compute_cell, compute),
            )
            if in_columns is not None:
                return in_columns
        return _cell_by_cell(compute, *grids)

    return over


_answers("QYX_RATE")(_rated_function(rate_answer))
_answers("QYX_STATUS")(_rated_function(status_answer))
_answers("QYX_GAP")(_rated_function(gap_answer))
_answers("QYX_EXPLAIN")(_rated_function(explain_answer))


@_answers("QYX_SCORE")
def score(statuses: Grid) -> CellOutput:
    """Return one score for a whole range of lamps."""
    cells = ["" if _is_blank(cell) else str(cell).strip() for row in statuses for cell in row]
    return _out(score_answer(cells, rules()))


_FIELDS: dict[str, Callable[[Item], str]] = {
    "名称": lambda item: item.name,
    "计量单位": lambda item: item.measure,
    "领域": lambda item: item.domain,
    "牵头单位": lambda item: item.lead_agency,
    "责任单位": lambda item: item.reporting_agency,
    "方向": lambda item: item.direction.label,
    "频次": lambda item: item.frequency.label,
    "出处": lambda item: item.clause,
}
_FIELD_ALIASES = {
    "name": "名称",
    "measure": "计量单位",
    "domain": "领域",
    "lead_agency": "牵头单位",
    "responsible_agency": "责任单位",
    "direction": "方向",
    "frequency": "频次",
    "clause": "出处",
}


@_answers("QYX_INFO")
def info(indicator: Grid, field: Grid) -> Any:
    """Return a field of an item; the field is given by its Chinese or English name."""

    def compute(indicator: CellInput, field: CellInput) -> Answer:
        item = _item(indicator)
        name = "" if field is None else str(field).strip()
        answer = _FIELDS.get(_FIELD_ALIASES.get(name.lower(), name))
        if answer is None:
            raise _Failure(CellError.VALUE)
        return answer(item)

    return _cell_by_cell(compute, indicator, field)


@_answers("QYX_PLAN")
def whole_plan() -> list[list[CellOutput]]:
    """Return the table of indicators, with a header row."""
    years = plan().years
    names = ("序号", "领域", "指标", "计量单位", "牵头单位", "责任单位", "方向", "频次")
    header: list[CellOutput] = [*names, *(f"{year}年" for year in years)]
    return [header] + [
        [
            float(indicator.number),
            indicator.domain,
            indicator.name,
            indicator.measure,
            indicator.lead_agency,
            indicator.reporting_agency,
            indicator.direction.label,
            indicator.frequency.label,
            *(indicator.targets[year].printed for year in years),
        ]
        for indicator in plan().indicators
    ]


@_answers("QYX_VERSION")
def version() -> str:
    """Return the versions of product, plan and rules."""
    ruled = f"规则 {rules().version}（{rules().name}）"
    return f"七优享台账 {__version__}；方案 {plan().version}；{ruled}"


REGISTRY = {function.name: Registered(function, _ANSWERS[function.name]) for function in FUNCTIONS}


# --- converting cells to the core's values ---------------------------------------------------


@lru_cache(maxsize=_REMEMBERED, typed=True)
def _rating(
    indicator: CellInput,
    period: CellInput,
    actual: CellInput,
    previous: CellInput,
    base: CellInput,
    confirmed: CellInput,
    today: date,
) -> Rating:
    """Rate the cells of a row; cached, because several functions are called for the same row."""
    yardstick = _yardstick(indicator, period, today)
    item = yardstick.item
    return yardstick.rate(
        read_cell(_cell(actual), item).value,
        previous=_read_decimal(previous, item),
        second=_read_decimal(base, item),
        confirmed=_is_confirmed(confirmed),
    )


@lru_cache(maxsize=_REMEMBERED, typed=True)
def _yardstick(indicator: CellInput, period: CellInput, today: date) -> Yardstick:
    item = effective_item(plan(), _item(indicator))
    when = period_of(period)
    return Yardstick(item, when, rules(), due=is_due(item, when, today, rules()))


def _known_yardstick(today: date, indicator: CellInput, period: CellInput) -> Yardstick | None:
    try:
        return None if _is_blank(indicator) else _yardstick(indicator, period, today)
    except _Failure:
        return None


_CONFIRMATIONS: dict[CellInput, bool] = {
    **dict.fromkeys((True, "TRUE", "是", "已核实"), True),
    **dict.fromkeys((False, "FALSE", "否", "未核实", ""), False),
}


def _known_confirmation(cell: CellInput) -> bool | None:
    """Return whether a cell says that a person has confirmed a value; None if it is unclear."""
    if cell is None:
        return False
    # The keys True and False also match the numbers 1 and 0, as in Excel.
    return _CONFIRMATIONS.get(cell.strip().upper() if isinstance(cell, str) else cell)


def _is_confirmed(cell: CellInput) -> bool:
    known = _known_confirmation(cell)
    if known is None:
        raise _Failure(CellError.VALUE)
    return known


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the local date of the office is meant


def _item(key: CellInput) -> Item:
    if _is_error(key):
        raise _Failure(CellError.VALUE)
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    item = plan().find(str(key))
    if item is None:
        raise _Failure(CellError.NOT_AVAILABLE)
    return item


def period_of(text: CellInput) -> Period:
    """Parse a cell's period; if it is not a period, the function's result is #VALUE!."""
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    try:
        return Period.parse(text if isinstance(text, date) else str(text))
    except PeriodError:
        raise _Failure(CellError.VALUE) from None


def _read_decimal(cell: CellInput, item: Item) -> Decimal | None:
    if cell is None:
        return None
    value = read_number(_cell(cell), item.measure).value
    if isinstance(value, Unreadable):
        raise _Failure(CellError.VALUE)
    return value if isinstance(value, Decimal) else None


def _cell(value: CellInput) -> Cell:
    if _is_error(value):
        return Cell(error=str(value))
    return Cell(value=None if _is_blank(value) else value)


def _is_blank(cell: CellInput) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_error(cell: CellInput) -> bool:
    return isinstance(cell, str) and cell in CELL_ERRORS


# --- the shape of the result -----------------------------------------------------------------


def _cell_by_cell(
    compute: Callable[..., Answer], *grids: Grid | None
) -> CellOutput | list[list[CellOutput]]:
    """Compute cell by cell, in the shape of the largest argument, as Excel's own functions do.

    A single cell, row or column is repeated along the other arguments; cells beyond a shorter
    argument give #N/A. A blank first argument (an empty row of a table) gives "".
    """
    given = [_NOT_GIVEN if grid is None else grid for grid in grids]
    height = max(map(len, given))
    width = max([len(grid[0]) for grid in given])
    if height == width == 1:
        return _compute_cell(compute, [grid[0][0] for grid in given])
    return [
        [
            _compute_cell(compute, [_at(grid, row, column) for grid in given])
            for column in range(width)
        ]
        for row in range(height)
    ]


_NOT_GIVEN: Grid = [[None]]


class _Outside:
    """The type of the marker for a cell beyond the end of a shorter argument."""


_OUTSIDE = _Outside()


def _at(grid: Grid, row: int, column: int) -> CellInput | _Outside:
    row = 0 if len(grid) == 1 else row
    column = 0 if len(grid[0]) == 1 else column
    return grid[row][column] if row < len(grid) and column < len(grid[0]) else _OUTSIDE


def _compute_cell(compute: Callable[..., Answer], cells: list[Any]) -> CellOutput:
    if _OUTSIDE in cells:
        return NOT_IN_PLAN
    if _is_blank(cells[0]):
        return ""
    try:
        return _out(compute(*cells))
    except _Failure as failure:
        return _out(failure.error)


def _out(answer: Answer) -> CellOutput:
    if isinstance(answer, Decimal):  # first, because comparing a number with a word is slow
        return float(answer)
    match answer:
        case CellError.NOT_AVAILABLE:
            return NOT_IN_PLAN
        case CellError.VALUE:
            return NOT_READABLE
        case _:
            return str(answer)
