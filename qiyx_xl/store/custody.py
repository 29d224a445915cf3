"""Whether the store and its journal are undamaged, and whether they record the same bookings.

The store is undamaged if SQLite's own checks find nothing, its tables and triggers are those of
its schema version, and its rows give the seals of its entries. The journal is undamaged if every
mark fits the lines and the mark before it. If both are, comparing the seals shows which of the two
has more bookings, or from which booking on they differ.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from qiyx_xl.store.chain import NOTHING, Rows, entries, sealed
from qiyx_xl.store.connecting import connected, in_memory
from qiyx_xl.store.errors import StoreBusyError, StoreError, decoding, raising_store_errors
from qiyx_xl.store.journal import NAME, Journal, JournalBrokenError
from qiyx_xl.store.schema import differences, is_current, prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from qiyx_xl.store.journal import JournalReading

_MOST = 20  # this many differences are listed; of the rest only the number
_LONGEST = 60
_WORDS = {
    "runs": "汇总",
    "originals": "原件登记",
    "submissions": "文件",
    "records": "数",
    "findings": "问题",
    "decisions": "决定",
    "closings": "封账",
    "publications": "发布",
    "project_lists": "项目清单",
    "project_records": "项目的数",
    "meetings": "例会",
    "matter_events": "调度事项",
    "plans": "方案",
}


class Health(StrEnum):
    """BEHIND: undamaged, but the other has later bookings. APART: undamaged, other bookings."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    MISSING = "missing"
    BEHIND = "behind"
    APART = "apart"


