"""How 年度评价表 is written: evaluation by domain and agency, and five years of progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.rating.scorecard import group_of
from qiyx_xl.documents.scorecard.items import draw_project_list, project_lists
from qiyx_xl.documents.style.theme import TITLE_FONT
from qiyx_xl.documents.style.workbook import (
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
from qiyx_xl.papers.evaluation import FiveYears, five_years, year_columns
from qiyx_xl.papers.phrases import change_text, full_date, lamp_count

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.rating.scorecard import Group
    from qiyx_xl.papers.edition import Edition

SUMMARY_SHEET = "年度评价"
YEARS_SHEET = "五年进展"

_COLUMNS = (
    ("名称", 22.0),
    ("牵头单位", 16.0),
    ("指标数", 9.0),
    ("绿", 8.0),
    ("黄", 8.0),
    ("红", 8.0),
    ("灰", 8.0),
    ("填报率", 11.0),
    ("得分", 11.0),
    ("名次", 9.0),
    ("升降", 9.0),
    ("总灯", 10.0),
)
_WIDTHS = tuple(width for _, width in _COLUMNS)
_YEAR_WIDTHS = (7.0, 30.0, 14.0, 9.0)
_TARGET, _ACTUAL = 9.5, 12.0
_LAST_WIDTHS = (10.0, 11.0)

_NOTE = (
    "得分：绿灯、黄灯、红灯按评分规则计分，取亮灯指标的平均；得分相同的比平均完成率，再相同的并列。"
    "填报率低于规定的不参与排名。升降与上次晾晒相比。"
)
_YEARS_NOTE = (
    "已封账的年份是封账时的数和灯，此后的更正不改变它；未封账的按现在的数评定。"
    "“对五年目标”是最近一次的数与最后一年目标相比的完成率；待核的、以文字为目标的不算。"
)


def write_evaluation(path: Path, edition: Edition) -> None:
    """Write the evaluation of the edition's year."""
    title = f"{edition.heading}工程{edition.period.year}年度评价表"
    with paper_book(path, title, edition.today) as book:
        _draw_summary(book.book.add_worksheet(SUMMARY_SHEET), book, edition, title)
        _draw_years(book.book.add_worksheet(YEARS_SHEET), book, edition)
        for name, table in project_lists(edition).items():
            sheet = book.book.add_worksheet(name)
            draw_project_list(sheet, book, edition, table)
            set_up_page(sheet, f"{edition.period.year}年度评价表　{edition.versions_text}")


def _origin(edition: Edition) -> str:
    state = (
        "封账数据"
        if edition.closing is not None
        else "未封账，数据可能更正"
        if edition.period.is_year_end
        else f"截至{edition.period.label}，不是全年"
    )
    return f"{full_date(edition.today)}　　{state}　　{edition.versions_text}"


# --- 年度评价 -----------------------------------------------------------------------------------


def _draw_summary(sheet: Any, book: PaperBook, edition: Edition, title: str) -> None:
    set_widths(sheet, _WIDTHS)
    row = write_heading(sheet, book, _WIDTHS, title, _origin(edition))
    everything = group_of("", [line.rating for line in edition.indicators], edition.rules)
    counts = lamp_count(edition.indicators)
    text = (
        f"{edition.everywhere}{counts.total}项指标：{counts.sentence}；得分{everything.score_text}，"
        f"填报率{everything.reported_text}。"
    )
    write_note(sheet, book, row, _WIDTHS, text)
    leads = {domain.name: domain.lead_agency for domain in edition.plan.domains}
    row = _draw_groups(sheet, book, row + 1, edition, "domain", "一、分领域评价", leads)
    levels = {agency.name: agency.level for agency in edition.plan.agencies}
    row = _draw_groups(sheet, book, row + 1, edition, "agency", "二、分单位评价", levels)
    for number, level in zip("三四五六七八", edition.level_groups, strict=False):
        heading = f"{number}、分{level.removesuffix('级')}评价（目标分解）"
        row = _draw_groups(sheet, book, row + 1, edition, level, heading, levels)
    write_note(sheet, book, row, _WIDTHS, _NOTE)
    sheet.print_area(0, 0, row, len(_COLUMNS) - 1)
    set_up_page(sheet, f"{edition.period.year}年度评价表　{edition.versions_text}")


