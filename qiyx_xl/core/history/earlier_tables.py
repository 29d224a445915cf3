"""Which figures of earlier years a progress table holds: item, period, value, place.

Nothing is taken silently: a figure whose item, period or value is not certain is kept with its
doubt, for a person to decide, and a row that is no item of the plan is listed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.forms.cell_parser import read_cell
from qiyx_xl.core.forms.item_names import may_be_sum
from qiyx_xl.core.forms.stated_periods import mentions, read_span
from qiyx_xl.core.history.earlier_names import ItemNames, NameMatch
from qiyx_xl.core.plan.importing.source import is_note, is_page_number, is_rule, squeeze
from qiyx_xl.core.plan.importing.tables.headings import Columns, Kind, columns_of
from qiyx_xl.core.plan.importing.tables.loose_lines import tables_in_lines
from qiyx_xl.core.plan.importing.tables.rows import aligned_row
from qiyx_xl.core.plan.importing.tables.values import is_missing, looks_like_name
from qiyx_xl.core.plan.model import Frequency
from qiyx_xl.core.plan.target_text import convert
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, spell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.plan.importing.source import SourceText, Table
    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.plan.timeline import Plans

_NOT_DONE = re.compile(
    r"目标|计划|任务|完成率|增幅|增速|同比|排名|进度|是否|备注|说明|属性|单位|责任|牵头|差距|得分|序时|状态"
)
_DONE = re.compile(
    r"(?:预计|实际|累计|已)?(?:完成|实际|实绩|达到|执行|进展|现状|统计|上报|填报)(?:值|数|情况|量)?"
    r"|基期(?:值|数)?|累计(?:值|数)?|数值|值$"
)
_TELLS_RESULTS = re.compile(r"完成|实际|实绩|进展|进度|执行|现状|监测|统计")
_MEASURE_AT_END = re.compile(r"[(（]([^()（）]{1,20})[)）]$")
_ROWS_OF_HEAD = 15
_ROWS_AFTER = 3000


@dataclass(frozen=True, slots=True)
class EarlierFigure:
    """One figure as an earlier table prints it, and what it is taken for.

    ``row`` and ``column`` count from 0. ``is_taken``: proposed to be adopted as it is.
    """

    item: Item
    period: Period
    value: str
    agency: str
    printed_name: str
    as_written: str
    how: str
    doubts: tuple[str, ...]
    sheet: str
    row: int
    column: int
    is_taken: bool


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    """A row that was not taken for an item of the plan, and why."""

    sheet: str
    row: int
    text: str
    reason: str


@dataclass(slots=True)
class EarlierReading:
    """What one document holds of earlier figures."""

    figures: list[EarlierFigure] = field(default_factory=list)
    unmatched: list[UnmatchedRow] = field(default_factory=list)
    tables: int = 0


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a progress table begins, and its columns of values by period."""

    below: int
    columns: Columns
    periods: Mapping[int, Period]
    is_bare: frozenset[int]


def read_earlier(source: SourceText, plans: Plans, names: ItemNames) -> EarlierReading:
    """Read the figures of all progress tables of a document."""
    reading = EarlierReading()
    tables = source.tables
    if not any(_find_head(table, source) for table in tables):
        tables = tuple(tables_in_lines(source)) or tables
    for table in tables:
        head = _find_head(table, source)
        if head is not None:
            reading.tables += 1
            _read_rows(table, head, plans, names, reading)
    reading.figures = _without_doubles(reading.figures)
    return reading


# --- which columns are values of which period ----------------------------------------------------


def _find_head(table: Table, source: SourceText) -> _Head | None:
    for index, row in enumerate(table.rows[:_ROWS_OF_HEAD]):
        columns = columns_of(row)
        if Kind.NAME not in columns.at:
            continue
        cells, height = list(map(squeeze, row)), 1
        if index + 1 < len(table.rows) and _is_second(table.rows[index + 1], columns):
            below = list(map(squeeze, table.rows[index + 1]))
            below += [""] * (len(cells) - len(below))
            cells = [
                high if high == low else high + low
                for high, low in zip(cells, below[: len(cells)], strict=True)
            ]
            height = 2
        said = _period_said(table, index, source)
        is_result = _is_result(table, index, source, cells)
        periods, bare = {}, set()
        for place, text in enumerate(cells):
            period = None if place in columns.at.values() else value_period(text, said)
            if period is not None:
                periods[place] = period
                if not is_result and not _DONE.search(text):
                    bare.add(place)
        if periods:
            shown = replace(columns, years=dict(enumerate(periods)), baselines={}, width=len(cells))
            return _Head(index + height, shown, periods, frozenset(bare))
    return None


