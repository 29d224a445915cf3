"""How a document from outside is read in a process of its own, with limits of time and memory.

A file can be made to keep a reader busy for ever, or to fill its memory. Only that process ends.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.source import PlanImportError
from qiyx_xl.intake.documents.reading import is_plain, read_document
from qiyx_xl.intake.workers.starting import OWN_FOLDER, PYTHON, environment
from qiyx_xl.intake.workers.worker import limit_memory

if TYPE_CHECKING:
    from qiyx_xl.core.plan.importing.source import SourceText

TIME_LIMIT = 120.0
"""Seconds for one document; a plan of 100 pages takes less than 20."""


def read_apart(path: Path, *, seconds: float = TIME_LIMIT) -> SourceText:
    """Return a document's paragraphs and tables; all but small text files by another process.

    Raises:
        PlanImportError: it cannot be read, or not within the limits.
    """
    if is_plain(path):
        return read_document(path)
    command = (*PYTHON, "-m", "qiyx_xl.intake.documents.apart", str(path.resolve()))
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            cwd=OWN_FOLDER,
            timeout=seconds,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        raise PlanImportError(
            f"“{path.name}”读了 {seconds:.0f} 秒还没有读完，已经停下。"
            "请检查是否选错了文件，或只留方案部分、另存一份再试。"
        ) from None
    if done.returncode != 0:
        raise PlanImportError(
            f"“{path.name}”读不完：占用的内存过多，或文件有损坏。请另存一份再试。"
        )
    answer: SourceText | str = pickle.loads(done.stdout)  # noqa: S301 - from our own child
    if isinstance(answer, str):
        raise PlanImportError(answer)
    return answer


def main(path: str) -> None:
    """Read the document and write what it says, or the refusal, to standard output."""
    limit_memory()
    try:
        answer: SourceText | str = read_document(Path(path))
    except PlanImportError as refused:
        answer = str(refused)
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
