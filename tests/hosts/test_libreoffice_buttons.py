"""Every button in a real LibreOffice does what the command line does, cell for cell, file for file."""

from __future__ import annotations

import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from calc_office import CalcOffice
from support.commands import Commands
from support.paths import ROOT
from support.revised_plans import handed_over, with_added, with_target, without

from qiyx_xl import app
from qiyx_xl.ledger.layout.tables import FINDING_TABLE
from qiyx_xl.ledger.registry import CONTROLS, LedgerSheet
from qiyx_xl.shells import buttons

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan

pytestmark = [pytest.mark.libreoffice, pytest.mark.slow]

BOOK = "七优享台账.xlsx"
EXAMPLES = ROOT / "examples" / "2026Q3"


@pytest.fixture(scope="module")
def calc(tmp_path_factory: pytest.TempPathFactory) -> CalcOffice:
    made = CalcOffice(tmp_path_factory.mktemp("calc"))
    done = made.qiyx("host", "install", "libreoffice")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose ledger nobody has consolidated into."""
    here = tmp_path_factory.mktemp("office")
    (here / "收件").mkdir()
    for path in sorted(EXAMPLES.glob("*.xlsx")):
        shutil.copy(path, here / "收件")
    qiyx = Commands(here)
    assert qiyx("ledger", "build", "--edition", "addin", "--period", "2026Q3").code == 0
    assert qiyx("ledger", "convert", BOOK).code == 0
    return here


@pytest.fixture(scope="module")
def taken_in(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same office after ``qiyx consolidate``."""
    here = shutil.copytree(folder, tmp_path_factory.mktemp("taken") / "专班")
    (here / BOOK).with_suffix(".xlsm").unlink()
    done = Commands(here)("consolidate", "收件", "--ledger", BOOK, "--period", "2026Q3")
    assert done.code in (0, 1), done.err
    return here


def copy_of(office: Path, tmp_path: Path, name: str) -> Path:
    return shutil.copytree(office, tmp_path / name)


