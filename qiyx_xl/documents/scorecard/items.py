"""How the 晾晒榜 lists single items, their figures over the years, all facts, and the projects."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.project_list import LIVELIHOOD_TITLE, PROJECT_TASK_FORCE
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.documents.scorecard.charts import sparkline
from qiyx_xl.documents.scorecard.facts import INDICATOR, MILESTONE, NOTHING, Fact, actual_text
from qiyx_xl.documents.scorecard.views import draw_nothing
from qiyx_xl.documents.style.web_page import safe
from qiyx_xl.documents.style.workbook import (
    PaperBook,
    fit_row,
    set_widths,
    write_header,
    write_heading,
    write_note,
    write_text,
)
from qiyx_xl.papers.bulletin.project_passages import project_tables
from qiyx_xl.papers.bulletin.task_passages import task_tables
from qiyx_xl.papers.phrases import change_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.papers.edition import Edition, Snapshot
    from qiyx_xl.papers.phrases import Table

POINTS = "+0.0;-0.0;0.0"
_MOST_PERIODS = 12
_LEFT_COLUMNS = frozenset({"指标", "任务目标", "里程碑", "填报单位", "说明", "名称", "单位"})

_ITEM_COLUMNS = {
    "编号": 10.0,
    "{kind}": 33.0,
    "领域": 10.0,
    "填报单位": 14.0,
    "计量单位": 10.0,
    "实际值": 12.0,
    "目标": 14.0,
    "完成率": 9.0,
    "序时差\n（百分点）": 10.0,
    "灯": 13.0,
    "说明": 36.0,
}
_MILESTONE_COLUMNS = {
    "编号": 9.0,
    "里程碑": 50.0,
    "领域": 11.0,
    "填报单位": 18.0,
    "进展": 12.0,
    "灯": 13.0,
    "说明": 52.0,
}
_TREND, _TREND_WIDTH = "走势", 16.0
EXPECTED, _EXPECTED_WIDTH = "预计年底", 12.0
_FACT_COLUMNS = {
    "类别": 11.0,
    "编号": 10.0,
    "名称": 40.0,
    "领域": 10.0,
    "单位": 18.0,
    "层级": 7.0,
    "计量单位": 10.0,
    "频率": 7.0,
    "实际值": 12.0,
    "目标": 16.0,
    "完成率": 9.0,
    "时间进度": 9.0,
    "序时差": 9.0,
    "灯": 6.0,
    "状态": 10.0,
    "超额待核": 9.0,
    "应报": 6.0,
    "未报": 6.0,
}
_SHAPES = {"完成率": "0.0%", "时间进度": "0.0%", "序时差": POINTS, "序时差\n（百分点）": POINTS}

Value = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Trend:
    """An indicator's figures over the years, with their sheet, row, first and last column."""

    sheet: str
    row: int
    columns: tuple[int, int]
    numbers: tuple[Decimal, ...]


def draw_items(
    sheet: Any,
    book: PaperBook,
    edition: Edition,
    kind: str,
    items: Sequence[Fact],
    trends: Mapping[str, Trend],
) -> None:
    """Draw one row per item: reported value, target, 完成率, lamp and reason.

    ``trends`` are the indicators' figures over the years, by code, for the sparklines.
    """
    columns = dict(_MILESTONE_COLUMNS) if kind == MILESTONE else dict(_ITEM_COLUMNS)
    columns = {name.format(kind=kind): width for name, width in columns.items()}
    foreseen = any(fact.expected for fact in items)
    if foreseen:
        columns[EXPECTED] = _EXPECTED_WIDTH
    if kind == INDICATOR:
        columns[_TREND] = _TREND_WIDTH
    origin = f"共 {len(items)} 项"
    if kind != MILESTONE:
        origin += "。目标照方案原文；序时差为正数是超前，负数是滞后"
    if foreseen:
        origin += "；预计年底按近期或上年同期走势推算，不计入得分"
    with_header = _Grid(sheet, book, edition, columns, origin)
    for fact in items:
        trend = trends.get(fact.code) if kind == INDICATOR else None
        values = _item_values(fact, kind) | {_TREND: "" if trend else NOTHING}
        with_header.add(values, fact)
        if trend is not None:
            line = sparkline(trend.sheet, trend.row, trend.columns, trend.numbers)
            sheet.add_sparkline(with_header.row, len(columns) - 1, line)
    with_header.finish(f"方案里没有{kind}。")


