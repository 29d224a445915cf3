"""A connection to the SQLite file: for reading in a way that cannot write, or for writing."""

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
    """Open the file; it is left as it is, but for what an interrupted writer left half-done.

    A writer that was killed leaves a rollback journal beside the file. SQLite undoes the half
    from it at the next opening; opened for reading only, it may not, so it is opened for that
    once, unless ``mend`` is false.

    Raises:
        sqlite3.Error: it is not there, or cannot be opened.
        UnicodeDecodeError: SQLite's own complaint quotes bytes of a damaged file.
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
    """Whether a file could not be read because a write was interrupted and is not undone yet."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_ROLLBACK


def in_memory(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy that can be changed without touching the file."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy


def _opened(path: Path, mode: str, wait: float) -> sqlite3.Connection:
    # The path of an URI begins with a slash: "/D:/…" on a Windows drive, "//server/…" on a share.
    place = path.absolute().as_posix()
    place = place if place.startswith("/") else f"/{place}"
    uri = f"file://{quote(place, safe='/:')}?mode={mode}"
    return sqlite3.connect(uri, timeout=wait, isolation_level=None, uri=True)


def _configure(connection: sqlite3.Connection) -> None:
    for pragma in (
        "foreign_keys = ON",
        "recursive_triggers = ON",  # REPLACE, too, is then stopped by the triggers
        "trusted_schema = OFF",
        "synchronous = EXTRA",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "delete":
        connection.execute("PRAGMA journal_mode = DELETE")
