"""Every case of the language-neutral suite, rated in columns as well as one by one."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from support.rating_suite import cases, changed, rules_of, typed

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import spell
from qiyx_xl.core.rating.rate import Yardstick, effective_item
from qiyx_xl.vectorized.numbers import column
from qiyx_xl.vectorized.rate import rate_columns
from qiyx_xl.vectorized.result import FLAGS, LIGHTS, STATES

RATING = cases("rating.json")


def number(given):
    return None if given is None else Decimal(given)


def in_columns(case, plan, rules):
    """Rate a case as a column of one value; with what the core says of it."""
    given = case["input"]
    rules = rules_of(given.get("rules"), rules)
    item = changed(effective_item(plan, plan.find(given["item"])), given.get("change", {}))
    yardstick = Yardstick(item, Period.parse(given["period"]), rules, due=given.get("due", True))
    actual = typed(given["actual"])
    previous, second = number(given.get("previous")), number(given.get("second"))
    confirmed = given.get("confirmed", False)
    rated = rate_columns(
        [yardstick],
        np.array([0]),
        column([actual if isinstance(actual, Decimal) else spell(actual)]),
        column([previous]),
        column([second]),
        np.array([confirmed]),
    )
    rating = yardstick.rate(actual, previous=previous, second=second, confirmed=confirmed)
    return rated, rating


def told(rated):
    """The one row of the columns, in the words of the suite."""
    shares = (rated.rate[0], rated.scheduled[0], rated.progress[0], rated.gap[0])
    return (
        LIGHTS[rated.light[0]],
        STATES[rated.state[0]].value,
        {1: True, 0: False, -1: None}[int(rated.met[0])],
        FLAGS[rated.flags[0]],
        *(None if math.isnan(share) else float(share) for share in shares),
    )


def expected(rating):
    shares = (
        rating.completion_rate,
        rating.scheduled_progress,
        rating.progress,
        rating.schedule_gap_pp,
    )
    return (
        rating.light,
        rating.state,
        rating.met,
        rating.flags,
        *(None if share is None else float(share) for share in shares),
    )


@pytest.mark.parametrize("case", RATING, ids=lambda case: case["id"])
def test_every_rating_of_the_suite_comes_out_of_the_columns_too(case, plan, rules):
    rated, rating = in_columns(case, plan, rules)
    if rated.left[0]:
        rated.put(0, rating)
    assert told(rated) == expected(rating)
    got = dict(zip(("light", "state", "met", "flags"), told(rated), strict=False))
    got["flags"] = list(got["flags"])
    wanted = case["expected"]
    assert got == {name: wanted.get(name, value) for name, value in got.items()}


MILESTONES = {"4-90", "4-93"}
MORE_THAN_FOUR_DECIMALS = {"3-20", "7-13", "7-27", "7-3A", "7-48", "7-4B", "7-4C"}
TOO_LARGE_FOR_THE_PRODUCTS = {"7-14"}


def test_only_numbers_that_fit_no_column_are_left_to_the_core(plan, rules):
    left = {
        case["id"]
        for case in RATING
        if isinstance(typed(case["input"]["actual"]), Decimal)
        and in_columns(case, plan, rules)[0].left[0]
    }
    assert left == MILESTONES | MORE_THAN_FOUR_DECIMALS | TOO_LARGE_FOR_THE_PRODUCTS
