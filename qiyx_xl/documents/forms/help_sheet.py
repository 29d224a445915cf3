"""How the sheet 填报说明 is drawn: steps, accepted words, entries that are sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.forms.vocabulary import HELP_SHEET
from qiyx_xl.documents.style.theme import BODY_FONT, BODY_POINTS, FormStyle
from qiyx_xl.files.sizing import row_height
from qiyx_xl.files.untrusted_text import in_footer

if TYPE_CHECKING:
    from qiyx_xl.documents.forms.form_sheet import FormContent

_WIDTHS = (28, 28, 38)

_STEPS = (
    "只填“填报表”中的黄色单元格。灰色单元格已锁定，如发现有误请告知专班办公室。",
    "“本期实际值”填到数据期最后一天为止的数。只填数字；计量单位看同一行“计量单位”列。",
    "名称或单位带“累计”的，填从方案起算以来的累计数，一般不小于上期值。",
    "“补充项”列有字的行，请同时填“补充值”。例如目标是全覆盖的，要填应覆盖人数。",
    "没有达到目标或进度的，“情况说明”必填：原因、下一步措施、预计完成时间。",
    "有值得推广的做法，在“情况说明”里以“典型做法：”开头写一两句，会写进通报。",
    "里程碑请从下拉列表选择；尚未启动的留空。已报“已完成”的，以后不再出现。",
    "填好后请填写表末的填报人、联系电话、审核人和填报日期，按“报送截止日”报送。",
)
WORDS = (
    ("不适用", "本单位没有这项工作", "任何一项；请在情况说明写一句理由"),
    ("免报", "按规定本期不用报", "任何一项；请在情况说明写一句理由"),
    ("无线索", "本期没有发生，率算不出来", "化解率一类，分母为 0 时；不要填 0%"),
    ("全覆盖", "应覆盖的都已覆盖", "目标值印“全覆盖”的项"),
    ("已通过　未通过", "评估已有结果", "目标是通过评估的项"),
    ("已完成　进行中　未通过", "里程碑的状态", "里程碑"),
)
EXAMPLES = (
    ("320个", "320", "数字里不要带单位"),
    ("约96", "96", "请填准确的数，不写“约”“左右”“以上”"),
    ("0.96（计量单位是%）", "96", "计量单位是 %，直接填 96"),
    ("1.7（计量单位是元）", "17000", "请换算成表里的计量单位"),
    ("1.6万（计量单位是人）", "16000", "请换算成表里的计量单位"),
    ("本年培训数", "从方案起算的累计数", "累计指标填当年数，会比上期小"),
    ("#DIV/0!　公式", "数字", "请把公式算出的结果粘贴为数值"),
    ("空白", "数字，或“不适用”“免报”", "没有发生的填 0，没有数据的写明原因"),
    ("改过的目标值、编码、数据期", "恢复原样", "会整份退回"),
)


def draw_help_sheet(book: Any, content: FormContent) -> None:
    """Draw the sheet into a workbook being written by XlsxWriter."""
    style = FormStyle(book)
    heading = book.add_format(
        {"font_name": "黑体", "font_size": 12, "valign": "vcenter", "bottom": 1}
    )
    text = book.add_format(
        {"font_name": BODY_FONT, "font_size": BODY_POINTS, "valign": "vcenter", "text_wrap": True}
    )
    sheet = book.add_worksheet(HELP_SHEET)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    last = len(_WIDTHS) - 1
    sheet.set_row(0, 34)
    sheet.merge_range(0, 0, 0, last, HELP_SHEET, style.title)
    row = _draw_steps(sheet, heading, text, 1)
    sheet.set_row(row, 30)
    sheet.merge_range(row, 0, row, last, "二、除数字外可以填的词", heading)
    row = _draw_table(sheet, style, row + 1, (("填写", "意思", "用在哪里"), *WORDS))
    sheet.set_row(row, 30)
    sheet.merge_range(row, 0, row, last, "三、会退回修改的写法", heading)
    _draw_table(sheet, style, row + 1, (("现在填的", "请改为", "原因"), *EXAMPLES))
    sheet.hide_gridlines(2)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer(f'&C&"宋体"&9{in_footer(content.title)}　第 &P 页　共 &N 页')
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _draw_steps(sheet: Any, heading: Any, text: Any, row: int) -> int:
    last = len(_WIDTHS) - 1
    sheet.set_row(row, 26)
    sheet.merge_range(row, 0, row, last, "一、怎样填", heading)
    for number, step in enumerate(_STEPS, start=1):
        line = f"{number}. {step}"
        at = row + number
        sheet.set_row(at, row_height([(line, sum(_WIDTHS), BODY_POINTS)]))
        sheet.merge_range(at, 0, at, last, line, text)
    return row + len(_STEPS) + 1


def _draw_table(sheet: Any, style: FormStyle, row: int, rows: tuple[tuple[str, ...], ...]) -> int:
    """Draw a table whose first row is the header; return the row below it."""
    for at, cells in enumerate(rows, start=row):
        widths = [width - 2 for width in _WIDTHS]
        needs = zip(cells, widths, [BODY_POINTS] * len(cells), strict=True)
        sheet.set_row(at, row_height(needs))
        for column, cell in enumerate(cells):
            sheet.write_string(at, column, cell, style.header if at == row else style.locked_left)
    return row + len(rows)
