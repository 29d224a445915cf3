"""Use case: consolidate what departments sent into the log and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.app.checking import ValidationReport, validate_files
from qiyx_xl.app.ledgers import ledger_view, refresh

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.consolidation import Consolidation
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.submissions import Submission
    from qiyx_xl.ledger.patch import RefreshResult
    from qiyx_xl.ledger.view import LedgerView
    from qiyx_xl.store import Store


@dataclass(frozen=True, slots=True)
class ConsolidationResult:
    """What a consolidation did, or would do.

    ``refreshed`` is None in a dry run, and where the ledger is open and was written there.
    """

    report: ValidationReport
    consolidation: Consolidation
    refreshed: RefreshResult | None

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found, returned, or left for a person to settle."""
        outcome = self.consolidation
        return self.report.is_clean and not (outcome.returned or outcome.conflicts)


def consolidate(
    office: Office,
    paths: Sequence[Path],
    period: Period,
    *,
    now: datetime,
    dry_run: bool = False,
    jobs: int = 1,
    on_done: Callable[[Submission], None] | None = None,
    on_start: Callable[[int], None] | None = None,
    write: Callable[[LedgerView], None] | None = None,
) -> ConsolidationResult:
    """Check files, take in what is clean, and refresh the ledger.

    ``write`` writes the ledger where it is open in Excel; otherwise the closed file is refreshed.

    The store commits first, in one transaction; the ledger is then rewritten from it. Whatever
    fails before the commit changes nothing; a ledger that could not be written afterwards is
    brought up to date by the next run.

    Raises:
        AppError: nothing to check.
        LedgerError: the ledger is missing, open, read-only or not ours.
        StoreError: the store cannot be opened or written.
    """
    from qiyx_xl.ledger.patch import check_ledger

    if write is None:
        check_ledger(office.ledger)
    report = validate_files(
        paths,
        plan=office.plan,
        rules=office.rules,
        period=period,
        history=office.history(),
        jobs=jobs,
        on_done=on_done,
        on_start=on_start,
    )
    if dry_run:
        outcome = _merge(office, period, report.submissions, now, None)
        return ConsolidationResult(report, outcome, None)
    with office.open_store() as store, store.writing():
        outcome = _merge(office, period, report.submissions, now, store)
        store.commit(outcome, _originals(report.submissions), now)
    if write is None:
        return ConsolidationResult(report, outcome, refresh(office, period, now.date()))
    write(ledger_view(office, period, now.date()))
    return ConsolidationResult(report, outcome, None)


def _merge(
    office: Office,
    period: Period,
    submissions: Sequence[Submission],
    now: datetime,
    store: Store | None,
) -> Consolidation:
    from qiyx_xl.core.consolidation import consolidate as merge

    if store is None and office.store.exists():
        with office.open_store(readonly=True) as reading:
            return _merge(office, period, submissions, now, reading)
    return merge(
        office.plan,
        period,
        () if store is None else store.logged_records(),
        submissions,
        frozenset() if store is None else store.known_hashes(),
        at=now,
        decisions=() if store is None else store.decisions(),
    )


def _originals(submissions: Sequence[Submission]) -> dict[str, Path]:
    from pathlib import Path

    return {one.sha256: Path(one.path) for one in submissions}
