"""The 晾晒榜 of any period, any plan and any numbers: it is written, and it adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import editions
from support.editions import Q3
from support.examples import tried

from qiyx_xl.core.history.publications import VIEWS, Placing
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.documents.scorecard.facts import facts, rows
from qiyx_xl.documents.scorecard.html import render_scorecard
from qiyx_xl.documents.scorecard.xlsx import write_scorecard
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.papers.edition import Edition

pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension")

PLAN, RULES = load_plan(), load_rules()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("period", "today"),
    [
        ("2026-08", date(2026, 9, 20)),
        ("2025", date(2026, 3, 1)),
        ("2022Q4", date(2023, 5, 1)),
        ("2028Q1", date(2028, 5, 1)),
    ],
    ids=["a month", "a year", "before the plan", "after the plan"],
)
def test_any_period_can_be_published(period: str, today: date, tmp_path: Path) -> None:
    records = [editions.record(PLAN, *row) for row in editions.QUARTER]
    edition = editions.edition(PLAN, RULES, records, period=Period.parse(period), today=today)
    write_scorecard(tmp_path / "榜.xlsx", edition)
    label = edition.period.label
    assert label in openpyxl.load_workbook(tmp_path / "榜.xlsx")["晾晒榜"]["A1"].value
    assert f"<h1>北仑区“七优享”工程{label}晾晒榜</h1>" in render_scorecard(edition)


@pytest.mark.parametrize("kept", ["goals", "milestones", ""])
def test_a_plan_without_indicators_says_so(
    kept: str, tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    emptied: dict[str, Any] = {
        name: () for name in ("indicators", "goals", "milestones") if name != kept
    }
    edition = editions.edition(replace(plan, **emptied), rules)
    write_scorecard(tmp_path / "榜.xlsx", edition)
    book = openpyxl.load_workbook(tmp_path / "榜.xlsx")
    for name in ("分领域", "分单位", "分层级", "指标明细", "五年走势"):
        assert "方案里没有指标。" in [cell.value for row in book[name].iter_rows() for cell in row]
    assert "0 项指标" in render_scorecard(edition)


ACTUALS = st.one_of(
    st.sampled_from([Absence.NOT_APPLICABLE, Absence.NOT_REPORTED, Word.PASSED, Word.IN_PROGRESS]),
    st.decimals(min_value=-5, max_value=20000, places=2),
)


@st.composite
def anything(draw: st.DrawFn) -> Edition:
    """An edition of whatever may have been sent for some of the indicators."""
    chosen = draw(st.lists(st.sampled_from(PLAN.indicators), unique_by=lambda item: item.code))
    records = [
        editions.record(
            PLAN, item.code, "2026Q3", draw(ACTUALS), second=draw(st.none() | st.just(Decimal(60)))
        )
        for item in chosen
    ]
    return editions.edition(PLAN, RULES, records, period=Q3)


@tried(0.3)
@given(anything())
def test_whatever_was_sent_the_views_add_up_and_the_ranks_are_in_order(edition: Edition) -> None:
    table = facts(edition)
    lights = [line.rating.light for line in edition.indicators]
    for view in VIEWS:
        lines = rows(edition, view, table)
        for light in Light:
            counted = sum(getattr(line.group, light.value) for line in lines)
            assert counted == lights.count(light)
        ranked = [line.group for line in lines if line.group.rank is not None]
        assert [line.group for line in lines][: len(ranked)] == ranked
        assert [group.rank for group in ranked] == sorted(group.rank or 0 for group in ranked)
        scores = [group.score or 0 for group in ranked]
        assert scores == sorted(scores, reverse=True)
        assert all("不参与排名" in line.note for line in lines if line.group.rank is None)


@pytest.mark.slow
@given(
    st.builds(
        Placing,
        view=st.sampled_from(VIEWS),
        name=st.text(max_size=8),
        light=st.sampled_from(Light),
        rank=st.none() | st.integers(1, 300),
        score=st.none() | st.decimals(0, 100, places=20),
    )
)
def test_a_placing_comes_back_from_json_as_it_was(placing: Placing) -> None:
    assert Placing.from_json(placing.to_json()) == placing
