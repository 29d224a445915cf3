"""Where the files are kept as they were sent: by hash, in a folder beside the store.

``七优享台账.sqlite`` keeps them in ``七优享台账.原件/ab/ab12….xlsx``. A file is written and
verified before the log records its acceptance, so the log never names a missing file; a crash
between the two steps leaves a file that nothing refers to, which does no harm. Returned files
are kept the same way in the subfolder ``退回``.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from qiyx_xl.files.durable import (
    TEMPORARY,
    chunks_of,
    make_folder,
    sha256_of,
    sync_folder,
    write_whole,
)
from qiyx_xl.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FOLDER_SUFFIX = ".原件"
REFUSED = "退回"
_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".et"})
_HEX_LENGTH = 64


class Originals:
    """The folder of kept files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._unsynced: set[Path] = set()
        self._new: list[Path] = []

    @classmethod
    def beside(cls, store: Path) -> Originals:
        """Return the folder that belongs to a store."""
        return cls(store.with_name(store.stem + FOLDER_SUFFIX))

    def keep(self, sha256: str, source: Path) -> Path:
        """Copy a file in, unless it is kept already, and return the path of the copy.

        The copy is durable only after ``sync``, so that with many files each folder is synced
        once.

        Raises:
            StoreError: the file has changed since it was checked.
            OSError: the file cannot be read, or the copy cannot be written.
        """
        return self._keep(sha256, source.suffix.lower(), _checked(source, sha256))

    def keep_bytes(self, sha256: str, content: bytes, suffix: str) -> Path:
        """Write bytes from memory as a kept file, as ``keep`` does with a file.

        Raises:
            OSError: the copy cannot be written.
        """
        return self._keep(sha256, suffix, [content])

    def _keep(self, sha256: str, suffix: str, chunks: Iterable[bytes]) -> Path:
        found = self.find(sha256)
        folder = self._folder_of(sha256)
        if found is not None and sha256_of(found) == sha256:
            self._unsynced.add(folder)  # a crash may have left it unsynced
            return found
        target = folder / (sha256 + (suffix if suffix in _SUFFIXES else ".bin"))
        if not folder.is_dir():
            make_folder(self.folder)
            folder.mkdir(exist_ok=True)
            self._new.append(folder)
            self._unsynced.add(self.folder)
        if found is None:
            self._new.append(target)
        write_whole(target, chunks)
        self._unsynced.add(folder)
        return target

    def keep_copied_files(self) -> None:
        """Make ``undo`` leave the files copied so far: the log refers to them now."""
        self._new.clear()

    def undo(self) -> None:
        """Delete the files copied since ``keep_copied_files``: nothing refers to them."""
        while self._new:
            with suppress(OSError):
                path = self._new.pop()
                if path.suffix:
                    path.unlink()
                else:
                    path.rmdir()
        self._unsynced.clear()

    def sync(self) -> None:
        """Flush the folders of the copied files to disk, so that they survive a power cut.

        Raises:
            OSError: the disk reports an error.
        """
        for folder in sorted(self._unsynced):
            sync_folder(folder)
        self._unsynced.clear()

    def find(self, sha256: str) -> Path | None:
        """Return the path of a kept file, without reading it; None if there is none."""
        folder = self._folder_of(sha256)
        if not folder.is_dir():
            return None
        return next(
            (path for path in sorted(folder.glob(f"{sha256}.*")) if path.suffix != TEMPORARY), None
        )

    def all(self) -> Iterator[tuple[str, Path]]:
        """Yield every kept file, ordered by hash: the hash in its name, and its path."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if len(path.stem) == _HEX_LENGTH and path.suffix != TEMPORARY:
                yield path.stem, path

    def damaged(self) -> tuple[Path, ...]:
        """Return the kept files whose content no longer has the hash in their name."""
        return tuple(path for sha256, path in self.all() if sha256_of(path) != sha256)

    def sweep(self) -> None:
        """Remove half-written files that a crash left; call it with other writers locked out."""
        for leftover in self.folder.glob(f"[0-9a-f][0-9a-f]/*{TEMPORARY}"):
            leftover.unlink(missing_ok=True)

    def _folder_of(self, sha256: str) -> Path:
        return self.folder / sha256[:2]


def _checked(source: Path, sha256: str) -> Iterator[bytes]:
    """Yield the file's bytes; raise StoreError before the last chunk if the hash differs."""
    digest = hashlib.sha256()
    held = b""  # the last chunk is yielded only after the hash of the whole file is verified

    for chunk in chunks_of(source):
        if held:
            yield held
        digest.update(chunk)
        held = chunk
    if digest.hexdigest() != sha256:
        raise StoreError(
            f"“{source.name}”在校验之后又被改动过，这次没有写入任何内容。请关闭正在编辑它的程序，再汇总一次。"
        )
    yield held
