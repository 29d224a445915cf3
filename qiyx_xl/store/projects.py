"""How lists of projects, reports on them, meetings and matters are stored in the log."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.history.matters import Matter, MatterAction, MatterEvent, Meeting
from qiyx_xl.core.plan.project_list import ProjectList, projects_document, projects_from_document
from qiyx_xl.core.primitives.codec import (
    date_of,
    date_text,
    decode_value,
    encode_value,
    moment_of,
    moment_text,
)
from qiyx_xl.core.records.project_record import (
    LoggedProjectRecord,
    ProjectBook,
    ProjectRecord,
    current_project_records,
)
from qiyx_xl.core.records.source import Source
from qiyx_xl.store.errors import decoding
from qiyx_xl.store.rows import figures_of, period_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.core.primitives.periods import Period

INSERT_PROJECT_LIST = "INSERT INTO project_lists (at, file, sha256, document) VALUES (?, ?, ?, ?)"
INSERT_PROJECT_RECORD = (
    "INSERT INTO project_records (submission, code, period, agency, kind, value, remark,"
    " as_written, sheet, cell, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SENT = """
SELECT r.code, r.period, r.agency, r.kind, r.value, r.remark, r.as_written, r.evidence, r.sheet,
       r.cell, s.file, s.sha256, s.saved_at, runs.at, runs.run
FROM project_records r JOIN submissions s USING (submission) JOIN runs USING (run)
WHERE (?1 IS NULL OR run <= ?1)
ORDER BY r.project_record
"""


class ProjectLog:
    """The part of the log that is about projects."""

    path: Path

    def _select(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def project_list(self, *, as_of: datetime | None = None) -> ProjectList:
        """Return the lists in force: those imported last; empty lists if there was no import.

        Args:
            as_of: the lists in force at this moment.
        """
        rows = self._select("SELECT at, document FROM project_lists ORDER BY list")
        with decoding(self.path):
            known = [text for at, text in rows if as_of is None or moment_of(at) <= as_of]
            return projects_from_document(json.loads(known[-1])) if known else ProjectList()

    def project_records(
        self, *, until: int | None = None, as_of: datetime | None = None
    ) -> tuple[LoggedProjectRecord, ...]:
        """Return every value that was reported about projects, in order of arrival.

        Args:
            until: the state at the end of this run.
            as_of: the state at this moment.
        """
        rows = self._select(_SENT, (until,))
        with decoding(self.path):
            sent = list(map(_logged, rows))
        logged = [entry for entry in sent if as_of is None or entry.accepted_at <= as_of]
        current = current_project_records(entry.record for entry in logged)
        in_force = {id(record) for record in current.values()}
        return tuple(replace(entry, current=id(entry.record) in in_force) for entry in logged)

    def project_book(
        self, *, until: int | None = None, as_of: datetime | None = None
    ) -> ProjectBook:
        """Return the lists in force with the current reported values of all periods.

        Args:
            until: values as current at the end of this run, but with today's lists.
            as_of: lists and values as current at this moment.
        """
        sent = (entry.record for entry in self.project_records(until=until, as_of=as_of))
        current = current_project_records(sent)
        records = tuple(current[key] for key in sorted(current))
        return ProjectBook(self.project_list(as_of=as_of), records)


def list_columns(listed: ProjectList, *, file: str, sha256: str, at: datetime) -> tuple[Any, ...]:
    """Return the columns of the table ``project_lists`` for the lists, in the table's order."""
    document = json.dumps(projects_document(listed), ensure_ascii=False)
    return (moment_text(at), file, sha256, document)


def project_columns(record: ProjectRecord) -> tuple[Any, ...]:
    """Return a record's columns from code to evidence, in the table's order."""
    source = record.source
    return (
        record.code,
        str(record.period),
        record.agency,
        *encode_value(record.value),
        record.remark,
        record.as_written,
        "" if source is None else source.sheet,
        "" if source is None else source.cell,
        record.evidence,
    )


def _logged(row: tuple[Any, ...]) -> LoggedProjectRecord:
    code, period, agency, kind, value, remark, as_written, evidence, *rest = row
    sheet, cell, file, sha256, saved_at, at, run = rest
    source = Source(file, sha256, sheet, cell, None if saved_at is None else moment_of(saved_at))
    when: Period = period_of(period)
    record = ProjectRecord(
        code, when, agency, decode_value(kind, value), remark, as_written, source, evidence
    )
    return LoggedProjectRecord(record, moment_of(at), run, current=False)


# --- Converting meetings and matters to table rows and back --------------------------------------


def meeting_columns(meeting: Meeting) -> tuple[Any, ...]:
    """Return a meeting's columns, in the table's order."""
    return (
        moment_text(meeting.at),
        meeting.day.isoformat(),
        str(meeting.period),
        meeting.plan_version,
        meeting.rules_version,
        json.dumps([figure.to_json() for figure in meeting.figures], ensure_ascii=False),
    )


def meeting_of(row: tuple[Any, ...]) -> Meeting:
    """Return the meeting of a row; the row is without its number."""
    at, day, period, plan_version, rules_version, figures = row
    return Meeting(
        moment_of(at),
        date.fromisoformat(day),
        period_of(period),
        plan_version,
        rules_version,
        figures_of(figures, period_of(period)),
    )


def matter_columns(event: MatterEvent) -> tuple[Any, ...]:
    """Return an event's columns, in the table's order."""
    matter = event.matter
    return (
        moment_text(event.at),
        event.by,
        event.action.value,
        matter.number,
        matter.title,
        matter.agency,
        matter.deadline.isoformat(),
        matter.raised.isoformat(),
        date_text(matter.settled),
        matter.item,
        matter.period,
        matter.note,
    )


def matter_event_of(row: tuple[Any, ...]) -> MatterEvent:
    """Return the event of a row; the row is without its number."""
    at, by, action, number, title, agency, deadline, raised, settled, item, period, note = row
    matter = Matter(
        number=number,
        title=title,
        agency=agency,
        deadline=date.fromisoformat(deadline),
        raised=date.fromisoformat(raised),
        settled=date_of(settled),
        item=item,
        period=period,
        note=note,
    )
    return MatterEvent(moment_of(at), by, MatterAction(action), matter)