def press(calc: CalcOffice, ledger: Path, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    (seen,) = calc.run({"step": "press", "path": str(ledger), "actions": actions, **more})
    return seen


def alert(seen: dict[str, Any]) -> str:
    return [text for kind, text in seen["said"] if kind == "alert"][-1]


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """The cells of our sheets that differ, but for what was written by the clock."""
    found = []
    for sheet in LedgerSheet:
        left, right = one["cells"][sheet.value], other["cells"][sheet.value]
        headers = next((row for row in left if len(set(map(str, row))) > 3), [])
        for row in range(max(len(left), len(right))):
            for column in range(max(map(len, (*left, *right)))):
                a, b = (at(cells, row, column) for cells in (left, right))
                if a == b or is_close(a, b):
                    continue
                header = at([headers], 0, column)
                if isinstance(a, float) and isinstance(b, float) and "时间" in str(header):
                    continue
                if " #" in str(a) and str(a).rpartition("-")[0] == str(b).rpartition("-")[0]:
                    continue  # the seal of the log, which holds the moments
                found.append((sheet.value, row, column, a, b))
    return found


def is_close(a: Any, b: Any) -> bool:
    return isinstance(a, float) and isinstance(b, float) and a == pytest.approx(b, rel=1e-12)


def at(rows: list[list[Any]], row: int, column: int) -> Any:
    cell = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
    return "" if cell is None else cell


# --- writing into the open ledger --------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
def test_consolidating_fills_the_open_ledger_as_the_command_fills_the_closed_one(
    suffix: str, calc: CalcOffice, folder: Path, tmp_path: Path
):
    by_command, by_button = (copy_of(folder, tmp_path, name) for name in ("命令", "按钮"))
    name = BOOK.replace(".xlsx", suffix)
    inbox = str(by_button / "收件")
    pressed = press(
        calc,
        by_button / name,
        {"action": "consolidate", "folder": inbox},
        save=str(tmp_path / f"存过{suffix}"),
    )
    assert "请保存台账" in alert(pressed)
    assert pressed["state"] == [True, False]
    done = Commands(by_command)("consolidate", "收件", "--ledger", name, "--period", "2026Q3")
    assert done.code in (0, 1)
    assert differing(press(calc, by_command / name), pressed) == []
    assert sum(1 for row in pressed["cells"]["填报记录"] if row[0] != "") > 100
    # What LibreOffice saved is a ledger that the command line reads, and finds in order.
    shutil.copy(tmp_path / f"存过{suffix}", by_button / name)
    checked = Commands(by_button)("ledger", "verify", name, "--format", "json")
    kinds = {one["kind"] for one in json.loads(checked.out)["mismatches"]}
    assert kinds <= ({"spelling"} if suffix == ".xlsm" else set()), checked.out[:3000]


def test_refreshing_lists_another_period_as_the_command_does(
    calc: CalcOffice, taken_in: Path, tmp_path: Path
):
    by_command, by_button = (copy_of(taken_in, tmp_path, name) for name in ("命令", "按钮"))
    pressed = press(
        calc,
        by_button / BOOK,
        {"action": "refresh"},
        cells=[["指标台账", "C3", "2026-09"]],
    )
    assert alert(pressed) == "已按2026年9月刷新。请保存台账。"
    assert Commands(by_command)("ledger", "refresh", BOOK, "--period", "2026-09").code == 0
    assert differing(press(calc, by_command / BOOK), pressed) == []


def test_adopting_a_revised_plan_moves_rows_and_columns_as_the_command_does(
    calc: CalcOffice, taken_in: Path, tmp_path: Path, plan: Plan
):
    revised = with_target(without(plan, "13"), "2", 2026, "88.8")
    revised = handed_over(with_added(revised, "3"), "5", "区民政局")
    file = tmp_path / "改过.xlsx"
    app.export_plan(revised, file)
    by_command, by_button = (copy_of(taken_in, tmp_path, name) for name in ("命令", "按钮"))
    pressed = press(
        calc,
        by_button / BOOK,
        {"action": "adopt", "file": str(file), "text": "2026Q3", "says": True},
    )
    assert alert(pressed).startswith("已采用"), pressed["said"]
    done = Commands(by_command)(
        *("plan", "adopt", str(file), "--from", "2026Q3", "--yes", "--ledger", BOOK)
    )
    assert done.code == 0, done.err
    assert differing(press(calc, by_command / BOOK), pressed) == []
    names = [row[3] for row in pressed["cells"]["指标台账"]]
    assert plan.indicators[12].name not in names


def test_what_the_person_says_no_to_is_not_done(
    calc: CalcOffice, taken_in: Path, tmp_path: Path, plan: Plan
):
    file = tmp_path / "改过.xlsx"
    app.export_plan(without(plan, "13"), file)
    here = copy_of(taken_in, tmp_path, "专班")
    before = press(calc, here / BOOK)
    seen = press(
        calc,
        here / BOOK,
        {"action": "adopt", "file": str(file), "text": "2026Q3", "says": False},
        {"action": "remind"},
    )
    assert alert(seen) == "没有采用，什么都没有改。"
    assert differing(before, seen) == []


def test_checking_lists_what_the_command_finds_and_takes_nothing_in(
    calc: CalcOffice, folder: Path, tmp_path: Path
):
    here = copy_of(folder, tmp_path, "专班")
    seen = press(calc, here / BOOK, {"action": "validate", "folder": str(here / "收件")})
    answer = Commands(here)(
        *("validate", "收件", "--period", "2026Q3", "--format", "json", "--ledger", BOOK)
    )
    expected = sorted(
        (file["path"].rpartition("/")[2], finding["code"], finding["message"])
        for file in json.loads(answer.out)["files"]
        for finding in file["findings"]
    )
    rows = seen["cells"][FINDING_TABLE.sheet.value][FINDING_TABLE.first_row :]
    names = ("文件", "代码", "问题与改法")
    places = [FINDING_TABLE.place(name) for name in names]
    found = sorted(
        (row[places[0]].rpartition("/")[2], *(row[place] for place in places[1:]))
        for row in rows
        if row[places[0]]
    )
    assert found == expected
    assert not (here / BOOK).with_suffix(".sqlite").exists()


# --- writing files -----------------------------------------------------------------------------

FILES = {
    "remind": ["remind", "--period", "2026Q3", "--out", "{out}/催报清单_2026Q3.xlsx"],
    "scorecard": ["publish", "--period", "2026Q3", "--out", "{out}", "--only", "scorecard"],
    "bulletin": ["publish", "--period", "2026Q3", "--out", "{out}", "--only", "bulletin"],
    "distribute": ["distribute", "--period", "2026Q3", "--out", "{out}"],
    "static": ["ledger", "static", BOOK, "{out}/七优享台账_2026Q3_静态副本.xlsx"],
    "export": ["plan", "export", "{out}/方案_{version}.xlsx"],
}


@pytest.fixture(scope="module")
def written(
    calc: CalcOffice, taken_in: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Each of these buttons pressed once, in one LibreOffice."""
    here = copy_of(taken_in, tmp_path_factory.mktemp("written"), "专班")
    actions = []
    for action in FILES:
        out = here / "按钮" / action
        out.mkdir(parents=True)
        actions.append({"action": action, "folder": str(out)})
    seen = press(calc, here / BOOK, *actions)
    return {"here": here, "said": seen["said"], "state": seen["state"]}


@pytest.mark.parametrize("action", FILES)
def test_a_button_that_writes_files_writes_those_of_the_command(
    action: str, written: dict[str, Any], plan: Plan
):
    here, out = written["here"], written["here"] / "命令" / action
    out.mkdir(parents=True)
    command = [word.format(out=out, version=plan.version) for word in FILES[action]]
    done = Commands(here)(*command, *(() if action == "static" else ("--ledger", BOOK)))
    assert done.code in (0, 1), done.err
    mine, theirs = files_of(here / "按钮" / action), files_of(out)
    assert mine.keys() == theirs.keys()
    assert [name for name in mine if mine[name] != theirs[name]] == []
    assert written["state"] == [True, False]


def files_of(folder: Path) -> dict[str, Any]:
    """What the files of a folder hold; of packages their parts."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data: Any = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as package:
                    data = {name: package.read(name) for name in package.namelist()}
            found[path.relative_to(folder).as_posix()] = data
    return found


# --- the toolbar -------------------------------------------------------------------------------


def test_the_toolbar_is_there_and_its_commands_press_the_buttons(
    calc: CalcOffice, taken_in: Path, tmp_path: Path
):
    here = copy_of(taken_in, tmp_path, "专班")
    (seen,) = calc.run(
        {
            "step": "service",
            "path": str(here / BOOK),
            "cells": [["指标台账", "C3", "2026-09"]],
            "actions": ["refresh", "examine"],
        }
    )
    toolbars = {url: visible for url, visible in seen["elements"].items() if "qiyx" in url}
    assert list(toolbars.values()) == [True]
    assert Commands(here)("ledger", "refresh", BOOK, "--period", "2026-09").code == 0
    assert differing(press(calc, here / BOOK), seen) == []


def test_the_examination_says_in_libreoffice_what_the_command_says(
    calc: CalcOffice, taken_in: Path, tmp_path: Path
):
    here = copy_of(taken_in, tmp_path, "专班")
    seen = press(calc, here / BOOK, {"action": "examine"})
    assert alert(seen).startswith("体检")


def test_no_button_was_left_out_here():
    tried = {*FILES, "consolidate", "refresh", "adopt", "validate", "examine"}
    assert tried == {control.action for control in CONTROLS} == set(buttons.ACTIONS)


def test_a_sheet_that_was_renamed_is_named_in_the_sentence(
    calc: CalcOffice, taken_in: Path, tmp_path: Path
):
    here = copy_of(taken_in, tmp_path, "专班")
    seen = press(calc, here / BOOK, {"action": "refresh"}, rename=["校验结果", "我的结果"])
    assert "台账里没有“校验结果”表" in alert(seen)
    assert seen["state"] == [True, False]
