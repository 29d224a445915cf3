"""How the log's rows are serialized, and how a hash chain of entries protects them.

Every booking is an entry: the rows it added to each table, as lines of JSON (its *segment*), and
a *mark* with the entry's number, the last row of each table, the segment's sha256 and the seal of
the previous entry. The mark's own sha256 is the entry's *seal*, so a seal covers all rows up to
it. The store keeps the seals in the table ``entries``; the journal beside the originals keeps
segments and marks (``journal``). Each can be verified alone, and the two can be compared. The
journal's bytes can be produced again exactly from rows and entries.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

# In this order, a row's foreign keys refer to rows that are already inserted.
TABLES = (
    *("runs", "originals", "submissions", "records", "findings", "decisions", "closings"),
    *("publications", "project_lists", "project_records"),
    *("meetings", "matter_events", "plans"),
)
HEADER = b'{"format":"journal/2"}\n'
FIRST = hashlib.sha256(HEADER).hexdigest()
"""The previous seal that the first entry names."""
MARK = b'{"mark":'


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking in the chain; ``rows`` has the number of each table's last row after it."""

    number: int
    before: str
    rows: Mapping[str, int]
    seal: str


NOTHING = Entry(0, FIRST, dict.fromkeys(TABLES, 0), FIRST)
"""The state before the first entry."""


def line(content: object) -> bytes:
    """Serialize one line of the journal."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def mark_line(number: int, before: str, rows: Mapping[str, int], digest: str) -> bytes:
    """Serialize the mark that ends an entry in the journal."""
    return line({"mark": dict(rows), "entry": number, "before": before, "sha256": digest})


def row_line(table: str, row: Sequence[Any]) -> bytes:
    """Serialize a row, its number first, as a line of the journal."""
    return line([table, *row])


class Rows:
    """The log's rows as a database has them, in the form in which they are serialized.

    Columns at the end of a row are left out if they are empty and their default is ``''``. So a
    column that a later schema adds does not change lines that were sealed earlier; such a column
    must have the default ``''``.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._least: dict[str, int] = {}

    def last(self) -> dict[str, int]:
        """Return the number of each table's last row; 0 for an empty table."""
        last_row = "(SELECT coalesce(max(rowid), 0) FROM {})"
        columns = ", ".join(map(last_row.format, TABLES))
        (found,) = self._connection.execute(f"SELECT {columns}").fetchall()
        return dict(zip(TABLES, found, strict=True))

    def lines(self, after: Mapping[str, int], until: Mapping[str, int]) -> Iterator[bytes]:
        """Yield, as lines, the rows of each table after one row number up to another."""
        for table in TABLES:
            first, last = after.get(table, 0), until.get(table, 0)
            if first == last:
                continue
            query = f"SELECT rowid, * FROM {table} WHERE rowid > ? AND rowid <= ? ORDER BY rowid"  # noqa: S608 - our own names
            for row in self._connection.execute(query, (first, last)):
                yield row_line(table, self.trimmed(table, row))

    def at(self, table: str, number: int) -> tuple[Any, ...] | None:
        """Return one row, its number first, trimmed as in a line; None if it does not exist."""
        query = f"SELECT rowid, * FROM {table} WHERE rowid = ?"  # noqa: S608 - our own names
        row = self._connection.execute(query, (number,)).fetchone()
        return None if row is None else self.trimmed(table, row)

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return [name for _, name, *_ in self._info(table)]

    def trimmed(self, table: str, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return a row, its number first, without empty columns at its end whose default is ''."""
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
    """Yield the entries of the table ``entries``, first to last.

    Raises:
        ValueError: an entry's rows cannot be read.
    """
    for row in connection.execute("SELECT entry, before, rows, seal FROM entries ORDER BY entry"):
        yield _entry(row)


def last_entry(connection: sqlite3.Connection) -> Entry:
    """Return the last entry of the chain; ``NOTHING`` if there is none.

    Raises:
        ValueError: its rows cannot be read.
    """
    row = connection.execute(
        "SELECT entry, before, rows, seal FROM entries ORDER BY entry DESC LIMIT 1"
    ).fetchone()
    return NOTHING if row is None else _entry(row)


def seal_of(connection: sqlite3.Connection, number: int) -> str:
    """Return an entry's seal from the table ``entries``; "" if there is no such entry."""
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
    """Whether a value read from JSON has the form of a mark: table names and row numbers."""
    return isinstance(rows, dict) and all(
        table in TABLES and type(number) is int and number >= 0 for table, number in rows.items()
    )


def same_end(rows: Mapping[str, int], others: Mapping[str, int]) -> bool:
    """Whether both name the same last row of each table; a missing table counts as 0."""
    return all(rows.get(table, 0) == others.get(table, 0) for table in TABLES)


def sealed(rows: Rows, before: Entry, until: Mapping[str, int]) -> tuple[Entry, bytes]:
    """Return the entry after ``before`` that ends at the rows ``until``, and its journal bytes."""
    segment = b"".join(rows.lines(before.rows, until))
    number = before.number + 1
    mark = mark_line(number, before.seal, until, hashlib.sha256(segment).hexdigest())
    return Entry(number, before.seal, until, hashlib.sha256(mark).hexdigest()), segment + mark


def keep(connection: sqlite3.Connection, entry: Entry) -> None:
    """Insert an entry into the table ``entries``."""
    connection.execute(
        "INSERT INTO entries (entry, before, rows, seal) VALUES (?, ?, ?, ?)",
        (entry.number, entry.before, json.dumps(dict(entry.rows)), entry.seal),
    )
