"""Use cases: hold a meeting (例会), and track its matters until they are settled (销号)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.app.publishing import booking, gathered_from
from qiyx_xl.core.consolidation.current import conflicts_in
from qiyx_xl.core.history.differences import difference
from qiyx_xl.core.history.matters import (
    USUAL_DAYS,
    Matter,
    MatterAction,
    MatterEvent,
    Meeting,
    action_between,
    current_matters,
    last_meeting,
    next_number,
    reopen,
    settle,
    time_limit,
)
from qiyx_xl.core.history.snapshot import figures
from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.papers.bulletin.agenda import Agenda
from qiyx_xl.papers.matters import raise_matters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.store import Store

AGENDA_TEMPLATE = "例会模板.docx"
"""The file name, beside the ledger, of an office's own template of the 例会材料."""


@dataclass(frozen=True, slots=True)
class MeetingPapers:
    """The result of holding a meeting: its agenda, and the files written."""

    agenda: Agenda
    papers: tuple[Path, ...]


def hold_meeting(
    office: Office,
    day: date,
    period: Period,
    out: Path,
    *,
    now: datetime,
    by: str,
    days: int = USUAL_DAYS,
) -> MeetingPapers:
    """Write a meeting's papers, 例会材料 and 调度单, and log its figures and new matters.

    Both files are written or neither. Run again for the same day with the same figures, it
    writes the same files and logs nothing more.

    Args:
        office: the plan, the rules, the store.
        day: the meeting's day, printed on the papers.
        period: the period that the papers show.
        out: the folder; it is created if it does not exist.
        now: the moment, for the log.
        by: who holds it.
        days: the time limit of new matters in days; 14 for fortnightly meetings.

    Raises:
        OSError: a file cannot be written or replaced.
        StoreError: there is no store, or it cannot be read or written.
        TemplateError: the office's template cannot be used.
    """
    from qiyx_xl.documents.word.agenda import write_agenda
    from qiyx_xl.documents.workbooks.matters import write_matters
    from qiyx_xl.files.placing import placing

    if not office.has_store():
        office.open_store(readonly=True)  # raises the error that says what to do
    own = office.ledger.with_name(AGENDA_TEMPLATE)
    with placing() as files, booking(office) as store:
        agenda, raised = _prepared(office, store, period, day, days)
        seen = figures(agenda.edition.lines)
        store.book_meeting(
            Meeting(
                now,
                day,
                period,
                agenda.edition.plan_version,
                agenda.edition.rules_version,
                seen,
            )
        )
        store.book_matters(MatterEvent(now, by, MatterAction.OPEN, matter) for matter in raised)
        papers = (out / f"例会材料_{day}.docx", out / f"调度单_{day}.xlsx")
        with files.new(papers[0]) as text:
            write_agenda(text, agenda, own if own.exists() else None)
        with files.new(papers[1]) as sheet:
            write_matters(sheet, agenda)
        # The files are placed before the COMMIT, and removed again if it fails.
        files.place()
    return MeetingPapers(agenda, papers)


def _prepared(
    office: Office, store: Store, period: Period, day: date, days: int
) -> tuple[Agenda, tuple[Matter, ...]]:
    edition = gathered_from(office, store, period, day)
    matters = current_matters(store.matter_events())
    raised = raise_matters(edition, matters, day, office.rules, days)
    last = last_meeting(store.meetings(), day)
    changes = () if last is None else difference(edition.plan, last.figures, figures(edition.lines))
    current = [record for record in store.current_records() if record.period == period]
    return (
        Agenda(
            edition=edition,
            last=last,
            changes=changes,
            matters=(*matters, *raised),
            conflicts=conflicts_in(office.plans, current, store.decisions()),
        ),
        raised,
    )


# --- matters ----------------------------------------------------------------------------------


