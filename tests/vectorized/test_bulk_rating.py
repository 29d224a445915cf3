"""Rating whole columns gives what the core gives value by value, to the last bit."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from support.examples import tried

from qiyx_xl.core.forms.cell_parser import read_cell, read_number
from qiyx_xl.core.plan.model import Frequency, StatusRule
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.rate import Yardstick, effective_item
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules, preset
from qiyx_xl.vectorized.frame import FrameError, rate_frame
from qiyx_xl.vectorized.numbers import Numbers, column, of_floats, scaled
from qiyx_xl.vectorized.rate import rate_columns
from qiyx_xl.vectorized.result import FLAGS, STATES

PLAN = load_plan()
SHIPPED = load_rules()
RULES = [
    SHIPPED,
    preset("银川"),
    replace(SHIPPED, lower_is_better_rate="target_over_actual"),
    replace(SHIPPED, elapsed_by="days"),
    replace(SHIPPED, ratio_amber=Decimal("0.12345678901234567890")),  # no column fits that
    replace(SHIPPED, gap_amber_pp=Decimal("-12.3456789")),
]
FALLING = replace(
    PLAN.find("11"), code="F", status_rule=StatusRule.RATIO, frequency=Frequency.QUARTERLY
)
ITEMS = [*(item for item in PLAN.items() if effective_item(PLAN, item) is item), FALLING]
TODAY = date(2026, 10, 20)
quick = tried(1.5, suppress_health_check=list(HealthCheck))


def known_numbers(item):
    given = [*getattr(item, "targets", {}).values(), getattr(item, "target", None)]
    known = [target.value for target in given if target is not None and target.value is not None]
    return [*known, *([] if item.baseline is None else [item.baseline])] or [Decimal("64.5")]


@st.composite
def numbers_of(draw, item):
    """Near the item's own numbers and thresholds, or anything a cell may hold."""
    near = draw(st.sampled_from(known_numbers(item)))
    percent = draw(
        st.sampled_from(
            [
                0,
                1,
                4,
                5,
                6,
                50,
                88,
                90,
                97,
                98,
                99,
                100,
                100,
                101,
                103,
                110,
                150,
                151,
                1900,
                2000,
                2001,
                5000,
                10000,
                10**6,
                10**10,
            ]
        )
    )
    nudge = Decimal(draw(st.sampled_from([-10000, -1000, -10, -1, 0, 0, 0, 1, 10, 1000])))
    return float(near * percent / 100 + nudge.scaleb(-4))


odd_cells = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "",
            " ",
            "3.3",
            "66",
            "不适用",
            "全覆盖",
            "基本全覆盖",
            "已通过",
            "进行中",
            "100%",
            "约3",
            "1e3",
            "#N/A",
            "-0",
            "inf",
            "nan",
            "３.３",
            "12345678901234567890",
        ]
    ),
    st.sampled_from([0.0, -0.0, 0, 7, 10**15, 10**16, 1e300, 5e-324, 0.1 + 0.2, 1 / 3, -3.5, True]),
    st.floats(allow_nan=False),
    st.floats(0, 1000).map(lambda number: round(number, 2)),
    st.decimals(0, 10**9, places=5, allow_nan=False),
)


@st.composite
def records(draw):
    item = draw(st.sampled_from(ITEMS))
    year = draw(st.integers(2022, 2028))
    period = draw(
        st.one_of(
            st.just(Period.of_year(year)),
            st.builds(Period.of_quarter, st.just(year), st.integers(1, 4)),
            st.builds(Period.of_month, st.just(year), st.integers(1, 12)),
        )
    )
    number = numbers_of(item)
    actual = draw(st.one_of(number, number, number, odd_cells))
    previous, second = (
        draw(st.one_of(st.none(), number, st.just(0.0), st.decimals(-5, 9000, places=2)))
        for _ in range(2)
    )
    return item, period, actual, previous, second, draw(st.booleans()), draw(st.booleans())


def float_of(value):
    return math.nan if value is None else float(value)


def same(one, other):
    return one == other or (math.isnan(one) and math.isnan(other))


def as_number(cell, item):
    value = read_number(cell, item.measure).value
    return value if isinstance(value, Decimal) else None


@pytest.mark.slow
@quick
@given(rows=st.lists(records(), min_size=1, max_size=40), rules=st.sampled_from(RULES))
def test_columns_and_core_give_the_same(rows, rules):
    yardsticks = [Yardstick(item, period, rules, due=due) for item, period, _, _, _, due, _ in rows]
    rated = rate_columns(
        yardsticks,
        np.arange(len(rows)),
        column([row[2] for row in rows]),
        column([row[3] for row in rows]),
        column([row[4] for row in rows]),
        np.array([row[6] for row in rows]),
    )
    for place, (item, _, actual, previous, second, _, confirmed) in enumerate(rows):
        if rated.left[place]:
            continue
        expected = yardsticks[place].rate(
            read_cell(actual, item).value,
            previous=as_number(previous, item),
            second=as_number(second, item),
            confirmed=confirmed,
        )
        got = (
            STATES[rated.state[place]].value,
            {1: True, 0: False, -1: None}[int(rated.met[place])],
            FLAGS[rated.flags[place]],
        )
        assert got == (expected.state, expected.met, expected.flags), (place, expected)
        assert list(type(expected.light))[rated.light[place]] is expected.light
        assert same(rated.rate[place], float_of(expected.completion_rate)), expected
        assert same(rated.scheduled[place], float_of(expected.scheduled_progress)), expected
        assert same(rated.progress[place], float_of(expected.progress)), expected
        assert same(rated.gap[place], float_of(expected.schedule_gap_pp)), expected
        if expected.met is not None:
            assert same(rated.shown_rate[place], float_of(expected.shown_rate)), expected


