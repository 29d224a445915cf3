"""汇总: what a batch of checked files does to what is already known.

Pure, and independent of the order of the files: they are put in the order in which they were
saved, and equal times are told apart by the file's hash. docs/store.md explains the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiyx_xl.core.catalogue import (
    NOT_CONSOLIDATED,
    PERIOD_CLOSED,
    WRONG_PERIOD,
)
from qiyx_xl.core.conflicts import find_conflicts
from qiyx_xl.core.consolidation_notes import file_name, same_time, with_disagreements, with_finding
from qiyx_xl.core.findings import Severity
from qiyx_xl.core.project_records import changes, says_anything
from qiyx_xl.core.project_records import changes, says_anything
from qiyx_xl.core.reminders import owed
from qiyx_xl.core.submissions import Source, SubmissionStatus
from qiyx_xl.core.versions import Outcome, by_figure, instant, settle

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from qiyx_xl.core.conflicts import Conflict, Decision
    from qiyx_xl.core.findings import Finding
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.project_records import ProjectRecord, ProjectRevision
    from qiyx_xl.core.project_records import ProjectRecord, ProjectRevision
    from qiyx_xl.core.submissions import Record, Submission


@dataclass(frozen=True, slots=True)
class Revision:
    """One figure of one agency, before and after a later file of the same agency."""

    before: Record
    after: Record

    @property
    def changed(self) -> tuple[str, ...]:
        """Which of ``actual`` and ``second`` is different."""
        return tuple(
            name
            for name in ("actual", "second")
            if getattr(self.before, name) != getattr(self.after, name)
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """What an agency has not sent: item codes in the plan's order."""

    agency: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consolidation:
    """What a batch changes. Everything is in an order that the order of the files has no part in.

    ``accepted`` are the files taken in now, earliest saved first, their records marked with the
    time of saving; ``duplicates`` are files taken in before, or twice in the batch. ``stale``
    are numbers from files older than what already stands: kept, not used. ``records`` is all
    that stands for the period afterwards. The last two are the same about projects.
    """

    period: Period
    accepted: tuple[Submission, ...]
    returned: tuple[Submission, ...]
    unreadable: tuple[Submission, ...]
    duplicates: tuple[Submission, ...]
    new: tuple[Record, ...]
    unchanged: tuple[Record, ...]
    revised: tuple[Revision, ...]
    stale: tuple[Record, ...]
    conflicts: tuple[Conflict, ...]
    missing: tuple[Missing, ...]
    records: tuple[Record, ...]
    reason: str = ""
    new_projects: tuple[ProjectRecord, ...] = ()
    revised_projects: tuple[ProjectRevision, ...] = ()


def consolidate(
    plan: Plan,
    period: Period,
    logged: Sequence[Record],
    submissions: Iterable[Submission],
    known: Collection[str],
    *,
    at: datetime,
    decisions: Sequence[Decision] = (),
    closed: bool = False,
    revision_reason: str = "",
    partial: bool = False,
    logged_projects: Sequence[ProjectRecord] = (),
) -> Consolidation:
    """Work out what the files change.

    Args:
        plan: who should report what.
        period: the period being consolidated; a file for another one is returned.
        logged: every version the log holds, in its order. What stands alone will do, too, but
            then a file older than a number that has been revised may be judged differently.
        submissions: the checked files, in any order.
        known: hashes of the files accepted before.
        at: now. A file that does not say when it was saved, or names a time yet to come, counts
            as saved now.
        decisions: those made so far, so that a settled conflict is not raised again.
        closed: whether the period is closed (封账): then new files are returned, unless
        revision_reason: says why they are to be booked as 更正.
        partial: take the rows without an error from files that have errors elsewhere.
        logged_projects: every version of what was reported about projects, in the log's order.
    """
    versions = by_figure(record for record in logged if record.period == period)
    tally = _Tally(versions)
    sorted_files = sorted(submissions, key=lambda one: _order(one, at))
    taken: list[Submission] = []
    returned: list[Submission] = []
    unreadable: list[Submission] = []
    duplicates: list[Submission] = []
    seen = set(known)
    for checked in sorted_files:
        submission = checked
        if submission.status is SubmissionStatus.UNREADABLE:
            unreadable.append(submission)
            continue
        if submission.sha256 in seen:
            duplicates.append(submission)
            continue
        refusal = _refusal(submission, period, closed=closed and not revision_reason)
        if refusal is not None:
            returned.append(with_finding(submission, refusal, SubmissionStatus.RETURNED))
            continue
        rows = _rows(submission, partial=partial)
        if rows is None:
            returned.append(submission)
            continue
        seen.add(submission.sha256)
        if submission.status is SubmissionStatus.RETURNED:
            returned.append(checked)
            submission = replace(checked, status=SubmissionStatus.ACCEPTED)
        rivals = _saved_at_once(submission, taken, at)
        revised_before = len(tally.revised)
        accepted = tally.take(submission, [_stamped(row, submission, at) for row in rows])
        if rivals and len(tally.revised) > revised_before:
            accepted = with_finding(accepted, same_time(accepted, rivals))
        taken.append(replace(accepted, projects=_projects(submission, at)))
    new_projects, revised_projects = changes(
        logged_projects, [record for one in taken for record in one.projects]
    )
    records = tally.records()
    conflicts = find_conflicts(plan, records, decisions)
    return Consolidation(
        period=period,
        accepted=tuple(with_disagreements(plan, taken, conflicts)),
        returned=tuple(returned),
        unreadable=tuple(unreadable),
        duplicates=tuple(duplicates),
        new=tuple(tally.new),
        unchanged=tuple(tally.unchanged),
        revised=tuple(tally.revised),
        stale=tuple(tally.stale),
        conflicts=conflicts,
        missing=missing_records(plan, period, [*logged, *records]),
        records=records,
        reason=revision_reason if taken else "",
        new_projects=new_projects,
        revised_projects=revised_projects,
    )


