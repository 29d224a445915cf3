"""How the journal, the second copy of the log, is written, and the log rebuilt from it.

``清单.jsonl``, in the folder of the originals, holds every row of every table as one JSON line in
the order of booking, and after each booking's rows its mark (``store.chain``). Lines after the
last mark were being written when the machine stopped; the next opening for writing writes them
again.

A booking counts once SQLite has committed it, and only then is written here. So the journal may
lack the latest booking, but can never have more than the store. If it has, the store is an older
copy, or another store.

Journals of earlier versions (``journal/1``) have marks that are not chained. They can be
replayed; the first write by a later version makes a chained journal and keeps the old one.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.files.durable import TEMPORARY, make_folder, sync_folder, write_durably
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
    """The journal has been changed or damaged before its last mark; ``where`` says where."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where}，不能照它重建，没有改动任何文件。",
            "请从备份恢复它；没有备份的，请把它移走，再运行 qiyx ledger rebuild。",
        )
        self.where = where


class OlderStoreError(StoreError):
    """The journal has bookings that the store does not have."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The rows of one booking in the journal; in an old journal number is 0 and seal is ""."""

    number: int
    before: str
    seal: str
    rows: dict[str, int]
    lines: list[bytes]

    def parsed(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Yield the table's name and the row, its number first.

        Raises:
            ValueError: a line does not have the form of a row.
        """
        for line in self.lines:
            content = json.loads(line)
            if not (isinstance(content, list) and content and isinstance(content[0], str)):
                raise ValueError(line)
            yield content[0], tuple(content[1:])


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a journal: its last chained mark, and the byte position after that mark."""

    exists: bool
    size: int
    number: int = 0
    seal: str = FIRST
    end: int = 0


class Journal:
    """The journal in the folder of the originals."""

    def __init__(self, path: Path) -> None:
        self.path = path

    # --- reading -----------------------------------------------------------------------------

    def tail(self) -> Tail:
        """Return the journal's end; ``end`` is 0 if its header is not the current one.

        Raises:
            OSError: the journal cannot be read.
        """
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return Tail(exists=False, size=0)
        with self.path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                return Tail(exists=True, size=size)
            # The file nearly always ends with a mark; if not, search all of it.
            for start in dict.fromkeys((max(0, size - _TAIL), 0)):
                file.seek(start)
                found = _last_mark(file.read())
                if found is not None:
                    number, seal, end = found
                    return Tail(True, size, number, seal, start + end)
        return Tail(exists=True, size=size, end=len(HEADER))

    def read(self) -> JournalReading:
        """Return an iterable that reads the journal from its beginning."""
        return JournalReading(self.path)

    # --- writing -----------------------------------------------------------------------------

    def is_at(self, entry: Entry) -> bool:
        """Whether this entry is the journal's last, with no lines after it.

        Raises:
            OSError: the journal cannot be read.
        """
        tail = self.tail()
        if entry.number == 0 and not tail.exists:
            return True
        return (tail.number, tail.seal, tail.end) == (entry.number, entry.seal, tail.size)

    def extend(self, connection: sqlite3.Connection, known: tuple[Entry, bytes] | None) -> None:
        """Append the bookings that the store has and the journal lacks.

        A journal whose end cannot be continued is kept under another name, and a new one is
        written from the store.

        Args:
            connection: the store, with other writers locked out.
            known: the store's last entry and its bytes, if the caller has just made them.

        Raises:
            OlderStoreError: the journal has bookings that the store does not have.
            OSError: the journal cannot be written.
            sqlite3.Error, ValueError: the store cannot be read.
        """
        self._sweep()
        last, tail = last_entry(connection), self.tail()
        if tail.exists and tail.end:
            if seal_of(connection, tail.number) != tail.seal:
                raise self.older()
            missing = b"".join(_bytes_of(connection, tail.number, last, known))
            behind = self._behind(tail)
            if behind and not missing:
                raise self.older()  # the begun booking is not in the store
            if missing.startswith(behind):
                self._append(tail.end, missing)
                return
        if last.number == 0 and not tail.exists:
            return
        if tail.exists:
            self.set_aside()
        make_folder(self.path.parent)
        write_durably(self.path, [HEADER, *_bytes_of(connection, 0, last, known)])

    def _sweep(self) -> None:
        """Remove half-written journals that a crash left; other writers are locked out."""
        for leftover in self.path.parent.glob(f".{self.path.name}.*{TEMPORARY}"):
            leftover.unlink(missing_ok=True)

    def set_aside(self) -> Path:
        """Rename the journal to a free name ``清单.旧N.jsonl``, and return its new path.

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
        """Return the error for a store that lacks bookings of the journal."""
        return OlderStoreError(
            f"数据库比旁边的“{NAME}”旧，或者不是同一个：清单里有它没有的汇总或决定，没有改动它们。"
            "多半是放回了一份备份。请运行 qiyx ledger verify 看差在哪里，"
            "再运行 qiyx ledger rebuild 照清单恢复；确要用这份旧库的，请先把清单移走。"
        )


class JournalReading:
    """Reads a journal from its beginning, booking by booking, and verifies each.

    After iterating, ``unfinished`` is the number of lines after the last mark, which an
    interrupted write leaves, and ``number`` and ``seal`` are those of the last booking.

    Raises, while iterating:
        JournalBrokenError: the file is not a journal, or a line has been changed.
        StoreError: a newer version of the program wrote it.
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
        """Return the error for a journal whose mark in line ``place`` does not fit its lines."""
        return JournalBrokenError(
            f"“{NAME}”到第 {place} 行为止有一处被改动过或损坏了（之前的 {self.segments} 段完好）"
        )


def replay(reading: Iterable[Segment], connection: sqlite3.Connection) -> None:
    """Insert every row of a journal, up to its last mark, into an empty log.

    Raises:
        JournalBrokenError: the journal has been changed.
        sqlite3.Error, ValueError: the rows contradict each other, or do not have their form.
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
            # Columns that the line leaves out get their defaults.
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
    """Yield the journal bytes of the store's entries after the entry number ``after``."""
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
    """Return number and seal of the last complete mark, and the position after it."""
    end = len(tail)
    while (start := tail.rfind(b"\n" + MARK, 0, end)) >= 0:
        stop = tail.find(b"\n", start + 1)
        line = tail[start + 1 : stop + 1]
        mark = _read(line) if stop >= 0 else None
        if mark is not None and type(mark.get("entry")) is int:
            return mark["entry"], hashlib.sha256(line).hexdigest(), stop + 1
        end = start
    return None
