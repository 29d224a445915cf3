"""How the files of a batch are checked in worker processes on this machine.

Each worker is watched by a thread: if it dies or hangs, only the file that it was checking is
lost. ``ProcessPoolExecutor`` cannot do that: when one of its workers dies, the whole pool is
broken, and nothing shows which file was the cause.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread, Timer
from typing import IO, TYPE_CHECKING, Self

from qiyx_xl.core import findings as say
from qiyx_xl.core.primitives.memo import seldom_interrupted
from qiyx_xl.intake.collect.remote import Task
from qiyx_xl.intake.errors import incomplete
from qiyx_xl.intake.form.check import judge_file_safely, unreadable
from qiyx_xl.intake.workbook.guard import NotSmall, digest_file
from qiyx_xl.intake.workers.starting import OWN_FOLDER, PYTHON, environment, here
from qiyx_xl.intake.workers.worker import serve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qiyx_xl.core.checks.context import CheckContext
    from qiyx_xl.intake.form.packed import Packed

# --- Child processes, and the two ways of starting one -----------------------------------------
# ``multiprocessing`` is not used, because its spawned children run the parent's main module
# again, and that is Excel's or the user's script here.

START_LIMIT = 60.0  # seconds for a new process to start, on a slow disk with a virus scanner
COMMAND: tuple[str, ...] = (*PYTHON, "-m", "qiyx_xl.intake.workers.worker")


def can_fork() -> bool:
    """Whether workers can be forked: on Linux, while this process has only one thread.

    The locks that other threads hold would stay locked in the copy for ever.
    """
    return sys.platform == "linux" and threading.active_count() == 1


class Child:
    """A child process and the pipes to it; the base of the two ways of starting one."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self.questions, self.answers = questions, answers

    def await_ready(self) -> None:
        """Wait until it is ready; a forked process is ready at once."""

    def kill(self) -> None:
        """Kill it."""
        raise NotImplementedError

    def wait(self) -> None:
        """Wait until it has ended."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the pipes, which makes it end by itself, and wait for it."""
        for pipe in (self.questions, self.answers):
            try:
                pipe.close()
            except OSError:
                self.kill()  # it died before it read the last question
        self.wait()


