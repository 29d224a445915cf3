"""One line per item of the plan: what was reported for it in a period, and how it is rated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.street_totals import Total, street_totals
from qiyx_xl.core.plan.model import Item, Milestone, Plan, SecondInput
from qiyx_xl.core.plan.schedule import is_done, is_due, milestone_due
from qiyx_xl.core.primitives.values import Absence, Actual, Word
from qiyx_xl.core.rating.rate import Rating, effective_item, rate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import Record


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One item in one period: what was reported for it, and how it is rated.

    ``record`` is the district's figure, None if nothing came. For a goal that repeats an
    indicator, record and rating are the indicator's, under the goal's own code. ``total`` is what
    the streets' figures come to, where streets report the item, too.
    """

    item: Item
    record: Record | None
    previous: Decimal | None
    second: Decimal | None
    rating: Rating
    total: Total | None = None

    @property
    def counts(self) -> bool:
        """Whether it is counted: what repeats an indicator is counted there, once."""
        return not getattr(self.item, "repeats", None)


def status_lines(
    plan: Plan,
    rules: Rules,
    period: Period,
    records: Sequence[Record],
    today: date,
    *,
    confirmed: Collection[tuple[str, str, str]] = (),
) -> tuple[StatusLine, ...]:
    """Rate every item of the plan for a period, in the plan's order.

    Args:
        plan: the items.
        rules: the rule file.
        period: the period looked at.
        records: what stands, of all periods.
        today: decides which blanks are late.
        confirmed: keys (``Record.key``) of implausible values that a person has confirmed.
    """
    book = _Book(records)
    totals = {one.item.code: one for one in street_totals(plan, _ending(period, records))}
    lines = (
        _line(plan, rules, period, item, book=book, today=today, confirmed=frozenset(confirmed))
        for item in plan.items()
    )
    return tuple(
        replace(line, total=totals.get(line.item.code)) if totals else line for line in lines
    )


def _ending(period: Period, records: Sequence[Record]) -> list[Record]:
    """Return what was reported for periods that end when this one does."""
    ends = {each for each in {one.period for one in records} if each.last_day == period.last_day}
    return [one for one in records if one.period in ends]


class _Book:
    """The records by item and agency, oldest first."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._entries: dict[tuple[str, str], list[Record]] = {}
        for record in sorted(records, key=lambda record: record.period.order):
            self._entries.setdefault((record.code, record.agency), []).append(record)

    def of(self, item: Item) -> Sequence[Record]:
        return self._entries.get((item.code, item.reporting_agency), ())

    def at(self, item: Item, period: Period) -> Record | None:
        """Return the period's record, else one that ends with the same month."""
        same_end = [
            r
            for r in self.of(item)
            if (r.period.year, r.period.end_month) == (period.year, period.end_month)
        ]
        exact = [r for r in same_end if r.period == period]
        reported = [r for r in same_end if r.is_reported]
        return next(iter((*exact, *reversed(reported), *same_end)), None)

    def year_end(self, item: Item, year: int) -> Decimal | None:
        """Return the number recorded for the end of a year."""
        for record in reversed(self.of(item)):
            closes = record.period.year == year and record.period.is_year_end
            if closes and isinstance(record.actual, Decimal):
                return record.actual
        return None

    def until(self, item: Item, period: Period) -> list[Record]:
        """Return the records whose period ends no later, latest first."""
        return [r for r in reversed(self.of(item)) if r.period.last_day <= period.last_day]


def _line(
    plan: Plan,
    rules: Rules,
    period: Period,
    item: Item,
    *,
    book: _Book,
    today: date,
    confirmed: frozenset[tuple[str, str, str]],
) -> StatusLine:
    judged = effective_item(plan, item)
    record = book.at(judged, period)
    if milestone_due(judged) is not None and (record is None or not record.is_reported):
        # Passed once is passed for good: it is not reported again every quarter.
        done = (r for r in book.until(judged, period) if is_done(judged, r.actual))
        record = next(done, record)
    actual: Actual = Absence.NOT_REPORTED if record is None else record.actual
    if isinstance(judged, Milestone) and judged.repeats and actual is Absence.NOT_REPORTED:
        actual = _of_repeated(plan, book, period, judged)
    previous = book.year_end(judged, period.year - 1)
    second = _second(judged, record, book.until(judged, period))
    rating = rate(
        item,
        period,
        actual,
        rules=rules,
        previous=previous,
        second=second,
        due=is_due(judged, period, today, rules),
        confirmed=record is not None and record.key in confirmed,
        targets_of=judged,
    )
    return StatusLine(item, record, previous, second, rating)


def _of_repeated(plan: Plan, book: _Book, period: Period, item: Milestone) -> Actual:
    # A milestone that repeats indicators is filled in there: done when all of them are.
    repeated = [plan.find(code) for code in item.repeats]
    done = all(
        other is not None and any(is_done(other, r.actual) for r in book.until(other, period))
        for other in repeated
    )
    return Word.DONE if done else Absence.NOT_REPORTED


def _second(item: Item, record: Record | None, until: Sequence[Record]) -> Decimal | None:
    if item.has_whole or item.second_input is SecondInput.REFERENCE:
        # 应覆盖人数 and 参照值 belong to their own period.
        return None if record is None else record.second
    return next((r.second for r in until if r.second is not None), item.baseline)
