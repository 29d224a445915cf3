"""Use cases: build the ledger, and refresh it from the log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qiyx_xl.app.decisions import book_choices, with_choices
from qiyx_xl.app.errors import AppError
from qiyx_xl.app.period_state import live_lines, live_projects, live_tasks
from qiyx_xl.core.consolidation.conflicts import decided
from qiyx_xl.core.consolidation.current import CurrentFigures, conflicts_in, totals_in
from qiyx_xl.core.history.differences import difference
from qiyx_xl.core.history.matters import current_matters
from qiyx_xl.core.history.snapshot import figures
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.core.primitives.memo import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.consolidation.conflicts import Decision
    from qiyx_xl.core.history.snapshot import Figure
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.ledger.content.view import ConflictLine, LedgerView
    from qiyx_xl.ledger.file.refresh import RefreshResult
    from qiyx_xl.ledger.inspect.typed_choices import TypedChoice
    from qiyx_xl.ledger.registry import LedgerEdition
    from qiyx_xl.ledger.remake.migrate import Migration
    from qiyx_xl.store import Store


def edition_of(path: Path) -> LedgerEdition:
    """Return the edition that a new ledger of this file name is of."""
    from qiyx_xl.ledger.registry import LedgerEdition

    is_addin = path.suffix.lower() == LedgerEdition.ADDIN.suffix
    return LedgerEdition.ADDIN if is_addin else LedgerEdition.EXCEL


def convert(ledger: Path, out: Path | None, edition: LedgerEdition | None) -> Path:
    """Write a ledger of one edition as one of the other; the ledger itself stays as it is.

    Args:
        ledger: the ledger, closed.
        out: the new file; by default beside it, under its name.
        edition: the other one than the ledger's by default.

    Raises:
        AppError: there is such a file already, its suffix does not fit, or nothing is to convert.
        LedgerError: the ledger is not ours, of an earlier version, open or damaged.
        OSError: the file cannot be written.
    """
    from qiyx_xl.files.placing import replacing
    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.file.replace import read_closed
    from qiyx_xl.ledger.registry import LedgerEdition
    from qiyx_xl.ledger.remake.convert import converted

    opened = OpenedLedger(read_closed(ledger).data, ledger.name)
    is_addin = opened.edition is LedgerEdition.ADDIN
    wanted = edition or (LedgerEdition.EXCEL if is_addin else LedgerEdition.ADDIN)
    if wanted is opened.edition:
        raise AppError(f"“{ledger.name}”已经是这一种（{wanted.value}），不用转换。")
    path = ledger.with_suffix(wanted.suffix) if out is None else out
    check_suffix(path, wanted)
    check_free(path)
    data = converted(opened, wanted)
    with replacing(path) as beside:
        beside.write_bytes(data)
    return path


def check_suffix(path: Path, edition: LedgerEdition) -> None:
    """Check that a ledger's file name fits its edition.

    Raises:
        AppError: it does not.
    """
    if path.suffix.lower() != edition.suffix:
        raise AppError(
            f"{edition.value} 这一种台账的文件名以 {edition.suffix} 结尾，"
            f"写的是“{path.name}”。请改文件名，或换 --edition。"
        )


def build_ledger(office: Office, *, period: Period | None = None) -> Path:
    """Build a new, empty ledger at the office's ledger path.

    Args:
        office: the plan and the rules, and where the ledger is to be.
        period: the 数据期 chosen in it; the plan's first quarter if not given.

    The suffix of the path says which edition it is.

    Raises:
        AppError: there is a file already.
    """
    from qiyx_xl.ledger.build.workbook import build_ledger as build

    check_free(office.ledger)
    edition = edition_of(office.ledger)
    build(office.ledger, office.plans.latest, office.rules, period=period, edition=edition)
    return office.ledger


def check_free(path: Path) -> None:
    """Check that a new file can be written there without replacing an old one.

    Raises:
        AppError: there is a file already.
    """
    if path.exists():
        raise AppError(f"“{path}”已经存在，没有改动它。请换一个文件名，或先移走旧文件。")


def ledger_view(
    office: Office, period: Period, today: date, *, typed: Sequence[TypedChoice] = ()
) -> LedgerView:
    """Gather from the store everything that the ledger shows for a period.

    Args:
        office: the plan, the rules and the store.
        period: the period shown.
        today: decides which blanks are late.
        typed: the choices typed into the sheet 冲突; they stay there until they are booked.
    """
    with office.open_store() as store, store.reading():
        store.check_sound()  # or damaged values would be shown in the ledger as if correct
        return view_within(office, store, period, today, typed)


def view_within(
    office: Office, store: Store, period: Period, today: date, typed: Sequence[TypedChoice]
) -> LedgerView:
    """Do the same as ``ledger_view`` inside an open ``reading()`` or ``writing()``."""
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.papers.dashboard import dashboard, indicator_forecasts

    # The log may have tens of thousands of numbers, so it is read and settled only once.
    current, logged = store.current_and_all_records()
    decisions, findings = store.decisions(), store.findings(period)
    current_figures = CurrentFigures.of(office.plans, current, decisions)
    lines = live_lines(office, store, period, today, current_figures=current_figures)
    projects = live_projects(office, store, period, today)
    tasks = live_tasks(office, store, period, today)
    records = totals_in(office.plans, logged)
    return LedgerView(
        plans=office.plans,
        rules=office.rules,
        period=period,
        lines=lines,
        forecasts=indicator_forecasts(office.rules, period, today, current_figures, lines),
        records=records,
        findings=findings,
        runs=store.runs(),
        decisions=decisions,
        conflicts=with_choices(_conflicts(office.plans, current, decisions), typed),
        against=period.before,
        changes=difference(
            office.plans,
            _figures(office, store, period.before, today, current_figures),
            figures(lines),
        ),
        dashboard=dashboard(
            office.rules,
            period,
            current_figures,
            logged=logged,
            findings=findings,
            today=today,
            projects=projects,
            tasks=tasks,
        ),
        today=today,
        position=str(store.anchor()),
        projects=projects,
        tasks=tasks,
        project_log=store.project_records(),
        matters=current_matters(store.matter_events()),
    )


def _figures(
    office: Office, store: Store, period: Period, today: date, current_figures: CurrentFigures
) -> tuple[Figure, ...]:
    """Return a period's figures: the frozen ones if it is closed, else the current ones."""
    closing = store.closing(period)
    if closing is not None:
        return closing.figures
    return figures(live_lines(office, store, period, today, current_figures=current_figures))


