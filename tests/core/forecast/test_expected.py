"""What is expected of a year's end: enough figures or nothing, and nothing impossible."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import tried

from qiyx_xl.core.forecast.expected import forecast, needed_pace, starts_anew
from qiyx_xl.core.forecast.trend import FEWEST, Basis, Reading
from qiyx_xl.core.plan.model import Milestone
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.period_target import Course, period_target
from qiyx_xl.core.rating.rate import effective_item
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules

PLAN, RULES = load_plan(), load_rules()
ITEMS = [
    item
    for item in PLAN.items()
    if effective_item(PLAN, item) is item and not isinstance(item, Milestone)
]
RECRUITING = "T3-3-01"  # counted from 0 each year


def series(text: str) -> list[Reading]:
    """Read ``2025Q4 66, 2026Q1 66.5``."""
    pairs = (part.split() for part in text.split(","))
    return [Reading(Period.parse(period), Decimal(value)) for period, value in pairs]


def expected(code: str, text: str, **known: Decimal):
    return forecast(PLAN.find(code), series(text), RULES, **known)


# --- the straight line --------------------------------------------------------------------------


def test_a_steady_indicator_goes_on_as_it_went_and_is_rated_as_at_the_year_end():
    found = expected("9", "2025Q3 6.0, 2025Q4 6.4, 2026Q1 6.8, 2026Q2 7.2", previous=Decimal("6.4"))
    assert (found.value, found.rating.light) == (Decimal("8.0"), Light.AMBER)
    assert found.rating.period == Period.parse("2026Q4")
    assert found.words == "按近4期走势推算"
    assert found.recent == pytest.approx(Decimal("0.4") / 3)
    assert found.needed == pytest.approx((Decimal("8.3") - Decimal("7.2")) / 6)


def test_one_figure_that_is_far_off_hardly_moves_the_pace():
    steady = "2025Q1 5.0, 2025Q2 5.4, 2025Q3 5.8, 2025Q4 6.2, 2026Q1 6.6, 2026Q2 7.0"
    assert expected("1", steady).value == Decimal("7.8")
    assert expected("1", steady.replace("2025Q3 5.8", "2025Q3 9.9")).value == Decimal("7.8")


def test_three_figures_bear_a_forecast_and_two_do_not():
    assert expected("9", "2025Q4 6.4, 2026Q1 6.8, 2026Q2 7.2") is not None
    assert expected("9", "2026Q1 6.8, 2026Q2 7.2") is None


def test_two_figures_of_one_month_are_one_figure():
    assert expected("9", "2026-03 6.8, 2026Q1 6.8, 2026Q2 7.2") is None


def test_nothing_is_expected_further_ahead_than_the_figures_reach_back():
    three_months = "2026-01 6.5, 2026-02 6.6, 2026-03 6.7"
    assert expected("9", three_months) is None
    assert expected("9", f"2025Q2 5.6, {three_months}").value == Decimal("7.7")


def test_at_the_year_end_nothing_is_left_to_expect():
    assert expected("9", "2026Q2 7.2, 2026Q3 7.6, 2026Q4 8.0") is None


@pytest.mark.parametrize("code", ["4", "6", "7", "15", "18", "T1-3-03", "T7-1-02"])
def test_what_is_not_judged_by_its_schedule_has_no_forecast(code: str):
    assert expected(code, "2025Q3 95, 2025Q4 96, 2026Q1 96, 2026Q2 97") is None


def test_what_is_to_fall_to_nothing_by_its_last_year_has_a_schedule():
    left = expected("T6-3-02", "2025Q3 46, 2025Q4 40, 2026Q1 34, 2026Q2 28", second=Decimal(64))
    assert left.value == 16
    assert left.needed == Decimal(-28) / 18


# --- last year's shape ----------------------------------------------------------------------------

_LAST_YEAR = "2025Q1 5, 2025Q2 25, 2025Q3 45, 2025Q4 50"


def test_a_count_that_starts_anew_goes_as_last_year_went():
    found = expected(RECRUITING, f"{_LAST_YEAR}, 2026Q1 6, 2026Q2 27")
    assert (found.value, found.basis) == (Decimal(54), Basis.LAST_YEAR)
    assert found.words == "按上年同期走势推算"
    assert found.rating.light is Light.GREEN


def test_without_a_whole_last_year_a_count_that_starts_anew_needs_three_figures_of_this_year():
    assert expected(RECRUITING, "2025Q3 45, 2025Q4 50, 2026Q1 6, 2026Q2 27") is None
    found = expected(RECRUITING, "2025Q4 50, 2026Q1 12, 2026Q2 24, 2026Q3 36")
    assert (found.value, found.basis) == (Decimal(48), Basis.SLOPE)
    assert found.words == "按近3期走势推算"


def test_an_indicator_whose_figures_begin_anew_each_year_is_counted_so():
    yearly = "2025Q1 4, 2025Q2 8, 2025Q3 12, 2025Q4 16, 2026Q1 5, 2026Q2 10"
    found = expected("1", yearly)
    assert (found.value, found.basis) == (Decimal(20), Basis.LAST_YEAR)
    assert expected("1", "2025Q4 16, 2026Q1 5, 2026Q2 10") is None


def test_a_level_follows_last_year_only_where_this_year_has_so_far():
    last = "2025Q1 60, 2025Q2 66, 2025Q3 67, 2025Q4 61"
    alike = expected("2", f"2024Q4 60, {last}, 2026Q1 62, 2026Q2 68")
    assert (alike.value, alike.basis) == (Decimal(63), Basis.LAST_YEAR)
    other = expected("2", f"2024Q4 60, {last}, 2026Q1 62, 2026Q2 62")
    assert other.basis is Basis.SLOPE


# --- the range --------------------------------------------------------------------------------------


def test_a_share_is_never_expected_above_a_hundred_and_no_figure_below_zero():
    assert expected("2", "2025Q3 80, 2025Q4 86, 2026Q1 92, 2026Q2 98").value == 100
    assert expected("2", "2025Q3 80, 2025Q4 50, 2026Q1 30, 2026Q2 10").value == 0


def test_a_cumulative_count_is_never_expected_to_fall():
    assert expected("9", "2025Q3 8.0, 2025Q4 7.8, 2026Q1 7.6, 2026Q2 7.4").value == Decimal("7.4")


figures = st.decimals(0, 200, allow_nan=False, places=2) | st.integers(0, 10**12).map(Decimal)
quarters = st.builds(Period.of_quarter, st.integers(2022, 2027), st.integers(1, 4))
months = st.builds(Period.of_month, st.integers(2022, 2027), st.integers(1, 12))
histories = st.lists(st.builds(Reading, quarters | months, figures), max_size=14)


@tried(5)
@given(st.sampled_from(ITEMS), histories, st.none() | figures)
def test_no_forecast_of_fewer_than_three_figures_and_none_beyond_the_possible(item, readings, last):
    found = forecast(item, readings, RULES, previous=last, second=last)
    ends = {(one.period.year, one.period.end_month): one.value for one in readings}
    if found is None:
        return
    assert len(ends) >= FEWEST
    known = [ends[end] for end in sorted(ends)]
    assert found.value >= 0
    if item.is_percent and not item.may_exceed_hundred:
        assert found.value <= max(Decimal(100), *known)
    if item.cumulative or starts_anew(item):
        assert found.value >= known[-1]
    aim = period_target(item, found.rating.period, RULES)
    assert aim is not None
    assert aim.value is not None


@tried(5)
@given(st.sampled_from(ITEMS), quarters, figures)
def test_going_on_at_the_needed_pace_reaches_the_target(item, period, actual):
    pace = needed_pace(item, period, actual, RULES)
    aim = period_target(item, period, RULES)
    if pace is None:
        assert (
            aim is None
            or aim.value is None
            or aim.course not in (Course.SCHEDULED, Course.EARLY)
            or period.is_year_end
        )
        return
    end = getattr(item, "deadline_year", period.year)
    if starts_anew(item):
        end = period.year
    left = (end - period.year) * 12 + 12 - period.end_month
    if pace == 0:
        return
    assert float(actual + pace * left) == pytest.approx(float(aim.value))


def test_a_goal_of_five_years_has_until_the_end_of_its_last_year():
    goal = PLAN.find("T3-1-01")  # 16 by 2027
    assert needed_pace(goal, Period.parse("2026Q2"), Decimal(10), RULES) == Decimal(6) / 18


def test_what_has_to_fall_has_a_negative_pace_and_what_is_met_none_left():
    early_death = PLAN.find("11")  # lower is better, yearly
    target = early_death.targets[2026].value
    half = Period.parse("2026Q2")
    assert needed_pace(early_death, half, target + Decimal("0.6"), RULES) == Decimal("-0.1")
    assert needed_pace(early_death, half, target, RULES) == 0
