"""How the sheets other than 操作台 are drawn with XlsxWriter: tables, print set-up, colours."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.rating.rate import Light
from qiyx_xl.ledger.content.log_rows import row_height
from qiyx_xl.ledger.content.plan_sheets import TO_CONFIRM, merged_targets
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import tables as log_tables
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import Cell, Formula, Value, column_letter, fitted
from qiyx_xl.ledger.layout.tables import LAMP, NOTE, SheetTable
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from qiyx_xl.ledger.build.formats import Formats
    from qiyx_xl.ledger.content.plan_sheets import Row
    from qiyx_xl.ledger.content.workbook import Content

A4 = 9


def put(sheet: Worksheet, row: int, column: int, cell: Cell, look: Format) -> None:
    """Write one cell. A text is written as text, even if it begins with ``=``."""
    if isinstance(cell, Formula):
        sheet.write_formula(row, column, f"={cell.text}", look, _stored(cell.value))
    elif cell is None or cell == "":
        sheet.write_blank(row, column, None, look)
    elif isinstance(cell, str):
        text = fitted(cell)
        # XlsxWriter treats such a text as its own rich text and writes the markup unescaped.
        is_markup = text.startswith("<r>") and text.endswith("</r>")
        sheet.write_string(row, column, f"{text} " if is_markup else text, look)
    elif isinstance(cell, datetime | date):
        sheet.write_datetime(row, column, cell, look)
    else:
        sheet.write_number(row, column, float(cell), look)


def _stored(value: Value) -> str | float:
    if value is None:
        return ""
    return float(value) if isinstance(value, Decimal | int) else str(value)


# --- the three sheets of the plan ------------------------------------------------------------


def draw_plan_sheet(
    sheet: Worksheet, table: SheetTable, rows: Sequence[Row], content: Content, looks: Formats
) -> None:
    """Draw 指标台账, 任务目标 or 里程碑: title, status row, table, colours, print set-up."""
    _frame(sheet, table, content, looks)
    _status_row(sheet, table, content, looks)
    for offset, cells in enumerate(rows):
        row = table.first_row + offset
        sheet.set_row(row, 34)
        for place, column in enumerate(table.columns):
            put(sheet, row, place, cells.get(column.header), looks.column(column.style))
        if cells.get(NOTE) == TO_CONFIRM:
            _mark_unconfirmed(sheet, table, row, cells, content.view.plan.years, looks)
    _lamp_colours(sheet, table, looks)
    _change_prompts(sheet, table)
    sheet.merge_range(
        table.last_row + 1,
        0,
        table.last_row + 1,
        table.visible - 1,
        content.frame_cells(table)[table.last_row + 1, 0],
        looks.named("note"),
    )
    sheet.set_row(table.last_row + 1, 24)
    sheet.autofilter(table.header_row, 0, table.last_row, len(table.columns) - 1)
    sheet.freeze_panes(table.first_row, table.place(table.name_column) + 1)
    _printed(sheet, table, one_page=table.sheet is LedgerSheet.INDICATORS)


def _change_prompts(sheet: Worksheet, table: SheetTable) -> None:
    """Say beside the two cells for another reporter what to fill in."""
    for header, allowed, prompt in (
        (layout.CHANGE_TO, {"validate": "any"}, texts.CHANGE_TO_PROMPT),
        (
            layout.CHANGE_SINCE,
            {"validate": "list", "source": f"={layout.Name.PERIODS}", "error_type": "warning"},
            texts.CHANGE_SINCE_PROMPT,
        ),
    ):
        place = table.place(header)
        sheet.data_validation(
            table.first_row,
            place,
            table.last_row,
            place,
            {**allowed, "input_title": header, "input_message": prompt},
        )


def _frame(sheet: Worksheet, table: SheetTable, content: Content, looks: Formats) -> None:
    last = table.visible - 1
    frame = content.frame_cells(table)
    sheet.hide_gridlines(2)
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, last, frame[0, 0], looks.named("title"))
    sheet.set_row(1, 20)
    sheet.merge_range(1, 0, 1, last, frame[1, 0], looks.named("subtitle"))
    for place, column in enumerate(table.columns):
        options = {"hidden": True} if column.hidden else {}
        sheet.set_column(place, place, column.width, None, options)
        sheet.write_string(table.header_row, place, column.header, looks.named("header"))
    sheet.set_row(table.header_row, 32)
    sheet.set_row(layout.STATUS_ROW, 26)
    sheet.set_row(layout.STATUS_ROW + 1, 6)


def _status_row(sheet: Worksheet, table: SheetTable, content: Content, looks: Formats) -> None:
    row = layout.STATUS_ROW
    cells = content.status_cells(table)
    is_main = table.sheet is LedgerSheet.INDICATORS
    sheet.merge_range(row, 0, row, 1, "数据期", looks.named("label"))
    put(
        sheet,
        *layout.PERIOD_CELL,
        cells[layout.PERIOD_CELL],
        looks.named("period" if is_main else "shown_period"),
    )
    if table.shows_elapsed:
        _label_before(sheet, layout.ELAPSED_CELL, "时间进度", looks)
        put(sheet, *layout.ELAPSED_CELL, cells[layout.ELAPSED_CELL], looks.named("elapsed"))
    for index, light in enumerate(Light):
        place = table.lamp_counts + 2 * index
        sheet.write_string(row, place, light.word, looks.lamp_label(light.word))
        put(sheet, row, place + 1, cells[row, place + 1], looks.named("count"))
    if is_main:
        _label_before(sheet, layout.SCORE_CELL, "晾晒得分", looks)
        put(sheet, *layout.SCORE_CELL, cells[layout.SCORE_CELL], looks.named("score"))
        sheet.data_validation(
            *layout.PERIOD_CELL,
            *layout.PERIOD_CELL,
            {
                "validate": "list",
                "source": f"={layout.Name.PERIODS}",
                "input_title": "数据期",
                "input_message": "请从下拉列表里选。换了以后各表随之重算。",
                "error_title": "没有这个数据期",
                "error_message": "请从下拉列表里选，例如 2026Q3、2026-09 或 2026。",
            },
        )


def _label_before(sheet: Worksheet, cell: tuple[int, int], text: str, looks: Formats) -> None:
    row, column = cell
    sheet.write_string(row, column - 1, text, looks.named("label"))


def _mark_unconfirmed(
    sheet: Worksheet, table: SheetTable, row: int, cells: Row, years: Sequence[int], looks: Formats
) -> None:
    """Colour the targets that a person has yet to confirm."""
    look = looks.named("to_confirm")
    for header, span in merged_targets(cells, years):
        first, text = table.place(header), cells[header]
        if span > 1:
            sheet.merge_range(row, first, row, first + span - 1, text, look)
        else:
            put(sheet, row, first, text, look)


def _lamp_colours(sheet: Worksheet, table: SheetTable, looks: Formats, *headers: str) -> None:
    for column in map(table.place, headers or (LAMP,)):
        for light in Light:
            sheet.conditional_format(
                table.first_row,
                column,
                table.last_row,
                column,
                {
                    "type": "cell",
                    "criteria": "==",
                    "value": f'"{light.word}"',
                    "format": looks.lamp(light.word),
                },
            )


def _printed(sheet: Worksheet, table: SheetTable, *, one_page: bool = False) -> None:
    """Set up A4 landscape, one page wide, with the header on every page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.55)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1 if one_page else 0)
    sheet.repeat_rows(table.header_row)
    sheet.set_footer("&C&9第 &P 页，共 &N 页&R&9&A")


