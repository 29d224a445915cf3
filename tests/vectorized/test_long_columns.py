"""An array formula over a long column answers what single cells answer."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import date

import pytest

from qiyx_xl.shells import array_functions as columns
from qiyx_xl.shells import functions

INDICATORS = [
    1.0,
    2.0,
    4.0,
    7.0,
    9.0,
    11.0,
    15.0,
    19.0,
    "T3-3-01",
    "T7-1-01",
    "M07",
    "没有",
    "",
    None,
    True,
    "#N/A",
]
PERIODS = [
    "2026Q3",
    "2025",
    2024.0,
    "2023Q1",
    "2026年三季度",
    "没有",
    None,
    date(2026, 9, 30),
    "2022",
]
ACTUALS = [
    3.3,
    66.4,
    0.0,
    100.0,
    17000.0,
    1.7,
    1e15,
    1 / 3,
    -2.0,
    "3.3",
    "约3",
    "不适用",
    "全覆盖",
    "已通过",
    "进行中",
    "",
    " ",
    None,
    "#DIV/0!",
    True,
]
CONFIRMED = [None, None, "", "已核实", "是", "否", True, False, 1.0, "大概", "#N/A"]
NUMBERS = [None, None, None, 2.3, 64.5, 0.0, "7", "约3", "#N/A", ""]


def drawn(cells, size, seed):
    chooser = random.Random(seed)
    return [[chooser.choice(cells)] for _ in range(size)]


@pytest.mark.parametrize("name", ["QYX_RATE", "QYX_STATUS", "QYX_GAP", "QYX_EXPLAIN"])
@pytest.mark.parametrize("seed", range(3))
def test_a_long_column_answers_what_its_cells_answer_one_by_one(name, seed):
    size = 700
    grids = [
        drawn(cells, size, f"{seed}-{number}")
        for number, cells in enumerate([INDICATORS, PERIODS, ACTUALS, NUMBERS, NUMBERS, CONFIRMED])
    ]
    answer = functions.REGISTRY[name].answer
    together = answer(*grids)
    one_by_one = [[answer(*([[grid[row][0]]] for grid in grids))] for row in range(size)]
    assert [(type(row[0]), row[0]) for row in together] == [
        (type(row[0]), row[0]) for row in one_by_one
    ]


def test_a_single_indicator_or_period_is_repeated_along_a_long_column():
    actuals = [[2.3 + n / 1000] for n in range(columns.LONG)]
    answer = functions.REGISTRY["QYX_RATE"].answer
    assert answer([[9.0]], [["2024Q2"]], actuals) == [
        [answer([[9.0]], [["2024Q2"]], [row])] for row in actuals
    ]


def test_a_row_of_cells_keeps_its_shape():
    answer = functions.REGISTRY["QYX_RATE"].answer
    row = [[2.3 + n / 1000 for n in range(columns.LONG)]]
    assert len(answer([[9.0]], [["2024Q2"]], row)[0]) == columns.LONG


def test_short_ranges_do_not_load_numpy():
    """A cold function server answers its first cells without the libraries of long columns."""
    code = (
        "import sys; from qiyx_xl.shells import functions as f;"
        "f.REGISTRY['QYX_RATE'].answer([[9.0]] * 10, [['2024Q2']] * 10, [[3.3]] * 10);"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_ten_thousand_ratings_in_one_call_take_less_than_a_blink():
    grids = drawn([2.0, 9.0, 12.0, 17.0], 10_000, "i"), drawn(["2026Q3", "2025"], 10_000, "p")
    actuals = [[1 + n / 100] for n in range(10_000)]
    answer = functions.REGISTRY["QYX_RATE"].answer
    answer(*grids, actuals)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        answer(*grids, actuals)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.15
