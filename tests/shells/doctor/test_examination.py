from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from support import second_plan
from support.paths import TESTS

from qiyx_xl import app
from qiyx_xl.data import read_text, resource
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.inspect.verify import workbook_facts
from qiyx_xl.shells.cli import qiyx
from qiyx_xl.shells.doctor import judge
from qiyx_xl.shells.doctor.facts import Environment
from qiyx_xl.shells.doctor.probe import plan_facts, read_config, sync_folder

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(qiyx, ["doctor", *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value, result.stdout


def ledger() -> Path:
    return resource("workbook/七优享台账.xlsm")


def check_schema(document: object) -> None:
    import jsonschema

    jsonschema.Draft202012Validator(
        json.loads(read_text("schemas/doctor-report.schema.json"))
    ).validate(document)


def test_the_shipped_ledger_tells_its_xlwings_version_and_settings():
    import xlwings

    facts = workbook_facts(ledger())
    assert facts.vba_version == xlwings.__version__
    assert not facts.uses_addin
    assert not facts.is_older
    assert facts.settings["UDF MODULES"] == "qiyx_xl.shells.udfs"


@pytest.mark.slow
def test_a_ledger_built_before_is_found_out_with_what_to_do():
    before = TESTS / "ledger" / "built_as_ledger_1.xlsm"
    assert workbook_facts(before).is_older
    code, out = run("--ledger", str(before))
    assert code == 1
    assert "[注意] xlwings 版本：Python 包 0.37.8，台账里的宏 0.37.8；台账是旧版程序建的\n" in out
    assert "请关闭台账，运行 qiyx ledger migrate 升级它" in out


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="says what a machine without Windows says")
def test_on_linux_what_applies_is_checked_and_the_rest_says_that_it_does_not_apply():
    _, out = run("--ledger", str(ledger()))
    assert "[正常] xlwings 版本：Python 包 0.37.8，台账里的宏 0.37.8\n" in out
    assert "[正常] 台账的宏：台账自带宏，不需要在 Excel 里装加载项\n" in out
    assert "[不适用] Excel 的登记：只在 Windows 上有\n" in out
    assert "[不行]" not in out


@pytest.mark.slow
def test_the_json_holds_to_its_schema_and_can_be_judged_elsewhere(tmp_path, office_pc):
    code, out = run("--ledger", str(ledger()), "--format", "json")
    document = json.loads(out)
    check_schema(document)
    assert code == (
        0 if not document["summary"]["attention"] + document["summary"]["broken"] else 1
    )

    recorded = tmp_path / "体检.json"
    sent = judge(office_pc).to_json()
    recorded.write_text(json.dumps(sent, ensure_ascii=False), encoding="utf-8")
    code, out = run("--facts", str(recorded), "--format", "json")
    assert code == 0
    assert json.loads(out) == json.loads(json.dumps(sent))


def test_facts_survive_the_way_through_json(office_pc):
    there = json.loads(json.dumps(office_pc.to_json()))
    assert Environment.from_json(there) == office_pc


def test_a_file_that_is_no_examination_is_refused_with_a_sentence(tmp_path):
    other = tmp_path / "别的.json"
    other.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(qiyx, ["doctor", "--facts", str(other)], standalone_mode=False)
    assert "不是体检结果" in str(result.exception)


@pytest.mark.slow
def test_a_damaged_ledger_is_a_finding_not_a_crash(tmp_path):
    broken = tmp_path / "七优享台账.xlsm"
    broken.write_bytes(b"PK\x03\x04 no zip")
    code, out = run("--ledger", str(broken))
    assert code == 1
    assert "[不行] 台账的宏：“七优享台账.xlsm”已损坏" in out


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b'"INTERPRETER_WIN","D:\\qiyx\\python.exe"\r\n', None),
        ('"PYTHONPATH","D:\\台账"\r\n'.encode("gbk"), None),
        (b'\xef\xbb\xbf"INTERPRETER_WIN","x"\r\n', "bom"),
        ('"PYTHONPATH","D:\\目录\\优"\r\n'.encode(), "encoding"),
        (b"INTERPRETER_WIN=x\r\n", "lines"),
    ],
)
def test_a_settings_file_is_read_as_the_vba_reads_it(tmp_path, data, trouble):
    path = tmp_path / "xlwings.conf"
    path.write_bytes(data)
    file = read_config(path)
    assert file is not None
    assert file.trouble == trouble


def test_sync_folders_are_known_by_variable_and_by_name(tmp_path):
    inside = tmp_path / "同步" / "七优享" / "七优享台账.xlsm"
    assert sync_folder(inside, {}) is None
    assert sync_folder(inside, {"OneDriveCommercial": str(tmp_path / "同步")}) is not None
    assert sync_folder(tmp_path / "OneDrive - 某局" / "a.xlsm", {}) is not None
    assert sync_folder(tmp_path / "WPS云盘" / "a.xlsm", {}) is not None


def test_the_plan_in_force_is_found_and_a_store_of_another_plan_is_told(ledger, tmp_path):
    shipped = plan_facts(ledger)
    assert (shipped.version, shipped.is_shipped, shipped.from_store) == ("2023.2", True, False)
    other = tmp_path / "别处" / "民生八有台账.xlsm"
    other.parent.mkdir()
    build_ledger(other, second_plan.plan(), load_rules())
    assert "数据库" in (plan_facts(other).trouble or "")
    office = app.begin(
        tmp_path / "新",
        second_plan.plan(),
        load_rules(),
        period=None,
        now=datetime(2026, 10, 30, tzinfo=UTC),
        by="王敏",
    )
    found = plan_facts(office.ledger)
    assert (found.plan_id, found.is_shipped, found.from_store) == ("anji-2026-2030", False, True)
