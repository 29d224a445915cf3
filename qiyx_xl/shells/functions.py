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
from typing import TYPE_CHECKING, Any

from qiyx_xl import __version__
from qiyx_xl.core.forecast.expected import forecast, needed_pace
from qiyx_xl.core.forecast.trend import Reading, in_order
from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.forms.cell_parser import read_cell, read_number
from qiyx_xl.core.plan.agency_names import AgencyNames
from qiyx_xl.core.plan.model import Goal, Indicator, Item
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period, PeriodError
from qiyx_xl.core.primitives.values import Unreadable
from qiyx_xl.core.rating.lamps import LampState
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


class Functions:
    """The functions of one office: by its plans and its rules.

    A function that is asked about a period answers by the plan in force then, the others by the
    plan in force today.
    """

    def __init__(self, plans: Plans, rules: Rules) -> None:
        self.plans = plans
        self.rules = rules
        self._rating = lru_cache(maxsize=_REMEMBERED, typed=True)(self._rated)
        self._yardstick = lru_cache(maxsize=_REMEMBERED, typed=True)(self._yardstick_of)

    @property
    def plan(self) -> Plan:
        """The plan in force today."""
        return self.plans.at(Period.parse(_today()))

    def call(self, name: str, *grids: Grid | None) -> Any:
        """Call a function by its name in Excel."""
        return _METHODS[name](self, *grids)

    def target(self, indicator: Grid, year: Grid, form: Grid | None = None) -> Any:
        """Return the year's target; if it is a word instead of a number, the word."""

        def compute(indicator: CellInput, year: CellInput, form: CellInput) -> Answer:
            wanted = period_of(year).year
            plan = self.plans.at(Period.of_year(wanted))
            item = effective_item(plan, _item(plan, indicator))
            if isinstance(item, Indicator):
                found = item.targets.get(wanted)
            elif isinstance(item, Goal) and wanted in plan.years:
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

    def rate(self, *given: Grid | None) -> Any:
        """Return 完成率 as a share."""
        return self._rate_each(rate_answer, given)

    def status(self, *given: Grid | None) -> Any:
        """Return the lamp."""
        return self._rate_each(status_answer, given)

    def gap(self, *given: Grid | None) -> Any:
        """Return the percentage points ahead of 序时."""
        return self._rate_each(gap_answer, given)

    def explain(self, *given: Grid | None) -> Any:
        """Return the reason as a sentence."""
        return self._rate_each(explain_answer, given)

    def pace(self, *given: Grid | None) -> Any:
        """Return the change still due each month; #N/A where nothing is due month by month."""
        today = _today()

        def compute(
            indicator: CellInput,
            period: CellInput,
            actual: CellInput,
            previous: CellInput = None,
        ) -> Answer:
            rated = self._rating(indicator, period, actual, previous, None, None, today)
            if isinstance(rated.actual, Unreadable):
                raise _Failure(CellError.VALUE)
            if not isinstance(rated.actual, Decimal) or rated.state == LampState.IN_DOUBT:
                raise _Failure(CellError.NOT_AVAILABLE)
            item = self._yardstick(indicator, period, today).item
            due = needed_pace(item, rated.period, rated.actual, self.rules)
            return CellError.NOT_AVAILABLE if due is None else due

        return _cell_by_cell(compute, *given)

    def forecast(self, indicator: Grid, periods: Grid, actuals: Grid) -> Any:
        """Return the expected year end: of one item by all cells of two ranges of one shape.

        For a column of items, each row of ``actuals`` is one item's figures, and ``periods`` is one
        row for all of them, or as many rows; for a row of items the same with columns.
        """
        if len(indicator) == len(indicator[0]) == 1:
            return self._forecast_of(indicator[0][0], _all_cells(periods), _all_cells(actuals))
        if len(indicator) == 1:
            turned = self.forecast(*(_turned(grid) for grid in (indicator, periods, actuals)))
            return _turned(turned)
        if len(indicator[0]) > 1:
            return [[NOT_READABLE] * len(row) for row in indicator]
        return [
            [self._forecast_of(row[0], _row_at(periods, place), _row_at(actuals, place))]
            for place, row in enumerate(indicator)
        ]

    def _forecast_of(
        self, indicator: CellInput, periods: Sequence[CellInput], actuals: Sequence[CellInput]
    ) -> CellOutput:
        if _is_blank(indicator):
            return ""
        try:
            return _out(self._expected(indicator, periods, actuals))
        except _Failure as failure:
            return _out(failure.error)

    def _expected(
        self, indicator: CellInput, periods: Sequence[CellInput], actuals: Sequence[CellInput]
    ) -> Answer:
        if len(periods) != len(actuals):
            raise _Failure(CellError.VALUE)
        read: list[Reading] = []
        for period, actual in zip(periods, actuals, strict=True):
            if _is_blank(actual):
                continue
            when = period_of(period)
            item = effective_item(self.plans.at(when), _item(self.plans.at(when), indicator))
            value = read_cell(_cell(actual), item).value
            if isinstance(value, Unreadable):
                raise _Failure(CellError.VALUE)
            if isinstance(value, Decimal):
                read.append(Reading(when, value))
        item = _item(self.plan, indicator)  # also where there is no figure
        known = in_order(read)
        if not known:
            return CellError.NOT_AVAILABLE
        item = effective_item(self.plans.at(known[-1].period), item)
        ends = {one.period.year: one.value for one in known if one.period.is_year_end}
        plausible = [
            one
            for one in known
            if Yardstick(item, one.period, self.rules)
            .rate(one.value, previous=ends.get(one.period.year - 1))
            .state
            != LampState.IN_DOUBT
        ]
        if plausible[-1:] != known[-1:]:
            return CellError.NOT_AVAILABLE
        previous = ends.get(known[-1].period.year - 1)
        found = forecast(item, plausible, self.rules, previous=previous)
        return CellError.NOT_AVAILABLE if found is None else found.value

    def score(self, statuses: Grid) -> CellOutput:
        """Return one score for a whole range of lamps."""
        cells = ["" if _is_blank(cell) else str(cell).strip() for row in statuses for cell in row]
        return _out(score_answer(cells, self.rules))

    def info(self, indicator: Grid, field: Grid) -> Any:
        """Return a field of an item; the field is given by its Chinese or English name."""
        plan = self.plan

        def compute(indicator: CellInput, field: CellInput) -> Answer:
            item = _item(plan, indicator)
            name = "" if field is None else str(field).strip()
            answer = _FIELDS.get(_FIELD_ALIASES.get(name.lower(), name))
            if answer is None:
                raise _Failure(CellError.VALUE)
            return answer(item)

        return _cell_by_cell(compute, indicator, field)

    def whole_plan(self) -> list[list[CellOutput]]:
        """Return the table of indicators, with a header row."""
        plan = self.plan
        names = ("序号", "领域", "指标", "计量单位", "牵头单位", "责任单位", "方向", "频次")
        header: list[CellOutput] = [*names, *(f"{year}年" for year in plan.years)]
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
                *(
                    "" if (target := indicator.targets.get(year)) is None else target.printed
                    for year in plan.years
                ),
            ]
            for indicator in plan.indicators
        ]

    def version(self) -> str:
        """Return the plan's title, and the versions of plan, product and rules."""
        plan, rules = self.plan, self.rules
        return (
            f"{plan.title}（方案 {plan.version}）；qiyx-xl {__version__}；"
            f"规则 {rules.version}（{rules.name}）"
        )

    # --- rating --------------------------------------------------------------------------------

    def _rate_each(self, answer: Callable[[Rating], Answer], given: Sequence[Grid | None]) -> Any:
        """Rate the arguments of ``_RATED`` in the registry, cell by cell."""
        today = _today()

        def compute(
            indicator: CellInput,
            period: CellInput,
            actual: CellInput,
            previous: CellInput,
            base: CellInput,
            confirmed: CellInput,
            agency: CellInput,
        ) -> Answer:
            given = (indicator, period, actual, previous, base, confirmed)
            return answer(self._rating(*given, today, _agency_text(agency)))

        grids = [_NOT_GIVEN if grid is None else grid for grid in given]
        grids += [_NOT_GIVEN] * (_RATED_ARGUMENTS - len(grids))
        if max(map(len, grids)) >= LONG:
            in_columns = answer_columns(
                answer,
                grids,
                partial(self._known_yardstick, today),
                _known_confirmation,
                partial(_compute_cell, compute),
            )
            if in_columns is not None:
                return in_columns
        return _cell_by_cell(compute, *grids)

    def _rated(
        self,
        indicator: CellInput,
        period: CellInput,
        actual: CellInput,
        previous: CellInput,
        base: CellInput,
        confirmed: CellInput,
        today: date,
        agency: str = "",
    ) -> Rating:
        """Rate the cells of a row; cached, because several functions ask for the same row."""
        yardstick = self._yardstick(indicator, period, today, agency)
        item = yardstick.item
        return yardstick.rate(
            read_cell(_cell(actual), item).value,
            previous=_read_decimal(previous, item),
            second=_read_decimal(base, item),
            confirmed=_is_confirmed(confirmed),
        )

    def _yardstick_of(
        self, indicator: CellInput, period: CellInput, today: date, agency: str = ""
    ) -> Yardstick:
        when = period_of(period)
        plan = self.plans.at(when)
        item = effective_item(plan, _item(plan, indicator))
        if agency:
            item = _share(plan, item, agency)
        return Yardstick(item, when, self.rules, due=is_due(item, when, today, self.rules))

    def _known_yardstick(
        self, today: date, indicator: CellInput, period: CellInput, agency: CellInput
    ) -> Yardstick | None:
        if _is_blank(indicator):
            return None
        try:
            return self._yardstick(indicator, period, today, _agency_text(agency))
        except _Failure:
            return None


