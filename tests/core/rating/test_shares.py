"""Items broken down to agencies: who reports them, by which target they are rated, what adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.broken_down import LEVEL, STREETS, as_ratio, at_least, sent, with_shares
from support.examples import tried

from qiyx_xl.core.consolidation.conflicts import find_conflicts
from qiyx_xl.core.consolidation.street_totals import street_totals
from qiyx_xl.core.history.closing import Closing, close
from qiyx_xl.core.history.snapshot import Figure
from qiyx_xl.core.plan.model import Goal, Indicator
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.lamps import LampState, Light
from qiyx_xl.core.rating.scorecard import (
    counted_in,
    levels_with_parts,
    parts_of,
    status_lines,
    summarise,
    summarise_level,
)
from qiyx_xl.core.records.missing import missing_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.core.records.record import Record

Q3, TODAY = Period.parse("2026Q3"), date(2026, 10, 30)
ONE, OTHER, THIRD = STREETS


def lines(plan: Plan, rules: Rules, records: Sequence[Record]) -> tuple[StatusLine, ...]:
    return status_lines(plan, rules, Q3, records, TODAY)


def part(found: Sequence[StatusLine], code: str, agency: str) -> StatusLine:
    return next(
        one
        for one in parts_of(found)
        if (one.item.code, one.item.reporting_agency) == (code, agency)
    )


def test_who_has_a_share_of_an_item_reports_it_and_nobody_else_does(plan: Plan):
    broken = with_shares(plan, ("12", ONE, 2026, "72"), ("T5-3-02", "区教育局", None, "95"))
    by_name = {agency.name: agency for agency in broken.agencies}
    codes = {
        name: [item.code for item in broken.reported_by(by_name[name])]
        for name in (ONE, OTHER, "区教育局", "区卫健局")
    }
    assert "12" in codes[ONE]
    assert "12" not in codes[OTHER]
    assert "12" in codes["区卫健局"], "the lead agency's figure stays the district's"
    assert "T5-3-02" in codes["区教育局"]
    assert [item.code for item in plan.reported_by(by_name[OTHER])] == codes[OTHER]


def test_a_share_is_owed_and_has_its_own_target_in_the_form(plan: Plan):
    broken = with_shares(plan, ("12", ONE, 2026, "72"))
    street = next(agency for agency in broken.agencies if agency.name == ONE)
    owed = {item.code: item for item in missing_items(broken, street, Q3, ())}
    share = owed["12"]
    assert isinstance(share, Indicator)
    assert share.targets == {2026: at_least("72")}
    assert "12" not in {i.code for i in missing_items(broken, street, Period.parse("2025Q4"), ())}


def test_a_part_is_rated_by_the_items_rule_its_own_target_and_its_own_last_year(
    plan: Plan, rules: Rules
):
    broken = with_shares(plan, ("12", ONE, 2026, "72"), ("12", OTHER, 2026, "60"))
    records = sent(
        [
            ("12", "区卫健局", "2025Q4", "44"),
            ("12", "区卫健局", "2026Q3", "60"),
            ("12", ONE, "2025Q4", "46"),
            ("12", ONE, "2026Q3", "64"),
            ("12", OTHER, "2026Q3", "61"),
        ]
    )
    found = lines(broken, rules, records)
    own = part(found, "12", ONE)
    assert (own.previous, own.rating.target) == (Decimal(46), Decimal(72))
    # (64 − 46) ÷ (72 − 46) − 3/4
    assert own.rating.schedule_gap_pp is not None
    assert round(own.rating.schedule_gap_pp, 4) == Decimal("-5.7692")
    assert own.rating.light is Light.AMBER
    other = part(found, "12", OTHER)
    assert other.previous is None
    assert other.rating.light is Light.GREEN
    whole = next(line for line in found if line.item.code == "12")
    assert whole.rating.target == Decimal(70)
    assert (
        whole.rating
        == next(line for line in lines(plan, rules, records) if line.item.code == "12").rating
    ), "the district's lamp is what it was"


def test_a_goals_target_on_the_way_counts_until_its_year_and_then_the_final_one(
    plan: Plan, rules: Rules
):
    broken = with_shares(plan, ("T5-3-02", ONE, 2026, "90"), ("T5-3-02", ONE, None, "95"))
    share = broken.share("T5-3-02", ONE)
    assert isinstance(share, Goal)
    wanted = [
        (share.in_year(year).target.value, share.in_year(year).deadline_year)
        for year in (2025, 2026, 2027)
    ]
    assert wanted == [(90, 2026), (90, 2026), (95, 2027)]
    records = sent([("T5-3-02", ONE, "2026Q3", "90", "60")])
    own = part(lines(broken, rules, records), "T5-3-02", ONE)
    assert (own.rating.target, own.rating.light) == (Decimal(90), Light.GREEN)


def test_a_goal_broken_down_by_years_alone_ends_with_the_last_of_them(plan: Plan):
    broken = with_shares(plan, ("T6-2-04", ONE, 2025, "8"), ("T6-2-04", ONE, 2026, "12"))
    share = broken.share("T6-2-04", ONE)
    assert isinstance(share, Goal)
    assert (share.target.value, share.deadline_year) == (12, 2026)
    assert share.in_year(2024).target.value == 8


def test_of_a_ratio_the_street_sends_two_figures_and_is_rated_by_their_quotient(
    plan: Plan, rules: Rules
):
    broken = with_shares(as_ratio(plan, "12"), ("12", ONE, 2026, "72"))
    street = next(agency for agency in broken.agencies if agency.name == ONE)
    asked = next(item for item in broken.reported_by(street) if item.code == "12")
    assert asked.name.endswith("（参保人数）")
    records = sent([("12", ONE, "2025Q4", "45", "100"), ("12", ONE, "2026Q3", "300", "400")])
    own = part(lines(broken, rules, records), "12", ONE)
    assert (own.rating.actual, own.previous) == (Decimal(75), Decimal(45))
    assert own.rating.light is Light.GREEN


def test_a_figure_of_a_part_is_no_rival_of_the_districts(plan: Plan):
    records = sent([("12", "区卫健局", "2026Q3", "60"), ("12", ONE, "2026Q3", "64")])
    assert find_conflicts(plan, records), "without a share it is"
    assert find_conflicts(with_shares(plan, ("12", ONE, 2026, "72")), records) == ()


def test_who_has_a_share_of_a_sum_belongs_to_it_although_it_is_no_street(plan: Plan):
    broken = with_shares(plan, ("T6-2-04", "区教育局", None, "2"))
    goal = broken.item("T6-2-04")
    assert goal is not None
    names = broken.part_agencies(goal)
    assert names == ("区教育局", *(street.name for street in plan.streets))
    rows = [("T6-2-04", name, "2026Q3", "1") for name in names]
    (total,) = street_totals(broken, sent(rows))
    assert total.value == len(names)
    (total,) = street_totals(broken, sent(rows[1:]))
    assert (total.value, total.absent) == (None, ("区教育局",))


def test_a_goal_that_repeats_an_indicator_has_no_shares(plan: Plan):
    repeating = next(goal for goal in plan.goals if goal.repeats)
    broken = with_shares(plan, (repeating.code, ONE, None, "3"))
    assert broken.shares == {}


values = st.decimals(0, 10**6, allow_nan=False, places=2)


@tried(1)
@given(st.lists(values, min_size=11, max_size=11))
def test_the_districts_sum_is_exactly_the_sum_of_its_parts(plan: Plan, numbers: list[Decimal]):
    broken = with_shares(plan, ("T6-2-04", ONE, None, "9"))
    rows = [
        ("T6-2-04", street.name, "2026Q3", str(number))
        for street, number in zip(plan.streets, numbers, strict=True)
    ]
    (total,) = street_totals(broken, sent(rows))
    assert total.value == sum(numbers)


@tried(1)
@given(st.lists(st.tuples(values, st.integers(1, 10**6)), min_size=11, max_size=11))
def test_the_districts_ratio_is_exactly_the_ratio_of_the_sums(
    plan: Plan, pairs: list[tuple[Decimal, int]]
):
    broken = with_shares(as_ratio(plan, "12"), ("12", ONE, 2026, "72"))
    rows = [
        ("12", street.name, "2026Q3", str(upper), str(lower))
        for street, (upper, lower) in zip(plan.streets, pairs, strict=True)
    ]
    (total,) = street_totals(broken, sent(rows))
    wanted = Fraction(sum(upper for upper, _ in pairs)) / sum(lower for _, lower in pairs) * 100
    assert total.value is not None
    assert abs(Fraction(total.value) - wanted) <= abs(wanted) * Fraction(1, 10**26)


SHARED = ("12", "18", "T6-2-01", "T6-2-04", "T7-2-03")


@tried(1)
@given(
    st.lists(
        st.tuples(st.sampled_from(SHARED), st.integers(0, 13), st.integers(1, 90)),
        unique_by=lambda entry: entry[:2],
        max_size=30,
    ),
    st.lists(st.tuples(st.sampled_from(SHARED), st.integers(0, 13), values), max_size=40),
)
def test_lamps_add_up_in_every_view_whatever_is_broken_down_and_sent(
    plan: Plan,
    rules: Rules,
    shares: list[tuple[str, int, int]],
    figures: list[tuple[str, int, Decimal]],
):
    agencies = [agency.name for agency in plan.agencies]
    broken = with_shares(
        plan,
        *(
            (code, agencies[at], None if code.startswith("T") else 2026, str(target))
            for code, at, target in shares
        ),
    )
    records = sent((code, agencies[at], "2026Q3", str(value)) for code, at, value in figures)
    found = lines(broken, rules, records)
    assert len(parts_of(found)) == len(shares)
    for view in ("domain", "agency", "level"):
        groups = summarise(found, broken, rules, by=view)
        assert sum(group.total for group in groups) == len(counted_in(found, broken, view))
    levels = levels_with_parts(found, broken)
    by_street = [
        group for level in levels for group in summarise_level(found, broken, rules, level)
    ]
    by_agency = summarise(found, broken, rules, by="agency")
    by_level = summarise(found, broken, rules, by="level")
    for light in ("green", "amber", "red", "grey", "due", "missing"):
        assert sum(getattr(group, light) for group in (*by_agency, *by_street)) == sum(
            getattr(group, light) for group in by_level
        )


def test_streets_are_ranked_among_streets(plan: Plan, rules: Rules):
    broken = with_shares(plan, *(("12", name, 2026, "70") for name in STREETS))
    rows = [("12", name, "2026Q3", number) for name, number in zip(STREETS, "987", strict=True)]
    records = sent((code, name, when, f"{number}0") for code, name, when, number in rows)
    found = lines(broken, rules, records)
    groups = summarise_level(found, broken, rules, LEVEL)
    assert [group.name for group in groups] == list(STREETS)
    assert all(group.rank is not None and group.total == 1 for group in groups)
    unreported = lines(broken, rules, records[:2])
    third = summarise_level(unreported, broken, rules, LEVEL)[2]
    assert (third.name, third.rank, third.missing) == (THIRD, None, 1)
    assert part(unreported, "12", THIRD).rating.state == LampState.NOT_REPORTED


def test_without_shares_every_line_and_group_is_as_before(plan: Plan, rules: Rules):
    records = sent([("12", "区卫健局", "2026Q3", "60"), ("T6-2-04", ONE, "2026Q3", "12")])
    for line in lines(plan, rules, records):
        assert line.parts == ()
    assert levels_with_parts(lines(plan, rules, records), plan) == ()


def test_a_closed_period_repeats_its_parts_to_the_letter(plan: Plan, rules: Rules):
    from datetime import UTC, datetime

    broken = with_shares(plan, ("12", ONE, 2026, "72"), ("12", OTHER, 2026, "60"))
    records = sent([("12", ONE, "2025Q4", "46"), ("12", ONE, "2026Q3", "64")])
    found = lines(broken, rules, records)
    closing = close(broken, rules, Q3, found, (), at=datetime(2026, 10, 30, tzinfo=UTC), by="甲")
    kept = tuple(Figure.from_json(figure.to_json(), Q3) for figure in closing.figures)
    assert kept == closing.figures
    again = replace(closing, figures=kept).lines(broken)
    assert [(one.item, one.rating, one.previous) for one in parts_of(again)] == [
        (one.item, one.rating, one.previous) for one in parts_of(found)
    ]
    assert isinstance(closing, Closing)


@pytest.mark.parametrize("agency", ["不在名单的街道"])
def test_a_share_of_an_agency_that_the_plan_does_not_know_is_none(plan: Plan, agency: str):
    assert with_shares(plan, ("12", agency, 2026, "72")).shares == {}
