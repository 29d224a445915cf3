"""A store with records in it, as if agencies had sent them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qiyx_xl.app import Office
from qiyx_xl.core.consolidation.merge import consolidate
from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from support.written_files import written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record

AT = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)


def office_at(folder: Path, plan: Plan, rules: Rules) -> Office:
    """An office in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return Office.at(folder / "七优享台账.xlsm", plan=plan, rules=rules)


def book(office: Office, records: Sequence[Record], at: datetime = AT) -> None:
    """Take in one file from each agency for each period."""
    for period in sorted({record.period for record in records}):
        theirs = [record for record in records if record.period == period]
        sent = [
            _submission(office, period, agency, [r for r in theirs if r.agency == agency])
            for agency in dict.fromkeys(record.agency for record in theirs)
        ]
        with office.open_store() as store, store.writing():
            outcome = consolidate(
                office.plans.latest,
                period,
                store.logged_records(),
                sent,
                store.known_hashes(),
                at=at,
            )
            store.commit(outcome, {path.sha256: _path(office, path) for path in sent}, at)


def _submission(
    office: Office, period: Period, agency: str, records: Sequence[Record]
) -> Submission:
    path = office.store.parent / f"{agency}_{period}.xlsx"
    digest = written(path, f"{agency} {period} {records}")
    sourced = tuple(
        replace(record, source=replace(record.source, file=path.name, sha256=digest))
        for record in records
        if record.source is not None
    )
    return Submission(
        str(path), digest, SubmissionStatus.ACCEPTED, agency, period, "王敏 0574", AT, sourced
    )


def _path(office: Office, submission: Submission) -> Path:
    return office.store.parent / f"{submission.agency}_{submission.period}.xlsx"
