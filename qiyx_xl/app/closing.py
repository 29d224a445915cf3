"""Use cases: close a period (封账), and reopen it (启封)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.app.ledger import refresh_booked, refreshed_within
from qiyx_xl.app.period_state import live_lines, live_projects, live_tasks
from qiyx_xl.core.consolidation.current import conflicts_in
from qiyx_xl.core.history import closing as core
from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.rating.lamps import LampState

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.store import Store


@dataclass(frozen=True, slots=True)
class Closed:
    """The result of closing a period: the closing, its lines, and the ledger's kept copy."""

    closing: Closing
    lines: tuple[StatusLine, ...]
    copy: Path | None

    @property
    def unreported(self) -> tuple[StatusLine, ...]:
        """The items that were due and not reported; they are frozen as 未报."""
        return self._in_state(LampState.NOT_REPORTED)

    @property
    def in_doubt(self) -> tuple[StatusLine, ...]:
        """The items frozen as 待核."""
        return self._in_state(LampState.IN_DOUBT)

    def _in_state(self, state: LampState) -> tuple[StatusLine, ...]:
        return tuple(line for line in self.lines if line.counts and line.rating.state == state)


def close(
    office: Office,
    period: Period,
    *,
    now: datetime,
    by: str,
    reason: str = "",
    today: date | None = None,
) -> Closed:
    """Freeze a period: values, lamps, projects, rules, versions, and a copy of the ledger.

    The frozen values are computed under the store's write lock, so that the copy of the ledger
    shows exactly them; the ledger itself is written after the booking. If an interrupted run has
    booked the closing without updating the ledger, this completes it without a second booking.

    Args:
        office: the plan, the rules, the ledger and the store.
        period: the period to close.
        now: the moment, for the log.
        by: who closes it.
        reason: a remark.
        today: the day on which blanks are judged; the day of ``now`` if not given.

    Raises:
        ClosingError: it is closed already.
        AppError: two agencies still disagree about one of its figures, or nothing was sent.
        LedgerError: the ledger is missing, open, read-only or not ours.
        StoreError: there is no store, or it is damaged, or cannot be written.
        InterruptedAfterBookingError: it is closed, but the ledger does not show it yet.
    """
    by = _checked_name(by)
    day = now.date() if today is None else today
    with office.open_store(create=False) as store, store.writing():
        store.check_sound()
        closed = _unfinished(office, store, period) or _booked(
            office, store, period, day, now=now, by=by, reason=reason
        )
    refresh_booked(office, period, day, "封账")
    return closed


def _booked(
    office: Office, store: Store, period: Period, day: date, *, now: datetime, by: str, reason: str
) -> Closed:
    closings = store.closings(period)
    core.check_open(closings, period)
    _check_can_close(office, store, period)
    lines = live_lines(office, store, period, day)
    shown = refreshed_within(office, store, period, day)
    closing = core.close(
        office.plan_at(period),
        office.rules,
        period,
        lines,
        closings,
        projects=live_projects(office, store, period, day),
        tasks=live_tasks(office, store, period, day),
        at=now,
        by=by,
        reason=reason.strip(),
        ledger=sha256(shown).hexdigest(),
    )
    store.book_closing(closing, shown, office.ledger.suffix)
    return Closed(closing, lines, store.originals.find(closing.ledger))


def reopen(
    office: Office,
    period: Period,
    *,
    now: datetime,
    by: str,
    reason: str,
    today: date | None = None,
) -> Closing:
    """Reopen a closed period, log the reason, and refresh the ledger if there is one.

    Raises:
        ClosingError: it is not closed, or no reason is given.
        StoreError: there is no store, or it cannot be written.
        InterruptedAfterBookingError: it is reopened, but the ledger does not show it yet.
    """
    by = _checked_name(by)
    with office.open_store(create=False) as store, store.writing():
        closing = _not_shown(office, store, period, core.Action.REOPEN)
        if closing is None:
            closing = core.reopen(period, store.closings(period), at=now, by=by, reason=reason)
            store.book_closing(closing)
    if office.ledger.exists():
        refresh_booked(office, period, now.date() if today is None else today, "启封")
    return closing


def closings(office: Office, period: Period | None = None) -> tuple[Closing, ...]:
    """Return the closings and reopenings of one period or all periods, earliest first.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with office.open_store(readonly=True) as store:
        return store.closings(period)


def _unfinished(office: Office, store: Store, period: Period) -> Closed | None:
    closing = _not_shown(office, store, period, core.Action.CLOSE)
    if closing is None:
        return None
    return Closed(
        closing,
        closing.lines(office.plans.at_closing(closing.plan, period)),
        store.originals.find(closing.ledger),
    )


def _not_shown(office: Office, store: Store, period: Period, action: core.Action) -> Closing | None:
    """Return the period's last action if it is this one and the ledger was not written since."""
    numbered = [pair for pair in enumerate(store.closings(), start=1) if pair[1].period == period]
    if not office.ledger.exists() or not numbered:
        return None
    number, last = numbered[-1]
    _, _, shown, *_ = office.written_from().counts
    return last if last.action is action and shown < number else None


def _check_can_close(office: Office, store: Store, period: Period) -> None:
    records = [record for record in store.current_records() if record.period == period]
    if not records:
        raise AppError(f"{period.label}还没有收到过数，没有封账。请核对数据期，或先汇总。")
    open_conflicts = conflicts_in(office.plans, records, store.decisions(period))
    if open_conflicts:
        items = (office.plans.item(conflict.code) for conflict in open_conflicts)
        names = counted_names(list(dict.fromkeys(item.name for item in items if item is not None)))
        raise AppError(
            f"{period.label}还有 {len(open_conflicts)} 处冲突没有定（{names}），没有封账。"
            "请先用 qiyx decide 决定，再封账。"
        )


def _checked_name(by: str) -> str:
    if not by.strip():
        raise AppError("封账、启封要写明是谁办的。请用 --by 写明姓名。")
    return by.strip()
