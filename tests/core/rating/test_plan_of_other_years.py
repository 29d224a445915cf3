"""A plan of other years is rated as the shipped one would be, had it begun in that year."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.model import Goal
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.rate import rate as rate_item
from qiyx_xl.data import read_text

LATER = 3


def later(document):
    """A plan's document with every year in it some years later."""
    text = json.dumps(document, ensure_ascii=False)
    moved = json.loads(text, parse_float=Decimal)
    moved["years"] = [year + LATER for year in moved["years"]]
    for indicator in moved["indicators"]:
        indicator["targets"] = {
            str(int(year) + LATER): target for year, target in indicator["targets"].items()
        }
    for item in (*moved["indicators"], *moved["goals"], *moved["milestones"]):
        for key in ("deadline_year", "annual_from"):
            if item.get(key) is not None:
                item[key] += LATER
        for key in ("due", "baseline_date"):
            if item.get(key):
                year, _, rest = item[key].partition("-")
                item[key] = f"{int(year) + LATER}-{rest}"
    return moved


@pytest.fixture(scope="module")
def moved():
    return plan_from_document(later(json.loads(read_text("plan.json"))))


PERIODS = ["2023Q2", "2024Q1", "2025-07", "2026Q3", "2027Q4"]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("share", ["0.05", "0.3", "0.5", "0.9", "1", "1.2"])
def test_every_item_gets_the_lamp_that_it_gets_in_the_shipped_plan(
    period, share, plan, moved, rules
):
    now = Period.parse(period)
    then = Period.parse(period.replace(str(now.year), str(now.year + LATER)))
    for item, other in zip(plan.items(), moved.items(), strict=True):
        target = getattr(item, "target", None) or getattr(item, "targets", {}).get(now.year)
        if target is None or target.value is None:
            continue
        actual = (target.value * Decimal(share)).quantize(Decimal("0.0001"))
        mine = rate_item(item, now, actual, rules=rules, previous=actual, second=actual)
        theirs = rate_item(other, then, actual, rules=rules, previous=actual, second=actual)
        assert (mine.light, mine.state, mine.completion_rate, mine.progress) == (
            theirs.light, theirs.state, theirs.completion_rate, theirs.progress,
        ), item.code  # fmt: skip


def test_every_running_total_exactly_on_its_line_is_green(moved, rules):
    on_the_line = 0
    for goal in moved.goals:
        if not (isinstance(goal, Goal) and goal.cumulative and goal.target.value):
            continue
        if goal.baseline is not None or goal.annual_from is not None or goal.repeats is not None:
            continue
        months = 12 * (goal.deadline_year - moved.years[0] + 1)
        actual = goal.target.value * 18 / months
        rating = rate_item(goal, Period.parse("2027Q2"), actual, rules=rules)
        if rating.scheduled_progress is None:
            continue
        on_the_line += 1
        assert rating.light is Light.GREEN, (goal.code, rating.reason)
    assert on_the_line > 5


def test_a_rule_file_may_still_name_the_year(moved, rules, tmp_path):
    from qiyx_xl.intake.office_files.rules import load_rules

    path = Path(tmp_path) / "规则.json"
    head = {"schema": "rules/1", "version": "1", "name": "旧", "line_first_year": 2028}
    path.write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")
    goal = next(one for one in moved.goals if one.cumulative and one.annual_from is None)
    named = load_rules(path)
    assert named.line_first_year == 2028
    before = rate_item(goal, Period.parse("2027Q2"), Decimal(1), rules=named)
    assert before.scheduled_progress is None
    assert rate_item(goal, Period.parse("2027Q2"), Decimal(1), rules=rules).scheduled_progress
