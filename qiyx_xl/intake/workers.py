"""Worker processes, each watched by a thread: a dead or hanging one costs its own file only.

Plain child processes rather than ``ProcessPoolExecutor``, because an aborted worker breaks a
whole pool and leaves open which file did it; and rather than ``multiprocessing``, whose spawned
children run the parent's main module again, which is Excel's or the user's script here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread, Timer
from typing import TYPE_CHECKING, Self

import qiyx_xl
from qiyx_xl.core import catalogue as say
from qiyx_xl.intake.files import unreadable
from qiyx_xl.intake.guard import digest_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qiyx_xl.core.setting import Setting
    from qiyx_xl.core.submissions import Submission

TIME_LIMIT = 10.0  # seconds a file may take
FILES_PER_WORKER = 2000  # then a fresh process, so that memory stays flat however long the batch
COMMAND: tuple[str, ...] = (sys.executable, "-m", "qiyx_xl.intake.worker")
_POLL = 0.2  # seconds; a wait without end cannot be interrupted on Windows

Task = tuple[int, Path]


class _Worker:
    """One child process and the pipe to it."""

    def __init__(self, setting: bytes) -> None:
        root = str(Path(qiyx_xl.__file__).resolve().parent.parent)
        paths = [root, os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.files = 0
        self._setting: bytes | None = setting

    def check(self, path: Path, seconds: float) -> Submission:
        """Have a file checked.

        Raises:
            TimeoutError: it took too long; the worker is dead now.
            EOFError: the worker died.
        """
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        if pipe_in is None or pipe_out is None:
            raise EOFError
        is_late = Event()

        def stop() -> None:
            is_late.set()
            self.kill()

        timer = Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            if self._setting is not None:
                pipe_in.write(self._setting)
                self._setting = None
            pickle.dump(str(path), pipe_in)
            pipe_in.flush()
            self.files += 1
            answer: Submission = pickle.load(pipe_out)  # noqa: S301 - from our own child
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.kill()
            raise (TimeoutError if is_late.is_set() else EOFError) from error
        finally:
            timer.cancel()
        return answer

    def close(self) -> None:
        """Let the worker end by itself."""
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:
                self.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def kill(self) -> None:
        """End the worker at once."""
        self._process.kill()


class Crew:
    """Some workers sharing one list of files.

    Use it as a context manager: leaving it, however that happens, leaves no process behind.
    """

    def __init__(self, setting: Setting, jobs: int) -> None:
        self._setting = pickle.dumps(setting, pickle.HIGHEST_PROTOCOL)
        self._jobs = jobs
        self._seconds = TIME_LIMIT
        self._tasks: SimpleQueue[Task] = SimpleQueue()
        self._results: SimpleQueue[tuple[int, Submission | BaseException]] = SimpleQueue()
        self._workers: dict[int, _Worker] = {}
        self._is_over = Event()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for worker in list(self._workers.values()):
            worker.kill()
        for thread in self._threads:
            thread.join()

    def check(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Submission]]:
        """Yield each file's number and result, as they are ready."""
        for task in tasks:
            self._tasks.put(task)
        for number in range(min(self._jobs, len(tasks))):
            thread = Thread(target=self._serve, args=(number,), daemon=True)
            self._threads.append(thread)
            thread.start()
        for _ in tasks:
            index, result = self._next_result()
            if isinstance(result, BaseException):
                raise result
            yield index, result

    def _next_result(self) -> tuple[int, Submission | BaseException]:
        while True:
            try:
                return self._results.get(timeout=_POLL)
            except Empty:
                continue

    def _serve(self, number: int) -> None:
        try:
            while not self._is_over.is_set():
                try:
                    index, path = self._tasks.get_nowait()
                except Empty:
                    break
                self._results.put((index, self._check_one(number, path)))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._results.put((-1, error))
        finally:
            worker = self._workers.pop(number, None)
            if worker is not None:
                worker.close()

    def _check_one(self, number: int, path: Path) -> Submission:
        worker = self._workers.get(number)
        if worker is None or worker.files >= FILES_PER_WORKER:
            if worker is not None:
                worker.close()
            worker = self._workers[number] = _Worker(self._setting)
        try:
            return worker.check(path, self._seconds)
        except TimeoutError:
            finding = say.TIMED_OUT.at(seconds=f"{self._seconds:g}")
        except EOFError:
            finding = say.BROKE_OFF.at()
        del self._workers[number]
        worker.close()
        return unreadable(path, digest_file(path), finding)
