from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ALLOWED_FAILURES = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"
ROOT = Path(__file__).resolve().parent.parent.parent
KNOWN = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])


class Loopback:
    """A real scheduler and real worker processes on this machine."""

    def __init__(self, folder: Path, allowed_failures: str) -> None:
        self.folder, self.allowed_failures = folder, allowed_failures
        self.processes: list[subprocess.Popen[bytes]] = []
        contact = folder / "scheduler.json"
        self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                    "--scheduler-file", str(contact))  # fmt: skip
        deadline = time.monotonic() + 60
        while not contact.exists() or not contact.read_text(encoding="utf-8").strip():
            assert time.monotonic() < deadline, "the scheduler did not come up"
            time.sleep(0.05)
        import json

        self.address = json.loads(contact.read_text(encoding="utf-8"))["address"]

    def add_worker(self) -> subprocess.Popen[bytes]:
        return self._start("dask_worker", self.address, "--nthreads", "1", "--no-nanny",
                           "--no-dashboard", "--memory-limit", "0",
                           "--local-directory", str(self.folder))  # fmt: skip

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
            cwd=self.folder,  # not where the tests run: workers find files by full paths only
            env=os.environ | {"PYTHONPATH": KNOWN, ALLOWED_FAILURES: self.allowed_failures},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def close(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def loopback(tmp_path_factory, request):
    """A cluster without workers yet; its parameter is how many workers a task may lose."""
    pytest.importorskip("distributed", reason='needs the extra "cluster"')
    cluster = Loopback(tmp_path_factory.mktemp("dask"), getattr(request, "param", "3"))
    yield cluster
    cluster.close()