def matters(office: Office) -> tuple[Matter, ...]:
    """Return the current state of every matter, in the order in which they were raised.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with office.open_store(readonly=True) as store:
        return current_matters(store.matter_events())


def read_back_matters(
    office: Office, path: Path, *, today: date, now: datetime, by: str
) -> tuple[MatterEvent, ...]:
    """Log the changes of a filled-in 调度单, all or nothing.

    Raises:
        MatterFileError: it cannot be read, or a row is invalid.
        StoreError: there is no store, or it cannot be written.
    """
    from qiyx_xl.core.history.matters import changed_by
    from qiyx_xl.intake.office_files.matter_sheet import MatterFileError, read_matters

    rows = read_matters(path)
    if not office.has_store():
        office.open_store(readonly=True)  # raises the error that says what to do
    with office.open_store() as store, store.writing():
        current = current_matters(store.matter_events())
        changes, problems = changed_by(rows, current, office.plans.latest, today, office.rules)
        if problems:
            raise MatterFileError(path.name, problems)
        events = tuple(_events(changes, now, by))
        store.book_matters(events)
    return events


def add_matter(
    office: Office,
    title: str,
    agency: str,
    *,
    deadline: date | None = None,
    item: str = "",
    day: date,
    now: datetime,
    by: str,
) -> Matter:
    """Raise a matter by hand.

    Raises:
        AppError: the plan has no such agency or item, or there is no title.
        StoreError: the store cannot be written.
    """
    if not title.strip():
        raise AppError("请写明事项，如 --title “协调托育用房”。")
    if office.plans.agency(agency) is None:
        names = "、".join(known.name for known in office.plans.latest.agencies[:5])
        raise AppError(f"方案里没有“{agency}”这个单位。请写全称，如{names}。")
    if item and office.plans.latest.find(item) is None:
        raise AppError(f"方案里没有“{item}”。请填指标序号、任务目标编号或里程碑编号。")
    with office.open_store() as store, store.writing():
        current = current_matters(store.matter_events())
        matter = Matter(
            number=next_number(current, day.year),
            title=title.strip(),
            agency=agency,
            deadline=deadline or time_limit(day, office.rules),
            raised=day,
            item=item,
        )
        for earlier in current:
            if replace(earlier, number=matter.number) == matter:
                return earlier  # the command is run again after an interruption
        store.book_matters([MatterEvent(now, by, MatterAction.OPEN, matter)])
    return matter


def settle_matter(
    office: Office, number: str, *, note: str, day: date, now: datetime, by: str
) -> Matter:
    """Settle a matter (销号).

    Raises:
        AppError: there is no such matter.
        MatterError: it is settled already, or was raised after ``day``.
    """
    return _changed(office, number, MatterAction.SETTLE, note=note, day=day, now=now, by=by)


def reopen_matter(
    office: Office, number: str, *, note: str, day: date, now: datetime, by: str
) -> Matter:
    """Reopen a settled matter, with a reason.

    Raises:
        AppError: there is no such matter.
        MatterError: it is not settled, or no reason is given.
    """
    return _changed(office, number, MatterAction.REOPEN, note=note, day=day, now=now, by=by)


def _changed(
    office: Office,
    number: str,
    action: MatterAction,
    *,
    note: str,
    day: date,
    now: datetime,
    by: str,
) -> Matter:
    if not office.has_store():
        office.open_store(readonly=True)  # raises the error that says what to do
    with office.open_store() as store, store.writing():
        events = store.matter_events()
        current = {matter.number: matter for matter in current_matters(events)}
        before = current.get(number.strip().upper())
        if before is None:
            known = counted_names(list(current))
            cure = f"请从现有的里选：{known}。" if known else "现在还没有调度事项。"
            raise AppError(f"没有编号为“{number}”的调度事项。", cure)
        after = _not_shown(office, events, before, action)
        if after is None:
            is_settling = action is MatterAction.SETTLE
            after = settle(before, day, note) if is_settling else reopen(before, note)
            store.book_matters([MatterEvent(now, by, action, after)])
    return after


def _not_shown(
    office: Office, events: Sequence[MatterEvent], matter: Matter, action: MatterAction
) -> Matter | None:
    """Return a matter if this was its last action and the ledger was not written since.

    So the same command completes a run that was stopped between booking and refreshing.
    """
    number, last = next(
        pair
        for pair in reversed(list(enumerate(events, start=1)))
        if pair[1].matter.number == matter.number
    )
    _, _, _, shown, *_ = office.written_from().counts
    is_unfinished = office.ledger.exists() and last.action is action and shown < number
    return last.matter if is_unfinished else None


def _events(
    changes: Iterable[tuple[Matter | None, Matter]], now: datetime, by: str
) -> Iterable[MatterEvent]:
    for before, after in changes:
        action = action_between(before, after)
        if action is not None:
            yield MatterEvent(now, by, action, after)
