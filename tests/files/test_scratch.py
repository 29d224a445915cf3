"""Folders to work in: they go away after a kill, and nobody else's does."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from qiyx_xl.files import scratch
from qiyx_xl.files.scratch import Scratch, sweep, temporary_folder

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "qiyx-"


def left_by_a_killed_process(parent: Path) -> Path:
    """Let another process make a scratch folder, write into it, and be killed."""
    code = textwrap.dedent(
        f"""
        import os, signal, sys
        from pathlib import Path
        from qiyx_xl.files.scratch import Scratch
        folder = Scratch.make(Path(sys.argv[1]), {PREFIX!r}).folder
        (folder / "报送" / "内").mkdir(parents=True)
        (folder / "报送" / "内" / "卫健局.xlsx").write_bytes(b"x")
        print(folder.name, flush=True)
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(parent)], capture_output=True, text=True, check=False
    )
    folder = parent / done.stdout.strip()
    assert folder.is_dir(), done.stderr
    return folder


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    folder = left_by_a_killed_process(tmp_path)
    sweep(tmp_path, PREFIX)
    assert not folder.exists()


def test_the_folder_of_a_running_process_stays(tmp_path: Path) -> None:
    mine = Scratch.make(tmp_path, PREFIX)
    (mine.folder / "a").write_bytes(b"x")
    code = (
        "import sys; from pathlib import Path; from qiyx_xl.files.scratch import sweep;"
        f"sweep(Path(sys.argv[1]), {PREFIX!r})"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    sweep(tmp_path, PREFIX)  # nor by this very process
    assert (mine.folder / "a").read_bytes() == b"x"
    mine.remove()
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_not_ours_stay_whatever_they_are_called(tmp_path: Path) -> None:
    theirs = tmp_path / f"{PREFIX}备份"
    theirs.mkdir()
    (theirs / "重要.xlsx").write_bytes(b"x")
    (tmp_path / f"{PREFIX}文件").write_bytes(b"x")
    sweep(tmp_path, PREFIX)
    assert (theirs / "重要.xlsx").exists()
    assert (tmp_path / f"{PREFIX}文件").exists()


def test_what_a_link_in_a_left_folder_leads_to_stays(tmp_path: Path) -> None:
    folder = left_by_a_killed_process(tmp_path)
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    (elsewhere / "重要.xlsx").write_bytes(b"x")
    try:
        (folder / "link").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    sweep(tmp_path, PREFIX)
    assert not folder.exists()
    assert (elsewhere / "重要.xlsx").exists()


def test_a_temporary_folder_is_gone_after_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "gettempdir", lambda: str(tmp_path))
    with pytest.raises(ValueError, match="x"), temporary_folder() as folder:  # noqa: PT012 - what fails is the end
        (folder / "a").write_bytes(b"x")
        raise ValueError("x")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - hidden ones, too


def test_where_the_disk_knows_no_locks_work_goes_on_and_nothing_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(scratch, "_lock", refuse)
    mine = Scratch.make(tmp_path, PREFIX)
    sweep(tmp_path, PREFIX)
    assert mine.folder.is_dir()
    mine.remove()
    assert list(tmp_path.iterdir()) == []