def _is_second(row: Sequence[str], columns: Columns) -> bool:
    """Whether a row is the lower half of a header: 目标值, 完成值 below the years."""
    name = columns.at[Kind.NAME]
    own = squeeze(row[name]) if name < len(row) else ""
    texts = [squeeze(cell) for cell in row if squeeze(cell)]
    is_head = not own or Kind.NAME in columns_of([own]).at
    return is_head and any(_DONE.search(text) or _NOT_DONE.search(text) for text in texts)


def _period_said(table: Table, index: int, source: SourceText) -> Period | None:
    """Return the period that the table's title, its sheet or the document names."""
    above = [cell for row in table.rows[:index] for cell in row if cell]
    for text in [*above, table.where, source.name, *source.paragraphs[:3]]:
        for mention in mentions(squeeze(text)[:200]):
            span = read_span(mention)
            if span is not None and span.period is not None:
                return span.period
    return None


def _is_result(table: Table, index: int, source: SourceText, cells: Sequence[str]) -> bool:
    """Whether the table says that it tells results, so that a bare year is no target."""
    above = [cell for row in table.rows[:index] for cell in row]
    said = " ".join([*above, table.where, source.name, *source.paragraphs[:3]])
    return _TELLS_RESULTS.search(said) is not None or any(map(_DONE.search, cells))


def value_period(text: str, said: Period | None) -> Period | None:
    """Return the period of the values below a header; None if they are no values.

    Args:
        text: the header, such as ``2024年完成值``, ``三季度``, ``截至9月底``, ``完成值``.
        said: the period that the title names, which completes a header without a year.
    """
    if not text or _NOT_DONE.search(text):
        return None
    rest = _DONE.sub("", text).strip("()（）")
    if not rest:
        return said if _DONE.search(text) else None
    span = read_span(rest)
    if span is None:
        return None
    if span.year is None:
        span = None if said is None else replace(span, year=said.year)
    return None if span is None else span.period


