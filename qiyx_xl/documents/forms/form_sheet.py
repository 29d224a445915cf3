"""How the sheet 填报表 is drawn: title, head line, note, table in sections, signature block."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.forms.vocabulary import (
    ASSESSMENT_WORDS,
    EVIDENCE_HEADER,
    FORM_SHEET,
    MILESTONE_WORDS,
    ContactLabel,
    FormColumn,
    HeadLabel,
    ItemClass,
    item_class,
    printed_target,
    second_name,
)
from qiyx_xl.core.plan.model import Direction, Goal, Indicator, Item, SecondInput
from qiyx_xl.core.primitives.values import Word, spell
from qiyx_xl.documents.style.theme import BODY_POINTS, NOTE_POINTS, FormStyle
from qiyx_xl.files.sizing import POINTS_PER_UNIT, row_height
from qiyx_xl.files.untrusted_text import in_footer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from qiyx_xl.core.plan.model import Agency, Frequency, Item, Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record

# --- The data validations of the cells to fill in: prompts, and warnings about odd values --------
# They warn and never forbid: 不适用, 免报 and 无线索 must be possible in every cell.

# Excel's limits, in characters; with a longer text XlsxWriter leaves the whole validation out.
TITLE_LIMIT, MESSAGE_LIMIT = 32, 255

_NOT_NEGATIVE = {"validate": "decimal", "criteria": ">=", "value": 0}
_SHARE = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
# A comparison figure such as a growth rate may be negative.
_ANY_NUMBER = {"validate": "decimal", "criteria": ">=", "value": -1_000_000_000}
_SECOND_HINTS = {
    SecondInput.COVERAGE_BASE: "请填本期应当覆盖的总人数，与实际值用同一计量单位。",
    SecondInput.DENOMINATOR: "请填总数，也就是分母；本期实际值填其中的一部分，也就是分子。",
    SecondInput.REFERENCE: "请填用来比较的同期数。",
    SecondInput.BASELINE: "请填五年计划开始前的数；填过一次、没有变化的不必改。",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """One cell's data validation: the rule, the prompt and the warning.

    Without ``error`` there is only a prompt.
    """

    rule: dict[str, Any]
    title: str
    prompt: str
    error: str = ""

    def options(self) -> dict[str, Any]:
        """Return the options for XlsxWriter's ``data_validation``."""
        words: dict[str, Any] = {"input_title": self.title, "input_message": self.prompt}
        if self.error:
            words |= {
                "error_type": "warning",
                "error_title": "请核对",
                "error_message": self.error,
            }
        return self.rule | words


def actual_guard(item: Item) -> Guard:
    """Return the validation of an item's 本期实际值."""
    title = f"{item.printed_code}　{FormColumn.ACTUAL}"
    if item.direction is Direction.MILESTONE:
        words = ASSESSMENT_WORDS if isinstance(item, Indicator) else MILESTONE_WORDS
        choice = "、".join(words)
        return Guard(
            {"validate": "list", "source": [word.value for word in words]},
            title,
            f"请从下拉列表选：{choice}。尚未启动的留空。",
            f"这里应填{choice}之一；尚未启动的请留空。如是填错，请选“否”改正。",
        )
    hint = _number_hint(item)
    if item.second_input is SecondInput.COVERAGE_BASE:
        return Guard(
            {"validate": "any"},
            title,
            f"{hint}请同时填补充值。已全部覆盖、没有人数的，可填“{Word.FULL_COVERAGE}”。",
        )
    is_share = item.is_percent and not item.may_exceed_hundred
    expected = "0 到 100 之间的数，如 96.3" if is_share else "不小于 0 的数"
    return Guard(
        _SHARE if is_share else _NOT_NEGATIVE,
        title,
        f"{hint}没有数据的，填“不适用”“免报”或“无线索”，出现提示时选“是”。",
        f"这里应填{expected}，不带单位。确要填“不适用”“免报”或“无线索”的，请选“是”；"
        "如是填错，请选“否”改正。",
    )


def second_guard(item: Item) -> Guard | None:
    """Return the validation of an item's 补充值; None if the item has no 补充值."""
    if item.second_input is None:
        return None
    is_reference = item.second_input is SecondInput.REFERENCE
    return Guard(
        _ANY_NUMBER if is_reference else _NOT_NEGATIVE,
        second_name(item),
        f"{_SECOND_HINTS[item.second_input]}只填数字，计量单位是“{item.measure}”。",
        "这里应填一个数，不带单位。如是填错，请选“否”改正。",
    )


