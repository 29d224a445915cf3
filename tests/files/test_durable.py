"""A file is whole and on the disk, or not there."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

import qiyx_xl
from qiyx_xl.files.durable import write_durably

needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")


def full(*begun: bytes):
    yield from begun
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_that_cannot_be_written_to_its_end_is_as_it_was(tmp_path):
    target = tmp_path / "台账.xlsm"
    target.write_bytes(b"old")
    with pytest.raises(OSError) as caught:
        write_durably(target, full(b"new"))
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(target))
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.read_bytes() == b"old"


def test_what_is_not_whole_yet_is_hidden(tmp_path):
    seen = []

    def chunks():
        yield b"new"
        seen.extend(path.name for path in tmp_path.iterdir())

    write_durably(tmp_path / "台账.xlsm", chunks())
    (name,) = seen
    assert name.startswith(".台账.xlsm.")
    assert name.endswith(".未完成")


@needs_modes
def test_permissions_are_those_asked_for_before_the_file_is_in_its_place(tmp_path):
    target = tmp_path / "台账.xlsm"
    write_durably(target, [b"new"], mode=0o640)
    assert target.stat().st_mode & 0o777 == 0o640


@needs_modes
def test_a_link_stays_a_link(tmp_path):
    target, link = tmp_path / "台账.xlsm", tmp_path / "链接.xlsm"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_durably(link, [b"new"])
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_only_the_log_s_journal_which_is_appended_to_has_a_way_of_its_own():
    package = Path(qiyx_xl.__file__).parent
    syncing = sorted(
        module.relative_to(package).as_posix()
        for module in package.rglob("*.py")
        if "os.fsync(" in module.read_text(encoding="utf-8")
    )
    assert syncing == ["files/durable.py", "store/journal.py"]
