"""Worker processes, each watched by a thread: a dead or hanging one costs its own file only.

Not a ``ProcessPoolExecutor``, because an aborted worker breaks a whole pool and leaves open which
file did it.
"""

from __future__ import annotations

import os
import pickle
import time
from collections import deque
from functools import cached_property
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self

from qiyx_xl.core import findings as say
from qiyx_xl.intake.collect.paths import Task
from qiyx_xl.intake.form.check import unreadable
from qiyx_xl.intake.installation import incomplete
from qiyx_xl.intake.workbook.guard import digest_file
from qiyx_xl.intake.workers.process import Forked, Spawned, can_fork

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qiyx_xl.core.checks.context import Setting
    from qiyx_xl.intake.form.packed import Packed
    from qiyx_xl.intake.workers.process import Child

TIME_LIMIT = 10.0  # seconds a file may take
FILES_PER_WORKER = 2000  # then a fresh process, so that memory stays flat however long the batch
_QUESTIONS_AHEAD = 2  # that a worker has, so that it never waits for its next file
_MOST_AT_ONCE = 32  # files in one question: asking costs as much as half a file
_SHARES = 4  # questions for each worker, if all that are still to come were as long as the next
_MOST_BYTES_AT_ONCE = 1 << 20  # of all files in one question, for they share one file's time
_POLL = 0.1  # seconds; a wait without end cannot be interrupted on Windows

Question = tuple[Task, ...]
"""Some files that a worker is asked about at once."""