def _number_hint(item: Item) -> str:
    counted = "请填累计数，不填当年数。" if item.cumulative else ""
    if item.is_percent:
        return f"计量单位是“%”，请直接填 96.3 这样的数，不填 96.3% 或 0.963。{counted}"
    return f"请填数字，计量单位是“{item.measure}”，不要写单位。{counted}"


# --- The sheet ----------------------------------------------------------------------------------

_WIDTHS = {
    FormColumn.CODE: 9,
    FormColumn.CLASS: 9,
    FormColumn.NAME: 34,
    FormColumn.MEASURE: 11,
    FormColumn.TARGET: 12,
    FormColumn.LAST: 10,
    FormColumn.ACTUAL: 12,
    FormColumn.SECOND_NAME: 17,
    FormColumn.SECOND: 10,
    FormColumn.REMARK: 40,
}
# Excel does not grow a row of fixed height, so there is room for a remark of two lines.
_ITEM_HEIGHT = 26
_INDENT = 2  # the width that the indent takes from the name's column
_MARGINS = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.65}  # inches
_PAGE_WIDTH, _PAGE_HEIGHT = 842, 595  # A4 landscape, points
_SQUEEZED = 0.18  # share of a page that is fitted in by printing smaller, without a new page
_COLUMNS = tuple(FormColumn)
_INDEX = {column: index for index, column in enumerate(_COLUMNS)}
_EVIDENCE_COLUMN, _EVIDENCE_WIDTH = len(_COLUMNS), 18
_ORDINALS = "一二三"
_TITLE_ROW, _HEAD_ROW, _NOTE_ROW, _HEADER_ROW = range(4)

_NOTE = (
    "填表须知：1. 只填黄色单元格，请勿增删行列、改动表头和灰色单元格。"
    "2. “本期实际值”只填数字，不带单位，不写“约”；百分数直接填 96.3，不填 96.3% 或 0.963。"
    "3. 带“累计”的填累计数，不填当年数。4. 未达到目标的，请在“情况说明”写明原因和下一步措施。"
    "5. 不属于本单位、本期免报或无线索的，填“不适用”“免报”“无线索”；没有发生的填 0，不要留空。"
)
_EVIDENCE_NOTE = (
    "6. “佐证材料”是黄色的，报数（里程碑为报完成）时随表附上材料，并写明附了什么、几份。"
)
_NO_ITEMS = "本期没有要填的指标、任务目标和里程碑，请填后面的工作表；填报人请在下方写明。"


@dataclass(frozen=True)
class FormContent:
    """The data of one form."""

    plan: Plan
    agency: Agency
    period: Period
    items: tuple[Item, ...]
    deadlines: Mapping[Frequency, date]
    last_values: Mapping[str, Record]

    @property
    def title(self) -> str:
        """The form's title: 北仑区公共服务“七优享”指标填报表.

        It begins like the plan's title where that quotes the short name.
        """
        before, quoted, _ = self.plan.title.partition(f"“{self.plan.words.short_name}”")
        return f"{before}{quoted}指标填报表" if quoted else f"{self.plan.words.heading}指标填报表"

    @property
    def asks_evidence(self) -> bool:
        """Whether an item asks for evidence, so that there is a column for it."""
        return any(item.evidence for item in self.items)

    @property
    def last_column(self) -> int:
        """The place of the last column, counted from 0."""
        return _EVIDENCE_COLUMN if self.asks_evidence else _EVIDENCE_COLUMN - 1

    @property
    def width(self) -> float:
        """The width of all columns."""
        return sum(_WIDTHS.values()) + (_EVIDENCE_WIDTH if self.asks_evidence else 0)

    @property
    def deadline_text(self) -> str:
        """The deadline as printed; if there are several, each date with its frequencies."""
        frequencies: dict[date, list[str]] = {}
        for frequency, day in sorted(self.deadlines.items(), key=lambda pair: pair[1]):
            frequencies.setdefault(day, []).append(frequency.label)
        if len(frequencies) <= 1:
            return "".join(_day(day) for day in frequencies)
        first = min(frequencies)
        dates = (
            f"{day.month}月{day.day}日（{'、'.join(labels)}）"
            for day, labels in frequencies.items()
        )
        return f"{first.year}年" + "、".join(dates)


class _Sheet:
    """XlsxWriter's sheet, with a record of the row heights; they give the number of pages."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self.heights: dict[int, float] = {}

    def set_row(self, row: int, height: float) -> None:
        """Fix a row's height in points."""
        self.heights[row] = height
        self._sheet.set_row(row, height)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sheet, name)


