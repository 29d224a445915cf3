"""How a file is written so that it is complete and on the disk, or does not exist."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_CHUNK = 1 << 20
TEMPORARY = ".未完成"


def write_durably(target: Path, chunks: Iterable[bytes], *, mode: int | None = None) -> None:
    """Write a file so that a crash at any moment leaves the old one, the new one, or none.

    Args:
        target: where; if it is a link, the file it points to is replaced, and the link is kept.
        chunks: the file's bytes.
        mode: the file's permissions; by default those of any new file.

    Raises:
        OSError: the disk is full or the folder read-only; the temporary file has been deleted.
    """
    target = target.resolve()
    write_whole(target, chunks, mode=mode)
    sync_folder(target.parent)


def write_whole(target: Path, chunks: Iterable[bytes], *, mode: int | None = None) -> None:
    """Write a file so that it is complete or does not exist.

    It survives a power cut only after its folder has been synced, too. The temporary file is in
    the target's folder, because a rename cannot move a file to another disk.

    Raises:
        OSError: the disk is full or the folder read-only; the temporary file has been deleted.
    """
    temporary = target.with_name(f".{target.name}.{uuid4().hex[:8]}{TEMPORARY}")
    try:
        with temporary.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException as error:
        if isinstance(error, OSError) and error.errno is not None:
            error.filename, error.filename2 = str(target), None  # the name that the user knows
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    """Create a folder and its parents, and sync them so that they survive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_file(path: Path) -> None:
    """Make sure that a file's content is on the disk (fsync).

    Raises:
        OSError: it cannot be written to the disk.
    """
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that a folder's entries are on the disk (fsync); not needed on Windows."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def chunks_of(path: Path) -> Iterator[bytes]:
    """Yield a file's content in chunks of 1 MiB."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def sha256_of(path: Path) -> str:
    """Return the file's sha256, in hex."""
    digest = hashlib.sha256()
    for chunk in chunks_of(path):
        digest.update(chunk)
    return digest.hexdigest()
