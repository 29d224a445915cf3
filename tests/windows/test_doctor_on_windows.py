from __future__ import annotations

import json

import pytest

from qiyx_xl.data import read_text, resource
from qiyx_xl.shells.doctor import judge
from qiyx_xl.shells.doctor.command_line import server_command
from qiyx_xl.shells.doctor.facts import Environment

pytestmark = pytest.mark.wine


@pytest.fixture
def report(seen):
    return seen("doctor")["report"]


def found(report, name):
    return next(check for check in report["checks"] if check["name"] == name)


def test_the_report_of_a_windows_machine_holds_to_its_schema(report):
    import jsonschema

    schema = json.loads(read_text("schemas/doctor-report.schema.json"))
    jsonschema.Draft202012Validator(schema).validate(report)
    assert not any(check["state"] == "not_applicable" for check in report["checks"])


def test_the_code_page_the_dll_and_the_settings_are_found(report):
    assert found(report, "code_page")["found"] == "936（简体中文）"
    assert found(report, "dll")["state"] == "ok"
    assert found(report, "config")["found"].endswith("写在台账旁边的 xlwings.conf")
    # How long it takes is this machine's business, and how busy it is.
    assert found(report, "cold_start")["state"] in ("ok", "attention")
    assert found(report, "cold_start")["found"].endswith("秒")


def test_a_machine_without_excel_is_told_that_the_command_line_works(report):
    assert found(report, "excel")["state"] == "broken"
    assert "命令行" in found(report, "excel")["cure"]


def test_the_facts_of_that_machine_can_be_judged_here(report):
    here = judge(Environment.from_json(report["facts"])).to_json()
    assert here["checks"] == report["checks"]


def test_the_command_line_is_measured_as_the_macros_build_it(seen, report):
    environment = Environment.from_json(report["facts"])
    assert server_command(environment, environment.ledger.path) == seen("doctor")["command"]


def test_the_hashes_in_the_guide_are_those_of_the_dlls(report):
    guide = resource("docs/security.md").read_text(encoding="utf-8")
    for facts in report["facts"]["xlwings"]["dlls"].values():
        name = facts["path"].rpartition("\\")[2]
        assert f"| `{name}` | `{facts['sha256']}` |" in guide
