"""The tasks of the shipped plan: every measure has some, in words of our own."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

MEASURES = {"一": 4, "二": 3, "三": 4, "四": 5, "五": 4, "六": 4, "七": 4}

# Of the document itself only digests are kept: the first bytes of the sha256 of each run of
# thirteen characters, blanks left out.
_RUN, _DIGEST = 13, 5
_DIGESTS = (Path(__file__).parent / "document_runs.bin").read_bytes()
DOCUMENT_RUNS = {_DIGESTS[at : at + _DIGEST] for at in range(0, len(_DIGESTS), _DIGEST)}


def test_every_numbered_measure_has_tasks(plan):
    measures = [f"二({part})-{n}" for part, count in MEASURES.items() for n in range(1, count + 1)]
    counted = Counter(task.clause for task in plan.tasks)
    assert len(measures) == 28
    assert sorted(counted) == sorted(measures)
    assert min(counted.values()) >= 2
    assert 150 <= len(plan.tasks) <= 200


def test_each_task_says_what_is_done_by_whom_and_when(plan):
    agencies = {agency.name for agency in plan.agencies}
    leads = {domain.name: domain.lead_agency for domain in plan.domains}
    names = Counter(task.name for task in plan.tasks)
    assert max(names.values()) == 1
    for number, (part, domain) in enumerate(zip(MEASURES, leads, strict=True), start=1):
        for task in plan.tasks:
            if task.clause.startswith(f"二({part})"):
                measure = task.clause.rpartition("-")[2]
                assert task.code.startswith(f"R{number}-{measure}-")
                assert task.domain == domain
    for task in plan.tasks:
        assert task.lead_agency == leads[task.domain]
        assert set(task.cooperating_agencies) <= agencies - {task.lead_agency}
        assert 4 <= len(task.name) <= 24
        assert task.done_when
        assert task.start == plan.issued < task.due == date(2027, 12, 31)


def digest(run: str) -> bytes:
    return hashlib.sha256(run.encode()).digest()[:_DIGEST]


def copied(said: str) -> list[str]:
    runs = [said[at : at + _RUN] for at in range(len(said) - _RUN + 1)]
    return [run for run in runs if digest(run) in DOCUMENT_RUNS]


def test_no_run_of_thirteen_characters_is_copied_from_the_document(plan):
    assert [run for task in plan.tasks for said in words(task) for run in copied(said)] == []


def test_a_copied_sentence_would_be_noticed(plan):
    title = "到2027年,托育机构从业人员持证率达到95%"
    assert copied(f"任务：{title}。")
    assert copied(plan.tasks[0].name) == []


def words(task):
    return (task.name, task.done_when, task.evidence)