def draw_form_sheet(book: Any, content: FormContent) -> None:
    """Draw the sheet into a workbook being written by XlsxWriter."""
    style = FormStyle(book)
    sheet = _Sheet(book.add_worksheet(FORM_SHEET))
    for column, width in _WIDTHS.items():
        sheet.set_column(_INDEX[column], _INDEX[column], width)
    if content.asks_evidence:
        sheet.set_column(_EVIDENCE_COLUMN, _EVIDENCE_COLUMN, _EVIDENCE_WIDTH)
    _draw_top(sheet, style, content)
    row = _draw_table(sheet, style, content)
    last_row = _draw_signature(sheet, style, row + 1)
    _set_up_page(sheet, content, last_row)


def _draw_top(sheet: _Sheet, style: FormStyle, content: FormContent) -> None:
    sheet.set_row(_TITLE_ROW, 36)
    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, content.last_column, content.title, style.title)
    sheet.set_row(_HEAD_ROW, 24)
    heads = (
        (HeadLabel.AGENCY, content.agency.name, FormColumn.CODE, FormColumn.NAME, style.head_left),
        (
            HeadLabel.PERIOD,
            content.period.label,
            FormColumn.MEASURE,
            FormColumn.LAST,
            style.head_middle,
        ),
        (
            HeadLabel.DEADLINE,
            content.deadline_text,
            FormColumn.ACTUAL,
            FormColumn.REMARK,
            style.head_right,
        ),
    )
    for label, value, first, last, shape in heads:
        sheet.merge_range(
            _HEAD_ROW, _INDEX[first], _HEAD_ROW, _INDEX[last], f"{label}：{value}", shape
        )
    note = f"{_NOTE}{_EVIDENCE_NOTE}" if content.asks_evidence else _NOTE
    sheet.set_row(_NOTE_ROW, row_height([(note, content.width, NOTE_POINTS)]))
    sheet.merge_range(_NOTE_ROW, 0, _NOTE_ROW, content.last_column, note, style.note)
    sheet.set_row(_HEADER_ROW, 27)
    for column, index in _INDEX.items():
        filled = column in (FormColumn.ACTUAL, FormColumn.SECOND, FormColumn.REMARK)
        shape = style.header_to_fill if filled else style.header
        sheet.write_string(_HEADER_ROW, index, column.value, shape)
    if content.asks_evidence:
        sheet.write_string(_HEADER_ROW, _EVIDENCE_COLUMN, EVIDENCE_HEADER, style.header_to_fill)


def _draw_table(sheet: _Sheet, style: FormStyle, content: FormContent) -> int:
    row, section = _HEADER_ROW + 1, 0
    for kind in ItemClass:
        rows = [item for item in content.items if item_class(item) is kind]
        if not rows:
            continue
        sheet.set_row(row, 22)
        heading = f"{_ORDINALS[section]}、{kind}{_section_hint(kind, rows)}"
        sheet.merge_range(row, 0, row, content.last_column, heading, style.section)
        section, row = section + 1, row + 1
        for item in rows:
            _draw_item(sheet, style, content, row, item)
            row += 1
    if not content.items:
        sheet.set_row(row, 26)
        sheet.merge_range(row, 0, row, content.last_column, _NO_ITEMS, style.section)
        row += 1
    return row


def _section_hint(kind: ItemClass, items: list[Item]) -> str:
    if kind is ItemClass.GOAL:
        goals = [item for item in items if isinstance(item, Goal)]
        years = "、".join(str(year) for year in sorted({goal.deadline_year for goal in goals}))
        yearly = "；按年计的为每年目标" if any(goal.annual_from for goal in goals) else ""
        return f"（目标值为到{years}年的目标{yearly}）"
    if kind is ItemClass.MILESTONE:
        return f"（请从下拉列表选“{'”“'.join(MILESTONE_WORDS)}”；尚未启动的留空）"
    return "（目标值为本年度目标）"


