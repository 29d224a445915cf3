"""An office whose plan had no tasks goes on as before, until it adopts one that has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from support.desk import HEALTH, MORNING, Q2, Q3, TODAY, Desk

from qiyx_xl import app
from qiyx_xl.app import AppError
from qiyx_xl.core.plan.project_list import LivelihoodProject, ProjectList, list_problems
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.store import Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

Q4 = Period.parse("2026Q4")


@pytest.fixture
def old(plan: Any, rules: Any, tmp_path: Path) -> Desk:
    """An office of the plan before tasks, which has booked a figure by it."""
    before = replace(plan, tasks=(), version="2023.1")
    build_ledger(tmp_path / app.LEDGER_NAME, before, rules, period=Q2)
    desk = Desk(tmp_path, app.Office.at(tmp_path / app.LEDGER_NAME, plan=before))
    desk.consolidate(desk.file(HEALTH, {"1": 4.8}, period=Q2), period=Q2)
    return reopened(desk)


def reopened(desk: Desk) -> Desk:
    return Desk(desk.folder, app.Office.at(desk.office.ledger))


def sheets(desk: Desk, period: Period) -> list[str]:
    out = desk.folder / f"下发{period}"
    app.distribute(desk.office, period, out)
    return openpyxl.load_workbook(out / f"{HEALTH}_{period}.xlsx").sheetnames


def fill(path: Path, state: str, words: str) -> Path:
    book = openpyxl.load_workbook(path)
    if "重点任务" in book.sheetnames:
        sheet = book["重点任务"]
        for row in range(5, sheet.max_row + 1):
            sheet[f"G{row}"], sheet[f"H{row}"] = state, words
    for row in book["填报表"].iter_rows(min_row=5):
        if row[0].value and not row[6].protection.locked:
            row[6].value, row[9].value = "不适用", "本期没有这项工作"
    book.save(path)
    return path


def test_nothing_is_asked_or_shown_until_the_office_adopts_tasks(old: Desk, plan: Any) -> None:
    assert old.plan.version == "2023.1"
    assert "重点任务" not in sheets(old, Q3)
    assert app.state(old.office, Q3, TODAY).tasks.is_empty
    out_before = old.folder / f"下发{Q3}" / f"{HEALTH}_{Q3}.xlsx"
    proposal = app.propose(old.office, plan, since=Q3, today=TODAY)
    assert sum("重点任务" in change.sentence for change in proposal.changes) == 170
    now = MORNING + timedelta(hours=1)
    app.adopt(old.office, proposal, now=now, today=TODAY, by="张三")
    desk = reopened(old)
    # The form that went out before is taken as it is.
    result = desk.consolidate(fill(out_before, "", ""), hour=2)
    found = {one.code for one in result.report.submissions[0].findings}
    assert not found & {"V504", "V505", "T107"}
    assert len(result.consolidation.accepted) == 1
    assert "重点任务" in sheets(desk, Q4)
    sent = fill(desk.folder / f"下发{Q4}" / f"{HEALTH}_{Q4}.xlsx", "推进中", "按月调度。")
    desk.consolidate(sent, period=Q4, hour=3)
    status = app.state(desk.office, Q4, TODAY).tasks
    assert status.count.states["推进中"] == sum(task.lead_agency == HEALTH for task in plan.tasks)
    assert app.state(desk.office, Q2, TODAY).tasks.is_empty


def test_a_closed_period_keeps_its_tasks_whatever_comes_later(
    plan: Any, rules: Any, tmp_path: Path
) -> None:
    build_ledger(tmp_path / app.LEDGER_NAME, plan, rules, period=Q3)
    desk = Desk(tmp_path, app.Office.at(tmp_path / app.LEDGER_NAME))
    sheets(desk, Q3)
    sent = desk.folder / f"下发{Q3}" / f"{HEALTH}_{Q3}.xlsx"
    desk.consolidate(fill(sent, "受阻", "用地未批，请协调。"))
    app.close(desk.office, Q3, now=MORNING + timedelta(hours=1), by="张三")
    closed = app.state(desk.office, Q3, TODAY).tasks
    assert closed.count.states["受阻"] == 55
    bare = replace(plan, tasks=(), version="2023.9")
    proposal = app.propose(desk.office, bare, since=Q4, today=TODAY)
    app.adopt(desk.office, proposal, now=MORNING + timedelta(hours=2), today=TODAY, by="张三")
    desk = reopened(desk)
    assert app.state(desk.office, Q3, TODAY).tasks == closed
    assert app.state(desk.office, Q4, TODAY).tasks.is_empty
    with Store.open(desk.office.store, readonly=True) as store:
        assert {one.record.value for one in store.project_records()} == {Word.BLOCKED}


def test_a_task_and_a_project_never_share_a_code(old: Desk, plan: Any) -> None:
    entry = LivelihoodProject(
        code="R1-1-01", year=2026, name="实事", domain="幼有善育", agency=HEALTH, content="内容",
        measure="个", target=Decimal(3),
    )  # fmt: skip
    listed = ProjectList("一", (), (entry,))
    assert any("重点任务相同" in problem for problem in list_problems(listed, plan))
    assert list(list_problems(listed, old.plan)) == []
    with Store.open(old.office.store) as store:
        store.book_projects(listed, file="清单.xlsx", sha256="a" * 64, at=MORNING)
    with pytest.raises(AppError, match="编号“R1-1-01”与清单里的一个项目"):
        app.propose(old.office, plan, since=Q3, today=TODAY)
