"""Which tables the log has, and how an older schema version is upgraded.

Nothing in the log is ever changed or removed: triggers refuse UPDATE and DELETE.

Values: moments are ISO 8601 text with their zone; periods are written ``2026Q3``; numbers are
decimal text, so that nothing is rounded; an actual is a kind and a text.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from qiyx_xl.store.errors import REBUILD, StoreError

# "QIYX" in ASCII: identifies our databases to this program and to the command `file`.
APPLICATION_ID = 0x51495958

_LOG = """
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    period TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    unreadable INTEGER NOT NULL,
    new INTEGER NOT NULL,
    revised INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE originals (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE submissions (
    submission INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('accepted', 'returned', 'unreadable')),
    agency TEXT,
    period TEXT,
    contact TEXT NOT NULL,
    saved_at TEXT,
    verdict TEXT NOT NULL,
    original TEXT REFERENCES originals,
    CHECK (status <> 'accepted' OR original IS NOT NULL)
) STRICT;
-- The same file can be accepted once only, whoever tries, in whatever order.
CREATE UNIQUE INDEX one_acceptance ON submissions (sha256) WHERE status = 'accepted';
CREATE INDEX submissions_by_hash ON submissions (sha256);

CREATE TABLE records (
    record INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submissions,
    code TEXT NOT NULL,
    period TEXT NOT NULL,
    agency TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN
        ('number', 'word', 'not_applicable', 'blank', 'unreadable')),
    actual TEXT NOT NULL,
    second TEXT,
    remark TEXT NOT NULL,
    as_written TEXT NOT NULL,
    sheet TEXT NOT NULL,
    cell TEXT NOT NULL,
    UNIQUE (submission, period, code, agency, sheet, cell)
) STRICT;
CREATE INDEX records_by_period ON records (period);
CREATE INDEX records_by_code ON records (code, period);

CREATE TABLE findings (
    finding INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submissions,
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
    message TEXT NOT NULL,
    sheet TEXT,
    cell TEXT,
    header TEXT,
    value TEXT,
    suggestion TEXT
) STRICT;
CREATE INDEX findings_by_submission ON findings (submission);

CREATE TABLE decisions (
    decision INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('figure', 'version', 'confirmed')),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    period TEXT NOT NULL,
    code TEXT NOT NULL,
    agency TEXT NOT NULL,
    value TEXT NOT NULL,
    other TEXT NOT NULL,
    other_value TEXT NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE closings (
    closing INTEGER PRIMARY KEY,
    action TEXT NOT NULL CHECK (action IN ('close', 'reopen')),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    period TEXT NOT NULL,
    reason TEXT NOT NULL,
    plan_version TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    ledger TEXT REFERENCES originals,
    lines TEXT NOT NULL,
    CHECK (action <> 'reopen' OR reason <> '')
) STRICT;
"""

# The whole text of the rule file in force: its version alone would not reproduce the scores.
_CLOSING_RULES = "ALTER TABLE closings ADD COLUMN rules TEXT NOT NULL DEFAULT '';\n"

_PUBLICATIONS = """
CREATE TABLE publications (
    publication INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    period TEXT NOT NULL,
    plan_version TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    lines TEXT NOT NULL,
    placings TEXT NOT NULL
) STRICT;
CREATE INDEX publications_by_period ON publications (period);
"""

# The lists of projects as the office imported them, and what agencies reported about them.
_PROJECTS = """
CREATE TABLE project_lists (
    list INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    document TEXT NOT NULL
) STRICT;

CREATE TABLE project_records (
    project_record INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submissions,
    code TEXT NOT NULL,
    period TEXT NOT NULL,
    agency TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN
        ('number', 'date', 'word', 'not_applicable', 'blank', 'unreadable')),
    value TEXT NOT NULL,
    remark TEXT NOT NULL,
    as_written TEXT NOT NULL,
    sheet TEXT NOT NULL,
    cell TEXT NOT NULL,
    UNIQUE (submission, period, code, agency, sheet, cell)
) STRICT;
CREATE INDEX project_records_by_code ON project_records (code, period);
"""

# 例会 and 调度: the figures each meeting saw, and every change of a matter with its full state.
_MEETINGS = """
CREATE TABLE meetings (
    meeting INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    day TEXT NOT NULL,
    period TEXT NOT NULL,
    plan_version TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    lines TEXT NOT NULL
) STRICT;

CREATE TABLE matter_events (
    matter_event INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('open', 'change', 'settle', 'reopen')),
    matter TEXT NOT NULL,
    title TEXT NOT NULL CHECK (title <> ''),
    agency TEXT NOT NULL,
    deadline TEXT NOT NULL,
    raised TEXT NOT NULL,
    settled TEXT,
    item TEXT NOT NULL,
    period TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE INDEX matter_events_by_matter ON matter_events (matter);
