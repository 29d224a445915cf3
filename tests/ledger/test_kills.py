"""Store and ledger together, after a consolidation that a kill or a full disk ended at any call."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHIM = HERE.parent / "store" / "kill_shim.c"
ON_CI = bool(os.environ.get("QIYX_CI"))
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork(2)")]


def harness(*runs: tuple[object, ...], preload: Path | None = None) -> int:
    """Run the harness side by side; return how many strikes were made."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
    if preload is not None:
        environment["LD_PRELOAD"] = str(preload)
    started = [
        subprocess.Popen(
            [sys.executable, str(HERE / "kill_consolidate.py"), *map(str, words)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in runs
    ]
    ended = [(process, *process.communicate(timeout=1200)) for process in started]
    for process, _, complaint in ended:
        assert process.returncode == 0, complaint[-2000:]
    return sum(int(said) for _, said, _ in ended)


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler on Linux")
    library = tmp_path_factory.mktemp("shim") / "kill_shim.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SHIM), "-ldl"], check=True
    )
    return library


@pytest.mark.parametrize(("mode", "step"), [("kill", 3), ("halfway", 9), ("full", 5)])
def test_whatever_call_to_the_disk_is_the_last_store_and_ledger_agree_or_heal(
    mode: str, step: int, shim: Path, tmp_path: Path
) -> None:
    """Every write, fsync, rename, unlink and truncate; away from CI one in thirty."""
    step = step if ON_CI else 29
    halves = ((first, 2 * step, tmp_path / str(first)) for first in (1, 1 + step))
    strikes = harness(*(("shim", mode, *half) for half in halves), preload=shim)
    assert strikes >= 60 // step


def test_a_kill_at_any_moment_of_a_hundred_files_loses_and_doubles_nothing(tmp_path: Path) -> None:
    count = 200 if ON_CI else 4
    killed = harness(*(("random", seed, count // 2, tmp_path / str(seed)) for seed in (1, 2)))
    assert killed >= count // 4  # some come too late on a busy machine
