"""Another district's table becomes a plan file, and what is unsure becomes a question."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from support.paths import ROOT

from qiyx_xl import app
from qiyx_xl.core.plan.importing.drafted import UNKNOWN_AGENCY
from qiyx_xl.core.plan.importing.source import PlanImportError
from qiyx_xl.intake.office_files.plan import check_plan, load_plan
from qiyx_xl.shells.cli import qiyx

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = json.loads((ROOT / "qiyx_xl" / "data" / "plan.json").read_text("utf-8"))
YEARS = [str(year) for year in SHIPPED["years"]]
HEADER = ["领域", "序号", "指标", *(f"{year}年" for year in YEARS)]
LEADS = [f"（一）实现“{d['name']}”。（牵头单位：{d['lead_agency']}）" for d in SHIPPED["domains"]]


def shipped_rows() -> list[list[str]]:
    """The shipped plan's table, with every cell filled."""
    return [
        [
            one["domain"],
            str(one["number"]),
            f"{one['name']}({one['measure']})",
            *(one["targets"][year]["printed"] for year in YEARS),
        ]
        for one in SHIPPED["indicators"]
    ]


def slipped(rows: list[list[str]]) -> list[list[str]]:
    """As text versions print it: a merged domain leaves out its cell, and the row slips."""
    return [
        row if index == 0 or rows[index - 1][0] != row[0] else [*row[1:], ""]
        for index, row in enumerate(rows)
    ]


