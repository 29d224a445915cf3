"""Paths and tasks of very long batches: a few bytes each, and in the right order."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.checks.batch_checks import find_together
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.submission import Outline, Submission, SubmissionStatus
from qiyx_xl.intake.collect.remote import Paths, Tasks
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.workers.pool import Crew, _Waiting, _Worker

NAMES = [Path("收件") / f"第{number:06}街道_2026Q3.xlsx" for number in range(50)]
names = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1)


@given(st.lists(names.map(Path)))
def test_paths_come_back_as_they_were(paths):
    kept = Paths(paths)
    assert kept == paths
    tasks = list(enumerate(map(str, paths)))
    assert list(Tasks(kept)) == tasks
    assert kept[1:3] == paths[1:3]
    assert Tasks(kept)[1:3] == tasks[1:3]


def test_names_that_are_no_unicode_survive():
    odd = Path("\udcff乱码.xlsx")  # a file name in GBK on a UTF-8 system
    assert Paths([odd])[0] == odd


def test_a_path_is_kept_in_a_few_bytes():
    kept = Paths(Path("收件") / f"第{number:06}街道_2026Q3.xlsx" for number in range(10_000))
    held = sys.getsizeof(kept._spelled) + sys.getsizeof(kept._ends)
    assert held / len(kept) < 80


def test_tasks_put_back_come_next_and_none_is_lost():
    tasks = Tasks(Paths(NAMES))
    waiting = _Waiting(tasks, workers=2)
    first, second = waiting.take(), waiting.take()
    waiting.put_back([second])
    alone = [waiting.take() for _ in second]
    assert alone == [(task,) for task in second]
    rest = []
    while waiting:
        rest += waiting.take()
    assert [*first, *second, *rest] == list(tasks)
    assert not waiting.take()


def test_questions_are_ever_shorter_so_that_all_workers_end_together():
    waiting = _Waiting(Tasks(Paths(NAMES * 10)), workers=2)
    lengths = []
    while waiting:
        lengths.append(len(waiting.take()))
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 20
    assert lengths[-8:] == [1] * 8
    assert sum(lengths) == 500


def test_a_slow_drive_is_asked_about_fewer_files_at_once():
    waiting = _Waiting(Tasks(Paths(NAMES * 10)), workers=2)
    lengths = []
    for _ in range(5):
        lengths.append(len(waiting.take()))
        waiting.send_fewer_at_once()
    assert lengths == [32, 8, 2, 1, 1]


@pytest.mark.parametrize(("error", "expected"), [(TimeoutError(), 8), (EOFError(), 32)])
def test_only_what_took_too_long_together_makes_questions_shorter(error, expected):
    crew = Crew(None, 1)
    crew._tasks = _Waiting(Tasks(Paths(NAMES * 10)), workers=1)
    worker = _Worker(None)
    worker.given.append(crew._tasks.take())
    crew._give_up(worker, error)
    alone = [len(crew._tasks.take()) for _ in range(32)]
    assert alone == [1] * 32
    assert len(crew._tasks.take()) == expected


def test_a_few_large_files_are_asked_about_one_by_one(tmp_path):
    files = [tmp_path / f"{number}.xlsx" for number in range(40)]
    for file in files:
        file.write_bytes(bytes(1 << 20))
    waiting = _Waiting(Tasks(Paths(files)), workers=2)
    assert [len(waiting.take()) for _ in files] == [1] * 40


def outline(number, sha256="", agency=None):
    return Outline(
        f"收件/{number}.xlsx",
        sha256,
        SubmissionStatus.ACCEPTED,
        agency,
        Period.parse("2026Q3"),
        1,
        0,
    )


def test_copies_and_versions_are_found_in_order_however_many_files_stand_between():
    files = [outline(n, f"{n:064x}", f"第{n}街道") for n in range(200)]
    files += [outline(200, f"{3:064x}", "第3街道"), outline(201, f"{999:064x}", "第5街道")]
    files += [outline(202), outline(203)]  # unreadable: no digest, no agency, not alike

    def submission(index):
        one = files[index]
        said = Record("1", one.period, "", Decimal(index))
        return Submission(one.path, one.sha256, one.status, records=(said,))

    found = find_together(files, load_plan(), submission)
    assert {index: [f.code for f in findings] for index, findings in found.items()} == {
        200: ["F207"], 5: ["F208"], 201: ["F208"],
    }  # fmt: skip
    assert "3.xlsx" in found[200][0].message
