"""Use case: rebuild a lost or damaged log, then rewrite the ledger from it."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiyx_xl.app.errors import AppError
from qiyx_xl.app.ledger import build_ledger, refresh_within
from qiyx_xl.core.primitives.periods import Period, PeriodError
from qiyx_xl.core.records.submission import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.records.anchor import Anchor
    from qiyx_xl.ledger.file.refresh import RefreshResult
    from qiyx_xl.store.custody import Examined

REBUILD_SCHEMA = "ledger-rebuild/2"


class Origin(StrEnum):
    """What the store was rebuilt from; KEPT: it was undamaged and was not rebuilt."""

    KEPT = "kept"
    JOURNAL = "journal"
    ORIGINALS = "originals"


class Proof(StrEnum):
    """What proves that no booking is missing at the end of the log.

    STORE: the store was undamaged, or, though damaged, its seals end where the journal ends.
    LEDGER: all bookings up to the writing of the ledger are there; later ones cannot be checked.
    NONE: nothing shows whether later bookings are missing.
    """

    STORE = "store"
    LEDGER = "ledger"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """The result of `rebuild`. ``aside`` are damaged and older files, kept under other names.

    ``returned`` counts kept files that today's checks return; their numbers are not in the new
    store. ``lost`` names originals that are in the log, but missing or changed on disk;
    ``unknown`` names files that are on disk, but not in the log. ``missing`` has a sentence for
    everything known to be missing from the log.
    """

    origin: Origin
    proof: Proof
    runs: int
    records: int
    returned: int
    lost: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    built: bool
    aside: tuple[Path, ...]
    period: Period
    refreshed: RefreshResult

    @property
    def is_clean(self) -> bool:
        """Whether nothing is known to be missing, returned, lost or unknown."""
        return not (self.lost or self.unknown or self.missing or self.returned)

    def to_json(self) -> dict[str, Any]:
        """Return ``ledger rebuild --format json`` (schemas/ledger-rebuild.schema.json)."""
        return {
            "schema": REBUILD_SCHEMA,
            "store": {
                "origin": self.origin.value,
                "proof": self.proof.value,
                "runs": self.runs,
                "records": self.records,
                "returned": self.returned,
                "lost": list(self.lost),
                "unknown": list(self.unknown),
                "missing": list(self.missing),
            },
            "ledger": {
                "built": self.built,
                "period": str(self.period),
                "sha256_before": self.refreshed.sha256_before,
                "sha256_after": self.refreshed.sha256_after,
            },
            "aside": [str(path) for path in self.aside],
        }


@dataclass(frozen=True, slots=True)
class _Restored:
    origin: Origin
    proof: Proof
    returned: int = 0
    missing: tuple[str, ...] = ()


def rebuild(
    office: Office, today: date, *, now: datetime, period: Period | None = None
) -> RebuildReport:
    """Rebuild the log if it is lost or damaged, then rewrite the ledger's sheets from it.

    The log is rebuilt from the journal; without a journal, from the originals. Nothing is
    deleted: damaged files, an older store, and a ledger that shows more than the log has are
    kept under other names.

    Args:
        office: the plan, the rules, the ledger and the store.
        today: decides which blanks are late.
        now: the arrival time of files that are read again from the originals.
        period: the period that the ledger shall show; if not given, the one it shows now, else
            the last one booked.

    Raises:
        AppError: store and journal record different bookings; or there is neither store, journal
            nor original.
        LedgerError: the ledger is open, read-only, or one of its sheets was renamed.
        StoreError: the journal is damaged, and so is the store.
    """
    from qiyx_xl.ledger.errors import DamagedLedgerError
    from qiyx_xl.store import Store

    aside: list[Path] = []
    written = office.written_from()
    _check_ledger_free(office)
    restored = _restore_store(office, now, written, aside)
    shown = _shown_period(office, aside)
    built = not office.ledger.exists()
    if built:
        build_ledger(office)
    with Store.open(office.store, create=False) as store:
        runs, records = store.runs(), len(store.versions())
        lost, damaged, unknown = store.strays()
        missing = restored.missing
        if not written.is_empty and not store.has(written):
            missing = (*missing, _less_than(written, store.anchor()))
            if not built:
                aside.append(_kept_copy(office.ledger))
        wanted = period or shown or (runs[-1].period if runs else None)
        if wanted is None:
            wanted = Period.of_quarter(office.plans.latest.years[0], 1)
        with store.writing():
            try:
                refreshed = refresh_within(office, store, wanted, today)
            except DamagedLedgerError:
                aside.append(_set_aside(office.ledger, "损坏"))
                build_ledger(office)
                built = True
                refreshed = refresh_within(office, store, wanted, today)
    return RebuildReport(
        restored.origin,
        restored.proof,
        len(runs),
        records,
        restored.returned,
        (*lost, *damaged),
        unknown,
        missing,
        built,
        tuple(aside),
        wanted,
        refreshed,
    )


def _less_than(written: Anchor, now: Anchor) -> str:
    return f"台账写成时数据库里有{written.words}；重建后有{now.words}" + (
        "，少了的没有找回来" if written.goes_beyond(now) else "，记的不是同样的内容"
    )


def _check_ledger_free(office: Office) -> None:
    """Check that the ledger can be written, before the store is touched."""
    from qiyx_xl.ledger.file.replace import read_closed

    if office.ledger.exists():
        read_closed(office.ledger)


def _shown_period(office: Office, aside: list[Path]) -> Period | None:
    """Return the period that the ledger shows; rename a file that is no longer a ledger."""
    from qiyx_xl.ledger.errors import LedgerError
    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.file.replace import read_closed
    from qiyx_xl.ledger.inspect.verify import package_problems

    if not office.ledger.exists():
        return None
    data = read_closed(office.ledger).data
    ledger = None
    if not package_problems(data, office.ledger.name):
        with suppress(LedgerError):
            ledger = OpenedLedger(data, office.ledger.name)
    if ledger is None:
        aside.append(_set_aside(office.ledger, "损坏"))
        return None
    try:
        return Period.parse(ledger.shown_period().removesuffix(".0"))
    except PeriodError:
        return None


def _restore_store(office: Office, now: datetime, written: Anchor, aside: list[Path]) -> _Restored:
    from qiyx_xl.store import Store
    from qiyx_xl.store.custody import Health
    from qiyx_xl.store.originals import Originals

    found = Store.examine(office.store)
    journal = Store.journal_of(office.store)
    if Health.APART in (found.store, found.journal):
        raise AppError(
            f"数据库“{office.store.name}”和它的清单不是同一段历史（{found.journal_problems[0]}），"
            "没有改动任何文件。请认定哪一份是真的，把另一份移走，再运行一次。"
        )
    if found.store is Health.WHOLE:
        if found.journal is Health.DAMAGED:
            aside.append(_set_aside(journal, "损坏"))
        Store.open(office.store).close()  # brings the journal up to date
        return _Restored(Origin.KEPT, Proof.STORE)
    if journal.exists():
        return _from_list(office, found, written, aside)
    originals = Originals.beside(office.store)
    kept = [path for _, path in originals.all()]
    if not kept:
        raise AppError(
            f"“{originals.folder}”里既没有清单也没有原件，无从重建。请从备份恢复这个文件夹。"
        )
    if office.store.exists():
        aside.append(_set_aside(office.store, "损坏"))
    Store.begin(office.store)
    returned = _take_in_again(office, kept, now)
    missing = "原来的收件时间、文件名、退回的文件、人的决定、封账、发布和例会的记录没有了"
    return _Restored(Origin.ORIGINALS, Proof.NONE, returned, (missing,))


def _from_list(office: Office, found: Examined, written: Anchor, aside: list[Path]) -> _Restored:
    """Rebuild the store from the journal; if that fails, the old store is put back."""
    from qiyx_xl.store import Store, StoreError
    from qiyx_xl.store.custody import Health

    word = "旧" if found.store is Health.BEHIND else "损坏"
    old = _set_aside(office.store, word) if office.store.exists() else None
    try:
        rebuilt = Store.rebuild(office.store)
    except StoreError:
        if old is not None:
            old.rename(office.store)
        raise
    if old is not None:
        aside.append(old)
    missing = []
    if rebuilt.unfinished:
        missing.append(f"清单末尾有 {rebuilt.unfinished} 行没有写完，那一次记入没有收")
    if found.entries > found.journaled:
        missing.append(
            f"损坏的数据库记过 {found.entries} 次，清单只到第 {found.journaled} 次，"
            f"少了 {found.entries - found.journaled} 次"
        )
    if found.is_same_end or found.store is Health.BEHIND:
        proof = Proof.STORE
    else:
        at_end = written.entry and str(written) == str(rebuilt.anchor)
        proof = Proof.LEDGER if at_end else Proof.NONE
    return _Restored(Origin.JOURNAL, proof, missing=tuple(missing))


def _take_in_again(office: Office, kept: Sequence[Path], now: datetime) -> int:
    """Book the kept files again, period by period; return how many today's checks return."""
    from qiyx_xl.app.consolidation import book_within
    from qiyx_xl.app.validation import validate_files
    from qiyx_xl.store import Store

    first = validate_files(kept, plan=office.plans, rules=office.rules)
    periods = sorted(
        {submission.period for submission in first.submissions if submission.period is not None}
    )
    returned = sum(submission.period is None for submission in first.submissions)
    for period in periods:
        files = [
            Path(submission.path) for submission in first.submissions if submission.period == period
        ]
        with Store.open(office.store) as store:
            history = office.history_in(store, period)
            checked = validate_files(
                files,
                plan=office.plans,
                rules=office.rules,
                period=period,
                history=history,
            )
            returned += checked.count(SubmissionStatus.RETURNED)
            book_within(office, store, period, checked.submissions, now=now)
    return returned


def _set_aside(path: Path, word: str) -> Path:
    """Rename a file instead of deleting it; return the new path."""
    target = _free_name(path, word)
    path.rename(target)
    return target


def _kept_copy(path: Path) -> Path:
    """Copy a file that is about to be overwritten; return the copy's path."""
    target = _free_name(path, "旧")
    shutil.copy2(path, target)
    return target


def _free_name(path: Path, word: str) -> Path:
    number = 1
    while (target := path.with_name(f"{path.stem}.{word}{number}{path.suffix}")).exists():
        number += 1
    return target
