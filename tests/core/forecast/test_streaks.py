"""How long a lamp has been red, or not green, over the published periods."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.forecast.streaks import red_before_green, run_of
from qiyx_xl.core.rating.lamps import Light

LIGHTS = {light.word: light for light in Light}


def lamps(words: str) -> list[Light]:
    return [LIGHTS[word] for word in words]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("红红红", "连续3期红灯"),
        ("绿红红", "连续2期红灯"),
        ("红绿红", None),
        ("红灰红", None),
        ("黄黄", "连续2期未转绿"),
        ("绿红黄", "连续2期未转绿"),
        ("黄红", None),  # amber does not make a red lamp red for longer
        ("黄红红", "连续2期红灯"),
        ("红", None),
        ("绿绿", None),
        ("灰灰", None),
        ("", None),
    ],
)
def test_a_run_counts_back_from_the_present_lamp(row: str, words: str | None):
    run = run_of(lamps(row))
    assert (None if run is None else run.words) == words


@pytest.mark.parametrize(
    ("row", "red"), [("红绿", 1), ("红红绿", 2), ("黄绿", 0), ("红灰绿", 0), ("红红", 0), ("绿", 0)]
)
def test_a_lamp_that_was_made_good_says_how_long_it_had_been_red(row: str, red: int):
    assert red_before_green(lamps(row)) == red


def test_the_worst_come_first_red_ones_by_length_then_those_without_green():
    rows = ("黄黄黄黄", "绿红红", "红红红", "绿黄黄")
    runs = sorted((run_of(lamps(row)) for row in rows), key=lambda run: run.order)
    assert [run.words for run in runs] == [
        "连续3期红灯",
        "连续2期红灯",
        "连续4期未转绿",
        "连续2期未转绿",
    ]


@given(st.lists(st.sampled_from(list(Light)), max_size=9))
def test_a_run_is_of_the_present_lamp_and_never_longer_than_the_row(row):
    run = run_of(row)
    if run is None:
        return
    assert 2 <= run.periods <= len(row)
    assert run.light is row[-1]
    assert Light.GREEN not in row[-run.periods :]
    assert red_before_green(row) == 0
