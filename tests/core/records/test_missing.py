from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from support.drawn_records import (
    BLANK,
    HEALTH,
    Q3,
    SOCIAL,
    merged,
    row,
    sent,
)

from qiyx_xl.core.plan.schedule import PeriodContext
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.core.records.missing import missing
from qiyx_xl.core.records.record import Record

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules


def test_what_has_not_come_is_listed_by_agency_and_blank_is_not_reported(plan: Plan) -> None:
    outcome = merged(plan, sent(row("1", "4.9"), row("2", BLANK), row("3", Absence.NOT_APPLICABLE)))
    gaps = {gap.agency: gap.codes for gap in outcome.missing}
    assert "1" not in gaps[HEALTH]
    assert "2" in gaps[HEALTH]
    assert "3" not in gaps[HEALTH]
    assert "10" not in gaps[HEALTH]  # yearly, and this is the third quarter
    assert gaps[SOCIAL][0] == "13"


def test_goals_that_repeat_an_indicator_are_not_missed_twice(plan: Plan) -> None:
    repeated = {one.code for one in plan.goals if one.repeats is not None}
    assert repeated
    listed = {code for gap in merged(plan).missing for code in gap.codes}
    assert not listed & repeated


def test_reminders_count_the_days_since_the_deadline(plan: Plan, rules: Rules) -> None:
    early = missing(PeriodContext(plan, rules, Q3, date(2026, 10, 10)), ())
    late = missing(PeriodContext(plan, rules, Q3, date(2026, 10, 13)), ())
    health = next(one for one in late if one.agency.name == HEALTH)
    first = next(owing for owing in health.items if owing.item.code == "1")
    assert (first.deadline, first.days_late) == (date(2026, 10, 10), 3)
    assert health.days_late >= 3
    assert not any(owing.item.code == "1" for one in early for owing in one.items)
    everything = missing(PeriodContext(plan, rules, Q3, date(2026, 10, 1)), (), due_only=False)
    assert any(owing.days_late < 0 for one in everything for owing in one.items)


def test_a_milestone_is_owed_once_its_date_has_passed_until_it_is_done(
    plan: Plan, rules: Rules
) -> None:
    milestone = next(one for one in plan.indicators if one.due == date(2025, 12, 31))
    agency, code = milestone.reporting_agency, milestone.code
    assert code not in [
        owed.item.code
        for one in missing(
            PeriodContext(plan, rules, Period.parse("2025Q3"), date(2026, 11, 1)), ()
        )
        for owed in one.items
    ]

    def owing(*records: Record) -> bool:
        found = missing(PeriodContext(plan, rules, Q3, date(2026, 11, 1)), records)
        return any(
            owed.item.code == code
            for one in found
            if one.agency.name == agency
            for owed in one.items
        )

    earlier = Record(code, Period.parse("2026Q1"), agency, Word.DONE)
    under_way = Record(code, Period.parse("2026Q1"), agency, Word.IN_PROGRESS)
    assert owing()
    assert owing(under_way)
    assert not owing(earlier)
    assert not owing(replace(earlier, actual=Decimal(100))), "as the lamp counts it"
