"""The ledger opened by a program that has neither Excel nor Python: what WPS users see."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import pytest
from support.ledger_views import QUARTER, view_of
from support.libreoffice import sheets_of

from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.file import refresh as patch
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.layout.cells import Formula
from qiyx_xl.ledger.layout.tables import PERIOD_CELL
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

TABLES = ("指标台账", "任务目标", "里程碑", "填报记录", "设置")

pytestmark = pytest.mark.libreoffice


def same(shown: str, expected: object) -> bool:
    """Whether a cell shows a value, up to the digits that a program prints of a number."""
    if not isinstance(expected, Decimal | int):
        return shown == ("" if expected is None else str(expected))
    try:
        number = Decimal(shown.rstrip("%")) / (100 if shown.endswith("%") else 1)
    except InvalidOperation:
        return False
    return abs(number - expected) <= abs(Decimal(expected)) * Decimal("1e-9")


def assert_shows(sheets: dict[str, list[list[str]]], content: Content) -> None:
    for table, rows in content.plan_sheets():
        lines = sheets[table.sheet.value]
        for code, cells in rows.items():
            for header, cell in cells.items():
                if header.endswith("年") and isinstance(cell, str) and len(cell) > 12:
                    continue  # one long printed target spans its years in one merged cell
                shown = lines[content.row_of(table, code)][table.place(header)]
                expected = cell.value if isinstance(cell, Formula) else cell
                assert same(shown, expected), (table.title, code, header, shown, expected)


def test_every_cell_shows_its_right_last_value_and_nothing_asks_for_a_name(
    ledger: Path, plan: Plan, rules: Rules, tmp_path: Path
):
    view = view_of(plan, rules)
    refresh_ledger(ledger, view)
    sheets = sheets_of(ledger, tmp_path / "csv")
    assert set(sheets) == {sheet.value for sheet in LedgerSheet}
    content = Content(view)
    assert_shows(sheets, content)
    for name in TABLES:
        text = "\n".join(",".join(row) for row in sheets[name])
        assert not re.search(r"#NAME|#VALUE|#REF|#N/A|Err:|#DIV", text), name
    records = sheets["填报记录"][3:]
    assert [row[1] for row in records] == [row[0] for row in QUARTER]
    assert sheets["汇总日志"][3][2] == "2026Q3"
    assert "请改为 320" in sheets["校验结果"][3][8]


def test_the_empty_ledger_shows_no_error_either(ledger: Path, tmp_path: Path):
    sheets = sheets_of(ledger, tmp_path / "csv")
    text = "\n".join(",".join(row) for name in TABLES for row in sheets[name])
    assert not re.search(r"#NAME|#VALUE|#REF|#N/A|Err:|#DIV", text)


@pytest.mark.parametrize("period", ["2026Q3", "2026-09", "2025", "2025Q4", "2025-12", "2026Q4"])
def test_the_formulas_themselves_find_what_the_core_says(
    period: str, ledger: Path, plan: Plan, rules: Rules, tmp_path: Path
):
    """Take the stored values out, choose a period, and let LibreOffice calculate."""
    refresh_ledger(ledger, view_of(plan, rules))
    opened = patch.OpenedLedger(ledger.read_bytes(), ledger.name)
    parts = {}
    for sheet in (LedgerSheet.INDICATORS, LedgerSheet.GOALS, LedgerSheet.MILESTONES):
        part = opened.part(sheet)
        xml = opened.read(part).decode()
        # Our own functions keep their values: LibreOffice does not know them.
        xml = re.sub(r"(<f>(?:(?!QYX_|</f>).)*</f>)<v>[^<]*</v>", r"\1", xml)
        parts[part] = xml.encode()
        if sheet is LedgerSheet.INDICATORS:
            parts[part] = patch.patch_cells(parts[part], {PERIOD_CELL: period})
    ledger.write_bytes(patch.with_parts(opened.package, parts))
    content = Content(view_of(plan, rules, period=period))
    sheets = sheets_of(ledger, tmp_path / "csv")
    for table, rows in content.plan_sheets():
        lines = sheets[table.sheet.value]
        for code, cells in rows.items():
            for header in ("本期实际值", "上年实际", "记录行", "上年记录行", "进展"):
                cell = cells.get(header)
                if isinstance(cell, Formula):
                    shown = lines[content.row_of(table, code)][table.place(header)]
                    assert same(shown, cell.value), (code, header, shown, cell.value)
    assert same(sheets["指标台账"][2][4], content.elapsed())
