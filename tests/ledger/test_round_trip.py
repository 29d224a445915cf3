"""A ledger that people have edited and saved in LibreOffice, and what comes after."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from support.booked_office import HEALTH, SOCIAL, Booked
from support.ledger_views import parts_of
from support.libreoffice import profile, soffice
from test_open_xml import errors

from qiyx_xl import app
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.data import resource

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

EDITOR = Path(__file__).parent / "edit_in_libreoffice.py"
EDITS = [
    ["指标台账", "F6", "区妇计中心"],
    ["指标台账", "X6", "请催"],
    ["任务目标", "T10", "与住建核对"],
    ["填报记录", "Z5", "我的批注"],
    ["填报记录", "AA5", "=E5*2"],
    ["冲突", "K4", SOCIAL],
    ["冲突", "L4", "以民政统计为准"],
]

pytestmark = pytest.mark.libreoffice


def python_with_uno() -> str:
    soffice()
    for name in ("python3", "/usr/bin/python3"):
        found = shutil.which(name)
        if (
            found
            and not subprocess.run(
                [found, "-c", "import uno"], check=False, capture_output=True
            ).returncode
        ):
            return found
    pytest.skip("python3-uno is not installed")


@pytest.fixture
def booked(built: bytes, plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    here = Booked(tmp_path / "七优享", plan, rules, built)
    here.send(HEALTH, {"1": "4.7", "2": "66.5"}, period=Period.parse("2025Q4"))
    here.send(HEALTH, {"1": "4.9", "2": "69", "3": "65.123456789012345"})
    here.send(SOCIAL, {"1": "5.2", "14": "65.7"})
    here.refresh()
    return here


def edited(book: Path, out: Path) -> None:
    out.parent.mkdir(exist_ok=True)
    subprocess.run(
        [python_with_uno(), str(EDITOR), str(book), str(out), profile(), json.dumps(EDITS)],
        check=True,
        capture_output=True,
        timeout=180,
    )


def filters_of(path: Path) -> dict[str, tuple[str, str]]:
    return {
        sheet.title: (sheet.auto_filter.ref, sheet.freeze_panes) for sheet in load_workbook(path)
    }


@pytest.mark.parametrize("suffix", [".xlsm", ".xlsx"])
def test_after_a_round_trip_consolidating_works_and_keeps_what_people_did(
    suffix: str, booked: Booked, plan: Plan, rules: Rules, tmp_path: Path
):
    saved = tmp_path / "存过的" / f"七优享台账{suffix}"
    edited(booked.office.ledger, saved)
    ledger = booked.office.ledger.with_suffix(suffix)
    shutil.copy(saved, ledger)
    office = app.Office.at(ledger, plan=plan, rules=rules)
    before, filters = parts_of(ledger), filters_of(ledger)
    assert filters["填报记录"][0].startswith("A3:U")
    inbox = tmp_path / "收件"
    inbox.mkdir()
    shutil.copy(resource("examples/2026Q3/区教育局_2026Q3.xlsx"), inbox)
    app.consolidate(office, [inbox], Period.parse("2026Q3"), now=booked.now)

    book, shown = load_workbook(ledger), load_workbook(ledger, data_only=True)
    main = book["指标台账"]
    assert (main["F6"].value, main["X6"].value) == (
        None,
        "请催；责任单位栏里写过：区妇计中心",
    )
    assert main["F7"].fill.fgColor.rgb == "FFFFCCFF"
    assert main["C7"].comment.text.endswith("这一项再核一下")
    assert main.column_dimensions["C"].width == pytest.approx(34.7, abs=0.1)
    assert book["任务目标"]["T10"].value == "与住建核对"
    assert book["填报记录"]["Z5"].value == "我的批注"
    assert book["填报记录"]["AA5"].value == "=E5*2"
    assert book["我的记录"]["A1"].value == "会上说的"
    assert shown["指标台账"]["L7"].value == 69
    assert (shown["冲突"]["A4"].value, shown["指标台账"]["L6"].value) == ("已定", 5.2)
    assert verify_ledger(office, booked.now.date()).is_clean

    assert filters_of(ledger) == filters
    after = parts_of(ledger)
    own = next(
        name for name, data in before.items() if "$指标台账.L7".encode() in data or b"L7*2" in data
    )
    changed = {name for name in before if before[name] != after.get(name)}
    assert own not in changed
    assert all(name.startswith("xl/worksheets/sheet") for name in changed)
    assert list(after) == list(before)


@pytest.mark.node
def test_the_sdk_finds_nothing_that_it_did_not_find_before(booked: Booked, tmp_path: Path):
    saved = tmp_path / "存过的" / "七优享台账.xlsm"
    edited(booked.office.ledger, saved)
    shutil.copy(saved, booked.office.ledger)
    before = errors(booked.office.ledger, "Office2019")
    booked.refresh()
    assert sorted(errors(booked.office.ledger, "Office2019")) == sorted(before)
