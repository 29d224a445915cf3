"""晾晒榜.xlsx: a first page for the leaders, three views, the items one by one, and the facts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.lamps import Light
from qiyx_xl.documents.paper_book import (
    PaperBook,
    fit_row,
    paper_book,
    set_up_page,
    set_widths,
    write_header,
    write_heading,
    write_note,
    write_text,
)
from qiyx_xl.documents.scorecard_charts import SHOWN_AT_MOST, lamp_chart, pixels, score_chart
from qiyx_xl.documents.scorecard_facts import (
    INDICATOR,
    NOTHING,
    VIEW_NAMES,
    Fact,
    Row,
    facts,
    headline,
    rows,
)
from qiyx_xl.documents.scorecard_items import draw_facts, draw_items, draw_trends

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qiyx_xl.core.edition import Edition
    from qiyx_xl.core.scorecard import View

COVER, TRENDS, FACTS = "晾晒榜", "五年走势", "数据"
VIEW_SHEETS: dict[View, str] = {"domain": "分领域", "agency": "分单位", "level": "分层级"}
ITEM_SHEETS = {"指标": "指标明细", "任务目标": "任务目标", "里程碑": "里程碑"}

_VIEW_COLUMNS = (
    ("排名", 7.0),
    ("{view}", 20.0),
    ("总灯", 8.0),
    ("绿", 7.0),
    ("黄", 7.0),
    ("红", 7.0),
    ("灰", 7.0),
    ("合计", 7.0),
    ("晾晒得分", 10.0),
    ("平均完成率", 11.0),
    ("填报率", 10.0),
    ("排名升降", 10.0),
    ("备注", 36.0),
)
_NAME, _LAMP, _SCORE, _CHANGE, _NOTE = 1, 2, 8, 11, 12
_LAMPS = {light.word: column for column, light in enumerate(Light, start=3)}
_CHART_HEIGHT = 300  # pixels
_COVER_WIDTHS = (12.0,) * 12
_CHANGE_INKS = {1: "#14532D", -1: "#8B0000", 0: "#595959"}
_LAGGING_AT_MOST = 12
"""Red and amber lamps on the first page; all of them stand in 指标明细."""


def write_scorecard(path: Path, edition: Edition) -> None:
    """Write the 晾晒榜 as .xlsx, every sheet ready for A4.

    Raises:
        EditionError: the views do not add up to the table of facts.
    """
    table = facts(edition)
    views = {view: rows(edition, view, table) for view in VIEW_SHEETS}
    footer = f"{edition.period.label}晾晒榜　{edition.versions_text}"
    title = f"{edition.district}“七优享”工程{edition.period.label}晾晒榜"
    with paper_book(path, title, edition.today) as book:
        sheets = {
            name: book.book.add_worksheet(name)
            for name in (COVER, *VIEW_SHEETS.values(), *ITEM_SHEETS.values(), TRENDS, FACTS)
        }
        for view, name in VIEW_SHEETS.items():
            _draw_view(sheets[name], name, book, edition, view, views[view])
        trends = draw_trends(sheets[TRENDS], book, edition)
        for kind, name in ITEM_SHEETS.items():
            theirs = [fact for fact in table if fact.kind == kind]
            draw_items(
                sheets[name], book, edition, theirs, TRENDS, trends if kind == INDICATOR else {}
            )
        draw_facts(sheets[FACTS], book, edition, table)
        _draw_cover(sheets[COVER], book, edition, table, views, title)
        for sheet in sheets.values():
            set_up_page(sheet, footer)
        sheets[COVER].fit_to_pages(1, 1)
        sheets[COVER].activate()


# --- the first page ---------------------------------------------------------------------------


def _draw_cover(
    sheet: Any,
    book: PaperBook,
    edition: Edition,
    table: Sequence[Fact],
    views: dict[View, tuple[Row, ...]],
    title: str,
) -> None:
    set_widths(sheet, _COVER_WIDTHS)
    against = "" if edition.previous is None else f"　排名升降对比{edition.previous.period.label}"
    origin = f"{edition.office_name}　{edition.today:%Y-%m-%d}　{edition.versions_text}{against}"
    row = write_heading(sheet, book, _COVER_WIDTHS, title, origin)
    row = _draw_tiles(sheet, book, row, table)
    sheet.set_row(row, 26)
    sheet.merge_range(row, 0, row, 11, "", book.look(align="center"))
    sheet.write_string(row, 0, headline(edition), book.look(align="center", font_size=12))
    row = _draw_cover_charts(sheet, book, row + 1, views)
    row = _draw_lagging(sheet, book, row, table)
    write_note(sheet, book, row, _COVER_WIDTHS, _explanation(edition))
    sheet.print_area(0, 0, row, 11)


def _draw_tiles(sheet: Any, book: PaperBook, row: int, table: Sequence[Fact]) -> int:
    lights = [fact.light for fact in table if fact.kind == INDICATOR]
    sheet.set_row(row, 24)
    sheet.set_row(row + 1, 40)
    for place, light in enumerate(Light):
        left = place * 3
        head = book.look(
            align="center", bg_color=_fill(light), font_name="黑体", font_size=13, border=1
        )
        number = book.look(
            align="center", bg_color=_fill(light), font_name="黑体", font_size=26, border=1
        )
        sheet.merge_range(row, left, row, left + 2, "", head)
        sheet.write_string(row, left, f"{light.word}灯（项）", head)
        sheet.merge_range(row + 1, left, row + 1, left + 2, "", number)
        sheet.write_number(row + 1, left, lights.count(light), number)
    return row + 2


def _draw_cover_charts(
    sheet: Any, book: PaperBook, row: int, views: dict[View, tuple[Row, ...]]
) -> int:
    """Place both charts side by side; where there is no score yet, say so."""
    height = 24 * 20
    for at in range(row, row + 18):
        sheet.set_row(at, 20)
    half = {"x_offset": 4, "y_offset": 4, "object_position": 1}
    size = {"width": pixels(_COVER_WIDTHS[:6]) - 8, "height": height - 8}
    chart = _lamps_of(book, "domain", views["domain"])
    chart.set_size(size)
    sheet.insert_chart(row, 0, chart, half | {"description": "各领域红黄绿分布"})
    scored = _scored(views["agency"])
    if scored:
        other = _scores_of(book, "agency", scored)
        other.set_size(size)
        sheet.insert_chart(row, 6, other, half | {"description": "各单位晾晒得分"})
    else:
        shape = book.look(align="center", border=1, font_size=12)
        sheet.merge_range(row, 6, row + 17, 11, "", shape)
        sheet.write_string(row, 6, "本期还没有亮灯的指标，暂无得分。", shape)
    return row + 18


def _draw_lagging(sheet: Any, book: PaperBook, row: int, table: Sequence[Fact]) -> int:
    """List the red and amber indicators, red first."""
    wanted = (Light.RED, Light.AMBER)
    lagging = [
        fact for light in wanted for fact in table if fact.kind == INDICATOR and fact.light is light
    ]
    spans = ((0, 3, "红灯、黄灯指标"), (4, 5, "填报单位"), (6, 6, "灯"), (7, 11, "说明"))
    widths = [sum(_COVER_WIDTHS[left : right + 1]) for left, right, _ in spans]
    sheet.set_row(row, 24)
    for left, right, name in spans:
        _merged(sheet, row, left, right, name, book.header)
    if not lagging:
        row += 1
        sheet.set_row(row, 24)
        _merged(sheet, row, 0, 11, "没有红灯和黄灯的指标。", book.cell("center"))
    for fact in lagging[:_LAGGING_AT_MOST]:
        row += 1
        texts = (f"{fact.code} {fact.name}", fact.agency, fact.light.word, fact.reason)
        for (left, right, _), text in zip(spans, texts, strict=True):
            shape = book.lamp(fact.light) if left == right else book.cell()
            if left != right:
                sheet.merge_range(row, left, row, right, "", shape)
            sheet.write_string(row, left, text, shape)
        fit_row(sheet, row, texts, widths)
    if len(lagging) > _LAGGING_AT_MOST:
        row += 1
        sheet.set_row(row, 22)
        rest = len(lagging) - _LAGGING_AT_MOST
        _merged(sheet, row, 0, 11, f"另有 {rest} 项，见“指标明细”。", book.cell("center"))
    return row + 1


def _explanation(edition: Edition) -> str:
    rules = edition.rules
    return (
        f"绿 {rules.score_green} 分、黄 {rules.score_amber} 分、红 {rules.score_red} 分，"
        "灰灯不计分；得分相同的，完成率高的在前。填报率不足 "
        f"{rules.ranking_minimum_reported * 100:f}% 的不参与排名。".replace(".00%", "%")
    ) + "“超额待核”指完成率明显偏高、请核对原始数据的指标。任务目标和里程碑另列，不计入排名。"


# --- the three views --------------------------------------------------------------------------


def _draw_view(
    sheet: Any, name: str, book: PaperBook, edition: Edition, view: View, lines: Sequence[Row]
) -> None:
    label = VIEW_NAMES[view]
    names = [column.format(view=label) for column, _ in _VIEW_COLUMNS]
    widths = [width for _, width in _VIEW_COLUMNS]
    set_widths(sheet, widths)
    title = f"{edition.period.label}晾晒榜（{name}）"
    header = write_heading(sheet, book, widths, title, headline(edition))
    write_header(sheet, book, header, widths, names)
    row = header
    for line in lines:
        row += 1
        _draw_row(sheet, book, row, widths, line)
    if not lines:
        row += 1
        _merged(sheet, row, 0, len(widths) - 1, "方案里没有指标。", book.cell("center"))
    else:
        row += 1
        _draw_sums(sheet, book, row, lines)
    sheet.freeze_panes(header + 1, 2)
    sheet.repeat_rows(header)
    row = _draw_view_charts(sheet, book, row + 2, view, lines, widths)
    if view == "level":
        row = _draw_reporting(sheet, book, row, edition)
    sheet.print_area(0, 0, row, len(widths) - 1)


def _draw_row(sheet: Any, book: PaperBook, row: int, widths: Sequence[float], line: Row) -> None:
    group = line.group
    centred = book.cell("center")
    if group.rank is None:
        sheet.write_string(row, 0, NOTHING, centred)
    else:
        sheet.write_number(row, 0, group.rank, centred)
    name = write_text(sheet, book, row, _NAME, group.name)
    sheet.write_string(row, _LAMP, group.light.word, book.lamp(group.light))
    counts = (group.green, group.amber, group.red, group.grey, group.total)
    for column, count in enumerate(counts, start=3):
        sheet.write_number(row, column, count, centred)
    _number(sheet, book, row, _SCORE, group.score, "0.0")
    _number(sheet, book, row, _SCORE + 1, group.mean_rate, "0.0%")
    _number(sheet, book, row, _SCORE + 2, group.reported_share, "0.0%")
    change = line.change or 0
    ink = _CHANGE_INKS[(change > 0) - (change < 0)]
    sheet.write_string(row, _CHANGE, line.change_text, book.cell("center", font_color=ink))
    note = write_text(sheet, book, row, _NOTE, line.note)
    texts = ["", name, *[""] * (_NOTE - 2), note]
    fit_row(sheet, row, texts, widths, 22)


def _draw_sums(sheet: Any, book: PaperBook, row: int, lines: Sequence[Row]) -> None:
    total = book.cell("center", bold=True, top=2)
    sheet.set_row(row, 24)
    for column in range(len(_VIEW_COLUMNS)):
        sheet.write_blank(row, column, None, total)
    sheet.write_string(row, _NAME, "合计", total)
    for column, count in enumerate(("green", "amber", "red", "grey", "total"), start=3):
        sheet.write_number(row, column, sum(getattr(one.group, count) for one in lines), total)


def _draw_view_charts(
    sheet: Any,
    book: PaperBook,
    row: int,
    view: View,
    lines: Sequence[Row],
    widths: Sequence[float],
) -> int:
    """Place the charts under the table; return the next free row."""
    if not lines:
        return row
    bars = min(len(lines), SHOWN_AT_MOST)
    height = max(_CHART_HEIGHT, 90 + 24 * bars)
    high = -(-height // 27) + 1  # rows of 20 points
    for at in range(row, row + high):
        sheet.set_row(at, 20)
    if len(lines) > SHOWN_AT_MOST // 2:
        sheet.set_h_pagebreaks([row])
    place = {"object_position": 1, "x_offset": 2, "y_offset": 2}
    left = 8 if _scored(lines) else len(widths)
    chart = _lamps_of(book, view, lines)
    chart.set_size({"width": pixels(widths[:left]) - 6, "height": height})
    sheet.insert_chart(row, 0, chart, place | {"description": "红黄绿分布"})
    if _scored(lines):
        other = _scores_of(book, view, _scored(lines))
        other.set_size({"width": pixels(widths[left:]) - 6, "height": height})
        sheet.insert_chart(row, left, other, place | {"description": "晾晒得分"})
    return row + high


def _draw_reporting(sheet: Any, book: PaperBook, row: int, edition: Edition) -> int:
    """List what each agency owed and sent, by level: streets have no lamps, but they report."""
    row += 1
    sheet.set_row(row, 26)
    heading = book.look(font_name="黑体", font_size=13)
    sheet.write_string(row, 0, "各层级单位报送情况（指标、任务目标、里程碑，不重复计）", heading)
    row += 1
    spans = ((0, 0, "层级"), (1, 2, "单位"), (3, 4, "应报"), (5, 6, "已报"), (7, 7, "未报"),
             (8, 8, "报送率"), (9, 12, "说明"))  # fmt: skip
    sheet.set_row(row, 24)
    for left, right, name in spans:
        _merged(sheet, row, left, right, name, book.header)
    for agency in edition.plan.agencies:
        row += 1
        sheet.set_row(row, 22)
        due, missing = edition.reporting_of(agency)
        centred = book.cell("center")
        _merged(sheet, row, 0, 0, agency.level.value, centred)
        _merged(sheet, row, 1, 2, agency.name, book.cell())
        for (left, right, _), number in zip(spans[2:5], (due, due - missing, missing), strict=True):
            if left != right:
                sheet.merge_range(row, left, row, right, "", centred)
            sheet.write_number(row, left, number, centred)
        share = None if due == 0 else Decimal(due - missing) / due
        _number(sheet, book, row, 8, share, "0.0%")
        said = (
            "本期没有应报事项" if due == 0 else "已报齐" if missing == 0 else f"缺报 {missing} 项"
        )
        _merged(sheet, row, 9, 12, said, book.cell())
    return row + 1


# --- small things -----------------------------------------------------------------------------


def _lamps_of(book: PaperBook, view: View, lines: Sequence[Row]) -> Any:
    last = _FIRST + min(len(lines), SHOWN_AT_MOST) - 1
    columns = {"name": _NAME} | _LAMPS
    return lamp_chart(book.book, VIEW_SHEETS[view], (_FIRST, last), columns)


def _scores_of(book: PaperBook, view: View, scored: Sequence[Row]) -> Any:
    shown = min(len(scored), SHOWN_AT_MOST)
    title = "晾晒得分" if shown == len(scored) else f"晾晒得分（前 {shown} 名）"
    rows_of = (_FIRST, _FIRST + shown - 1)
    return score_chart(book.book, VIEW_SHEETS[view], rows_of, (_NAME, _SCORE), title)


def _scored(lines: Sequence[Row]) -> list[Row]:
    """Return the rows with a rank: they are the first of the table, and all have a score."""
    return [line for line in lines if line.group.rank is not None]


_FIRST = 3  # the row under the views' header


def _number(sheet: Any, book: PaperBook, row: int, column: int, value: Any, shape: str) -> None:
    """Write an exact number as one of Excel's, or — where there is none."""
    if value is None:
        sheet.write_string(row, column, NOTHING, book.cell("center"))
    else:
        sheet.write_number(row, column, float(value), book.cell("center", num_format=shape))


def _merged(sheet: Any, row: int, left: int, right: int, text: str, shape: Any) -> None:
    if left != right:
        sheet.merge_range(row, left, row, right, "", shape)
    sheet.write_string(row, left, text, shape)


def _fill(light: Light) -> str:
    from qiyx_xl.documents.paper_book import LAMP_FILLS

    return LAMP_FILLS[light.value]
