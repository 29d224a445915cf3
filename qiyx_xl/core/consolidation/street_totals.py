"""What the district's total of the streets' figures is, and what its parts are.

The plan sets each item's aggregation: the lead agency's figure alone; a sum over the streets; or a
ratio of sums, with numerators and denominators added up separately. The lead agency also reports
the figure. Where its number differs from the total, a person decides; where it has reported none, a
complete total is the district's figure. An incomplete total never is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Aggregation
from qiyx_xl.core.primitives.ratio import decimal_of
from qiyx_xl.core.primitives.values import Absence, plain, rounded, spell
from qiyx_xl.core.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.log_entries import LoggedRecord


@dataclass(frozen=True, slots=True)
class Total:
    """The total of the streets' figures for an item in a period.

    ``parts`` are the numbers received, in the plan's order of streets; ``absent`` are the streets
    without a usable number. ``numerator`` and ``denominator`` are the sums; there is a denominator
    where each part has one. ``value`` is in the item's own measure; None as long as a street is
    absent or the denominator is zero. ``level`` is what the plan calls a street: 街道, 乡镇.
    """

    item: Item
    period: Period
    parts: tuple[Record, ...]
    absent: tuple[str, ...]
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None
    level: str

    @property
    def name(self) -> str:
        """The name shown as the agency of the total: 各街道合计."""
        return f"各{self.level}合计"

    def agrees_with(self, reported: Decimal) -> bool:
        """Whether a reported figure equals this total.

        A ratio is compared with as many decimals as were reported; a sum must be equal.
        """
        if self.value is None:
            return False
        if not self.item.sums_ratio:
            return reported == self.value
        exponent = reported.as_tuple().exponent
        decimals = max(-exponent, 0) if isinstance(exponent, int) else 0
        return rounded(self.value, decimals) == reported

    @property
    def words(self) -> str:
        """The total's parts in one line: ``2 个街道：新碶街道 3、大碶街道 4``."""
        each = "、".join(f"{part.agency} {_part_text(part)}" for part in self.parts)
        sums = ""
        if self.item.sums_ratio and self.denominator is not None:
            sums = f"分子 {plain(self.numerator)}、分母 {plain(self.denominator)}；"
        return f"{sums}{len(self.parts)} 个{self.level}：{each}"

    @property
    def summary(self) -> str:
        """The total in one sentence, complete or not."""
        if self.value is not None:
            return f"{self.name} {plain(self.value)}（{self.words}）"
        missing = f"，还缺{'、'.join(self.absent)}" if self.absent else ""
        return f"还没有{self.name}：已报 {self.words}{missing}"

    def record(self) -> Record | None:
        """Return the complete total as a record; None while it is incomplete."""
        if self.value is None:
            return None
        second = None if self.item.sums_ratio else self.denominator
        return Record(self.item.code, self.period, self.name, self.value, second, self.words)


def street_totals(plan: Plan, records: Iterable[Record]) -> tuple[Total, ...]:
    """Return the totals of all periods in which a street has reported, in the plan's order.

    Args:
        plan: sets how each item is aggregated, and which agencies are streets.
        records: the current records, of any periods.
    """
    items = {
        item.code: item for item in plan.items() if item.aggregation is not Aggregation.LEAD_AGENCY
    }
    agencies = {code: plan.part_agencies(item) for code, item in items.items()}
    known = {(code, agency) for code, names in agencies.items() for agency in names}
    if not known:
        return ()
    sent: dict[tuple[Period, str], dict[str, Record]] = {}
    for record in records:
        if (record.code, record.agency) in known and record.is_reported:
            sent.setdefault((record.period, record.code), {})[record.agency] = record
    order = {code: place for place, code in enumerate(items)}
    return tuple(
        _total(items[code], agencies[code], period, sent[period, code], plan.lowest_level)
        for period, code in sorted(sent, key=lambda key: (key[0], order[key[1]]))
    )


