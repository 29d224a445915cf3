"""Use cases: build the ledger, and write into it what the log holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.app.office import AppError
from qiyx_xl.app.states import live_state, standing
from qiyx_xl.core.conflicts import decided, find_conflicts
from qiyx_xl.core.difference import difference
from qiyx_xl.core.figures import figures

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.figures import Figure
    from qiyx_xl.core.periods import Period
    from qiyx_xl.ledger.patch import RefreshResult
    from qiyx_xl.ledger.view import ConflictLine, LedgerView
    from qiyx_xl.store import Store


def build_ledger(office: Office) -> Path:
    """Build a new, empty ledger at the office's ledger path.

    Raises:
        AppError: there is a file already.
    """
    from qiyx_xl.ledger.build import build_ledger as build

    if office.ledger.exists():
        raise AppError(f"“{office.ledger}”已经存在，没有改动它。请换一个文件名，或先移走旧文件。")
    office.ledger.parent.mkdir(parents=True, exist_ok=True)
    build(office.ledger, office.plan, office.rules)
    return office.ledger


def ledger_view(office: Office, period: Period, today: date) -> LedgerView:
    """Gather everything the ledger shows at a period from the store."""
    with office.open_store() as store, store.reading():
        return _view(office, store, period, today)


def _view(office: Office, store: Store, period: Period, today: date) -> LedgerView:
    from qiyx_xl.core.dashboard import dashboard
    from qiyx_xl.ledger.view import LedgerView

    plan = office.plan
    state = live_state(office, store, period, today)
    stands = standing(office, store)
    records, findings = store.all_records(), store.findings(period)
    return LedgerView(
        plan=plan,
        rules=office.rules,
        period=period,
        lines=state.lines,
        records=records,
        findings=findings,
        runs=store.runs(),
        decisions=store.decisions(),
        conflicts=_conflicts(office, store),
        against=period.before,
        changes=difference(
            plan, _figures(office, store, period.before, today), figures(state.lines)
        ),
        dashboard=dashboard(
            plan,
            office.rules,
            period,
            current=stands.records,
            logged=records,
            findings=findings,
            today=today,
            confirmed=stands.confirmed,
        ),
        today=today,
    )


def _figures(office: Office, store: Store, period: Period, today: date) -> tuple[Figure, ...]:
    """Return a period's figures: as they were frozen if it is closed, else as they stand."""
    closing = store.closing(period)
    if closing is not None:
        return closing.figures
    return figures(live_state(office, store, period, today).lines)


def _conflicts(office: Office, store: Store) -> tuple[ConflictLine, ...]:
    """Return the conflicts of all periods, the undecided first, then the latest."""
    from qiyx_xl.ledger.view import ConflictLine

    decisions = store.decisions()
    lines = [
        ConflictLine(conflict, decided(conflict, decisions))
        for conflict in reversed(find_conflicts(office.plan, store.current_records()))
    ]
    return tuple(sorted(lines, key=lambda line: line.decision is not None))


def refresh(office: Office, period: Period, today: date) -> RefreshResult:
    """Rewrite the ledger's record sheets and lamps from the store.

    Raises:
        LedgerError: the ledger is missing, open, read-only or not ours.
    """
    from qiyx_xl.ledger.patch import refresh_ledger

    # Under the write lock, so that no slower run can write an older view over this one.
    with office.open_store() as store, store.writing():
        return refresh_ledger(office.ledger, _view(office, store, period, today))
