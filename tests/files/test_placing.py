"""Several files take their places together, or none does, whatever ends the process."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.files import placing as module
from qiyx_xl.files.placing import placing, recover, replacing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork(2)")
NAMES = ("晾晒榜.xlsx", "晾晒榜.html", "通报.docx")
CHANGES = ("rename", "replace", "link", "unlink", "rmdir", "mkdir", "fsync", "open")


def seen(folder: Path) -> dict[str, str]:
    """Everything under a folder, hidden files and folders, too."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else "a folder"
        for path in sorted(folder.rglob("*"))
    }


def write_all(folders: list[Path]) -> None:
    with placing() as files:
        for folder in folders:
            for name in NAMES:
                with files.new(folder / name) as beside:
                    beside.write_text(f"新 {name}")
        for folder in folders:
            if (folder / "旧的.xlsx").exists():
                files.remove(folder / "旧的.xlsx")


def prepared(root: Path) -> list[Path]:
    """Two folders: one with older papers and a file of somebody's, and one that is empty."""
    one, two = root / "一", root / "二"
    for folder in (one, two):
        folder.mkdir(parents=True)
    (one / NAMES[0]).write_text("旧")
    (one / NAMES[2]).write_text("旧通报")
    (one / "旧的.xlsx").write_text("不要了")
    (one / "别人的.xlsx").write_text("别动")
    return [one, two]


def killed_at(number: int, folders: list[Path]) -> bool:
    """Write in a child that dies before its n-th call that changes the disk; False if it lives."""
    child = os.fork()
    if child == 0:
        left = number

        def struck(name: str) -> Callable[..., object]:
            real = getattr(os, name)

            def call(*words: object, **options: object) -> object:
                nonlocal left
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), 9)
                return real(*words, **options)

            return call

        for name in CHANGES:
            setattr(os, name, struck(name))
        try:
            write_all(folders)
        except BaseException:  # noqa: BLE001 - a child must not run on as the parent
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -9)
    return code == -9


@pytest.mark.slow
@needs_fork
@pytest.mark.parametrize("looked_at", [0, 1, None], ids=["first", "second", "written again"])
def test_a_kill_at_any_call_leaves_all_old_files_or_all_new_ones(
    tmp_path: Path, looked_at: int | None
) -> None:
    """After the next run in either folder; and what is not ours is never touched."""
    whole = prepared(tmp_path / "whole")
    before = seen(tmp_path / "whole")
    write_all(whole)
    after = seen(tmp_path / "whole")
    assert before.keys() - after.keys() == {os.path.join("一", "旧的.xlsx")}  # noqa: PTH118
    ends = set()
    for number in range(1, 1000):
        root = tmp_path / str(number)
        folders = prepared(root)
        if not killed_at(number, folders):
            break
        if looked_at is None:
            write_all(folders)
            assert seen(root) == after, number
            continue
        # Looking after one folder, whichever, is enough for both to be the same age.
        recover(folders[looked_at])
        papers = {name: text for name, text in seen(root).items() if ".qiyx-" not in name}
        assert papers in (before, after), number
        ends.add(papers == after)
        for folder in folders:
            recover(folder)
        assert seen(root) == papers, number  # and nothing of ours is left about
    assert number > 40
    assert looked_at is None or ends == {False, True}


def test_a_file_that_cannot_go_to_its_place_puts_all_old_ones_back(tmp_path: Path) -> None:
    folders = prepared(tmp_path)
    blocked = folders[1] / NAMES[1]
    blocked.mkdir()
    (blocked / "别人的").write_text("x")
    before = seen(tmp_path)
    with pytest.raises(OSError, match=NAMES[1]):
        write_all(folders)
    assert seen(tmp_path) == before


@pytest.mark.parametrize("fails", ["rename", "replace"])
def test_a_rename_that_fails_in_the_middle_is_undone_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    folders = prepared(tmp_path)
    before = seen(tmp_path)
    real, done = getattr(os, fails), []

    def struck(*words: object, **options: object) -> object:
        done.append(words)
        if len(done) == 4:
            raise OSError(13, "Permission denied", str(words[0]), None, str(words[1]))
        return real(*words, **options)

    monkeypatch.setattr(os, fails, struck)
    if fails == "rename":
        write_all(folders)  # nothing of ours renames so
        return
    with pytest.raises(OSError) as stopped:
        write_all(folders)
    assert ".qiyx-" not in str(stopped.value)
    assert stopped.value.filename.endswith(NAMES)
    assert seen(tmp_path) == before


