from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from support.examples import tried
from support.paths import ROOT

from qiyx_xl.core.plan.project_list import ProjectList, projects_document
from qiyx_xl.documents.forms.project_list import template_bytes, write_project_template
from qiyx_xl.intake.office_files.project_list import ProjectListError, load_project_list

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = ROOT / "examples" / "projects.json"


@pytest.fixture(scope="session")
def listed(plan) -> ProjectList:
    return load_project_list(EXAMPLE, plan)


@pytest.fixture(scope="session")
def template(plan, listed, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("清单") / "样例.xlsx"
    write_project_template(path, plan, listed)
    return path


def changed(template, tmp_path, cells) -> Path:
    path = tmp_path / "样例.xlsx"
    book = openpyxl.load_workbook(template)
    for sheet, changes in cells.items():
        for address, value in changes.items():
            book[sheet][address] = value
    book.save(path)
    return path


def said(path, plan) -> str:
    with pytest.raises(ProjectListError) as caught:
        load_project_list(path, plan)
    return str(caught.value)


def test_the_example_has_projects_of_several_agencies(listed):
    assert len({project.agency for project in listed.projects}) >= 2
    assert len({one.agency for one in listed.livelihood}) >= 2
    assert all(project.nodes for project in listed.projects)


def test_what_the_template_shows_is_read_back_to_the_last_cell(plan, template, listed):
    assert load_project_list(template, plan) == listed


def test_the_same_lists_give_the_same_template(plan, listed):
    assert template_bytes(plan, listed) == template_bytes(plan, listed)


def test_a_template_saved_by_another_program_is_read_the_same(plan, template, listed, tmp_path):
    assert load_project_list(changed(template, tmp_path, {}), plan) == listed


def test_an_empty_template_is_refused_with_what_to_do(plan, tmp_path):
    path = tmp_path / "空.xlsx"
    write_project_template(path, plan, ProjectList())
    assert said(path, plan) == "清单“空.xlsx”没有收下：里面没有一个项目。请改好后再试。"


def test_inserted_columns_and_retyped_headers_are_found(plan, template, listed, tmp_path):
    path = tmp_path / "样例.xlsx"
    book = openpyxl.load_workbook(template)
    sheet = book["项目节点"]
    for row in range(sheet.max_row, 2, -1):
        for column in range(4, 0, -1):
            moved = sheet.cell(row, column)
            sheet.cell(row, column + 1).value = moved.value
            moved.value = None
    sheet["B3"], sheet["E3"] = "项目编号", "计划 完成时间"
    book.save(path)
    assert load_project_list(path, plan).projects == listed.projects


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({"重大项目": {"A4": "一号"}}, "重大项目!A4 编码“一号”应为字母加数字"),
        ({"重大项目": {"A5": "XM01"}}, "重大项目!A5 编码“XM01”前面已经用过"),
        ({"重大项目": {"B4": None}}, "重大项目!B4 没有填“项目名称”"),
        ({"重大项目": {"D4": "区交通局"}}, "责任部门“区交通局”不在方案的单位名录里"),
        ({"重大项目": {"C4": "行有所畅"}}, "领域“行有所畅”不是方案的领域之一"),
        ({"重大项目": {"L4": "约4.2亿"}}, "重大项目!L4 “2026年计划投资（万元）”应填不小于 0 的数"),
        ({"重大项目": {"L4": -5}}, "重大项目!L4"),
        ({"项目节点": {"D4": "6月底"}}, "项目节点!D4 “计划完成日期”应填日期"),
        ({"项目节点": {"A4": "XM99"}}, "“重大项目”表里没有编码“XM99”的项目"),
        ({"项目节点": {"B4": 2}}, "节点序号 2 用了 2 次"),
        ({"项目节点": {"B4": 1.5}}, "项目节点!B4 “节点序号”应为 1 到 999 的整数"),
        ({"民生实事": {"B4": "今年"}}, "民生实事!B4 “年度”应填不小于 0 的数"),
        ({"民生实事": {"J4": None}}, "民生实事!J4 没有填“目标值”"),
        ({"民生实事": {"A4": "XM01"}}, "编码“XM01”用了 2 次"),
        ({"重大项目": {"D3": "谁"}}, "工作表“重大项目”缺少责任部门这些列"),
    ],
    ids=str,
)  # fmt: skip
def test_each_mistake_is_named_with_its_cell_and_nothing_is_taken(
    plan, template, tmp_path, cells, wanted
):
    assert wanted in said(changed(template, tmp_path, cells), plan)


