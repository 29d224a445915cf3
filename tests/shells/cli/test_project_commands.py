"""``qiyx projects``: the list there and back, and what is said when it cannot be used."""

from __future__ import annotations

import json

import openpyxl
import pytest
from jsonschema import Draft202012Validator
from support.commands import run_here
from support.paths import ROOT

from qiyx_xl.data import read_text

EXAMPLE = ROOT / "examples" / "projects.json"


@pytest.fixture
def qiyx(tmp_path):
    here = tmp_path / "专班 办公室"
    here.mkdir()

    def run(*arguments):
        answer = run_here(here, "projects", *arguments)
        return answer.code, answer.out, answer.err

    run.here = here
    return run


def test_a_list_goes_in_and_comes_out_as_workbook_and_as_json(qiyx):
    assert qiyx("show")[:2] == (
        0,
        "还没有清单。请先用 qiyx projects template 生成一份，填好后用 qiyx projects import 收进来。\n",
    )
    code, out, _ = qiyx("import", EXAMPLE)
    assert (code, "重大项目 4 个（节点 12 个）、民生实事 3 件" in out) == (0, True)
    code, out, _ = qiyx("template", "清单.xlsx")
    assert code == 0
    assert "已把现有的重大项目 4 个" in out
    assert openpyxl.load_workbook(qiyx.here / "清单.xlsx")["重大项目"]["A4"].value == "XM01"
    code, out, _ = qiyx("show", "--format", "json")
    document = json.loads(out)
    schema = json.loads(read_text("schemas/projects.schema.json"))
    Draft202012Validator(schema).validate(document)
    given = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert [one["code"] for one in document["projects"]] == [
        one["code"] for one in given["projects"]
    ]
    assert "没有改动" in qiyx("import", EXAMPLE)[1]
    assert "甬江科创通道三甲标准医疗机构" in qiyx("show")[1]


def test_a_list_that_cannot_be_used_is_one_line_on_stderr_and_nothing_is_taken(qiyx):
    bad = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    bad["projects"][0]["agency"] = "区交通局"
    path = qiyx.here / "清单.json"
    path.write_text(json.dumps(bad, ensure_ascii=False), encoding="utf-8")
    code, out, err = qiyx("import", path)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "清单“清单.json”没有收下：“XM01 甬江科创通道三甲标准医疗机构”的责任部门“区交通局”"
        "不在方案的单位名录里。请改好后再试。"
    ]
    assert not (qiyx.here / "七优享台账.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "没有.xlsx"), "没有.xlsx"),
        (("template", "清单.csv"), "清单要存成 .xlsx"),
    ],
)
def test_a_wrong_path_is_said_in_one_line(qiyx, arguments, said):
    code, _, err = qiyx(*arguments)
    assert code == 2
    assert said in err
    assert len(err.splitlines()) == 1
