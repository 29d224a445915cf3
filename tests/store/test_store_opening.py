from __future__ import annotations

import errno
import os
import sqlite3
import stat
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from support.store_office import MORNING, Q3, Office

from qiyx_xl.app import Office as AppOffice
from qiyx_xl.core.consolidation.merge import consolidate
from qiyx_xl.files import durable
from qiyx_xl.store import Store, StoreBusyError, StoreError, schema

HEALTH, SOCIAL = "区卫健局", "区民政局"


def refused(path: Path, **how: bool) -> str:
    with pytest.raises(StoreError) as stopped:
        Store.open(path, **how)
    return str(stopped.value)


def test_a_store_that_is_not_there_is_made_unless_one_only_wants_to_read(tmp_path: Path) -> None:
    path = tmp_path / "台账 目录" / "七优享台账.sqlite"
    path.parent.mkdir()
    assert "请先运行 qiyx consolidate 汇总" in refused(path, readonly=True)
    assert "请先运行 qiyx consolidate 汇总" in refused(path, create=False)
    assert not path.exists()
    Store.open(path).close()
    Store.open(path, readonly=True).close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "七优享台账.sqlite"
    path.write_bytes(b"PK\x03\x04" + b"not a database at all" * 99)
    before = path.read_bytes()
    assert refused(path).startswith(
        "“七优享台账.sqlite”不是本程序的数据库，或已经损坏，没有改动它。"
    )
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "别人的.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    before = path.read_bytes()
    assert "是别的程序的数据库" in refused(path)
    assert path.read_bytes() == before


def test_a_damaged_page_is_said_in_chinese(office: Office) -> None:
    office.take(office.file("一.xlsx", HEALTH, {str(n): "1" for n in range(1, 22)}))
    content = bytearray(office.path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    office.path.write_bytes(content)
    with pytest.raises(StoreError, match="已经损坏"), Store.open(office.path) as store:
        store.current_records()


def test_a_newer_programs_store_is_refused_and_left_alone(office: Office) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))
    connection = sqlite3.connect(office.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = office.path.read_bytes()
    assert "是新版本程序写的（第 99 版" in refused(office.path)
    assert office.path.read_bytes() == before


def test_an_older_store_is_brought_up_to_date_with_all_it_holds(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))
    more = "CREATE TABLE notes (note INTEGER PRIMARY KEY, text TEXT) STRICT;\n"
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, more))
    assert office.current_actuals() == {"1": Decimal("4.9")}
    connection = sqlite3.connect(office.path)
    connection.execute("INSERT INTO notes (text) VALUES ('x')")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM notes")
    connection.close()


def test_a_migration_that_fails_leaves_the_older_store_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))
    before = office.path.read_bytes()
    with monkeypatch.context() as broken:
        step = "CREATE TABLE notes (a);\nCREATE TABLE runs (a);\n"
        broken.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
        with pytest.raises(StoreError):
            Store.open(office.path)
    assert office.path.read_bytes() == before
    assert office.current_actuals() == {"1": Decimal("4.9")}


def test_the_second_writer_is_told_to_wait_and_loses_nothing(office: Office) -> None:
    file = office.file("一.xlsx", HEALTH, {"1": "4.9"})
    with (
        Store.open(office.path) as first,
        Store.open(office.path, wait=0.05) as second,
        first.writing(),
    ):
        with pytest.raises(StoreBusyError) as stopped, second.writing():
            pass
        assert str(stopped.value) == (
            "数据库“七优享台账.sqlite”正被另一次汇总或另一个程序使用，这次没有写入任何内容。"
            "请等它结束后再运行一次。"
        )
    office.take(file)
    assert office.current_actuals() == {"1": Decimal("4.9")}


def test_the_second_writer_waits_its_turn_if_the_first_is_quick(office: Office) -> None:
    one = office.file("一.xlsx", HEALTH, {"1": "4.9"})
    two = office.file("二.xlsx", SOCIAL, {"13": "30"})
    started = threading.Event()

    def slowly() -> None:
        with Store.open(office.path) as store, store.writing():
            started.set()
            outcome = consolidate(
                office.plan,
                one.period,
                (),
                [one],
                (),
                at=MORNING,  # type: ignore[arg-type]
            )
            threading.Event().wait(0.2)
            store.commit(outcome, {one.sha256: office.inbox / "一.xlsx"}, MORNING)

    thread = threading.Thread(target=slowly)
    thread.start()
    started.wait()
    office.take(two)
    thread.join()
    assert office.current_actuals() == {"1": Decimal("4.9"), "13": Decimal(30)}


def test_two_that_worked_out_the_same_booking_book_it_once(office: Office) -> None:
    file = office.file("一.xlsx", HEALTH, {"1": "4.9"})
    outcome = consolidate(office.plan, file.period, (), [file], (), at=MORNING)  # type: ignore[arg-type]
    originals = {file.sha256: office.inbox / "一.xlsx"}
    with Store.open(office.path) as store, Store.open(office.path) as other:
        assert store.commit(outcome, originals, MORNING) == 1
        assert other.commit(outcome, originals, MORNING) is None
        assert len(store.versions()) == 1


