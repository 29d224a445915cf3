from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from openpyxl import load_workbook

from qiyx_xl.data import resource

HEAVY = ("pandas", "openpyxl", "xlwings", "xlsxwriter", "jsonschema", "lxml", "numpy", "docx")


@pytest.mark.parametrize("arguments", ["--help", "--version", "validate --help", "rate --help"])
def test_help_and_version_start_without_the_heavy_libraries(arguments):
    program = (
        "import sys\n"
        "from qiyx_xl.shells.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join(m for m in {HEAVY!r} if m in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments.split()],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""


def test_the_bare_command_and_every_help_page_show_an_example(qiyx):
    assert "示例" in qiyx().out
    for command in (
        "demo",
        "plan",
        "plan show",
        "plan check",
        "rate",
        "distribute",
        "validate",
        "consolidate",
        "status",
        "ledger",
        "ledger build",
        "ledger refresh",
    ):
        answer = qiyx(*command.split(), "--help")
        assert answer.code == 0, command
        assert "示例" in answer.out and f"qiyx {command}" in answer.out.split("示例")[1], command
        assert "Usage" not in answer.out and "Options" not in answer.out, command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("nonsense", "没有"),
        ("validate", "缺少"),
        ("validate 没有的文件夹", "找不到"),
        ("validate . --period 2026年五季度", "看不懂数据期"),
        ("validate . --form", "没有 --form 这个选项"),
        ("validate . --format xml", "只能是 text、json"),
        ("validate . --jobs x", "应是不小于 1 的整数"),
        ("meeting --out 例会 --days 0", "应是 1 到 366 的整数"),
        ("status 2026Q3 卫健 --period 2026Q3", "多了“2026Q3 卫健”，这条命令不用它"),
        ("rate --indicator M07 --period 2026Q3 --actual 3 --target 3", "没有目标值可换"),
        ("rate --indicator 99 --period 2026Q3 --actual 1", "方案里没有“99”"),
        ("rate --indicator 9 --period 2026Q3 --actual 3 --previous abc", "应是一个数"),
        ("rate --indicator 9 --period 2026Q3", "缺少 --actual"),
        ("status --period 2026Q3", "找不到数据库"),
        ("status --period 2026Q3 --by colour", "--by 只能是"),
        ("consolidate . --period 2026Q3 --ledger 没有.xlsm", "没有.xlsm"),
        ("plan check 没有.json", "没有.json"),
    ],
)
def test_what_cannot_run_says_why_in_one_chinese_line_and_leaves_with_2(qiyx, arguments, words):
    answer = qiyx(*arguments.split())
    assert answer.code == 2
    assert answer.out == ""
    assert words in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert "Traceback" not in answer.err


def test_a_file_where_a_folder_should_be_made_is_pointed_out(qiyx):
    (qiyx.here / "下发").write_text("", encoding="utf-8")
    at, below = (
        qiyx("distribute", "--period", "2026Q3", "--out", to) for to in ("下发", "下发/甲")
    )
    assert (at.code, below.code) == (2, 2)
    assert at.err.strip() == "“下发”已经存在。请换一个名字，或先移走它。"
    assert "不是文件夹，或者它的上一级是文件" in below.err


def test_an_empty_folder_says_so(qiyx):
    (qiyx.here / "空 文件夹").mkdir()
    answer = qiyx("validate", "空 文件夹")
    assert answer.code == 2
    assert "没有可校验的工作簿" in answer.err


def test_rate_answers_as_the_contract_shows(qiyx):
    answer = qiyx(
        "rate", "--indicator", 9, "--period", "2024Q2", "--actual", "3.3", "--format", "json"
    )
    assert answer.code == 0
    assert answer.json("rating.schema.json") == {
        "indicator": 9,
        "period": "2024Q2",
        "actual": "3.3",
        "comparator": ">=",
        "target": "4.5",
        "met": False,
        "completion_rate": "0.7333",
        "display": "73.3%",
        "scheduled_progress": "0.5",
        "progress": "0.4545",
        "schedule_gap_pp": "-4.5",
        "light": "amber",
        "word": "黄",
        "state": "滞后",
        "flags": [],
        "reason": "滞后序时4.5个百分点",
    }


def test_rate_speaks_plainly(qiyx):
    answer = qiyx("rate", "--indicator", "9", "--period", "2024年二季度", "--actual", "3.3")
    assert answer.code == 0
    assert "滞后序时4.5个百分点" in answer.out
    assert "黄" in answer.out


def test_a_value_outside_the_plan_is_rated_by_the_target_given(qiyx):
    answer = qiyx(
        "rate",
        "--target",
        "<3.5",
        "--rule",
        "ceiling",
        "--period",
        "2026Q3",
        "--actual",
        "3.45",
        "--format",
        "json",
    )
    rating = answer.json("rating.schema.json")
    assert (rating["word"], rating["state"]) == ("黄", "贴线")


@pytest.mark.slow
def test_plan_show_says_that_indicators_4_and_5_are_to_be_confirmed(qiyx):
    answer = qiyx("plan", "show")
    assert answer.code == 0
    for number in (4, 5):
        assert f"待确认：指标{number}“" in answer.out
    document = qiyx("plan", "show", "--format", "json").json("plan.schema.json")
    assert len(document["indicators"]) == 21
    assert len(document["goals"]) == 85
    assert len(document["milestones"]) == 38


def test_the_shipped_plan_has_no_findings(qiyx):
    answer = qiyx("plan", "check", "--format", "json")
    assert answer.code == 0
    assert answer.json("plan-check.schema.json")["findings"] == []


