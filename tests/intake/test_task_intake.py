"""The sheet 重点任务: written, filled in, read, and every fault found in its cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from support.case_tables import cases

from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.core.plan.timeline import Adoption, Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.core.records.history import NoHistory, RecordHistory
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.core.tasks.forms import TASK_SHEET, TaskColumn
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.intake.form.check import check_file, judge_file
from qiyx_xl.intake.form.packed import outlined, unpack

if TYPE_CHECKING:
    from pathlib import Path

Q2, Q3 = Period.parse("2026Q2"), Period.parse("2026Q3")
EDUCATION = "区教育局"
TITLE = "学前教育普惠扩面"  # R2-1-01, in row 5
FIRST_ROW = 5
COLUMNS = {column: "ABCDEFGHIJ"[place] for place, column in enumerate(TaskColumn)}
STATE, WORDS, EVIDENCE = (
    COLUMNS[column] for column in (TaskColumn.STATE, TaskColumn.WORDS, TaskColumn.EVIDENCE)
)


@pytest.fixture(scope="session")
def form(plan: Any, rules: Any, tmp_path_factory: Any) -> Path:
    path: Path = tmp_path_factory.mktemp("下发") / "区教育局_2026Q3.xlsx"
    agency = plan.agency(EDUCATION)
    summary = write_form(path, plan, rules, agency, Q3, last_values={})
    assert summary.tasks == sum(task.lead_agency == EDUCATION for task in plan.tasks) == 22
    return path


@pytest.fixture
def send(plan: Any, rules: Any, form: Path, tmp_path: Path) -> Any:
    """Fill in a copy of the form and check it; every task not named is under way."""

    def check(
        cells: dict[str, Any],
        known: tuple[ProjectRecord, ...] = (),
        *,
        change: Any = None,
        setting: CheckContext | None = None,
        source: Path = form,
    ) -> Any:
        path = tmp_path / "区教育局_2026Q3.xlsx"
        book = openpyxl.load_workbook(source)
        sheet = book[TASK_SHEET]
        for row in range(FIRST_ROW, sheet.max_row + 1):
            sheet[f"{STATE}{row}"], sheet[f"{WORDS}{row}"] = "推进中", f"第{row}项按月调度。"
        for address, value in cells.items():
            sheet[address] = value
        if change is not None:
            change(book)
        book.save(path)
        history = RecordHistory((), projects=ProjectBook(records=known))
        return check_file(path, setting or CheckContext(plan, rules, history, Q3))

    return check


def about_tasks(submission: Any) -> list[str]:
    return [
        f"{one.code} {one.cell or '-'}"
        for one in submission.findings
        if one.sheet == TASK_SHEET or one.code == "V504"
    ]


def first(submission: Any) -> ProjectRecord:
    return next(one for one in submission.projects if one.code == "R2-1-01")


def test_a_sheet_filled_in_well_has_no_finding_and_every_state_knows_its_cell(send: Any) -> None:
    done = {"G6": "已完成", "H6": "6所园全部达标。", "J6": "达标园所名单1份；照片3张"}
    submission = send(done)
    assert about_tasks(submission) == []
    assert len(submission.projects) == 22
    second = next(one for one in submission.projects if one.code == "R2-1-02")
    assert (second.value, second.remark) == (Word.DONE, "6所园全部达标。")
    assert second.evidence == "达标园所名单1份；照片3张"
    assert (second.source.sheet, second.source.cell, second.as_written) == (
        TASK_SHEET, "G6", "已完成",
    )  # fmt: skip


# What is typed into the first row: state, words, evidence | value kept | findings.
ROWS = """
受阻 @ 用地未批，请资规部门支持。 @  | 受阻   |
受阻 @ / @                           | 受阻   | V510 H5
受阻 @ @                             | 受阻   | V510 H5
推进中 @ @                           | 推进中 | V509 H5
推进中 @ 见附件 @                    | 推进中 | V509 H5
未启动 @ @                           | 未启动 |
进行中 @ 按月调度 @                  | 推进中 | V102 G5
推 进 中 @ 按月调度 @                | 推进中 | V102 G5
推进中（60%） @ 按月调度 @           | 推进中 | V102 G5
办结 @ 全部办完 @                    | 已完成 | V102 G5
遇阻 @ 用地未批 @                    | 受阻   | V102 G5
不适用 @ @                           | 不适用 |
还行 @ 按月调度 @                    | 读不懂 | V507 G5
60% @ 按月调度 @                     | 读不懂 | V507 G5
无 @ @                               | 读不懂 | V115 G5
/ @ @                                | 未填   | V114 G5
 @ 按月调度 @                        | 未填   | V508 G5
 @ @ 照片2张                         | 未填   | V508 G5
 @ @                                 | 未填   | V505 G5
