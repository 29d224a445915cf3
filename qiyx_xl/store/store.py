"""The store: an append-only log in one SQLite file. docs/store.md explains it to the office.

Rollback journal, not WAL: the store is one file that can be copied, lies well on a network
share, and leaves nothing beside it. ``synchronous=EXTRA`` also puts the folder on the disk after
each commit; with FULL a power cut could bring the finished journal back and undo the commit.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from qiyx_xl.store.bookings import Bookings
from qiyx_xl.store.durable import TEMPORARY, sha256_of, sync_folder
from qiyx_xl.store.errors import StoreError, speaking
from qiyx_xl.store.journal import NAME as JOURNAL_NAME
from qiyx_xl.store.journal import Journal
from qiyx_xl.store.originals import Originals
from qiyx_xl.store.schema import prepare

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

WAIT_SECONDS = 15.0
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A store made anew: how many runs and numbers it has, and which originals are lost."""

    runs: int
    records: int
    lost: tuple[str, ...]


class Store(Bookings):
    """What was accepted, from which cell of which file, and when.

    Use it as a context manager. Every method may raise StoreError, whose message is fit to
    show; nothing is written unless the whole of it is.
    """

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool = True,
        readonly: bool = False,
        wait: float = WAIT_SECONDS,
    ) -> Self:
        """Open a store, and bring an older one to this program's schema.

        Args:
            path: the SQLite file.
            create: make it if it is not there.
            readonly: refuse every write.
            wait: seconds to wait for another program before giving up.

        Raises:
            StoreBusyError: another program holds it.
            StoreError: it is not there, not ours, damaged, newer, or cannot be written.
        """
        if not path.exists() and (readonly or not create):
            raise StoreError(
                f"找不到数据库“{path}”。请先运行 qiyx consolidate 汇总，或用 --store 指明它在哪里。"
            )
        with speaking(path):
            connection = sqlite3.connect(path, timeout=wait, isolation_level=None)
            try:
                _configure(connection)
                prepare(connection, path.name)
                if readonly:
                    connection.execute("PRAGMA query_only = ON")
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    @classmethod
    def rebuild(cls, path: Path) -> Rebuilt:
        """Make a lost store anew, equal to the last row, from the folder of its originals.

        Raises:
            StoreError: there is a store already, or the list beside the originals is missing or
                has been changed; nothing is left behind.
        """
        if path.exists():
            raise StoreError(f"“{path.name}”还在，没有重建。请先把它移走，再重建。")
        originals = Originals.beside(path)
        unfinished = path.with_name(path.name + TEMPORARY)
        with speaking(path):
            unfinished.unlink(missing_ok=True)
            try:
                with cls.open(unfinished) as store:
                    store._replay(Journal(originals.folder / JOURNAL_NAME))  # noqa: SLF001
                    files = store._select("SELECT sha256, name FROM originals")  # noqa: SLF001
                    runs = len(store.runs())
                    records = len(store.versions())
                unfinished.rename(path)
            finally:
                unfinished.unlink(missing_ok=True)
            sync_folder(path.parent)
        kept = {sha256 for sha256, file in originals.all() if sha256_of(file) == sha256}
        lost = tuple(sorted(name for sha256, name in files if sha256 not in kept))
        return Rebuilt(runs, records, lost)

    @classmethod
    def is_sound(cls, path: Path) -> bool:
        """Whether a store can be read from end to end; nothing is written.

        Raises:
            StoreBusyError: another program holds it.
            StoreError: it is somebody else's, or a newer program's.
        """
        if path.stat().st_size == 0:
            return False
        try:
            with cls.open(path, readonly=True) as store:
                return store._select("PRAGMA integrity_check") == [("ok",)]  # noqa: SLF001
        except StoreError as error:
            if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                return False
            raise

    @staticmethod
    def has_journal(path: Path) -> bool:
        """Whether the list beside the originals is there, from which a store is rebuilt."""
        return (Originals.beside(path).folder / JOURNAL_NAME).is_file()

    def _replay(self, journal: Journal) -> None:
        # Not through writing(), which would begin a new list beside the unfinished store.
        self._connection.execute("BEGIN IMMEDIATE")
        journal.replay(self._connection)
        self._connection.execute("COMMIT")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; what was not committed is undone."""
        self._connection.close()


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
