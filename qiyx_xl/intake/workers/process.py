"""Child processes that a parent asks and that answer it, and the two ways of starting one.

Plain child processes rather than ``multiprocessing``, whose spawned children run the parent's main
module again, which is Excel's or the user's script here.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from threading import Timer
from typing import IO, TYPE_CHECKING

from qiyx_xl.intake.workers.starting import OWN_FOLDER, PYTHON, environment, here
from qiyx_xl.intake.workers.worker import serve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.checks.context import Setting

START_LIMIT = 60.0  # seconds for a fresh process to come up, on a slow disk with a virus scanner
COMMAND: tuple[str, ...] = (*PYTHON, "-m", "qiyx_xl.intake.workers.worker")


def can_fork() -> bool:
    """Whether a copy of this process is a good worker: on Linux, and while there is one thread."""
    return sys.platform == "linux" and threading.active_count() == 1


class Child:
    """A process and the pipes to it; what is common to both ways of starting one."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self.questions, self.answers = questions, answers

    def await_ready(self) -> None:
        """Wait until it has come up; a copy of this process is up at once."""

    def kill(self) -> None:
        """End it at once."""
        raise NotImplementedError

    def wait(self) -> None:
        """Wait until it has ended."""
        raise NotImplementedError

    def close(self) -> None:
        """Let it end by itself, by closing the pipes."""
        for pipe in (self.questions, self.answers):
            try:
                pipe.close()
            except OSError:
                self.kill()  # it died with a question unread
        self.wait()


class Spawned(Child):
    """A fresh interpreter."""

    def __init__(self, setting: bytes) -> None:
        # The worker goes to where we stand once it has all its modules: files may be named from
        # there.
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
        """Wait until it has come up.

        Raises:
            ImportError: its installation is incomplete.
        """
        timer = Timer(START_LIMIT, self.kill)
        timer.daemon = True
        timer.start()
        try:
            self.questions.write(self._setting)
            self.questions.flush()
            said = pickle.load(self.answers)  # noqa: S301 - from our own child
        except (OSError, EOFError, pickle.UnpicklingError):
            raise ImportError(
                "qiyx_xl.intake.workers.worker", name="qiyx_xl.intake.workers.worker"
            ) from None
        finally:
            timer.cancel()
        if isinstance(said, ImportError):
            raise said

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._process.wait()


class Forked(Child):
    """A copy of this process: ready at once, with everything that has been imported."""

    def __init__(self, setting: Setting, siblings: Iterable[Child]) -> None:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                os.close(ours_out)
                os.close(ours_in)
                for sibling in siblings:
                    # Else the sibling would never see its pipe closed.
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
        """End it at once."""
        if not self._has_ended:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> None:
        """Wait until it has ended."""
        if not self._has_ended:
            os.waitpid(self._pid, 0)
            self._has_ended = True