def test_what_fails_after_the_places_were_taken_undoes_them(tmp_path: Path) -> None:
    folders = prepared(tmp_path)
    before = seen(tmp_path)
    with pytest.raises(RuntimeError, match="COMMIT"), placing() as files:  # noqa: PT012 - what fails is the end of the block
        with files.new(folders[0] / NAMES[0]) as beside:
            beside.write_text("新")
        with files.new(tmp_path / "三" / "内" / NAMES[0]) as beside:
            beside.write_text("新")
        files.place()
        assert (folders[0] / NAMES[0]).read_text() == "新"
        raise RuntimeError("COMMIT failed")
    assert seen(tmp_path) == before


def test_papers_of_a_booking_that_stands_stand_too(tmp_path: Path) -> None:
    target = tmp_path / NAMES[0]
    target.write_text("旧")
    with pytest.raises(InterruptedAfterBookingError, match="清单"), placing() as files:  # noqa: PT012 - what fails is the end of the block
        with files.new(target) as beside:
            beside.write_text("新")
        files.place()
        raise InterruptedAfterBookingError("已记入，清单没有写成。")
    assert seen(tmp_path) == {NAMES[0]: "新"}


@pytest.mark.slow
@needs_fork
def test_a_file_saved_since_the_kill_is_kept(tmp_path: Path) -> None:
    """Whoever finds a half-replaced paper and saves over it has the last word."""
    kept = 0
    for number in range(1, 1000):
        root = tmp_path / str(number)
        folders = prepared(root)
        if not killed_at(number, folders):
            break
        (folders[0] / NAMES[0]).write_text("人改过的")
        recover(folders[0])
        assert (folders[0] / NAMES[0]).read_text() == "人改过的"
        kept += 1
    assert kept > 40


def test_an_intent_that_leads_out_of_its_folder_is_none(tmp_path: Path) -> None:
    """The folder may be shared: what lies in it must not move files elsewhere."""
    out, victim = tmp_path / "out", tmp_path / "victim.txt"
    victim.write_text("别动")
    left = out / ".qiyx-abcdefgh"
    left.mkdir(parents=True)
    (left / "in-use.lock").write_bytes(b"")
    (left / "1.old").write_text("恶意")
    for name in ("../victim.txt", str(victim), "..", "a\\b", "C:x"):
        move = {"name": name, "new": "gone", "sha256": "", "old": "1.old", "had": True}
        intent = {"home": None, "others": [], "moves": [move]}
        left.mkdir(exist_ok=True)
        (left / "in-use.lock").write_bytes(b"")
        (left / "intent.json").write_text(json.dumps(intent))
        recover(out)
        assert victim.read_text() == "别动"
        assert seen(out) == {}
    left.mkdir()
    (left / "in-use.lock").write_bytes(b"")
    (left / "intent.json").write_text('{"home": null, "others": [], "moves": [{')
    recover(out)
    assert seen(out) == {}


def test_one_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "报告.xlsx"
    target.write_text("旧")
    with pytest.raises(OSError) as stopped, replacing(target) as beside:  # noqa: PT012 - what fails is the end of the block
        beside.write_text("半")
        raise OSError(28, "No space left on device")
    assert stopped.value.filename == str(target)
    assert seen(tmp_path) == {"报告.xlsx": "旧"}
    with replacing(target) as beside:
        beside.write_text("新")
    assert seen(tmp_path) == {"报告.xlsx": "新"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    real = tmp_path / "原件.xlsx"
    real.write_text("原")
    out = tmp_path / "out"
    out.mkdir()
    (out / NAMES[0]).symlink_to(real)
    with pytest.raises(RuntimeError), placing() as files:  # noqa: PT012 - what fails is the end of the block
        with files.new(out / NAMES[0]) as beside:
            beside.write_text("新")
        files.place()
        raise RuntimeError
    assert (out / NAMES[0]).is_symlink()
    assert real.read_text() == "原"


def test_leftovers_of_earlier_versions_go_when_they_are_old(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".qiyx-4711-a1b2.tmp", tmp_path / ".qiyx-4712-a1b2.tmp"
    theirs = tmp_path / ".qiyx-笔记.tmp"
    for path in (old, fresh, theirs):
        path.write_text("半")
    long_ago = time.time() - module._FORMER_AGE - 60
    for path in (old, theirs):
        os.utime(path, (long_ago, long_ago))
    recover(tmp_path)
    assert sorted(seen(tmp_path)) == sorted([fresh.name, theirs.name])
