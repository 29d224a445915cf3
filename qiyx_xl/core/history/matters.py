"""例会 and 调度: what a meeting saw, and which matters it follows until they are settled (销号).

A matter is identified by its number, M-2026-03. Nothing is overwritten: every change is an event
with the matter's whole state, and the last event has the current one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.core.primitives.periods import Period

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from qiyx_xl.core.history.snapshot import Figure
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

USUAL_DAYS = 14
"""The default time limit of a matter: until the next fortnightly meeting."""


class MatterError(QiyxError):
    """A change of a matter that is not possible; the message can be shown to the user."""


class MatterAction(StrEnum):
    """What happened to a matter."""

    OPEN = "open"
    CHANGE = "change"
    SETTLE = "settle"
    REOPEN = "reopen"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {"open": "提出", "change": "修改", "settle": "销号", "reopen": "恢复"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One line of the 调度单.

    ``raised`` is the meeting that raised it, ``settled`` the day of its 销号, None while it is
    open. ``item`` and ``period`` are its subject, empty if it concerns no single item. ``note`` is
    办理情况.
    """

    number: str
    title: str
    agency: str
    deadline: date
    raised: date
    settled: date | None = None
    item: str = ""
    period: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is not settled yet."""
        return self.settled is None

    @property
    def word(self) -> str:
        """销号状态 as printed."""
        return "未销号" if self.is_open else "已销号"

    def days_over(self, today: date) -> int:
        """Return the days beyond its time limit; 0 before the limit, or once it is settled."""
        return max((today - self.deadline).days, 0) if self.is_open else 0


@dataclass(frozen=True, slots=True)
class MatterEvent:
    """A change of a matter, by whom and when; ``matter`` is its state afterwards."""

    at: datetime
    by: str
    action: MatterAction
    matter: Matter


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting, with its figures, with which the next meeting's are compared."""

    at: datetime
    day: date
    period: Period
    plan_version: str
    rules_version: str
    figures: tuple[Figure, ...]

    def has_same_content(self, other: Meeting) -> bool:
        """Whether both have the same content, apart from the time of booking."""
        return replace(self, at=other.at) == other


def period_before(day: date) -> Period:
    """Return the last quarter that ended before a day; the default period of a meeting."""
    ended = (day.month - 1) // 3
    return Period.of_quarter(day.year, ended) if ended else Period.of_quarter(day.year - 1, 4)


def current_matters(events: Iterable[MatterEvent]) -> tuple[Matter, ...]:
    """Return the current state of every matter, in the order in which they were raised.

    Args:
        events: all of them, earliest first.
    """
    matters: dict[str, Matter] = {}
    for event in events:
        matters[event.matter.number] = event.matter
    return tuple(matters.values())


def on_the_sheet(matters: Iterable[Matter], since: date | None) -> tuple[Matter, ...]:
    """Return the matters on a 调度单: those open, and those settled since the last meeting."""
    return tuple(
        matter
        for matter in matters
        if matter.settled is None or since is None or matter.settled >= since
    )


def last_meeting(meetings: Iterable[Meeting], day: date) -> Meeting | None:
    """Return the last meeting before a day; of several on one day, the one booked last."""
    found: Meeting | None = None
    for meeting in meetings:
        if meeting.day < day and (found is None or meeting.day >= found.day):
            found = meeting
    return found


def time_limit(day: date, rules: Rules, days: int = USUAL_DAYS) -> date:
    """Return the time limit of matters that a meeting raises, moved to a workday."""
    until = day + timedelta(days=days)
    return until if rules.calendar is None else rules.calendar.on_or_after(until)


def next_number(matters: Iterable[Matter], year: int) -> str:
    """Return the next free number of a year: M-2026-03."""
    prefix = f"M-{year}-"
    used = [int(matter.number.removeprefix(prefix)) for matter in matters if _is_of(matter, prefix)]
    return f"{prefix}{max(used, default=0) + 1:02d}"


def settle(matter: Matter, day: date, note: str = "") -> Matter:
    """Settle a matter (销号).

    Raises:
        MatterError: it is settled already, or the day is before it was raised.
    """
    if matter.settled is not None:
        raise MatterError(f"{matter.number} 已于 {matter.settled} 销号，不用再销。")
    if day < matter.raised:
        raise MatterError(
            f"{matter.number} 的销号日期 {day} 早于提出日期 {matter.raised}，请核对日期。"
        )
    return replace(matter, settled=day, note=note.strip() or matter.note)


def reopen(matter: Matter, note: str) -> Matter:
    """Return a settled matter as open again.

    Raises:
        MatterError: it is open, or no reason is given.
    """
    if matter.settled is None:
        raise MatterError(f"{matter.number} 还没有销号，不用恢复。")
    if not note.strip():
        raise MatterError(f"恢复 {matter.number} 要说明理由，请用 --note 写明。")
    return replace(matter, settled=None, note=note.strip())


