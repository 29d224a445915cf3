"""However and whenever files arrive, the same files give the same ledger; nothing is lost."""

from __future__ import annotations

import errno
import os
import threading
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from support.desk import HEALTH, HOUSING, INSURANCE, MORNING, Q2, Q3, SOCIAL, TODAY, Desk
from support.examples import tried

from qiyx_xl import app
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.store import Store, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.core.primitives.periods import Period

# Two versions of one agency, a conflict, a street's part, a file with an error, and another period.
FILES = (
    (HEALTH, {"1": 4.9, "12": 60}, Q3, 0),
    (HEALTH, {"1": 5.1, "2": 69}, Q3, 30),
    (INSURANCE, {"12": 65}, Q3, 10),
    ("新碶街道", {"T6-2-03": 4}, Q3, 20),
    (HOUSING, {"T6-2-03": 14, "18": "九成"}, Q3, 5),
    (SOCIAL, {"13": 31}, Q2, 5),
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same files for every office."""
    desk = Desk(tmp_path_factory.mktemp("各单位"), app.Office.at(Path("没有台账.xlsm")))
    return [desk.file(who, values, period=p, saved=at) for who, values, p, at in FILES]


def state_of(desk: Desk) -> tuple[object, ...]:
    """Everything that papers and the ledger say, apart from when and in which run it came."""
    with desk.office.open_store(readonly=True) as log:
        rows = [(row.record, row.current) for row in log.all_records()]
        current, known = log.current_records(), log.known_hashes()
    conflicts = app.waiting(desk.office, TODAY).conflicts
    return (rows, current, known, conflicts, desk.lines())


def take(desk: Desk, paths: list[Path], hour: int = 0) -> None:
    """Consolidate without writing the ledger file, which has tests of its own."""
    desk.consolidate(*paths, hour=hour, write=lambda _: None)


@pytest.fixture(scope="module")
def in_order(files: list[Path], new_desk: Callable[[], Desk]) -> tuple[object, ...]:
    """What is known when the files come one at a time, oldest first."""
    desk = new_desk()
    for index in sorted(range(len(FILES)), key=lambda index: FILES[index][3]):
        take(desk, [files[index]])
    return state_of(desk)


@pytest.mark.slow
@tried(0.1, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(len(FILES))), cuts=st.sets(st.integers(1, len(FILES) - 1)))
def test_any_order_in_any_batches_gives_the_same_ledger(
    order: list[int],
    cuts: set[int],
    files: list[Path],
    in_order: tuple[object, ...],
    new_desk: Callable[[], Desk],
) -> None:
    desk = new_desk()
    for hour, (start, end) in enumerate(pairwise([0, *sorted(cuts), len(order)])):
        batch = order[start:end]
        if 0 in batch and 1 in batch:  # two versions at once both go back
            take(desk, [files[index] for index in batch if index != 1], hour)
            batch = [1]
        take(desk, [files[index] for index in batch], hour)
    assert state_of(desk) == in_order


@pytest.mark.slow
def test_consolidating_twice_changes_nothing_at_all(desk: Desk, files: list[Path]) -> None:
    desk.consolidate(files[0], *files[2:])
    before = (desk.office.ledger.read_bytes(), desk.office.store.read_bytes())
    again = desk.consolidate(files[0], *files[2:], hour=0)
    assert again.consolidation.accepted == ()
    assert {one.agency for one in again.consolidation.duplicates} == {HEALTH, INSURANCE, "新碶街道"}
    assert (desk.office.ledger.read_bytes(), desk.office.store.read_bytes()) == before


@pytest.mark.slow
def test_a_file_that_comes_late_is_kept_and_does_not_win(desk: Desk, files: list[Path]) -> None:
    desk.consolidate(files[1])
    late = desk.consolidate(files[0], hour=1)
    assert [one.code for one in late.consolidation.stale] == ["1"]
    assert desk.shown("1").startswith("5.1")
    steps = app.history_of(desk.office, "1", Q3, TODAY).steps
    assert [step.outcome and step.outcome.value for step in steps] == ["现行", "晚到旧件"]


@pytest.mark.slow
def test_a_goal_that_repeats_an_indicator_is_filled_in_once_there(desk: Desk) -> None:
    desk.consolidate(desk.file(HEALTH, {"3": 96.2, "T1-3-02": 96.2}))
    with desk.office.open_store(readonly=True) as log:
        assert [one.code for one in log.current_records()] == ["3"]
    lines = desk.lines()
    assert lines["T1-3-02"].rating.actual == lines["3"].rating.actual
    assert lines["T1-3-02"].rating.light is lines["3"].rating.light
    assert not lines["T1-3-02"].counts
    other = desk.consolidate(desk.file(HEALTH, {"3": 96.2, "T1-3-02": 90}, saved=9), hour=1)
    assert "V210" in {one.code for one in other.consolidation.returned[0].findings}


@pytest.mark.slow
def test_what_would_change_is_what_then_changes(desk: Desk, files: list[Path]) -> None:
    desk.consolidate(files[0])
    before = (desk.office.ledger.read_bytes(), desk.office.store.read_bytes())
    tried = desk.consolidate(*files[1:], hour=1, dry_run=True)
    assert (desk.office.ledger.read_bytes(), desk.office.store.read_bytes()) == before
    done = desk.consolidate(*files[1:], hour=1)
    assert tried.consolidation == done.consolidation


# --- good rows in, bad rows back ----------------------------------------------------------------


def test_by_default_one_wrong_row_sends_the_whole_file_back(desk: Desk, files: list[Path]) -> None:
    done = desk.consolidate(files[4])
    assert done.consolidation.accepted == ()
    assert desk.lines()["T6-2-03"].record is None


@pytest.mark.slow
def test_with_partial_the_good_rows_go_in_and_the_file_goes_back(
    desk: Desk, files: list[Path]
) -> None:
    done = desk.consolidate(files[4], partial=True)
    (accepted,), (returned,) = done.consolidation.accepted, done.consolidation.returned
    assert [one.code for one in accepted.records] == ["T6-2-03"]
    assert accepted.sha256 == returned.sha256
    assert not done.is_clean
    assert desk.shown("T6-2-03").startswith("14")
    assert desk.lines()["18"].record is None
    # The corrected file brings the other row, and does not double the first.
    desk.consolidate(desk.file(HOUSING, {"T6-2-03": 14, "18": 96}, saved=60), hour=1)
    assert desk.shown("18").startswith("96")
    with desk.office.open_store(readonly=True) as log:
        assert len(log.current_records()) == 2


def test_a_file_returned_as_a_whole_has_no_good_rows(desk: Desk) -> None:
    one = desk.file(HOUSING, {"T6-2-03": 14})
    two = desk.file(HOUSING, {"T6-2-03": 15}, saved=1)
    done = desk.consolidate(one, two, partial=True)
    assert done.consolidation.accepted == ()
    assert {f.code for file in done.consolidation.returned for f in file.findings} >= {"F208"}


@pytest.mark.parametrize(
    ("values", "words", "taken"),
    [
        ({"18": "九成", "T6-2-03": 14}, {}, ["T6-2-03"]),
        ({"18": "九成", "T6-2-03": 14}, {"period": Q2}, []),
        ({"9": "一", "T6-2-03": 14}, {}, ["T6-2-03"]),
    ],
)
def test_partial_takes_only_what_is_surely_this_agency_s_and_this_period_s(
    desk: Desk, values: dict[str, str | int], words: dict[str, Period], taken: list[str]
) -> None:
    file = desk.file(HOUSING, values, **words)  # type: ignore[arg-type]
    done = desk.consolidate(file, partial=True, write=lambda _: None)
    assert [row.code for one in done.consolidation.accepted for row in one.records] == taken
    assert len(done.consolidation.returned) == 1


@pytest.mark.slow
def test_partial_lets_nothing_into_a_closed_period(desk: Desk, files: list[Path]) -> None:
    desk.consolidate(files[0])
    app.close(desk.office, Q3, now=MORNING.replace(hour=12), by="张三")
    late = desk.consolidate(files[4], hour=5, partial=True)
    assert late.consolidation.accepted == ()
    assert late.consolidation.returned[0].findings[-1].code == "C101"


# --- what was returned is kept, too -------------------------------------------------------------


@pytest.mark.slow
def test_a_returned_file_is_kept_apart_and_shown_by_trace(desk: Desk, files: list[Path]) -> None:
    desk.consolidate(files[4])
    found = app.history_of(desk.office, "18", Q3, TODAY)
    (step,) = found.steps
    assert "需退回，查出 1 处错误，没有收入" in step.text
    kept = found.originals[step.sha256]
    assert kept.read_bytes() == files[4].read_bytes()
    assert kept.parent.parent.name == "退回"
    with desk.office.open_store(readonly=True) as log:
        assert list(log.originals.all()) == [], "nothing was accepted"
    desk.consolidate(files[4], hour=1)
    assert len(list(kept.parent.parent.rglob("*.xlsx"))) == 1


# --- two at once --------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_consolidations_at_once_lose_nothing(desk: Desk) -> None:
    batches = [[desk.file(HEALTH, {"1": 4.9})], [desk.file(HOUSING, {"18": 96})]]
    start = threading.Barrier(2)
    failed: list[Exception] = []

    def run(paths: list[Path]) -> None:
        start.wait()
        try:
            desk.consolidate(*paths)
        except Exception as error:  # noqa: BLE001 - handed to the test
            failed.append(error)

    threads = [threading.Thread(target=run, args=(paths,)) for paths in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # One may find the ledger just rewritten by the other: then the log has it, and says so.
    assert all(isinstance(one, app.AppError) and "已记入数据库" in str(one) for one in failed)
    app.refresh(desk.office, Q3, TODAY)
    assert desk.shown("1").startswith("4.9")
    assert desk.shown("18").startswith("96")
    with desk.office.open_store(readonly=True) as log:
        assert [run.run for run in log.runs()] == [1, 2]


@pytest.mark.slow
def test_while_another_program_holds_the_store_nothing_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    patient = Store.open
    monkeypatch.setattr(Store, "open", partial(patient, wait=0.2))
    before = desk.office.ledger.read_bytes()
    with (
        desk.office.open_store() as other,
        other.writing(),
        pytest.raises(StoreError, match="正被另一次汇总或另一个程序使用"),
    ):
        desk.consolidate(desk.file(HEALTH, {"1": 5.1}, saved=30), hour=1)
    assert desk.office.ledger.read_bytes() == before
    desk.consolidate(desk.file(HEALTH, {"1": 5.1}, saved=30), hour=2)
    assert desk.shown("1").startswith("5.1")


@pytest.mark.slow
def test_a_reader_sees_one_state_and_the_consolidation_waits_for_it(desk: Desk) -> None:
    desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    late = desk.file(HEALTH, {"1": 5.1}, saved=30)
    with desk.office.open_store(readonly=True) as log, log.reading():
        before = log.current_records()
        writer = threading.Thread(target=desk.consolidate, args=(late,), kwargs={"hour": 1})
        writer.start()
        writer.join(0.5)
        assert log.current_records() == before
    writer.join()
    assert desk.shown("1").startswith("5.1")


# --- no room, no right --------------------------------------------------------------------------


@pytest.mark.slow
def test_on_a_full_disk_nothing_is_booked_and_the_ledger_is_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    before, shown = desk.office.ledger.read_bytes(), desk.lines()
    real, left = os.fsync, count()

    def full(handle: int) -> None:
        if next(left) == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    late = desk.file(HEALTH, {"1": 5.1}, saved=30)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"磁盘已满.*请腾出空间后再运行一次"):
        desk.consolidate(late, hour=1)
    monkeypatch.undo()
    assert desk.office.ledger.read_bytes() == before
    assert desk.lines() == shown
    desk.consolidate(late, hour=1)
    assert desk.shown("1").startswith("5.1")


def test_when_only_the_ledger_cannot_be_written_the_booking_stands_and_it_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qiyx_xl.ledger.file import refresh as patch

    before = desk.office.ledger.read_bytes()

    def refuse(*_: object, **__: object) -> None:
        raise LedgerError("台账“七优享台账.xlsm”没有写成，原来的台账没有变。请腾出磁盘空间。")

    monkeypatch.setattr(patch, "refresh_ledger", refuse)
    booked = r"收到的数已记入数据库.*只是台账没有更新.*不用重做"
    with pytest.raises(InterruptedAfterBookingError, match=booked):
        desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    monkeypatch.undo()
    assert desk.office.ledger.read_bytes() == before
    assert desk.shown("1").startswith("4.9")
    app.refresh(desk.office, Q3, TODAY)
    assert desk.office.ledger.read_bytes() != before


def test_a_read_only_folder_is_said_so_and_nothing_is_booked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An administrator may write anywhere, so the system's refusal is put in its place.
    real = Path.open

    def refuse(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if "x" in mode:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return real(path, mode, *rest, **more)  # type: ignore[arg-type]

    file = desk.file(HEALTH, {"1": 4.9})
    before = desk.office.ledger.read_bytes()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(StoreError, match=r"只读.*请检查权限，或换一个位置"):
        desk.consolidate(file)
    monkeypatch.undo()
    assert desk.office.ledger.read_bytes() == before
    desk.consolidate(file)
    assert desk.shown("1").startswith("4.9")


def test_a_read_only_ledger_stops_everything_before_anything_is_booked(desk: Desk) -> None:
    desk.office.ledger.chmod(0o400)
    with pytest.raises(LedgerError, match="是只读的"):
        desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    assert not desk.office.store.exists()