def write_txt(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    lines = ["《某区“七优享”实施方案》", "2023年6月12日", " | ".join(HEADER)]
    lines += [" | ".join(row) for row in rows]
    path.write_text("\n".join([*lines, "二、重点任务", *LEADS]), encoding=encoding)
    return path


def imported(source: Path, tmp_path: Path) -> dict:
    out = tmp_path / "方案.json"
    app.import_plan([source], out, plan_id="test-plan")
    assert not [finding for finding in check_plan(out) if finding.severity == "error"]
    load_plan(out)
    return json.loads(out.read_text("utf-8"))


FACTS = ("name", "measure", "domain", "lead_agency", "direction", "status_rule", "cumulative")


def facts(document: dict) -> list[dict]:
    return [{key: one[key] for key in FACTS} for one in document["indicators"]]


def numbers(document: dict) -> list[dict]:
    return [
        {
            year: (target["printed"], target["comparator"], target["value"])
            for year, target in one["targets"].items()
        }
        for one in document["indicators"]
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_shipped_table_as_text_with_slipped_rows_comes_back_whole(tmp_path, encoding):
    source = write_txt(tmp_path / "方案.txt", slipped(shipped_rows()), encoding)
    document = imported(source, tmp_path)
    assert numbers(document) == numbers(SHIPPED)
    assert facts(document) == facts(SHIPPED)
    assert document["title"] == "某区“七优享”实施方案"
    assert document["issued"] == "2023-06-12"
    assert any("左移" in question["issue"] for question in document["open_questions"])


@pytest.mark.slow
def test_the_same_table_in_word_with_merged_cells_comes_back_whole(tmp_path):
    rows = shipped_rows()
    book = docx.Document()
    for text in ["《某区“七优享”实施方案》", *LEADS]:
        book.add_paragraph(text)
    table = book.add_table(rows=1 + len(rows), cols=len(HEADER))
    for index, row in enumerate([HEADER, *rows]):
        for column, text in enumerate(row):
            table.cell(index, column).text = text
    first = table.cell(1, 0).merge(table.cell(3, 0))
    first.text = rows[0][0]
    book.save(tmp_path / "方案.docx")
    document = imported(tmp_path / "方案.docx", tmp_path)
    assert numbers(document) == numbers(SHIPPED)
    assert facts(document) == facts(SHIPPED)


def test_the_same_table_in_a_workbook_under_a_title_with_its_own_columns(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "某区指标表"
    sheet.append(
        ["类别", "编号", "指标名称", "计量单位", "责任单位", *(int(year) for year in YEARS)]
    )
    for index, one in enumerate(SHIPPED["indicators"]):
        printed = [one["targets"][year] for year in YEARS]
        sheet.append(
            [
                one["domain"] if index == 0 else None,
                one["number"],
                one["name"],
                one["measure"],
                one["lead_agency"],
                *(t["printed"] if t["value"] is None or not t["printed"][0].isdigit()
                  else t["value"] for t in printed),
            ]
        )  # fmt: skip
    book.save(tmp_path / "指标.xlsx")
    document = imported(tmp_path / "指标.xlsx", tmp_path)
    assert [one["lead_agency"] for one in document["indicators"]] == [
        one["lead_agency"] for one in SHIPPED["indicators"]
    ]
    assert [{year: value for year, (_, _, value) in one.items()} for one in numbers(document)] == [
        {year: value for year, (_, _, value) in one.items()} for one in numbers(SHIPPED)
    ]
    assert {one["domain"] for one in document["indicators"]} == {"幼有善育"}


def test_missing_targets_are_taken_from_the_left_or_above_and_marked(tmp_path):
    rows = [
        ["甲", "1", "通过评估率(%)", "预计2024年底前通过", "100", "", "", ""],
        ["2", "另一项通过率(%)", "", "", "", "", "", ""],
        ["3", "覆盖率(%)", "90", "91", "92", "93", "99", ""],
    ]
    one, two, three = imported(write_txt(tmp_path / "方案.txt", rows), tmp_path)["indicators"]
    assert [target["value"] for target in one["targets"].values()] == [None, None, 100, 100, 100]
    assert all(target["to_confirm"] for target in one["targets"].values())
    assert one["due"] == "2024-12-31"
    assert two["targets"] == one["targets"]
    assert "to_confirm" not in three["targets"]["2023"]
    assert three["lead_agency"] == UNKNOWN_AGENCY


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("方案.txt", "没有表".encode(), "没有找到指标表"),
        ("方案.docx", b"PK\x03\x04 broken", "打不开"),
        ("方案.xlsx", b"not a workbook", "方案.xlsx"),
        ("方案.pdf", b"%PDF", "打不开"),
        ("方案.txt", b"\xff\xfe\xff\x00\x81", "不是文本文件"),
    ],
    ids=["no table", "broken Word", "broken workbook", "PDF", "no text"],
)
def test_what_cannot_be_imported_is_said_in_one_line_and_nothing_is_written(
    tmp_path, name, content, said
):
    source = tmp_path / name
    source.write_bytes(content)
    out = tmp_path / "出.json"
    with pytest.raises(PlanImportError, match=said):
        app.import_plan([source], out, plan_id="x")
    assert not out.exists()


def test_an_existing_plan_file_is_never_replaced(tmp_path):
    source = write_txt(tmp_path / "方案.txt", shipped_rows())
    out = tmp_path / "出.json"
    out.write_text("我的")
    with pytest.raises(app.AppError, match="已经存在"):
        app.import_plan([source], out, plan_id="x")
    assert out.read_text() == "我的"


def test_the_command_lists_what_to_confirm_and_leaves_with_1(tmp_path):
    source = write_txt(tmp_path / "方案.txt", slipped(shipped_rows()))
    out = tmp_path / "出.json"
    done = CliRunner().invoke(
        qiyx, ["plan", "import", str(source), "--out", str(out)], standalone_mode=False
    )
    assert done.return_value == 1
    assert "读出 21 项指标" in done.output
    assert "请确认" in done.output
    assert "逆向7、11" in done.output


# --- the plan as a workbook -----------------------------------------------------------------------


def test_an_imported_plan_is_a_workbook_with_what_to_confirm(tmp_path):
    source = write_txt(tmp_path / "指标表.txt", shipped_rows())
    out = tmp_path / "方案.xlsx"
    draft = app.import_plan([source], out, plan_id="test-plan")
    plan = load_plan(out)
    assert plan.plan_id == "test-plan"
    assert plan.words.district == "某区"
    assert [question.issue for question in plan.open_questions] == [
        question.issue for question in draft.questions
    ]
    sheet = openpyxl.load_workbook(out)["待确认"]
    shown = [row[2].value for row in sheet.iter_rows(4)]
    assert [text for text in shown if text] == [question.issue for question in draft.questions]


def test_the_workbook_and_the_plan_file_of_an_import_are_the_same_plan(tmp_path):
    source = write_txt(tmp_path / "指标表.txt", slipped(shipped_rows()))
    for name in ("方案.xlsx", "方案.json"):
        app.import_plan([source], tmp_path / name, plan_id="test-plan")
    assert load_plan(tmp_path / "方案.xlsx") == load_plan(tmp_path / "方案.json")


@pytest.mark.parametrize("name", ["方案.xlsx", "方案.json"])
def test_an_exported_plan_is_the_plan(plan, tmp_path, name):
    out = tmp_path / name
    done = CliRunner().invoke(qiyx, ["plan", "export", str(out)])
    assert done.exit_code == 0, done.output
    assert load_plan(out) == plan
    checked = CliRunner().invoke(qiyx, ["plan", "check", str(out)])
    assert (checked.exit_code, checked.output) == (0, f"方案文件没有问题：{name}\n")


@pytest.mark.parametrize(("name", "said"), [("方案.xlsx", "已经存在"), ("方案.docx", ".xlsx")])
def test_an_export_replaces_nothing_and_knows_two_kinds_of_file(tmp_path, name, said):
    out = tmp_path / name
    out.write_text("别动")
    done = CliRunner().invoke(qiyx, ["plan", "export", str(out)])
    assert said in str(done.exception)
    assert out.read_text() == "别动"


def test_plan_show_as_json_is_a_plan_file(plan, tmp_path):
    done = CliRunner().invoke(qiyx, ["plan", "show", "--format", "json"])
    out = tmp_path / "方案.json"
    out.write_text(done.stdout, encoding="utf-8")
    assert check_plan(out) == ()
    assert load_plan(out) == plan
