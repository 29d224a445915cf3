"""How the store is opened, checked and rebuilt. docs/store.md explains it to the office.

The store is an append-only log in one SQLite file. It uses a rollback journal, not WAL: so it is
one file that can be copied, works on a network share, and leaves nothing beside it.
``synchronous=EXTRA`` also syncs the folder after each commit; with FULL, a power cut could bring
the deleted rollback journal back, which would undo the commit.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from qiyx_xl.files.durable import TEMPORARY, sync_folder
from qiyx_xl.store.bookings import Bookings
from qiyx_xl.store.chain import Rows, keep, last_entry, same_end, seal_of, sealed
from qiyx_xl.store.connecting import WAIT_SECONDS, connected, in_memory
from qiyx_xl.store.custody import damage, examine, row_differences
from qiyx_xl.store.errors import StoreError, damaged, decoding, raising_store_errors
from qiyx_xl.store.journal import NAME as JOURNAL_NAME
from qiyx_xl.store.journal import Journal, replay
from qiyx_xl.store.originals import REFUSED, Originals
from qiyx_xl.store.schema import check, is_current, prepare

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from qiyx_xl.core.records.anchor import Anchor
    from qiyx_xl.store.chain import Entry
    from qiyx_xl.store.custody import Examined
    from qiyx_xl.store.journal import JournalReading


class LostStoreError(StoreError):
    """The store is missing or empty, but its journal or its originals are there."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuilt store contains, and the anchor of its end.

    ``unfinished`` is the number of journal lines after the last mark; they belong to a booking
    that was never finished, and are left out.
    """

    runs: int
    records: int
    unfinished: int
    anchor: Anchor


class Store(Bookings):
    """What was accepted, from which cell of which file, and when.

    Use it as a context manager. Every method may raise StoreError, whose message can be shown to
    the user. A booking is written completely or not at all.
    """

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool = True,
        readonly: bool = False,
        alone: bool = False,
        wait: float = WAIT_SECONDS,
    ) -> Self:
        """Open a store.

        For writing, an older store is upgraded to the current schema, and the journal is brought
        up to date. For reading, nothing is written: an older store is upgraded in memory only.

        Args:
            path: the SQLite file.
            create: create the file if it does not exist.
            readonly: refuse every write.
            alone: for reading, do not check that the store is as new as its journal.
            wait: seconds to wait for another program before giving up.

        Raises:
            LostStoreError: the store is missing or empty, but has existed.
            StoreBusyError: another program holds it.
            StoreError: it does not exist, belongs to another program, is damaged, newer than this
                program, older than its journal, or cannot be written.
        """
        if not cls.is_there(path):
            cls.check_lost(path)
            if readonly or not create:
                raise StoreError(
                    f"找不到数据库“{path}”。请先运行 qiyx consolidate 汇总，"
                    "或用 --store 指明它在哪里。"
                )
        with raising_store_errors(path):
            connection = connected(path, readonly=readonly, create=create, wait=wait)
            try:
                if not readonly:
                    prepare(connection, path.name)
                    check(connection, path.name)
                elif not is_current(connection, path.name):
                    check(connection, path.name)
                    older, connection = connection, in_memory(connection)
                    older.close()
                    prepare(connection, path.name)
                store = cls(path, connection)
                if not readonly:
                    store._catch_up()
                elif not alone:
                    store._check_not_older()
            except BaseException:
                connection.close()
                raise
        return store

    @staticmethod
    def is_there(path: Path) -> bool:
        """Whether the file exists and is not empty."""
        return path.is_file() and path.stat().st_size > 0

    @classmethod
    def begin(cls, path: Path) -> None:
        """Create an empty store without looking for traces of a lost one; keep an existing one.

        Raises:
            StoreError: it cannot be written.
        """
        with raising_store_errors(path):
            connection = connected(path, readonly=False, create=True)
            try:
                prepare(connection, path.name)
            finally:
                connection.close()

    @classmethod
    def discard_unbooked(cls, path: Path) -> None:
        """Remove a store that was just begun, if nothing was booked in it by anybody."""
        with suppress(sqlite3.Error, UnicodeDecodeError, OSError):  # in doubt it stays
            connection = connected(path, readonly=True)
            try:
                (tables,) = connection.execute(
                    "SELECT count(*) FROM sqlite_schema WHERE name = 'entries'"
                ).fetchone()
                if tables and connection.execute("SELECT count(*) FROM entries").fetchone() != (0,):
                    return
            finally:
                connection.close()
            path.unlink(missing_ok=True)

    @classmethod
    def check_lost(cls, path: Path) -> None:
        """Check that a missing store has never existed.

        Raises:
            LostStoreError: its journal or its originals are there.
        """
        left = cls.traces(path)
        if left:
            raise cls.lost(path, "和".join(left))

    @staticmethod
    def lost(path: Path, left: str) -> LostStoreError:
        """Return the error for a lost store; ``left`` names in Chinese what is left of it."""
        how = "是空文件" if path.exists() else "不见了"
        return LostStoreError(
            f"数据库“{path.name}”{how}，旁边却还有{left}，没有另建一个空的。"
            "请运行 qiyx ledger rebuild 重建它，或从备份放回；它在别处的，请用 --store 指明。"
        )

    @staticmethod
    def traces(path: Path) -> tuple[str, ...]:
        """Return Chinese names of what a store has left beside itself: journal, originals."""
        originals = Originals.beside(path)
        journal = originals.folder / JOURNAL_NAME
        found = []
        if journal.is_file() and b"\n" in journal.read_bytes().strip():
            found.append(f"它的清单“{JOURNAL_NAME}”")
        if any(originals.all()) or any(Originals(originals.folder / REFUSED).all()):
            found.append("收下的原件")
        return tuple(found)

    @classmethod
    def examine(cls, path: Path) -> Examined:
        """Verify a store and its journal, each alone and against each other; nothing is written.

        Raises:
            StoreBusyError: another program is writing.
        """
        return examine(path, cls.journal_of(path))

    def check_sound(self) -> None:
        """Check that every row of this store is as the program wrote it.

        Raises:
            StoreError: it is not; the message names the first damage.
        """
        with raising_store_errors(self.path), decoding(self.path), self.reading():
            found = damage(self._connection)
        if found:
            raise damaged(self.path, found[0])

    @classmethod
    def replayed(cls, path: Path) -> Self:
        """Return a store in memory, filled from the journal of a store.

        Raises:
            StoreError: the journal is missing or damaged.
        """
        journal = Journal(cls.journal_of(path))
        with raising_store_errors(path):
            connection = sqlite3.connect(":memory:", isolation_level=None)
            try:
                prepare(connection, path.name)
                store = cls(path, connection)
                store._refill(journal, journal.read())
            except BaseException:
                connection.close()
                raise
        return store

    @classmethod
    def rebuild(cls, path: Path) -> Rebuilt:
        """Rebuild a lost store from its journal.

        Raises:
            StoreError: there is a store already, or the journal is missing or has been changed;
                no half-built file is left.
        """
        if path.exists():
            raise StoreError(f"“{path.name}”还在，没有重建。请先把它移走，再重建。")
        journal = Journal(cls.journal_of(path))
        unfinished = path.with_name(path.name + TEMPORARY)
        reading = journal.read()
        with raising_store_errors(path):
            unfinished.unlink(missing_ok=True)
            try:
                with cls.open(unfinished) as store:
                    store._refill(journal, reading)  # noqa: SLF001
                unfinished.rename(path)
            finally:
                unfinished.unlink(missing_ok=True)
            sync_folder(path.parent)
        if reading.unfinished:
            # Keep this journal: its unfinished lines exist nowhere else now.
            with raising_store_errors(path):
                journal.set_aside()
        with cls.open(path) as store:
            runs, records = len(store.runs()), len(store.versions())
            return Rebuilt(runs, records, reading.unfinished, store.anchor())

    def strays(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return the file names of missing originals, of changed ones, and of unknown ones.

        Unknown files are in the folder, but not in the log.

        Raises:
            StoreError: a file cannot be read.
        """
        known = dict(self._select("SELECT sha256, name FROM originals"))
        with raising_store_errors(self.path):
            kept = dict(self.originals.all())
            changed = [path.name for path in self.originals.damaged()]
            changed += [f"{REFUSED}/{path.name}" for path in self.refused.damaged()]
        lost = sorted(name for sha256, name in known.items() if sha256 not in kept)
        unknown = sorted(path.name for sha256, path in kept.items() if sha256 not in known)
        return tuple(lost), tuple(changed), tuple(unknown)

    @staticmethod
    def journal_of(path: Path) -> Path:
        """Return the path of a store's journal."""
        return Originals.beside(path).folder / JOURNAL_NAME

    def _refill(self, journal: Journal, reading: JournalReading) -> None:
        # Not through writing(), which would write a new journal beside the unfinished store.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            replay(reading, self._connection)
        except FileNotFoundError as error:
            raise StoreError(
                f"找不到“{journal.path}”，没有它不能照原样重建。"
                "原件还在的话，请运行 qiyx ledger rebuild，从原件重新汇总。"
            ) from error
        except (ValueError, TypeError, LookupError) as error:
            raise StoreError(
                f"“{JOURNAL_NAME}”里有读不懂的内容，不能照它重建。请从备份恢复它。"
            ) from error
        self._connection.execute("COMMIT")

    def _check_not_older(self) -> None:
        tail = self._journal.tail()  # read before the store, because writers write it after
        if tail.end and seal_of(self._connection, tail.number) != tail.seal:
            raise self._journal.older()

    def _catch_up(self) -> None:
        """Append to the journal what a killed writer had committed but not yet written there.

        Raises:
            OlderStoreError: the journal has bookings that the store does not have.
            StoreError: the store has rows that this program did not book.
            OSError: the journal cannot be read or written.
        """
        with decoding(self.path):
            if self._is_up_to_date(last_entry(self._connection)):
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                entry = last_entry(self._connection)
                rows = Rows(self._connection)
                if not same_end(entry.rows, until := rows.last()):
                    if entry.number:
                        raise damaged(self.path, "里面有不是本程序记入的行")
                    # An earlier version booked these rows without a chain: the first entry
                    # covers all of them.
                    self._check_old_list()
                    keep(self._connection, sealed(rows, entry, until)[0])
                    self._connection.execute("COMMIT")
                    self._connection.execute("BEGIN IMMEDIATE")
                self._journal.extend(self._connection, None)
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _is_up_to_date(self, entry: Entry) -> bool:
        last = Rows(self._connection).last()
        return same_end(entry.rows, last) and self._journal.is_at(entry)

    def _check_old_list(self) -> None:
        if not self._journal.path.exists():
            return
        changed, missing, _ = row_differences(self._connection, self._journal.read())
        if changed:
            raise damaged(self.path, f"与清单不同，{changed[0]}")
        if missing:
            raise self._journal.older()

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
        """Close the file; uncommitted changes are rolled back."""
        self._connection.close()
