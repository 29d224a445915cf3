"""The store after the process, or the machine, went away in the middle of a booking."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ON_CI = bool(os.environ.get("QIYX_CI"))
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork(2)")]


def harness(*words: str, preload: Path | None = None) -> int:
    """Run the harness; return how many strikes it made."""
    where = os.pathsep.join([str(HERE.parent), str(HERE.parent.parent)])
    environment = {**os.environ, "PYTHONPATH": where}
    if preload is not None:
        environment["LD_PRELOAD"] = str(preload)
    done = subprocess.run(
        [sys.executable, str(HERE / "kill_harness.py"), *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler on Linux")
    library = tmp_path_factory.mktemp("shim") / "kill_shim.so"
    subprocess.run(
        [
            compiler,
            "-shared",
            "-fPIC",
            "-O1",
            "-o",
            str(library),
            str(HERE / "kill_shim.c"),
            "-ldl",
        ],
        check=True,
    )
    return library


@pytest.mark.parametrize("mode", ["kill", "halfway", "full", "broken"])
def test_whatever_call_to_the_disk_is_the_last_the_booking_is_whole_or_not_there(
    mode: str, shim: Path, tmp_path: Path
) -> None:
    """Every write, fsync, rename, unlink and truncate of a booking; away from CI one in seven."""
    step = 1 if ON_CI else 7
    assert harness("shim", mode, str(step), str(tmp_path), preload=shim) > 30 // step


def test_a_kill_at_any_moment_of_a_hundred_files_loses_and_doubles_nothing(tmp_path: Path) -> None:
    count = 200 if ON_CI else 8
    assert harness("random", str(count), str(tmp_path)) > 0
