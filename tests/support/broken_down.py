"""The shipped plan with targets broken down, for tests of shares."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Aggregation, Breakdown, Comparator, Parts, Target
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.plan.model import Plan

LEVEL = "街道"
STREETS = ("新碶街道", "大碶街道", "小港街道")


def at_least(value: str) -> Target:
    """A target that is reached from below."""
    return Target(value, Comparator.AT_LEAST, Decimal(value))


def with_shares(plan: Plan, *entries: tuple[str, str, int | None, str]) -> Plan:
    """The plan with these entries: item, agency, year (None for the final one), target."""
    shares = [
        Breakdown(code, agency, year, at_least(value)) for code, agency, year, value in entries
    ]
    return replace(plan, breakdowns=tuple(shares))


def as_ratio(plan: Plan, code: str) -> Plan:
    """The plan with an indicator that is computed from sums over the streets."""
    changed = {
        "aggregation": Aggregation.RATIO_OF_SUMS,
        "parts": Parts("参保人数", "常住人口", "人"),
    }
    indicators = tuple(
        replace(one, **changed) if one.code == code else one  # type: ignore[arg-type]
        for one in plan.indicators
    )
    return replace(plan, indicators=indicators)


def sent(
    rows: Iterable[tuple[str, str, str, str] | tuple[str, str, str, str, str]],
) -> list[Record]:
    """Records: item, agency, period, value and, if given, the second number."""
    return [
        Record(
            code,
            Period.parse(period),
            agency,
            Decimal(value),
            Decimal(second[0]) if second else None,
        )
        for code, agency, period, value, *second in rows
    ]
