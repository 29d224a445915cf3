"""Which ledger of a folder is meant where nobody names one."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
from support import second_plan
from support.commands import Commands

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.found import USUAL_NAME, ledger_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / second_plan.LEDGER
    build_ledger(path, second_plan.plan(), load_rules(), period=Period.parse("2026Q3"))
    return path


def test_an_empty_folder_means_the_usual_name(tmp_path: Path) -> None:
    assert ledger_in(tmp_path) == tmp_path / USUAL_NAME
    assert ledger_in(tmp_path / "没有") == tmp_path / "没有" / USUAL_NAME


def test_the_only_ledger_is_meant_whatever_it_is_called(tmp_path: Path, ledger: Path) -> None:
    shutil.copy(ledger, tmp_path / "我们的.XLSM")
    (tmp_path / "~$我们的.xlsm").write_bytes(b"lock")
    with zipfile.ZipFile(tmp_path / "别的.xlsm", "w") as other:
        other.writestr("xl/workbook.xml", "<workbook/>")
    (tmp_path / "坏的.xlsm").write_bytes(b"no zip")
    (tmp_path / "说明.txt").write_text("台账", encoding="utf-8")
    assert ledger_in(tmp_path) == tmp_path / "我们的.XLSM"


def test_a_damaged_ledger_with_its_store_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "坏的.xlsm").write_bytes(b"no zip")
    assert ledger_in(tmp_path).name == USUAL_NAME
    (tmp_path / "坏的.sqlite").write_bytes(b"")
    assert ledger_in(tmp_path).name == "坏的.xlsm"


def test_a_store_whose_ledger_was_lost_is_found(tmp_path: Path) -> None:
    (tmp_path / "民生八有台账.sqlite").write_bytes(b"")
    assert ledger_in(tmp_path).name == second_plan.LEDGER


def test_two_ledgers_are_told_apart_by_nobody(tmp_path: Path, ledger: Path) -> None:
    shutil.copy(ledger, tmp_path / USUAL_NAME)
    shutil.copy(ledger, tmp_path / second_plan.LEDGER)
    with pytest.raises(LedgerError, match=f"2 本台账：“{USUAL_NAME}”、“{second_plan.LEDGER}”"):
        ledger_in(tmp_path)


def test_a_command_uses_the_folders_ledger_and_refuses_to_guess(
    tmp_path: Path, ledger: Path
) -> None:
    run = Commands(tmp_path)
    second_plan.write_plan(tmp_path / "方案.json")
    built = run("ledger", "build", "--plan", "方案.json", "--period", "2026Q3")
    assert (built.code, "民生八有台账.xlsm" in built.out) == (0, True)
    assert "安吉县" in run("plan", "show").out
    assert "安吉县" not in run("plan", "show", "--ledger", "没有.xlsm").out
    shutil.copy(ledger, tmp_path / "副本.xlsm")
    told = run("status", "--period", "2026Q3")
    assert (told.code, told.out) == (2, "")
    assert "“副本.xlsm”、“民生八有台账.xlsm”" in told.err
    assert run("status", "--period", "2026Q3", "--ledger", second_plan.LEDGER).code == 0
