"""What happens to each file of a batch: accepted, returned, unreadable, or a duplicate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as catalogue
from qiyx_xl.core.consolidation.versions import Outcome, resolve_versions
from qiyx_xl.core.findings import SAVED_AT_ONCE, STREET_SUM, TOTAL_DISAGREES
from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.primitives.values import spell
from qiyx_xl.core.records.project_record import has_value_or_remark
from qiyx_xl.core.records.source import Source, instant
from qiyx_xl.core.records.submission import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from qiyx_xl.core.consolidation.conflicts import Conflict
    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectRecord
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.records.submission import Submission

# --- Findings of the consolidation itself ---------------------------------------------------------


def same_time(submission: Submission, rivals: Sequence[Submission]) -> Finding:
    """Return the finding for a file saved at the same moment as others of the same agency."""
    return SAVED_AT_ONCE.at(
        other="、".join(file_name(rival) for rival in rivals),
        agency=submission.agency,
        period=submission.period.label if submission.period is not None else "",
        value=file_name(submission),
    )


def with_disagreements(
    plan: Plan, taken: Iterable[Submission], conflicts: Iterable[Conflict]
) -> Iterator[Submission]:
    """Yield the files, with a finding where a figure differs from the streets' total.

    The finding is in the reporting agency's file if that is in this batch, else in the last
    street's.
    """
    files = list(taken)
    disputed = [conflict for conflict in conflicts if conflict.right.agency == plan.total_name]
    places = _places(files, {conflict.code for conflict in disputed})
    for conflict in disputed:
        left = conflict.left
        place = _last_place(plan, places.get(left.code, ()), left)
        if place is None:
            continue
        index, record = place
        source = record.source
        sheet, cell = (None, None) if source is None else (source.sheet, source.cell or None)
        file = files[index]
        if any(
            finding.code == STREET_SUM.code and finding.cell == cell for finding in file.findings
        ):
            continue  # the streets' files are in the same batch, so there is a finding already
        item = plan.item(left.code)
        finding = TOTAL_DISAGREES.at(
            sheet,
            cell,
            code=plan.printed(left.code),
            name="" if item is None else item.name,
            agency=left.agency,
            level=plan.lowest_level,
            value=spell(left.actual),
            known=spell(conflict.right.actual),
            parts=conflict.right.remark,
        )
        files[index] = with_finding(file, finding)
    yield from files


def with_finding(
    submission: Submission, finding: Finding, status: SubmissionStatus | None = None
) -> Submission:
    """Return a file with one more finding and, if given, another status."""
    return replace(
        submission,
        status=submission.status if status is None else status,
        findings=(*submission.findings, finding),
    )


def file_name(submission: Submission) -> str:
    """Return the file's own name, without folders or archive."""
    return submission.shown_name


def _places(
    files: Iterable[Submission], codes: Collection[str]
) -> dict[str, list[tuple[int, Record]]]:
    """Return the records by item, each with the index of its file."""
    places: dict[str, list[tuple[int, Record]]] = {}
    for index, file in enumerate(files):
        for record in file.records:
            if record.code in codes and record.is_reported:
                places.setdefault(record.code, []).append((index, record))
    return places


def _last_place(
    plan: Plan, places: Sequence[tuple[int, Record]], figure: Record
) -> tuple[int, Record] | None:
    """Return the file's index and the record that the finding belongs to."""
    own = [place for place in places if place[1].agency == figure.agency]
    item = plan.item(figure.code)
    others = [place for place in places if item is None or place[1].agency not in item.claimants]
    return next(reversed(own or others), None)


# --- The files of a batch, processed one by one ---------------------------------------------------

# Errors located at a cell that nevertheless put every row of the file in doubt.
_OF_THE_FILE = frozenset(
    kind.code
    for kind in (
        catalogue.MISSING_HEADER,
        catalogue.REPEATED_HEADER,
        catalogue.TEMPLATE_VERSION,
        catalogue.PLAN_VERSION,
        catalogue.AGENCY_MISSING,
        catalogue.AGENCY_UNKNOWN,
        catalogue.AGENCY_CHANGED,
        catalogue.PERIOD_MISSING,
        catalogue.PERIOD_UNREADABLE,
        catalogue.PERIOD_CHANGED,
        catalogue.WRONG_PERIOD,
        catalogue.SECOND_TABLE_DIFFERS,
        catalogue.FORM_EMPTY,
    )
)


@dataclass(frozen=True, slots=True)
class Revision:
    """One figure of one agency, before and after a later file of that agency."""

    before: Record
    after: Record

    @property
    def changed(self) -> tuple[str, ...]:
        """Which of ``actual`` and ``second`` has changed."""
        return tuple(
            name
            for name in ("actual", "second")
            if getattr(self.before, name) != getattr(self.after, name)
        )


