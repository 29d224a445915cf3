"""The static copy: the same look, values only, nothing that acts or tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from support.ledger_views import parts_of, view_of
from support.libreoffice import sheets_of
from support.spreadsheet_hands import rewrite, sheet_xml
from test_open_xml import errors

from qiyx_xl.app.custody.maintenance import static_copy
from qiyx_xl.app.errors import AppError
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules


@pytest.fixture
def filled(ledger: Path, plan: Plan, rules: Rules) -> Path:
    rows = [
        ("9", "2026Q3", "7.7", {"remark": "=1+1 <b>&\x01"}),
        ("9", "2025Q4", "6.4"),
        ("2", "2026Q3", "69.5"),
    ]
    refresh_ledger(ledger, view_of(plan, rules, rows))
    return ledger


@pytest.fixture
def copied(filled: Path) -> Path:
    return static_copy(filled, filled.with_name("副本.xlsx"))


@pytest.mark.slow
def test_every_visible_cell_shows_what_the_ledger_shows(filled: Path, copied: Path):
    shown, copy = load_workbook(filled, data_only=True), load_workbook(copied)
    visible = [sheet.title for sheet in shown if sheet.sheet_state == "visible"]
    assert copy.sheetnames == visible
    for name in visible:
        for row in shown[name].iter_rows():
            for cell in row:
                assert (copy[name][cell.coordinate].value or None) == (cell.value or None)


@pytest.mark.slow
def test_it_looks_the_same(filled: Path, copied: Path):
    ours, copy = parts_of(filled), parts_of(copied)
    for part in ("xl/styles.xml", "xl/theme/theme1.xml", "xl/charts/chart1.xml"):
        assert copy[part] == ours[part]
    one, other = load_workbook(filled)["指标台账"], load_workbook(copied)["指标台账"]
    assert other.freeze_panes == one.freeze_panes
    assert other.merged_cells.ranges == one.merged_cells.ranges
    assert other.auto_filter.ref == one.auto_filter.ref
    assert other.print_title_rows == one.print_title_rows
    assert len(other.conditional_formatting) == len(one.conditional_formatting) > 0
    assert {k: v.width for k, v in other.column_dimensions.items()} == {
        k: v.width for k, v in one.column_dimensions.items()
    }


def test_nothing_acts_and_nothing_tells(copied: Path):
    parts = parts_of(copied)
    sheets = b"".join(data for name, data in parts.items() if "worksheets/sheet" in name)
    for gone in (b"<f>", b"<f ", b"dataValidation", b"legacyDrawing", b"QYX_", b"codeName"):
        assert gone not in sheets
    for name in parts:
        assert not re.search("vba|customUI|vmlDrawing|ctrlProp|docProps|external", name)
    everything = b"".join(parts.values())
    for gone in ("xlwings", "macroEnabled", "数据期!", "UDF MODULES", "FileSaveAs"):
        assert gone.encode() not in everything
    names = re.findall(rb"<definedName\b[^>]*name=\"([^\"]+)\"", parts["xl/workbook.xml"])
    assert set(names) <= {b"_xlnm.Print_Area", b"_xlnm.Print_Titles", b"_xlnm._FilterDatabase"}


def test_the_instructions_for_buttons_and_functions_are_not_shown(copied: Path):
    sheet = load_workbook(copied)["操作台"]
    steps = next(
        cell.row for row in sheet.iter_rows() for cell in row if cell.value == "每期怎么做"
    )
    assert sheet.row_dimensions[8].hidden
    filled = {cell.row for row in sheet.iter_rows(min_row=steps) for cell in row if cell.value}
    assert len(filled) > 8
    assert all(sheet.row_dimensions[row].hidden for row in filled)
    assert not any(sheet.row_dimensions[row].hidden for row in range(9, steps - 1))


def test_the_same_ledger_gives_the_same_bytes(filled: Path, copied: Path):
    again = static_copy(filled, filled.with_name("又一份.xlsx"))
    assert again.read_bytes() == copied.read_bytes()


@pytest.mark.node
def test_the_sdk_finds_nothing_in_it(copied: Path):
    assert errors(copied, "Office2019") == []


@pytest.mark.libreoffice
def test_libreoffice_shows_the_same_figures(filled: Path, copied: Path, tmp_path: Path):
    ours, copy = sheets_of(filled, tmp_path / "a"), sheets_of(copied, tmp_path / "b")
    for name in ("指标台账", "任务目标", "里程碑", "填报记录", "设置", "操作台"):
        assert copy[name] == ours[name], name


@pytest.mark.slow
def test_texts_of_hidden_sheets_do_not_travel_along(filled: Path):
    opened = OpenedLedger(filled.read_bytes(), filled.name)
    book = opened.read("xl/workbook.xml").decode()
    hidden = book.replace('name="任务目标"', 'name="任务目标" state="hidden"')
    assert hidden != book
    filled.write_bytes(with_parts(opened.package, {"xl/workbook.xml": hidden.encode()}))
    copy = static_copy(filled, filled.with_name("副本.xlsx"))
    assert "任务目标" not in load_workbook(copy).sheetnames
    everything = b"".join(parts_of(copy).values())
    assert b"T3-3-01" not in everything
    assert "病有良医".encode() in everything


def test_a_ledger_saved_while_its_functions_slept_is_refused(filled: Path):
    xml = sheet_xml(filled, LedgerSheet.INDICATORS)
    asleep = re.sub(
        r'(<c r="R6" s="\d+") t="str"(><f>[^<]*</f><v>).*?</v>', r'\1 t="e"\2#NAME?</v>', xml
    )
    rewrite(filled, LedgerSheet.INDICATORS, asleep)
    with pytest.raises(LedgerError, match="1 个格显示 #NAME"):
        static_copy(filled, filled.with_name("副本.xlsx"))
    assert not filled.with_name("副本.xlsx").exists()


def test_it_is_not_written_over_the_ledger_nor_under_another_kind_of_name(filled: Path):
    before = filled.read_bytes()
    with pytest.raises(AppError, match=r"以 \.xlsx 结尾"):
        static_copy(filled, filled)
    linked = filled.with_name("同一个.xlsx")
    linked.symlink_to(filled)
    with pytest.raises(AppError, match="自己的位置"):
        static_copy(filled, linked)
    assert filled.read_bytes() == before
