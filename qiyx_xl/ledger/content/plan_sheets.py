"""What the cells of 指标台账, 任务目标 and 里程碑 contain: values, and formulas with values.

The formulas look the figures up in 填报记录 by 编号|数据期, so that another 数据期 can be chosen in
Excel without Python. The value stored with a formula is calculated by the core.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Goal, Indicator, Milestone, SecondInput
from qiyx_xl.core.plan.schedule import milestone_due, share_of_year
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.rating.rate import Light
from qiyx_xl.ledger.content.log_rows import value_of
from qiyx_xl.ledger.content.lookup import (
    NO_NUMBER,
    Lookup,
    explain_answer,
    gap_answer,
    locator,
    look_up,
    look_up_number,
    milestone_locator,
    previous_locator,
    rate_answer,
    status_answer,
)
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import Cell, Formula, Value, address
from qiyx_xl.ledger.layout.tables import (
    ACTUAL,
    BASELINE,
    CHANGE_SINCE,
    CHANGE_TO,
    CONFIRMED,
    EXPECTED,
    GAP,
    ID,
    LAMP,
    LOCATOR,
    NOTE,
    NUMBER,
    PREVIOUS,
    PREVIOUS_LOCATOR,
    RATE,
    REASON,
    RESPONSIBLE,
    SCHEDULED,
    SECOND,
    Name,
    SheetTable,
    Style,
)
from qiyx_xl.ledger.registry import LEDGER_SCHEMA, SCHEMA_BEFORE_CONFIRMED
from qiyx_xl.papers.outlook import forecast_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.ledger.content.view import LedgerView

Row = dict[str, Cell]

TO_CONFIRM = "目标待确认"
PROGRESS = "进展"
_SAME_AS = "同指标"
_OUR_NOTE = re.compile(rf"{_SAME_AS}[0-9A-Za-z-]+(、{_SAME_AS}[0-9A-Za-z-]+)*")
_TEXT_OF_LONG_TARGET = 12  # characters
_OWN_PERIOD = (SecondInput.COVERAGE_BASE, SecondInput.REFERENCE)


class PlanContent:
    """The cells of the plan's three sheets for one view.

    ``schema`` is the schema of the ledger they are written to: an older ledger keeps its columns.
    """

    def __init__(self, view: LedgerView, schema: str = LEDGER_SCHEMA) -> None:
        self.view = view
        self.schema = schema
        self._confirms = schema != SCHEMA_BEFORE_CONFIRMED
        # Cached until ``set_item_rows`` moves an item to another row.
        self._plan_sheets: tuple[tuple[SheetTable, dict[str, Row]], ...] | None = None
        plan = view.plan
        self.indicators = self.as_built(layout.indicator_table(plan.years, len(plan.indicators)))
        self.goals = self.as_built(layout.goal_table(len(plan.goals)))
        self.milestones = self.as_built(layout.milestone_table(len(plan.milestones)))
        self._rows = {
            table.sheet: {item.code: row for row, item in enumerate(items, table.first_row)}
            for table, items in (
                (self.indicators, plan.indicators),
                (self.goals, plan.goals),
                (self.milestones, plan.milestones),
            )
        }

    def as_built(self, table: SheetTable) -> SheetTable:
        """Return a table with the columns it has in a ledger of ``schema``."""
        return layout.as_built(table, self.schema)

    @cached_property
    def lookup(self) -> Lookup:
        """The row of 填报记录 for each item and period."""
        return Lookup(self.view.plans, self.view.records, self.view.decisions)

    @cached_property
    def _lines(self) -> dict[str, StatusLine]:
        return {line.item.code: line for line in self.view.lines}

    @property
    def plan_tables(self) -> tuple[SheetTable, SheetTable, SheetTable]:
        """The tables of the plan's three sheets."""
        return (self.indicators, self.goals, self.milestones)

    def set_item_rows(self, table: SheetTable, rows: Mapping[str, int]) -> None:
        """Set the row of each item on a sheet whose rows are not in the plan's order.

        Raises:
            LedgerError: an item has no row.
        """
        for code in self._rows[table.sheet]:
            if code not in rows:
                raise LedgerError(
                    f"“{table.sheet.value}”表里找不到“{code}”这一行。请撤销对它的删除或改动，"
                    "再试一次。"
                )
            self._rows[table.sheet][code] = rows[code]
        self._plan_sheets = None

    def items_of(self, table: SheetTable) -> tuple[Item, ...]:
        """Return the items of one of the plan's sheets."""
        plan = self.view.plan
        return {
            self.indicators.sheet: plan.indicators,
            self.goals.sheet: plan.goals,
            self.milestones.sheet: plan.milestones,
        }[table.sheet]

    def row_of(self, table: SheetTable, code: str) -> int:
        """Return an item's row, counted from 0."""
        return self._rows[table.sheet][code]

    def plan_sheets(self) -> tuple[tuple[SheetTable, dict[str, Row]], ...]:
        """Return the plan's three sheets, each with its rows by code."""
        if self._plan_sheets is None:
            plan = self.view.plan
            self._plan_sheets = (
                (self.indicators, {item.code: self._indicator(item) for item in plan.indicators}),
                (self.goals, {item.code: self._goal(item) for item in plan.goals}),
                (self.milestones, {item.code: self._milestone(item) for item in plan.milestones}),
            )
        return self._plan_sheets

    def written_cells(
        self, table: SheetTable, rows: Mapping[str, Row]
    ) -> dict[tuple[int, int], Cell]:
        """Return the cells of a table that a refresh writes.

        The others, 备注 and what is to the right of the table, belong to the people in the office;
        but a change of who reports, once it is adopted, is taken out of its cells.
        """
        return {
            (self.row_of(table, code), place): cells.get(column.header)
            for code, cells in rows.items()
            for place, column in enumerate(table.columns)
            if column.style is not Style.INPUT
            or (code in self.view.adopted and column.header in (CHANGE_TO, CHANGE_SINCE))
        }

    def frame_cells(self, table: SheetTable) -> dict[tuple[int, int], str]:
        """Return the texts around a plan sheet's table: title, subtitle, headers, legend."""
        plan, rules = self.view.plan, self.view.rules
        cells = {
            (table.header_row, place): column.header for place, column in enumerate(table.columns)
        }
        legend = texts.LEGEND + (texts.CONFIRMED_LEGEND if CONFIRMED in table.headers else "")
        return cells | {
            (0, 0): texts.sheet_title(plan, table.title),
            (1, 0): f"{plan.title} · {plan.version} 版 · {rules.name} {rules.version}",
            (table.last_row + 1, 0): legend,
        }

    def _indicator(self, indicator: Indicator) -> Row:
        line = self._lines.get(indicator.code)
        table = self.indicators
        row = self.row_of(table, indicator.code)
        cells: Row = {
            "领域": indicator.domain,
            NUMBER: indicator.number,
            ID: indicator.code,
            "指标": indicator.name,
            "计量单位": indicator.measure,
            "牵头单位": indicator.lead_agency,
            RESPONSIBLE: indicator.responsible_agency,
            NOTE: note_of(self.view.plan, indicator),
            EXPECTED: self._expected(indicator),
        }
        for year, target in indicator.targets.items():
            cells[f"{year}年"] = as_printed(target.printed)
        key = address(row, table.place(NUMBER))
        recorded = address(row, table.place(table.code_column))
        cells |= self._figures(table, row, recorded, indicator, line)
        if indicator.second_input in _OWN_PERIOD:
            cells[SECOND] = self._own_second(table, row, line)
        cells |= self._answers(table, row, key, line, base=f"{table.letter(SECOND)}{row + 1}")
        on_the_way = line is not None and line.rating.schedule_gap_pp is not None
        elapsed = self.elapsed() if on_the_way else NO_NUMBER
        cells[SCHEDULED] = Formula(
            f'IF(ISNUMBER({address(row, table.place(GAP))}),{Name.ELAPSED},"{NO_NUMBER}")', elapsed
        )
        return cells

    def _expected(self, indicator: Indicator) -> Cell:
        """Return the year end to expect, shown while the period is chosen that it was made for."""
        found = self.view.forecasts.get(indicator.code)
        if found is None:
            return None
        text = forecast_text(found)
        return Formula(f'IF({Name.PERIOD}="{self.view.period}","{text}","")', text)

    def _goal(self, goal: Goal) -> Row:
        table = self.goals
        row = self.row_of(table, goal.code)
        cells: Row = {
            "领域": goal.domain,
            "编号": goal.code,
            "任务目标": goal.name,
            "出处": goal.clause,
            "计量单位": goal.measure,
            "牵头单位": goal.lead_agency,
            RESPONSIBLE: goal.responsible_agency,
            "目标": as_printed(goal.target.printed),
            "完成年度": goal.deadline_year,
            "频次": goal.frequency.label,
            NOTE: note_of(self.view.plan, goal),
        }
        repeated = None if goal.repeats is None else self.view.plan.item(goal.repeats)
        if isinstance(repeated, Indicator):
            return cells | self._repeated(repeated)
        line = self._lines.get(goal.code)
        key = address(row, table.place("编号"))
        cells |= self._figures(table, row, key, goal, line)
        if goal.second_input in _OWN_PERIOD:
            cells[BASELINE] = None
            cells[SECOND] = self._own_second(table, row, line)
            base = f"{table.letter(SECOND)}{row + 1}"
        else:
            cells[BASELINE] = goal.baseline if line is None else line.second
            cells[SECOND] = None
            base = f"{table.letter(BASELINE)}{row + 1}"
        return cells | self._answers(table, row, key, line, base=base)

    def _repeated(self, indicator: Indicator) -> Row:
        """Return the cells of a goal that repeats an indicator: references to the indicator's."""
        row = self.row_of(self.indicators, indicator.code)
        shown = self._indicator(indicator)
        cells: Row = {BASELINE: None}
        for header in (ACTUAL, PREVIOUS, SECOND, RATE, GAP, LAMP, REASON, CONFIRMED):
            cell = shown.get(header)
            if isinstance(cell, Formula):
                place = f"${self.indicators.letter(header)}${row + 1}"
                cells[header] = Formula(f"{self.indicators.sheet.value}!{place}", cell.value)
        return cells

    def _milestone(self, milestone: Milestone) -> Row:
        table = self.milestones
        row = self.row_of(table, milestone.code)
        line = self._lines.get(milestone.code)
        key = address(row, table.place("编号"))
        arguments = f"{key},{Name.PERIOD},{address(row, table.place(PROGRESS))}"
        found = look_up(Name.VALUES, address(row, table.place(LOCATOR)))
        return {
            "领域": milestone.domain,
            "编号": milestone.code,
            "里程碑": milestone.name,
            "出处": milestone.clause,
            "牵头单位": milestone.lead_agency,
            RESPONSIBLE: milestone.responsible_agency,
            "完成时限": f"{milestone.due.year}年底",
            PROGRESS: Formula(self._or_repeated(milestone, found), _rated(line)),
            LAMP: Formula(f"QYX_STATUS({arguments})", _status(line)),
            REASON: Formula(f"QYX_EXPLAIN({arguments})", _explain(line)),
            NOTE: note_of(self.view.plan, milestone),
            LOCATOR: Formula(
                milestone_locator(key), self.lookup.milestone(milestone, self.view.period)
            ),
        }

    def _or_repeated(self, milestone: Milestone, found: str) -> str:
        """Return the formula of a milestone's progress; ``found`` is the formula of the reported.

        A milestone that repeats indicators and is not reported is done when all their lamps are
        green.
        """
        if not milestone.repeats:
            return found
        lamp = self.indicators.letter(LAMP)
        rows = [self.row_of(self.indicators, code) + 1 for code in milestone.repeats]
        green = ",".join(
            f'{self.indicators.sheet.value}!${lamp}${row}="{Light.GREEN.word}"' for row in rows
        )
        return f'IF(AND({found}="",{green}),"{Word.DONE}",{found})'

    def _figures(
        self, table: SheetTable, row: int, key: str, item: Indicator | Goal, line: StatusLine | None
    ) -> Row:
        """Return the cells looked up in 填报记录: the period's figure and last year's last."""
        dated = milestone_due(item) is not None
        period = self.view.period
        found = self.lookup.milestone(item, period) if dated else self.lookup.at(item, period)
        place = address(row, table.place(LOCATOR))
        cells: Row = {}
        if self._confirms:
            confirmed = self.lookup.confirmed[found - 1] if isinstance(found, int) else ""
            cells[CONFIRMED] = Formula(look_up(Name.CONFIRMATIONS, place), confirmed)
        return cells | {
            LOCATOR: Formula(milestone_locator(key) if dated else locator(key), found),
            PREVIOUS_LOCATOR: Formula(
                previous_locator(key), self.lookup.year_end(item, period.year - 1)
            ),
            ACTUAL: Formula(look_up(Name.VALUES, place), _rated(line)),
            PREVIOUS: Formula(
                look_up_number(Name.VALUES, address(row, table.place(PREVIOUS_LOCATOR))),
                "" if line is None or line.previous is None else line.previous,
            ),
        }

    def _own_second(self, table: SheetTable, row: int, line: StatusLine | None) -> Formula:
        place = address(row, table.place(LOCATOR))
        second = None if line is None else line.second
        return Formula(look_up(Name.SECONDS, place), "" if second is None else second)

    def _answers(
        self, table: SheetTable, row: int, key: str, line: StatusLine | None, *, base: str
    ) -> Row:
        """Return the cells with our functions over a row, each with its present value."""
        actual, previous = (address(row, table.place(header)) for header in (ACTUAL, PREVIOUS))
        if self.schema == LEDGER_SCHEMA:
            # As texts: LibreOffice hands a blank cell to a function as 0.
            previous, base = f'{previous}&""', f'{base}&""'
        arguments = f"{key},{Name.PERIOD},{actual},{previous},{base}"
        if self._confirms:
            arguments += f",{address(row, table.place(CONFIRMED))}"
        rating = None if line is None else line.rating
        return {
            RATE: Formula(
                f"QYX_RATE({arguments})", NO_NUMBER if rating is None else rate_answer(rating)
            ),
            GAP: Formula(
                f"QYX_GAP({arguments})", NO_NUMBER if rating is None else gap_answer(rating)
            ),
            LAMP: Formula(f"QYX_STATUS({arguments})", _status(line)),
            REASON: Formula(f"QYX_EXPLAIN({arguments})", _explain(line)),
        }

    def elapsed(self) -> Decimal:
        """Return the share of the year that has elapsed at the period's end."""
        share = share_of_year(self.view.period, self.view.rules)
        return Decimal(share.numerator) / Decimal(share.denominator)