class Spawned(Child):
    """A new Python process."""

    def __init__(self, setting: bytes) -> None:
        # The worker changes to our current folder once it has imported its modules, because
        # paths may be relative to it.
        self._process = subprocess.Popen(
            (*COMMAND, here()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            cwd=OWN_FOLDER,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise EOFError
        super().__init__(questions, answers)
        self._setting = setting

    def await_ready(self) -> None:
        """Send the setting and wait until it is ready.

        Raises:
            ImportError: its installation is incomplete.
        """
        timer = Timer(START_LIMIT, self.kill)
        timer.daemon = True
        timer.start()
        try:
            self.questions.write(self._setting)
            self.questions.flush()
            answer = pickle.load(self.answers)  # noqa: S301 - from our own child
        except (OSError, EOFError, pickle.UnpicklingError):
            raise ImportError(
                "qiyx_xl.intake.workers.worker", name="qiyx_xl.intake.workers.worker"
            ) from None
        finally:
            timer.cancel()
        if isinstance(answer, ImportError):
            raise answer

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._process.wait()


class Forked(Child):
    """A forked copy of this process, which needs no time to import modules."""

    def __init__(self, setting: CheckContext, siblings: Iterable[Child]) -> None:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                os.close(ours_out)
                os.close(ours_in)
                for sibling in siblings:
                    # While a copy of the pipe is open here, the sibling would never see its end.
                    os.close(sibling.questions.fileno())
                    os.close(sibling.answers.fileno())
                nowhere = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(nowhere, stream)
                serve(os.fdopen(theirs_in, "rb"), os.fdopen(theirs_out, "wb"), setting)
            finally:
                os._exit(0)
        os.close(theirs_in)
        os.close(theirs_out)
        self._has_ended = False
        super().__init__(os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb"))

    def kill(self) -> None:
        """Kill it."""
        if not self._has_ended:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> None:
        """Wait until it has ended."""
        if not self._has_ended:
            os.waitpid(self._pid, 0)
            self._has_ended = True


# --- Workers, each watched by a thread -----------------------------------------------------------

TIME_LIMIT = 10.0  # seconds a file may take
FILES_PER_WORKER = 2000  # then a new process, so that memory does not grow in a long batch
_QUESTIONS_AHEAD = 2  # sent to a worker, so that it never waits for its next file
_MOST_AT_ONCE = 32  # files in one question; sending a question costs as much as half a file
_SHARES = 4  # the next question has this fraction (1/4) of each worker's share of the files left
_MOST_BYTES_AT_ONCE = 1 << 20  # of all files in one question, because they share one time limit
_POLL = 0.1  # seconds; a wait without a timeout cannot be interrupted on Windows

Question = tuple[Task, ...]
"""The files that are sent to a worker in one message."""


class _Worker:
    """A child process with the questions that it has not yet answered."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self._is_late = False
        self.late_at: float | None = None
        self.files = 0
        self.given: deque[Question] = deque()

    def give(self, question: Question) -> None:
        """Send it more files; if it has died, ``answer`` raises."""
        self.given.append(question)
        self.files += len(question)
        try:
            pickle.dump([path for _, path in question], self.child.questions)
            self.child.questions.flush()
        except OSError:
            self.child.kill()

    def answer(self, seconds: float) -> list[Packed]:
        """Wait for the results of its first unanswered question.

        Raises:
            TimeoutError: it took too long; the worker has been killed.
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
        """Wait until it is ready.

        Raises:
            ImportError: its installation is incomplete.
        """
        self.child.await_ready()

    def end_if_late(self) -> None:
        """Kill it if its time limit has passed."""
        if self.late_at is not None and time.monotonic() > self.late_at:
            self._is_late = True
            self.child.kill()

    def kill(self) -> None:
        """Kill it."""
        self.child.kill()

    def close(self) -> None:
        """Close its pipes and wait for it to end."""
        self.child.close()


class _Waiting:
    """The files that no worker has taken yet, read one by one because a batch may be long."""

    def __init__(self, tasks: Sequence[Task] = (), workers: int = 1) -> None:
        self._tasks, self._left = iter(tasks), len(tasks)
        self._shares, self._most = _SHARES * workers, _MOST_AT_ONCE
        self._back: deque[Task] = deque()
        self._lock = Lock()

    def __bool__(self) -> bool:
        return self._left > 0

    def take(self) -> Question:
        """Return the next files; an empty tuple when there are no more.

        Their number and their total size are limited. It falls towards the end of the batch, so
        that no worker has many files left when the others are done. Files that were put back are
        returned one at a time, because one of them may have killed the worker.
        """
        with self._lock:
            if self._back:
                taken = [self._back.popleft()]
            else:
                taken, size = [], 0
                most = max(1, min(self._most, self._left // self._shares))
                while len(taken) < most and size < _MOST_BYTES_AT_ONCE:
                    task = next(self._tasks, None)
                    if task is None:
                        break
                    taken.append(task)
                    size += _size(task[1])
            self._left -= len(taken)
            return tuple(taken)

    def send_fewer_at_once(self) -> None:
        """Send fewer files at once from now on: on a slow drive many together exceed the limit."""
        with self._lock:
            self._most = max(1, self._most // 4)

    def put_back(self, questions: Iterable[Question]) -> None:
        """Return a dead worker's files to the front of the queue."""
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
    """Workers that share one list of files.

    Use it as a context manager: on leaving it, by an exception too, all processes are ended.
    """

    def __init__(self, setting: CheckContext, jobs: int) -> None:
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
        """Yield each file's number and result, as they are ready.

        Raises:
            BrokenInstallationError: a worker cannot be started.
        """
        jobs = min(self._jobs, len(tasks))
        self._tasks = _Waiting(tasks, jobs)
        is_forking = can_fork()
        for number in range(jobs):
            # All workers are forked before the first thread starts; see can_fork.
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
        # Cached: in a long batch every new worker needs it, and pickling takes much memory.
        return pickle.dumps(self._setting, pickle.HIGHEST_PROTOCOL)

    def _serve(self, number: int) -> None:
        """Send files to one worker and collect its results until no files are left."""
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
        except BaseException as error:  # noqa: BLE001 - passed on to the waiting thread
            self._results.put(error)

    def _give_up(self, worker: _Worker, error: Exception) -> None:
        """Put a dead worker's files back.

        If its first question was a single file, that file is the cause: it gets a finding instead.
        """
        if len(worker.given[0]) == 1:
            [(index, path)] = worker.given.popleft()
            self._results.put([(index, self._failed_result(path, error))])
        elif isinstance(error, TimeoutError):
            self._tasks.send_fewer_at_once()
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

    def _failed_result(self, name: str, error: Exception) -> Packed:
        path = Path(name)
        if isinstance(error, TimeoutError):
            finding = say.TIMED_OUT.at(seconds=f"{self._seconds:g}")
        else:
            finding = say.BROKE_OFF.at()
        return unreadable(path, digest_file(path), finding).pack()


# --- Files checked on this machine: small ones in this process, all others in workers -----------


def check_all(
    tasks: Sequence[Task], setting: CheckContext, jobs: int
) -> Iterator[tuple[int, Packed]]:
    """Yield each file's number and result.

    With one job, small workbooks are checked in this process and all others in a worker. A small
    .xlsx is safe here, because the guard has verified the size of every part and the scan has
    limited every sheet before the reader starts.
    """
    if jobs > 1 and len(tasks) > 1:
        with Crew(setting, jobs) as crew:
            yield from crew.check(tasks)
        return
    to_isolate = []
    with seldom_interrupted():
        for index, path in tasks:
            try:
                judged = judge_file_safely(Path(path), setting, only_small=True)
            except NotSmall:
                to_isolate.append((index, path))
            else:
                yield index, judged.pack()
    if to_isolate:
        with Crew(setting, 1) as crew:
            yield from crew.check(to_isolate)