def totals_that_differ(plan: Plan, records: Sequence[Record]) -> tuple[Record, ...]:
    """Return, as records, the complete totals that differ from what the lead agency reported."""
    return tuple(
        record
        for total, lead in _with_lead(plan, records)
        if lead is not None
        and isinstance(lead.actual, Decimal)
        and not total.agrees_with(lead.actual)
        and (record := total.record()) is not None
    )


def totals_where_unreported(plan: Plan, records: Sequence[Record]) -> tuple[Record, ...]:
    """Return, as records, the complete totals used where the lead agency has reported nothing."""
    return tuple(
        record
        for total, lead in _with_lead(plan, records)
        if lead is None and (record := total.record()) is not None
    )


def with_totals(
    plan: Plan, logged: Sequence[LoggedRecord], covers: Callable[[Period], bool]
) -> tuple[LoggedRecord, ...]:
    """Insert the complete totals into the log's rows, each after its last part.

    A total has no file of its own; it exists since its last part was booked. ``covers`` tells the
    periods for which the plan adds up; rows of others are left as they are.
    """
    summed = {item.code for item in plan.items() if item.aggregation is not Aggregation.LEAD_AGENCY}
    current = {
        row.record.key: row
        for row in logged
        if row.current and row.record.code in summed and covers(row.record.period)
    }
    totals: dict[tuple[Period, str], LoggedRecord] = {}
    for total in street_totals(plan, [row.record for row in current.values()]):
        record = total.record()
        if record is not None:
            last = max((current[part.key] for part in total.parts), key=lambda row: row.run)
            totals[record.period, record.code] = replace(last, record=record, reason="")
    if not totals:
        return tuple(logged)
    codes = {code for _, code in totals}
    last_row = {
        (entry.record.period, entry.record.code): row
        for row, entry in enumerate(logged)
        if entry.record.code in codes
    }
    rows: list[LoggedRecord] = []
    done = 0
    for row, key in sorted((last_row[key], key) for key in totals):
        rows += logged[done : row + 1]
        rows.append(totals[key])
        done = row + 1
    return (*rows, *logged[done:])


def _with_lead(plan: Plan, records: Sequence[Record]) -> Iterable[tuple[Total, Record | None]]:
    """Yield each complete total with the reporting agency's own record, if there is one."""
    totals = [total for total in street_totals(plan, records) if total.value is not None]
    reporters = {total.item.code: total.item.reporting_agency for total in totals}
    reported = {
        (record.period, record.code): record
        for record in records
        if reporters.get(record.code) == record.agency and record.is_reported
    }
    for total in totals:
        yield total, reported.get((total.period, total.item.code))


def _total(
    item: Item, agencies: Sequence[str], period: Period, sent: dict[str, Record], level: str
) -> Total:
    needs_whole = item.sums_ratio or item.has_whole
    parts, absent = [], []
    for agency in agencies:
        record = sent.get(agency)
        if record is not None and record.actual is Absence.NOT_APPLICABLE:
            continue  # the agency reports that it has none
        usable = record is not None and isinstance(record.actual, Decimal)
        if record is None or not usable or (needs_whole and record.second is None):
            absent.append(agency)
        else:
            parts.append(record)
    numerator = sum((part.actual for part in parts if isinstance(part.actual, Decimal)), Decimal(0))
    denominator = (
        sum((part.second for part in parts if part.second is not None), Decimal(0))
        if needs_whole
        else None
    )
    is_whole = bool(parts) and not absent
    value = value_of_parts(item, numerator, denominator) if is_whole else None
    return Total(
        item,
        period,
        tuple(parts),
        tuple(absent),
        numerator,
        denominator,
        value,
        level,
    )


def value_of_parts(item: Item, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
    """Return an item's value of its numerator and denominator; None without a denominator."""
    if not item.sums_ratio:
        return numerator
    if denominator is None or denominator == 0:
        return None
    share = Fraction(numerator) / Fraction(denominator)
    return decimal_of(share * 100 if item.is_percent else share)


def _part_text(part: Record) -> str:
    said = spell(part.actual)
    return said if part.second is None else f"{said}/{plain(part.second)}"
