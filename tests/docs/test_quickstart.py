"""Following 十分钟上手, or the README, to the letter reaches a ledger with merged numbers."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import openpyxl
import pytest
from pages import DOCS, ROOT, commands_of
from support.commands import Answer, run_here

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def run(line: str, folder: Path) -> Answer:
    return run_here(folder, *shlex.split(line)[1:])


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("新手")
    for line in commands_of(DOCS / "quickstart.md"):
        done = run(line, folder)
        assert done.code in (0, 1), f"{line}\n{done.out}{done.err}"
    return folder


def test_ten_minutes_reach_a_ledger_with_merged_numbers(newcomer: Path):
    book = openpyxl.load_workbook(newcomer / "七优享台账.xlsm", data_only=True)
    records = book["填报记录"]
    assert records.max_row > 100
    lamps = [cell.value for row in book["指标台账"].iter_rows() for cell in row]
    assert {"绿", "黄", "红", "灰"} <= {str(lamp) for lamp in lamps}


def test_ten_minutes_reach_forms_returns_reminders_and_a_scorecard(newcomer: Path):
    assert len(list((newcomer / "下发").glob("*_2026Q3.xlsx"))) > 10
    assert list((newcomer / "退回").glob("*_退回单.xlsx"))
    assert (newcomer / "校验结果.html").stat().st_size > 10_000
    assert (newcomer / "催报清单.xlsx").is_file()
    published = {path.suffix for path in (newcomer / "发布").iterdir()}
    assert {".xlsx", ".html", ".docx"} <= published


def test_the_readme_s_everyday_commands_run_in_order(tmp_path: Path):
    samples = run("qiyx demo 样例", tmp_path)
    assert samples.code == 0, samples.err
    (tmp_path / "样例" / "收件" / "2026Q3").rename(tmp_path / "收件")
    for line in commands_of(ROOT / "README.md"):
        done = run(line, tmp_path)
        assert done.code in (0, 1), f"{line}\n{done.out}{done.err}"
    assert (tmp_path / "七优享台账.xlsm").is_file()