def _draw_groups(
    sheet: Any,
    book: PaperBook,
    row: int,
    edition: Edition,
    view: str,
    heading: str,
    seconds: dict[str, str],
) -> int:
    sheet.set_row(row, 28)
    sheet.write_string(row, 0, heading, book.look(font_name=TITLE_FONT, font_size=13))
    row += 1
    names = [name for name, _ in _COLUMNS]
    names[1] = "牵头单位" if view == "domain" else "层级"
    write_header(sheet, book, row, _WIDTHS, names)
    groups = sorted(
        edition.groups_of(view), key=lambda group: (group.rank is None, group.rank or 0)
    )
    for group in groups:
        row += 1
        _draw_group(sheet, book, row, edition, view, group, seconds.get(group.name, "—"))
    if not groups:
        row += 1
        sheet.merge_range(row, 0, row, len(_COLUMNS) - 1, "", book.cell("center"))
        sheet.write_string(row, 0, "（没有）", book.cell("center"))
    return row + 1


def _draw_group(
    sheet: Any,
    book: PaperBook,
    row: int,
    edition: Edition,
    view: str,
    group: Group,
    second: str,
) -> None:
    texts = [write_text(sheet, book, row, 0, group.name), second]
    write_text(sheet, book, row, 1, second, "center")
    for column, number in enumerate(
        (group.total, group.green, group.amber, group.red, group.grey), start=2
    ):
        sheet.write_number(row, column, number, book.cell("center"))
    words = (
        group.reported_text,
        group.score_text,
        "不排名" if group.rank is None else str(group.rank),
        change_text(edition.rank_change(view, group)),
    )
    for column, word in enumerate(words, start=7):
        write_text(sheet, book, row, column, word, "center")
    sheet.write_string(row, 11, group.light.word, book.lamp(group.light))
    fit_row(sheet, row, texts, _WIDTHS[:2])


# --- 五年进展 -----------------------------------------------------------------------------------


def _draw_years(sheet: Any, book: PaperBook, edition: Edition) -> None:
    columns = year_columns(edition)
    widths = (*_YEAR_WIDTHS, *(_TARGET, _ACTUAL) * len(columns), *_LAST_WIDTHS)
    set_widths(sheet, widths)
    first, last = edition.plan.years[0], edition.plan.years[-1]
    row = write_heading(sheet, book, widths, f"{first}—{last}年指标进展", _origin(edition))
    sheet.set_row(row, 24)
    for place, name in enumerate(("编号", "指标", "责任单位", "计量单位")):
        sheet.merge_range(row, place, row + 1, place, "", book.header)
        sheet.write_string(row, place, name, book.header)
    at = len(_YEAR_WIDTHS)
    for year in columns:
        sheet.merge_range(row, at, row, at + 1, "", book.header)
        sheet.write_string(row, at, year.heading, book.header)
        sheet.write_string(row + 1, at, "目标", book.header)
        sheet.write_string(row + 1, at + 1, "实际", book.header)
        at += 2
    for place, name in enumerate((f"{last}年目标", "对五年目标"), start=at):
        sheet.merge_range(row, place, row + 1, place, "", book.header)
        sheet.write_string(row, place, name, book.header)
    sheet.repeat_rows(row, row + 1)
    sheet.freeze_panes(row + 2, 2)
    row += 2
    for entry in five_years(edition):
        _draw_entry(sheet, book, row, entry, widths)
        row += 1
    write_note(sheet, book, row, widths, _YEARS_NOTE)
    sheet.print_area(0, 0, row, len(widths) - 1)
    set_up_page(sheet, f"{edition.period.year}年度评价表　{edition.versions_text}")


def _draw_entry(
    sheet: Any, book: PaperBook, row: int, entry: FiveYears, widths: tuple[float, ...]
) -> None:
    item = entry.item
    texts = [item.printed_code, item.name, item.reporting_agency, item.measure]
    for column, text in enumerate(texts):
        write_text(sheet, book, row, column, text, "left" if column == 1 else "center")
    for cell in entry.cells:
        write_text(sheet, book, row, len(texts), cell.target, "center")
        texts.append(cell.target)
        column = len(texts)
        if cell.light is None:
            write_text(sheet, book, row, column, cell.text, "center")
        else:
            sheet.write_string(row, column, cell.text, book.lamp(cell.light))
        texts.append(cell.text)
    for text in (entry.final_target, entry.reached):
        write_text(sheet, book, row, len(texts), text, "center")
        texts.append(text)
    fit_row(sheet, row, texts, widths)