def action_between(before: Matter | None, after: Matter) -> MatterAction | None:
    """Return the action that leads from one state to another; None if nothing changed."""
    if before is None:
        return MatterAction.OPEN
    if before == after:
        return None
    if before.is_open != after.is_open:
        return MatterAction.REOPEN if after.is_open else MatterAction.SETTLE
    return MatterAction.CHANGE


def _is_of(matter: Matter, prefix: str) -> bool:
    return matter.number.startswith(prefix) and matter.number.removeprefix(prefix).isdigit()


# --- The 调度单 as a sheet: its columns, and the rows of a returned one -------------------------


class MatterColumn(StrEnum):
    """The columns of the 调度单."""

    NUMBER = "编号"
    TITLE = "事项"
    AGENCY = "责任单位"
    DEADLINE = "时限"
    RAISED = "提出日期"
    LIGHT = "现在的灯"
    STATE = "销号状态"
    SETTLED = "销号日期"
    NOTE = "办理情况"


SHEET = "调度单"
OPEN, SETTLED = "未销号", "已销号"

REQUIRED = (
    MatterColumn.NUMBER,
    MatterColumn.TITLE,
    MatterColumn.AGENCY,
    MatterColumn.DEADLINE,
    MatterColumn.STATE,
)
"""Columns that a returned sheet must have; the others may have been deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterRow:
    """One row of a returned sheet. ``note`` is None where the column was deleted."""

    where: str
    number: str
    title: str
    agency: str
    deadline: date | None
    state: str
    settled: date | None
    note: str | None = None


def changed_by(
    rows: Iterable[MatterRow], matters: Sequence[Matter], plan: Plan, today: date, rules: Rules
) -> tuple[tuple[tuple[Matter | None, Matter], ...], tuple[str, ...]]:
    """Return the changes that the rows make, as (before, after), and the problems with the rows.

    A row without a number is a new matter, raised today. A blank cell leaves the value unchanged.

    Args:
        rows: the rows of the returned sheet.
        matters: the current state of all matters.
        plan: its agencies can be responsible.
        today: the day of 销号, or of raising, where none is given.
        rules: their calendar moves the default time limit.
    """
    by_number = {matter.number: matter for matter in matters}
    known = {agency.name for agency in plan.agencies} | {matter.agency for matter in matters}
    changes: list[tuple[Matter | None, Matter]] = []
    problems: list[str] = []
    seen: set[str] = set()
    for row in rows:
        before = by_number.get(row.number)
        found = list(_problems(row, before, known, seen, today))
        seen.add(row.number)
        problems += [f"{row.where} {problem}" for problem in found]
        if found:
            continue
        if before is None:
            number = next_number((*matters, *(after for _, after in changes)), today.year)
            after = _new(row, number, today, rules)
            if any(replace(matter, number=number) == after for matter in matters):
                # this sheet was read before today, and the matter must not be raised twice
                continue
        else:
            after = _changed(row, before, today)
        if after != before:
            changes.append((before, after))
    return tuple(changes), tuple(problems)


def _problems(
    row: MatterRow,
    before: Matter | None,
    known: Collection[str],
    seen: Collection[str],
    today: date,
) -> Iterator[str]:
    if row.number and before is None:
        yield f"的编号“{row.number}”不在台账里；新事项的编号请留空"
    if row.number and row.number in seen:
        yield f"的编号“{row.number}”重复了"
    if before is None and not row.title:
        yield "没有写事项"
    if row.agency and row.agency not in known:
        yield f"的责任单位“{row.agency}”不在方案里，请写全称，如“{min(known, default='')}”"
    if before is None and not row.agency:
        yield "没有写责任单位"
    if row.state not in ("", OPEN, SETTLED):
        yield f"的销号状态应是“{OPEN}”或“{SETTLED}”，现在是“{row.state}”"
    if row.settled is not None and row.state == OPEN:
        yield "写了销号日期，销号状态却是“未销号”，请核对"
    day = row.settled or today
    raised = today if before is None else before.raised
    if row.state == SETTLED and day < raised:
        yield f"的销号日期 {day} 早于提出日期 {raised}"


def _new(row: MatterRow, number: str, today: date, rules: Rules) -> Matter:
    return Matter(
        number=number,
        title=row.title,
        agency=row.agency,
        deadline=row.deadline or time_limit(today, rules),
        raised=today,
        settled=(row.settled or today) if row.state == SETTLED else None,
        note=row.note or "",
    )


def _changed(row: MatterRow, before: Matter, today: date) -> Matter:
    settled = before.settled
    if row.state == OPEN:
        settled = None
    elif row.state == SETTLED:
        settled = row.settled or before.settled or today
    return replace(
        before,
        title=row.title or before.title,
        agency=row.agency or before.agency,
        deadline=row.deadline or before.deadline,
        settled=settled,
        note=before.note if row.note is None else row.note,
    )
