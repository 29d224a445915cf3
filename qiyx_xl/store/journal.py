"""A second copy of the log, in the folder of the originals, from which the log can be rebuilt.

``清单.jsonl`` holds every row of every table as one JSON line, in the order in which it was
booked, and behind each booking's rows its mark (``store.chain``). What stands behind the last
mark was being written when the machine stopped; the next opening for writing writes it again.

It is a copy: a booking stands once SQLite has committed it, and is written here afterwards. So
the list may lag behind the store by what was being booked, and never the other way round: a list
that knows more than the store shows that the store is an older one, or another.

Lists of earlier programs (``journal/1``) have marks that are not chained. They can be replayed;
the first program of this kind that writes makes a chained one, and keeps the old one beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.files.durable import make_folder, sync_folder, write_durably
from qiyx_xl.store.chain import (
    FIRST,
    HEADER,
    MARK,
    NOTHING,
    TABLES,
    Entry,
    Rows,
    entries,
    is_marks,
    keep,
    last_entry,
    seal_of,
    sealed,
)
from qiyx_xl.store.errors import StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NAME = "清单.jsonl"
_OLD_HEADER = b'{"format":"journal/1"}\n'
_TAIL = 4096


class JournalBrokenError(StoreError):
    """The list has been changed, or is damaged, somewhere before its end; ``where`` says where."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where}，不能照它重建，没有改动任何文件。",
            "请从备份恢复它；没有备份的，请把它移走，再运行 qiyx ledger rebuild。",
        )
        self.where = where