@pytest.mark.slow
def test_one_quarter_from_form_to_ledger(qiyx):
    here = qiyx.here
    assert qiyx("ledger", "build", "七优享台账.xlsm").code == 0
    forms = qiyx("distribute", "--period", "2026Q3", "--out", "下发", "--format", "json")
    assert forms.code == 0
    written = forms.json("distribute-report.schema.json")["forms"]
    assert {one["agency"] for one in written} >= {
        "区卫健局",
        "区教育局",
        "区人力社保局",
        "区民政局",
        "区住建局",
    }
    assert all((here / one["path"]).exists() for one in written)

    inbox = here / "收 件"
    shutil.copytree(resource("examples/2026Q3"), inbox)
    checked = qiyx("validate", "收 件", "--period", "2026Q3", "--format", "json")
    assert checked.code == 1
    summary = checked.json("validation-report.schema.json")["summary"]
    assert summary["accepted"] > summary["returned"] > 0
    assert summary["unreadable"] >= 1

    arguments = (
        "consolidate",
        "收 件",
        "--ledger",
        "七优享台账.xlsm",
        "--period",
        "2026Q3",
        "--today",
        "2026-10-30",
        "--format",
        "json",
    )
    tried = qiyx(*arguments, "--dry-run").json("consolidation-report.schema.json")
    assert not (here / "七优享台账.sqlite").exists()
    first = qiyx(*arguments)
    assert first.code == 1
    report = first.json("consolidation-report.schema.json")
    assert report["accepted"] == tried["accepted"]
    assert report["ledger"]["sha256_before"] != report["ledger"]["sha256_after"]
    bytes_after = (here / "七优享台账.xlsm").read_bytes()

    again = qiyx(*arguments).json("consolidation-report.schema.json")
    assert again["accepted"] == []
    assert (here / "七优享台账.xlsm").read_bytes() == bytes_after

    status = qiyx(
        "status",
        "--period",
        "2026Q3",
        "--today",
        "2026-10-30",
        "--by",
        "domain,agency,level",
        "--format",
        "json",
    )
    assert status.code == 0
    counts = status.json("status-report.schema.json")["counts"]
    assert sum(counts[k] for k in ("green", "amber", "red", "grey")) == counts["total"] == 21


@pytest.mark.slow
def test_demo_makes_a_ledger_and_says_where(qiyx):
    answer = qiyx("demo")
    assert answer.code == 0, answer.err
    assert (qiyx.here / "qiyx-demo" / "七优享台账.xlsm").exists()
    for words in ("需退回", "读不了", "亮红灯", "qiyx status", "qiyx-demo"):
        assert words in answer.out
    second = qiyx("demo")
    assert second.code == 2
    assert "已有文件" in second.err


@pytest.mark.slow
def test_validate_writes_returns_and_a_report_where_asked(qiyx):
    here = qiyx.here
    shutil.copytree(resource("examples/2026Q3"), here / "收件")
    answer = qiyx("validate", "收件", "--returns", "退回", "--report", "结果.html")
    assert answer.code == 1
    assert "退回单" in answer.out
    assert (here / "退回" / "霞浦街道_2026Q3_退回单.xlsx").exists()
    assert (here / "结果.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_an_archive_goes_back_file_by_file_with_the_day_to_send_it_again(qiyx):
    here = qiyx.here
    with zipfile.ZipFile(here / "报送.zip", "w") as archive:
        for name in ("霞浦街道_2026Q3.xlsx", "区教育局_2026Q3.xlsx"):
            archive.write(resource(f"examples/2026Q3/{name}"), name)
    answer = qiyx("validate", "报送.zip", "--returns", "退回", "--period", "2026Q3", "--jobs", "2")
    assert answer.code == 1
    (returned,) = (here / "退回").iterdir()
    assert returned.name == "霞浦街道_2026Q3_退回单.xlsx", "their own workbook, marked"
    book = load_workbook(returned)
    said = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert re.search(r"请于20\d\d年\d+月\d+日前改好后报送专班办公室", said)
    assert "填报表" in book.sheetnames


def test_returns_are_not_put_among_what_was_received(qiyx):
    shutil.copytree(resource("examples/2026Q3"), qiyx.here / "收件")
    answer = qiyx("validate", "收件", "--returns", "收件/退回")
    assert answer.code == 2
    assert "请换一个文件夹" in answer.err


@pytest.mark.slow
def test_one_faulty_file_of_many_changes_nothing_for_the_others(qiyx):
    here = qiyx.here
    (here / "收件").mkdir()
    for name in ("区教育局_2026Q3.xlsx", "霞浦街道_2026Q3.xlsx"):
        shutil.copy(resource(f"examples/2026Q3/{name}"), here / "收件" / name)
    qiyx("ledger", "build", "七优享台账.xlsm")
    answer = qiyx("consolidate", "收件", "--period", "2026Q3", "--format", "json")
    report = answer.json("consolidation-report.schema.json")
    assert [one["agency"] for one in report["accepted"]] == ["区教育局"]
    assert [one["agency"] for one in report["returned"]] == ["霞浦街道"]


def test_a_clean_file_validates_with_exit_code_0(qiyx):
    name = "区教育局_2026Q3.xlsx"
    shutil.copy(resource(f"examples/2026Q3/{name}"), qiyx.here / name)
    answer = qiyx("validate", name)
    assert answer.code == 0, answer.out
    assert "通过 1 份" in answer.out
