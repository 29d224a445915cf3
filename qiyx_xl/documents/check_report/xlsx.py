"""How the report on a batch is written as a workbook: 汇总 to read, 问题清单 to filter.

Both sheets are written row by row to disk, so that a million findings take no more memory than a
hundred.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.check_report.summary import TITLE, CheckSummary, FindingLine, worst_first
from qiyx_xl.documents.style.theme import (
    BODY_POINTS,
    HEADER_FILL,
    PLAIN,
    QUIET_INK,
    TITLE_FONT,
    TITLE_POINTS,
    text_workbook,
)
from qiyx_xl.files.palette import ERROR_FILL, WARNING_FILL
from qiyx_xl.files.sizing import MAX_ROW_HEIGHT, row_height
from qiyx_xl.files.untrusted_text import MESSAGE_LIMIT, looks_live, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SUMMARY_SHEET = "汇总"
FINDINGS_SHEET = "问题清单"

MAX_LISTED = 1_000_000  # Excel's sheet ends at row 1,048,576
MAX_FILES = 10_000  # people have to scroll past this table to the next one below it
_INDENT = 2.0  # the width that the indent takes from a column

_SUMMARY_WIDTHS = (46.0, 18.0, 16.0, 12.0, 12.0, 12.0, 12.0)
_FINDING_COLUMNS = (
    ("序号", 7.0),
    ("级别", 9.0),
    ("单位", 14.0),
    ("文件", 24.0),
    ("工作表", 12.0),
    ("单元格", 9.0),
    ("栏目", 14.0),
    ("现在填的", 18.0),
    ("问题和改法", 56.0),
    ("建议填", 13.0),
    ("代码", 8.0),
)
_CENTRED = frozenset({0, 1, 5, 10})

_STATUS_FILLS = {
    SubmissionStatus.ACCEPTED: "#CFE8CF",
    SubmissionStatus.RETURNED: ERROR_FILL,
    SubmissionStatus.UNREADABLE: "#D9D9D9",
}
_SEVERITY_FILLS = {Severity.ERROR: ERROR_FILL, Severity.WARNING: WARNING_FILL}

Row = tuple[str | int | SubmissionStatus | Severity, ...]


class _Style:
    """The cell formats of one workbook, each created at its first use."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._cells: dict[tuple[str, bool, str | None], Any] = {}
        self.title = self._add(font_name=TITLE_FONT, font_size=TITLE_POINTS, align="center")
        self.sentence = self._add(font_name=TITLE_FONT, font_size=12, align="center")
        self.origin = self._add(font_color=QUIET_INK, align="center")
        self.heading = self._add(font_name=TITLE_FONT, font_size=12)
        self.header = self._add(
            font_name=TITLE_FONT, bg_color=HEADER_FILL, border=1, align="center", text_wrap=True
        )

    def cell(self, align: str, *, live: bool = False, fill: str | None = None) -> Any:
        """Return the format of a bordered cell.

        ``live`` adds the quote prefix: text like a formula then stays text when it is edited.
        """
        key = (align, live, fill)
        if key not in self._cells:
            properties: dict[str, Any] = {"border": 1, "align": align, "text_wrap": True}
            if align == "left":
                properties["indent"] = 1
            if live:
                properties["quote_prefix"] = True
            if fill is not None:
                properties["bg_color"] = fill
            self._cells[key] = self._add(**properties)
        return self._cells[key]

    def _add(self, **properties: Any) -> Any:
        return self._book.add_format(PLAIN | properties)


def write_workbook(out: IO[bytes] | Path, summary: CheckSummary) -> None:
    """Write the workbook; the same summary gives the same bytes."""
    book = text_workbook(out, row_by_row=True)
    day = summary.today
    book.set_properties({"title": TITLE, "created": datetime(day.year, day.month, day.day)})  # noqa: DTZ001 - a day, not a moment
    style = _Style(book)
    _draw_summary(book.add_worksheet(SUMMARY_SHEET), style, summary)
    _draw_findings(book.add_worksheet(FINDINGS_SHEET), style, summary)
    book.close()


# --- 汇总 --------------------------------------------------------------------------------------