class OlderStoreError(StoreError):
    """The list knows of bookings that the store does not have."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The rows of one booking as the list has them; number and seal are 0 and "" in an old list."""

    number: int
    before: str
    seal: str
    rows: dict[str, int]
    lines: list[bytes]

    def parsed(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Yield table and row, its number in front.

        Raises:
            ValueError: a line is no row of ours.
        """
        for line in self.lines:
            content = json.loads(line)
            if not (isinstance(content, list) and content and isinstance(content[0], str)):
                raise ValueError(line)
            yield content[0], tuple(content[1:])


@dataclass(frozen=True, slots=True)
class Tail:
    """How a list ends: the last mark that is chained, and where that part ends."""

    exists: bool
    size: int
    number: int = 0
    seal: str = FIRST
    end: int = 0


class Journal:
    """The list beside the originals."""

    def __init__(self, path: Path) -> None:
        self.path = path

    # --- reading -----------------------------------------------------------------------------

    def tail(self) -> Tail:
        """Return how the list ends; ``end`` is 0 where it is an old one, or cannot be read.

        Raises:
            OSError: it cannot be read.
        """
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return Tail(exists=False, size=0)
        with self.path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                return Tail(exists=True, size=size)
            # Nearly always the file ends with a mark; else look through all of it.
            for start in dict.fromkeys((max(0, size - _TAIL), 0)):
                file.seek(start)
                found = _last_mark(file.read())
                if found is not None:
                    number, seal, end = found
                    return Tail(True, size, number, seal, start + end)
        return Tail(exists=True, size=size, end=len(HEADER))

    def read(self) -> JournalReading:
        """Return a reading of the list from its beginning; iterate over it."""
        return JournalReading(self.path)

    # --- writing -----------------------------------------------------------------------------

    def is_at(self, entry: Entry) -> bool:
        """Whether the list ends with this entry, with nothing behind it.

        Raises:
            OSError: it cannot be read.
        """
        tail = self.tail()
        if entry.number == 0 and not tail.exists:
            return True
        return (tail.number, tail.seal, tail.end) == (entry.number, entry.seal, tail.size)

    def extend(self, connection: sqlite3.Connection, known: tuple[Entry, bytes] | None) -> None:
        """Append the bookings that the store has and the list has not.

        A list that ends with nothing of ours is kept under another name, and written anew from
        the store.

        Args:
            connection: the store, with other writers kept out.
            known: the store's last entry with its bytes, where they are at hand.

        Raises:
            OlderStoreError: the list knows of bookings that the store does not have.
            OSError: it cannot be written.
            sqlite3.Error, ValueError: the store cannot be read.
        """
        last, tail = last_entry(connection), self.tail()
        if tail.exists and tail.end:
            if seal_of(connection, tail.number) != tail.seal:
                raise self.older()
            missing = b"".join(_bytes_of(connection, tail.number, last, known))
            behind = self._behind(tail)
            if behind and not missing:
                raise self.older()  # a booking had been begun here that the store knows nothing of
            if missing.startswith(behind):
                self._append(tail.end, missing)
                return
        if last.number == 0 and not tail.exists:
            return
        if tail.exists:
            self.set_aside()
        make_folder(self.path.parent)
        write_durably(self.path, [HEADER, *_bytes_of(connection, 0, last, known)])

    def set_aside(self) -> Path:
        """Keep the list under another name, and return it.

        Raises:
            OSError: it cannot be renamed.
        """
        number = 1
        while (aside := self.path.with_name(f"清单.旧{number}.jsonl")).exists():
            number += 1
        self.path.rename(aside)
        sync_folder(self.path.parent)
        return aside

    def _behind(self, tail: Tail) -> bytes:
        with self.path.open("rb") as file:
            file.seek(tail.end)
            return file.read()

    def _append(self, end: int, content: bytes) -> None:
        if not content:
            return
        with self.path.open("r+b") as file:
            file.truncate(end)
            file.seek(end)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def older(self) -> OlderStoreError:
        """Return the error for a store that the list goes beyond."""
        return OlderStoreError(
            f"数据库比旁边的“{NAME}”旧，或者不是同一个：清单里有它没有的汇总或决定，没有改动它们。"
            "多半是放回了一份备份。请运行 qiyx ledger verify 看差在哪里，"
            "再运行 qiyx ledger rebuild 照清单恢复；确要用这份旧库的，请先把清单移走。"
        )


class JournalReading:
    """A list read from its beginning, one booking after the other, each checked.

    Iterate over it; then ``unfinished`` is how many lines at the end have no mark behind them,
    as a machine that stops leaves them, and ``number`` and ``seal`` are those of the last booking.

    Raises, while iterating:
        JournalBrokenError: it is not a list of ours, or a line is not as it was written.
        StoreError: a newer program wrote it.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_old = False
        self.number, self.seal = 0, FIRST
        self.segments = 0
        self.unfinished = 0

    def __iter__(self) -> Iterator[Segment]:
        lines: list[bytes] = []
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            self._header(file.readline())
            for place, line in enumerate(file, start=2):
                if not line.startswith(MARK) or not line.endswith(b"\n"):
                    lines.append(line)
                    digest.update(line)
                    continue
                yield self._segment(place, line, lines, digest.hexdigest())
                lines, digest = [], hashlib.sha256()
        self.unfinished = len(lines)

    def _header(self, line: bytes) -> None:
        if line == _OLD_HEADER:
            self.is_old = True
        elif line != HEADER:
            raise self.broken(1)

    def _segment(self, place: int, line: bytes, lines: list[bytes], digest: str) -> Segment:
        mark = _read(line)
        if mark is None or mark.get("sha256") != digest:
            raise self.broken(place)
        self.segments += 1
        if self.is_old:
            rows = {table: number for table, (number, _) in mark["mark"].items()}
            return Segment(0, "", "", rows, lines)
        rows = mark["mark"]
        if not is_marks(rows):
            raise StoreError(f"“{NAME}”第 {place} 行有本程序不认识的内容。请升级 qiyx-xl 后再用。")
        if (mark.get("entry"), mark.get("before")) != (self.number + 1, self.seal):
            raise self.broken(place)
        before, self.number = self.seal, self.number + 1
        self.seal = hashlib.sha256(line).hexdigest()
        return Segment(self.number, before, self.seal, rows, lines)

    def broken(self, place: int) -> JournalBrokenError:
        """Return the error that names the line at which the list is no longer what was written."""
        return JournalBrokenError(
            f"“{NAME}”到第 {place} 行为止有一处被改动过或损坏了（之前的 {self.segments} 段完好）"
        )


def replay(reading: Iterable[Segment], connection: sqlite3.Connection) -> None:
    """Book every row of a list into an empty log, up to the last whole mark.

    Raises:
        JournalBrokenError: somebody has changed the list.
        sqlite3.Error, ValueError: the rows contradict each other, or are none.
    """
    columns: dict[str, list[str]] = {}
    rows = Rows(connection)
    for segment in reading:
        for table, row in segment.parsed():
            if table not in TABLES:
                raise StoreError(
                    f"{NAME} 里有本程序不认识的内容“{table}”。请升级 qiyx-xl 后再重建。"
                )
            if table not in columns:
                columns[table] = rows.columns(table)
            # Columns that are not in the line are left at their defaults.
            names = ", ".join(["rowid", *columns[table][: len(row) - 1]])
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names are checked above
                row,
            )
        if segment.number:
            keep(connection, Entry(segment.number, segment.before, segment.rows, segment.seal))


def _bytes_of(
    connection: sqlite3.Connection, after: int, last: Entry, known: tuple[Entry, bytes] | None
) -> Iterator[bytes]:
    """Yield the bytes of the store's entries behind one of them."""
    if after == last.number:
        return
    if known is not None and known[0] == last and after == last.number - 1:
        yield known[1]
        return
    rows, before = Rows(connection), NOTHING
    for entry in entries(connection):
        if entry.number > after:
            yield sealed(rows, before, entry.rows)[1]
        before = entry


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line)
    except ValueError:
        return None
    if not isinstance(content, dict) or not isinstance(content.get("mark"), dict):
        return None
    return content


def _last_mark(tail: bytes) -> tuple[int, str, int] | None:
    """Return number and seal of the last whole mark, and where it ends."""
    end = len(tail)
    while (start := tail.rfind(b"\n" + MARK, 0, end)) >= 0:
        stop = tail.find(b"\n", start + 1)
        line = tail[start + 1 : stop + 1]
        mark = _read(line) if stop >= 0 else None
        if mark is not None and type(mark.get("entry")) is int:
            return mark["entry"], hashlib.sha256(line).hexdigest(), stop + 1
        end = start
    return None