def random_frame(size, seed=7):
    """Values as people send them: most near the target, few far off, some blank."""
    random = np.random.default_rng(seed)
    numbered = [i for i in ITEMS if i.status_rule is not StatusRule.MILESTONE and i is not FALLING]
    chosen = random.integers(0, len(numbered), size)
    centre = np.array([float(known_numbers(item)[-1]) for item in numbered])[chosen]
    periods = np.array([f"{year}Q{n}" for year in range(2023, 2028) for n in range(1, 5)])
    actual = np.round(centre * random.uniform(0.7, 1.2, size), 2)
    actual[random.random(size) < 0.05] = np.nan
    previous = np.round(centre * random.uniform(0.8, 1.0, size), 2)
    previous[random.random(size) < 0.5] = np.nan
    return pd.DataFrame(
        {
            "indicator": np.array([item.code for item in numbered])[chosen],
            "period": periods[random.integers(0, len(periods), size)],
            "actual": actual,
            "previous": previous,
        }
    )


@pytest.mark.slow
def test_a_frame_of_ordinary_values_is_rated_in_columns_and_equals_the_core():
    frame = random_frame(5000)
    rated = rate_frame(frame, PLAN, SHIPPED, today=TODAY)
    for row, got in zip(frame.itertuples(), rated.itertuples(), strict=True):
        item = effective_item(PLAN, PLAN.find(row.indicator))
        period = Period.parse(row.period)
        expected = Yardstick(item, period, SHIPPED, due=got.state == "未报").rate(
            read_cell(None if math.isnan(row.actual) else row.actual, item).value,
            previous=None if math.isnan(row.previous) else as_number(row.previous, item),
        )
        assert (got.word, got.state, got.flags) == (
            expected.word,
            expected.state,
            "、".join(expected.flags),
        )
        assert same(got.completion_rate, float_of(expected.completion_rate))
        assert same(got.schedule_gap_pp, float_of(expected.schedule_gap_pp))


@pytest.mark.slow
def test_hardly_any_ordinary_value_is_left_to_the_core():
    frame = random_frame(5000)
    yardsticks = [
        Yardstick(effective_item(PLAN, PLAN.find(i)), Period.parse(p), SHIPPED)
        for i, p in zip(frame["indicator"], frame["period"], strict=True)
    ]
    rated = rate_columns(
        yardsticks,
        np.arange(len(frame)),
        column(frame["actual"].to_numpy()),
        column(frame["previous"].to_numpy()),
        column([None] * len(frame)),
    )
    assert rated.left.mean() < 0.01


@given(st.floats(allow_nan=False))
def test_a_float_becomes_the_decimal_excel_shows_or_is_left(number):
    got = of_floats(np.array([number]), np.array([False]))
    if got.known[0]:
        assert Decimal(int(got.scaled[0])) / 10000 == Decimal(format(number, ".15g"))
    else:
        assert got.other[0]


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_decimal_is_scaled_exactly_or_not_at_all(number):
    count = scaled(number)
    if count is not None:
        assert Decimal(count).scaleb(-4) == number


def test_blank_zero_words_and_numbers_stay_four_things():
    numbers = column([None, "", 0.0, "0", "不适用", 3, True, Decimal("2.5"), Decimal("2.00001")])
    assert numbers.blank.tolist() == [True, True] + [False] * 7
    assert numbers.known.tolist() == [False, False, True, True, False, True, False, True, False]
    assert numbers.scaled.tolist() == [0, 0, 0, 0, 0, 30000, 0, 25000, 0]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"indicator": [1], "actual": [2.0]}), "period"),
        (pd.DataFrame({"indicator": ["没有"], "period": ["2026"], "actual": [2.0]}), "没有"),
        (pd.DataFrame({"indicator": [None], "period": ["2026"], "actual": [2.0]}), "没有填"),
        (
            pd.DataFrame(
                {"indicator": [1], "period": ["2026"], "actual": [2.0], "previous": ["约3"]}
            ),
            "约3",
        ),
    ],
)
def test_a_frame_that_cannot_be_rated_says_why(frame, said):
    with pytest.raises(FrameError, match=said):
        rate_frame(frame, PLAN, SHIPPED, today=TODAY)


def test_an_empty_frame_is_rated_too():
    empty = pd.DataFrame({"indicator": [], "period": [], "actual": []})
    assert rate_frame(empty, PLAN, SHIPPED, today=TODAY).empty


def test_nothing_is_known_of_no_numbers():
    assert column([]).known.tolist() == []
    assert isinstance(column([]), Numbers)