def _draw_summary(sheet: Any, style: _Style, summary: CheckSummary) -> None:
    for column, width in enumerate(_SUMMARY_WIDTHS):
        sheet.set_column(column, column, width)
    last = len(_SUMMARY_WIDTHS) - 1
    heads = (
        (TITLE, style.title, 36),
        (summary.origin, style.origin, 22),
        (summary.sentence, style.sentence, 26),
        *((note, style.sentence, 26) for note in _cuts(summary)),
    )
    for row, (text, shape, height) in enumerate(heads):
        sheet.set_row(row, height)
        sheet.merge_range(row, 0, row, last, "", shape)
        sheet.write_string(row, 0, shown(text), shape)
    draw = partial(_draw_table, sheet, style)
    row = draw(
        len(heads) + 1,
        "按单位",
        ("单位", "文件数", "通过", "需退回", "读不了", "必须改（处）", "请核对（处）"),
        [
            (
                *(line.agency, line.files, line.accepted, line.returned, line.unreadable),
                *(line.errors, line.warnings),
            )
            for line in worst_first(summary.agencies, MAX_FILES)
        ],
    )
    row = draw(
        row,
        "按文件",
        ("文件", "单位", "数据期", "结果", "已填（项）", "必须改（处）", "请核对（处）"),
        [
            (
                line.file,
                line.agency,
                line.period,
                line.status,
                line.reported,
                line.errors,
                line.warnings,
            )
            for line in summary.files(MAX_FILES)
        ],
    )
    row = _draw_table(
        sheet,
        style,
        row,
        "按问题",
        ("问题", "代码", "级别", "处数", "文件数"),
        [
            (line.title, line.code, line.severity, line.findings, line.files)
            for line in summary.codes
        ],
    )
    sheet.print_area(0, 0, max(row - 2, 3), last)
    _set_up_page(sheet)


def _cuts(summary: CheckSummary) -> list[str]:
    """Return the note on what this workbook leaves out and how to get all of it, if anything."""
    left_out = summary.beyond(files=MAX_FILES, findings=MAX_LISTED)
    cure = "要全部，请加 --findings 文件夹。"
    return [f"内容太多，一张表放不下：{left_out}。{cure}"] if left_out else []


def _draw_table(
    sheet: Any,
    style: _Style,
    row: int,
    heading: str,
    header: Sequence[str],
    rows: Sequence[Row],
) -> int:
    """Draw heading, header and rows; return the first row for the next table."""
    sheet.set_row(row, 24)
    sheet.write_string(row, 0, heading, style.heading)
    row += 1
    sheet.set_row(row, 22)
    for column, name in enumerate(header):
        sheet.write_string(row, column, name, style.header)
    for values in rows or [("（没有）",)]:
        row += 1
        _write_row(sheet, style, row, values)
    return row + 2


def _write_row(sheet: Any, style: _Style, row: int, values: Row) -> None:
    texts = []
    for column, value in enumerate(values):
        align = "left" if column == 0 else "center"
        match value:
            case SubmissionStatus():
                fill = _STATUS_FILLS[value]
                sheet.write_string(row, column, value.label, style.cell(align, fill=fill))
            case Severity():
                fill = _SEVERITY_FILLS[value]
                sheet.write_string(row, column, value.label, style.cell(align, fill=fill))
            case int():
                sheet.write_number(row, column, value, style.cell(align))
            case _:
                text = shown(value)
                sheet.write_string(row, column, text, style.cell(align, live=looks_live(text)))
                texts.append((text, _SUMMARY_WIDTHS[column] - _INDENT, BODY_POINTS))
    sheet.set_row(row, min(row_height(texts), MAX_ROW_HEIGHT))


# --- 问题清单 ----------------------------------------------------------------------------------


def _draw_findings(sheet: Any, style: _Style, summary: CheckSummary) -> None:
    sheet.set_row(0, 26)
    for column, (name, width) in enumerate(_FINDING_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, style.header)
    listed = min(summary.finding_count, MAX_LISTED)
    for row, line in enumerate(islice(summary.findings(), listed), start=1):
        _draw_finding(sheet, style, row, line)
    if listed < summary.finding_count:
        sheet.write_string(
            listed + 1,
            1,
            f"共 {summary.finding_count:,} 处，一张表放不下，只列出前 {listed:,} 处。"
            "要全部，请加 --findings 文件夹，或分批校验。",
            style.heading,
        )
    last = len(_FINDING_COLUMNS) - 1
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, listed), last)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(1, listed), last)
    _set_up_page(sheet)


def _draw_finding(sheet: Any, style: _Style, row: int, line: FindingLine) -> None:
    finding = line.finding
    texts: Sequence[str] = (
        str(row),
        finding.severity.label,
        line.agency,
        line.file,
        shown(finding.sheet),
        shown(finding.cell),
        shown(finding.header),
        shown(finding.value),
        shown(finding.message, MESSAGE_LIMIT),
        shown(finding.suggestion),
        finding.code,
    )
    for column, text in enumerate(texts):
        align = "center" if column in _CENTRED else "left"
        if column == 0:
            sheet.write_number(row, 0, row, style.cell(align))
        elif column == 1:
            fill = _SEVERITY_FILLS[finding.severity]
            sheet.write_string(row, 1, text, style.cell(align, fill=fill))
        else:
            sheet.write_string(row, column, text, style.cell(align, live=looks_live(text)))
    height = row_height(
        (text, width - (0 if column in _CENTRED else _INDENT), BODY_POINTS)
        for column, (text, (_, width)) in enumerate(zip(texts, _FINDING_COLUMNS, strict=True))
    )
    sheet.set_row(row, min(height, MAX_ROW_HEIGHT))


def _set_up_page(sheet: Any) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.65)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f'&L&"宋体"&9{TITLE}　&A&C&"宋体"&9第 &P 页　共 &N 页')
