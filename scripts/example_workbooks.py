"""How the samples imitate offices: fill in a form, insert a column, paste, retype the table."""

from __future__ import annotations

import re
import zipfile
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.cell_range import MultiCellRange

from qiyx_xl.core.forms.vocabulary import ContactLabel, FormColumn, printed_target
from qiyx_xl.core.projects.forms import LIVELIHOOD_SHEET, MAJOR_SHEET, ProjectColumn
from qiyx_xl.core.tasks.forms import TASK_SHEET, TASK_TO_FILL, TaskColumn
from qiyx_xl.files.zip_writer import USUAL, packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Agency, Item
    from qiyx_xl.core.primitives.periods import Period

_TASK_HEADER_ROW = 4


class FilledForm:
    """A form opened in openpyxl, whose cells are addressed by item code and column header."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        header = next(
            cell for row in sheet.iter_rows() for cell in row if cell.value == FormColumn.CODE.value
        )
        self._column = {cell.value: cell.column for cell in sheet[header.row]}
        name = self._column[FormColumn.NAME.value]
        self._row = {
            str(sheet.cell(row, header.column).value): row
            for row in range(header.row + 1, sheet.max_row + 1)
            if sheet.cell(row, name).value and sheet.cell(row, header.column).value
        }
        self._header_row = header.row

    def cell(self, code: str, column: FormColumn) -> Any:
        """Return the cell of an item."""
        return self.sheet.cell(self._row[code], self._column[column.value])

    def put(self, code: str, column: FormColumn, value: object) -> None:
        """Fill in one cell."""
        self.cell(code, column).value = value

    def sign(self, contact: tuple[str, str, str], day: datetime) -> None:
        """Fill in the signature block: reporter, phone, reviewer and date."""
        labels = (ContactLabel.REPORTER, ContactLabel.PHONE, ContactLabel.REVIEWER)
        words: dict[str, object] = {
            label.value: word for label, word in zip(labels, contact, strict=True)
        }
        words[ContactLabel.DATE.value] = day.replace(hour=0)
        for row in self.sheet.iter_rows(min_row=max(self._row.values()) + 1):
            for cell in row:
                if cell.value in words:
                    cell.offset(0, 1).value = words[cell.value]

    def paste_as_text(self, column: FormColumn) -> None:
        """Change a column's numbers to text in another font, as if pasted from elsewhere."""
        for code in self._row:
            cell = self.cell(code, column)
            cell.value = None if cell.value is None else str(cell.value)
            cell.number_format = "@"
            cell.font = Font(name="Calibri", size=11)

    def insert_column(self, before: FormColumn, header: str, text: str) -> None:
        """Insert a column that an office has added, with the same text in each row."""
        at = self._column[before.value]
        _shift(self.sheet, at)
        for name, column in self._column.items():
            self._column[name] = column + (column >= at)
        for row in (self._header_row, *self._row.values()):
            cell, beside = self.sheet.cell(row, at), self.sheet.cell(row, at - 1)
            cell.value = header if row == self._header_row else text
            cell._style = copy(beside._style)  # noqa: SLF001 - openpyxl has no other way

    def add_row(self, values: Sequence[object]) -> None:
        """Write one more row into the empty row below the table."""
        row = max(self._row.values()) + 1
        self.sheet.row_dimensions[row].height = 20
        for column, value in enumerate(values, start=1):
            self.sheet.cell(row, column).value = value


def fill_projects(book: Any, values: Mapping[str, tuple[object, str]]) -> None:
    """Fill in a form's project sheets, if it has any, with values and remarks by code."""
    for name in {MAJOR_SHEET, LIVELIHOOD_SHEET} & set(book.sheetnames):
        sheet = book[name]
        header = next(
            cell
            for row in sheet.iter_rows()
            for cell in row
            if cell.value == ProjectColumn.CODE.value
        )
        places = {
            str(cell.value).replace("\n", ""): cell.column
            for cell in sheet[header.row]
            if cell.value
        }
        for row in range(header.row + 1, sheet.max_row + 1):
            code = str(sheet.cell(row, header.column).value)
            value, remark = values.get(code, (None, ""))
            column = ProjectColumn.DONE if name == LIVELIHOOD_SHEET else ProjectColumn.MONEY
            if "-" in code:
                column = ProjectColumn.DAY
            sheet.cell(row, places[column.value]).value = value
            sheet.cell(row, places[ProjectColumn.REMARK.value]).value = remark or None


