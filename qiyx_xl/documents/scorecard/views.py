"""How the three views of the 晾晒榜 are drawn, each with charts and a table, and 报送情况."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import parts_of
from qiyx_xl.documents.scorecard.charts import (
    ROW_PIXELS,
    SHOWN_AT_MOST,
    chart_height,
    lamp_chart,
    pixels,
    score_chart,
)
from qiyx_xl.documents.scorecard.facts import NOTHING, ScorecardRow, headline, view_name
from qiyx_xl.documents.style.theme import QUIET_INK
from qiyx_xl.documents.style.workbook import (
    PaperBook,
    fit_row,
    set_widths,
    write_header,
    write_heading,
    write_note,
    write_text,
)
from qiyx_xl.files.palette import LAMP_INKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.papers.edition import Edition

_COLUMNS = (
    ("排名", 7.0),
    ("{view}", 20.0),
    ("{beside}", 16.0),
    ("总灯", 8.0),
    *((light.word, 7.0) for light in Light),
    ("合计", 7.0),
    ("晾晒得分", 10.0),
    ("平均完成率", 11.0),
    ("填报率", 10.0),
    ("排名升降", 10.0),
    ("备注", 36.0),
)
_BESIDE = {"domain": "牵头单位", "level": "单位数"}
_NAME, _LAMP, _FIRST_COUNT, _SCORE, _CHANGE, _NOTE = 1, 3, 4, 9, 12, 13
_COUNTS = ("green", "amber", "red", "grey", "total")
_LEFT_CHART = 9  # number of columns that the left chart covers, if there are two
_CHANGE_INKS = {1: LAMP_INKS[Light.GREEN], -1: LAMP_INKS[Light.RED], 0: QUIET_INK}

_REPORTING = (
    ("层级", 9.0),
    ("单位", 26.0),
    ("应报", 9.0),
    ("已报", 9.0),
    ("未报", 9.0),
    ("报送率", 10.0),
    ("说明", 40.0),
)


@dataclass(frozen=True, slots=True)
class ViewTable:
    """A view's table on its sheet; the charts refer to its rows.

    ``first`` is the first row below the header, counted from 0.
    """

    sheet: str
    first: int
    lines: tuple[ScorecardRow, ...]

    @property
    def scored(self) -> int:
        """The number of ranked rows. They are the first rows, and all have a score."""
        return sum(line.group.rank is not None for line in self.lines)

    def lamps(self, book: PaperBook) -> Any:
        """Return a chart of the lamps."""
        last = self.first + min(len(self.lines), SHOWN_AT_MOST) - 1
        counts = {light.word: _FIRST_COUNT + place for place, light in enumerate(Light)}
        return lamp_chart(book.book, self.sheet, (self.first, last), {"name": _NAME} | counts)

    def scores(self, book: PaperBook, at_most: int = SHOWN_AT_MOST) -> Any:
        """Return a chart of the scores of the ranked rows, of which there must be at least one."""
        bars = min(self.scored, at_most)
        title = "晾晒得分" if bars == self.scored else f"晾晒得分（前 {bars} 名）"
        rows = (self.first, self.first + bars - 1)
        return score_chart(book.book, self.sheet, rows, (_NAME, _SCORE), title)


def draw_view(
    sheet: Any,
    book: PaperBook,
    edition: Edition,
    view: str,
    lines: tuple[ScorecardRow, ...],
    origin: str = "",
) -> ViewTable:
    """Draw the charts and the table of a view on an empty sheet.

    Args:
        sheet: the sheet.
        book: its workbook.
        edition: what is shown.
        view: one of the three views, or a level.
        lines: the view's rows.
        origin: the line under the title, if not the headline of the indicators.
    """
    name = sheet.get_name()
    words = {"view": view_name(view), "beside": _BESIDE.get(view, "层级")}
    names = [column.format(**words) for column, _ in _COLUMNS]
    widths = [width for _, width in _COLUMNS]
    set_widths(sheet, widths)
    title = f"{edition.period.label}晾晒榜（{name}）"
    if view == "level" and edition.level_groups:
        parts = len(parts_of(edition.lines))
        origin = f"{headline(edition)}另有分解到下级的 {parts} 项。"
    top = write_heading(sheet, book, widths, title, origin or headline(edition))
    height = chart_height(len(lines))
    header = top + (-(-height // ROW_PIXELS) + 1 if lines else 0)
    table = ViewTable(name, header + 1, lines)
    write_header(sheet, book, header, widths, names)
    row = header
    for line in lines:
        row += 1
        _draw_row(sheet, book, row, widths, line)
    row += 1
    if lines:
        _draw_charts(sheet, book, (top, header), height, table, widths)
        _draw_sums(sheet, book, row, lines)
    else:
        draw_nothing(sheet, book, row, len(widths), "方案里没有指标。")
    if view == "level":
        row += 1
        write_note(sheet, book, row, widths, _about_levels(edition, lines))
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, row, len(widths) - 1)
    return table


def draw_reporting(sheet: Any, book: PaperBook, edition: Edition) -> None:
    """Draw 报送情况: how many figures each agency has to report and has reported.

    Streets are listed, too: they have no lamps, but they report.
    """
    names, widths = [name for name, _ in _REPORTING], [width for _, width in _REPORTING]
    set_widths(sheet, widths)
    title = f"{edition.period.label}晾晒榜（{sheet.get_name()}）"
    origin = "指标、任务目标、里程碑一并计；重复的只计一次，没有到期的不计"
    row = header = write_heading(sheet, book, widths, title, origin)
    write_header(sheet, book, row, widths, names)
    centred = book.cell("center")
    for agency in edition.plan.agencies:
        row += 1
        due, missing = edition.reporting_of(agency)
        remark = (
            "没有到期应报的" if due == 0 else "已报齐" if missing == 0 else f"缺报 {missing} 项"
        )
        sheet.write_string(row, 0, agency.level, centred)
        name = write_text(sheet, book, row, 1, agency.name)
        for column, number in enumerate((due, due - missing, missing), start=2):
            sheet.write_number(row, column, number, centred)
        write_number(sheet, book, row, 5, None if due == 0 else Decimal(due - missing) / due)
        sheet.write_string(row, 6, remark, book.cell())
        fit_row(sheet, row, ["", name, "", "", "", "", remark], widths, 22)
    sheet.freeze_panes(header + 1, 2)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, row, len(widths) - 1)


def write_number(
    sheet: Any, book: PaperBook, row: int, column: int, value: Any, shape: str = "0.0%"
) -> None:
    """Write a number with a number format, or — if it is None."""
    if value is None:
        sheet.write_string(row, column, NOTHING, book.cell("center"))
    else:
        sheet.write_number(row, column, float(value), book.cell("center", num_format=shape))


def draw_nothing(sheet: Any, book: PaperBook, row: int, columns: int, text: str) -> None:
    """Write a text, merged over all columns, in place of a table's rows."""
    shape = book.cell("center")
    sheet.set_row(row, 30)
    sheet.merge_range(row, 0, row, columns - 1, "", shape)
    sheet.write_string(row, 0, text, shape)


