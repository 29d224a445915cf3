"""The store: an append-only log in one SQLite file. docs/store.md explains it to the office.

Rollback journal, not WAL: the store is one file that can be copied, lies well on a network
share, and leaves nothing beside it. ``synchronous=EXTRA`` also puts the folder on the disk after
each commit; with FULL a power cut could bring the finished journal back and undo the commit.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from qiyx_xl.files.durable import TEMPORARY, sync_folder
from qiyx_xl.store.bookings import Bookings
from qiyx_xl.store.chain import Rows, keep, last_entry, same_end, seal_of, sealed
from qiyx_xl.store.connecting import WAIT_SECONDS, connected, in_memory
from qiyx_xl.store.custody import damage, examine, row_differences
from qiyx_xl.store.errors import StoreError, damaged, decoding, speaking
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
    """There is no store, or an empty one, and beside it lies what only a store leaves behind."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A store made anew from its list: what it has, and where it ends.

    ``unfinished`` lines of the list belong to a booking that was being written, and were left
    out.
    """

    runs: int
    records: int
    unfinished: int
    anchor: Anchor


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
        alone: bool = False,
        wait: float = WAIT_SECONDS,
    ) -> Self:
        """Open a store.

        For writing, an older one is brought to this program's schema, and the list beside the
        originals up to date. For reading, nothing is written: an older one is read through a
        copy in memory.

        Args:
            path: the SQLite file.
            create: make it if it is not there.
            readonly: refuse every write.
            alone: for reading, do not look whether it is older than its list.
            wait: seconds to wait for another program before giving up.

        Raises:
            LostStoreError: it is not there, or empty, and had been there.
            StoreBusyError: another program holds it.
            StoreError: it is not there, not ours, damaged, newer, older than its list, or cannot
                be written.
        """
        if not cls.is_there(path):
            cls.check_lost(path)
            if readonly or not create:
                raise StoreError(
                    f"找不到数据库“{path}”。请先运行 qiyx consolidate 汇总，"
                    "或用 --store 指明它在哪里。"
                )
        with speaking(path):
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
        """Whether there is a file with anything in it."""
        return path.is_file() and path.stat().st_size > 0

    @classmethod
    def begin(cls, path: Path) -> None:
        """Make an empty store, whatever lies beside it; what is in it stays.

        Raises:
            StoreError: it cannot be written.
        """
        with speaking(path):
            connection = connected(path, readonly=False, create=True)
            try:
                prepare(connection, path.name)
            finally:
                connection.close()

    @classmethod
    def check_lost(cls, path: Path) -> None:
        """Make sure that where there is no store, there never was one.

        Raises:
            LostStoreError: its list or its originals lie beside.
        """
        left = cls.traces(path)
        if left:
            raise cls.lost(path, "和".join(left))

    @staticmethod
    def lost(path: Path, left: str) -> LostStoreError:
        """Return the error for a store that is gone, by what it has left behind."""
        how = "是空文件" if path.exists() else "不见了"
        return LostStoreError(
            f"数据库“{path.name}”{how}，旁边却还有{left}，没有另建一个空的。"
            "请运行 qiyx ledger rebuild 重建它，或从备份放回；它在别处的，请用 --store 指明。"
        )

    @staticmethod
    def traces(path: Path) -> tuple[str, ...]:
        """Say what lies beside that only a store leaves behind."""
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
        """Hold a store and its list against themselves and each other; nothing is written.

        Raises:
            StoreBusyError: another program is writing.
        """
        return examine(path, cls.journal_of(path))

    def check_sound(self) -> None:
        """Make sure that this store is as the program wrote it, to the last row.

        Raises:
            StoreError: it is not; the first damage is named.
        """
        with speaking(self.path), decoding(self.path), self.reading():
            found = damage(self._connection)
        if found:
            raise damaged(self.path, found[0])

    @classmethod
    def replayed(cls, path: Path) -> Self:
        """Return what a store's list holds, as a store in memory.

        Raises:
            StoreError: the list is missing or broken.
        """
        journal = Journal(cls.journal_of(path))
        with speaking(path):
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
        """Make a lost store anew from the list in the folder of its originals.

        Raises:
            StoreError: there is a store already, or the list is missing or has been changed;
                nothing is left behind.
        """
        if path.exists():
            raise StoreError(f"“{path.name}”还在，没有重建。请先把它移走，再重建。")
        journal = Journal(cls.journal_of(path))
        unfinished = path.with_name(path.name + TEMPORARY)
        reading = journal.read()
        with speaking(path):
            unfinished.unlink(missing_ok=True)
            try:
                with cls.open(unfinished) as store:
                    store._refill(journal, reading)  # noqa: SLF001
                unfinished.rename(path)
            finally:
                unfinished.unlink(missing_ok=True)
            sync_folder(path.parent)
        if reading.unfinished:
            # Kept as it is: what was being written is nowhere else now.
            with speaking(path):
                journal.set_aside()
        with cls.open(path) as store:
            runs, records = len(store.runs()), len(store.versions())
            return Rebuilt(runs, records, reading.unfinished, store.anchor())

    def strays(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return the originals that are lost, those that were changed, and the unknown ones.

        By the names under which they are kept; unknown are those that the log does not know.

        Raises:
            StoreError: a file cannot be read.
        """
        known = dict(self._select("SELECT sha256, name FROM originals"))
        with speaking(self.path):
            kept = dict(self.originals.all())
            changed = [path.name for path in self.originals.damaged()]
            changed += [f"{REFUSED}/{path.name}" for path in self.refused.damaged()]
        lost = sorted(name for sha256, name in known.items() if sha256 not in kept)
        unknown = sorted(path.name for sha256, path in kept.items() if sha256 not in known)
        return tuple(lost), tuple(changed), tuple(unknown)

    @staticmethod
    def journal_of(path: Path) -> Path:
        """Return where the list of a store lies."""
        return Originals.beside(path).folder / JOURNAL_NAME

    def _refill(self, journal: Journal, reading: JournalReading) -> None:
        # Not through writing(), which would begin a new list beside the unfinished store.
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
        tail = self._journal.tail()  # before the store: a writer writes it afterwards
        if tail.end and seal_of(self._connection, tail.number) != tail.seal:
            raise self._journal.older()

    def _catch_up(self) -> None:
        """Bring the list up to date, as after a writer that was killed before it could.

        Raises:
            OlderStoreError: the list knows of bookings that the store does not have.
            StoreError: rows are there that no program of ours booked.
            OSError: the list cannot be read or written.
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
                    # Booked by a program that kept no chain: it begins with all there is.
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
        """Let go of the file; what was not committed is undone."""
        self._connection.close()
