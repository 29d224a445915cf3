"""How the sheet 重点任务 is drawn into an agency's fill-in workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.records.project_record import spell_value
from qiyx_xl.core.tasks.forms import STATE_WORDINGS, TASK_SHEET, TASK_TO_FILL, TaskColumn
from qiyx_xl.documents.forms.listed_page import (
    HEADER_ROW,
    NOTHING,
    ListedPage,
    ask_text,
    begin_page,
    draw_row,
    finish_page,
)
from qiyx_xl.documents.style.theme import FormStyle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.tasks.forms import AskedTask

_WIDTHS: dict[StrEnum, float] = dict(
    zip(TaskColumn, (10, 26, 28, 14, 12, 10, 10, 42, 16, 18), strict=True)
)
_LEFT = (TaskColumn.NAME, TaskColumn.DONE_WHEN)
_CHOICES = "、".join(STATE_WORDINGS)
_NOTE = (
    "填表须知：1. 只填黄色单元格。"
    f"2. “状态”从下拉列表选：{_CHOICES}。按“完成标准”办成了的才填“已完成”，以后不再要求填报。"
    "3. “进展情况”写本期做了什么，一两句话；“受阻”的写明卡在哪里、需要谁来解决。"
    "4. “应附材料”一栏有要求的，报“已完成”时随表附上，并在“佐证材料”写明附了什么、几份。"
)


def draw_task_sheet(
    book: Any, asked: Sequence[AskedTask], agency: str, period: Period, short_name: str
) -> None:
    """Draw the sheet, if there is anything to fill in.

    Args:
        book: the form being written.
        asked: the tasks that the agency reports on.
        agency: its name.
        period: the 数据期.
        short_name: what the plan is called in the sheet's title.
    """
    if not asked:
        return
    style = FormStyle(book)
    page = ListedPage(
        TASK_SHEET, f"“{short_name}”重点任务填报表", _NOTE, _WIDTHS, agency, period,
        TASK_TO_FILL, _LEFT,
    )  # fmt: skip
    sheet = begin_page(book, style, page)
    for row, one in enumerate(asked, start=HEADER_ROW + 1):
        task = one.task
        cells: dict[StrEnum, object] = {
            TaskColumn.CODE: task.code,
            TaskColumn.NAME: task.name,
            TaskColumn.DONE_WHEN: task.done_when or NOTHING,
            TaskColumn.COOPERATING: "、".join(task.cooperating_agencies) or NOTHING,
            TaskColumn.DUE: task.due.isoformat(),
            TaskColumn.LAST: NOTHING if one.last is None else spell_value(one.last.value),
            TaskColumn.ASKED: task.evidence or NOTHING,
        }
        draw_row(sheet, style, page, row, cells)
        _ask_state(sheet, style, page, row, task.code)
        ask_text(sheet, style, page, row, TaskColumn.WORDS)
        ask_text(sheet, style, page, row, TaskColumn.EVIDENCE)
    finish_page(sheet, page, HEADER_ROW + len(asked))


def _ask_state(sheet: Any, style: FormStyle, page: ListedPage, row: int, code: str) -> None:
    place = page.place(TaskColumn.STATE)
    sheet.write_blank(row, place, None, style.text_input)
    sheet.data_validation(
        row,
        place,
        row,
        place,
        {
            "validate": "list",
            "source": [word.value for word in STATE_WORDINGS],
            "input_title": f"{code}　{TaskColumn.STATE}",
            "input_message": f"请从下拉列表选：{_CHOICES}。不适用的填“不适用”，出现提示时选“是”。",
            "error_type": "warning",
            "error_title": "请核对",
            "error_message": f"这里应填{_CHOICES}之一。确要填“不适用”的，请选“是”；"
            "如是填错，请选“否”改正。",
        },
    )