@dataclass(slots=True)
class Examined:
    """The condition of store and journal, with a sentence for each problem.

    ``entries`` and ``journaled`` count the bookings of store and journal. ``unfinished`` is the
    number of journal lines after the last mark. ``is_same_end``: both have the same seals, even
    if the store's rows no longer give them.
    """

    store: Health = Health.MISSING
    journal: Health = Health.MISSING
    store_problems: list[str] = field(default_factory=list)
    journal_problems: list[str] = field(default_factory=list)
    entries: int = 0
    journaled: int = 0
    unfinished: int = 0
    is_same_end: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether both are undamaged and end at the same booking, or nothing was ever booked."""
        return self.store is Health.WHOLE and (
            self.journal is Health.WHOLE
            or (self.journal is Health.MISSING and not self.journal_problems)
        )


def examine(path: Path, journal: Path) -> Examined:
    """Verify store and journal, each alone and against each other; nothing is written.

    Raises:
        StoreBusyError: another program is writing.
    """
    found = Examined()
    connection = _opened(path, found)
    try:
        seals = [] if connection is None else _own_seals(connection, path, found)
        listed, is_old = _listed(journal, found)
        if connection is not None and listed is not None:
            if is_old or not seals:
                _compare_rows(connection, journal, found, complete=True)
            else:
                _compare_seals(seals, listed, found)
                if found.store is Health.DAMAGED:
                    _compare_rows(connection, journal, found, complete=False)
        elif connection is not None and found.journal is Health.MISSING and _has_rows(connection):
            found.journal_problems.append(f"“{NAME}”不见了")
    finally:
        if connection is not None:
            connection.close()
    return found


def damage(connection: sqlite3.Connection) -> list[str]:
    """Return a sentence for each damage in a store of the current schema version.

    Raises:
        sqlite3.Error: the store cannot be read.
        ValueError: an entry cannot be read.
    """
    return [*_structure(connection), *_chain(connection)]


def _opened(path: Path, found: Examined) -> sqlite3.Connection | None:
    if not path.exists():
        found.store_problems.append(f"“{path.name}”不见了")
        return None
    if path.stat().st_size == 0:
        found.store_problems.append(f"“{path.name}”是空文件")
        return None
    found.store = Health.DAMAGED
    try:
        with raising_store_errors(path):
            connection = connected(path, readonly=True)
            try:
                if not is_current(connection, path.name):
                    version = connection.execute("PRAGMA user_version").fetchone()[0]
                    found.store_problems += differences(connection, version)
                    if found.store_problems:
                        connection.close()
                        return None
                    copy = in_memory(connection)
                    connection.close()
                    connection = copy
                    prepare(connection, path.name)
            except BaseException:
                connection.close()
                raise
    except StoreBusyError:
        raise
    except StoreError as error:
        found.store_problems.append(str(error).rstrip("。"))
        return None
    return connection


def _own_seals(connection: sqlite3.Connection, path: Path, found: Examined) -> list[str]:
    """Verify the store by itself, and return its seals."""
    try:
        with raising_store_errors(path), decoding(path):
            found.store_problems += damage(connection)
            seals = [entry.seal for entry in entries(connection)]
    except StoreBusyError:
        raise
    except StoreError as error:
        found.store_problems.append(str(error).rstrip("。"))
        return []
    found.entries = len(seals)
    if not found.store_problems:
        found.store = Health.WHOLE
    return seals


def _structure(connection: sqlite3.Connection) -> Iterator[str]:
    yield from differences(connection)
    for (message,) in connection.execute("PRAGMA integrity_check(3)"):
        if message != "ok":
            yield f"SQLite 的完整性检查（integrity_check）说：{message}"
    for table, number, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        word = _WORDS.get(table, table)
        yield f"{word}第 {number} 行指着一条没有的{_WORDS.get(parent, parent)}"


def _chain(connection: sqlite3.Connection) -> Iterator[str]:
    rows, before = Rows(connection), NOTHING
    for entry in entries(connection):
        if sealed(rows, before, entry.rows)[0] != entry:
            yield f"第 {entry.number} 次记入的内容与当时的封存值对不上"
        before = entry
    last = rows.last()
    more = {
        table: number - before.rows.get(table, 0)
        for table, number in last.items()
        if number != before.rows.get(table, 0)
    }
    if before.number and more:
        surplus = "、".join(f"{_WORDS[table]} {count:+d} 行" for table, count in more.items())
        yield f"行数与最后一次记入时不同（{surplus}），不是本程序写的"


def _listed(journal: Path, found: Examined) -> tuple[list[str] | None, bool]:
    """Read the whole journal; return its seals (None if missing or damaged), and if it is old."""
    reading = Journal(journal).read()
    try:
        seals = [segment.seal for segment in reading]
    except FileNotFoundError:
        return None, False
    except (StoreError, OSError, ValueError, TypeError, LookupError) as error:
        found.journal = Health.DAMAGED
        found.journal_problems.append(_reason(error))
        return None, False
    found.journal = Health.WHOLE
    found.journaled, found.unfinished = reading.segments, reading.unfinished
    if reading.unfinished:
        found.journal_problems.append(
            f"“{NAME}”末尾有 {reading.unfinished} 行没有写完（没有收尾的标记）"
        )
    return seals, reading.is_old


def _reason(error: Exception) -> str:
    if isinstance(error, JournalBrokenError):
        return error.where
    if isinstance(error, StoreError):
        return str(error).rstrip("。")
    return f"“{NAME}”读不出来（{error}）"


def _compare_seals(store: list[str], listed: list[str], found: Examined) -> None:
    shared = next(
        (at for at, pair in enumerate(zip(store, listed, strict=False)) if pair[0] != pair[1]),
        min(len(store), len(listed)),
    )
    if len(store) == len(listed) == shared:
        found.is_same_end = not found.unfinished
        if found.unfinished:
            _behind_store(found, "数据库里没有清单末尾正在写的那一次")
        return
    if shared < min(len(store), len(listed)):
        words = f"从第 {shared + 1} 次记入起，数据库与清单不是同一段历史"
        found.journal_problems.append(words)
        found.journal = Health.APART
        if found.store is Health.WHOLE:
            found.store_problems.append(words)
            found.store = Health.APART
    elif shared == len(listed):
        found.journal = Health.BEHIND
        found.journal_problems.append(
            f"清单只到第 {len(listed)} 次记入，数据库已到第 {len(store)} 次"
        )
    else:
        _behind_store(found, f"数据库只到第 {len(store)} 次记入，清单已到第 {len(listed)} 次")


def _behind_store(found: Examined, words: str) -> None:
    found.store_problems.append(f"{words}：多半是放回了一份备份")
    if found.store is Health.WHOLE:
        found.store = Health.BEHIND


def _has_rows(connection: sqlite3.Connection) -> bool:
    return any(Rows(connection).last().values())


# --- row by row ------------------------------------------------------------------------------


def row_differences(
    connection: sqlite3.Connection, reading: JournalReading
) -> tuple[list[str], list[str], dict[str, int]]:
    """Compare the journal's rows with the store's.

    Returns:
        A sentence for each row that differs, one for each row that the store lacks, and the
        number of the last row of each table in the journal.

    Raises:
        StoreError, OSError, ValueError: the journal cannot be read, or is damaged.
    """
    rows = Rows(connection)
    changed: list[str] = []
    missing: list[str] = []
    last: dict[str, int] = dict(NOTHING.rows)
    for segment in reading:
        for table, row in segment.parsed():
            wanted = rows.trimmed(table, row)
            there = rows.at(table, row[0])
            last[table] = max(last.get(table, 0), row[0])
            if there is None:
                missing.append(_row_name(rows, table, wanted))
            elif there != wanted:
                changed.append(_row_difference(rows, table, wanted, there))
    return changed, missing, last


def _compare_rows(
    connection: sqlite3.Connection, journal: Path, found: Examined, *, complete: bool
) -> None:
    """Report the rows that differ; ``complete`` if the seals have not been compared before."""
    try:
        changed, missing, last = row_differences(connection, Journal(journal).read())
    except (StoreError, OSError, ValueError, TypeError, LookupError, sqlite3.Error) as error:
        found.store_problems.append(f"没能逐行比较数据库和清单（{error}）")
        return
    found.store_problems += _first_few(changed)
    if changed:
        found.store = Health.DAMAGED
    if not complete:
        found.store_problems += _first_few([f"少了：{row}" for row in missing])
        return
    beyond = any(number > last.get(table, 0) for table, number in Rows(connection).last().items())
    if missing:
        found.store_problems += _first_few([f"清单里有、数据库里没有：{row}" for row in missing])
        if found.store is Health.WHOLE:
            found.store = Health.BEHIND
    if beyond:
        found.journal = Health.BEHIND
        found.journal_problems.append("数据库里有清单还没有的行")


def _first_few(sentences: list[str]) -> list[str]:
    if len(sentences) <= _MOST:
        return sentences
    return [*sentences[:_MOST], f"……共 {len(sentences)} 处"]


def _row_name(rows: Rows, table: str, row: Iterable[Any]) -> str:
    """Return a short Chinese name of a row: its table, its number and what it is about."""
    number, *values = row
    columns = dict(zip(rows.columns(table), values, strict=False))
    about = [str(columns[key]) for key in ("period", "code", "agency", "cell") if columns.get(key)]
    about = about or [str(columns[key]) for key in ("file", "name", "title") if columns.get(key)]
    return f"{_WORDS.get(table, table)}第 {number} 行" + (f"（{' '.join(about)}）" if about else "")


def _row_difference(rows: Rows, table: str, wanted: tuple[Any, ...], there: tuple[Any, ...]) -> str:
    most = max(len(wanted), len(there))
    pairs = zip(_padded(wanted, most), _padded(there, most), strict=True)
    odd = [_where_they_part(left, right) for left, right in pairs if left != right]
    cells = "，".join(f"清单里是“{left}”，数据库里是“{right}”" for left, right in odd[:3])
    return f"{_row_name(rows, table, wanted)}：{cells}"


def _padded(row: tuple[Any, ...], most: int) -> tuple[Any, ...]:
    return (*row, *("",) * (most - len(row)))


def _where_they_part(left: object, right: object) -> tuple[str, str]:
    """Return both texts; of long texts, only the part around the first difference."""
    texts = ["" if value is None else str(value) for value in (left, right)]
    if max(map(len, texts)) <= _LONGEST:
        return texts[0], texts[1]
    shared = next(
        (at for at, pair in enumerate(zip(*texts, strict=False)) if pair[0] != pair[1]),
        min(map(len, texts)),
    )
    start = max(0, shared - _LONGEST // 2)
    short = [
        ("……" if start else "")
        + text[start : start + _LONGEST]
        + ("……" if len(text) > start + _LONGEST else "")
        for text in texts
    ]
    return short[0], short[1]
