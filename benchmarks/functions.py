"""How long the Excel functions take for arrays and single cells, and a frame of a million rows."""

from __future__ import annotations

import random
import time
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.harness import Case, Limit, Row, Way, measure
from qiyx_xl.core.plan.model import Direction, Indicator
from qiyx_xl.shells import functions
from qiyx_xl.vectorized.frame import rate_frame

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "函数与评级"
_YEARS = (2024, 2025, 2026)
Columns = tuple[list[list[object]], ...]

QYX_RATE = functions.REGISTRY["QYX_RATE"].answer


def _indicators() -> list[Indicator]:
    """Return the indicators whose targets are all numbers, so that all ways compute the same."""
    return [
        indicator
        for indicator in functions.shipped().plan.indicators
        if all(target.value is not None for target in indicator.targets.values())
    ]


def draw(size: int) -> Columns:
    """Draw random rows of indicator, period and actual; hardly any two are equal."""
    chooser = random.Random(size)  # noqa: S311
    rows = []
    for _ in range(size):
        indicator, year = chooser.choice(_indicators()), chooser.choice(_YEARS)
        target = float(indicator.targets[year].value)
        actual = round(target * chooser.uniform(0.8, 1.1), 3)
        period = f"{year}Q{chooser.randint(1, 4)}"
        rows.append(
            (
                float(indicator.number),
                period,
                actual if indicator.measure != "%" else min(actual, 99),
            )
        )
    return tuple([[row[column]] for row in rows] for column in range(3))


def _targets() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "indicator": float(indicator.number),
                "year": year,
                "target": float(target.value),
                "sign": target.comparator.value,
                "lower": indicator.direction is Direction.LOWER_IS_BETTER,
            }
            for indicator in functions.shipped().plan.indicators
            for year, target in indicator.targets.items()
            if target.value is not None
        ]
    )


def _arithmetic(table: pd.DataFrame, targets: pd.DataFrame) -> pd.Series:
    """Compute the rate with floats on whole columns: no lamps, no plausibility, not exact."""
    table["year"] = table["period"].str[:4].astype(int)
    known = table.merge(targets, on=["indicator", "year"], how="left")
    share = known["actual"] / known["target"]
    rate = share.where(~known["lower"].astype(bool), 2 - share).clip(0, 2)
    higher = np.where(
        known["sign"] == ">", known["actual"] > known["target"], known["actual"] >= known["target"]
    )
    lower = np.where(
        known["sign"] == "<", known["actual"] < known["target"], known["actual"] <= known["target"]
    )
    met = np.where(known["lower"].astype(bool), lower, higher)
    return rate.where(met, rate.clip(upper=0.999))


def by_pandas(columns: Columns, targets: pd.DataFrame) -> list[list[object]]:
    """Compute rates with pandas on whole columns, from cells to cells as in a UDF."""
    table = pd.DataFrame(
        {
            name: [row[0] for row in column]
            for name, column in zip(("indicator", "period", "actual"), columns, strict=True)
        }
    )
    rate = _arithmetic(table, targets)
    return rate.astype(object).where(rate.notna(), "—").to_numpy().reshape(-1, 1).tolist()


def by_rows(columns: Columns, targets: pd.DataFrame) -> list[list[object]]:
    """Compute rates row by row with ``DataFrame.apply``, as a first script would."""
    table = pd.DataFrame(
        {
            name: [row[0] for row in column]
            for name, column in zip(("indicator", "period", "actual"), columns, strict=True)
        }
    )
    keyed = {(row.indicator, row.year): row for row in targets.itertuples()}

    def rate_of(row: pd.Series) -> object:
        target = keyed[row["indicator"], int(row["period"][:4])]
        share = row["actual"] / target.target
        rate = min(max(2 - share if target.lower else share, 0), 2)
        met = row["actual"] <= target.target if target.lower else row["actual"] >= target.target
        return rate if met else min(rate, 0.999)

    return [[value] for value in table.apply(rate_of, axis=1)]


def _forgetting(columns: Columns) -> object:
    functions.shipped()._rating.cache_clear()  # noqa: SLF001 - as after an edit that changes every value
    return QYX_RATE(*columns)


def _single(columns: Columns) -> object:
    indicator, period, _ = (column[0] for column in columns)
    values = iter(range(1, 10**9))

    def call() -> object:
        # Every value is new, so no call is answered from the cache.
        return QYX_RATE([indicator], [period], [[2.0 + next(values) / 10000]])

    return call


def _frame(size: int) -> pd.DataFrame:
    chooser = np.random.default_rng(size)
    known = _targets().query("year in @_YEARS").reset_index(drop=True)
    row = chooser.integers(0, len(known), size)
    quarter = chooser.integers(1, 5, size).astype(str)
    year = known["year"].to_numpy()[row].astype(str)
    actual = np.round(known["target"].to_numpy()[row] * chooser.uniform(0.8, 1.1, size), 3)
    actual[chooser.random(size) < 0.02] = np.nan
    return pd.DataFrame(
        {
            "indicator": known["indicator"].to_numpy()[row],
            "period": np.char.add(np.char.add(year, "Q"), quarter).astype(object),
            "actual": actual,
        }
    )


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    del scratch
    targets = _targets()
    plain = "同样的输入输出，pandas 整列只做除法（浮点，不判灯、不查量级、不保精确）"
    by_hand = "DataFrame.apply 逐行写"
    cases = []
    for size, limit in ((10, Limit()), (1_000, Limit()), (10_000, Limit(seconds=0.15)),
                        (100_000, Limit(floor=5))):  # fmt: skip
        columns = draw(size)
        cases.append(
            Case(
                f"一次数组公式 `QYX_RATE`，{size:,} 个值",
                Way("", lambda columns=columns: _forgetting(columns)),
                Way(plain, lambda columns=columns: by_pandas(columns, targets)),
                Way(by_hand, lambda columns=columns: by_rows(columns, targets)),
                limit,
                times=20 if size <= 1000 else 1,
            )
        )
    single = Case(
        "一个单元格 `QYX_RATE`，每次都是新值，处理器时间",
        Way("", _single(draw(1))),
        limit=Limit(seconds=30e-6),
        times=2000,
        rounds=11,
        clock=time.process_time,
    )
    frame, today, by = _frame(1_000_000), date(2026, 10, 20), functions.shipped()
    million = Case(
        "`rate_frame`，1,000,000 条记录（率、灯、状态、序时差全部列）",
        Way("", lambda: rate_frame(frame, by.plan, by.rules, today=today)),
        Way("pandas 整列只做除法（浮点）", lambda: _arithmetic(frame.copy(), targets)),
    )
    return measure([*cases, single, million]), [
        "与逐个值的精确算法（Decimal、分数）一位不差，由 tests/vectorized 保证；下限不保证。",
    ]
