"""How a batch is checked on a Dask cluster, or from files behind URLs.

A task of the cluster is a list of files. The lists are long at first, because each task costs some
milliseconds in the scheduler and in this process, and shorter towards the end, so that no core
waits long for the last one. Each file is checked by the same function as on this machine, so a
result does not depend on where it was computed; the results of a list are sent back together, as
one byte string. The number of lists in progress is limited by the cluster's cores, so the memory of
the scheduler and of this process does not grow with the batch.
"""

from __future__ import annotations

import os
import pickle
import time
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import qiyx_xl
from qiyx_xl.core import findings as say
from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.files.scratch import temporary_folder
from qiyx_xl.intake.collect.archives import origin_of
from qiyx_xl.intake.collect.remote import fetch, url_of
from qiyx_xl.intake.errors import BrokenInstallationError
from qiyx_xl.intake.form.check import unreadable
from qiyx_xl.intake.form.packed import Packed, outlined, unpack
from qiyx_xl.intake.workbook.guard import digest_file
from qiyx_xl.intake.workers.pool import check_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qiyx_xl.core.checks.context import CheckContext
    from qiyx_xl.intake.collect.remote import Task

FILES_PER_TASK = 200
"""The most files in one task: some tenths of a second of work.

That is long compared with the scheduler's cost, and little to repeat when a worker dies.
"""

TASKS_PER_CORE = 4
"""Lists in progress for each core of the cluster."""

_FEWEST_PER_TASK = 16  # files, if the batch is large enough for _FEWEST_TASKS
_FEWEST_TASKS = 8  # for each core, even in a small batch
_SHARES = 3  # the next list has this fraction (1/3) of each core's share of the files left

_WAIT = 30.0  # seconds for the scheduler to answer and the first worker to start
_ASK_EVERY = 2.0  # seconds between questions to the scheduler about the number of cores

Errand = tuple[int, str, str]
"""A file's number, its path or URL for the worker, and its path as the caller gave it."""


class ClusterError(QiyxError):
    """A cluster that cannot do the work; the message is one Chinese sentence with a cure."""


class Cluster:
    """A Dask scheduler at an address, as a judge of batches: see ``intake.batch.Judge``."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(
        self, tasks: Sequence[Task], setting: CheckContext
    ) -> Iterator[tuple[int, Packed]]:
        """Yield each file's number and result, as they are ready.

        Raises:
            ClusterError: the scheduler does not answer, has no workers or stops, or its
                workers cannot see the files or have another version of this program.
        """
        only_here: list[Task] = []
        with _connected(self.address) as client:
            run = _Run(client, setting, self.address)
            yield from run.judge(_errands(tasks, only_here), len(tasks))
        yield from check_all(only_here, setting, 1)


def judge_fetched(tasks: Sequence[Task], setting: CheckContext) -> Iterator[tuple[int, Packed]]:
    """Check files in this process, some of which are behind URLs."""
    errands = map(_errand, tasks)
    while batch := list(islice(errands, FILES_PER_TASK)):
        yield from _judge(setting, batch)


def judge_batch(setting: CheckContext, packed: bytes) -> bytes:
    """Check a list of files; this function runs on the cluster's workers.

    Args:
        setting: the plan, the rules and the history to check against.
        packed: the errands, pickled, because Dask would inspect every element of a list.

    Returns:
        The results, pickled, for the same reason.
    """
    errands: list[Errand] = pickle.loads(packed)  # noqa: S301 - ours
    return pickle.dumps(_judge(setting, errands), pickle.HIGHEST_PROTOCOL)


def _judge(setting: CheckContext, errands: list[Errand]) -> list[tuple[int, Packed]]:
    with _ONE_AT_A_TIME, temporary_folder() as folder:
        tasks, results = [], []
        for number, place, name in errands:
            try:
                tasks.append((number, str(_local(Path(place), folder / str(number)))))
            except OSError:
                finding = say.CANNOT_OPEN.at(detail="读取出错")
                results.append((number, unreadable(Path(name), "", finding).pack()))
        names = {number: name for number, place, name in errands if place != name}
        results += [
            (number, _with_path(packed, names[number]) if number in names else packed)
            for number, packed in check_all(tasks, setting, 1)
        ]
    return results


_ONE_AT_A_TIME = Lock()
"""The setting and the reader are not thread-safe; a worker's threads check one after another."""


def _errand(task: Task) -> Errand:
    number, name = task
    is_absolute = os.path.isabs(name)  # noqa: PTH117 - as a Path it takes ten times as long
    return number, url_of(name) or (name if is_absolute else str(Path(name).absolute())), name


def _errands(tasks: Iterable[Task], only_here: list[Task]) -> Iterator[Errand]:
    """Yield the files for the cluster; append to ``only_here`` those that only this machine has.

    They were unpacked from an archive into a temporary folder of this machine.
    """
    for task in tasks:
        if origin_of(task[1]) is None:
            yield _errand(task)
        else:
            only_here.append(task)


def _local(path: Path, folder: Path) -> Path:
    url = url_of(path)
    if url is None:
        if not path.parent.is_dir():
            raise _NotSharedError(str(path.parent))
        return path
    folder.mkdir()
    return fetch(url, folder)