_RATED_ARGUMENTS = 7
_METHODS: dict[str, Callable[..., Any]] = {
    "QYX_TARGET": Functions.target,
    "QYX_RATE": Functions.rate,
    "QYX_STATUS": Functions.status,
    "QYX_GAP": Functions.gap,
    "QYX_EXPLAIN": Functions.explain,
    "QYX_PACE": Functions.pace,
    "QYX_FORECAST": Functions.forecast,
    "QYX_SCORE": Functions.score,
    "QYX_INFO": Functions.info,
    "QYX_PLAN": Functions.whole_plan,
    "QYX_VERSION": Functions.version,
}


@cache
def shipped() -> Functions:
    """Return the functions by the shipped plan and rules, read once per process."""
    return Functions(Plans.only(load_plan()), load_rules().on(load_calendar()))


def _by_the_shipped_plan(name: str) -> Callable[..., Any]:
    return lambda *grids: shipped().call(name, *grids)


REGISTRY = {
    function.name: Registered(function, _by_the_shipped_plan(function.name))
    for function in FUNCTIONS
}
"""The functions where no workbook is known: by the shipped plan."""


# --- converting cells to the core's values ---------------------------------------------------


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


def _item(plan: Plan, key: CellInput) -> Item:
    if _is_error(key):
        raise _Failure(CellError.VALUE)
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    item = plan.find(str(key))
    if item is None:
        raise _Failure(CellError.NOT_AVAILABLE)
    return item


def _agency_text(cell: CellInput) -> str:
    """Return the agency that a cell names; "" for the whole district."""
    if _is_error(cell):
        raise _Failure(CellError.VALUE)
    return "" if cell is None else str(cell).strip()


def _share(plan: Plan, item: Item, name: str) -> Item:
    """Return an item as it was broken down to an agency; #N/A if it was not."""
    agency = AgencyNames(plan).named(name).agency if plan.agency(name) is None else None
    share = plan.share(item.code, name if agency is None else agency.name)
    if share is None:
        raise _Failure(CellError.NOT_AVAILABLE)
    return share


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


def _all_cells(grid: Grid) -> Sequence[CellInput]:
    return [cell for row in grid for cell in row]


def _row_at(grid: Grid, place: int) -> Sequence[CellInput]:
    """Return one row of a grid; of a grid with a single row, that one; beyond its end, none."""
    if len(grid) == 1:
        return grid[0]
    return grid[place] if place < len(grid) else ()


def _turned(grid: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*grid, strict=True)]


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