def _conflicts(
    plans: Plans, current: Sequence[Record], decisions: Sequence[Decision]
) -> tuple[ConflictLine, ...]:
    """Return the conflicts of all periods: undecided ones first, each group latest first."""
    from qiyx_xl.ledger.content.view import ConflictLine

    lines = [
        ConflictLine(conflict, decided(conflict, decisions))
        for conflict in reversed(conflicts_in(plans, current))
    ]
    return tuple(sorted(lines, key=lambda line: line.decision is not None))


def refresh(
    office: Office,
    period: Period,
    today: date,
    *,
    now: datetime | None = None,
    adopted: frozenset[str] = frozenset(),
) -> RefreshResult:
    """Rewrite the ledger's record sheets and lamps from the store.

    Args:
        office: the plan, the rules, the ledger and the store.
        period: the period shown.
        today: decides which blanks are late.
        now: the moment at which choices typed into the sheet 冲突 are booked; None books none.
        adopted: the items whose typed change of who reports them is in force, and goes.

    Raises:
        LedgerError: the ledger is missing, open, read-only or not ours.
        StoreError: the store cannot be opened or written, or is damaged.
    """
    from qiyx_xl.ledger.file.refresh import check_ledger

    check_ledger(office.ledger)
    if now is not None:
        take_choices(office, now)
    # Under the write lock, so that no slower run can write an older view over this one.
    with office.open_store() as store, store.writing():
        store.check_sound()  # or damaged values would be shown in the ledger as if correct
        return refresh_within(office, store, period, today, adopted=adopted)


def refresh_within(
    office: Office,
    store: Store,
    period: Period,
    today: date,
    *,
    adopted: frozenset[str] = frozenset(),
) -> RefreshResult:
    """Rewrite the ledger inside an open ``writing()``.

    Raises:
        LedgerError: the ledger is missing, open, read-only or not ours.
    """
    from qiyx_xl.ledger.file.refresh import refresh_ledger
    from qiyx_xl.ledger.inspect.typed_choices import read_choices

    typed = read_choices(office.ledger)
    with uninterrupted():
        view = view_within(office, store, period, today, typed)
        return refresh_ledger(office.ledger, replace(view, adopted=adopted))


