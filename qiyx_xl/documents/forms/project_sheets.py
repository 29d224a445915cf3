"""How the sheets 重大项目 and 民生实事 are drawn into an agency's fill-in workbook."""

from __future__ import annotations

from dataclasses import dataclass
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
from qiyx_xl.documents.style.theme import BODY_POINTS, INPUT_FILL, LINE, NOTE_POINTS, FormStyle
from qiyx_xl.files.sizing import row_height
from qiyx_xl.files.untrusted_text import in_footer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.projects.forms import AskedLivelihood, AskedProject
    from qiyx_xl.core.records.project_record import ProjectValue

_TITLE_ROW, _HEAD_ROW, _NOTE_ROW, _HEADER_ROW = range(4)
_LEAST_HEIGHT = 26
_INDENT = 2
_NOTHING = "—"
_TO_FILL = (ProjectColumn.DAY, ProjectColumn.MONEY, ProjectColumn.DONE, ProjectColumn.REMARK)
_MAJOR_WIDTHS = dict(zip(MAJOR_FORM, (11, 28, 28, 13, 15, 13, 12, 16, 36), strict=True))
_LIVELIHOOD_WIDTHS = dict(zip(LIVELIHOOD_FORM, (11, 28, 40, 11, 12, 12, 14, 40), strict=True))
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


@dataclass(frozen=True)
class _Page:
    """One sheet: its texts, its columns with their widths, its agency and period."""

    name: str
    title: str
    note: str
    widths: Mapping[ProjectColumn, float]
    agency: str
    period: Period

    @property
    def columns(self) -> Sequence[ProjectColumn]:
        return tuple(self.widths)

    def place(self, column: ProjectColumn) -> int:
        return self.columns.index(column)


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
        page = _Page(
            MAJOR_SHEET, f"“{short_name}”重大项目填报表", _MAJOR_NOTE, _MAJOR_WIDTHS, agency, period
        )
        _draw_majors(book, style, page, asked.projects)
    if asked.livelihood:
        page = _Page(
            LIVELIHOOD_SHEET, f"“{short_name}”民生实事填报表", _LIVELIHOOD_NOTE,
            _LIVELIHOOD_WIDTHS, agency, period,
        )  # fmt: skip
        _draw_livelihood(book, style, page, asked.livelihood)


def _draw_majors(
    book: Any, style: FormStyle, page: _Page, projects: Sequence[AskedProject]
) -> None:
    day = book.add_format(_day_format())
    sheet = _begin(book, style, page)
    row = _HEADER_ROW + 1
    for asked in projects:
        row = _draw_project(sheet, style, day, page, row, asked)
    _finish(sheet, page, row - 1)


def _draw_livelihood(
    book: Any, style: FormStyle, page: _Page, entries: Sequence[AskedLivelihood]
) -> None:
    sheet = _begin(book, style, page)
    for row, entry in enumerate(entries, start=_HEADER_ROW + 1):
        project = entry.project
        cells: dict[ProjectColumn, object] = {
            ProjectColumn.CODE: project.code,
            ProjectColumn.NAME: project.name,
            ProjectColumn.DETAIL: project.content or _NOTHING,
            ProjectColumn.MEASURE: project.measure,
            ProjectColumn.TARGET: project.target,
            ProjectColumn.LAST: _last(entry.last),
        }
        _draw_row(sheet, style, page, row, cells)
        _ask_number(sheet, style, page, (row, ProjectColumn.DONE), project.code, project.measure)
        _ask_remark(sheet, style, page, row)
    _finish(sheet, page, _HEADER_ROW + len(entries))


