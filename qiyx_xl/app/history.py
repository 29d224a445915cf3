"""Use cases: what changed between two states (差异说明), and the full history of a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.app.period_state import live_lines
from qiyx_xl.app.rating import find_item
from qiyx_xl.core.history.differences import Change, difference
from qiyx_xl.core.history.snapshot import figures
from qiyx_xl.core.history.trace import Step, trace
from qiyx_xl.core.primitives.periods import Period, PeriodError
from qiyx_xl.core.rating.rate import effective_item

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.history.snapshot import Figure
    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.store import Store

CLOSING_WORDS = ("封账", "closed")
_RUN = re.compile(r"(?:#|第)\s*(\d+)\s*次?(?:汇总)?")


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes from one state to another; ``before`` and ``after`` are their Chinese names."""

    period: Period
    after: str
    before: str
    changes: tuple[Change, ...]


def differences(office: Office, period: Period, against: str, today: date) -> Difference:
    """Compare a period with another period, or with an earlier state of itself.

    Args:
        office: the plan, the rules and the store.
        period: the later state. Compared with another period, it has the frozen figures if it is
            closed; compared with an earlier state of itself, always the current ones.
        against: the earlier state: a period; ``封账``, the figures frozen when the period was
            closed; or ``#3``, the figures after the third consolidation.
        today: decides which blanks are late.

    Raises:
        AppError: there is no such state.
        StoreError: there is no store, or it cannot be read.
    """
    with office.open_store(readonly=True) as store, store.reading():
        other = _period_of(against)
        if other is not None:
            return Difference(
                period,
                _label(store, period),
                _label(store, other),
                difference(
                    office.plans,
                    _published(office, store, other, today),
                    _published(office, store, period, today),
                ),
            )
        name, before = _earlier(office, store, period, against.strip(), today)
        now = figures(live_lines(office, store, period, today))
        return Difference(
            period,
            f"{period.label}（现在）",
            f"{period.label}（{name}）",
            difference(office.plans, before, now),
        )


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """A figure's history: every step, and its current status line.

    ``originals`` are the paths of the kept files by sha256; missing files are left out.
    """

    item: Item
    period: Period
    line: StatusLine | None
    steps: tuple[Step, ...]
    originals: dict[str, Path]


def history_of(
    office: Office, code: str, period: Period, today: date, agency: str | None = None
) -> ItemHistory:
    """Return everything that happened to an item's figure in a period, earliest first.

    Periods that end on the same day are included: the quarterly figure of a monthly item is its
    last month. For a goal that repeats an indicator, the indicator's history is returned.

    Args:
        office: the plan, the rules and the store.
        code: the item's number, id or exact name.
        period: the period.
        today: decides whether a blank is late.
        agency: only what this agency sent; decisions and closings are always shown.

    Raises:
        AppError: there is no such item or agency.
        StoreError: there is no store, or it cannot be read.
    """
    plan = office.plan_at(period)
    item = effective_item(plan, find_item(plan, code))
    if agency is not None and office.plans.agency(agency) is None:
        raise AppError(
            f"方案的单位名单里没有“{agency}”。请写单位全称，如“{plan.agencies[0].name}”。"
        )
    with office.open_store(readonly=True) as store, store.reading():
        versions = [
            version
            for version in store.versions(code=item.code)
            if version.record.period.last_day == period.last_day
            and agency in (None, version.record.agency)
        ]
        senders = {version.record.agency for version in versions} | {item.reporting_agency}
        if agency is not None:
            senders &= {agency}
        steps: list[Step] = []
        for each_period in sorted({period, *(version.record.period for version in versions)}):
            returned = [file for file in store.files(each_period) if file.agency in senders]
            decisions = [
                decision for decision in store.decisions(each_period) if decision.code == item.code
            ]
            steps += trace(each_period, versions, decisions, store.closings(each_period), returned)
        steps.sort(key=lambda step: step.when)
        lines = live_lines(office, store, period, today)
        hashes = {step.sha256 for step in steps if step.sha256}
        originals = {
            sha256: path for sha256 in hashes if (path := store.original(sha256)) is not None
        }
    line = next((status_line for status_line in lines if status_line.item.code == item.code), None)
    return ItemHistory(item, period, line, tuple(steps), originals)


# --- inside ----------------------------------------------------------------------------------


def _period_of(text: str) -> Period | None:
    if text.strip() in CLOSING_WORDS or _RUN.fullmatch(text.strip()):
        return None
    try:
        return Period.parse(text)
    except PeriodError as error:
        raise AppError(
            f"看不懂“{text}”。请写一个数据期（如 2026Q2），或“封账”（封账时的数），"
            "或“#3”（第 3 次汇总之后的数）。"
        ) from error


def _label(store: Store, period: Period) -> str:
    return f"{period.label}（封账）" if store.closing(period) is not None else period.label


def _published(office: Office, store: Store, period: Period, today: date) -> tuple[Figure, ...]:
    closing = store.closing(period)
    if closing is not None:
        return closing.figures
    return figures(live_lines(office, store, period, today))


def _earlier(
    office: Office, store: Store, period: Period, against: str, today: date
) -> tuple[str, tuple[Figure, ...]]:
    if against in CLOSING_WORDS:
        closing = store.closing(period)
        if closing is None:
            raise AppError(
                f"{period.label}没有封账，没有封账时的数可比。请写一个数据期来比，如 2026Q2。"
            )
        return f"{closing.at:%Y-%m-%d} 封账时", closing.figures
    found = _RUN.fullmatch(against)
    number = 0 if found is None else int(found[1])
    runs = {run.run: run for run in store.runs()}
    if number not in runs:
        last = f"一共有 {max(runs)} 次" if runs else "还没有汇总过"
        raise AppError(f"没有第 {number} 次汇总，{last}。请看台账的“汇总日志”表。")
    name = f"{runs[number].at:%Y-%m-%d} 第 {number} 次汇总后"
    return name, figures(live_lines(office, store, period, today, until=number))
