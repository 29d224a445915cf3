"""A drafted plan in its workbook: sources beside the rows, doubts in red, sentences to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from support.paths import ROOT
from support.plan_layouts import HEADER, TITLE, full_rows

from qiyx_xl import app
from qiyx_xl.documents.style.theme import DOUBT_FILL
from qiyx_xl.intake.office_files.plan import check_plan, load_plan
from qiyx_xl.shells.cli import qiyx

if TYPE_CHECKING:
    from pathlib import Path

PROSE = [
    "二、重点任务",
    "（一）实现“幼有善育”。（牵头单位：区卫健局）",
    "1.健全网络。建成智慧管理系统，进一步加强宣传引导，出台《某某实施意见》。"
    "到2027年，持证率达到95%，公共球场和学校球场100%向社会开放。",
]
RED = f"FF{DOUBT_FILL.removeprefix('#')}"


@pytest.fixture
def drafted(tmp_path: Path) -> Path:
    rows = [list(row) for row in full_rows()]
    rows[1][4] = "60左右"
    table = [" | ".join(row) for row in [HEADER, *rows]]
    source = tmp_path / "方案.txt"
    source.write_text("\n".join([TITLE, *table, *PROSE]), encoding="utf-8")
    app.import_plan([source], tmp_path / "草稿.xlsx", plan_id="mou-qu")
    return tmp_path / "草稿.xlsx"


def cells_of(sheet: Any, row: int) -> dict[str, Any]:
    """The cells of a row by the headers, which stand in the third row."""
    heads = {cell.value: cell.column for cell in sheet[3] if cell.value}
    return {head: sheet.cell(row, column) for head, column in heads.items()}


def is_red(cell: Any) -> bool:
    return bool(cell.fill.start_color.rgb == RED)


def test_each_row_has_its_source_beside_it_and_what_is_doubtful_is_red(drafted):
    book = openpyxl.load_workbook(drafted)
    first, second = (cells_of(book["年度指标"], row) for row in (4, 5))
    assert first["原文"].value.startswith("表1：幼有善育 | 1 | 每千人口拥有3岁以下婴幼儿托位数(个)")
    assert first["请核对"].value is None
    assert not is_red(first["2024年目标"])
    assert second["2024年目标"].value == "60左右"
    assert is_red(second["2024年目标"])
    assert not is_red(second["2023年目标"])
    assert "目标是约数" in second["请核对"].value
    goals = [cells_of(book["任务目标"], row) for row in (4, 5, 6)]
    assert goals[0]["原文"].value == "二(一)-1：持证率达到95%"
    assert [is_red(one["名称"]) for one in goals] == [False, True, True]


def test_the_sheets_of_a_plan_that_was_not_drafted_have_no_such_columns(plan, tmp_path):
    app.export_plan(plan, tmp_path / "方案.xlsx")
    book = openpyxl.load_workbook(tmp_path / "方案.xlsx")
    assert "候选事项" not in book.sheetnames
    assert not {"原文", "请核对"} & set(cells_of(book["年度指标"], 4))


def test_only_what_is_taken_becomes_a_milestone_or_a_task(drafted):
    plan = load_plan(corrected(drafted))
    assert [one.name for one in plan.milestones] == ["建成智慧管理系统", "出台《某某实施意见》"]
    assert plan.milestones[0].clause == "二(一)-1"
    book = openpyxl.load_workbook(drafted)
    sheet = book["候选事项"]
    for row in range(4, sheet.max_row + 1):
        cells = cells_of(sheet, row)
        if cells["名称"].value == "出台《某某实施意见》":
            cells["作为"].value = "重点任务"
        elif cells["名称"].value == "建成智慧管理系统":
            cells["采用"].value = None
        elif cells["名称"].value == "进一步加强宣传引导":
            cells["采用"].value = "是"
    book.save(drafted)
    plan = load_plan(corrected(drafted))
    assert [one.name for one in plan.milestones] == ["进一步加强宣传引导"]
    assert [(one.code[0], one.name) for one in plan.tasks] == [("R", "出台《某某实施意见》")]


def corrected(path: Path) -> Path:
    """As a person corrects the one target that is no number."""
    book = openpyxl.load_workbook(path)
    cells = cells_of(book["年度指标"], 5)
    cells["2024年目标"].value = "66"
    cells["待确认年份"].value = None
    book.save(path)
    return path


def test_what_is_wrong_in_a_chosen_row_is_said_at_its_cell(drafted):
    book = openpyxl.load_workbook(corrected(drafted))
    sheet = book["候选事项"]
    row = next(k for k in range(4, 20) if cells_of(sheet, k)["采用"].value == "是")
    cells_of(sheet, row)["牵头单位"].value = "没有的单位"
    where = cells_of(sheet, row)["牵头单位"].coordinate
    book.save(drafted)
    findings = [one for one in check_plan(drafted) if one.severity == "error"]
    assert [(one.code, one.sheet, one.cell) for one in findings] == [("P316", "候选事项", where)]


def test_from_the_manual_s_document_to_a_ledger_with_forms(tmp_path):
    """docs/import.md, step by step: import, correct, check, begin, send out."""
    run = CliRunner()
    draft, office = tmp_path / "方案.xlsx", tmp_path / "海晏专班"
    source = ROOT / "scripts" / "example_document.txt"
    words = ["plan", "import", str(source), "--out", str(draft), "--id", "haiyan-2024-2028"]
    done = run.invoke(qiyx, words, standalone_mode=False)
    assert done.return_value == 1
    assert "读出 7 项指标、14 项任务目标" in done.output
    checked = run.invoke(qiyx, ["plan", "check", str(draft)], standalone_mode=False)
    assert "90左右" in checked.output
    book = openpyxl.load_workbook(draft)
    cells = cells_of(book["年度指标"], 5)
    assert (cells["2027年目标"].value, is_red(cells["2027年目标"])) == ("90左右", True)
    cells["2027年目标"].value, cells["待确认年份"].value = "90", None
    book.save(draft)
    words = ["init", str(office), "--plan", str(draft), "--period", "2024Q4"]
    done = run.invoke(qiyx, words, standalone_mode=False)
    assert done.exception is None, done.output
    (ledger,) = office.glob("*台账.xlsm")
    forms = tmp_path / "下发"
    words = ["distribute", "--ledger", str(ledger), "--period", "2024Q4", "--out", str(forms)]
    done = run.invoke(qiyx, words, standalone_mode=False)
    assert done.exception is None, done.output
    agencies = {"区卫健局", "区教育局", "区人社局", "区民政局", "区住建局"}
    assert agencies <= {path.name.split("_")[0] for path in forms.rglob("*.xlsx")}