def test_a_blank_plan_and_a_plan_of_zero_are_two_things(plan, template, tmp_path):
    path = changed(template, tmp_path, {"重大项目": {"L4": None, "L5": 0}})
    first, second = load_project_list(path, plan).projects[:2]
    assert 2026 not in first.planned_investment
    assert second.planned_investment[2026] == 0


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda d: d["projects"][0].pop("agency"), "重大项目第 1 条“XM01”缺少agency"),
        (lambda d: d["projects"][0].update(color="红"), "里有不认识的项：color"),
        (
            lambda d: d["projects"][0]["nodes"][0].update(planned="2026-02-30"),
            "里面有日历上没有的日期",
        ),
        (lambda d: d["livelihood"][1].update(target=-1), "民生实事第 2 条“SS02”的“target”"),
        (lambda d: d.clear(), "清单缺少"),
    ],
)
def test_a_json_list_is_held_against_its_schema(plan, tmp_path, change, wanted):
    document = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    change(document)
    path = tmp_path / "清单.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    assert wanted in said(path, plan)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"{\n]", "不是完整的 JSON，第 2 行第 1 个字附近写法有误"),
        ('{"清单": "重大项目"}'.encode("gbk"), "文件不是 UTF-8 编码的文本"),
        (b'{"target": NaN}', "里面有不能用的数"),
        (b"[" * 100_000, "里面的括号套得太多层"),
        (None, "文件不存在"),
    ],
    ids=["cut off", "GBK", "NaN", "too deep", "missing"],
)
def test_a_json_list_that_cannot_be_read_says_where_and_why(plan, tmp_path, content, wanted):
    path = tmp_path / "清单.json"
    if content is not None:
        path.write_bytes(content)
    assert said(path, plan) == f"清单“清单.json”没有收下：{wanted}。请改好后再试。"


@pytest.mark.parametrize("content", ["[]", "null", "{", "“", '{"projects": 3}'])
def test_any_other_file_is_refused_in_a_sentence(plan, tmp_path, content):
    for suffix in (".json", ".xlsx"):
        path = tmp_path / f"清单{suffix}"
        path.write_text(content, encoding="utf-8")
        assert said(path, plan).endswith("请改好后再试。")


@tried(0.12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sheet=st.sampled_from(["重大项目", "项目节点", "民生实事"]),
    address=st.sampled_from(["A4", "B4", "C4", "D4", "E5", "G4", "H4", "J4", "L4"]),
    value=st.one_of(
        st.none(),
        st.integers(-(10**12), 10**12),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text("=+-@XM0129年约亿", max_size=20),
        st.dates(),
        st.booleans(),
    ),
)
def test_whatever_stands_in_a_cell_the_list_is_taken_or_refused(
    plan, template, tmp_path, sheet, address, value
):
    path = changed(template, tmp_path, {sheet: {address: value}})
    try:
        projects_document(load_project_list(path, plan))
    except ProjectListError as error:
        assert str(error).endswith("请改好后再试。")  # noqa: PT017 - either is right


@pytest.mark.libreoffice
def test_the_template_opens_in_libreoffice_and_keeps_what_it_says(plan, template, listed, tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(template)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert load_project_list(tmp_path / "out" / template.name, plan) == listed
