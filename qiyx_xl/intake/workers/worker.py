"""What a worker process does: it checks files for its parent until the parent closes the pipe.

The parent has forked it, or has started ``python -P -m qiyx_xl.intake.workers.worker FOLDER``;
in the second case it first reads the setting, changes to the folder and reports that it is ready.
Then it reads lists of paths and answers each with the results. It limits its own memory, so that
a file made to exhaust memory ends this process only.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.memo import SELDOM

if TYPE_CHECKING:
    from typing import BinaryIO

    from qiyx_xl.core.checks.context import CheckContext

READY = "ready"
MEMORY_LIMIT = 1 << 30  # bytes of address space, including what the process has at its start
_SMALLEST_ALLOWANCE = 3 << 28  # bytes above that start, for a fork of a large parent


def limit_memory() -> None:
    """Limit this process's memory where the system can; on Windows only the guard's limits hold."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limit = max(MEMORY_LIMIT, _address_space() + _SMALLEST_ALLOWANCE)
    for kind, value in ((resource.RLIMIT_AS, limit), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (wanted, hard))


def _address_space() -> int:
    """Return the bytes of address space in use; 0 where the system does not report them."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def serve(questions: BinaryIO, answers: BinaryIO, setting: CheckContext) -> None:
    """Answer the parent's questions until it closes the pipe.

    A question is a list of paths; the answer is the ``Judged.pack()`` of each, or an ImportError
    if the installation is incomplete.
    """
    from qiyx_xl.intake.form import check as files

    # Ctrl-C is sent to the whole process group; only the parent acts on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory()
    gc.freeze()
    gc.set_threshold(SELDOM)
    while True:
        try:
            paths: list[str] = pickle.load(questions)  # noqa: S301 - from our own parent
        except EOFError:
            return
        try:
            packed = [files.judge_file_safely(Path(path), setting).pack() for path in paths]
        except ImportError as error:
            _answer(answers, error)
        else:
            _answer(answers, packed)


def _answer(answers: BinaryIO, answer: object) -> None:
    if isinstance(answer, ImportError):
        answer = ImportError(str(answer), name=answer.name)
    pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()


def _private_output() -> BinaryIO:
    """Return the standard output for answers only; redirect other output to stderr.

    A library that prints would otherwise corrupt the answers.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def main() -> None:
    """Serve the parent that started this process."""
    questions, answers = sys.stdin.buffer, _private_output()
    try:
        setting: CheckContext = pickle.load(questions)  # noqa: S301 - from our own parent
        from qiyx_xl.intake.form import check as files

        files.prepare()
        os.chdir(sys.argv[1])
    except ImportError as error:
        _answer(answers, error)
        return
    _answer(answers, READY)
    serve(questions, answers, setting)


if __name__ == "__main__":
    main()