def _about_levels(edition: Edition, lines: Sequence[ScorecardRow]) -> str:
    """Return the note on the levels that have no row of their own."""
    shown = {line.group.name for line in lines}
    plan = edition.plan
    others = [level for level in plan.levels_used if level not in shown]
    added = plan.streets and plan.levels[-1] in others
    unlit = f"{'、'.join(others)}没有单独亮灯的指标" if others else ""
    if added:
        whose = f"{plan.levels[-1]}" if len(others) > 1 else ""
        unlit += f"，{whose}所报的数并入{edition.everywhere}"
    unlit += "；" if others else ""
    for level in edition.level_groups:
        if level in shown:
            unlit += f"{level}数的是分解到各单位的每一项，见“分{level.removesuffix('级')}”；"
    return f"{unlit}各单位是否报齐，见“报送情况”。"


def _draw_row(
    sheet: Any, book: PaperBook, row: int, widths: Sequence[float], line: ScorecardRow
) -> None:
    group = line.group
    centred = book.cell("center")
    write_number(sheet, book, row, 0, group.rank, "0")
    name = write_text(sheet, book, row, _NAME, group.name)
    beside = write_text(sheet, book, row, _NAME + 1, line.beside, "center")
    sheet.write_string(row, _LAMP, group.light.word, book.lamp(group.light))
    for column, count in enumerate(_COUNTS, start=_FIRST_COUNT):
        sheet.write_number(row, column, getattr(group, count), centred)
    write_number(sheet, book, row, _SCORE, group.score, "0.0")
    write_number(sheet, book, row, _SCORE + 1, group.mean_rate)
    write_number(sheet, book, row, _SCORE + 2, group.reported_share)
    change = line.change or 0
    ink = _CHANGE_INKS[(change > 0) - (change < 0)]
    sheet.write_string(row, _CHANGE, line.change_text, book.cell("center", font_color=ink))
    note = write_text(sheet, book, row, _NOTE, line.note)
    fit_row(sheet, row, ["", name, beside, *[""] * (_NOTE - 3), note], widths, 22)


def _draw_sums(sheet: Any, book: PaperBook, row: int, lines: Sequence[ScorecardRow]) -> None:
    total = book.cell("center", bold=True)
    sheet.set_row(row, 24)
    for column in range(len(_COLUMNS)):
        sheet.write_blank(row, column, None, total)
    sheet.write_string(row, _NAME, "合计", total)
    for column, count in enumerate(_COUNTS, start=_FIRST_COUNT):
        sheet.write_number(row, column, sum(getattr(line.group, count) for line in lines), total)


def _draw_charts(
    sheet: Any,
    book: PaperBook,
    rows: tuple[int, int],
    height: int,
    table: ViewTable,
    widths: Sequence[float],
) -> None:
    """Insert the charts into the rows above the table's header."""
    for at in range(*rows):
        sheet.set_row_pixels(at, ROW_PIXELS)
    left = _LEFT_CHART if table.scored else len(widths)
    place = {"object_position": 1, "x_offset": 1, "y_offset": 2}
    chart = table.lamps(book)
    chart.set_size({"width": pixels(sheet, widths[:left]) - 6, "height": height})
    sheet.insert_chart(rows[0], 0, chart, place | {"description": "红黄绿分布"})
    if table.scored:
        other = table.scores(book)
        other.set_size({"width": pixels(sheet, widths[left:]) - 2, "height": height})
        sheet.insert_chart(rows[0], left, other, place | {"description": "晾晒得分"})