def _draw_project(
    sheet: Any, style: FormStyle, day: Any, page: _Page, row: int, asked: AskedProject
) -> int:
    project = asked.project
    planned = project.planned_investment.get(page.period.year)
    cells: dict[ProjectColumn, object] = {
        ProjectColumn.CODE: project.code,
        ProjectColumn.NAME: project.name,
        ProjectColumn.NODE: INVESTMENT_ROW,
        ProjectColumn.PLANNED_DAY: _NOTHING,
        ProjectColumn.DAY: _NOTHING,
        ProjectColumn.PLANNED_MONEY: "未定" if planned is None else planned,
        ProjectColumn.LAST: _last(asked.last),
    }
    _draw_row(sheet, style, page, row, cells)
    _ask_number(sheet, style, page, (row, ProjectColumn.MONEY), project.code, INVESTMENT_MEASURE)
    _ask_remark(sheet, style, page, row)
    for number, node in enumerate(asked.nodes, start=row + 1):
        cells = {
            ProjectColumn.CODE: project.node_code(node),
            ProjectColumn.NAME: project.name,
            ProjectColumn.NODE: node.name,
            ProjectColumn.PLANNED_DAY: node.planned.isoformat(),
            ProjectColumn.PLANNED_MONEY: _NOTHING,
            ProjectColumn.LAST: _NOTHING,
            ProjectColumn.MONEY: _NOTHING,
        }
        _draw_row(sheet, style, page, number, cells)
        _ask_day(sheet, day, page, number, project.node_code(node))
        _ask_remark(sheet, style, page, number)
    return row + 1 + len(asked.nodes)


def _begin(book: Any, style: FormStyle, page: _Page) -> Any:
    sheet = book.add_worksheet(page.name)
    last = len(page.columns) - 1
    for place, width in enumerate(page.widths.values()):
        sheet.set_column(place, place, width)
    sheet.set_row(_TITLE_ROW, 36)
    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, last, page.title, style.title)
    sheet.set_row(_HEAD_ROW, 24)
    middle = last // 2
    sheet.merge_range(_HEAD_ROW, 0, _HEAD_ROW, middle, f"填报单位：{page.agency}", style.head_left)
    period = f"数据期：{page.period.label}"
    sheet.merge_range(_HEAD_ROW, middle + 1, _HEAD_ROW, last, period, style.head_right)
    width = sum(page.widths.values())
    sheet.set_row(_NOTE_ROW, row_height([(page.note, width, NOTE_POINTS)]))
    sheet.merge_range(_NOTE_ROW, 0, _NOTE_ROW, last, page.note, style.note)
    sheet.set_row(_HEADER_ROW, 36)
    for place, column in enumerate(page.columns):
        shape = style.header_to_fill if column in _TO_FILL else style.header
        header = column.value.replace("（", "\n（")  # the measure in brackets gets its own line
        sheet.write_string(_HEADER_ROW, place, header, shape)
    return sheet


def _draw_row(
    sheet: Any, style: FormStyle, page: _Page, row: int, cells: Mapping[ProjectColumn, object]
) -> None:
    needs = []
    for column, cell in cells.items():
        place = page.place(column)
        if isinstance(cell, Decimal):
            sheet.write_number(row, place, cell, style.locked_number)
            continue
        is_text = column in (ProjectColumn.NAME, ProjectColumn.NODE, ProjectColumn.DETAIL)
        shape = style.locked_left if is_text else style.locked
        sheet.write_string(row, place, str(cell), shape)
        needs.append((str(cell), page.widths[column] - (_INDENT if is_text else 0), BODY_POINTS))
    sheet.set_row(row, row_height(needs, minimum=_LEAST_HEIGHT))


def _ask_number(
    sheet: Any,
    style: FormStyle,
    page: _Page,
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


def _ask_day(sheet: Any, day: Any, page: _Page, row: int, code: str) -> None:
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


def _ask_remark(sheet: Any, style: FormStyle, page: _Page, row: int) -> None:
    sheet.write_blank(row, page.place(ProjectColumn.REMARK), None, style.text_input)


def _finish(sheet: Any, page: _Page, last_row: int) -> None:
    sheet.freeze_panes(_HEADER_ROW + 1, 2)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.65)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.print_area(0, 0, last_row, len(page.columns) - 1)
    sheet.set_footer(
        f'&L&"宋体"&9{in_footer(page.agency)}　{page.period.label}&C&"宋体"&9第 &P 页　共 &N 页'
    )
    sheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})


def _last(value: ProjectValue | None) -> object:
    if value is None or isinstance(value, date):
        return _NOTHING
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
