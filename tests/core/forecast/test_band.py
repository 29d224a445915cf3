"""A value outside the band of its own history: a reason to look again, never more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.forecast.band import FEWEST, band
from qiyx_xl.core.forecast.trend import Reading
from qiyx_xl.core.plan.model import Milestone
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.intake.office_files.plan import load_plan

PLAN = load_plan()
PLACES, RECRUITING = PLAN.find("1"), PLAN.find("T3-3-01")
Q3 = Period.parse("2026Q3")
ITEMS = [item for item in PLAN.items() if not isinstance(item, Milestone)]


def quarters(*values: str) -> list[Reading]:
    """So many quarters until 2026Q2."""
    periods = [Period.parse("2026Q2")]
    while len(periods) < len(values):
        periods.append(periods[-1].before)
    return [
        Reading(period, Decimal(value))
        for period, value in zip(reversed(periods), values, strict=True)
    ]


STEADY = ("4.1", "4.2", "4.2", "4.4", "4.5", "4.6")


def test_the_band_goes_on_from_the_last_figure_by_the_usual_change():
    found = band(PLACES, quarters(*STEADY), Q3)
    assert (found.low, found.high) == (Decimal("4.5"), Decimal("4.9"))
    assert found.last.value == Decimal("4.6")
    assert found.holds(Decimal("4.5"))
    assert found.holds(Decimal("4.9"))
    assert not found.holds(Decimal("5.0"))
    assert not found.holds(Decimal("4.4"))


def test_one_earlier_slip_does_not_widen_the_band():
    slipped = ("4.1", "4.2", "4.2", "9.9", "4.5", "4.6", "4.6")
    clean = ("4.1", "4.2", "4.2", "4.4", "4.5", "4.6", "4.6")
    assert band(PLACES, quarters(*slipped), Q3).high - band(PLACES, quarters(*clean), Q3).high < 1


def test_a_figure_that_never_changed_may_still_change_a_little():
    full = band(PLAN.find("21"), quarters(*["100"] * 6), Q3)
    assert (full.low, full.high) == (Decimal(98), Decimal(100))


def test_a_longer_gap_allows_a_larger_change():
    uneven = quarters("4.1", "4.2", "4.2", "4.5", "4.5", "4.7", "4.7")
    near, far = (band(PLACES, uneven, Period.parse(text)) for text in ("2026Q3", "2027Q2"))
    assert far.high - far.low > near.high - near.low


def test_five_figures_have_no_band_and_figures_of_later_periods_do_not_count():
    assert band(PLACES, quarters(*STEADY[:5]), Q3) is None
    assert band(PLACES, quarters(*STEADY), Period.parse("2026Q2")) is None


def test_an_item_that_jumps_by_nature_has_no_band():
    assert band(replace(PLACES, jumps=True), quarters(*STEADY), Q3) is None
    flagged = [item.code for item in PLAN.items() if item.jumps]
    assert flagged == ["T1-2-01", "T1-2-02", "T1-2-03", "T6-2-06", "T7-2-02"]


def test_a_count_that_starts_anew_each_year_begins_at_nothing():
    found = band(
        RECRUITING,
        quarters("24", "36", "50", "12", "25", "37", "50", "13", "25"),
        Period.parse("2027Q1"),
    )
    assert found.holds(Decimal(13))
    assert not found.holds(Decimal(60))


numbers = st.decimals(0, 500, allow_nan=False, places=2) | st.integers(0, 10**14).map(Decimal)


@given(
    st.sampled_from(ITEMS),
    st.lists(st.builds(Reading, st.builds(Period.of_quarter, st.integers(2022, 2026), st.integers(1, 4)), numbers), max_size=14),
)  # fmt: skip
def test_no_band_of_fewer_than_six_figures_and_every_band_can_be(item, readings):
    found = band(item, readings, Q3)
    earlier = {one.period for one in readings if one.period < Q3}
    if found is None:
        assert item.jumps or len(earlier) < FEWEST
        return
    assert len(earlier) >= FEWEST
    assert 0 <= found.low <= found.high
    if item.is_percent and not item.may_exceed_hundred:
        assert found.high <= 100


@pytest.mark.parametrize("value", ["4.55", "4.6", "4.7"])
def test_ordinary_progress_lies_within(value: str):
    assert band(PLACES, quarters(*STEADY), Q3).holds(Decimal(value))
