"""Folders to work in, which go away again even after the process was killed.

Each holds a file that its process keeps locked. The system lets go of the lock however the
process ends, so a folder whose lock can be had belongs to nobody, and the next run removes it.
Age or a process number would not do: a large batch takes hours, and folders are shared between
machines.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOCK = "in-use.lock"
_TRIES = 10
_TEMPORARY = "qiyx-run-"  # in the system's folder, where others, too, have folders named qiyx
_HELD_BY_ANOTHER = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


class Scratch:
    """A folder of this process alone."""

    def __init__(self, folder: Path, lock: int) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def make(cls, parent: Path, prefix: str) -> Scratch:
        """Make one.

        Raises:
            OSError: nothing can be written there.
        """
        for _ in range(_TRIES):
            folder = Path(mkdtemp(prefix=prefix, dir=parent))
            try:
                lock = _taken(folder / _LOCK, os.O_CREAT | os.O_EXCL)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            if lock is not None:
                return cls(folder, lock)
        # Somebody's sweeping is always faster; it would have to go on for ever.
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(parent))

    def remove(self) -> None:
        """Remove it with everything in it; what cannot be removed is left to a later sweep."""
        with suppress(OSError):
            for entry in list(self.folder.iterdir()):
                if entry.name == _LOCK:
                    continue  # last of all, so that a kill now leaves a folder that can be told
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry, ignore_errors=True)
                else:
                    with suppress(OSError):
                        entry.unlink()
        os.close(self._lock)  # Windows removes no file that is open
        with suppress(OSError):
            (self.folder / _LOCK).unlink()
            self.folder.rmdir()

    def leave(self) -> None:
        """Let go of it as it is, for the next run to look after."""
        os.close(self._lock)


def abandoned(folder: Path) -> Scratch | None:
    """Return a folder made by ``Scratch.make`` if no process uses it any more."""
    try:
        lock = _taken(folder / _LOCK, 0, strictly=True)
    except OSError:  # not ours to touch
        return None
    return None if lock is None else Scratch(folder, lock)


def sweep(parent: Path, prefix: str, tidy: Callable[[Scratch], bool] | None = None) -> None:
    """Remove the folders that killed processes have left in a folder.

    Args:
        parent: where they are.
        prefix: what their names begin with.
        tidy: is given each before it is removed; it stays, and is let go, if that returns False.
    """
    try:
        with os.scandir(parent) as found:
            left = [
                Path(entry.path)
                for entry in found
                if entry.name.startswith(prefix) and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return
    for folder in left:
        if not (folder / _LOCK).exists():
            # Made a moment ago, or all but removed. Its maker, if it lives, makes another.
            with suppress(OSError):
                folder.rmdir()
            continue
        scratch = abandoned(folder)
        if scratch is None:
            continue
        is_done = False
        try:
            is_done = tidy is None or tidy(scratch)
        finally:
            if is_done:
                scratch.remove()
            else:
                scratch.leave()


def sweep_temporary() -> None:
    """Remove what killed processes have left in the system's temporary folder."""
    sweep(Path(gettempdir()), _TEMPORARY)


def temporary() -> Scratch:
    """Make a folder in the system's temporary folder.

    Raises:
        OSError: nothing can be written there.
    """
    return Scratch.make(Path(gettempdir()), _TEMPORARY)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a temporary folder that is removed at the end, or after a kill by the next run.

    Raises:
        OSError: nothing can be written there.
    """
    scratch = temporary()
    try:
        yield scratch.folder
    finally:
        scratch.remove()


def _taken(path: Path, flags: int, *, strictly: bool = False) -> int | None:
    """Lock a file and return its handle; None if another process has it, or it is gone.

    Where the disk knows no locks (some network drives), the file counts as locked by whoever
    asks for that, unless ``strictly``: so nothing is ever swept away there.
    """
    try:
        handle = os.open(path, os.O_RDWR | flags, 0o600)
    except FileNotFoundError:
        return None
    try:
        _lock(handle)
    except OSError as error:
        if strictly or error.errno in _HELD_BY_ANOTHER:
            os.close(handle)
            return None
    if not _is_there(handle, path):
        os.close(handle)
        return None
    return handle


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_there(handle: int, path: Path) -> bool:
    """Whether the file locked still has its name: a sweep may have come in between."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False
