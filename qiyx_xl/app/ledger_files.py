"""Use cases around the ledger file: hold it against the store, make both anew, a static copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from qiyx_xl.app.ledgers import build_ledger, refresh, view_within
from qiyx_xl.app.office import AppError
from qiyx_xl.core.periods import Period, PeriodError
from qiyx_xl.core.submissions import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.ledger.patch import RefreshResult
    from qiyx_xl.ledger.verify import Mismatch
    from qiyx_xl.store import Store

VERIFY_SCHEMA = "ledger-verify/1"
REBUILD_SCHEMA = "ledger-rebuild/1"


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """A ledger held against its store.

    ``written_at`` and ``store_at`` are the log's marks in the ledger and now; where they differ,
    the ledger has not been refreshed since and its cells are not compared. ``lost`` and
    ``damaged`` are originals, by the name under which they are kept.
    """

    ledger: Path
    period: Period
    today: date
    written_at: str
    store_at: str
    cells: int
    mismatches: tuple[Mismatch, ...]
    lost: tuple[str, ...]
    damaged: tuple[str, ...]

    @property
    def is_stale(self) -> bool:
        """Whether the store has gone on since the ledger was written."""
        return self.written_at != self.store_at

    @property
    def is_clean(self) -> bool:
        """Whether ledger, store and originals agree."""
        return not (self.is_stale or self.mismatches or self.lost or self.damaged)

    def to_json(self) -> dict[str, Any]:
        """Return ``ledger verify --format json`` (schemas/ledger-verify.schema.json)."""
        return {
            "schema": VERIFY_SCHEMA,
            "ledger": str(self.ledger),
            "period": str(self.period),
            "today": self.today.isoformat(),
            "stale": self.is_stale,
            "cells": self.cells,
            "mismatches": [
                {
                    "kind": one.kind.value,
                    "sheet": one.sheet,
                    "cell": one.cell or None,
                    "header": one.header or None,
                    "item": one.item or None,
                    "expected": one.expected,
                    "found": one.found,
                    "message": str(one),
                }
                for one in self.mismatches
            ],
            "originals": {"lost": list(self.lost), "damaged": list(self.damaged)},
        }


def verify_ledger(office: Office, today: date) -> LedgerCheck:
    """Hold the ledger against the store, cell by cell; nothing is written.

    Args:
        office: the plan, the rules, the ledger and the store.
        today: on which day blanks are judged where the ledger does not say.

    Raises:
        LedgerError: the ledger is not ours, or a sheet or column of ours is gone.
        StoreError: there is no store, or it cannot be read.
        OSError: the ledger cannot be read.
    """
    from qiyx_xl.ledger import layout
    from qiyx_xl.ledger.choices import read_choices
    from qiyx_xl.ledger.opened import OpenedLedger
    from qiyx_xl.ledger.verify import Verification
    from qiyx_xl.ledger.verify import verify_ledger as verify

    ledger = OpenedLedger(office.ledger.read_bytes(), office.ledger.name)
    period = _period_of(ledger.shown_period(), office.ledger.name)
    day = _day_of(ledger.setting(layout.TODAY_SETTING), today)
    written_at = ledger.setting(layout.POSITION_SETTING)
    with office.open_store(readonly=True) as store, store.reading():
        store_at = store.position()
        result = Verification(0, ())
        if written_at == store_at:
            view = view_within(office, store, period, day, read_choices(office.ledger))
            result = verify(ledger, view)
        lost, damaged = _originals(store)
    return LedgerCheck(
        office.ledger,
        period,
        day,
        written_at,
        store_at,
        result.cells,
        result.mismatches,
        lost,
        damaged,
    )


def _period_of(text: str, name: str) -> Period:
    try:
        return Period.parse(text.removesuffix(".0"))
    except PeriodError as wrong:
        raise AppError(
            f"“{name}”的“指标台账”左上角没有数据期。请从下拉列表里选一个，存盘后再试。"
        ) from wrong


def _day_of(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


def _originals(store: Store) -> tuple[tuple[str, ...], tuple[str, ...]]:
    lost = tuple(
        sorted(one[:12] for one in store.known_hashes() if store.originals.find(one) is None)
    )
    return lost, tuple(path.name for path in store.originals.damaged())


# --- rebuilding ------------------------------------------------------------------------------


class Origin(StrEnum):
    """Where a rebuilt store came from."""

    KEPT = "kept"
    JOURNAL = "journal"
    ORIGINALS = "originals"


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What `rebuild` did. ``aside`` are damaged files, kept under other names.

    ``returned`` counts kept files that would be returned today; their numbers are not in the new
    store. ``lost`` names originals that are no longer there.
    """

    origin: Origin
    runs: int
    records: int
    returned: int
    lost: tuple[str, ...]
    built: bool
    aside: tuple[Path, ...]
    period: Period
    refreshed: RefreshResult

    @property
    def is_clean(self) -> bool:
        """Whether everything that was taken in is there again."""
        return not (self.lost or self.returned or self.origin is Origin.ORIGINALS)

    def to_json(self) -> dict[str, Any]:
        """Return ``ledger rebuild --format json`` (schemas/ledger-rebuild.schema.json)."""
        return {
            "schema": REBUILD_SCHEMA,
            "store": {
                "origin": self.origin.value,
                "runs": self.runs,
                "records": self.records,
                "returned": self.returned,
                "lost": list(self.lost),
            },
            "ledger": {
                "built": self.built,
                "period": str(self.period),
                "sha256_before": self.refreshed.sha256_before,
                "sha256_after": self.refreshed.sha256_after,
            },
            "aside": [str(path) for path in self.aside],
        }


