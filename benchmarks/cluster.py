"""How much faster two Dask workers on one computer are than one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from benchmarks.harness import Case, Row, Way, measure
from benchmarks.workbooks import PERIOD, plan_of_towns, write_workbooks
from qiyx_xl import validate_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TITLE = "Dask 集群（本机上的调度器和工作进程）"
ROOT = Path(__file__).resolve().parent.parent
FILES = (2000, 10_000)
_WANTED = 1.6
_ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    table, verdicts = [], []
    for files in FILES:
        one, two = _measured(scratch / f"{files}", files)
        gain = two.floor / two.ours
        held = "达到" if gain >= _WANTED else "**没达到**"
        table += [one, two]
        verdicts.append(
            f"{files:,} 份：2 个工作进程的吞吐量是 1 个的 {gain:.2f} 倍"
            f"（要求至少 {_WANTED:g} 倍：{held}）。"
        )
    return table, [
        *verdicts,
        (
            f"这台机器只有 {os.cpu_count()} 核，调度器和主进程也要占用；"
            "份数少时，开头分派、末尾等齐占的比重大。"
        ),
    ]


def _measured(scratch: Path, files: int) -> list[Row]:
    """Measure a batch of files: one worker against no cluster, and two workers against one."""
    inbox = scratch / "收件"
    write_workbooks(inbox, files, every_bad=10)
    plan = plan_of_towns(files)

    def check(address: str | None = None) -> None:
        report = validate_files([inbox], plan=plan, period=PERIOD, cluster=address)
        assert len(report.submissions) == files

    with _Clusters(scratch, check) as clusters:
        with_one = Way("1 个工作进程", check, lambda: clusters.only(1))
        with_two = Way("", check, lambda: clusters.only(2))
        without = Way("同样的文件，本机 1 个进程，不用集群", check, lambda: clusters.only(0))
        # One worker takes the place of the floor, so that both are measured in the same rounds.
        return measure([
            Case(f"{files:,} 份，1 个工作进程", with_one, without),
            Case(f"{files:,} 份，2 个工作进程", with_two, with_one),
        ])  # fmt: skip


class _Clusters:
    """Runs at most one cluster at a time, because even an idle one uses 5 % of a core."""

    def __init__(self, scratch: Path, warm_up: Callable[[str], None]) -> None:
        self._scratch, self._warm_up = scratch, warm_up
        self._running = ExitStack()
        self._started = 0

    def only(self, workers: int) -> str | None:
        """Stop the running cluster, start one with this many workers, and return its address."""
        self._running.close()
        if workers == 0:
            return None
        self._started += 1
        folder = self._scratch / f"cluster-{self._started}"
        address = self._running.enter_context(_cluster(folder, workers))
        self._warm_up(address)  # in the first run the workers import their modules
        return address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()


@contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a scheduler and single-threaded workers, yield the address, and stop them."""
    folder.mkdir()
    contact = folder / "scheduler.json"
    started = [_start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                      "--scheduler-file", str(contact))]  # fmt: skip
    try:
        while not contact.exists() or not contact.read_text(encoding="utf-8").strip():
            time.sleep(0.05)
        address = json.loads(contact.read_text(encoding="utf-8"))["address"]
        started += [
            _start("worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny",
                   "--memory-limit", "0", "--local-directory", str(folder))
            for _ in range(workers)
        ]  # fmt: skip
        _await(address, workers)
        yield address
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _await(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)


def _start(what: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments],
        env=_ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