def fill_tasks(book: Any, values: Mapping[str, tuple[str, str, str]]) -> None:
    """Fill in a form's sheet 重点任务, if it has one, with state, words and evidence by code."""
    if TASK_SHEET not in book.sheetnames:
        return
    sheet = book[TASK_SHEET]
    places = {cell.value: cell.column for cell in sheet[_TASK_HEADER_ROW]}
    for row in range(_TASK_HEADER_ROW + 1, sheet.max_row + 1):
        code = str(sheet.cell(row, places[TaskColumn.CODE.value]).value)
        for column, text in zip(TASK_TO_FILL, values.get(code, ("", "", "")), strict=True):
            sheet.cell(row, places[column.value]).value = text or None


def _shift(sheet: Any, at: int) -> None:
    """Insert a column as Excel does: merged cells, widths and validations are moved, too."""
    merges = [range_boundaries(str(merged)) for merged in sheet.merged_cells.ranges]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    widths = {
        column: sheet.column_dimensions[get_column_letter(column)].width
        for column in range(1, sheet.max_column + 1)
    }
    sheet.insert_cols(at)
    for left, top, right, bottom in merges:
        sheet.merge_cells(
            start_row=top,
            end_row=bottom,
            start_column=left + (left >= at),
            end_column=right + (right >= at),
        )
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column + (column >= at))].width = width
    sheet.column_dimensions[get_column_letter(at)].width = 12
    last = get_column_letter(sheet.max_column)
    sheet.print_area = re.sub(r"(?<=:\$)[A-Z]+", last, sheet.print_area)
    for validation in sheet.data_validations.dataValidation:
        moved = MultiCellRange()
        for cells in validation.sqref.ranges:
            cells.shift(col_shift=int(cells.min_col >= at))
            moved.add(cells)
        validation.sqref = moved


def write_retyped(
    path: Path,
    agency: Agency,
    period: Period,
    rows: Sequence[tuple[Item, str]],
    contact: tuple[str, str, str],
    *,
    merged: bool,
) -> None:
    """Write an office's own table with other headers; ``merged``: also with merged cells."""
    book = xlsxwriter.Workbook(str(path), {"default_format_properties": {"font_name": "仿宋"}})
    last = period.last_day
    book.set_properties({"created": datetime(last.year, last.month, last.day)})  # noqa: DTZ001
    sheet = book.add_worksheet("Sheet1" if merged else period.label)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter"})
    body = book.add_format({"border": 1, "valign": "vcenter"})
    headers = ("编码", "分类", "指标 名称", "单位", "目标", "本期完成", "备注")
    for column, width in enumerate((10, 10, 30, 8, 10, 12, 24)):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.merge_range(0, 0, 0, 6, f"{agency.name}“七优享”{period.label}完成情况表", title)
    sheet.write_string(1, 0, f"填报单位：{agency.name}")
    sheet.write_string(1, 4, f"数据期：{period.label}")
    for column, header in enumerate(headers):
        if merged:
            sheet.merge_range(2, column, 3, column, header, head)
        else:
            sheet.write_string(2, column, header, head)
    top = 4 if merged else 3
    for row, (item, actual) in enumerate(rows, start=top):
        texts = {0: item.code, 2: item.name, 3: item.measure}
        for column, text in texts.items():
            sheet.write_string(row, column, text, body)
        sheet.write_string(row, 4, printed_target(item, period.year), body)
        sheet.write_number(row, 5, float(actual), body)
        sheet.write_blank(row, 6, None, body)
        if not merged:
            sheet.write_string(row, 1, "任务目标", body)
    if merged:
        sheet.merge_range(top, 1, top + len(rows) - 1, 1, "任务目标", body)
    foot = top + len(rows) + 1
    for column, text in ((0, f"填报人：{contact[0]}"), (3, f"联系电话：{contact[1]}")):
        sheet.write_string(foot, column, text)
    book.close()


def settle_zip(path: Path, saved: datetime) -> None:
    """Rewrite a workbook's archive with fixed dates, so that its bytes depend only on content."""
    with zipfile.ZipFile(path) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    stamp = saved.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, core)
    path.write_bytes(packed(parts.items(), level=USUAL))
