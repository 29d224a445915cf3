"""The log's rows as bytes, and the chain of entries that seals them.

Every booking is an entry: the rows it added to each table, as lines of JSON (its *segment*), and
a *mark* with the entry's number, the last row of each table, the segment's sha256 and the seal of
the entry before. The mark's own sha256 is the entry's *seal*; so a seal stands for everything up
to it. The table ``entries`` keeps the seals in the store, and the list beside the originals keeps
segments and marks (``journal``): each can be shown to be whole by itself, and the two can be held
against each other. Rows and entries make the bytes again, to the last one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

# What a row refers to comes before it.
TABLES = (
    *("runs", "originals", "submissions", "records", "findings", "decisions", "closings"),
    *("publications", "project_lists", "project_records"),
    *("meetings", "matter_events"),
)
HEADER = b'{"format":"journal/2"}\n'
FIRST = hashlib.sha256(HEADER).hexdigest()
"""What the first entry names as the seal before it."""
MARK = b'{"mark":'


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking's place in the chain; ``rows`` is the last row of each table at its end."""

    number: int
    before: str
    rows: Mapping[str, int]
    seal: str


NOTHING = Entry(0, FIRST, dict.fromkeys(TABLES, 0), FIRST)
"""Where the chain begins."""


def line(content: object) -> bytes:
    """Return one line of the list."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def mark_line(number: int, before: str, rows: Mapping[str, int], digest: str) -> bytes:
    """Return the line that ends an entry."""
    return line({"mark": dict(rows), "entry": number, "before": before, "sha256": digest})


def row_line(table: str, row: Sequence[Any]) -> bytes:
    """Return a row, with its number in front, as a line of the list."""
    return line([table, *row])


class Rows:
    """The log's rows as they stand in a database.

    A row is spelled without the empty columns at its end that are empty by default: so a column
    that a later schema adds changes no line that was sealed before it. Such a column must have
    the default ``''``.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._least: dict[str, int] = {}

    def last(self) -> dict[str, int]:
        """Return the number of each table's last row; 0 where there is none."""
        one = "(SELECT coalesce(max(rowid), 0) FROM {})"
        columns = ", ".join(map(one.format, TABLES))
        (found,) = self._connection.execute(f"SELECT {columns}").fetchall()
        return dict(zip(TABLES, found, strict=True))

    def lines(self, after: Mapping[str, int], until: Mapping[str, int]) -> Iterator[bytes]:
        """Yield every row behind one entry up to the end of another."""
        for table in TABLES:
            first, last = after.get(table, 0), until.get(table, 0)
            if first == last:
                continue
            query = f"SELECT rowid, * FROM {table} WHERE rowid > ? AND rowid <= ? ORDER BY rowid"  # noqa: S608 - our own names
            for row in self._connection.execute(query, (first, last)):
                yield row_line(table, self.trimmed(table, row))

    def at(self, table: str, number: int) -> tuple[Any, ...] | None:
        """Return one row with its number in front, spelled as a line would; None if not there."""
        query = f"SELECT rowid, * FROM {table} WHERE rowid = ?"  # noqa: S608 - our own names
        row = self._connection.execute(query, (number,)).fetchone()
        return None if row is None else self.trimmed(table, row)

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return [name for _, name, *_ in self._info(table)]

    def trimmed(self, table: str, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return a row, its number in front, without what is empty by default at its end."""
        least = self._least.get(table)
        if least is None:
            defaults = [default for *_, default, _ in self._info(table)]
            while defaults and defaults[-1] == "''":
                defaults.pop()
            least = self._least[table] = 1 + len(defaults)
        end = len(row)
        while end > least and row[end - 1] == "":
            end -= 1
        return tuple(row[:end])

    def _info(self, table: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(f"PRAGMA table_info({table})").fetchall()


def entries(connection: sqlite3.Connection) -> Iterator[Entry]:
    """Yield the chain as the store keeps it, from its beginning.

    Raises:
        ValueError: an entry's rows cannot be read.
    """
    for row in connection.execute("SELECT entry, before, rows, seal FROM entries ORDER BY entry"):
        yield _entry(row)


def last_entry(connection: sqlite3.Connection) -> Entry:
    """Return the end of the chain.

    Raises:
        ValueError: its rows cannot be read.
    """
    row = connection.execute(
        "SELECT entry, before, rows, seal FROM entries ORDER BY entry DESC LIMIT 1"
    ).fetchone()
    return NOTHING if row is None else _entry(row)


def seal_of(connection: sqlite3.Connection, number: int) -> str:
    """Return an entry's seal as the store keeps it; "" where it has no such entry."""
    if number == 0:
        return FIRST
    row = connection.execute("SELECT seal FROM entries WHERE entry = ?", (number,)).fetchone()
    return "" if row is None else str(row[0])


def _entry(row: tuple[Any, ...]) -> Entry:
    number, before, text, seal = row
    rows = json.loads(text)
    if not is_marks(rows):
        raise ValueError(text)
    return Entry(number, before, rows, seal)


def is_marks(rows: object) -> bool:
    """Whether this is the last row of each table, as a mark has it."""
    return isinstance(rows, dict) and all(
        table in TABLES and type(number) is int and number >= 0 for table, number in rows.items()
    )


def same_end(rows: Mapping[str, int], others: Mapping[str, int]) -> bool:
    """Whether both are the same last row of each table; a table that is not named has none."""
    return all(rows.get(table, 0) == others.get(table, 0) for table in TABLES)


def sealed(rows: Rows, before: Entry, until: Mapping[str, int]) -> tuple[Entry, bytes]:
    """Return the entry that follows another and ends at these rows, and its bytes."""
    segment = b"".join(rows.lines(before.rows, until))
    number = before.number + 1
    mark = mark_line(number, before.seal, until, hashlib.sha256(segment).hexdigest())
    return Entry(number, before.seal, until, hashlib.sha256(mark).hexdigest()), segment + mark


def keep(connection: sqlite3.Connection, entry: Entry) -> None:
    """Write an entry into the store."""
    connection.execute(
        "INSERT INTO entries (entry, before, rows, seal) VALUES (?, ?, ?, ?)",
        (entry.number, entry.before, json.dumps(dict(entry.rows)), entry.seal),
    )