def test_a_reader_sees_one_state_while_another_writes(office: Office) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))
    two = office.file("二.xlsx", SOCIAL, {"13": "30"})
    outcome = consolidate(office.plan, two.period, (), [two], (), at=MORNING)  # type: ignore[arg-type]
    originals = {two.sha256: office.inbox / "二.xlsx"}
    with Store.open(office.path) as reader, Store.open(office.path, wait=0.05) as writer:
        with reader.reading():
            assert len(reader.current_records()) == 1
            with pytest.raises(StoreBusyError):
                writer.commit(outcome, originals, MORNING)
            assert len(reader.current_records()) == 1
        assert writer.commit(outcome, originals, MORNING) == 2


def test_a_full_disk_under_the_log_loses_nothing(office: Office) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))
    file = office.file("二.xlsx", HEALTH, {str(n): "1" * 2000 for n in range(1, 22)}, saved=9)
    outcome = consolidate(office.plan, file.period, (), [file], (), at=MORNING)  # type: ignore[arg-type]
    with Store.open(office.path) as store:
        (pages,) = store._select("PRAGMA page_count")[0]
        store._select(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="磁盘已满"):
            store.commit(outcome, {file.sha256: office.inbox / "二.xlsx"}, MORNING)
        assert [str(one.actual) for one in store.current_records()] == ["4.9"]
    assert office.current_actuals() == {"1": Decimal("4.9")}


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "磁盘已满"), (errno.EROFS, "文件或文件夹只读"), (errno.EIO, "时出错")],
)
def test_originals_that_cannot_be_kept_stop_the_booking(
    office: Office, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    file = office.file("二.xlsx", SOCIAL, {"13": "30"})
    with monkeypatch.context() as broken:
        broken.setattr(durable.os, "fsync", fail)
        with pytest.raises(StoreError, match=sentence):
            office.take(file)
    assert office.current_actuals() == {"1": Decimal("4.9")}
    assert not list(office.folder.rglob("*" + durable.TEMPORARY))
    office.take(file)
    assert len(office.current_actuals()) == 2


def test_a_read_only_folder_is_said_in_chinese(tmp_path: Path) -> None:
    # Permissions do not bind the superuser; /proc binds everybody.
    folder = Path("/proc") if Path("/proc/self").exists() else tmp_path
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert "文件或文件夹只读" in refused(folder / "七优享台账.sqlite")
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_a_store_opened_for_reading_refuses_to_write(office: Office) -> None:
    file = office.file("一.xlsx", HEALTH, {"1": "4.9"})
    outcome = consolidate(office.plan, file.period, (), [file], (), at=MORNING)  # type: ignore[arg-type]
    Store.open(office.path).close()
    with (
        Store.open(office.path, readonly=True) as store,
        pytest.raises(StoreError, match="只读"),
    ):
        store.commit(outcome, {file.sha256: office.inbox / "一.xlsx"}, MORNING)


def test_a_folder_that_is_not_there_is_said_in_chinese(tmp_path: Path) -> None:
    assert "请检查文件夹的权限" in refused(tmp_path / "没有" / "七优享台账.sqlite")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to name what is synced")
def test_every_original_is_on_the_disk_before_the_log_names_it_and_each_folder_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real = os.fsync

    def sync(handle: int) -> None:
        steps.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    files = [office.file(f"{number}.xlsx", HEALTH, {"1": f"4.{number}"}) for number in range(40)]
    with Store.open(office.path) as store, store.writing():
        store._connection.set_trace_callback(steps.append)
        with monkeypatch.context() as watched:
            watched.setattr(durable.os, "fsync", sync)
            outcome = consolidate(office.plan, Q3, (), files, frozenset(), at=MORNING)
            store.commit(outcome, {one.sha256: Path(one.path) for one in files}, MORNING)
        kept = [store.originals.find(one.sha256) for one in files]
        folder = store.originals.folder
    synced = steps[: next(at for at, step in enumerate(steps) if step.startswith("INSERT"))]
    begun = [str(path.with_name(f".{path.name}.")) for path in kept if path is not None]
    assert len(begun) == len(files)
    assert all(any(step.startswith(name) for step in synced) for name in begun)
    folders = {str(path.parent) for path in kept if path is not None} | {str(folder)}
    assert folders <= set(synced)
    assert [step for step in synced if step in folders] == sorted(folders)


@pytest.mark.parametrize("gone", ["", "store"])
def test_a_store_in_a_folder_that_cannot_be_listed_is_not_passed_over(
    office: Office, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """Some shared folders may be entered and not listed; what was booked there counts."""

    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "不能列出")

    for name in ("scandir", "listdir"):
        monkeypatch.setattr(os, name, refuse)
    there = AppOffice.at(office.path.with_name("没有.xlsm"), store=office.path)
    if gone:
        office.path.unlink()
        with pytest.raises(StoreError, match="不见了"):
            there.has_store()
    else:
        assert there.has_store()
