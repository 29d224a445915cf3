"""How the sheets 重大项目 and 民生实事 are drawn into an agency's fill-in workbook."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.project_list import INVESTMENT_MEASURE
from qiyx_xl.core.projects.forms import (
    INVESTMENT_ROW,
    LIVELIHOOD_FORM,
    LIVELIHOOD_SHEET,
    MAJOR_FORM,
    MAJOR_SHEET,
    ProjectColumn,
    ProjectForm,
)
from qiyx_xl.core.records.project_record import spell_value
from qiyx_xl.documents.forms.listed_page import (
    HEADER_ROW,
    NOTHING,
    ListedPage,
    ask_text,
    begin_page,
    draw_row,
    finish_page,
)
from qiyx_xl.documents.style.theme import BODY_POINTS, INPUT_FILL, LINE, FormStyle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.projects.forms import AskedLivelihood, AskedProject
    from qiyx_xl.core.records.project_record import ProjectValue

_TO_FILL = (ProjectColumn.DAY, ProjectColumn.MONEY, ProjectColumn.DONE, ProjectColumn.REMARK)
_LEFT = (ProjectColumn.NAME, ProjectColumn.NODE, ProjectColumn.DETAIL)
_MAJOR_WIDTHS: dict[StrEnum, float] = dict(
    zip(MAJOR_FORM, (11, 28, 28, 13, 15, 13, 12, 16, 36), strict=True)
)
_LIVELIHOOD_WIDTHS: dict[StrEnum, float] = dict(
    zip(LIVELIHOOD_FORM, (11, 28, 40, 11, 12, 12, 14, 40), strict=True)
)
_MAJOR_NOTE = (
    "填表须知：1. 只填黄色单元格。"
    "2. “本年累计完成投资”填今年 1 月 1 日到数据期末完成的投资，单位万元，只填数字；"
    "没有完成投资的填 0，不要留空。"
    "3. 节点在本期末以前完成的，填实际完成日期，如 2026-06-28；还没有完成的留空。"
    "以前报错、其实没有完成的，填“未完成”。4. 落后的请在“情况说明”写明原因和下一步措施。"
)
_LIVELIHOOD_NOTE = (
    "填表须知：1. 只填黄色单元格。"
    "2. “本年完成值”填今年 1 月 1 日到数据期末的完成数，按计量单位，只填数字；"
    "没有完成的填 0，不要留空。3. 落后的请在“情况说明”写明原因和下一步措施。"
)


def draw_project_sheets(
    book: Any, asked: ProjectForm, agency: str, period: Period, short_name: str
) -> None:
    """Draw the sheet of each list that has anything to fill in.

    Args:
        book: the form being written.
        asked: what the agency has to fill in.
        agency: its name.
        period: the 数据期.
        short_name: what the plan is called in the sheets' titles.
    """
    if asked.is_empty:
        return
    style = FormStyle(book)
    if asked.projects:
        page = ListedPage(
            MAJOR_SHEET, f"“{short_name}”重大项目填报表", _MAJOR_NOTE, _MAJOR_WIDTHS,
            agency, period, _TO_FILL, _LEFT,
        )  # fmt: skip
        _draw_majors(book, style, page, asked.projects)
    if asked.livelihood:
        page = ListedPage(
            LIVELIHOOD_SHEET, f"“{short_name}”民生实事填报表", _LIVELIHOOD_NOTE,
            _LIVELIHOOD_WIDTHS, agency, period, _TO_FILL, _LEFT,
        )  # fmt: skip
        _draw_livelihood(book, style, page, asked.livelihood)


def _draw_majors(
    book: Any, style: FormStyle, page: ListedPage, projects: Sequence[AskedProject]
) -> None:
    day = book.add_format(_day_format())
    sheet = begin_page(book, style, page)
    row = HEADER_ROW + 1
    for asked in projects:
        row = _draw_project(sheet, style, day, page, row, asked)
    finish_page(sheet, page, row - 1)


def _draw_livelihood(
    book: Any, style: FormStyle, page: ListedPage, entries: Sequence[AskedLivelihood]
) -> None:
    sheet = begin_page(book, style, page)
    for row, entry in enumerate(entries, start=HEADER_ROW + 1):
        project = entry.project
        cells: dict[StrEnum, object] = {
            ProjectColumn.CODE: project.code,
            ProjectColumn.NAME: project.name,
            ProjectColumn.DETAIL: project.content or NOTHING,
            ProjectColumn.MEASURE: project.measure,
            ProjectColumn.TARGET: project.target,
            ProjectColumn.LAST: _last(entry.last),
        }
        draw_row(sheet, style, page, row, cells)
        _ask_number(sheet, style, page, (row, ProjectColumn.DONE), project.code, project.measure)
        ask_text(sheet, style, page, row, ProjectColumn.REMARK)
    finish_page(sheet, page, HEADER_ROW + len(entries))


def _draw_project(
    sheet: Any, style: FormStyle, day: Any, page: ListedPage, row: int, asked: AskedProject
) -> int:
    project = asked.project
    planned = project.planned_investment.get(page.period.year)
    cells: dict[StrEnum, object] = {
        ProjectColumn.CODE: project.code,
        ProjectColumn.NAME: project.name,
        ProjectColumn.NODE: INVESTMENT_ROW,
        ProjectColumn.PLANNED_DAY: NOTHING,
        ProjectColumn.DAY: NOTHING,
        ProjectColumn.PLANNED_MONEY: "未定" if planned is None else planned,
        ProjectColumn.LAST: _last(asked.last),
    }
    draw_row(sheet, style, page, row, cells)
    _ask_number(sheet, style, page, (row, ProjectColumn.MONEY), project.code, INVESTMENT_MEASURE)
    ask_text(sheet, style, page, row, ProjectColumn.REMARK)
    for number, node in enumerate(asked.nodes, start=row + 1):
        cells = {
            ProjectColumn.CODE: project.node_code(node),
            ProjectColumn.NAME: project.name,
            ProjectColumn.NODE: node.name,
            ProjectColumn.PLANNED_DAY: node.planned.isoformat(),
            ProjectColumn.PLANNED_MONEY: NOTHING,
            ProjectColumn.LAST: NOTHING,
            ProjectColumn.MONEY: NOTHING,
        }
        draw_row(sheet, style, page, number, cells)
        _ask_day(sheet, day, page, number, project.node_code(node))
        ask_text(sheet, style, page, number, ProjectColumn.REMARK)
    return row + 1 + len(asked.nodes)


def _ask_number(
    sheet: Any,
    style: FormStyle,
    page: ListedPage,
    at: tuple[int, ProjectColumn],
    code: str,
    measure: str,
) -> None:
    row, column = at
    place = page.place(column)
    sheet.write_blank(row, place, None, style.number_input(0))
    title = "本年累计完成投资" if column is ProjectColumn.MONEY else column.value
    sheet.data_validation(
        row,
        place,
        row,
        place,
        {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "input_title": f"{code}　{title}",
            "input_message": f"今年 1 月 1 日到期末的数，计量单位是“{measure}”，只填数字。"
            "不适用的填“不适用”，出现提示时选“是”。",
            "error_type": "warning",
            "error_title": "请核对",
            "error_message": "这里应填不小于 0 的数，不带单位。确要填“不适用”的，请选“是”；"
            "如是填错，请选“否”改正。",
        },
    )


def _ask_day(sheet: Any, day: Any, page: ListedPage, row: int, code: str) -> None:
    place = page.place(ProjectColumn.DAY)
    sheet.write_blank(row, place, None, day)
    last = page.period.last_day
    sheet.data_validation(
        row,
        place,
        row,
        place,
        {
            "validate": "date",
            "criteria": "between",
            "minimum": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None),
            "maximum": datetime(last.year, last.month, last.day, tzinfo=UTC).replace(tzinfo=None),
            "input_title": f"{code}　{ProjectColumn.DAY}",
            "input_message": "在本期末以前完成的，填完成的那一天，如 2026-06-28；没有完成的留空。",
            "error_type": "warning",
            "error_title": "请核对",
            "error_message": f"这里应填 {last} 以前的日期。填“未完成”“不适用”的，请选“是”；"
            "如是填错，请选“否”改正。",
        },
    )


def _last(value: ProjectValue | None) -> object:
    if value is None or isinstance(value, date):
        return NOTHING
    return value if isinstance(value, Decimal) else spell_value(value)


def _day_format() -> dict[str, Any]:
    return {
        "font_name": "宋体",
        "font_size": BODY_POINTS,
        "border": 1,
        "border_color": LINE,
        "align": "center",
        "valign": "vcenter",
        "bg_color": INPUT_FILL,
        "locked": False,
        "num_format": "yyyy-mm-dd",
    }