def period_of_item(period: Period, item: Item) -> Period:
    """Return the period under which an item's figure of these months is recorded."""
    if item.frequency is Frequency.YEARLY and period.is_year_end:
        return Period.of_year(period.year)
    if item.frequency is Frequency.MONTHLY:
        return Period.of_month(period.year, period.end_month)
    if period.is_quarter_end:
        return Period.of_quarter(period.year, period.end_month // 3)
    return period


# --- the rows --------------------------------------------------------------------------------


def _read_rows(
    table: Table, head: _Head, plans: Plans, names: ItemNames, reading: EarlierReading
) -> None:
    for index in range(head.below, min(len(table.rows), head.below + _ROWS_AFTER)):
        cells = [cell.strip() for cell in table.rows[index]]
        if not any(cells) or is_rule(cells) or is_note(cells) or is_page_number(cells):
            continue
        if Kind.NAME in columns_of(cells).at or len(set(filter(None, cells))) == 1:
            continue  # the header again, or a row that only names a domain
        aligned = aligned_row(cells, head.columns, spread=table.spread)
        if aligned is None:
            reading.unmatched.append(_unmatched(table, index, cells, "没有读成一项"))
            continue
        _read_row(table, index, aligned, head, plans, names, reading)


def _unmatched(table: Table, index: int, cells: Sequence[str], reason: str) -> UnmatchedRow:
    text = " | ".join(dict.fromkeys(filter(None, cells)))
    return UnmatchedRow(table.sheet or table.where, index, text[:120], reason)


def _read_row(
    table: Table,
    index: int,
    cells: Sequence[str],
    head: _Head,
    plans: Plans,
    names: ItemNames,
    reading: EarlierReading,
) -> None:
    name = cells[head.columns.at[Kind.NAME]]
    if may_be_sum(name) or not looks_like_name(name):
        reading.unmatched.append(_unmatched(table, index, cells, "合计行，或没有名称"))
        return
    number_at = head.columns.at.get(Kind.NUMBER)
    number = "" if number_at is None else squeeze(cells[number_at]).rstrip(".、")
    found = names.match(name, number)
    if not isinstance(found, NameMatch):
        like = "；像是" + "，还是".join(f"“{item.name}”" for item in found) if found else ""
        reading.unmatched.append(_unmatched(table, index, cells, f"没有对上方案里的项{like}"))
        return
    measure = _measure(cells, name, head)
    shift = _shift(table.rows[index], cells)
    for place, period in head.periods.items():
        if not is_missing(cells[place]):
            figure = _figure(found, period, cells[place], measure, plans)
            doubts = figure.doubts
            if place in head.is_bare:
                doubts = (*doubts, "表头只有年份，不知道是目标还是完成数")
            reading.figures.append(
                replace(
                    figure, printed_name=name, doubts=doubts, sheet=table.sheet or table.where,
                    row=index, column=place - shift, is_taken=figure.is_taken and not doubts,
                )
            )  # fmt: skip


def _shift(row: Sequence[str], aligned: Sequence[str]) -> int:
    """Return by how many columns a row was moved to the right to be aligned."""
    first = next((k for k, cell in enumerate(row) if cell.strip()), 0)
    moved = next((k for k, cell in enumerate(aligned) if cell), 0)
    return max(0, moved - first)


def _measure(cells: Sequence[str], name: str, head: _Head) -> str:
    own = head.columns.at.get(Kind.MEASURE)
    if own is not None and cells[own]:
        return squeeze(cells[own])
    found = _MEASURE_AT_END.search(name)
    return "" if found is None else squeeze(found[1])


def _figure(
    match: NameMatch, period: Period, text: str, measure: str, plans: Plans
) -> EarlierFigure:
    item = match.item
    own = period_of_item(period, item)
    plan = plans.at(own)
    doubts = [] if match.is_sure else [match.how]
    if own.year not in plan.years:
        doubts.append(f"{own.year}年不在规划期内")
    value, about = _value(text, item, measure)
    doubts += about
    return EarlierFigure(
        item=item, period=own, value=value, agency=item.reporting_agency, printed_name="",
        as_written=text, how=match.how, doubts=tuple(doubts), sheet="", row=0, column=0,
        is_taken=bool(value),
    )  # fmt: skip


def _value(text: str, item: Item, measure: str) -> tuple[str, list[str]]:
    """Return a cell's value in the item's measure, and what is in doubt about it."""
    cell = Cell(value=text)
    parsed = read_cell(cell, item)
    finding = parsed.finding(cell, "", "完成值", item.measure)
    if finding is not None and finding.severity is Severity.ERROR:
        return "", [finding.message]
    if parsed.value is Absence.NOT_REPORTED:
        return "", ["没有读出数"]
    # What was only typed otherwise (a percent sign, full-width digits) is understood all the same.
    is_doubtful = finding is not None and not parsed.notes
    value, doubts = parsed.value, [finding.message] if finding is not None and is_doubtful else []
    if measure and measure != squeeze(item.measure) and isinstance(value, Decimal):
        changed = convert(value, measure, item.measure)
        if changed is None:
            doubts.append(f"表里的单位是“{measure}”，方案里是“{item.measure}”")
        elif changed != value:
            doubts.append(f"表里的单位是“{measure}”，已换算成“{item.measure}”")
            value = changed
    return spell(value), doubts


def _without_doubles(figures: Sequence[EarlierFigure]) -> list[EarlierFigure]:
    """Doubt figures that stand twice for the same item and period."""
    counts = Counter((one.item.code, one.period) for one in figures)
    values: dict[tuple[str, Period], set[str]] = {}
    for one in figures:
        values.setdefault((one.item.code, one.period), set()).add(one.value)
    out: list[EarlierFigure] = []
    seen: set[tuple[str, Period]] = set()
    for one in figures:
        key = (one.item.code, one.period)
        if counts[key] > 1 and len(values[key]) > 1:
            out.append(_doubted(one, "同一项同一期有不同的数"))
        elif key in seen:
            out.append(_doubted(one, "同一项同一期写了两次"))
        else:
            out.append(one)
        seen.add(key)
    return out


def _doubted(one: EarlierFigure, doubt: str) -> EarlierFigure:
    return replace(one, doubts=(*one.doubts, doubt), is_taken=False)
