"""A disposable process that checks files for its parent: ``python -m qiyx_xl.intake.worker``.

It reads pickles from its standard input (first the setting, then one path after another) and
answers each path with a pickled ``Submission`` on its standard output. It limits its own memory,
so that a file made to exhaust it ends this process and nothing else.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.intake.files import check_file_safely

if TYPE_CHECKING:
    from typing import BinaryIO

    from qiyx_xl.core.setting import Setting

MEMORY_LIMIT = 1 << 30  # bytes of address space


def _limit_memory() -> None:
    """Limit this process's memory where the system can; elsewhere the guard's bounds must do."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for limit, value in ((resource.RLIMIT_AS, MEMORY_LIMIT), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(limit)[1]
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (wanted, hard))


def _private_output() -> BinaryIO:
    """Take the standard output for answers alone; whatever else prints goes to stderr."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def main() -> None:
    """Serve the parent until it closes the pipe."""
    questions, answers = sys.stdin.buffer, _private_output()
    _limit_memory()
    setting: Setting = pickle.load(questions)  # noqa: S301 - from our own parent
    while True:
        try:
            path: str = pickle.load(questions)  # noqa: S301 - from our own parent
        except EOFError:
            return
        pickle.dump(check_file_safely(Path(path), setting), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    main()
