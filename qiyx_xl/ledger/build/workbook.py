"""How the master workbook is built: sheets, VBA project and ribbon, the same bytes every time."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.project_record import NO_PROJECTS
from qiyx_xl.core.tasks.status import task_status
from qiyx_xl.data import read_text
from qiyx_xl.files.placing import replacing
from qiyx_xl.ledger.build import sheets
from qiyx_xl.ledger.build.dashboard_sheet import draw_console
from qiyx_xl.ledger.build.formats import FONT, Formats
from qiyx_xl.ledger.build.ribbon import with_ribbon
from qiyx_xl.ledger.build.vba import BOOK_MODULE, vba_project
from qiyx_xl.ledger.content.identity import (
    choosable_periods,
    defined_names,
    help_cells,
    identity,
)
from qiyx_xl.ledger.content.view import LedgerView
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.spelling import respelled
from qiyx_xl.ledger.registry import LedgerEdition, LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

# Excel recalculates a whole file on opening if an older engine calculated it last. With the number
# of the newest engine the stored values stay until a cell changes, also where Python is missing.
_CALCULATION_ENGINE = 191029

_NOTES = {
    LedgerSheet.RECORDS: (
        "每个数都写明来自哪个文件、哪一格、什么时候收的。由程序写入，请不要手工改动；"
        "“已被替代”的是更正前的数。"
    ),
    LedgerSheet.FINDINGS: "“必须改”的退回填报单位改好再报；“请核对”的不影响汇总，请核对一下。",
    LedgerSheet.CONFLICTS: texts.CONFLICT_NOTE,
    LedgerSheet.DIFFERENCE: texts.DIFFERENCE_NOTE,
    LedgerSheet.MATTERS: texts.MATTER_NOTE,
    LedgerSheet.RUNS: "每次汇总一行。",
}


def build_ledger(
    out: Path,
    plan: Plan,
    rules: Rules,
    *,
    period: Period | None = None,
    edition: LedgerEdition = LedgerEdition.EXCEL,
) -> None:
    """Write a new, empty ledger for a plan; an existing file is replaced.

    The same plan, rules and period give the same bytes.

    Args:
        out: path of the ledger; its folder is created if it does not exist.
        plan: the items that the sheets list.
        rules: the rules by which the lamps are rated.
        period: the 数据期 chosen in the ledger; the plan's first quarter if not given.
        edition: for which programs it is.
    """
    if period is None:
        period = Period.of_quarter(plan.years[0], 1)
    # There is no record yet, and the clock is not read, so that the bytes do not depend on the day
    # of the build. On the period's last day nothing is late.
    lines = status_lines(plan, rules, period, (), period.last_day)
    tasks = task_status(plan, NO_PROJECTS, rules, period, period.last_day)
    with replacing(out) as beside:
        view = LedgerView(Plans.only(plan), rules, period, lines, tasks=tasks)
        beside.write_bytes(ledger_bytes(view, edition))


def ledger_bytes(view: LedgerView, edition: LedgerEdition = LedgerEdition.EXCEL) -> bytes:
    """Return the bytes of a whole ledger file."""
    from xlsxwriter import Workbook

    stream = BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    # The day the plan was issued, not the day of the build, so that two builds give equal bytes.
    created = datetime.combine(view.plan.issued, datetime.min.time())
    book.set_properties({"title": texts.title(view.plan), "created": created})
    book.set_calc_mode("auto", _CALCULATION_ENGINE)
    book.calc_on_load = False
    book.formats[0].set_font_name(FONT)
    book.formats[0].set_font_size(10)
    drawn = {name: _add_sheet(book, name) for name in LedgerSheet}
    _draw(book, drawn, Content(view), edition)
    book.set_vba_name(BOOK_MODULE)
    if edition is LedgerEdition.ADDIN:
        book.close()
        return respelled(stream.getvalue(), edition)
    book.add_vba_project(BytesIO(vba_project([name.code_name for name in LedgerSheet])), True)
    book.close()
    return with_ribbon(
        stream.getvalue(), read_text("macros/customUI14.xml"), view.plan.words.short_name
    )


def _add_sheet(book: Workbook, name: LedgerSheet) -> Worksheet:
    sheet = book.add_worksheet(name.value)
    sheet.set_vba_name(name.code_name)
    if name is LedgerSheet.CONFIG:
        sheet.hide()
    elif name is LedgerSheet.IDENTITY:
        sheet.very_hidden()
    return sheet


def _draw(
    book: Workbook, drawn: dict[LedgerSheet, Worksheet], content: Content, edition: LedgerEdition
) -> None:
    looks = Formats(book)
    draw_console(book, drawn[LedgerSheet.CONSOLE], content, looks, edition)
    for table, rows in content.plan_sheets():
        sheets.draw_plan_sheet(drawn[table.sheet], table, list(rows.values()), content, looks)
    for table, values in content.log_sheets():
        note = content.log_note(table.sheet) or _NOTES[table.sheet]
        head = (texts.sheet_title(content.view.plan, table.title), note)
        sheets.draw_log_sheet(drawn[table.sheet], table, values, head, looks)
    sheets.draw_settings(drawn[LedgerSheet.SETTINGS], content, looks)
    sheets.draw_pairs(drawn[LedgerSheet.CONFIG], texts.XLWINGS_CONFIG)
    _draw_identity(drawn[LedgerSheet.IDENTITY], content, edition)
    for name, meaning in defined_names(content).items():
        book.define_name(name, f"={meaning}")
    drawn[LedgerSheet.CONSOLE].activate()


def _draw_identity(sheet: Worksheet, content: Content, edition: LedgerEdition) -> None:
    """Fill the very hidden sheet."""
    said = identity(content.view, edition)
    sheets.draw_pairs(sheet, (*said, *texts.messages(content.view.plan).items()))
    for (row, column), text in help_cells().items():
        sheet.write_string(row, column, text)
    for row, period in enumerate(choosable_periods(content.view.plans)):
        sheet.write_string(row, layout.PERIODS_COLUMN, str(period))
