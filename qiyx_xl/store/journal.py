"""A second copy of the log, in the folder of the originals, from which the log can be rebuilt.

``清单.jsonl`` holds every row of every table as one JSON line, in the order in which it was
booked. After each booking the new rows are appended, and a mark: number and digest of the last
row of each table, and the sha256 of everything since the mark before. What stands behind the
last mark was being written when the machine stopped; the next booking writes it again.

It is a copy: a booking stands once SQLite has committed it, whether or not this was written.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from qiyx_xl.store.durable import make_folder, sync_folder, write_durably
from qiyx_xl.store.errors import StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

NAME = "清单.jsonl"
FORMAT = "journal/1"

# What a row refers to comes before it.
TABLES = (
    *("runs", "originals", "submissions", "records", "findings", "decisions", "closings"),
    *("publications", "project_lists", "project_records"),
    *("meetings", "matter_events"),
)

_NOTHING: dict[str, list[Any]] = {table: [0, ""] for table in TABLES}
_MARK = b'{"mark":'
_TAIL = 4096


class Journal:
    """The list beside the originals."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def extend(self, connection: sqlite3.Connection) -> None:
        """Append what the log has and the list has not.

        A list that knows rows which the log does not have belongs to another state of it, as when
        somebody has put an older log back: it is kept under another name, and a new one is begun.

        Raises:
            OSError: it cannot be written.
            sqlite3.Error: the log cannot be read.
        """
        last = {table: _row_mark(connection, table) for table in TABLES}
        known, end = self._marked()
        if known == last:
            return
        if any(_row_mark(connection, table, mark[0]) != mark for table, mark in known.items()):
            self._set_aside()
            known, end = _NOTHING, 0
        segment = b"".join(_line([table, *row]) for table, row in _rows(connection, known))
        mark = _line({"mark": last, "sha256": hashlib.sha256(segment).hexdigest()})
        if end == 0:
            make_folder(self.path.parent)
            write_durably(self.path, [_line({"format": FORMAT}), segment, mark])
            return
        with self.path.open("r+b") as file:
            file.truncate(end)
            file.seek(end)
            file.write(segment + mark)
            file.flush()
            os.fsync(file.fileno())

    def replay(self, connection: sqlite3.Connection) -> None:
        """Book every row of the list into an empty log, up to the last whole mark.

        Raises:
            StoreError: there is no list, or somebody has changed it.
            sqlite3.Error: the rows contradict each other.
        """
        segment, digest = [], hashlib.sha256()
        try:
            with self.path.open("rb") as file:
                if _read(file.readline()) != {"format": FORMAT}:
                    raise self._changed()
                for line in file:
                    if not line.startswith(_MARK):
                        segment.append(line)
                        digest.update(line)
                        continue
                    mark = _read(line)
                    if mark is None:
                        break  # the last mark itself was being written
                    if mark["sha256"] != digest.hexdigest():
                        raise self._changed()
                    for row in segment:
                        _book(connection, json.loads(row))
                    segment, digest = [], hashlib.sha256()
        except FileNotFoundError as error:
            raise StoreError(
                f"找不到“{self.path}”，没有它不能照原样重建。"
                "原件还在的话，请建一个新数据库，用 qiyx consolidate 把原件文件夹重新汇总。"
            ) from error

    def _changed(self) -> StoreError:
        return StoreError(f"“{self.path.name}”被改动过或不完整，不能照它重建。请从备份恢复它。")

    def _marked(self) -> tuple[dict[str, list[Any]], int]:
        """Return the last row of each table that is surely there, and where that part ends."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return _NOTHING, 0
        with self.path.open("rb") as file:
            # Nearly always the file ends with a mark; else look through all of it.
            for start in dict.fromkeys((max(0, size - _TAIL), 0)):
                file.seek(start)
                found = _last_mark(file.read())
                if found is not None:
                    mark, end = found
                    return {**_NOTHING, **mark["mark"]}, start + end
        return _NOTHING, 0

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"清单.旧{number}.jsonl")).exists():
            number += 1
        with suppress(FileNotFoundError):
            self.path.rename(aside)
            sync_folder(self.path.parent)


def _row_mark(connection: sqlite3.Connection, table: str, number: int | None = None) -> list[Any]:
    """Return number and digest of a table's row, the last one by default; 0 and "" for none."""
    which = "ORDER BY rowid DESC LIMIT 1" if number is None else "WHERE rowid = ?"
    query = f"SELECT rowid, * FROM {table} {which}"  # noqa: S608 - our own names
    row = connection.execute(query, () if number is None else (number,)).fetchone()
    if row is None:
        return [0, ""]
    return [row[0], hashlib.sha256(_line(row)).hexdigest()[:16]]


def _rows(
    connection: sqlite3.Connection, known: dict[str, list[Any]]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for table in TABLES:
        query = f"SELECT rowid, * FROM {table} WHERE rowid > ? ORDER BY rowid"  # noqa: S608
        for row in connection.execute(query, (known[table][0],)):
            yield table, row


def _book(connection: sqlite3.Connection, row: list[Any]) -> None:
    table, rowid, *values = row
    if table not in TABLES:
        raise StoreError(f"{NAME} 里有本程序不认识的内容“{table}”。请升级 qiyx-xl 后再重建。")
    columns = [
        name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    ]
    # A list from before a table had all its columns leaves the new ones at their defaults.
    names = ", ".join(["rowid", *columns[: len(values)]])
    marks = ", ".join("?" * (len(values) + 1))
    connection.execute(
        f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names are checked above
        (rowid, *values),
    )


def _line(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _last_mark(tail: bytes) -> tuple[dict[str, Any], int] | None:
    end = len(tail)
    while (start := tail.rfind(b"\n" + _MARK, 0, end)) >= 0:
        stop = tail.find(b"\n", start + 1)
        mark = _read(tail[start + 1 : stop + 1]) if stop >= 0 else None
        if mark is not None:
            return mark, stop + 1
        end = start
    return None