# --- the log sheets --------------------------------------------------------------------------


def draw_log_sheet(
    sheet: Worksheet,
    table: SheetTable,
    rows: Sequence[Sequence[Value]],
    head: tuple[str, str],
    looks: Formats,
) -> None:
    """Draw one log sheet under its ``head``: the title and the note.

    Formats and filter reach down to ``table.last_row``, so that later rows have them too.
    """
    title, note = head
    last = table.visible - 1
    sheet.hide_gridlines(2)
    sheet.set_default_row(18)
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, last, title, looks.named("title"))
    sheet.set_row(1, 20)
    sheet.merge_range(1, 0, 1, last, note, looks.named("subtitle"))
    sheet.set_row(table.header_row, 24)
    for place, column in enumerate(table.columns):
        options = {"hidden": True} if column.hidden else {}
        # A refresh gives the rows it adds the column's format.
        sheet.set_column(place, place, column.width, looks.log_column(column.style), options)
        sheet.write_string(table.header_row, place, column.header, looks.named("header"))
    for offset, cells in enumerate(rows):
        sheet.set_row(table.first_row + offset, row_height(table, cells))
        for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            put(sheet, table.first_row + offset, place, cell, looks.log_column(column.style))
    _log_colours(sheet, table, looks)
    sheet.autofilter(table.header_row, 0, table.last_row, len(table.columns) - 1)
    sheet.freeze_panes(table.first_row, 0)
    _printed(sheet, table)


