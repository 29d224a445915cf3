"""The 晾晒榜's items one by one, their figures over the years, and the table of facts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.documents.paper_book import (
    PaperBook,
    fit_row,
    set_widths,
    write_header,
    write_heading,
    write_text,
)
from qiyx_xl.documents.scorecard_charts import sparkline
from qiyx_xl.documents.scorecard_facts import INDICATOR, NOTHING, Fact, actual_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.edition import Edition, Snapshot

_ITEM_COLUMNS = (
    ("编号", 10.0),
    ("{kind}", 34.0),
    ("领域", 10.0),
    ("填报单位", 14.0),
    ("实际值", 12.0),
    ("目标", 14.0),
    ("完成率", 9.0),
    ("序时差\n（百分点）", 10.0),
    ("灯", 13.0),
    ("说明", 36.0),
)
_TREND = ("走势", 16.0)
_FACT_COLUMNS = (
    ("类别", 9.0),
    ("编号", 9.0),
    ("名称", 40.0),
    ("领域", 10.0),
    ("单位", 16.0),
    ("层级", 7.0),
    ("计量单位", 10.0),
    ("频率", 7.0),
    ("实际值", 12.0),
    ("目标", 14.0),
    ("完成率", 9.0),
    ("时间进度", 9.0),
    ("序时差", 9.0),
    ("灯", 6.0),
    ("状态", 10.0),
    ("超额待核", 10.0),
    ("应报", 6.0),
    ("未报", 6.0),
    ("说明", 44.0),
)
_POINTS = "+0.0;-0.0;0.0"
_MOST_POINTS = 12


def draw_items(
    sheet: Any,
    book: PaperBook,
    edition: Edition,
    items: Sequence[Fact],
    trends: str,
    rows: Mapping[str, tuple[int, int, int]],
) -> None:
    """Draw one row per item: what was reported, the target, how far it is, the lamp and why.

    Args:
        sheet: an empty sheet, named after what it lists.
        book: the workbook.
        edition: the period.
        items: the facts to list.
        trends: the sheet of figures over the years.
        rows: by code, an item's row there, with its first and last column.
    """
    columns = [*_ITEM_COLUMNS, *([_TREND] if rows else [])]
    kind = items[0].kind if items else str(sheet.get_name()).removesuffix("明细")
    names = [name.format(kind=kind) for name, _ in columns]
    widths = [width for _, width in columns]
    set_widths(sheet, widths)
    title = f"{edition.period.label}晾晒榜（{sheet.get_name()}）"
    origin = f"共 {len(items)} 项。目标照方案原文；序时差为正数是超前，负数是滞后"
    row = header = write_heading(sheet, book, widths, title, origin)
    write_header(sheet, book, row, widths, names)
    for fact in items:
        row += 1
        _draw_item(sheet, book, row, widths, fact)
        if rows:
            found = rows.get(fact.code)
            sheet.write_string(
                row, len(_ITEM_COLUMNS), "" if found else NOTHING, book.cell("center")
            )
            if found is not None:
                line = sparkline(trends, found[0], found[1:])
                sheet.add_sparkline(row, len(_ITEM_COLUMNS), line)
    if not items:
        row += 1
        _nothing(sheet, book, row, len(columns), f"方案里没有{kind}。")
    sheet.freeze_panes(header + 1, 2)
    sheet.repeat_rows(header)
    if items:
        sheet.autofilter(header, 0, row, len(columns) - 1)
    sheet.print_area(0, 0, row, len(columns) - 1)


def _draw_item(sheet: Any, book: PaperBook, row: int, widths: Sequence[float], fact: Fact) -> None:
    named = f"{fact.name}（{fact.measure}）" if fact.measure else fact.name
    reason = f"{fact.reason}；超额待核" if fact.review else fact.reason
    texts = (fact.code, named, fact.domain, fact.agency, actual_text(fact.actual), fact.target,
             fact.rate_text, fact.gap_text, fact.lamp, reason)  # fmt: skip
    for column, text in enumerate(texts):
        match column:
            case 0 if fact.kind == INDICATOR:
                sheet.write_number(row, 0, int(fact.code), book.cell("center"))
            case 1 | 3 | 9:
                write_text(sheet, book, row, column, text)
            case 4 if isinstance(fact.actual, Decimal):
                sheet.write_number(row, column, float(fact.actual), book.cell("center"))
            case 6 if fact.rate is not None:
                shape = book.cell("center", num_format="0.0%")
                sheet.write_number(row, column, float(fact.rate), shape)
            case 7 if fact.gap is not None:
                shape = book.cell("center", num_format=_POINTS)
                sheet.write_number(row, column, float(fact.gap), shape)
            case 8:
                sheet.write_string(row, column, text, book.lamp(fact.light))
            case _:
                write_text(sheet, book, row, column, text or NOTHING, "center")
    fit_row(sheet, row, [*texts, *[""] * (len(widths) - len(texts))], widths, 24)


def draw_trends(sheet: Any, book: PaperBook, edition: Edition) -> dict[str, tuple[int, int, int]]:
    """Draw each indicator's targets and figures over the years.

    Returns:
        By code, the row and the first and last column of an indicator with two figures or more.
    """
    years = edition.plan.years
    points = _points(edition)
    first = 3 + len(years)
    names = ["编号", "指标", "计量单位", *(f"{year}年\n目标" for year in years),
             *(f"{point.period.label}\n实际" for point in points)]  # fmt: skip
    widths = [8.0, 34.0, 9.0, *[11.0] * len(years), *[12.0] * len(points)]
    set_widths(sheet, widths)
    title = f"{edition.period.label}晾晒榜（五年走势）"
    origin = "历年看年末，本年看各期；已封账的取封账时的数"
    row = header = write_heading(sheet, book, widths, title, origin)
    write_header(sheet, book, row, widths, names)
    found = {}
    centred = book.cell("center")
    for line in edition.indicators:
        row += 1
        item: Any = line.item
        targets = [item.targets.get(year) for year in years]
        printed = [NOTHING if target is None else target.printed for target in targets]
        texts = [item.code, item.name, item.measure, *printed]
        for column, text in enumerate(texts):
            write_text(sheet, book, row, column, text, "left" if column == 1 else "center")
        numbers = 0
        for column, point in enumerate(points, start=first):
            then = point.line(item.code)
            actual = None if then is None else then.rating.actual
            if isinstance(actual, Decimal):
                numbers += 1
                sheet.write_number(row, column, float(actual), centred)
            else:
                sheet.write_blank(row, column, None, centred)
        fit_row(sheet, row, [*texts, *[""] * len(points)], widths, 24)
        if numbers > 1:
            found[item.code] = (row, first, first + len(points) - 1)
    if row == header:
        row += 1
        _nothing(sheet, book, row, len(widths), "方案里没有指标。")
    sheet.freeze_panes(header + 1, 2)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, row, len(widths) - 1)
    return found


def draw_facts(sheet: Any, book: PaperBook, edition: Edition, table: Sequence[Fact]) -> None:
    """Draw the table that everything else is a view of."""
    names, widths = [name for name, _ in _FACT_COLUMNS], [width for _, width in _FACT_COLUMNS]
    set_widths(sheet, widths)
    title = f"{edition.period.label}晾晒榜（数据）"
    origin = "一行一项；前面各表都由这张表汇总。完成率、时间进度为小数，序时差为百分点"
    row = header = write_heading(sheet, book, widths, title, origin)
    write_header(sheet, book, row, widths, names)
    for fact in table:
        row += 1
        cells: tuple[str | int | Decimal | None, ...] = (
            *(fact.kind, fact.code, fact.name, fact.domain, fact.agency, fact.level),
            *(fact.measure, fact.frequency, fact.actual, fact.target),
            *(fact.rate, fact.scheduled, fact.gap, fact.light.word, fact.state),
            *("是" if fact.review else "", fact.due, fact.missing, fact.reason),
        )
        for column, value in enumerate(cells):
            _fact_cell(sheet, book, row, column, value)
        texts = [value if isinstance(value, str) else "" for value in cells]
        fit_row(sheet, row, texts, widths)
    if not table:
        row += 1
        _nothing(sheet, book, row, len(names), "方案里没有指标。")
    sheet.freeze_panes(header + 1, 3)
    sheet.repeat_rows(header)
    if table:
        sheet.autofilter(header, 0, row, len(names) - 1)
    sheet.print_area(0, 0, row, len(names) - 1)


_SHAPES = {10: "0.0%", 11: "0.0%", 12: _POINTS}
_LEFT = frozenset({2, 4, 18})


def _fact_cell(
    sheet: Any, book: PaperBook, row: int, column: int, value: str | int | Decimal | None
) -> None:
    match value:
        case None:
            sheet.write_blank(row, column, None, book.cell("center"))
        case str():
            write_text(sheet, book, row, column, value, "left" if column in _LEFT else "center")
        case _:
            shape = book.cell("center", num_format=_SHAPES.get(column, "General"))
            sheet.write_number(row, column, float(value), shape)


def _points(edition: Edition) -> list[Snapshot]:
    """Return the ends of earlier years and the periods of this one, the last dozen of them."""
    year = edition.period.year
    wanted = [one for one in edition.history if one.period.is_year_end or one.period.year == year]
    return wanted[-_MOST_POINTS:]


def _nothing(sheet: Any, book: PaperBook, row: int, columns: int, text: str) -> None:
    shape = book.cell("center")
    sheet.set_row(row, 30)
    sheet.merge_range(row, 0, row, columns - 1, "", shape)
    sheet.write_string(row, 0, text, shape)
