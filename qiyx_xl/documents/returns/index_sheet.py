"""How the sheet 退回说明 is drawn: agency, request, and every finding with a link to its cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.documents.returns.marks import CellStyles, parse_place, write_text
from qiyx_xl.documents.style.theme import (
    BODY_FONT,
    BODY_POINTS,
    HEADER_FILL,
    INK,
    LINE,
    QUIET_INK,
    TITLE_FONT,
    TITLE_POINTS,
)
from qiyx_xl.files.addresses import column_letters
from qiyx_xl.files.palette import ERROR_FILL, WARNING_FILL, argb
from qiyx_xl.files.sizing import MAX_ROW_HEIGHT, row_height
from qiyx_xl.files.untrusted_text import MESSAGE_LIMIT, as_cell_text, looks_live

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from qiyx_xl.core.findings.model import Finding

INDEX_SHEET = "退回说明"

# Headers and widths in digits; the widths add up to an A4 page in landscape.
_COLUMNS = (
    ("序号", 6.0),
    ("级别", 9.0),
    ("工作表", 14.0),
    ("单元格", 10.0),
    ("栏目", 16.0),
    ("现在填的", 20.0),
    ("请这样改", 58.0),
    ("建议填", 14.0),
    ("代码", 7.5),
)
_WIDTHS = tuple(width for _, width in _COLUMNS)
_SEVERITY = [name for name, _ in _COLUMNS].index("级别")
_LINK = [name for name, _ in _COLUMNS].index("单元格")
_CENTRED = frozenset({0, 1, 3, 8})
_INDENT = 2.0  # the width that the indent takes from a column
_WHOLE_FILE = "整个文件"


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """The office to which the corrected file goes, and the deadline.

    ``contact`` is a name with a telephone number.
    """

    office: str = "专班办公室"
    contact: str = ""
    by: date | None = None

    @property
    def sentence(self) -> str:
        """The request, as printed."""
        day = "尽快" if self.by is None else f"于{self.by.year}年{self.by.month}月{self.by.day}日前"
        contact = f"（联系人：{self.contact}）" if self.contact else ""
        return f"请{day}改好后报送{self.office}{contact}。"


@dataclass(frozen=True, slots=True)
class IndexContent:
    """The data of the index.

    ``notes`` are sentences below the head. ``sheets`` are the sheets of this same workbook that
    can be linked to; none if the index is a file of its own.
    """

    agency: str
    period: str
    file: str
    findings: Sequence[tuple[int, Finding]]
    notes: Sequence[str]
    reply: ReplyTo
    sheets: Collection[str] = ()

    def count(self, severity: Severity) -> int:
        """Return the number of findings of this severity."""
        return sum(finding.severity is severity for _, finding in self.findings)


def numbered(findings: Sequence[Finding]) -> tuple[tuple[int, Finding], ...]:
    """Return the findings numbered from 1: errors first, otherwise in their order."""
    ordered = sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)
    return tuple(enumerate(ordered, start=1))


def draw_index(sheet: Any, content: IndexContent) -> None:
    """Draw the index into an empty openpyxl worksheet."""
    style = _Style()
    for number, width in enumerate(_WIDTHS, start=1):
        # Excel counts the padding of 5 pixels as part of the width that a file states.
        sheet.column_dimensions[column_letters(number)].width = width + 0.625
    header_row = _draw_head(sheet, style, content)
    _draw_header(sheet, style, header_row)
    for row, finding in enumerate(content.findings, start=header_row + 1):
        _draw_finding(sheet, style, row, finding, content.sheets)
    last_row = header_row + max(1, len(content.findings))
    _set_up_page(sheet, content, header_row, last_row)


class _Style:
    """openpyxl's style objects, created once per workbook.

    openpyxl compares them by value at every use, so cells of one look share a style.
    """

    def __init__(self) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        side = Side(style="thin", color=argb(LINE))
        self.border = Border(left=side, right=side, top=side, bottom=side)
        self.title = Font(name=TITLE_FONT, size=TITLE_POINTS, color=argb(INK))
        self.strong = Font(name=TITLE_FONT, size=12, color=argb(INK))
        self.body = Font(name=BODY_FONT, size=BODY_POINTS, color=argb(INK))
        self.note = Font(name=BODY_FONT, size=BODY_POINTS, color=argb(QUIET_INK))
        self.link = Font(name=BODY_FONT, size=BODY_POINTS, color="FF0B57A4", underline="single")
        self.header = Font(name=TITLE_FONT, size=BODY_POINTS, color=argb(INK))
        self.header_fill = PatternFill("solid", fgColor=argb(HEADER_FILL))
        self.fills = {
            Severity.ERROR: PatternFill("solid", fgColor=argb(ERROR_FILL)),
            Severity.WARNING: PatternFill("solid", fgColor=argb(WARNING_FILL)),
        }
        self.middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
        self.left = Alignment(horizontal="left", vertical="center", wrap_text=True)
        self.cell = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
        self._looks = CellStyles()

    def dress(
        self,
        cell: Any,
        *,
        is_centred: bool,
        is_link: bool,
        is_live: bool,
        severity: Severity | None,
    ) -> None:
        """Give a cell of the table its format."""

        def draw(plain: Any) -> None:
            if is_live:
                _keep_text(plain)
            plain.font, plain.border = self.link if is_link else self.body, self.border
            plain.alignment = self.middle if is_centred else self.cell
            if severity is not None:
                plain.fill = self.fills[severity]

        self._looks.give(cell, (is_centred, is_link, is_live, severity), draw)


def _draw_head(sheet: Any, style: _Style, content: IndexContent) -> int:
    """Draw title and head lines; return the row of the table's header."""
    errors, warnings = content.count(Severity.ERROR), content.count(Severity.WARNING)
    whose = "　".join(part for part in (content.agency, content.period) if part)
    counts = [f"必须改的 {errors} 处"] if errors else []
    counts += [f"请核对的 {warnings} 处"] if warnings else []
    lines = (
        (INDEX_SHEET, style.title, style.middle, TITLE_POINTS),
        (whose or "填报单位、数据期：未能识别", style.strong, style.middle, 12.0),
        (f"文件：{content.file}", style.note, style.left, BODY_POINTS),
        (f"{'，'.join(counts)}。{content.reply.sentence}", style.strong, style.left, 12.0),
        *((note, style.note, style.left, BODY_POINTS) for note in content.notes),
    )
    width = sum(_WIDTHS)
    for row, (text, font, alignment, points) in enumerate(lines, start=1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_COLUMNS))
        cell = sheet.cell(row, 1)
        _write(cell, as_cell_text(text, MESSAGE_LIMIT))
        cell.font, cell.alignment = font, alignment
        sheet.row_dimensions[row].height = row_height([(text, width, points)], 22.0)
    return len(lines) + 2