_LAMP_LOGS = (
    LedgerSheet.PROJECTS,
    LedgerSheet.LIVELIHOOD,
    LedgerSheet.SHARES,
    LedgerSheet.TASKS,
)
_LOG_MARKS = {
    LedgerSheet.RECORDS: ("效力", "已被替代", "superseded"),
    LedgerSheet.FINDINGS: ("级别", "必须改", "finding_error"),
}


def _log_colours(sheet: Worksheet, table: SheetTable, looks: Formats) -> None:
    """Add the conditional formats of a log sheet; the first whose condition holds wins.

    They highlight undecided conflicts, lamps, superseded records and 必须改, and draw the lines
    below the rows that hold data.
    """
    if table.sheet is LedgerSheet.CONFLICTS:
        wanted = (table.place(log_tables.CHOSEN), table.place(log_tables.DECIDED_BY))
        is_open = f'=$A{table.first_row + 1}="待定"'
        _when(sheet, table, wanted, is_open, looks.conditional("wanted"))
        problem = table.place("提示")
        _when(sheet, table, (problem, problem), is_open, looks.conditional("problem"))
    if table.sheet is LedgerSheet.DIFFERENCE:
        _lamp_colours(sheet, table, looks, "上期灯", "本期灯")
    if table.sheet in _LAMP_LOGS:
        _lamp_colours(sheet, table, looks, LAMP)
    if table.sheet in _LOG_MARKS:
        header, word, look = _LOG_MARKS[table.sheet]
        place = table.place(header)
        whole_row = table.sheet is LedgerSheet.RECORDS
        columns = (0, table.visible - 1) if whole_row else (place, place)
        is_word = f'=${column_letter(place)}{table.first_row + 1}="{word}"'
        _when(sheet, table, columns, is_word, looks.conditional(look))
    filled = f'=$A{table.first_row + 1}<>""'
    _when(sheet, table, (0, table.visible - 1), filled, looks.conditional("filled"))


def _when(
    sheet: Worksheet, table: SheetTable, columns: tuple[int, int], criteria: str, look: Format
) -> None:
    sheet.conditional_format(
        table.first_row,
        columns[0],
        table.last_row,
        columns[1],
        {"type": "formula", "criteria": criteria, "format": look},
    )


# --- the other sheets ------------------------------------------------------------------------


def draw_settings(sheet: Worksheet, content: Content, looks: Formats) -> None:
    """Draw 设置: each setting with its value and what it means."""
    sheet.hide_gridlines(2)
    for column, width in enumerate((3, 22, 44, 70)):
        sheet.set_column(column, column, width, looks.named("plain"))
    sheet.set_row(0, 32)
    sheet.merge_range(0, 1, 0, 3, "设置", looks.named("title"))
    sheet.merge_range(1, 1, 1, 3, texts.SETTINGS_NOTE, looks.named("subtitle"))
    for column, text in enumerate(("项目", "内容", "说明"), start=1):
        sheet.write_string(layout.SETTINGS_HEADER_ROW, column, text, looks.named("header"))
    for offset, (name, cell, text, is_input) in enumerate(content.settings(), start=1):
        row = layout.SETTINGS_HEADER_ROW + offset
        sheet.set_row(row, 32)
        sheet.write_string(row, 1, name, looks.named("step_title"))
        put(sheet, row, 2, cell, looks.named("state" if is_input else "step"))
        sheet.write_string(row, 3, text, looks.named("step"))
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)


def draw_pairs(sheet: Worksheet, pairs: Sequence[tuple[str, str]], column: int = 0) -> None:
    """Write pairs of texts into two columns, from the first row."""
    for row, (key, value) in enumerate(pairs):
        sheet.write_string(row, column, key)
        sheet.write_string(row, column + 1, value)
