"""Which errors the store raises, each with a message that says what the office can do."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.files.durable import TEMPORARY
from qiyx_xl.files.reasons import reason_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


class StoreError(QiyxError):
    """The store cannot be opened, read or written; the message is one sentence with a cure."""


class StoreBusyError(StoreError):
    """Another program holds the store; nothing has been written."""


_NOTHING_LOST = "已收下的数据没有变动"
REBUILD = "请用 qiyx ledger rebuild 重建（损坏的会改名保留），或从备份恢复"
"""What to do about a damaged store."""

_NONSENSE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)


@contextmanager
def raising_store_errors(path: Path) -> Iterator[None]:
    """Convert errors of SQLite and the operating system into a StoreError with a message.

    Raises:
        StoreBusyError: another program holds the store.
        StoreError: any other error.
    """
    import sqlite3  # here, because the commands that only look whether there is a store need none

    try:
        yield
    except sqlite3.Error as error:
        raise _from_sqlite(error, path) from error
    except UnicodeDecodeError as error:  # SQLite's message quotes bytes that are not UTF-8
        raise damaged(path, "里面有读不懂的值") from error
    except OSError as error:
        raise _from_system(error, path) from error


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Convert any failure to decode a stored value into a StoreError with a message.

    Use it only around code that turns rows into values: every error there means that the row is
    not as this program wrote it.

    Raises:
        StoreError: the store is damaged.
    """
    try:
        yield
    except _NONSENSE as error:
        raise damaged(path, "里面有读不懂的值") from error


def damaged(path: Path, what: str) -> StoreError:
    """Return the error for a damaged store; ``what`` says in Chinese what is damaged."""
    return StoreError(
        f"数据库“{path.name}”已经损坏：{what}，没有改动它。"
        f"请运行 qiyx ledger verify 看坏在哪里；{REBUILD}。"
    )


def _from_sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    import sqlite3

    # The low byte is the primary result code; the higher bytes give details not needed here.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = path.name.removesuffix(TEMPORARY)  # a store being rebuilt has a temporary name
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(
            f"数据库“{name}”正被另一次汇总或另一个程序使用，这次没有写入任何内容。请等它结束后再运行一次。"
        )
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StoreError(
            f"“{name}”不是本程序的数据库，或已经损坏，没有改动它。"
            f"请用 --store 指明正确的文件；确已损坏的，{REBUILD}。"
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreError(f"磁盘已满，没有写入“{name}”，{_NOTHING_LOST}。请腾出空间后再运行一次。")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            f"无法写入“{path}”：文件或文件夹只读，或不存在，{_NOTHING_LOST}。"
            "请检查文件夹的权限，或用 --store 换一个位置。"
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            f"读写“{name}”时磁盘出错，{_NOTHING_LOST}。请检查磁盘空间和网络盘连接后再运行一次。"
        )
    if code in (0, sqlite3.SQLITE_ERROR):
        # The SQL statements are fixed, so the error lies in the file: a table that differs from
        # the schema, or a text that is not UTF-8.

        return damaged(path, f"里面的结构或文字与程序写的不同（{error}）")
    return StoreError(
        f"数据库“{name}”出错（{error}），{_NOTHING_LOST}。请再运行一次；仍不行请联系技术人员。"
    )


def _from_system(error: OSError, path: Path) -> StoreError:
    where = error.filename or path
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreError(f"磁盘已满，无法保存“{where}”，{_NOTHING_LOST}。请腾出空间后再运行一次。")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(
            f"无法写入“{where}”：文件或文件夹只读，{_NOTHING_LOST}。请检查权限，或换一个位置。"
        )
    if error.errno == errno.ENOENT:
        return StoreError(f"找不到“{where}”，{_NOTHING_LOST}。请检查它是否被移走，再运行一次。")
    return StoreError(f"读写“{where}”时出错（{reason_of(error)}），{_NOTHING_LOST}。请再运行一次。")