class _Worker:
    """One child with the questions it has been given and has not yet answered."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self._is_late = False
        self.late_at: float | None = None
        self.files = 0
        self.given: deque[Question] = deque()

    def give(self, question: Question) -> None:
        """Give it some more files; if it has died, that shows when it is asked for the answer."""
        self.given.append(question)
        self.files += len(question)
        try:
            pickle.dump([path for _, path in question], self.child.questions)
            self.child.questions.flush()
        except OSError:
            self.child.kill()

    def answer(self, seconds: float) -> list[Packed]:
        """Return what it says of the files of its first question.

        Raises:
            TimeoutError: it took too long; the worker is dead now.
            EOFError: the worker died.
            ImportError: its installation is incomplete.
        """
        self.late_at = time.monotonic() + seconds
        try:
            answer = pickle.load(self.child.answers)  # noqa: S301 - from our own child
        except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
            self.child.kill()
            raise (TimeoutError if self._is_late else EOFError) from error
        finally:
            self.late_at = None
        if isinstance(answer, ImportError):
            raise answer
        packed: list[Packed] = answer
        return packed

    def await_ready(self) -> None:
        """Wait until it has come up; ImportError if its installation is incomplete."""
        self.child.await_ready()

    def end_if_late(self) -> None:
        """Kill it if the time for its file is up."""
        if self.late_at is not None and time.monotonic() > self.late_at:
            self._is_late = True
            self.child.kill()

    def kill(self) -> None:
        """End it at once."""
        self.child.kill()

    def close(self) -> None:
        """Let it end by itself."""
        self.child.close()


class _Waiting:
    """Files that no worker has taken yet; of a long batch they are looked at one by one."""

    def __init__(self, tasks: Sequence[Task] = (), workers: int = 1) -> None:
        self._coming, self._left = iter(tasks), len(tasks)
        self._shares, self._most = _SHARES * workers, _MOST_AT_ONCE
        self._back: deque[Task] = deque()
        self._lock = Lock()

    def __bool__(self) -> bool:
        return self._left > 0

    def take(self) -> Question:
        """Return the next files, not many and not large ones at once; none when there are no more.

        They are ever fewer towards the end, so that no worker has many left when the others are
        done. What has been put back comes alone: one of those files may be the one that kills.
        """
        with self._lock:
            if self._back:
                taken = [self._back.popleft()]
            else:
                taken, size = [], 0
                most = max(1, min(self._most, self._left // self._shares))
                while len(taken) < most and size < _MOST_BYTES_AT_ONCE:
                    task = next(self._coming, None)
                    if task is None:
                        break
                    taken.append(task)
                    size += _size(task[1])
            self._left -= len(taken)
            return tuple(taken)

    def ask_less(self) -> None:
        """Have fewer files asked about at once: a slow drive makes many late together."""
        with self._lock:
            self._most = max(1, self._most // 4)

    def put_back(self, questions: Iterable[Question]) -> None:
        """Take back files that a dead worker was given, to be the next ones."""
        tasks = [task for question in questions for task in question]
        with self._lock:
            self._back.extendleft(reversed(tasks))
            self._left += len(tasks)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a Path would take longer than the answer
    except OSError:
        return 0


class Crew:
    """Some workers sharing one list of files.

    Use it as a context manager: leaving it, however that happens, leaves no process behind.
    """

    def __init__(self, setting: Setting, jobs: int) -> None:
        self._setting = setting
        self._jobs = jobs
        self._seconds = TIME_LIMIT
        self._tasks = _Waiting()
        self._results: SimpleQueue[list[tuple[int, Packed]] | BaseException] = SimpleQueue()
        self._workers: dict[int, _Worker] = {}
        self._is_over = Event()
        self._look_at = 0.0
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for worker in list(self._workers.values()):
            worker.kill()
        for thread in self._threads:
            thread.join()
        for worker in self._workers.values():
            worker.close()

    def check(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Packed]]:
        """Yield each file's number and what is said of it, as they are ready.

        Raises:
            BrokenInstallationError: a worker cannot be started.
        """
        jobs = min(self._jobs, len(tasks))
        self._tasks = _Waiting(tasks, jobs)
        is_forking = can_fork()
        for number in range(jobs):
            # All are forked before the first thread starts.
            others = [worker.child for worker in self._workers.values()]
            child = Forked(self._setting, others) if is_forking else self._spawn()
            self._workers[number] = _Worker(child)
        for number in range(jobs):
            thread = Thread(target=self._serve, args=(number,), daemon=True)
            self._threads.append(thread)
            thread.start()
        left = len(tasks)
        while left > 0:
            result = self._next_result()
            if isinstance(result, BaseException):
                raise result
            left -= len(result)
            yield from result

    def _next_result(self) -> list[tuple[int, Packed]] | BaseException:
        while True:
            now = time.monotonic()
            if now > self._look_at:
                self._look_at = now + _POLL
                for worker in list(self._workers.values()):
                    worker.end_if_late()
            try:
                return self._results.get(timeout=_POLL)
            except Empty:
                continue

    def _spawn(self) -> Child:
        return Spawned(self._pickled_setting)

    @cached_property
    def _pickled_setting(self) -> bytes:
        # Kept: worker after worker needs it in a long batch, and making it takes memory anew.
        return pickle.dumps(self._setting, pickle.HIGHEST_PROTOCOL)

    def _serve(self, number: int) -> None:
        """Keep one worker busy until there are no files left."""
        try:
            worker = self._workers[number]
            worker.await_ready()
            while not self._is_over.is_set():
                if not worker.given and worker.files >= FILES_PER_WORKER and self._tasks:
                    worker = self._replace(number, worker)
                self._feed(worker)
                if not worker.given:
                    return
                try:
                    packed = worker.answer(self._seconds)
                except (TimeoutError, EOFError) as error:
                    if self._is_over.is_set():
                        return
                    self._give_up(worker, error)
                    worker = self._replace(number, worker)
                else:
                    question = worker.given.popleft()
                    numbers = (index for index, _ in question)
                    self._results.put(list(zip(numbers, packed, strict=True)))
        except ImportError as error:
            self._results.put(incomplete(error))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._results.put(error)

    def _give_up(self, worker: _Worker, error: Exception) -> None:
        """Put back what a dead worker was given, but the file that it died of."""
        if len(worker.given[0]) == 1:
            [(index, path)] = worker.given.popleft()
            self._results.put([(index, self._lost(path, error))])
        elif isinstance(error, TimeoutError):
            self._tasks.ask_less()
        self._tasks.put_back(worker.given)

    def _feed(self, worker: _Worker) -> None:
        while len(worker.given) < _QUESTIONS_AHEAD and worker.files < FILES_PER_WORKER:
            question = self._tasks.take()
            if not question:
                return
            worker.give(question)

    def _replace(self, number: int, worker: _Worker) -> _Worker:
        worker.close()
        fresh = self._workers[number] = _Worker(self._spawn())
        fresh.await_ready()
        return fresh

    def _lost(self, name: str, error: Exception) -> Packed:
        path = Path(name)
        if isinstance(error, TimeoutError):
            finding = say.TIMED_OUT.at(seconds=f"{self._seconds:g}")
        else:
            finding = say.BROKE_OFF.at()
        return unreadable(path, digest_file(path), finding).pack()
