"""The whole way of a project's figures: list → form → file → log → status."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from qiyx_xl.core.lamps import Light
from qiyx_xl.core.periods import Period
from qiyx_xl.data import read_text
from qiyx_xl.shells.cli import qiyx

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "projects.json"
TODAY = ["--today", "2026-10-20"]


def run(*argv: str) -> tuple[int, str]:
    result = CliRunner().invoke(qiyx, [str(one) for one in argv], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value, result.output


def fill(path: Path, money, *, first_node="2025-11-20") -> None:
    workbook = openpyxl.load_workbook(path)
    majors = workbook["重大项目"]
    majors["H5"], majors["E6"], majors["E7"] = money, first_node, "2026-06-25"
    majors["H10"], majors["E11"], majors["I12"] = 6800, "2026-03-28", "外立面材料到货晚，10月完成"
    workbook["民生实事"]["G5"] = 245
    for row in workbook["填报表"].iter_rows(min_row=5):
        if row[0].value and not any(row[place].protection.locked for place in (6, 9)):
            row[6].value, row[9].value = "不适用", "本期没有这项工作"
    workbook.save(path)


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """An office that has imported its lists, sent out forms and taken one back."""
    folder = tmp_path_factory.mktemp("office")
    at = ["--ledger", folder / "七优享台账.xlsm"]
    run("ledger", "build", folder / "七优享台账.xlsm")
    assert run("projects", "import", EXAMPLE, *at)[0] == 0
    run("distribute", "--period", "2026Q3", "--out", folder / "下发", *at)
    inbox = folder / "收件"
    inbox.mkdir()
    sent = inbox / "区卫健局_2026Q3.xlsx"
    (folder / "下发" / sent.name).rename(sent)
    fill(sent, 31600)
    return folder


def at(office: Path) -> list[str]:
    return ["--ledger", str(office / "七优享台账.xlsm")]


@pytest.fixture(scope="module")
def consolidated(office):
    _, output = run(
        "consolidate", office / "收件", "--period", "2026Q3", *at(office), *TODAY,
        "--format", "json",
    )  # fmt: skip
    return office, json.loads(output)


def test_every_value_of_the_two_sheets_goes_into_the_log_with_its_cell(consolidated):
    from qiyx_xl.store import Store

    office, report = consolidated
    schema = json.loads(read_text("schemas/consolidation-report.schema.json"))
    Draft202012Validator(schema).validate(report)
    assert report["projects"] == {"new": 6, "revised": []}
    with Store.open(office / "七优享台账.sqlite", readonly=True) as store:
        logged = {one.record.code: one.record for one in store.project_records()}
        kept = store.originals.find(logged["XM01"].source.sha256)
    assert (logged["XM01"].value, logged["XM01"].source.cell) == (Decimal(31600), "H5")
    assert logged["XM01-2"].value == date(2026, 6, 25)
    assert logged["XM02-2"].remark.startswith("外立面")
    assert kept is not None


def test_a_later_file_revises_and_the_same_again_changes_nothing(consolidated, tmp_path):
    office, _ = consolidated
    again = tmp_path / "收件"
    again.mkdir()
    (again / "区卫健局_2026Q3.xlsx").write_bytes(
        (office / "收件" / "区卫健局_2026Q3.xlsx").read_bytes()
    )
    _, output = run(
        "consolidate", again, "--period", "2026Q3", *at(office), *TODAY, "--format", "json",
        "--dry-run",
    )  # fmt: skip
    assert json.loads(output)["projects"] == {"new": 0, "revised": []}
    fill(again / "区卫健局_2026Q3.xlsx", 32000)
    _, output = run(
        "consolidate", again, "--period", "2026Q3", *at(office), *TODAY, "--format", "json",
        "--dry-run",
    )  # fmt: skip
    (revised,) = json.loads(output)["projects"]["revised"]
    assert (revised["code"], revised["before"], revised["after"]) == ("XM01", "31600", "32000")
    assert revised["source"]["sheet"] == "重大项目"


def test_what_was_taken_in_is_rated_as_it_stands(consolidated, rules):
    from qiyx_xl.app import Office
    from qiyx_xl.app.projects import projects_status

    folder, _ = consolidated
    office = Office.at(folder / "七优享台账.xlsm")
    status = projects_status(office, Period.parse("2026Q3"), date(2026, 10, 20))
    lines = {line.project.code: line for line in status.projects}
    assert lines["XM01"].investment.lamp == "绿·达序时"
    assert lines["XM01"].assessment.lamp == "绿·达序时"
    assert [node.assessment.state for node in lines["XM01"].nodes[:3]] == [
        "按期完成",
        "按期完成",
        "未到期",
    ]
    assert lines["XM02"].assessment.lamp == "黄·滞后"
    assert lines["XM02"].assessment.delay_days == 30
    assert lines["XM03"].assessment.lamp == "灰·未报"
    assert {line.project.code: line.assessment.on_schedule for line in status.livelihood} == {
        "SS01": "是",
        "SS02": "—",
        "SS03": "—",
    }
    assert lines["XM03"].assessment.light is Light.GREY
