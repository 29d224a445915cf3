"""How the workbook is written in which the office keeps its lists of projects."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.projects.forms import (
    LIVELIHOOD_LIST,
    LIVELIHOOD_SHEET,
    MAJOR_LIST,
    MAJOR_SHEET,
    NAMES_SHEET,
    NODE_LIST,
    NODE_SHEET,
    ListColumn,
    year_column,
)
from qiyx_xl.documents.style.theme import INPUT_FILL, LINE, NOTE_POINTS, FormStyle, text_workbook
from qiyx_xl.files.placing import replacing
from qiyx_xl.files.sizing import row_height

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.project_list import ProjectList

_EMPTY_ROWS = 60  # empty rows below the list, with formats and data validations
_TITLE_ROW, _NOTE_ROW, _HEADER_ROW = range(3)
_WIDTHS = {
    ListColumn.CODE: 10,
    ListColumn.NAME: 30,
    ListColumn.DOMAIN: 11,
    ListColumn.AGENCY: 15,
    ListColumn.CONTACT: 10,
    ListColumn.PHONE: 16,
    ListColumn.CONTENT: 36,
    ListColumn.TOTAL: 12,
    ListColumn.NUMBER: 9,
    ListColumn.NODE: 40,
    ListColumn.PLANNED: 16,
    ListColumn.YEAR: 8,
    ListColumn.DETAIL: 40,
    ListColumn.MEASURE: 10,
    ListColumn.TARGET: 12,
}
_YEAR_WIDTH = 13
_NOTES = {
    MAJOR_SHEET: "一个项目一行。项目编码用字母加数字（XM01），定了不要再改；"
    "领域、责任部门从下拉列表选；金额为万元，只填数字。"
    "某年计划投资空着是未定，填 0 是当年不安排投资。",
    NODE_SHEET: "一个节点一行，项目编码与“重大项目”表一致；"
    "节点序号在项目内从 1 排起，定了不要再改；计划完成日期写到日，如 2026-06-30。",
    LIVELIHOOD_SHEET: "一件实事一年一行。编码用字母加数字（SS01）；"
    "目标值是全年要完成的数，按计量单位，只填数字；跨年的实事每年另立一行、另用编码。",
}


def write_project_template(path: Path, plan: Plan, listed: ProjectList) -> None:
    """Write the workbook, filled in with the present lists; the same input gives the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    content = template_bytes(plan, listed)
    with replacing(path) as beside:
        beside.write_bytes(content)


def template_bytes(plan: Plan, listed: ProjectList) -> bytes:
    """Return the workbook's bytes."""
    written = BytesIO()
    book = text_workbook(written)
    issued = plan.issued
    created = datetime(issued.year, issued.month, issued.day, tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": "重大项目和民生实事清单", "created": created})
    style = FormStyle(book)
    day = book.add_format(
        {"font_name": "宋体", "font_size": 10.5, "border": 1, "border_color": LINE,
         "align": "center", "valign": "vcenter", "bg_color": INPUT_FILL, "num_format": "yyyy-mm-dd"}
    )  # fmt: skip
    years = [(year_column(year), year) for year in plan.years]
    majors = [
        [p.code, p.name, p.domain, p.agency, p.contact, p.phone, p.content, p.total_investment]
        + [p.planned_investment.get(year) for _, year in years]
        for p in listed.projects
    ]
    nodes = [
        [p.code, node.number, node.name, node.planned] for p in listed.projects for node in p.nodes
    ]
    livelihood = [
        [e.code, e.year, e.name, e.domain, e.agency, e.contact, e.phone, e.content, e.measure,
         e.target]
        for e in listed.livelihood
    ]  # fmt: skip
    for name, columns, rows in (
        (MAJOR_SHEET, [*map(str, MAJOR_LIST), *(header for header, _ in years)], majors),
        (NODE_SHEET, [*map(str, NODE_LIST)], nodes),
        (LIVELIHOOD_SHEET, [*map(str, LIVELIHOOD_LIST)], livelihood),
    ):
        _draw(book.add_worksheet(name), style, day, (name, columns), rows, plan)
    _draw_names(book.add_worksheet(NAMES_SHEET), style, plan)
    book.close()
    return written.getvalue()


def _draw(
    sheet: Any,
    style: FormStyle,
    day: Any,
    head: tuple[str, list[str]],
    rows: Sequence[Sequence[object]],
    plan: Plan,
) -> None:
    name, columns = head
    last = len(columns) - 1
    widths = [_WIDTHS.get(column, _YEAR_WIDTH) for column in columns]  # type: ignore[call-overload]
    sheet.set_row(_TITLE_ROW, 34)
    sheet.merge_range(
        _TITLE_ROW, 0, _TITLE_ROW, last, f"“{plan.words.short_name}”{name}清单", style.title
    )
    note = _NOTES[name]
    sheet.set_row(_NOTE_ROW, row_height([(note, sum(widths), NOTE_POINTS)], minimum=24))
    sheet.merge_range(_NOTE_ROW, 0, _NOTE_ROW, last, note, style.note)
    sheet.set_row(_HEADER_ROW, 30)
    for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(_HEADER_ROW, place, column, style.header_to_fill)
    end = _HEADER_ROW + len(rows) + _EMPTY_ROWS
    for offset in range(len(rows) + _EMPTY_ROWS):
        cells = rows[offset] if offset < len(rows) else [None] * len(columns)
        texts = [
            (str(cell or ""), width - 2.0, 9.0) for cell, width in zip(cells, widths, strict=True)
        ]
        sheet.set_row(_HEADER_ROW + 1 + offset, row_height(texts, minimum=22))
        for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            _put(sheet, style, day, (_HEADER_ROW + 1 + offset, place), column, cell)
    _guard(sheet, columns, end, plan)
    sheet.freeze_panes(_HEADER_ROW + 1, 2 if name != NODE_SHEET else 1)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.55)
    sheet.set_footer('&C&"宋体"&9第 &P 页　共 &N 页')