def note_of(plan: Plan, item: Item) -> str | None:
    """Return what stands in an item's 备注 until people write something else there."""
    repeated: tuple[str, ...] = ()
    is_open = False
    match item:
        case Milestone():
            repeated = item.repeats
        case Goal():
            is_open = item.target.to_confirm
            repeated = () if item.repeats is None else (item.repeats,)
        case Indicator():
            is_open = item.to_confirm
    others = [plan.item(code) for code in repeated]
    named = [f"{_SAME_AS}{other.printed_code}" for other in others if isinstance(other, Indicator)]
    return "、".join(named) or (TO_CONFIRM if is_open else None)


def is_our_note(text: str) -> bool:
    """Whether a text in 备注 is the program's own, for this plan or for another one."""
    return text == TO_CONFIRM or _OUR_NOTE.fullmatch(text) is not None


def merged_targets(cells: Mapping[str, Cell], years: Iterable[int]) -> tuple[tuple[str, int], ...]:
    """Return the targets of an unconfirmed item that are shown together.

    A long text that is the same in neighbouring years is written once, into merged cells. Each of
    the others is alone.

    Returns:
        the header of the first year, and the number of years, of each.
    """
    headers = [f"{year}年" for year in years]
    shown: list[tuple[str, int]] = []
    for text, same in groupby(headers, cells.get):
        run = list(same)
        if isinstance(text, str) and len(text) > _TEXT_OF_LONG_TARGET:
            shown.append((run[0], len(run)))
        elif text is not None:
            shown += [(header, 1) for header in run]
    return tuple(shown) or (("目标", 1),)


def as_printed(text: str) -> Value:
    """Return a printed target, as a number if Excel displays that number exactly as printed."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() and text == format(number.normalize(), "f") else text


def _rated(line: StatusLine | None) -> Value:
    """Return the rated value as 填报记录 holds it; "" if there is no line."""
    if line is None:
        return ""
    return value_of(line.rating.actual)


def _status(line: StatusLine | None) -> str:
    return Light.GREY.word if line is None else status_answer(line.rating)


def _explain(line: StatusLine | None) -> str:
    return "" if line is None else explain_answer(line.rating)