"""

# Both project lists with their lamps, frozen at the closing like the indicators' figures.
_CLOSING_PROJECTS = "ALTER TABLE closings ADD COLUMN projects TEXT NOT NULL DEFAULT '';\n"

# The chain of bookings (``store.chain``): each entry's seal covers all rows up to it.
_ENTRIES = """
CREATE TABLE entries (
    entry INTEGER PRIMARY KEY,
    before TEXT NOT NULL CHECK (length(before) = 64),
    rows TEXT NOT NULL,
    seal TEXT NOT NULL CHECK (length(seal) = 64)
) STRICT;
"""

# The plans that the office has adopted, each whole, and from which period on each is in force; and
# the digest of the plan by which a period was closed.
_PLANS = """
CREATE TABLE plans (
    plan INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    since TEXT NOT NULL,
    plan_id TEXT NOT NULL CHECK (plan_id <> ''),
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    document TEXT NOT NULL
) STRICT;
ALTER TABLE closings ADD COLUMN plan TEXT NOT NULL DEFAULT '';
"""

# What was attached to a task or a figure, in the agency's words; and the tasks' lines of a closing.
_TASKS = """
ALTER TABLE project_records ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE closings ADD COLUMN tasks TEXT NOT NULL DEFAULT '';
"""

# A column added to a table must have the default '' (see ``store.chain.Rows``).
# Step n takes a database from schema version n to n + 1.
MIGRATIONS: tuple[str, ...] = (
    *(_LOG, _PUBLICATIONS, _CLOSING_RULES, _PROJECTS, _MEETINGS),
    *(_CLOSING_PROJECTS, _ENTRIES, _PLANS, _TASKS),
)


def prepare(connection: sqlite3.Connection, name: str) -> None:
    """Upgrade an empty or older database to the current schema, all or nothing.

    Raises:
        StoreError: another program or a newer version of this one made the database.
        sqlite3.Error: it cannot be read or written.
    """
    if is_current(connection, name):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, name)  # again, now that other writers are locked out
        check(connection, name)
        for step in MIGRATIONS[version:]:
            _run(connection, step)
        _guard_every_table(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def is_current(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a database has the current schema version.

    Raises:
        StoreError: another program or a newer version of this one made the database.
        sqlite3.Error: it cannot be read.
    """
    return _version(connection, name) == len(MIGRATIONS)


def check(connection: sqlite3.Connection, name: str) -> None:
    """Check that tables, indexes and triggers are exactly those of the schema version.

    Raises:
        StoreError: they are not; the message names the first difference.
        sqlite3.Error: the database cannot be read.
    """
    found = differences(connection, _version(connection, name))
    if found:
        raise StoreError(f"“{name}”已经损坏，没有改动它：{found[0]}。{REBUILD}。")


def differences(connection: sqlite3.Connection, version: int | None = None) -> tuple[str, ...]:
    """Return a phrase for each table, index and trigger that differs from a schema version."""
    wanted = _expected(len(MIGRATIONS) if version is None else version, MIGRATIONS)
    there = _objects(connection)
    found = [
        f"{'少了' if key not in there else '改动过'}{_KINDS.get(key[0], key[0])} {key[1]}"
        for key, sql in wanted.items()
        if key not in there or there[key] != sql
    ]
    found += [f"多出{_KINDS.get(kind, kind)} {name}" for kind, name in there.keys() - wanted.keys()]
    return tuple(sorted(found))


_KINDS = {"table": "表", "index": "索引", "trigger": "触发器", "view": "视图"}
_Objects = dict[tuple[str, str], str | None]


def _objects(connection: sqlite3.Connection) -> _Objects:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    # The table that an index or trigger belongs to is compared, too.

    return {(kind, name): sql and f"{table}: {sql}" for kind, name, table, sql in rows}


@lru_cache(maxsize=4)
def _expected(version: int, steps: tuple[str, ...]) -> _Objects:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for step in steps[:version]:
            _run(connection, step)
        if version:
            _guard_every_table(connection)
        return _objects(connection)
    finally:
        connection.close()


def _version(connection: sqlite3.Connection, name: str) -> int:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if owner != APPLICATION_ID and (owner, version, tables) != (0, 0, 0):
        raise StoreError(f"“{name}”是别的程序的数据库，没有改动它。请用 --store 指明正确的文件。")
    if version < 0:
        raise StoreError(f"“{name}”已经损坏，没有改动它：结构版本是 {version}。{REBUILD}。")
    if version > len(MIGRATIONS):
        raise StoreError(
            f"“{name}”是新版本程序写的（第 {version} 版，本程序只到第 {len(MIGRATIONS)} 版），"
            "没有改动它。请升级 qiyx-xl 后再用。"
        )
    return int(version)


def _run(connection: sqlite3.Connection, script: str) -> None:
    # executescript() would commit first; statements end with ";" at a line's end.
    for statement in script.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _guard_every_table(connection: sqlite3.Connection) -> None:
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for (table,) in tables:
        for action in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER IF NOT EXISTS {table}_keeps_{action.lower()} "
                f"BEFORE {action} ON {table} "
                "BEGIN SELECT raise(ABORT, 'append-only'); END"
            )
