"""How the file of a closed ledger is read and replaced, with a backup.

First the old file is copied into a folder beside it; then a complete new file replaces it in one
step. So a power cut leaves either the old ledger or the new one, and the copy.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from qiyx_xl.files.durable import TEMPORARY, write_durably
from qiyx_xl.ledger.errors import LedgerError

if TYPE_CHECKING:
    from pathlib import Path

BACKUP_SUFFIX = ".备份"
_LOCK_NAMES = ("~${name}", ".~{name}", ".~lock.{name}#")  # Excel, WPS, LibreOffice


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """A ledger's bytes; ``mark`` is the file's time of writing and size when they were read."""

    path: Path
    data: bytes
    mark: tuple[int, int]

    @property
    def sha256(self) -> str:
        """The sha256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def read_closed(path: Path) -> ClosedFile:
    """Read a ledger that will be written afterwards.

    Raises:
        LedgerError: it is missing, open, read-only, or held by another program.
    """
    if not path.is_file():
        raise LedgerError(
            f"找不到台账“{path}”。请检查路径；还没有台账的，先运行 qiyx ledger build 新建一份。"
        )
    refuse_if_open(path)
    if not path.stat().st_mode & stat.S_IWUSR:
        raise LedgerError(f"台账“{path.name}”是只读的，没有改动它。请在文件属性里取消“只读”再试。")
    try:
        # Excel and WPS lock an open file for writing: opening it for writing fails then, and
        # otherwise changes nothing.
        with path.open("r+b") as file:
            return ClosedFile(path, file.read(), _mark(os.fstat(file.fileno())))
    except PermissionError as refused:
        raise LedgerError(
            f"打不开台账“{path.name}”：文件正被占用或没有写入权限。"
            "请关闭 Excel、WPS 后再试，或请管理员放开这个文件夹的写入权限。"
        ) from refused
    except OSError as failed:
        raise LedgerError(
            f"读不了台账“{path.name}”（{failed.strerror}）。请检查磁盘或网络盘连接，然后再试。"
        ) from failed


def refuse_if_open(path: Path) -> None:
    """Check for the lock files by which Excel, WPS and LibreOffice mark an open file.

    Raises:
        LedgerError: there is a lock file.
    """
    for pattern in _LOCK_NAMES:
        lock = path.with_name(pattern.format(name=path.name))
        if lock.exists():
            raise LedgerError(
                f"台账“{path.name}”正在 Excel 或 WPS 中打开。请关闭后再试；"
                f"如果其实没有打开，请删除同一文件夹里的“{lock.name}”。"
            )


def replace_closed(old: ClosedFile, data: bytes, *, backups: int) -> None:
    """Replace a ledger's bytes, completely or not at all.

    Args:
        old: the present file, as it was read.
        data: the new bytes.
        backups: how many copies of former states to keep; 0 keeps none.

    Raises:
        LedgerError: it was opened or changed meanwhile, or cannot be written; the file is then
            unchanged.
    """
    path = old.path
    try:
        _sweep(path)
        if backups > 0:
            _keep(old)
        refuse_if_open(path)
        if _mark(path.stat()) != old.mark:
            raise LedgerError(
                f"台账“{path.name}”刚刚被别的程序改过，没有动它。请关闭正在使用它的程序，再试一次。"
            )
        write_durably(path, [data], mode=stat.S_IMODE(path.stat().st_mode))
    except OSError as failed:
        # If only the last step failed, the syncing of the folder, the new file is in place. A power
        # cut may still bring the old one back, and the next refresh writes it again.
        if not _holds(path, data):
            raise LedgerError(
                f"台账“{path.name}”没有写成，原来的台账没有变。请关闭 Excel、WPS，"
                f"看看磁盘是否已满、文件夹能否写入，然后再试。（{failed.strerror}）"
            ) from failed
    if backups > 0:
        _prune(path, backups)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def backups_of(path: Path) -> list[Path]:
    """Return the backups of a ledger, oldest first."""
    folder = path.with_name(path.stem + BACKUP_SUFFIX)
    named = re.compile(
        rf"{re.escape(path.stem)}_(\d{{8}}-\d{{6}})(?:-(\d+))?{re.escape(path.suffix)}"
    )
    found = []
    for copy in folder.iterdir() if folder.is_dir() else ():
        match = named.fullmatch(copy.name)
        if match is not None:
            found.append((match[1], int(match[2] or 1), copy))
    return [copy for _, _, copy in sorted(found)]


def _keep(old: ClosedFile) -> None:
    """Write a backup of the ledger, named by the time at which that state was written."""
    path = old.path
    folder = path.with_name(path.stem + BACKUP_SUFFIX)
    folder.mkdir(exist_ok=True)
    written = datetime.fromtimestamp(old.mark[0] / 1e9).astimezone()
    number = 1
    while True:
        name = f"{path.stem}_{written:%Y%m%d-%H%M%S}{f'-{number}' if number > 1 else ''}"
        copy = folder / (name + path.suffix)
        if not copy.exists():
            break
        if copy.read_bytes() == old.data:
            return  # this state was already backed up, and its replacement then failed
        number += 1
    write_durably(copy, [old.data])


def _prune(path: Path, backups: int) -> None:
    """Remove the oldest backups. It does no harm if one cannot be removed."""
    for copy in backups_of(path)[:-backups]:
        with suppress(OSError):
            copy.unlink()


def _sweep(path: Path) -> None:
    """Remove the temporary files that a crash left; only one program at a time writes a ledger."""
    folder = path.with_name(path.stem + BACKUP_SUFFIX)
    name = re.escape(path.stem)
    leftover = re.compile(rf"\.{name}.*\.[0-9a-f]{{8}}{re.escape(TEMPORARY)}")
    for where in (path.parent, path.resolve().parent, folder):
        for candidate in where.glob(f".*{TEMPORARY}") if where.is_dir() else ():
            if leftover.fullmatch(candidate.name):
                with suppress(OSError):
                    candidate.unlink()


def _mark(status: os.stat_result) -> tuple[int, int]:
    return (status.st_mtime_ns, status.st_size)
