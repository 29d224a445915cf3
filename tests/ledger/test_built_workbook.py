"""The workbook as it leaves the builder."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import zipfile
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from support.paths import ROOT

from qiyx_xl.ledger.build.ribbon import RIBBON_PART
from qiyx_xl.ledger.build.sheets import put
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.content.identity import periods_of
from qiyx_xl.ledger.registry import CONTROLS, FUNCTIONS, LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

SHIPPED = ROOT / "workbook" / "七优享台账.xlsm"

# The libraries whose text ends up in the workbook. With others the parts may be spelled otherwise.
BUILT_WITH = {"xlsxwriter": "3.3.1", "pyOpenVBA": "6.5.0", "xlwings": "0.37.8"}


@pytest.mark.slow
def test_two_builds_are_alike_to_the_last_byte(plan: Plan, rules: Rules, tmp_path: Path):
    one, two = tmp_path / "1.xlsm", tmp_path / "2.xlsm"
    build_ledger(one, plan, rules)
    build_ledger(two, plan, rules)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.slow
def test_the_shipped_workbook_is_what_its_sources_give():
    others = {name: version(name) for name, known in BUILT_WITH.items() if version(name) != known}
    if others:
        pytest.skip(f"the shipped workbook was built with other versions than {others}")
    done = subprocess.run(
        [sys.executable, "scripts/build_workbook.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_the_shipped_workbook_says_what_a_fresh_one_says(built: bytes):
    def cells(source):
        book = load_workbook(source)
        return {
            (sheet.title, cell.coordinate): cell.value
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }

    assert cells(SHIPPED) == cells(BytesIO(built))


def test_the_sheets_stand_in_order_and_the_machinery_is_hidden(built: bytes):
    book = load_workbook(BytesIO(built))
    assert book.sheetnames == [
        "操作台", "指标台账", "任务目标", "里程碑", "重大项目清单", "民生实事", "分解台账",
        "重点任务", "填报记录",
        "校验结果", "冲突", "差异", "调度事项", "汇总日志", "设置", "xlwings.conf", "_qiyx",
    ]  # fmt: skip
    assert book["xlwings.conf"].sheet_state == "hidden"
    assert book["_qiyx"].sheet_state == "veryHidden"
    assert book.active.title == "操作台"


def test_the_three_sheets_list_the_whole_plan_and_print_targets_as_printed(
    built: bytes, plan: Plan
):
    book = load_workbook(BytesIO(built))
    sheet = book["指标台账"]
    assert [sheet.cell(row, 2).value for row in range(6, 27)] == list(range(1, 22))
    assert [cell.value for cell in sheet[12]][6:11] == ["<3.5"] * 5
    assert [cell.value for cell in sheet[18]][6:11] == [30, 31, 32, "≥32", "≥32"]
    assert [sheet.cell(row, 24).value for row in (9, 10)] == ["目标待确认"] * 2
    goals = [cell.value for cell in book["任务目标"]["B"]][5:]
    assert [code for code in goals if code] == [goal.code for goal in plan.goals]
    milestones = [cell.value for cell in book["里程碑"]["B"]][5:]
    assert [code for code in milestones if code] == [one.code for one in plan.milestones]


def test_a_goal_that_repeats_an_indicator_shows_the_indicators_cells(built: bytes):
    sheet = load_workbook(BytesIO(built))["任务目标"]
    row = next(row for row in sheet.iter_rows() if row[1].value == "T3-1-02")
    assert [cell.value for cell in row if str(cell.value).startswith("=")] == [
        "=指标台账!$L$12",
        "=指标台账!$M$12",
        "=指标台账!$O$12",
        "=指标台账!$Q$12",
        "=指标台账!$R$12",
        "=指标台账!$S$12",
        "=指标台账!$U$12",
    ]


def test_ledger_cells_call_functions_one_by_one_and_never_as_arrays(built: bytes):
    with zipfile.ZipFile(BytesIO(built)) as package:
        sheets = [package.read(name) for name in package.namelist() if "worksheets/" in name]
    assert sum(sheet.count(b"QYX_") for sheet in sheets) > 400
    assert not any(b't="array"' in sheet for sheet in sheets)


def test_nothing_is_recalculated_at_opening_so_that_the_last_values_stay(built: bytes):
    workbook = zipfile.ZipFile(BytesIO(built)).read("xl/workbook.xml").decode()
    (calculation,) = re.findall(r"<calcPr[^>]*>", workbook)
    assert "fullCalcOnLoad" not in calculation
    assert int(re.search(r'calcId="(\d+)"', calculation)[1]) >= 191029


def test_every_period_of_the_plan_can_be_chosen(built: bytes, plan: Plan):
    book = load_workbook(BytesIO(built))
    listed = [cell.value for cell in book["_qiyx"]["M"] if cell.value]
    assert listed == [str(period) for year in plan.years for period in periods_of(year)]
    assert len(listed) == 17 * len(plan.years)
    chosen, since = (
        each for each in book["指标台账"].data_validations.dataValidation if each.formula1
    )
    assert (str(chosen.sqref), chosen.formula1) == ("C3", "可选数据期")
    assert (str(since.sqref), since.formula1) == ("W6:W26", "可选数据期")


def test_print_set_up_is_a4_landscape_one_page_wide_with_the_header_on_each_page(built: bytes):
    book = load_workbook(BytesIO(built))
    for name in ("指标台账", "任务目标", "里程碑", "填报记录", "校验结果", "汇总日志"):
        sheet = book[name]
        assert sheet.page_setup.orientation == "landscape"
        assert str(sheet.page_setup.paperSize) == "9"
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.print_title_rows
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref


def test_every_button_and_ribbon_command_has_its_sub(built: bytes):
    with zipfile.ZipFile(BytesIO(built)) as package:
        drawn = [package.read(name).decode() for name in package.namelist() if "vmlDrawing" in name]
        ribbon = package.read(RIBBON_PART).decode()
        relations = package.read("_rels/.rels").decode()
    source = (ROOT / "macros" / "Qiyx.bas").read_text(encoding="ascii")
    subs = set(re.findall(r"^Public Sub (\w+)\(", source, re.MULTILINE))
    on_sheet = re.findall(r"<x:FmlaMacro>\[0\]!Qiyx\.(\w+)</x:FmlaMacro>", "".join(drawn))
    on_ribbon = re.findall(r'onAction="Qiyx\.(\w+)"', ribbon)
    assert on_sheet == [control.sub for control in CONTROLS]
    assert on_ribbon == [control.callback for control in CONTROLS]
    assert {*on_sheet, *on_ribbon} <= subs
    assert RIBBON_PART in relations
    for control in CONTROLS:
        assert f'label="{control.caption}"' in ribbon
        assert f'supertip="{control.tip}"' in ribbon
        assert f'RunButton "{control.action}"' in source


@pytest.mark.slow
def test_the_function_wizard_help_fits_excels_limits(built: bytes):
    sheet = load_workbook(BytesIO(built))["_qiyx"]
    for row, function in enumerate(FUNCTIONS, start=2):
        cells = [sheet.cell(row, column).value for column in range(4, 13)]
        helps = [argument.help for argument in function.arguments]
        assert cells == [function.name, function.help, *helps, *[None] * (7 - len(helps))]
        assert all(len(text) <= 255 for text in (function.help, *helps))
        assert len(", ".join(argument.name for argument in function.arguments)) <= 255


def test_the_configuration_leaves_the_place_of_python_to_each_computer(built: bytes):
    sheet = load_workbook(BytesIO(built))["xlwings.conf"]
    config = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert config["UDF MODULES"] == "qiyx_xl.shells.udfs"
    assert importlib.util.find_spec(config["UDF MODULES"]) is not None
    own = ("INTERPRETER", "CONDA", "DEBUG", "SHOW")
    assert not any(key.startswith(own) for key in config)
    assert config["PYTHONPATH"] == "", "and no file beside the ledger may add folders"


def test_every_sheet_has_its_code_module(built: bytes, tmp_path: Path):
    from pyopenvba import ExcelFile

    path = tmp_path / "book.xlsm"
    path.write_bytes(built)
    with zipfile.ZipFile(path) as package:
        names = [
            re.search(rb'<sheetPr[^>]*codeName="(\w+)"', package.read(name))[1].decode()
            for name in sorted(
                (name for name in package.namelist() if "worksheets/sheet" in name),
                key=lambda name: int(re.search(r"\d+", name)[0]),
            )
        ]
    assert names == [sheet.code_name for sheet in LedgerSheet]
    with ExcelFile(path) as book:
        assert book.module_names()[: len(names) + 1] == ["ThisWorkbook", *names]
        assert book.validate() == []


def test_a_text_that_the_writer_would_take_for_markup_stays_text():
    from xlsxwriter import Workbook

    stream = BytesIO()
    book = Workbook(stream)
    put(book.add_worksheet(), 0, 0, "<r><t>富文本</r>", book.add_format())
    book.close()
    assert load_workbook(stream).active["A1"].value.rstrip() == "<r><t>富文本</r>"
