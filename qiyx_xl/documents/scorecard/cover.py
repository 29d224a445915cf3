"""How the first page of the 晾晒榜 is drawn: lamp counts, two charts, red and amber indicators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.ratio import Ratio
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.completion import percent
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.documents.scorecard.charts import ROW_PIXELS, chart_height, pixels
from qiyx_xl.documents.scorecard.facts import INDICATOR, Fact, headline
from qiyx_xl.documents.scorecard.views import draw_nothing
from qiyx_xl.documents.style.theme import TITLE_FONT
from qiyx_xl.documents.style.workbook import (
    PaperBook,
    fit_row,
    set_widths,
    write_heading,
    write_note,
)
from qiyx_xl.files.palette import LAMP_FILLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.documents.scorecard.views import ViewTable
    from qiyx_xl.papers.edition import Edition

_WIDTHS = (12.0,) * 12
_LAST = len(_WIDTHS) - 1
_HALF = 6
_LISTED_AT_MOST = 12
"""The most red and amber indicators on the first page; all of them are on 指标明细."""

_BARS_AT_MOST = 8

_SPANS = ((0, 3, "红灯、黄灯指标"), (4, 5, "填报单位"), (6, 6, "灯"), (7, 11, "说明"))


def draw_cover(
    sheet: Any,
    book: PaperBook,
    edition: Edition,
    table: Sequence[Fact],
    domains: ViewTable,
    agencies: ViewTable,
    title: str,
) -> None:
    """Draw the first page on an empty sheet.

    Its charts refer to the rows of ``domains`` and ``agencies``.
    """
    set_widths(sheet, _WIDTHS)
    against = "" if edition.previous is None else f"　排名升降对比{edition.previous.period.label}"
    day = edition.today
    origin = (
        f"{edition.office_name}　{day.year}年{day.month}月{day.day}日　"
        f"{edition.versions_text}{against}"
    )
    row = write_heading(sheet, book, _WIDTHS, title, origin)
    row = _draw_tiles(sheet, book, row, table)
    shape = book.look(align="center", font_size=12)
    sheet.set_row(row, 28)
    sheet.merge_range(row, 0, row, _LAST, "", shape)
    sheet.write_string(row, 0, headline(edition), shape)
    row = _draw_charts(sheet, book, row + 1, domains, agencies)
    row = _draw_listed(sheet, book, row, table)
    write_note(sheet, book, row, _WIDTHS, _explanation(edition))
    sheet.print_area(0, 0, row, _LAST)


def _draw_tiles(sheet: Any, book: PaperBook, row: int, table: Sequence[Fact]) -> int:
    lights = [fact.light for fact in table if fact.kind == INDICATOR]
    sheet.set_row(row, 24)
    sheet.set_row(row + 1, 40)
    for place, light in enumerate(Light):
        left = place * 3
        looks = {
            "align": "center",
            "bg_color": LAMP_FILLS[light],
            "font_name": TITLE_FONT,
            "border": 1,
        }
        head, number = book.look(font_size=13, **looks), book.look(font_size=26, **looks)
        sheet.merge_range(row, left, row, left + 2, "", head)
        sheet.write_string(row, left, f"{light.word}灯（项）", head)
        sheet.merge_range(row + 1, left, row + 1, left + 2, "", number)
        sheet.write_number(row + 1, left, lights.count(light), number)
    return row + 2


def _draw_charts(
    sheet: Any, book: PaperBook, row: int, domains: ViewTable, agencies: ViewTable
) -> int:
    """Insert both charts side by side, or a text in place of one that has no data."""
    height = chart_height(_BARS_AT_MOST)
    rows = -(-height // ROW_PIXELS) + 1
    for at in range(row, row + rows):
        sheet.set_row_pixels(at, ROW_PIXELS)
    size = {"width": pixels(sheet, _WIDTHS[:_HALF]) - 6, "height": height}
    place = {"object_position": 1, "x_offset": 1, "y_offset": 2}
    for left, wanted, chart, description, otherwise in (
        (0, len(domains.lines), domains.lamps, "各领域红黄绿分布", "方案里没有指标。"),
        (
            _HALF,
            agencies.scored,
            partial(agencies.scores, at_most=_BARS_AT_MOST),
            "各单位晾晒得分",
            "还没有可以排名的单位。",
        ),
    ):
        if wanted:
            drawn = chart(book)
            drawn.set_size(size)
            sheet.insert_chart(row, left, drawn, place | {"description": description})
        else:
            shape = book.look(align="center", border=1, font_size=12)
            sheet.merge_range(row, left, row + rows - 2, left + _HALF - 1, "", shape)
            sheet.write_string(row, left, otherwise, shape)
    return row + rows


def _draw_listed(sheet: Any, book: PaperBook, row: int, table: Sequence[Fact]) -> int:
    """List the red and amber indicators, red first; return the next row."""
    listed = [
        fact
        for light in (Light.RED, Light.AMBER)
        for fact in table
        if fact.kind == INDICATOR and fact.light is light
    ]
    widths = [sum(_WIDTHS[left : right + 1]) for left, right, _ in _SPANS]
    sheet.set_row(row, 24)
    for left, right, name in _SPANS:
        _write_span(sheet, row, (left, right), name, book.header)
    for fact in listed[:_LISTED_AT_MOST]:
        row += 1
        texts = (f"{fact.printed}　{fact.name}", fact.agency, fact.light.word, fact.reason)
        for (left, right, _), text in zip(_SPANS, texts, strict=True):
            shape = book.lamp(fact.light) if left == right else book.cell()
            _write_span(sheet, row, (left, right), text, shape)
        fit_row(sheet, row, texts, widths)
    rest = len(listed) - _LISTED_AT_MOST
    if not listed:
        row += 1
        draw_nothing(sheet, book, row, len(_WIDTHS), "没有红灯和黄灯的指标。")
    elif rest > 0:
        row += 1
        draw_nothing(sheet, book, row, len(_WIDTHS), f"另有 {rest} 项，见“指标明细”。")
    return row + 1


def _write_span(sheet: Any, row: int, columns: tuple[int, int], text: str, shape: Any) -> None:
    left, right = columns
    if left != right:
        sheet.merge_range(row, left, row, right, "", shape)
    sheet.write_string(row, left, text, shape)


def _explanation(edition: Edition) -> str:
    rules = edition.rules
    least = percent(Ratio.of(rules.ranking_minimum_reported), 0)
    return (
        f"绿 {plain(rules.score_green)} 分、黄 {plain(rules.score_amber)} 分、"
        f"红 {plain(rules.score_red)} 分，灰灯不计分；得分相同的，平均完成率高的在前。"
        f"填报率不足 {least} 的不参与排名。“超额待核”是完成率明显偏高、请核对原始数据的指标。"
        "任务目标和里程碑另列，不计入排名。"
    )