def draw_trends(sheet: Any, book: PaperBook, edition: Edition) -> dict[str, Trend]:
    """Draw each indicator's targets and figures over the years.

    Returns:
        The trends by code, of the indicators that have two or more figures.
    """
    years, periods = edition.plan.years, _periods(edition)
    columns = {"编号": 8.0, "指标": 34.0, "计量单位": 10.0}
    columns |= {f"{year}年\n目标": 13.0 for year in years}
    columns |= {f"{snapshot.period.label}\n实际": 13.0 for snapshot in periods}
    origin = "往年看年末，本年看各期；已封账的取封账时的数"
    grid = _Grid(sheet, book, edition, columns, origin)
    found = {}
    for line in edition.indicators:
        item: Any = line.item
        targets = [item.targets.get(year) for year in years]
        actuals = [_number_in(snapshot, item.code) for snapshot in periods]
        values: list[Value] = [item.printed_code, item.name, item.measure]
        values += [NOTHING if target is None else target.printed for target in targets]
        values += actuals
        grid.add(dict(zip(columns, values, strict=True)))
        numbers = tuple(actual for actual in actuals if actual is not None)
        if len(numbers) > 1:
            last = len(columns) - 1
            span = (last + 1 - len(periods), last)
            found[item.code] = Trend(sheet.get_name(), grid.row, span, numbers)
    grid.finish("方案里没有指标。", filtered=False)
    return found


def draw_facts(sheet: Any, book: PaperBook, edition: Edition, table: Sequence[Fact]) -> None:
    """Draw the table of facts, of which all other tables are views."""
    origin = "一行一项，前面各表都由这张表汇总；序时差的单位是百分点"
    grid = _Grid(sheet, book, edition, _FACT_COLUMNS, origin)
    for fact in table:
        cells: tuple[Value, ...] = (
            *(fact.kind, fact.printed, fact.name, fact.domain, fact.agency, fact.level),
            *(fact.measure, fact.frequency, fact.actual, fact.target),
            *(fact.rate, fact.scheduled, fact.gap, fact.light.word, fact.state),
            *("是" if fact.review else "", fact.due, fact.missing),
        )
        grid.add(dict(zip(_FACT_COLUMNS, cells, strict=True)))
    grid.finish("方案里没有指标。")


class _Grid:
    """A table that is drawn row by row: heading, header, rows whose height fits their texts."""

    def __init__(
        self, sheet: Any, book: PaperBook, edition: Edition, columns: dict[str, float], origin: str
    ) -> None:
        self.sheet, self.book, self.columns = sheet, book, columns
        self.widths = list(columns.values())
        set_widths(sheet, self.widths)
        title = f"{edition.period.label}晾晒榜（{sheet.get_name()}）"
        self.header = self.row = write_heading(sheet, book, self.widths, title, origin)
        write_header(sheet, book, self.row, self.widths, list(columns))

    def add(self, values: Mapping[str, Value], fact: Fact | None = None) -> None:
        """Draw the next row; the lamp of ``fact`` colours the cell 灯."""
        self.row += 1
        texts = []
        for column, name in enumerate(self.columns):
            value = values[name]
            if name == "灯" and fact is not None:
                self.sheet.write_string(self.row, column, fact.lamp, self.book.lamp(fact.light))
                texts.append(fact.lamp)
            elif name == EXPECTED and fact is not None and fact.expected_light is not None:
                shape = self.book.lamp(fact.expected_light)
                self.sheet.write_string(self.row, column, fact.expected, shape)
                texts.append(fact.expected)
            else:
                texts.append(self._cell(column, name, value))
        fit_row(self.sheet, self.row, texts, self.widths, 23)

    def _cell(self, column: int, name: str, value: Value) -> str:
        """Write a cell, and return the text for which its row must be high enough."""
        if value is None:
            self.sheet.write_blank(self.row, column, None, self.book.cell("center"))
            return ""
        if isinstance(value, str):
            align = "left" if name in _LEFT_COLUMNS else "center"
            return write_text(self.sheet, self.book, self.row, column, value, align)
        shape = self.book.cell("center", num_format=_SHAPES.get(name, "General"))
        self.sheet.write_number(self.row, column, float(value), shape)
        return ""

    def finish(self, nothing: str, *, filtered: bool = True) -> None:
        """Set filter, frozen panes and print area; write ``nothing`` if the table has no row."""
        last = len(self.columns) - 1
        empty = self.row == self.header
        if empty:
            self.row += 1
            draw_nothing(self.sheet, self.book, self.row, last + 1, nothing)
        elif filtered:
            self.sheet.autofilter(self.header, 0, self.row, last)
        self.sheet.freeze_panes(self.header + 1, 2)
        self.sheet.repeat_rows(self.header)
        self.sheet.print_area(0, 0, self.row, last)


