"""Draws the sheet 填报表: title, head line, note, table in sections, signature block."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.forms import (
    ASSESSMENT_WORDS,
    FORM_SHEET,
    MILESTONE_WORDS,
    Column,
    ContactLabel,
    HeadLabel,
    ItemClass,
    item_class,
    printed_target,
    second_name,
)
from qiyx_xl.core.plan import Direction, Goal, Indicator, SecondInput
from qiyx_xl.core.values import Word, spell
from qiyx_xl.documents.form_style import BODY_POINTS, NOTE_POINTS, FormStyle
from qiyx_xl.documents.sizing import row_height

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.plan import Agency, Frequency, Item, Plan
    from qiyx_xl.core.submissions import Record

_WIDTHS = {
    Column.CODE: 9,
    Column.CLASS: 9,
    Column.NAME: 34,
    Column.MEASURE: 11,
    Column.TARGET: 13,
    Column.LAST: 10,
    Column.ACTUAL: 12,
    Column.SECOND_NAME: 14,
    Column.SECOND: 10,
    Column.REMARK: 31,
}
_INDENT = 2  # what an indented cell loses of its width
_COLUMNS = tuple(Column)
_INDEX = {column: index for index, column in enumerate(_COLUMNS)}
_LAST_COLUMN = len(_COLUMNS) - 1
_ORDINALS = "一二三"
_TITLE_ROW, _HEAD_ROW, _NOTE_ROW, _HEADER_ROW = range(4)

_NOTE = (
    "填表须知：1. 只填黄色单元格，请勿增删行列、改动表头和灰色单元格。"
    "2. “本期实际值”只填数字，不带单位，不写“约”；百分数直接填 96.3，不填 96.3% 或 0.963。"
    "3. 带“累计”的填累计数，不填当年数。4. 未达到目标的，请在“情况说明”写明原因和下一步措施。"
    "5. 不属于本单位、本期免报或无线索的，填“不适用”“免报”“无线索”；没有发生的填 0，不要留空。"
)


@dataclass(frozen=True)
class FormContent:
    """Everything one form says."""

    plan: Plan
    agency: Agency
    period: Period
    items: tuple[Item, ...]
    deadlines: Mapping[Frequency, date]
    last_values: Mapping[str, Record]

    @property
    def title(self) -> str:
        """The form's title, from the plan's: 北仑区公共服务“七优享”指标填报表."""
        named = re.match(r".*?“[^”]+”", self.plan.title)
        return f"{named.group() if named else self.plan.title}指标填报表"

    @property
    def deadline_text(self) -> str:
        """The deadline as printed; where frequencies differ, each with its own."""
        days = sorted(set(self.deadlines.values()))
        if len(days) <= 1:
            return "".join(_day(day) for day in days)
        return "；".join(
            f"{frequency.label}{_day(day)}" for frequency, day in self.deadlines.items()
        )


def draw_form_sheet(book: Any, content: FormContent) -> None:
    """Draw the sheet into a workbook being written by XlsxWriter."""
    style = FormStyle(book)
    sheet = book.add_worksheet(FORM_SHEET)
    for column, width in _WIDTHS.items():
        sheet.set_column(_INDEX[column], _INDEX[column], width)
    _draw_top(sheet, style, content)
    row = _draw_table(sheet, style, content)
    last_row = _draw_signature(sheet, style, row + 1)
    _set_up_page(sheet, content, last_row)


def _draw_top(sheet: Any, style: FormStyle, content: FormContent) -> None:
    sheet.set_row(_TITLE_ROW, 36)
    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, _LAST_COLUMN, content.title, style.title)
    sheet.set_row(_HEAD_ROW, 24)
    heads = (
        (HeadLabel.AGENCY, content.agency.name, Column.CODE, Column.NAME, style.head_left),
        (HeadLabel.PERIOD, content.period.label, Column.MEASURE, Column.ACTUAL, style.head_middle),
        (
            HeadLabel.DEADLINE,
            content.deadline_text,
            Column.SECOND_NAME,
            Column.REMARK,
            style.head_right,
        ),
    )
    for label, value, first, last, shape in heads:
        sheet.merge_range(
            _HEAD_ROW, _INDEX[first], _HEAD_ROW, _INDEX[last], f"{label}：{value}", shape
        )
    width = sum(_WIDTHS.values())
    sheet.set_row(_NOTE_ROW, row_height([(_NOTE, width, NOTE_POINTS)]))
    sheet.merge_range(_NOTE_ROW, 0, _NOTE_ROW, _LAST_COLUMN, _NOTE, style.note)
    sheet.set_row(_HEADER_ROW, 27)
    for column, index in _INDEX.items():
        filled = column in (Column.ACTUAL, Column.SECOND, Column.REMARK)
        shape = style.header_to_fill if filled else style.header
        sheet.write_string(_HEADER_ROW, index, column.value, shape)


def _draw_table(sheet: Any, style: FormStyle, content: FormContent) -> int:
    row, section = _HEADER_ROW + 1, 0
    for kind in ItemClass:
        rows = [item for item in content.items if item_class(item) is kind]
        if not rows:
            continue
        sheet.set_row(row, 22)
        heading = f"{_ORDINALS[section]}、{kind}{_section_hint(kind, rows)}"
        sheet.merge_range(row, 0, row, _LAST_COLUMN, heading, style.section)
        section, row = section + 1, row + 1
        for item in rows:
            _draw_item(sheet, style, content, row, item)
            row += 1
    return row


def _section_hint(kind: ItemClass, items: list[Item]) -> str:
    if kind is ItemClass.GOAL:
        years = sorted({item.deadline_year for item in items if isinstance(item, Goal)})
        return f"（目标值为到{'、'.join(map(str, years))}年的目标；按年计的为每年目标）"
    if kind is ItemClass.MILESTONE:
        return f"（请从下拉列表选“{'”“'.join(MILESTONE_WORDS)}”；尚未启动的留空）"
    return "（目标值为本年度目标）"


def _draw_item(sheet: Any, style: FormStyle, content: FormContent, row: int, item: Item) -> None:
    last = content.last_values.get(item.code)
    asks = second_name(item)
    texts = {
        Column.CODE: item.code,
        Column.CLASS: item_class(item).value,
        Column.NAME: item.name,
        Column.MEASURE: item.measure or "—",
        Column.TARGET: printed_target(item, content.period.year) or "—",
        Column.SECOND_NAME: asks or "—",
    }
    for column, text in texts.items():
        shape = style.locked_left if column is Column.NAME else style.locked
        sheet.write_string(row, _INDEX[column], text, shape)
    _write_value(sheet, style, row, _INDEX[Column.LAST], last)
    sheet.write_blank(row, _INDEX[Column.ACTUAL], None, style.number_input(item.decimals))
    _draw_second(sheet, style, row, item, last)
    sheet.write_blank(row, _INDEX[Column.REMARK], None, style.text_input)
    sheet.set_row(
        row, row_height((text, _WIDTHS[c] - _INDENT, BODY_POINTS) for c, text in texts.items())
    )
    _guard_actual(sheet, row, item)


def _write_value(sheet: Any, style: FormStyle, row: int, column: int, last: Record | None) -> None:
    text = spell(last.actual) if last is not None else ""
    if last is not None and isinstance(last.actual, Decimal):
        sheet.write_number(row, column, last.actual, style.locked_number)
    else:
        sheet.write_string(row, column, text or "—", style.locked)


def _draw_second(sheet: Any, style: FormStyle, row: int, item: Item, last: Record | None) -> None:
    column = _INDEX[Column.SECOND]
    if item.second_input is None:
        sheet.write_string(row, column, "", style.locked)
        return
    known = None
    if item.second_input is SecondInput.BASELINE:
        recorded = last.second if last is not None else None
        known = recorded if recorded is not None else item.baseline
    shape = style.number_input(item.decimals)
    if known is None:
        sheet.write_blank(row, column, None, shape)
    else:
        sheet.write_number(row, column, known, shape)
    _guard(
        sheet,
        row,
        column,
        {"validate": "decimal", "criteria": ">=", "value": -100 if item.is_percent else 0},
        second_name(item),
        "请填一个数，不带单位。" + _SECOND_HINTS[item.second_input],
        "这里应填一个数，不带单位。",
    )


_SECOND_HINTS = {
    SecondInput.COVERAGE_BASE: "是本期应当覆盖的总人数，与实际值同一计量单位。",
    SecondInput.REFERENCE: "是用来比较的同期数。",
    SecondInput.BASELINE: "是五年计划开始前的数，填过一次、没有变化的不必改。",
}


def _guard_actual(sheet: Any, row: int, item: Item) -> None:
    column = _INDEX[Column.ACTUAL]
    title = f"{item.code}　{Column.ACTUAL}"
    if item.direction is Direction.MILESTONE:
        words = ASSESSMENT_WORDS if isinstance(item, Indicator) else MILESTONE_WORDS
        _guard(
            sheet,
            row,
            column,
            {"validate": "list", "source": [str(word) for word in words]},
            title,
            f"请从下拉列表选：{'、'.join(words)}。尚未启动的留空。",
            f"这里应填{'、'.join(words)}之一；尚未启动的请留空。",
        )
        return
    hint = _number_hint(item)
    if item.second_input is SecondInput.COVERAGE_BASE:
        _guard(
            sheet,
            row,
            column,
            {"validate": "any"},
            title,
            f"{hint}请同时填补充值；已全部覆盖、没有人数的，可填“{Word.FULL_COVERAGE}”。",
            "",
        )
        return
    capped = item.is_percent and not item.may_exceed_hundred
    rule: dict[str, Any] = (
        {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
        if capped
        else {"validate": "decimal", "criteria": ">=", "value": 0}
    )
    expected = "0 到 100 之间的数，如 96.3" if capped else "不小于 0 的数"
    _guard(
        sheet,
        row,
        column,
        rule,
        title,
        hint + "没有数据可填“不适用”“免报”“无线索”，遇提示时选“是”。",
        f"这里应填{expected}，不带单位。如确要填“不适用”“免报”或“无线索”，请选“是”；"
        "如是填错，请选“否”改正。",
    )


def _number_hint(item: Item) -> str:
    if item.is_percent:
        return "计量单位是“%”，请直接填 96.3 这样的数，不填 96.3% 或 0.963。"
    counted = "请填累计数，不填当年数。" if item.cumulative else ""
    return f"请填数字，计量单位是“{item.measure}”，不要写单位。{counted}"


def _guard(
    sheet: Any, row: int, column: int, rule: dict[str, Any], title: str, prompt: str, error: str
) -> None:
    """Attach a data validation. It warns and never forbids: 不适用 must remain possible."""
    words = {"input_title": title[:32], "input_message": prompt, "ignore_blank": True}
    if error:
        words |= {
            "error_type": "warning",
            "error_title": "请核对",
            "error_message": error,
        }
    sheet.data_validation(row, column, row, column, rule | words)


def _draw_signature(sheet: Any, style: FormStyle, row: int) -> int:
    """Two rows of label and cell to fill in; the cell is right of its label, unmerged."""
    places = (
        (0, ContactLabel.REPORTER, Column.CLASS, Column.NAME, "text"),
        (0, ContactLabel.PHONE, Column.TARGET, Column.ACTUAL, "text"),
        (0, ContactLabel.REVIEWER, Column.SECOND, Column.REMARK, "text"),
        (1, ContactLabel.DATE, Column.CLASS, Column.NAME, "date"),
        (1, ContactLabel.SEAL, Column.SECOND, Column.REMARK, "seal"),
    )
    shapes = {"text": style.sign_text, "date": style.sign_date, "seal": style.sign_seal}
    sheet.set_row(row - 1, 10)
    sheet.set_row(row, 26)
    sheet.set_row(row + 1, 26)
    for offset, label, label_column, last, shape in places:
        at, first = row + offset, _INDEX[label_column] + 1
        sheet.write_string(at, first - 1, label.value, style.sign_label)
        if first == _INDEX[last]:
            sheet.write_blank(at, first, None, shapes[shape])
        else:
            sheet.merge_range(at, first, at, _INDEX[last], "", shapes[shape])
    return row + 1


def _set_up_page(sheet: Any, content: FormContent, last_row: int) -> None:
    sheet.freeze_panes(_HEADER_ROW + 1, _INDEX[Column.MEASURE])
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.65)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.print_area(0, 0, last_row, _LAST_COLUMN)
    sheet.set_footer(
        f'&L&"宋体"&9{content.agency.name}　{content.period.label}&C&"宋体"&9第 &P 页　共 &N 页'
    )
    sheet.protect(
        "",
        {"format_columns": True, "format_rows": True, "format_cells": True},
    )
    sheet.set_selection(
        _HEADER_ROW + 2, _INDEX[Column.ACTUAL], _HEADER_ROW + 2, _INDEX[Column.ACTUAL]
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