"""


@pytest.mark.parametrize(("typed", "kept", "found"), cases(ROWS))
def test_a_row_is_judged_by_what_it_says(send: Any, typed: str, kept: str, found: str) -> None:
    state, words, evidence = (part.strip() or None for part in typed.split("@"))
    submission = send({"G5": state, "H5": words, "J5": evidence})
    value = first(submission).value
    shown = {Absence.NOT_REPORTED: "未填", Absence.NOT_APPLICABLE: "不适用"}.get(value)
    assert (shown or (str(value) if isinstance(value, Word) else "读不懂")) == kept
    assert " ".join(about_tasks(submission)) == found


@pytest.mark.parametrize("code", ["r2-1-01", "R2—1—1", "Ｒ2-1-01", " R2-1-01 ", "R2-1-1"])
def test_a_code_is_known_however_it_is_retyped(send: Any, code: str) -> None:
    submission = send({"A5": code})
    assert about_tasks(submission) == []
    assert first(submission).value is Word.UNDER_WAY


# What is changed on the sheet | findings.
CHANGES = """
A5=R9-1-01      | V501 A5、V504 -
A5=R1-1-01      | V502 A5、V504 -
A6=R2-1-01      | V503 A6、V504 -
B5=别的任务     | V506 B5
A5=             | T128 G5、V504 -、V301 A5
"""


@pytest.mark.parametrize(("change", "found"), cases(CHANGES))
def test_a_changed_code_or_name_is_told_in_its_cell(send: Any, change: str, found: str) -> None:
    address, _, value = change.partition("=")
    assert "、".join(about_tasks(send({address: value or None}))) == found


def test_evidence_asked_for_is_missed_only_once_the_task_is_done(send: Any) -> None:
    words = {"H6": "6所园全部达标。"}
    assert about_tasks(send(words | {"G6": "已完成"})) == ["V512 J6"]
    assert about_tasks(send(words | {"G6": "已完成", "J6": "待补"})) == ["V512 J6"]
    assert about_tasks(send(words | {"G6": "推进中"})) == []


def test_words_copied_from_the_last_period_are_pointed_out(send: Any) -> None:
    last = ProjectRecord("R2-1-01", Q2, EDUCATION, Word.UNDER_WAY, "新增学位1200个，两所园在建。")
    same = send({"H5": "新增学位1200个, 两所园在建。"}, (last,))
    assert about_tasks(same) == ["V511 H5"]
    assert about_tasks(send({"H5": "新增学位1500个，一所园在建。"}, (last,))) == []


def test_blank_rows_are_one_finding_and_rows_taken_out_another(send: Any) -> None:
    blank = {f"{column}{row}": None for row in (5, 6, 7) for column in (STATE, WORDS)}
    (found,) = [one for one in send(blank).findings if one.code == "V505"]
    assert (found.cell, "3 项" in found.message) == ("G5", True)

    def drop(book: Any) -> None:
        book[TASK_SHEET].delete_rows(5, 2)

    (gone,) = [one for one in send({}, change=drop).findings if one.code == "V504"]
    assert "R2-1-01、R2-1-02" in gone.message


def test_a_task_that_was_done_before_is_not_asked_again(
    plan: Any, rules: Any, tmp_path: Path
) -> None:
    last = ProjectRecord("R2-1-01", Q2, EDUCATION, Word.DONE, "已办")
    book = ProjectBook(records=(last,))
    summary = write_form(
        tmp_path / "表.xlsx", plan, rules, plan.agency(EDUCATION), Q3, last_values={}, projects=book
    )
    assert summary.tasks == 21


def test_columns_may_move_and_headers_be_retyped(send: Any) -> None:
    def retype(book: Any) -> None:
        sheet = book[TASK_SHEET]
        for column, header in (("A", "编号"), ("G", "任务状态"), ("H", "工作进展")):
            sheet[f"{column}4"] = header
        sheet.title = "重点任务(2)"

    submission = send({"G5": "受阻", "H5": "用地未批。"}, change=retype)
    assert first(submission).value is Word.BLOCKED
    assert [one for one in submission.findings if one.code not in ("T141", "T142")] == []


def test_a_plan_without_tasks_asks_nothing_and_reads_nothing(
    plan: Any, rules: Any, form: Path, tmp_path: Path
) -> None:
    bare = replace(plan, tasks=())
    path = tmp_path / "区教育局_2026Q3.xlsx"
    summary = write_form(path, bare, rules, plan.agency(EDUCATION), Q3, last_values={})
    assert summary.tasks == 0
    assert TASK_SHEET not in openpyxl.load_workbook(path).sheetnames
    told = check_file(form, CheckContext(bare, rules, NoHistory(), Q3))
    assert told.projects == ()
    assert about_tasks(told) == []


def test_a_form_of_the_plan_before_tasks_is_not_asked_for_them(
    plan: Any, rules: Any, tmp_path: Path
) -> None:
    old = replace(plan, tasks=(), version="2023.1")
    path = tmp_path / "区教育局_2026Q3.xlsx"
    write_form(path, old, rules, plan.agency(EDUCATION), Q3, last_values={})
    plans = Plans((Adoption(old), Adoption(plan, Q3)))
    for known in (None, plans):
        submission = check_file(path, CheckContext(plan, rules, NoHistory(), Q3, known))
        assert about_tasks(submission) == []


def test_rows_of_tasks_dropped_or_moved_since_the_form_went_out_are_left_out(
    plan: Any, rules: Any, send: Any
) -> None:
    one, two, *rest = [task for task in plan.tasks if task.lead_agency == EDUCATION]
    others = [task for task in plan.tasks if task.lead_agency != EDUCATION]
    now = replace(
        plan, version="2023.3", tasks=(*others, replace(two, lead_agency="区卫健局"), *rest)
    )
    plans = Plans((Adoption(plan), Adoption(now, Q3)))
    submission = send({}, setting=CheckContext(now, rules, NoHistory(), Q3, plans))
    assert about_tasks(submission) == ["T146 A5", "T147 A6"]
    assert {one.code for one in submission.projects} == {task.code for task in rest}
    assert one.name == TITLE


def test_what_a_worker_sends_back_is_what_it_found(plan: Any, rules: Any, form: Path) -> None:
    judged = judge_file(form, CheckContext(plan, rules, NoHistory(), Q3))
    packed = judged.pack()
    assert unpack(outlined(packed.head, judged.path), packed.rest) == judged
    assert judged.status is not SubmissionStatus.UNREADABLE


# --- 审核 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reporter", "reviewer", "codes"),
    [("王敏", "王敏", ["T140"]), ("王敏", "王 敏", ["T140"]), ("王敏", "陈立", []),
     ("王敏", None, []), ("/", "/", [])],
)  # fmt: skip
def test_one_name_for_who_filled_in_and_who_checked_is_to_be_looked_at(
    send: Any, reporter: str, reviewer: str | None, codes: list[str]
) -> None:
    def sign(book: Any) -> None:
        for row in book["填报表"].iter_rows():
            for cell in row:
                if cell.value in ("填报人", "审核人"):
                    name = reporter if cell.value == "填报人" else reviewer
                    cell.offset(0, 1).value = name

    found = [one for one in send({}, change=sign).findings if one.code == "T140"]
    assert [one.code for one in found] == codes
    assert all(one.severity.value == "warning" and one.cell for one in found)