def _put(
    sheet: Any, style: FormStyle, day: Any, place: tuple[int, int], column: str, cell: object
) -> None:
    is_number = column in {ListColumn.TOTAL, ListColumn.NUMBER, ListColumn.YEAR, ListColumn.TARGET}
    is_money = column not in _WIDTHS
    look = style.text_input
    if column == ListColumn.PLANNED:
        look = day
    elif is_number or is_money:
        look = style.number_input(0)
    match cell:
        case None | "":
            sheet.write_blank(*place, None, look)
        case str():
            sheet.write_string(*place, cell, look)
        case int():
            sheet.write_number(*place, cell, look)
        case _ if column == ListColumn.PLANNED:
            sheet.write_datetime(*place, cell, look)
        case _:
            sheet.write_number(*place, float(str(cell)), look)


def _guard(sheet: Any, columns: Sequence[str], end: int, plan: Plan) -> None:
    first = _HEADER_ROW + 1
    guards: dict[str, dict[str, Any]] = {
        ListColumn.DOMAIN: _one_of(0, len(plan.domains), "领域"),
        ListColumn.AGENCY: _one_of(1, len(plan.agencies), "责任部门"),
        ListColumn.PLANNED: {
            "validate": "date",
            "criteria": "between",
            "minimum": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None),
            "maximum": datetime(2099, 12, 31, tzinfo=UTC).replace(tzinfo=None),
            "input_title": "计划完成日期",
            "input_message": "写到日，如 2026-06-30。",
        },
    }
    not_negative = {"validate": "decimal", "criteria": ">=", "value": 0}
    for place, column in enumerate(columns):
        guard = guards.get(column)
        if guard is None and (
            column in {ListColumn.TOTAL, ListColumn.TARGET} or column not in _WIDTHS
        ):
            guard = not_negative
        if guard is not None:
            words = {
                "error_title": "请核对",
                "error_message": "这里填的内容不合要求，请看表头下的说明。",
            }
            sheet.data_validation(first, place, end, place, guard | words)


def _one_of(column: int, count: int, title: str) -> dict[str, Any]:
    letter = "AB"[column]
    return {
        "validate": "list",
        "source": f"={NAMES_SHEET}!${letter}$2:${letter}${count + 1}",
        "input_title": title,
        "input_message": "请从下拉列表选。",
    }


def _draw_names(sheet: Any, style: FormStyle, plan: Plan) -> None:
    """Write the names of domains and agencies from which the drop-down lists choose."""
    for column, (header, names) in enumerate(
        (
            (ListColumn.DOMAIN.value, [domain.name for domain in plan.domains]),
            (ListColumn.AGENCY.value, [agency.name for agency in plan.agencies]),
        )
    ):
        sheet.set_column(column, column, 24)
        sheet.write_string(0, column, header, style.header)
        for row, name in enumerate(names, start=1):
            sheet.write_string(row, column, name, style.locked)
    sheet.protect()
