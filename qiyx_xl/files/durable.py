"""Files that are either whole and on the disk, or not there."""

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


def write_durably(target: Path, chunks: Iterable[bytes]) -> None:
    """Write a file so that a crash at any moment leaves the old one, the new one, or none.

    Raises:
        OSError: the disk is full, the folder read-only; the temporary file is gone.
    """
    write_whole(target, chunks)
    sync_folder(target.parent)


def write_whole(target: Path, chunks: Iterable[bytes]) -> None:
    """Write a file so that it is whole or not there; it stays once its folder is synced, too.

    The temporary file lies in the target's folder, so that the rename cannot cross a disk.

    Raises:
        OSError: the disk is full, the folder read-only; the temporary file is gone.
    """
    temporary = target.with_name(f"{target.name}.{uuid4().hex[:8]}{TEMPORARY}")
    try:
        with temporary.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException as error:
        if isinstance(error, OSError) and error.errno is not None:
            error.filename, error.filename2 = str(target), None  # the name that means something
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it, so that it survives a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_file(path: Path) -> None:
    """Put a file's content on the disk.

    Raises:
        OSError: the disk does not take it.
    """
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Put the folder's own entries on the disk; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def chunks_of(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def sha256_of(path: Path) -> str:
    """Return the file's sha256, in hex."""
    digest = hashlib.sha256()
    for chunk in chunks_of(path):
        digest.update(chunk)
    return digest.hexdigest()
