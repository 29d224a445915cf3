"""The 调度单 as a sheet: its columns, and what comes back in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.history.matters import Matter, next_number, time_limit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules


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
"""Columns that must come back; the others may have been deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterRow:
    """One row that came back. ``note`` is None where the column was deleted."""

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
    """Return what the rows change, each with how it stood before, and what is wrong with them.

    A row without a number is a new matter, raised today. What is blank is left as it was.

    Args:
        rows: as they came back.
        matters: how all matters stand.
        plan: whose agencies can be responsible.
        today: the day of 销号 and of raising where none is written.
        rules: their calendar moves the usual time limit.
    """
    standing = {one.number: one for one in matters}
    known = {agency.name for agency in plan.agencies} | {one.agency for one in matters}
    changes: list[tuple[Matter | None, Matter]] = []
    problems: list[str] = []
    seen: set[str] = set()
    for row in rows:
        before = standing.get(row.number)
        said = list(_problems(row, before, known, seen, today))
        seen.add(row.number)
        problems += [f"{row.where} {one}" for one in said]
        if said:
            continue
        if before is None:
            number = next_number((*matters, *(after for _, after in changes)), today.year)
            after = _new(row, number, today, rules)
            if any(replace(one, number=number) == after for one in matters):
                continue  # read back once already today: it is not raised twice
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