class _Tally:
    """The current figures, updated file by file."""

    def __init__(self, versions: dict[tuple[str, str, str], list[Record]]) -> None:
        self._versions = versions
        self._current = {key: resolve_versions(known).record for key, known in versions.items()}
        self.new: list[Record] = []
        self.unchanged: list[Record] = []
        self.revised: list[Revision] = []
        self.stale: list[Record] = []

    def take(self, submission: Submission, rows: Iterable[Record]) -> Submission:
        """Add one file's rows; return the file with the rows to be stored in the log."""
        kept = tuple(row for row in rows if _has_value_or_remark(row))
        for row in kept:
            self._take(row)
        return replace(submission, records=kept)

    def records(self) -> tuple[Record, ...]:
        """Return the current figures, by item and agency."""
        return tuple(self._current[key] for key in sorted(self._current))

    def _take(self, row: Record) -> None:
        versions = self._versions.setdefault(row.key, [])
        before = self._current.get(row.key)
        versions.append(row)
        resolved = resolve_versions(versions)
        after = resolved.record
        self._current[row.key] = after
        if before is None or not (before.is_reported or before.second is not None):
            if after.is_reported or after.second is not None:
                self.new.append(after)
        elif (before.actual, before.second) != (after.actual, after.second):
            self.revised.append(Revision(before, after))
        elif resolved.outcomes[-1] is Outcome.OVERTAKEN:
            self.stale.append(row)
        elif row.is_reported:
            self.unchanged.append(after)


class Batch:
    """The files of one consolidation, by what happens to them."""

    def __init__(
        self,
        period: Period,
        versions: dict[tuple[str, str, str], list[Record]],
        known: Collection[str],
        *,
        at: datetime,
        closed: bool,
        partial: bool,
    ) -> None:
        self.period = period
        self.tally = _Tally(versions)
        self.taken: list[Submission] = []
        self.returned: list[Submission] = []
        self.unreadable: list[Submission] = []
        self.duplicates: list[Submission] = []
        self._seen = set(known)
        self._taken_at: dict[tuple[str | None, datetime], list[Submission]] = {}
        self._at = at
        self._closed = closed
        self._partial = partial

    def put_all(self, submissions: Iterable[Submission]) -> None:
        """Process files, given in any order, from the earliest saved to the latest."""
        for submission in sorted(submissions, key=lambda submission: _order(submission, self._at)):
            self._put(submission)

    def _put(self, submission: Submission) -> None:
        if submission.status is SubmissionStatus.UNREADABLE:
            self.unreadable.append(submission)
            return
        if submission.sha256 in self._seen:
            self.duplicates.append(submission)
            return
        rows = _rows(submission, partial=self._partial)
        if rows is None:
            self.returned.append(submission)
            return
        refusal = _refusal(submission, self.period, closed=self._closed)
        if refusal is not None:
            self.returned.append(with_finding(submission, refusal, SubmissionStatus.RETURNED))
            return
        self._seen.add(submission.sha256)
        if submission.status is SubmissionStatus.RETURNED:
            self.returned.append(submission)  # because of the rows that are not accepted
        self._take(replace(submission, status=SubmissionStatus.ACCEPTED), rows)

    def _take(self, submission: Submission, rows: Iterable[Record]) -> None:
        # The files of the same agency that were saved at the same moment.
        moment = (submission.agency, _saved_at(submission, self._at))
        rivals = self._taken_at.setdefault(moment, [])
        revised_before = len(self.tally.revised)
        stamped = [_stamped(row, submission, self._at) for row in rows]
        accepted = self.tally.take(submission, stamped)
        if rivals and len(self.tally.revised) > revised_before:
            accepted = with_finding(accepted, same_time(accepted, rivals))
        rivals.append(accepted)
        self.taken.append(replace(accepted, projects=_projects(submission, self._at)))


def _has_value_or_remark(row: Record) -> bool:
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


def _stamped(row: Record, submission: Submission, at: datetime) -> Record:
    source = row.source or Source(file_name(submission), submission.sha256, "", "")
    return replace(row, source=replace(source, saved_at=_saved_at(submission, at)))


def _projects(submission: Submission, at: datetime) -> tuple[ProjectRecord, ...]:
    """Return a file's project records with their time of saving, without rows with an error."""
    bad = {
        (finding.sheet, _row_of(finding.cell))
        for finding in submission.findings
        if finding.severity is Severity.ERROR
    }
    return tuple(
        replace(record, source=replace(record.source, saved_at=_saved_at(submission, at)))
        for record in submission.projects
        if record.source is not None
        and (record.source.sheet, _row_of(record.source.cell)) not in bad
        and has_value_or_remark(record)
    )


def _rows(submission: Submission, *, partial: bool) -> tuple[Record, ...] | None:
    """Return the rows that may be accepted; None if the whole file is returned."""
    if submission.status is SubmissionStatus.ACCEPTED:
        return submission.records
    errors = [finding for finding in submission.findings if finding.severity is Severity.ERROR]
    if not partial or any(
        finding.cell is None or finding.code in _OF_THE_FILE for finding in errors
    ):
        return None
    bad = {(finding.sheet, _row_of(finding.cell)) for finding in errors}
    # Filled in twice with two numbers: only the sender knows which is right.
    doubled = {finding.value for finding in errors if finding.code == catalogue.REPEATED_CODE.code}
    good = tuple(
        row
        for row in submission.records
        if row.source is not None
        and (row.source.sheet, _row_of(row.source.cell)) not in bad
        and row.code not in doubled
    )
    return good or None


def _row_of(cell: str | None) -> str:
    return "".join(filter(str.isdigit, cell or ""))


def _refusal(submission: Submission, period: Period, *, closed: bool) -> Finding | None:
    """Return why a file with acceptable rows cannot be booked into this period; None if it can."""
    if submission.agency is None or submission.period is None:
        return catalogue.NOT_CONSOLIDATED.at()
    if submission.period != period:
        return catalogue.WRONG_PERIOD.at(value=submission.period.label, expected=period.label)
    return catalogue.PERIOD_CLOSED.at(period=period.label) if closed else None
