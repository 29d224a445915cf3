"""How working folders are made that are removed even after the process has been killed.

Each has a lock file that its process keeps locked. The system releases the lock whenever the
process ends, so a folder whose lock can be acquired is no longer in use, and the next run removes
it. Neither the folder's age nor a process number would show that: a large batch takes hours, and
folders are shared between machines.
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
_TEMPORARY = "qiyx-run-"  # longer than qiyx-, which other programs' temporary folders may have
_HELD_BY_ANOTHER = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


class Scratch:
    """A working folder that only this process uses."""

    def __init__(self, folder: Path, lock: int) -> None:
        self.folder = folder
        self._lock = lock

    @classmethod
    def make(cls, parent: Path, prefix: str) -> Scratch:
        """Create a folder with a locked lock file in ``parent``.

        Raises:
            OSError: nothing can be written there.
        """
        for _ in range(_TRIES):
            folder = Path(mkdtemp(prefix=prefix, dir=parent))
            try:
                lock = _try_lock(folder / _LOCK, os.O_CREAT | os.O_EXCL)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            if lock is not None:
                return cls(folder, lock)
        # Each time, another process removed the folder before it was locked; very unlikely.
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(parent))

    def remove(self) -> None:
        """Remove it with its contents; files that cannot be removed are left to a later sweep."""
        with suppress(OSError):
            for entry in list(self.folder.iterdir()):
                if entry.name == _LOCK:
                    continue  # removed last: after a kill, a later sweep needs it
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry, ignore_errors=True)
                else:
                    with suppress(OSError):
                        entry.unlink()
        os.close(self._lock)  # Windows cannot remove an open file
        with suppress(OSError):
            (self.folder / _LOCK).unlink()
            self.folder.rmdir()

    def leave(self) -> None:
        """Unlock it but keep its contents, for the next run to clean up."""
        os.close(self._lock)


def abandoned(folder: Path) -> Scratch | None:
    """Lock and return a folder made by ``Scratch.make``; None if a process still uses it."""
    try:
        lock = _try_lock(folder / _LOCK, 0, strictly=True)
    except OSError:  # the lock file cannot be opened, so the folder is left alone
        return None
    return None if lock is None else Scratch(folder, lock)


def sweep(parent: Path, prefix: str, tidy: Callable[[Scratch], bool] | None = None) -> None:
    """Remove the scratch folders that killed processes have left in a folder.

    Args:
        parent: the folder to search.
        prefix: the prefix of the scratch folders' names.
        tidy: called with each before it is removed; if it returns False, the folder is kept and
            unlocked.
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
            # It was just created, or its removal was interrupted at the end. A process that has
            # just created it makes another one (see Scratch.make).
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
    """Remove the folders that killed processes have left in the system's temporary folder."""
    sweep(Path(gettempdir()), _TEMPORARY)


def temporary() -> Scratch:
    """Create a scratch folder in the system's temporary folder.

    Raises:
        OSError: nothing can be written there.
    """
    return Scratch.make(Path(gettempdir()), _TEMPORARY)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Provide a temporary folder that is removed at the end, or by the next run after a kill.

    Raises:
        OSError: nothing can be written there.
    """
    scratch = temporary()
    try:
        yield scratch.folder
    finally:
        scratch.remove()


def _try_lock(path: Path, flags: int, *, strictly: bool = False) -> int | None:
    """Lock a file and return its handle; None if another process has locked it, or it is gone.

    On a disk without locks (some network drives), the file counts as locked by the caller, except
    with ``strictly``, where the result is None: so no folder there is ever taken for abandoned.
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
    if not _is_still_at(handle, path):
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


def _is_still_at(handle: int, path: Path) -> bool:
    """Whether the locked file is still at its path; another process may have removed it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False