def _draw_header(sheet: Any, style: _Style, row: int) -> None:
    sheet.row_dimensions[row - 1].height = 6
    sheet.row_dimensions[row].height = 26
    for column, (name, _) in enumerate(_COLUMNS, start=1):
        cell = sheet.cell(row, column)
        write_text(cell, name)
        cell.font, cell.fill = style.header, style.header_fill
        cell.alignment, cell.border = style.middle, style.border


def _draw_finding(
    sheet: Any,
    style: _Style,
    row: int,
    numbered_finding: tuple[int, Finding],
    sheets: Collection[str],
) -> None:
    number, finding = numbered_finding
    texts = (
        str(number),
        finding.severity.label,
        as_cell_text(finding.sheet) or _WHOLE_FILE,
        as_cell_text(finding.cell) or "—",
        as_cell_text(finding.header),
        as_cell_text(finding.value),
        as_cell_text(finding.message, MESSAGE_LIMIT),
        as_cell_text(finding.suggestion),
        finding.code,
    )
    place = _target(finding, sheets)
    for column, text in enumerate(texts):
        cell = sheet.cell(row, column + 1)
        if column == 0:
            cell.value = number
        elif column == _LINK and place is not None:
            write_text(cell, text if finding.cell is not None else "转到")
            _link(cell, *place)
        else:
            write_text(cell, text)
        style.dress(
            cell,
            is_centred=column in _CENTRED,
            is_link=column == _LINK and place is not None,
            is_live=column > 0 and looks_live(text),
            severity=finding.severity if column == _SEVERITY else None,
        )
    height = row_height(
        (text, _WIDTHS[at] - (0 if at in _CENTRED else _INDENT), BODY_POINTS)
        for at, text in enumerate(texts)
    )
    sheet.row_dimensions[row].height = min(height, MAX_ROW_HEIGHT)


def _target(finding: Finding, sheets: Collection[str]) -> tuple[str, str] | None:
    if finding.sheet is None or finding.sheet not in sheets:
        return None
    place = parse_place(finding.cell)
    return finding.sheet, place[1] if place is not None else "A1"


def _link(cell: Any, sheet: str, place: str) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    quoted = sheet.replace("'", "''")
    # Only a location in this workbook: without a target the link cannot lead out of it.
    cell.hyperlink = Hyperlink(
        ref=cell.coordinate, location=f"'{quoted}'!{place}", tooltip="点击跳到这一格"
    )


def _write(cell: Any, text: str) -> None:
    write_text(cell, text)
    if looks_live(text):
        _keep_text(cell)


def _keep_text(cell: Any) -> None:
    # With the quote prefix Excel keeps it a text; without, F2 and Enter would make it a formula.
    cell.quotePrefix = True


def _set_up_page(sheet: Any, content: IndexContent, header_row: int, last_row: int) -> None:
    last = column_letters(len(_COLUMNS))
    sheet.freeze_panes = f"A{header_row + 1}"
    sheet.auto_filter.ref = f"A{header_row}:{last}{last_row}"
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = argb(ERROR_FILL)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = _fit_to_page()
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.65
    sheet.page_margins.footer = 0.3
    sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.print_area = f"A1:{last}{last_row}"
    # "&" starts a code in a footer: P page, N pages.
    whose = as_cell_text(f"{content.agency}　{content.period}", 60).replace("&", "&&")
    sheet.oddFooter.left.text = whose.replace("\n", " ")
    sheet.oddFooter.center.text = "第 &P 页　共 &N 页"


def _fit_to_page() -> Any:
    from openpyxl.worksheet.properties import PageSetupProperties

    return PageSetupProperties(fitToPage=True)