def _draw_item(sheet: _Sheet, style: FormStyle, content: FormContent, row: int, item: Item) -> None:
    last = content.last_values.get(item.code)
    asks = second_name(item)
    texts = {
        FormColumn.CODE: item.printed_code,
        FormColumn.CLASS: item_class(item).value,
        FormColumn.NAME: item.name,
        FormColumn.MEASURE: item.measure or "—",
        FormColumn.TARGET: printed_target(item, content.period.year) or "—",
        FormColumn.SECOND_NAME: asks or "—",
    }
    for column, text in texts.items():
        shape = style.locked_left if column is FormColumn.NAME else style.locked
        sheet.write_string(row, _INDEX[column], text, shape)
    _write_value(sheet, style, row, _INDEX[FormColumn.LAST], last)
    sheet.write_blank(row, _INDEX[FormColumn.ACTUAL], None, style.number_input(item.decimals))
    _draw_second(sheet, style, row, item, last)
    sheet.write_blank(row, _INDEX[FormColumn.REMARK], None, style.text_input)
    if content.asks_evidence:
        _draw_evidence(sheet, style, row, item)
    widths = _WIDTHS | {FormColumn.NAME: _WIDTHS[FormColumn.NAME] - _INDENT}
    needs = ((text, widths[column], BODY_POINTS) for column, text in texts.items())
    sheet.set_row(row, row_height(needs, minimum=_ITEM_HEIGHT))
    _guard(sheet, row, FormColumn.ACTUAL, actual_guard(item))
    _guard(sheet, row, FormColumn.SECOND, second_guard(item))


def _draw_evidence(sheet: _Sheet, style: FormStyle, row: int, item: Item) -> None:
    if not item.evidence:
        sheet.write_string(row, _EVIDENCE_COLUMN, "—", style.locked)
        return
    sheet.write_blank(row, _EVIDENCE_COLUMN, None, style.text_input)
    prompt = f"要附：{item.evidence}。请写明附了什么、几份，如“验收意见1份；照片3张”。"
    guard = Guard({"validate": "any"}, EVIDENCE_HEADER, prompt)
    sheet.data_validation(row, _EVIDENCE_COLUMN, row, _EVIDENCE_COLUMN, guard.options())


def _write_value(
    sheet: _Sheet, style: FormStyle, row: int, column: int, last: Record | None
) -> None:
    text = spell(last.actual) if last is not None else ""
    if last is not None and isinstance(last.actual, Decimal):
        sheet.write_number(row, column, last.actual, style.locked_number)
    else:
        sheet.write_string(row, column, text or "—", style.locked)


def _draw_second(
    sheet: _Sheet, style: FormStyle, row: int, item: Item, last: Record | None
) -> None:
    column = _INDEX[FormColumn.SECOND]
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


def _guard(sheet: _Sheet, row: int, column: FormColumn, guard: Guard | None) -> None:
    if guard is not None:
        at = _INDEX[column]
        sheet.data_validation(row, at, row, at, guard.options())


def _draw_signature(sheet: _Sheet, style: FormStyle, row: int) -> int:
    """Draw the signature block; return its last row.

    It has two rows of labels, each followed by the cells to fill in.
    """
    places = (
        (0, ContactLabel.REPORTER, FormColumn.CLASS, FormColumn.NAME, "text"),
        (0, ContactLabel.PHONE, FormColumn.TARGET, FormColumn.ACTUAL, "text"),
        (0, ContactLabel.REVIEWER, FormColumn.SECOND, FormColumn.REMARK, "text"),
        (1, ContactLabel.DATE, FormColumn.CLASS, FormColumn.NAME, "date"),
        (1, ContactLabel.SEAL, FormColumn.SECOND, FormColumn.REMARK, "seal"),
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


def _set_up_page(sheet: _Sheet, content: FormContent, last_row: int) -> None:
    sheet.freeze_panes(_HEADER_ROW + 1, _INDEX[FormColumn.MEASURE])
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(**_MARGINS)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, _pages(sum(sheet.heights.values()), content.width))
    sheet.repeat_rows(_HEADER_ROW)
    sheet.print_area(0, 0, last_row, content.last_column)
    sheet.set_footer(
        f'&L&"宋体"&9{in_footer(content.agency.name)}　{content.period.label}'
        '&C&"宋体"&9第 &P 页　共 &N 页'
    )
    sheet.protect(
        "",
        {"format_columns": True, "format_rows": True, "format_cells": True},
    )
    sheet.set_selection(
        _HEADER_ROW + 2, _INDEX[FormColumn.ACTUAL], _HEADER_ROW + 2, _INDEX[FormColumn.ACTUAL]
    )


def _pages(height: float, columns: float) -> int:
    """Return the number of pages to print on.

    If only a few rows would be left for the last page, they are fitted onto the one before.
    """
    width = columns * POINTS_PER_UNIT
    printable_width = _PAGE_WIDTH - 72 * (_MARGINS["left"] + _MARGINS["right"])
    printable_height = _PAGE_HEIGHT - 72 * (_MARGINS["top"] + _MARGINS["bottom"])
    page = printable_height * width / printable_width
    whole, rest = divmod(height, page)
    return max(1, int(whole) + (rest > _SQUEEZED * page))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