def _item_values(fact: Fact, kind: str) -> dict[str, Value]:
    return {
        "编号": int(fact.printed) if kind == INDICATOR else fact.printed,
        kind: fact.name,
        "领域": fact.domain,
        "填报单位": fact.agency,
        "计量单位": fact.measure,
        "实际值": fact.actual if isinstance(fact.actual, Decimal) else actual_text(fact.actual),
        "进展": actual_text(fact.actual),
        "目标": fact.target or NOTHING,
        "完成率": fact.rate_text if fact.rate is None else fact.rate,
        "序时差\n（百分点）": NOTHING if fact.gap is None else fact.gap,
        "灯": fact.lamp,
        EXPECTED: fact.expected or NOTHING,
        "说明": f"{fact.said}；超额待核" if fact.review else fact.said,
    }


def _periods(edition: Edition) -> list[Snapshot]:
    """Return earlier years' ends and this year's periods, at most the last 12 of them."""
    year = edition.period.year
    wanted = [
        snapshot
        for snapshot in edition.history
        if snapshot.period.is_year_end or snapshot.period.year == year
    ]
    return wanted[-_MOST_PERIODS:]


def _number_in(snapshot: Snapshot, code: str) -> Decimal | None:
    line = snapshot.line(code)
    actual = None if line is None else line.rating.actual
    return actual if isinstance(actual, Decimal) else None


# --- 重大项目 and 民生实事 in the 晾晒榜: a sheet and a section for each list of the office -------

_WHOLE_WIDTH = 150.0  # column-width units that fit on an A4 page in landscape
_LIGHTS = {light.word: light for light in Light}


def project_lists(edition: Edition) -> dict[str, Table]:
    """Return the lists beside the items by the name of their sheet: projects, then tasks."""
    names = [
        name
        for name, lines in (
            (PROJECT_TASK_FORCE, edition.projects.projects),
            (LIVELIHOOD_TITLE, edition.projects.livelihood),
        )
        if lines
    ]
    return dict(zip(names, project_tables(edition), strict=True)) | task_tables(edition)


def draw_project_list(sheet: Any, book: PaperBook, edition: Edition, table: Table) -> None:
    """Draw a list on an empty sheet."""
    share = _WHOLE_WIDTH / sum(table.widths)
    widths = [width * share for width in table.widths]
    set_widths(sheet, widths)
    origin = _origin(edition, sheet.get_name())
    row = header = write_heading(sheet, book, widths, table.caption, origin)
    write_header(sheet, book, row, widths, table.header)
    for texts in table.rows:
        row += 1
        for column, text in enumerate(texts):
            light = _light(table, column, text)
            if light is not None:
                sheet.write_string(row, column, text, book.lamp(light))
            else:
                align = "left" if column in table.left else "center"
                write_text(sheet, book, row, column, text, align)
        fit_row(sheet, row, texts, widths, 23)
    if table.note:
        row += 1
        write_note(sheet, book, row, widths, table.note)
    sheet.freeze_panes(header + 1, 2)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, row, len(widths) - 1)


def project_sections(edition: Edition) -> list[str]:
    """Return the office's lists as sections of the page."""
    sections = []
    for name, table in project_lists(edition).items():
        heads = "".join(f'<th scope="col">{safe(head)}</th>' for head in table.header)
        origin = _origin(edition, name)
        sections += [
            f"<section><h2>{safe(name)}</h2>",
            f"<p>{safe(origin)}</p>" if origin else "",
            f"<table><thead><tr>{heads}</tr></thead>",
            "<tbody>",
            *(f"<tr>{''.join(_cells(table, texts))}</tr>" for texts in table.rows),
            "</tbody></table>",
            f'<p class="legend">{safe(table.note)}</p></section>',
        ]
    return sections


def _cells(table: Table, texts: tuple[str, ...]) -> list[str]:
    cells = []
    for column, text in enumerate(texts):
        light = _light(table, column, text)
        if light is not None:
            cells.append(f'<td class="c"><span class="tag {light.value}">{safe(text)}</span></td>')
        else:
            kind = "" if column in table.left else ' class="w"'
            cells.append(f"<td{kind}>{safe(text)}</td>")
    return cells


def _light(table: Table, column: int, text: str) -> Light | None:
    return _LIGHTS.get(text[:1]) if column == table.lamp_column else None


def _origin(edition: Edition, name: str) -> str:
    """Return the line under the title of 重大项目: lamps, score and rank of its task force.

    "" for 民生实事, which has no task force.
    """
    if name != PROJECT_TASK_FORCE:
        return ""
    force = edition.task_forces[-1]
    counts = (force.green, force.amber, force.red, force.grey)
    lamps = "、".join(f"{light.word} {n} 个" for light, n in zip(Light, counts, strict=True))
    rank = f"，在 {len(edition.task_forces)} 个专项组中排第 {force.rank}" if force.rank else ""
    change = edition.task_force_change(force)
    if change is not None:
        rank += f"，排名升降 {change_text(change)}"
    return f"{name}专项组：总灯{force.light.word}，{lamps}，得分 {force.score_text}{rank}"
