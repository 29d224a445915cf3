"""Use case: consolidate what agencies sent into the log and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.app.ledger import ledger_view, refresh_booked, take_choices
from qiyx_xl.app.validation import ValidationReport, validate_files
from qiyx_xl.core.consolidation.merge import consolidate as merge
from qiyx_xl.core.primitives.memo import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.consolidation.merge import Consolidation
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import Submission
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.file.refresh import RefreshResult
    from qiyx_xl.store import Store


@dataclass(frozen=True, slots=True)
class ConsolidationResult:
    """The result of a consolidation, or of a dry run.

    ``refreshed`` is None in a dry run, and if the ledger was written while open in Excel.
    """

    report: ValidationReport
    consolidation: Consolidation
    refreshed: RefreshResult | None

    @property
    def is_clean(self) -> bool:
        """Whether there are no findings, no returned files and no conflicts."""
        outcome = self.consolidation
        return self.report.is_clean and not (outcome.returned or outcome.conflicts)


def consolidate(
    office: Office,
    paths: Sequence[Path],
    period: Period,
    *,
    now: datetime,
    today: date | None = None,
    dry_run: bool = False,
    partial: bool = False,
    revision_reason: str = "",
    jobs: int = 1,
    cluster: str | None = None,
    on_done: Callable[[Submission], None] | None = None,
    on_start: Callable[[int], None] | None = None,
    write: Callable[[LedgerView], None] | None = None,
) -> ConsolidationResult:
    """Check files, book the clean ones, and refresh the ledger.

    The store commits first, in one transaction; the ledger is then rewritten from it. A failure
    before the commit changes nothing; if the ledger cannot be written afterwards, the next run
    updates it.

    Args:
        office: the plan, the rules, the ledger and the store.
        paths: workbooks, folders of them, or .zip files.
        period: the period being consolidated. If it is closed, all files are returned, unless
            ``revision_reason`` is given.
        now: the moment, for the log.
        today: the day on which blanks are judged; the day of ``now`` if not given.
        dry_run: compute what would change, and write nothing.
        partial: accept the rows without errors of files that have errors in other rows.
        revision_reason: why files for a closed period are booked as 更正.
        jobs: the number of worker processes.
        cluster: the address of a Dask scheduler whose workers check the files.
        on_done: called with each file's result as it is ready.
        on_start: called once with the number of files found.
        write: writes the ledger that is open in Excel, instead of the closed file.

    Raises:
        AppError: there is nothing to check; a reason for 更正 is given, but the period is not
            closed; or the bookings could not be written into the ledger.
        LedgerError: the ledger is missing, open, read-only or not ours.
        StoreError: the store cannot be opened or written.
    """
    _refuse_early(office, paths, period, closed_file=write is None, revision=revision_reason != "")
    report = validate_files(
        paths,
        plan=office.plans,
        rules=office.rules,
        period=period,
        history=office.history(period),
        jobs=jobs,
        cluster=cluster,
        on_done=on_done,
        on_start=on_start,
    )
    merging = _Merging(office, period, report.submissions, now, partial, revision_reason)
    if dry_run:
        return ConsolidationResult(report, merging.tried(), None)
    outcome, refreshed = merging.booked_and_shown(write, now.date() if today is None else today)
    return ConsolidationResult(report, outcome, refreshed)


def _refuse_early(
    office: Office, paths: Sequence[Path], period: Period, *, closed_file: bool, revision: bool
) -> None:
    """Raise the errors that can be known before any file is read."""
    from qiyx_xl.intake.collect.remote import url_of
    from qiyx_xl.ledger.file.refresh import check_ledger

    if any(url_of(path) is not None for path in paths):
        raise AppError("汇总要把原件存进数据库，不能直接读网址。请先把文件复制到一个文件夹。")
    if closed_file:
        check_ledger(office.ledger)
    if revision and not _is_closed(office, period):
        raise AppError(
            f"{period.label}没有封账，不用按“更正”补录。请去掉 --as-revision，再运行一次。"
        )


def book_within(
    office: Office,
    store: Store,
    period: Period,
    submissions: Sequence[Submission],
    *,
    now: datetime,
) -> Consolidation:
    """Book checked files into an open store, without touching the ledger.

    Raises:
        StoreError: the store cannot be written.
    """
    merging = _Merging(office, period, submissions, now, partial=False, revision_reason="")
    return merging.booked_in(store)


@dataclass(frozen=True, slots=True)
class _Merging:
    """Checked files, and the options with which they are booked."""

    office: Office
    period: Period
    submissions: Sequence[Submission]
    now: datetime
    partial: bool
    revision_reason: str

    def tried(self) -> Consolidation:
        """Return what booking would change, without opening anything for writing."""
        if not self.office.has_store():
            return self.outcome(None)
        with self.office.open_store(readonly=True) as store, store.reading():
            return self.outcome(store)

    def booked(self) -> Consolidation:
        """Compute the consolidation under the store's write lock, and book it."""
        with self.office.open_store() as store:
            return self.booked_in(store)

    def booked_in(self, store: Store) -> Consolidation:
        """Do the same as ``booked`` in an open store."""
        with uninterrupted(), store.writing():
            outcome = self.outcome(store)
            store.commit(outcome, _originals(outcome), self.now)
        return outcome

    def booked_and_shown(
        self, write: Callable[[LedgerView], None] | None, today: date
    ) -> tuple[Consolidation, RefreshResult | None]:
        """Book the files and update the ledger: the closed file, or with ``write`` the open one."""
        if write is None:
            take_choices(self.office, self.now)
            outcome = self.booked()
            return outcome, refresh_booked(self.office, self.period, today)
        outcome = self.booked()
        write(ledger_view(self.office, self.period, today))
        return outcome, None

    def outcome(self, store: Store | None) -> Consolidation:
        """Compute the consolidation; without a store, as if nothing had been booked before."""
        return merge(
            self.office.plan_at(self.period),
            self.period,
            () if store is None else store.logged_records(),
            self.submissions,
            frozenset() if store is None else store.known_hashes(),
            at=self.now,
            decisions=() if store is None else store.decisions(),
            closed=store is not None and store.closing(self.period) is not None,
            revision_reason=self.revision_reason,
            partial=self.partial,
            logged_projects=()
            if store is None
            else [logged.record for logged in store.project_records()],
            plans=self.office.plans,
        )


def _is_closed(office: Office, period: Period) -> bool:
    if not office.has_store():
        return False
    with office.open_store(readonly=True) as store:
        return store.closing(period) is not None


def _originals(outcome: Consolidation) -> dict[str, Path]:
    """Return the paths of the files whose originals the store keeps, by sha256."""
    from pathlib import Path

    return {
        submission.sha256: Path(submission.path)
        for submission in (*outcome.returned, *outcome.accepted)
    }
