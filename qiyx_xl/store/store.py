"""The store: an append-only log in one SQLite file. docs/store.md explains it to the office.

Rollback journal, not WAL: the store is one file that can be copied, lies well on a network
share, and leaves nothing beside it. ``synchronous=EXTRA`` also puts the folder on the disk after
each commit; with FULL a power cut could bring the finished journal back and undo the commit.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from qiyx_xl.core.conflicts import redated
from qiyx_xl.core.versions import Outcome, saved_at, settle
from qiyx_xl.store.errors import StoreError, speaking
from qiyx_xl.store.originals import Originals
from qiyx_xl.store.rows import (
    LOGGED_RECORD,
    decision_columns,
    decision_of,
    finding_columns,
    logged_finding,
    logged_record,
    logged_run,
    moment_text,
    record_columns,
    saved_text,
    verdict_of,
)
from qiyx_xl.store.schema import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from qiyx_xl.core.conflicts import Decision
    from qiyx_xl.core.consolidation import Consolidation
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.submissions import LoggedFinding, LoggedRecord, LoggedRun, Record, Submission
    from qiyx_xl.core.versions import Settled

WAIT_SECONDS = 15.0


class Store:
    """What was accepted, from which cell of which file, and when.

    Use it as a context manager. Every method may raise StoreError, whose message is fit to
    show; nothing is written unless the whole of it is.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.originals = Originals.beside(path)
        self._connection = connection

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

    # --- one at a time -----------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out, and make everything inside one whole.

        Work out what to write from what is read inside. Inside another one it is part of it.

        Raises:
            StoreBusyError: another program is writing.
        """
        with self._transaction("IMMEDIATE"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one state of the store throughout, whatever others write meanwhile."""
        with self._transaction("DEFERRED"):
            yield

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[None]:
        if self._connection.in_transaction:
            yield
            return
        with speaking(self.path):
            self._connection.execute(f"BEGIN {kind}")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    # --- what is there -----------------------------------------------------------------------

    def versions(
        self, period: Period | None = None, *, code: str | None = None, until: int | None = None
    ) -> tuple[LoggedRecord, ...]:
        """Return every version of every figure as it was sent, in order of arrival.

        Args:
            period: of this period only.
            code: of this item only.
            until: as of the end of this run.
        """
        versions = self._sent(period, code, until)
        current = {
            index
            for figure in _figures(versions)
            for index, outcome in zip(figure, _settled(versions, figure).outcomes, strict=True)
            if outcome is Outcome.CURRENT
        }
        return tuple(
            replace(version, current=index in current) for index, version in enumerate(versions)
        )

    def logged_records(self, period: Period | None = None) -> tuple[Record, ...]:
        """Return the same without the log's own columns: what ``consolidate`` starts from."""
        return tuple(version.record for version in self._sent(period))

    def current_records(self, *, until: int | None = None) -> tuple[Record, ...]:
        """Return what stands, of all periods, by period, item and agency.

        Args:
            until: as it stood at the end of this run.
        """
        versions = self._sent(until=until)
        standing = (_settled(versions, figure).record for figure in _figures(versions))
        return tuple(sorted(standing, key=_place))

    def all_records(self) -> tuple[LoggedRecord, ...]:
        """Return every number with its source, by period, item, agency and time of saving.

        A file that says again what already stood adds no row; a number that a later file has
        replaced stays, with ``current`` False.
        """
        versions = self._sent()
        rows: list[LoggedRecord] = []
        for figure in _figures(versions):
            settled = _settled(versions, figure)
            for index, outcome in zip(figure, settled.outcomes, strict=True):
                if outcome is Outcome.CURRENT:
                    rows.append(replace(versions[index], record=settled.record, current=True))
                elif outcome in (Outcome.REVISED, Outcome.OVERTAKEN):
                    rows.append(versions[index])
        return tuple(sorted(rows, key=_row_place))

    def known_hashes(self) -> frozenset[str]:
        """Return the sha256 of every accepted file."""
        rows = self._select("SELECT sha256 FROM submissions WHERE status = 'accepted'")
        return frozenset(sha256 for (sha256,) in rows)

    def findings(self, period: Period) -> tuple[LoggedFinding, ...]:
        """Return what was last found in each file sent for a period, in order of arrival."""
        rows = self._select(
            """
            SELECT s.file, s.sha256, s.agency, runs.period, runs.at, runs.run,
                   f.code, f.severity, f.message, f.sheet, f.cell, f.header, f.value, f.suggestion
            FROM findings f JOIN submissions s USING (submission) JOIN runs USING (run)
            WHERE runs.period = ? AND s.submission = (
                SELECT max(submission) FROM submissions WHERE sha256 = s.sha256)
            ORDER BY f.finding
            """,
            (str(period),),
        )
        return tuple(map(logged_finding, rows))

    def runs(self) -> tuple[LoggedRun, ...]:
        """Return the consolidations that changed something, earliest first."""
        return tuple(map(logged_run, self._select("SELECT * FROM runs ORDER BY run")))

    def decisions(self, period: Period | None = None) -> tuple[Decision, ...]:
        """Return what people have decided, earliest first."""
        rows = self._select(
            """
            SELECT kind, at, by, reason, period, code, agency, value, other, other_value, sha256
            FROM decisions WHERE ?1 IS NULL OR period = ?1 ORDER BY decision
            """,
            (None if period is None else str(period),),
        )
        return tuple(map(decision_of, rows))

    def position(self) -> str:
        """Return a mark that changes with everything that is written: run.decision.closing."""
        ((run, decision, closing),) = self._select(
            """
            SELECT (SELECT coalesce(max(run), 0) FROM runs),
                   (SELECT coalesce(max(decision), 0) FROM decisions),
                   (SELECT coalesce(max(closing), 0) FROM closings)
            """
        )
        return f"{run}.{decision}.{closing}"

    # --- adding ------------------------------------------------------------------------------

    def commit(
        self, consolidation: Consolidation, originals: Mapping[str, Path], at: datetime
    ) -> int | None:
        """Book a consolidation, all or nothing, and keep the accepted files.

        Args:
            consolidation: worked out from this store, best inside ``writing()``.
            originals: where the accepted files are, by sha256.
            at: now.

        Returns:
            The run's number; None if there was nothing new to book, and nothing was written.

        Raises:
            StoreError: an accepted file has changed since it was checked, or cannot be kept.
        """
        with speaking(self.path), self.writing():
            known = self.known_hashes()
            accepted = [one for one in consolidation.accepted if one.sha256 not in known]
            taken = {one.sha256 for one in accepted} | known
            judged = [
                one
                for one in (*consolidation.returned, *consolidation.unreadable)
                if one.sha256 not in taken and self._is_news(one)
            ]
            if not accepted and not judged:
                return None
            self.originals.sweep()
            kept = {one.sha256: self._keep(one, originals) for one in accepted}
            run = self._add_run(consolidation, len(accepted), at)
            for submission in accepted:
                self._add_submission(run, submission, kept[submission.sha256])
            for submission in judged:
                self._add_submission(run, submission, None)
            return run

    def decide(self, decision: Decision) -> None:
        """Log a decision."""
        with speaking(self.path), self.writing():
            self._connection.execute(
                "INSERT INTO decisions (kind, at, by, reason, period, code, agency, value, other,"
                " other_value, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                decision_columns(decision),
            )

    def _keep(self, submission: Submission, originals: Mapping[str, Path]) -> Path:
        source = originals.get(submission.sha256)
        if source is None:
            raise StoreError(
                f"找不到“{submission.path}”的原件，这次没有写入任何内容。请再汇总一次。"
            )
        return self.originals.keep(submission.sha256, source)

    def _is_news(self, submission: Submission) -> bool:
        last = self._select(
            "SELECT verdict FROM submissions WHERE sha256 = ? ORDER BY submission DESC LIMIT 1",
            (submission.sha256,),
        )
        return last != [(verdict_of(submission),)]

    def _add_run(self, consolidation: Consolidation, accepted: int, at: datetime) -> int:
        cursor = self._connection.execute(
            "INSERT INTO runs (at, period, accepted, returned, unreadable, new, revised,"
            " unchanged, conflicts, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                moment_text(at),
                str(consolidation.period),
                accepted,
                len(consolidation.returned),
                len(consolidation.unreadable),
                len(consolidation.new),
                len(consolidation.revised),
                len(consolidation.unchanged),
                len(consolidation.conflicts),
                consolidation.reason,
            ),
        )
        return int(cursor.lastrowid or 0)

    def _add_submission(self, run: int, submission: Submission, original: Path | None) -> None:
        if original is not None:
            self._connection.execute(
                "INSERT INTO originals (sha256, name, bytes) VALUES (?, ?, ?)"
                " ON CONFLICT (sha256) DO NOTHING",
                (submission.sha256, original.name, original.stat().st_size),
            )
        cursor = self._connection.execute(
            "INSERT INTO submissions (run, file, sha256, status, agency, period, contact,"
            " saved_at, verdict, original) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                _file_name(submission),
                submission.sha256,
                submission.status.value,
                submission.agency,
                None if submission.period is None else str(submission.period),
                submission.contact,
                saved_text(submission),
                verdict_of(submission),
                None if original is None else submission.sha256,
            ),
        )
        number = cursor.lastrowid
        if original is not None:
            self._connection.executemany(
                "INSERT INTO records (submission, code, period, agency, kind, actual, second,"
                " remark, as_written, sheet, cell) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((number, *record_columns(record)) for record in submission.records),
            )
        self._connection.executemany(
            "INSERT INTO findings (submission, code, severity, message, sheet, cell, header,"
            " value, suggestion) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, *finding_columns(finding)) for finding in submission.findings),
        )

    # --- inside ------------------------------------------------------------------------------

    def _select(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with speaking(self.path):
            return self._connection.execute(query, values).fetchall()

    def _sent(
        self, period: Period | None = None, code: str | None = None, until: int | None = None
    ) -> list[LoggedRecord]:
        """Read versions in order of arrival, those that a person has preferred dated anew."""
        rows = self._select(
            LOGGED_RECORD + "WHERE (?1 IS NULL OR r.period = ?1) AND (?2 IS NULL OR r.code = ?2)"
            " AND (?3 IS NULL OR run <= ?3) ORDER BY r.record",
            (None if period is None else str(period), code, until),
        )
        decisions = self.decisions(period)
        if until is not None:
            moments = [run.at for run in self.runs() if run.run <= until]
            decisions = tuple(one for one in decisions if moments and one.at <= max(moments))
        versions = list(map(logged_record, rows))
        records = redated((version.record for version in versions), decisions)
        return [
            version if version.record is record else replace(version, record=record)
            for version, record in zip(versions, records, strict=True)
        ]


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


def _figures(versions: Iterable[LoggedRecord]) -> list[list[int]]:
    """Group the versions' positions by the figure they are about."""
    figures: dict[tuple[str, str, str], list[int]] = {}
    for index, version in enumerate(versions):
        figures.setdefault(version.record.key, []).append(index)
    return list(figures.values())


def _settled(versions: Sequence[LoggedRecord], figure: Sequence[int]) -> Settled:
    return settle([versions[index].record for index in figure])


def _place(record: Record) -> tuple[Period, int, str, str]:
    """Order by period, then by item (indicators by number, then the rest), then by agency."""
    number = int(record.code) if record.code.isdigit() else sys.maxsize
    return (record.period, number, record.code, record.agency)


def _row_place(row: LoggedRecord) -> tuple[Any, ...]:
    source = row.record.source
    sha256 = "" if source is None else source.sha256
    return (*_place(row.record), row.current, saved_at(row.record), sha256)


def _file_name(submission: Submission) -> str:
    for record in submission.records:
        if record.source is not None:
            return record.source.file
    return submission.path.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
