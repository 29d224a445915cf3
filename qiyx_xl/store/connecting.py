"""How the SQLite file is opened, read-only or for writing."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import Path

WAIT_SECONDS = 15.0


def connected(
    path: Path,
    *,
    readonly: bool,
    create: bool = False,
    mend: bool = True,
    wait: float = WAIT_SECONDS,
) -> sqlite3.Connection:
    """Open the SQLite file; only an interrupted write is rolled back, nothing else is changed.

    A writer that was killed leaves a rollback journal beside the file, from which SQLite rolls
    back at the next opening. A read-only connection may not do that, so the file is briefly
    opened for writing first, unless ``mend`` is false.

    Raises:
        sqlite3.Error: the file does not exist or cannot be opened.
        UnicodeDecodeError: SQLite's error message quotes bytes of a damaged file.
    """
    if not readonly:
        connection = _opened(path, "rwc" if create else "rw", wait)
        try:
            _configure(connection)
        except BaseException:
            connection.close()
            raise
        return connection
    connection = _opened(path, "ro", wait)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        connection.close()
        if not mend or not is_half_written(error):
            raise
        mending = _opened(path, "rw", wait)
        try:
            mending.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        finally:
            mending.close()
        connection = _opened(path, "ro", wait)
    for pragma in ("trusted_schema = OFF", "temp_store = MEMORY", "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def is_half_written(error: Exception) -> bool:
    """Whether reading failed because an interrupted write has not been rolled back yet."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_ROLLBACK


def in_memory(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy in memory, which can be changed without touching the file."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy


def _opened(path: Path, mode: str, wait: float) -> sqlite3.Connection:
    # The path of a URI begins with a slash: "/D:/…" on a Windows drive, "//server/…" on a share.
    place = path.absolute().as_posix()
    place = place if place.startswith("/") else f"/{place}"
    uri = f"file://{quote(place, safe='/:')}?mode={mode}"
    return sqlite3.connect(uri, timeout=wait, isolation_level=None, uri=True)


def _configure(connection: sqlite3.Connection) -> None:
    for pragma in (
        "foreign_keys = ON",
        "recursive_triggers = ON",  # so that the triggers also stop REPLACE
        "trusted_schema = OFF",
        "synchronous = EXTRA",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "delete":
        connection.execute("PRAGMA journal_mode = DELETE")