def rebuild(
    office: Office, today: date, *, now: datetime, period: Period | None = None
) -> RebuildReport:
    """Make the log anew if it is gone or damaged, then the ledger's sheets from it.

    The log comes back from the list beside the originals, equal to the last row; without a list,
    from the originals themselves. A damaged file is kept under another name.

    Args:
        office: the plan, the rules, the ledger and the store.
        today: decides which blanks are late.
        now: when files read again from the originals count as taken in.
        period: what the ledger shows; if not given, what it shows now, else the last one booked.

    Raises:
        LedgerError: the ledger is open, read-only, or a sheet of ours was renamed.
        StoreError: there is neither a log, nor a list, nor an original.
    """
    aside: list[Path] = []
    shown = _shown_period(office, aside)
    origin, returned, lost = _restore_store(office, now, aside)
    built = not office.ledger.exists()
    if built:
        build_ledger(office)
    with office.open_store(create=False) as store:
        runs, records = store.runs(), len(store.versions())
    wanted = period or shown or (runs[-1].period if runs else None)
    if wanted is None:
        wanted = Period.of_quarter(office.plan.years[0], 1)
    refreshed = refresh(office, wanted, today)
    return RebuildReport(
        origin, len(runs), records, returned, lost, built, tuple(aside), wanted, refreshed
    )


def _shown_period(office: Office, aside: list[Path]) -> Period | None:
    """Return the period the ledger shows; a file that is no ledger any more is put aside."""
    from qiyx_xl.ledger.closed_file import read_closed
    from qiyx_xl.ledger.errors import LedgerError
    from qiyx_xl.ledger.opened import OpenedLedger

    if not office.ledger.exists():
        return None
    old = read_closed(office.ledger)
    try:
        ledger = OpenedLedger(old.data, office.ledger.name)
    except LedgerError:
        aside.append(_set_aside(office.ledger))
        return None
    try:
        return Period.parse(ledger.shown_period().removesuffix(".0"))
    except PeriodError:
        return None


def _restore_store(
    office: Office, now: datetime, aside: list[Path]
) -> tuple[Origin, int, tuple[str, ...]]:
    from qiyx_xl.store import Store
    from qiyx_xl.store.originals import Originals

    if office.store.exists():
        if Store.is_sound(office.store):
            return Origin.KEPT, 0, ()
        aside.append(_set_aside(office.store))
    originals = Originals.beside(office.store)
    if Store.has_journal(office.store):
        return Origin.JOURNAL, 0, Store.rebuild(office.store).lost
    kept = [path for _, path in originals.all()]
    if not kept:
        raise AppError(
            f"“{originals.folder}”里既没有清单也没有原件，无从重建。请从备份恢复这个文件夹。"
        )
    return Origin.ORIGINALS, _take_in_again(office, kept, now), ()


def _take_in_again(office: Office, kept: Sequence[Path], now: datetime) -> int:
    """Book the kept files anew, period by period; return how many would be returned today."""
    from pathlib import Path as AnyPath

    from qiyx_xl.app.checking import validate_files
    from qiyx_xl.app.merging import book

    first = validate_files(kept, plan=office.plan, rules=office.rules)
    periods = sorted({one.period for one in first.submissions if one.period is not None})
    returned = 0
    for period in periods:
        files = [AnyPath(one.path) for one in first.submissions if one.period == period]
        checked = validate_files(
            files,
            plan=office.plan,
            rules=office.rules,
            period=period,
            history=office.history(),
        )
        returned += checked.count(SubmissionStatus.RETURNED)
        book(office, period, checked.submissions, now=now)
    return returned


def _set_aside(path: Path) -> Path:
    """Rename a damaged file, so that nothing is ever thrown away."""
    number = 1
    while (target := path.with_name(f"{path.stem}.损坏{number}{path.suffix}")).exists():
        number += 1
    path.rename(target)
    return target


# --- the static copy -------------------------------------------------------------------------


def static_copy(ledger: Path, out: Path) -> Path:
    """Write a ledger's static copy: values only, the same look, no macros; the ledger is only read.

    Raises:
        AppError: the copy would take the ledger's own place, or is not named .xlsx.
        LedgerError: it is not a ledger of ours, or its values are gone.
        OSError: the ledger cannot be read, or the copy not written.
    """
    from qiyx_xl.files.placing import replacing
    from qiyx_xl.ledger.opened import OpenedLedger
    from qiyx_xl.ledger.static import static_copy as values_of

    if out.suffix.lower() != ".xlsx":
        raise AppError(f"静态副本是 .xlsx 文件，请把“{out.name}”改成以 .xlsx 结尾的名字。")
    if out.exists() and out.samefile(ledger):
        raise AppError(f"静态副本不能写在台账“{ledger.name}”自己的位置上。请换一个文件名。")
    data = values_of(OpenedLedger(ledger.read_bytes(), ledger.name), ledger.name)
    with replacing(out) as beside:
        beside.write_bytes(data)
    return out


def shown_period(ledger: Path) -> Period:
    """Return the 数据期 that a closed ledger shows.

    Raises:
        AppError: it shows none.
        LedgerError: it is not a ledger of ours.
        OSError: it cannot be read.
    """
    from qiyx_xl.ledger.opened import OpenedLedger

    return _period_of(OpenedLedger(ledger.read_bytes(), ledger.name).shown_period(), ledger.name)