class _NotSharedError(RuntimeError):
    """A worker does not see the folder of the files."""


def _with_path(packed: Packed, name: str) -> Packed:
    return replace(unpack(outlined(packed.head, name), packed.rest), path=name).pack()


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            "用集群校验要先装组件：python -m pip install distributed fsspec pyarrow。"
        ) from error
    try:
        client = Client(address, timeout=_WAIT, set_as_default=False, name="qiyx")
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"连不上调度器“{address}”。请检查地址，并先运行 dask scheduler。"
        ) from error
    with client:
        yield client


class _Run:
    """One batch that is being checked on a cluster."""

    def __init__(self, client: Any, setting: CheckContext, address: str) -> None:
        self._client = client
        self._ask_at, self._known_cores = 0.0, 0
        self._address = address
        self._name, self._submitted = f"judge_batch-{uuid4().hex}", 0
        self._await_workers()
        # A task rather than scattered data: if its worker is lost, Dask computes it again.
        payload = pickle.dumps(setting, pickle.HIGHEST_PROTOCOL)
        self._setting = client.submit(pickle.loads, payload, pure=True)

    def _await_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_WAIT)
        except TimeoutError as error:
            raise ClusterError(
                f"调度器“{self._address}”下面没有工作机。请在各台电脑上运行 dask worker。"
            ) from error
        try:
            versions = self._client.run(_version)
        except ImportError:
            versions = {"": ""}
        other_versions = set(versions.values()) - {qiyx_xl.__version__}
        if other_versions:
            found = "、".join(sorted(version or "没有安装" for version in other_versions))
            raise ClusterError(
                f"工作机上的 qiyx-xl 是 {found}，这里是 {qiyx_xl.__version__}。请装成同一版本。"
            )

    def judge(self, errands: Iterable[Errand], count: int) -> Iterator[tuple[int, Packed]]:
        """Yield each file's number and result; ``count`` is the approximate number of errands."""
        from distributed import as_completed

        waiting = self._batches(errands, count)
        under_way: dict[Any, list[Errand]] = {}
        done = as_completed(loop=self._client.loop)
        while True:
            for batch in self._next(waiting, len(under_way)):
                future = self._submit(batch)
                under_way[future] = batch
                done.add(future)
            if not under_way:
                return
            future = next(done)
            batch = under_way.pop(future)
            yield from self._results(future, batch)
            future.release()

    def _batches(self, errands: Iterable[Errand], left: int) -> Iterator[list[Errand]]:
        remaining = iter(errands)
        fewest = max(1, min(_FEWEST_PER_TASK, left // (_FEWEST_TASKS * self._cores())))
        while True:
            fair = max(fewest, left // (_SHARES * self._cores()))
            batch = list(islice(remaining, min(FILES_PER_TASK, fair)))
            if not batch:
                return
            left -= len(batch)
            yield batch

    def _next(self, waiting: Iterator[list[Errand]], under_way: int) -> list[list[Errand]]:
        room = TASKS_PER_CORE * self._cores() - under_way
        return list(islice(waiting, max(0, room)))

    def _cores(self) -> int:
        # The number of workers changes, but asking for every list would cost network time.
        now = time.monotonic()
        if now >= self._ask_at:
            self._known_cores = max(1, sum(self._client.ncores().values()))
            self._ask_at = now + _ASK_EVERY
        return self._known_cores

    def _submit(self, batch: list[Errand]) -> Any:
        self._submitted += 1
        key = f"{self._name}-{self._submitted}"
        packed = pickle.dumps(batch, pickle.HIGHEST_PROTOCOL)
        return self._client.submit(judge_batch, self._setting, packed, key=key)

    def _results(
        self, future: Any, batch: list[Errand], attempts: int = 2
    ) -> list[tuple[int, Packed]]:
        from distributed import CancelledError, KilledWorker

        try:
            results: list[tuple[int, Packed]] = pickle.loads(future.result())  # noqa: S301 - ours
        except _NotSharedError as error:
            raise ClusterError(
                f"工作机看不到文件夹“{error}”。请把收件放在各台电脑都能打开的共享文件夹。"
            ) from error
        except BrokenInstallationError:
            raise
        except KilledWorker:
            # Several workers died while they had this list, perhaps for another reason.
            if len(batch) > 1:
                return self._one_by_one(batch)
            if attempts > 1:
                return self._results(self._submit(batch), batch, attempts - 1)
            number, place, name = batch[0]
            broken = unreadable(Path(name), digest_file(Path(place)), say.BROKE_OFF.at())
            return [(number, broken.pack())]
        except (CancelledError, OSError) as error:
            raise ClusterError(
                f"与调度器“{self._address}”的连接断了，校验没有完成。请检查它是否还在运行，再试一次。"
            ) from error
        return results

    def _one_by_one(self, batch: list[Errand]) -> list[tuple[int, Packed]]:
        return [
            result for errand in batch for result in self._results(self._submit([errand]), [errand])
        ]


def _version() -> str:
    import qiyx_xl

    return qiyx_xl.__version__
