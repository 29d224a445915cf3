"""Every command, struck at calls that change the disk: by an error, or by the end of the process.

The table of commands is held against the registry, so no command is left out. On CI there are
more strikes than elsewhere, where a run is to last minutes and not an hour.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.every_command import CASES, registered

from qiyx_xl.shells.cli import qiyx

HERE = Path(__file__).parent
ON_CI = bool(os.environ.get("QIYX_CI"))
FAULTS_A_CASE, KILLS_A_CASE = (2, 2) if ON_CI else (1, 1)
SIDE_BY_SIDE = 2

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork(2)")]


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler on Linux")
    library = tmp_path_factory.mktemp("shim") / "fault_shim.so"
    source = str(HERE / "fault_shim.c")
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), source, "-ldl"], check=True
    )
    return library


def struck(how: str, most: int, shim: Path, folder: Path) -> dict[str, list[int]]:
    """Strike the cases side by side; return how many strikes each had, of how many calls."""
    environment = os.environ | {
        "LD_PRELOAD": str(shim),
        "PYTHONPATH": os.pathsep.join([str(HERE.parent.parent), str(HERE.parent)]),
        "PYTHONDONTWRITEBYTECODE": "1",  # a cache is written once, and not at the next run
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
    }
    started = [
        subprocess.Popen(
            [
                *(sys.executable, str(HERE / "strike.py"), how, "20261130", str(most)),
                *(str(first), str(SIDE_BY_SIDE), str(folder / str(first))),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for first in range(SIDE_BY_SIDE)
    ]
    ended = [(process, *process.communicate(timeout=1200)) for process in started]
    for process, _, complaint in ended:
        assert process.returncode == 0, complaint[-6000:]
    return {name: counts for _, said, _ in ended for name, counts in json.loads(said).items()}


def test_every_command_of_the_registry_is_struck_here() -> None:
    assert set(CASES) == set(registered(qiyx))


@pytest.mark.parametrize(("how", "most"), [("fault", FAULTS_A_CASE), ("kill", KILLS_A_CASE)])
def test_whatever_call_to_the_disk_fails_all_is_as_before_or_done_or_said(
    how: str, most: int, shim: Path, tmp_path: Path
) -> None:
    """2 has changed nothing, 3 says what stands and is completed, 0 and 1 have done it all."""
    report = struck(how, most, shim, tmp_path)
    assert len(report) == sum(map(len, CASES.values()))
    writing = [counts for counts in report.values() if counts[1] > 0]
    assert all(strikes == min(most, calls) for strikes, calls in writing)
    assert sum(strikes for strikes, _ in writing) >= 25 * most * 0.8