def migrate(office: Office, period: Period, today: date) -> Migration:
    """Turn the ledger into one of the present version, and refresh it.

    Args:
        office: the plan, the rules, the ledger and, if there is one, the store.
        period: the one that the ledger shows.
        today: decides which blanks are late.

    Raises:
        LedgerError: the ledger is missing, open, read-only or not ours, or cannot be migrated.
        StoreError: the store cannot be opened, or is damaged.
    """
    from qiyx_xl.core.rating.scorecard import status_lines
    from qiyx_xl.core.records.project_record import NO_PROJECTS
    from qiyx_xl.core.tasks.status import task_status
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.file.refresh import check_ledger
    from qiyx_xl.ledger.inspect.typed_choices import read_choices
    from qiyx_xl.ledger.remake.migrate import migrate_ledger

    check_ledger(office.ledger)
    if not office.has_store():
        plan, day = office.plan_at(period), period.last_day
        lines = status_lines(plan, office.rules, period, (), day)
        tasks = task_status(plan, NO_PROJECTS, office.rules, period, day)
        view = LedgerView(office.plans, office.rules, period, lines, tasks=tasks)
        with uninterrupted():
            return migrate_ledger(office.ledger, view)
    with office.open_store() as store, store.writing():
        store.check_sound()
        typed = read_choices(office.ledger)
        view = view_within(office, store, period, today, typed)
        with uninterrupted():
            return migrate_ledger(office.ledger, view)


def refreshed_within(office: Office, store: Store, period: Period, today: date) -> bytes:
    """Return the bytes of the ledger after a refresh, without writing the file.

    Raises:
        LedgerError: the ledger is missing, open, read-only or not ours.
    """
    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.file.refresh import refreshed
    from qiyx_xl.ledger.file.replace import read_closed
    from qiyx_xl.ledger.inspect.typed_choices import read_choices

    ledger = OpenedLedger(read_closed(office.ledger).data, office.ledger.name)
    view = view_within(office, store, period, today, read_choices(office.ledger))
    return refreshed(ledger, view, office.ledger.name)


def refresh_booked(
    office: Office,
    period: Period,
    today: date,
    booked: str = "收到的数",
    *,
    adopted: frozenset[str] = frozenset(),
) -> RefreshResult:
    """Refresh the ledger after a booking; the booking stays valid even if this fails.

    Args:
        office: the plan, the rules, the ledger and the store.
        period: the period shown.
        today: decides which blanks are late.
        booked: the Chinese name of what has been booked, for the message.
        adopted: the items whose typed change of who reports them is in force, and goes.

    Raises:
        InterruptedAfterBookingError: the ledger could not be refreshed; the message says why and
            what to do.
    """
    from qiyx_xl.files.reasons import reason_of
    from qiyx_xl.ledger.errors import LedgerError
    from qiyx_xl.store import StoreError

    booked_text = f"{booked}已记入数据库“{office.store.name}”，只是台账没有更新"
    cure = "之后运行 qiyx ledger refresh 更新台账，不用重做。"
    try:
        return refresh(office, period, today, adopted=adopted)
    except (LedgerError, StoreError) as error:
        raise InterruptedAfterBookingError(f"{booked_text}：{error}", cure) from error
    except OSError as error:
        reason = (
            f"读写“{error.filename or office.ledger}”出错（{reason_of(error)}）。请检查后再试。"
        )
        raise InterruptedAfterBookingError(f"{booked_text}：{reason}", cure) from error
    except KeyboardInterrupt as stopped:
        raise InterruptedAfterBookingError(f"{booked_text}：被中止了。", cure) from stopped


def lags(office: Office) -> bool:
    """Return whether the log has changed since the ledger was written.

    Raises:
        StoreError: the store cannot be read.
    """
    if not office.has_store():
        return False
    with office.open_store(readonly=True) as store:
        return store.anchor() != office.written_from()


def take_choices(office: Office, now: datetime) -> int:
    """Book the choices typed into the ledger file's sheet 冲突; return how many decisions.

    Raises:
        LedgerError: the file is not a ledger of this program.
        StoreError: the store cannot be opened or written.
    """
    from qiyx_xl.ledger.inspect.typed_choices import read_choices

    return book_choices(office, read_choices(office.ledger), now)
