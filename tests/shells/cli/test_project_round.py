"""The whole way of a project's figures: list → form → file → log → status."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from support.paths import ROOT

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.data import read_text
from qiyx_xl.shells.cli import qiyx

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = ROOT / "examples" / "projects.json"
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
    assert run("projects", "import", EXAMPLE, *at, "--today", "2026-07-01")[0] == 0
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
    from qiyx_xl.app.projects import project_book
    from qiyx_xl.core.projects.status import project_status

    folder, _ = consolidated
    office = Office.at(folder / "七优享台账.xlsm")
    book = project_book(office)
    status = project_status(book, office.rules, Period.parse("2026Q3"), date(2026, 10, 20))
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


def test_status_prints_both_lists_and_the_eighth_task_force(consolidated):
    office, _ = consolidated
    code, output = run("status", "--period", "2026Q3", "--by", "task_force", *at(office), *TODAY)
    assert code == 0
    assert "绿·达序时" in output
    assert "245／320个" in output
    assert "按专项组" in output
    assert "重大项目" in output
    _, output = run(
        "status", "--period", "2026Q3", "--by", "domain,task_force", *at(office), *TODAY,
        "--format", "json",
    )  # fmt: skip
    document = json.loads(output)
    schema = json.loads(read_text("schemas/status-report.schema.json"))
    Draft202012Validator.check_schema(schema)
    rating = json.loads(read_text("schemas/rating.schema.json"))
    registry = Registry().with_resource(rating["$id"], Resource.from_contents(rating))
    Draft202012Validator(schema, registry=registry).validate(document)
    forces = [group for group in document["groups"] if group["by"] == "task_force"]
    assert len(forces) == 8
    assert forces[-1]["counts"] == {"green": 1, "amber": 1, "red": 0, "grey": 2, "total": 4}
    assert document["projects"]["major"][0]["nodes"][1]["completed"] == "2026-06-25"
    assert document["projects"]["livelihood"][0]["on_schedule"] is True


@pytest.mark.slow
def test_a_closed_period_shows_its_projects_as_they_were_when_it_was_closed(consolidated, tmp_path):
    folder = tmp_path / "office"
    shutil.copytree(consolidated[0], folder)
    run("close", "--period", "2026Q3", *at(folder), *TODAY)
    listed = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    listed["projects"][0]["planned_investment"]["2026"] = "44000"
    changed = tmp_path / "调整.json"
    changed.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    run("projects", "import", changed, *at(folder), "--today", "2026-11-30")
    fill(folder / "收件" / "区卫健局_2026Q3.xlsx", 32000)
    run(
        "consolidate", folder / "收件", "--period", "2026Q3", "--as-revision", "漏报一笔",
        *at(folder), "--today", "2026-12-01",
    )  # fmt: skip
    _, output = run("status", "--period", "2026Q3", *at(folder), "--format", "json")
    shown = json.loads(output)["projects"]["major"][0]
    assert (shown["invested"], shown["planned_investment"]) == ("31600", "42000")
    _, output = run(
        "status", "--period", "2026-09", *at(folder), "--today", "2026-12-01", "--format", "json"
    )
    live = json.loads(output)["projects"]["major"][0]
    assert (live["invested"], live["planned_investment"]) == ("32000", "44000")


@pytest.fixture
def closed(consolidated, tmp_path) -> Path:
    """The office, its third quarter closed."""
    folder = tmp_path / "封账"
    shutil.copytree(consolidated[0], folder)
    run("close", "--period", "2026Q3", *at(folder), *TODAY)
    return folder


def projects_shown(folder: Path):
    from qiyx_xl import app

    office = app.Office.at(folder / "七优享台账.xlsm")
    return app.state(office, Period.parse("2026Q3"), date(2026, 12, 1)).projects


def test_what_is_frozen_of_the_lists_is_all_that_was_shown_of_them(consolidated, closed):
    from qiyx_xl import app
    from qiyx_xl.core.projects.snapshot import status_document, status_from_document

    office = app.Office.at(consolidated[0] / "七优享台账.xlsm")
    live = app.state(office, Period.parse("2026Q3"), date(2026, 10, 20)).projects
    assert {type(node.completed) for line in live.projects for node in line.nodes} == {
        date,
        type(None),
    }
    assert status_from_document(json.loads(json.dumps(status_document(live)))) == live
    assert projects_shown(closed) == live


@pytest.mark.slow
def test_a_closed_period_keeps_its_project_lamps_whatever_the_program_says_now(closed, monkeypatch):
    from qiyx_xl.core.projects import status as project_status

    before = projects_shown(closed)
    red = before.projects[1].assessment
    monkeypatch.setattr(project_status, "assess_share", lambda *_, **__: red)
    monkeypatch.setattr(project_status, "assess_node", lambda *_, **__: red)
    monkeypatch.setattr(project_status, "overall", lambda *_: red)
    assert projects_shown(closed) == before
    run("reopen", "--period", "2026Q3", "--reason", "再核", *at(closed), *TODAY)
    assert {line.assessment for line in projects_shown(closed).lines} == {red}


@pytest.mark.slow
def test_a_period_closed_before_lamps_were_kept_shows_what_the_log_held_then(closed):
    import sqlite3

    from qiyx_xl.store import Store

    before = projects_shown(closed)
    path = closed / "七优享台账.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER closings_keeps_update")
        connection.execute("UPDATE closings SET projects = ''")
    assert projects_shown(closed) == before
    path.unlink()
    Store.rebuild(path)
    with Store.open(path, readonly=True) as store:
        (closing,) = store.closings()
        assert closing.projects_at_closing() == before