def missing_records(plan: Plan, period: Period, records: Sequence[Record]) -> tuple[Missing, ...]:
    """Return what each agency owes and has not sent, whatever today's date is."""
    gaps = (
        Missing(agency.name, tuple(item.code for item in owed(plan, agency, period, records)))
        for agency in plan.agencies
    )
    return tuple(gap for gap in gaps if gap.codes)


class _Tally:
    """What stands, figure by figure, while the files go in one after the other."""

    def __init__(self, versions: dict[tuple[str, str, str], list[Record]]) -> None:
        self._versions = versions
        self._standing = {key: settle(known).record for key, known in versions.items()}
        self.new: list[Record] = []
        self.unchanged: list[Record] = []
        self.revised: list[Revision] = []
        self.stale: list[Record] = []

    def take(self, submission: Submission, rows: Iterable[Record]) -> Submission:
        """Put one file's rows in; return it with the rows that the log is to keep."""
        kept = tuple(row for row in rows if _says_anything(row))
        for row in kept:
            self._take(row)
        return replace(submission, records=kept)

    def records(self) -> tuple[Record, ...]:
        """Return what stands, by item and agency."""
        return tuple(self._standing[key] for key in sorted(self._standing))

    def _take(self, row: Record) -> None:
        versions = self._versions.setdefault(row.key, [])
        before = self._standing.get(row.key)
        versions.append(row)
        settled = settle(versions)
        after = settled.record
        self._standing[row.key] = after
        if before is None or not (before.is_reported or before.second is not None):
            if after.is_reported or after.second is not None:
                self.new.append(after)
        elif (before.actual, before.second) != (after.actual, after.second):
            self.revised.append(Revision(before, after))
        elif settled.outcomes[-1] is Outcome.OVERTAKEN:
            self.stale.append(row)
        elif row.is_reported:
            self.unchanged.append(after)


def _says_anything(row: Record) -> bool:
    return row.is_reported or row.second is not None or row.remark != ""


def _saved_at(submission: Submission, at: datetime) -> datetime:
    now = instant(at)
    if submission.modified is None:
        return now
    return min(instant(submission.modified), now)


def _order(submission: Submission, at: datetime) -> tuple[datetime, str, int, str]:
    # The same content under two names is one file; the shorter name is kept.
    shown = submission.shown_path
    return (_saved_at(submission, at), submission.sha256, len(shown), shown)


def _saved_at_once(
    submission: Submission, taken: Iterable[Submission], at: datetime
) -> list[Submission]:
    """Return the files of the same agency that were saved at the very same moment."""
    return [
        other
        for other in taken
        if other.agency == submission.agency and _saved_at(other, at) == _saved_at(submission, at)
    ]


def _stamped(row: Record, submission: Submission, at: datetime) -> Record:
    source = row.source or Source(file_name(submission), submission.sha256, "", "")
    return replace(row, source=replace(source, saved_at=_saved_at(submission, at)))


def _projects(submission: Submission, at: datetime) -> tuple[ProjectRecord, ...]:
    """Return what a file says about projects, dated, without the rows that have an error."""
    bad = {
        (one.sheet, _row_of(one.cell))
        for one in submission.findings
        if one.severity is Severity.ERROR
    }
    return tuple(
        replace(record, source=replace(record.source, saved_at=_saved_at(submission, at)))
        for record in submission.projects
        if record.source is not None
        and (record.source.sheet, _row_of(record.source.cell)) not in bad
        and says_anything(record)
    )


def _projects(submission: Submission, at: datetime) -> tuple[ProjectRecord, ...]:
    """Return what a file says about projects, dated, without the rows that have an error."""
    bad = {
        (one.sheet, _row_of(one.cell))
        for one in submission.findings
        if one.severity is Severity.ERROR
    }
    return tuple(
        replace(record, source=replace(record.source, saved_at=_saved_at(submission, at)))
        for record in submission.projects
        if record.source is not None
        and (record.source.sheet, _row_of(record.source.cell)) not in bad
        and says_anything(record)
    )


def _rows(submission: Submission, *, partial: bool) -> tuple[Record, ...] | None:
    """Return the rows that may be taken in; None if the whole file goes back."""
    if submission.status is SubmissionStatus.ACCEPTED:
        return submission.records
    errors = [one for one in submission.findings if one.severity is Severity.ERROR]
    if not partial or any(one.cell is None for one in errors):
        return None
    bad = {(one.sheet, _row_of(one.cell)) for one in errors}
    good = tuple(
        row
        for row in submission.records
        if row.source is not None and (row.source.sheet, _row_of(row.source.cell)) not in bad
    )
    return good or None


def _row_of(cell: str | None) -> str:
    return "".join(filter(str.isdigit, cell or ""))


def _refusal(submission: Submission, period: Period, *, closed: bool) -> Finding | None:
    """Return why a file that passed its checks cannot go into this period, if so."""
    if submission.status is not SubmissionStatus.ACCEPTED:
        return None
    if submission.agency is None or submission.period is None:
        return NOT_CONSOLIDATED.at()
    if submission.period != period:
        return WRONG_PERIOD.at(value=submission.period.label, expected=period.label)
    return PERIOD_CLOSED.at(period=period.label) if closed else None
