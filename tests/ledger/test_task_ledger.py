"""The ledger's sheet 重点任务: its rows, its counts, and how an older ledger gets it."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.project_record import LoggedProjectRecord, ProjectBook, ProjectRecord
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.tasks.status import task_status
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.content.view import LedgerView
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.remake.migrate import migrate_ledger

Q3, TODAY = Period.parse("2026Q3"), date(2026, 11, 1)
AT = datetime(2026, 10, 8, 9, 30, tzinfo=UTC)
HERE = Path(__file__).parent


def logged(code: str, state: Word, words: str, cell: str, evidence: str = "") -> Any:
    source = Source("区卫健局_2026Q3.xlsx", "a" * 64, "重点任务", cell)
    record = ProjectRecord(code, Q3, "区卫健局", state, words, str(state), source, evidence)
    return LoggedProjectRecord(record, AT, 1, current=True)


LOG = (
    logged("R1-1-04", Word.DONE, "通过评估。", "G8", "评估结论1份；照片2张"),
    logged("R1-2-03", Word.BLOCKED, "=1+1", "G12"),
    logged("R1-3-01", Word.DONE, "已印发。", "G18"),
)


def view(plan: Any, rules: Any) -> LedgerView:
    book = ProjectBook(records=tuple(one.record for one in LOG))
    return LedgerView(
        Plans.only(plan), rules, Q3, status_lines(plan, rules, Q3, (), TODAY),
        tasks=task_status(plan, book, rules, Q3, TODAY), project_log=LOG,
    )  # fmt: skip


def rows(path: Path) -> dict[str, dict[str, Any]]:
    table = list(load_workbook(path)["重点任务"].iter_rows(min_row=3, values_only=True))
    return {row[0]: dict(zip(table[0], row, strict=False)) for row in table[1:] if row[0]}


def test_each_task_has_a_row_with_state_words_evidence_and_source(
    plan: Any, rules: Any, ledger: Path
) -> None:
    refresh_ledger(ledger, view(plan, rules))
    shown = rows(ledger)
    assert list(shown) == [task.code for task in plan.tasks]
    done, blocked, bare = (shown[code] for code in ("R1-1-04", "R1-2-03", "R1-3-01"))
    assert (done["所报状态"], done["进展情况"], done["报于"]) == ("已完成", "通过评估。", "2026Q3")
    assert (done["佐证材料"], done["件数和类型"]) == (
        "评估结论1份；照片2张",
        "3件（文件1、图片2）",
    )
    assert (done["来源文件"], done["单元格"]) == ("区卫健局_2026Q3.xlsx", "G8")
    assert (blocked["状态"], blocked["状态说明"]) == ("红", "受阻：2026年三季度报受阻")
    assert bare["件数和类型"] == "应附未附"
    assert shown["R7-4-04"]["来源文件"] is None


def test_the_note_and_the_console_count_the_same(plan: Any, rules: Any, ledger: Path) -> None:
    refresh_ledger(ledger, view(plan, rules))
    book = load_workbook(ledger)
    assert book["重点任务"]["A2"].value == (
        "2026年三季度：170 项，已完成 2、受阻 1、未报过 167；绿 2、黄 0、红 1、灰 167；"
        "佐证材料 3件（文件1、图片2）；由程序写入，请不要手工改动。"
    )
    titles = [cell.value for row in book["操作台"].iter_rows(max_row=4) for cell in row]
    assert any(str(title).endswith("重点任务 170 项：绿 2、黄 0、红 1、灰 167") for title in titles)


def test_what_an_agency_wrote_stays_text(plan: Any, rules: Any, ledger: Path) -> None:
    refresh_ledger(ledger, view(plan, rules))
    cell = next(c for row in load_workbook(ledger)["重点任务"] for c in row if c.value == "=1+1")
    assert cell.data_type in ("s", "inlineStr")


def test_a_new_ledger_lists_the_tasks_and_one_of_a_plan_without_says_so(
    plan: Any, rules: Any, tmp_path: Path
) -> None:
    from dataclasses import replace

    build_ledger(tmp_path / "一.xlsm", plan, rules, period=Q3)
    assert len(rows(tmp_path / "一.xlsm")) == 170
    build_ledger(tmp_path / "二.xlsm", replace(plan, tasks=()), rules, period=Q3)
    assert rows(tmp_path / "二.xlsm") == {}
    note = load_workbook(tmp_path / "二.xlsm")["重点任务"]["A2"].value
    assert note.startswith("方案里没有重点任务。")


@pytest.mark.parametrize("number", [1, 2])
def test_an_older_ledger_is_refreshed_without_the_sheet_and_migrated_gets_it(
    plan: Any, rules: Any, tmp_path: Path, number: int
) -> None:
    path = tmp_path / "七优享台账.xlsm"
    shutil.copy(HERE / f"built_as_ledger_{number}.xlsm", path)
    shown = view(plan, rules)
    refresh_ledger(path, shown)
    assert "重点任务" not in load_workbook(path).sheetnames
    migrate_ledger(path, shown)
    assert len(rows(path)) == 170
    sheet = load_workbook(path)["重点任务"]
    fresh = tmp_path / "新.xlsm"
    build_ledger(fresh, plan, rules, period=Q3)
    wanted = load_workbook(fresh)["重点任务"]
    for place in ("A1", "A3", "I4", "Q4", "R4"):
        assert sheet[place].number_format == wanted[place].number_format
        assert sheet[place].alignment.wrap_text == wanted[place].alignment.wrap_text
    assert sheet.auto_filter.ref == wanted.auto_filter.ref
    assert sheet.print_title_rows == wanted.print_title_rows
    assert [str(merged) for merged in sheet.merged_cells] == [
        str(merged) for merged in wanted.merged_cells
    ]
    before = path.read_bytes()
    refresh_ledger(path, shown)
    assert path.read_bytes() == before
