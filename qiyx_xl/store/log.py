"""What the log contains: queries for records, files, findings, decisions and events."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from qiyx_xl.core.consolidation.conflicts import redated
from qiyx_xl.core.consolidation.versions import Outcome, resolve_versions
from qiyx_xl.core.history.closing import closing_in_force
from qiyx_xl.core.primitives.memo import uninterrupted
from qiyx_xl.core.records.anchor import SEAL_LENGTH, Anchor
from qiyx_xl.core.records.log_entries import LoggedRecord
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import saved_at
from qiyx_xl.store import plans as plan_table
from qiyx_xl.store.errors import decoding, raising_store_errors
from qiyx_xl.store.projects import ProjectLog, matter_event_of, meeting_of
from qiyx_xl.store.rows import (
    Arrival,
    arrival_of,
    closing_of,
    decision_of,
    logged_file,
    logged_finding,
    logged_run,
    publication_of,
    record_of,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.core.consolidation.conflicts import Decision
    from qiyx_xl.core.consolidation.versions import ResolvedVersions
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.history.matters import MatterEvent, Meeting
    from qiyx_xl.core.history.publications import Publication
    from qiyx_xl.core.plan.timeline import Adoption
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.log_entries import LoggedFile, LoggedFinding, LoggedRun


_Value = TypeVar("_Value")
# The tables whose last rows make a ledger's position.
_SHOWN = ("runs", "decisions", "closings", "matter_events", "project_lists", "plans")


class Log(ProjectLog):
    """Reads what has been booked; any method may raise StoreError with a message for the user."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    # --- one at a time -----------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one consistent state of the store, even if others write meanwhile."""
        if self._connection.in_transaction:
            yield
            return
        with raising_store_errors(self.path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    # --- what is there -----------------------------------------------------------------------

    def versions(
        self, period: Period | None = None, *, code: str | None = None, until: int | None = None
    ) -> tuple[LoggedRecord, ...]:
        """Return every version of every figure as it was sent, in order of arrival.

        Args:
            period: only versions for this period.
            code: only versions of this item.
            until: the state at the end of this run.
        """
        versions = self._sent(period, code, until)
        current = {
            id(record)
            for figure in _figures(versions)
            for (record, _), outcome in zip(figure, _resolved(figure).outcomes, strict=True)
            if outcome is Outcome.CURRENT
        }
        return tuple(
            _logged(record, arrival, current=id(record) in current) for record, arrival in versions
        )

    def logged_records(self, period: Period | None = None) -> tuple[Record, ...]:
        """Return the versions as records, without the log's own columns, for ``consolidate``."""
        return tuple(record for record, _ in self._sent(period))

    def current_records(self, *, until: int | None = None) -> tuple[Record, ...]:
        """Return the current record of every figure of all periods, by period, item and agency.

        Args:
            until: the state at the end of this run.
        """
        with uninterrupted():
            return tuple(_resolved(figure).record for figure in self._ordered(until))

    def all_records(self) -> tuple[LoggedRecord, ...]:
        """Return every number with its source, by period, item, agency and time of saving.

        A file that repeats a current number adds no row; a number that a later file has replaced
        is kept, with ``current`` False.
        """
        return self.current_and_all_records()[1]

    def current_and_all_records(
        self, *, until: int | None = None
    ) -> tuple[tuple[Record, ...], tuple[LoggedRecord, ...]]:
        """Return ``current_records`` and ``all_records`` together, reading the log only once.

        Args:
            until: the state at the end of this run.
        """
        with uninterrupted():
            figures = [(figure, _resolved(figure)) for figure in self._ordered(until)]
            return (
                tuple(resolved.record for _, resolved in figures),
                tuple(
                    row for figure, resolved in figures for row in _logged_rows(figure, resolved)
                ),
            )

    def known_hashes(self) -> frozenset[str]:
        """Return the sha256 of every accepted file."""
        rows = self._select("SELECT sha256 FROM submissions WHERE status = 'accepted'")
        return frozenset(sha256 for (sha256,) in rows)

    def findings(self, period: Period) -> tuple[LoggedFinding, ...]:
        """Return the latest findings of each file sent for a period, in order of arrival."""
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
        return self._each(logged_finding, rows)

    def runs(self) -> tuple[LoggedRun, ...]:
        """Return the consolidations that changed something, earliest first."""
        return self._each(logged_run, self._select("SELECT * FROM runs ORDER BY run"))

    def decisions(
        self, period: Period | None = None, *, until: int | None = None
    ) -> tuple[Decision, ...]:
        """Return what people have decided, earliest first.

        Args:
            period: only decisions about this period.
            until: the state at the end of this run.
        """
        rows = self._select(
            """
            SELECT kind, at, by, reason, period, code, agency, value, other, other_value, sha256
            FROM decisions WHERE ?1 IS NULL OR period = ?1 ORDER BY decision
            """,
            (None if period is None else str(period),),
        )
        decisions = self._each(decision_of, rows)
        if until is None:
            return decisions
        moments = [run.at for run in self.runs() if run.run <= until]
        return tuple(decision for decision in decisions if moments and decision.at <= max(moments))

    def closings(self, period: Period | None = None) -> tuple[Closing, ...]:
        """Return the closings and reopenings, earliest first."""
        rows = self._select(
            """
            SELECT action, at, by, period, reason, plan_version, rules_version, ledger, lines,
                   rules, projects, plan, tasks
            FROM closings WHERE ?1 IS NULL OR period = ?1 ORDER BY closing
            """,
            (None if period is None else str(period),),
        )
        return self._each(closing_of, rows)

    def plans(self) -> tuple[Adoption, ...]:
        """Return the plans that the office has adopted, earliest first.

        None in a store that was made before there were such bookings; its next booking brings the
        plan in force.
        """
        rows = self._select(f"SELECT {plan_table.COLUMNS} FROM plans ORDER BY plan")  # noqa: S608
        return self._each(plan_table.adoption_of, rows)

    def publications(self) -> tuple[Publication, ...]:
        """Return what has been published, earliest first."""
        rows = self._select(
            "SELECT day, period, plan_version, rules_version, lines, placings"
            " FROM publications ORDER BY publication"
        )
        return self._each(publication_of, rows)

    def meetings(self) -> tuple[Meeting, ...]:
        """Return the meetings, in the order in which they were booked."""
        rows = self._select(
            "SELECT at, day, period, plan_version, rules_version, lines"
            " FROM meetings ORDER BY meeting"
        )
        return self._each(meeting_of, rows)

    def matter_events(self) -> tuple[MatterEvent, ...]:
        """Return the changes of the meetings' matters, earliest first."""
        rows = self._select(
            "SELECT at, by, action, matter, title, agency, deadline, raised, settled, item,"
            " period, note FROM matter_events ORDER BY matter_event"
        )
        return self._each(matter_event_of, rows)

    def files(self, period: Period) -> tuple[LoggedFile, ...]:
        """Return every file sent for a period with its latest verdict, in order of arrival."""
        rows = self._select(
            """
            SELECT s.file, s.sha256, s.agency, runs.period, s.status, s.contact, runs.at, runs.run,
                   count(f.finding) FILTER (WHERE f.severity = 'error'),
                   count(f.finding) FILTER (WHERE f.severity = 'warning')
            FROM submissions s JOIN runs USING (run) LEFT JOIN findings f USING (submission)
            WHERE runs.period = ? AND s.submission = (
                SELECT max(submission) FROM submissions WHERE sha256 = s.sha256)
            GROUP BY s.submission ORDER BY s.submission
            """,
            (str(period),),
        )
        return self._each(logged_file, rows)

    def contacts(self) -> dict[str, str]:
        """Return what each agency last wrote as its contact."""
        rows = self._select(
            "SELECT agency, contact FROM submissions"
            " WHERE agency IS NOT NULL AND trim(contact) <> '' ORDER BY submission"
        )
        return dict(rows)

    def closing(self, period: Period) -> Closing | None:
        """Return the closing in force for a period; None while it is open."""
        return closing_in_force(self.closings(period), period)

    def position(self) -> str:
        """Return a text that changes with everything a ledger shows: run.decision.closing.

        If there are matters of meetings, ".n" with the number of their last event follows; if
        there are lists of projects, "+n" with the number of the last import follows; if a plan was
        adopted after the first one, another "+n" with the number of plans.
        """
        ((run, decision, closing, matter, listed, plans),) = self._select(
            """
            SELECT (SELECT coalesce(max(run), 0) FROM runs),
                   (SELECT coalesce(max(decision), 0) FROM decisions),
                   (SELECT coalesce(max(closing), 0) FROM closings),
                   (SELECT coalesce(max(matter_event), 0) FROM matter_events),
                   (SELECT coalesce(max(list), 0) FROM project_lists),
                   (SELECT coalesce(max(plan), 0) FROM plans)
            """
        )
        mark = f"{run}.{decision}.{closing}"
        mark = f"{mark}.{matter}" if matter else mark
        if plans > 1:
            return f"{mark}+{listed}+{plans}"
        return f"{mark}+{listed}" if listed else mark

    def anchor(self) -> Anchor:
        """Return ``position``, the first booking that reached it, and that booking's seal."""
        position = self.position()
        rows = self._select("SELECT entry, rows, seal FROM entries ORDER BY entry DESC")
        found: tuple[int, str] | None = None
        shown: list[int] = []
        with decoding(self.path):
            for entry, text, seal in rows:
                last = json.loads(text)
                counts = [last.get(table, 0) for table in _SHOWN]
                if not shown:
                    shown = counts
                if counts != shown:
                    break
                found = (entry, seal[:SEAL_LENGTH])
        if found is None or not any(shown):
            return Anchor(position)
        return Anchor(position, *found)

    def has(self, anchor: Anchor) -> bool:
        """Whether this log contains the booking that an anchor names."""
        if anchor.entry:
            seals = self._select("SELECT seal FROM entries WHERE entry = ?", (anchor.entry,))
            return [seal[:SEAL_LENGTH] for (seal,) in seals] == [anchor.seal]
        return not anchor.goes_beyond(Anchor(self.position()))

    # --- inside ------------------------------------------------------------------------------

    def _select(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with raising_store_errors(self.path):
            return self._connection.execute(query, values).fetchall()

    def _each(
        self, convert: Callable[[tuple[Any, ...]], _Value], rows: Iterable[tuple[Any, ...]]
    ) -> tuple[_Value, ...]:
        with decoding(self.path):
            return tuple(map(convert, rows))

    def _ordered(self, until: int | None) -> list[list[_Version]]:
        """Return the versions of each figure, figures in the order of ``all_records``."""
        return sorted(_figures(self._sent(until=until)), key=_sort_key)

    def _sent(
        self, period: Period | None = None, code: str | None = None, until: int | None = None
    ) -> list[_Version]:
        """Return the versions in order of arrival, with the dates that decisions have changed."""
        files = self._select(
            "SELECT submission, file, sha256, saved_at, at, run, runs.reason"
            " FROM submissions JOIN runs USING (run)"
            " WHERE status = 'accepted' AND (?1 IS NULL OR run <= ?1)",
            (until,),
        )
        numbers = self._select(
            "SELECT submission, code, period, agency, kind, actual, second, remark, as_written,"
            " sheet, cell, evidence FROM records"
            " WHERE (?1 IS NULL OR period = ?1) AND (?2 IS NULL OR code = ?2) ORDER BY record",
            (None if period is None else str(period), code),
        )
        with decoding(self.path):
            arrivals = {row[0]: arrival_of(row[1:]) for row in files}
            versions = [
                (record_of(row[1:], arrival), arrival)
                for row in numbers
                if (arrival := arrivals.get(row[0])) is not None
            ]
        decisions = self.decisions(period, until=until)
        records = redated((record for record, _ in versions), decisions)
        return [(record, arrival) for record, (_, arrival) in zip(records, versions, strict=True)]


_Version = tuple[Record, Arrival]
_REPLACED = (Outcome.REVISED, Outcome.OVERTAKEN)


def _figures(versions: Iterable[_Version]) -> list[list[_Version]]:
    """Group versions by figure, keeping their order."""
    figures: dict[tuple[str, str, str], list[_Version]] = {}
    for version in versions:
        figures.setdefault(version[0].key, []).append(version)
    return list(figures.values())


def _resolved(figure: Iterable[_Version]) -> ResolvedVersions:
    return resolve_versions([record for record, _ in figure])


def _logged_rows(figure: Sequence[_Version], resolved: ResolvedVersions) -> Iterator[LoggedRecord]:
    """Yield the replaced versions, earliest saved first, and then the current one."""
    replaced, current = [], None
    for version, outcome in zip(figure, resolved.outcomes, strict=True):
        if outcome is Outcome.CURRENT:
            current = version
        elif outcome in _REPLACED:
            replaced.append(version)
    if len(replaced) > 1:
        replaced.sort(key=_saved)
    for record, arrival in replaced:
        yield _logged(record, arrival, current=False)
    if current is not None:
        yield _logged(resolved.record, current[1], current=True)


def _logged(record: Record, arrival: Arrival, *, current: bool) -> LoggedRecord:
    return LoggedRecord(record, arrival.accepted_at, arrival.run, current, arrival.reason)


def _sort_key(figure: Sequence[_Version]) -> tuple[tuple[int, int, int], int, str, str]:
    """Return the sort key: period, item (indicators by number, then the rest), agency."""
    record = figure[0][0]
    return (record.period.order, *_code_sort_key(record.code), record.agency)


@cache
def _code_sort_key(code: str) -> tuple[int, str]:
    return (int(code) if code.isdigit() else sys.maxsize, code)


def _saved(version: _Version) -> tuple[datetime, str]:
    record, arrival = version
    return (saved_at(record.source), arrival.sha256)
