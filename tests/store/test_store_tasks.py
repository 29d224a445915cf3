"""What was said of tasks, and what was attached, comes back from the log as it was sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from support.store_office import Q3

from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.records.project_record import ProjectRecord, changes
from qiyx_xl.core.records.source import Source
from qiyx_xl.store import Store

if TYPE_CHECKING:
    from support.store_office import Office

    from qiyx_xl.core.records.submission import Submission

HEALTH = "区卫健局"


def with_task(submission: Submission, state: Word, words: str, evidence: str = "") -> Submission:
    name = submission.path.rsplit("/", maxsplit=1)[-1]
    source = Source(name, submission.sha256, "重点任务", "G5")
    record = ProjectRecord("R1-1-04", Q3, HEALTH, state, words, str(state), source, evidence)
    records = tuple(replace(one, evidence="报表1份") for one in submission.records)
    return replace(submission, projects=(record,), records=records)


def test_state_words_and_evidence_come_back_and_a_later_file_s_words_stand(office: Office) -> None:
    first = office.file("一.xlsx", HEALTH, {"1": "4.9"}, saved=0)
    later = office.file("二.xlsx", HEALTH, {"1": "4.9"}, saved=5)
    office.take(with_task(first, Word.UNDER_WAY, "在评。"))
    office.take(with_task(later, Word.DONE, "已评。", "评估结论1份"), hour=2)
    with Store.open(office.path) as store:
        logged = store.project_records()
        (record,) = store.project_book().records
        figures = store.all_records()
    assert [one.current for one in logged] == [False, True]
    assert (record.value, record.remark, record.evidence) == (Word.DONE, "已评。", "评估结论1份")
    assert record.source is not None
    assert (record.source.file, record.source.cell) == ("二.xlsx", "G5")
    assert {one.record.evidence for one in figures} == {"报表1份"}


def test_other_words_about_a_task_are_a_revision(office: Office) -> None:
    first = office.file("一.xlsx", HEALTH, {"1": "4.9"}, saved=0)
    (before,) = with_task(first, Word.UNDER_WAY, "在评。").projects
    same, words = replace(before), replace(before, remark="评了一半。")
    attached = replace(before, evidence="照片1张")
    assert changes([before], [same]) == ((), ())
    for after in (words, attached):
        new, revised = changes([before], [after])
        assert (new, [one.after for one in revised]) == ((), [after])


def test_evidence_that_came_first_is_not_lost_with_a_later_file_without(office: Office) -> None:
    first = office.file("一.xlsx", HEALTH, {"1": "4.9"}, saved=0)
    later = office.file("二.xlsx", HEALTH, {"1": "4.9"}, saved=5)
    office.take(with_task(first, Word.DONE, "已评。", "评估结论1份"))
    office.take(later, hour=2)
    with Store.open(office.path) as store:
        (figure,) = [one for one in store.current_records() if one.code == "1"]
    assert figure.evidence == "报表1份"
