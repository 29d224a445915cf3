"""How the core's values are converted to table rows and back."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from qiyx_xl.core.consolidation.conflicts import Decision, DecisionKind
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.history.closing import Action, Closing
from qiyx_xl.core.history.publications import Placing, Publication
from qiyx_xl.core.history.snapshot import Figure
from qiyx_xl.core.primitives.codec import (
    decode_actual,
    encode_actual,
    moment_of,
    moment_text,
    number_of,
    number_text,
)
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.log_entries import LoggedFile, LoggedFinding, LoggedRun
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source, instant
from qiyx_xl.core.records.submission import SubmissionStatus

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from qiyx_xl.core.records.submission import Submission

_KEPT = 4096

period_of = lru_cache(maxsize=_KEPT)(Period.parse)


def record_columns(record: Record) -> tuple[Any, ...]:
    """Return a record's columns from code to evidence, in the table's order."""
    source = record.source
    return (
        record.code,
        str(record.period),
        record.agency,
        *encode_actual(record.actual),
        number_text(record.second),
        record.remark,
        record.as_written,
        "" if source is None else source.sheet,
        "" if source is None else source.cell,
        record.evidence,
    )


class Arrival(NamedTuple):
    """What all records of one file share: the file, its saving time, and the run that took it."""

    file: str
    sha256: str
    saved_at: datetime | None
    accepted_at: datetime
    run: int
    reason: str


def arrival_of(row: tuple[Any, ...]) -> Arrival:
    """Return the arrival of a row: file, sha256, saved_at, at, run, reason."""
    file, sha256, saved_at, at, run, reason = row
    saved = None if saved_at is None else moment_of(saved_at)
    return Arrival(file, sha256, saved, moment_of(at), run, reason)


def record_of(row: tuple[Any, ...], arrival: Arrival) -> Record:
    """Return the record of a row: its columns from code to evidence, in the table's order."""
    code, period, agency, kind, actual, second, remark, as_written, sheet, cell, evidence = row
    return Record(
        code,
        period_of(period),
        agency,
        decode_actual(kind, actual),
        number_of(second),
        remark,
        as_written,
        Source(arrival.file, arrival.sha256, sheet, cell, arrival.saved_at),
        evidence,
    )


def finding_columns(finding: Finding) -> tuple[Any, ...]:
    """Return a finding's own columns, in the table's order."""
    return (
        finding.code,
        finding.severity.value,
        finding.message,
        finding.sheet,
        finding.cell,
        finding.header,
        finding.value,
        finding.suggestion,
    )


def logged_finding(row: sqlite3.Row | tuple[Any, ...]) -> LoggedFinding:
    """Return the finding of a row: file, sha256, agency, period, at, run, then its own columns."""
    file, sha256, agency, period, at, run, code, severity, *rest = row
    finding = Finding(code, Severity(severity), *rest)
    return LoggedFinding(file, sha256, agency, period_of(period), finding, moment_of(at), run)


def logged_run(row: tuple[Any, ...]) -> LoggedRun:
    """Return the run of a row of the table ``runs``."""
    run, at, period, *counts_and_reason = row
    return LoggedRun(run, moment_of(at), period_of(period), *counts_and_reason)


def decision_columns(decision: Decision) -> tuple[Any, ...]:
    """Return a decision's columns, in the table's order."""
    return (
        decision.kind.value,
        moment_text(decision.at),
        decision.by,
        decision.reason,
        str(decision.period),
        decision.code,
        decision.agency,
        decision.value,
        decision.other,
        decision.other_value,
        decision.sha256,
    )


def decision_of(row: tuple[Any, ...]) -> Decision:
    """Return the decision of a row; the row is without its number."""
    kind, at, by, reason, period, *rest = row
    return Decision(DecisionKind(kind), moment_of(at), by, reason, period_of(period), *rest)


def closing_columns(closing: Closing) -> tuple[Any, ...]:
    """Return a closing's columns, in the table's order."""
    return (
        closing.action.value,
        moment_text(closing.at),
        closing.by,
        str(closing.period),
        closing.reason,
        closing.plan_version,
        closing.rules_version,
        closing.ledger or None,
        _json_text(closing.figures),
        closing.rules,
        closing.projects,
        closing.plan,
        closing.tasks,
    )


def closing_of(row: tuple[Any, ...]) -> Closing:
    """Return the closing of a row; the row is without its number."""
    action, at, by, period, reason, plan_version, rules_version, ledger, figures, *rest = row
    return Closing(
        Action(action),
        period_of(period),
        moment_of(at),
        by,
        reason,
        plan_version,
        rules_version,
        figures_of(figures, period_of(period)),
        ledger or "",
        *rest,
    )


def publication_columns(publication: Publication) -> tuple[Any, ...]:
    """Return a publication's columns, in the table's order."""
    return (
        publication.day.isoformat(),
        str(publication.period),
        publication.plan_version,
        publication.rules_version,
        _json_text(publication.figures),
        _json_text(publication.placings),
    )


def publication_of(row: tuple[Any, ...]) -> Publication:
    """Return the publication of a row; the row is without its number."""
    day, period, plan_version, rules_version, figures, placings = row
    return Publication(
        period_of(period),
        date.fromisoformat(day),
        plan_version,
        rules_version,
        figures_of(figures, period_of(period)),
        tuple(map(Placing.from_json, json.loads(placings))),
    )


def figures_of(text: str, period: Period) -> tuple[Figure, ...]:
    """Return the figures that a column holds as JSON, frozen for a period."""
    return tuple(Figure.from_json(figure, period) for figure in json.loads(text))


def logged_file(row: tuple[Any, ...]) -> LoggedFile:
    """Return the file of a row: the columns that ``Log.files`` selects, in that order."""
    file, sha256, agency, period, status, contact, at, run, errors, warnings = row
    return LoggedFile(
        file,
        sha256,
        agency,
        period_of(period),
        SubmissionStatus(status),
        contact,
        moment_of(at),
        run,
        errors,
        warnings,
    )


def _json_text(entries: Iterable[Figure] | Iterable[Placing]) -> str:
    return json.dumps([entry.to_json() for entry in entries], ensure_ascii=False)


def saved_text(submission: Submission) -> str | None:
    """Return in UTC when a file was saved: as consolidation set it, else as the file says."""
    sources = (
        *(record.source for record in submission.records),
        *(record.source for record in submission.projects),
    )
    for source in sources:
        if source is not None and source.saved_at is not None:
            return moment_text(instant(source.saved_at))
    return None if submission.modified is None else moment_text(instant(submission.modified))


def verdict_of(submission: Submission) -> str:
    """Return a short digest of status, agency and findings; an equal one is the same verdict."""
    found = [finding_columns(finding) for finding in submission.findings]
    text = json.dumps([submission.status.value, submission.agency, found], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
