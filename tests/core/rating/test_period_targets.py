"""What every item of the plan is held to, and how it is rated, period by period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from support.value_lines import spelled

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.ratio import Ratio
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.rating.completion import completion_rate, is_met
from qiyx_xl.core.rating.period_target import period_target, progress
from qiyx_xl.core.rating.rate import rate

PERIODS = [Period.parse(text) for text in ("2023Q1", "2025Q2", "2026Q4", "2027-11", "2027Q4")]


@pytest.fixture(scope="module")
def kinds(plan):
    """Every indicator, and of goals and milestones the first of each kind."""
    of_a_kind = {}
    for item in plan.items():
        target = getattr(item, "target", None)
        alike = (
            getattr(item, "number", None), getattr(item, "kind", None), item.direction,
            item.status_rule, item.frequency, item.cumulative, item.second_input,
            item.baseline is None, getattr(item, "annual_from", None),
            None if target is None else (target.comparator, target.value is None),
        )  # fmt: skip
        of_a_kind.setdefault(alike, item)
    return tuple(of_a_kind.values())


@pytest.mark.parametrize("known", [None, Decimal("3.5")])
def test_every_item_is_held_to_the_same(kinds, rules, snapshot, known):
    lines = []
    for item in kinds:
        held = []
        for period in PERIODS:
            aim = period_target(item, period, rules, previous=known, second=known)
            said = spelled(aim).replace("\n", " ; ")
            if not held or held[-1].partition(" ")[2] != said:
                held.append(f"{period} {said}")
        lines += [f"{item.code} {one}" for one in held]
    assert "\n".join(lines) == snapshot


def values_of(item, period):
    """Values around an item's target, and what is no number."""
    target = item.targets.get(period.year) if hasattr(item, "targets") else None
    target = target or getattr(item, "target", None)
    if target is None:
        return (Word.DONE, Word.IN_PROGRESS, Absence.NOT_REPORTED)
    if target.value is None:
        return (Word.FULL_COVERAGE, Word.PASSED, Decimal(50), Decimal(60), Absence.NOT_APPLICABLE)
    share = (Decimal("0.3"), Decimal("0.8"), Decimal("0.95"), Decimal(1), Decimal("1.06"))
    return (
        *(target.value * part for part in share),
        Decimal(0),
        Absence.NOT_REPORTED,
        Unreadable("九成", "不是确数"),
    )


@pytest.mark.parametrize("period", ["2025Q2", "2026Q4"])
def test_every_item_is_rated_the_same(kinds, rules, snapshot, period):
    when = Period.parse(period)
    lines = []
    for item in kinds:
        for actual in values_of(item, when):
            rating = rate(
                item, when, actual, rules=rules, previous=Decimal(2), second=Decimal(60), due=True
            )
            said = rating.to_json()
            numbers = [said[key] for key in ("completion_rate", "scheduled_progress", "progress")]
            parts = (
                rating.display,
                rating.word,
                rating.state,
                *numbers,
                *rating.flags,
                rating.reason,
            )
            lines.append(f"{item.code} {said['actual']}: " + " ¦ ".join(map(str, parts)))
    assert "\n".join(lines) == snapshot


def test_a_goal_s_line_runs_from_its_baseline_unless_it_is_a_running_count(plan, rules):
    goal = next(one for one in plan.goals if one.code == "T2-1-06")
    begun = replace(goal, baseline=Decimal(80), baseline_date=date(2025, 12, 31))
    half = Period.parse("2026Q4")
    assert period_target(begun, half, rules).scheduled == Ratio(1, 2)
    assert period_target(goal, half, rules).scheduled == Ratio(4, 5)
    assert period_target(begun, half, rules).start == 80
    running = period_target(replace(begun, cumulative=True), half, rules)
    assert (running.scheduled, running.start) == (Ratio(4, 5), 80)
    assert period_target(replace(goal, cumulative=True, baseline=None), half, rules).start == 0


@pytest.mark.parametrize(
    ("actual", "start", "target", "share"),
    [("5", "0", "10", "1/2"), ("3", "5", "1", "1/2"), ("12", "10", "20", "1/5"), ("4", "5", "10", "-1/5")],
)  # fmt: skip
def test_progress_is_the_share_of_the_way_from_start_to_target(actual, start, target, share):
    above, _, below = share.partition("/")
    reached = progress(Decimal(actual), Decimal(start), Decimal(target))
    assert reached == Ratio(int(above), int(below))


def test_a_target_met_exactly_is_met_by_or_equal_signs_alone(plan):
    from qiyx_xl.core.plan.model import Comparator

    met = {
        one: [is_met(Decimal(value), Decimal(5), one) for value in ("4.9", "5", "5.1")]
        for one in Comparator
        if one is not Comparator.TEXT
    }
    assert met == {
        Comparator.AT_LEAST: [False, True, True],
        Comparator.MORE_THAN: [False, False, True],
        Comparator.AT_MOST: [True, True, False],
        Comparator.LESS_THAN: [True, False, False],
        Comparator.EXACTLY: [False, True, False],
    }


def test_completion_rates_around_the_target(plan, rules, snapshot):
    from qiyx_xl.core.plan.model import Direction

    lines = []
    for direction in Direction:
        for target in ("0", "5", "-2"):
            for baseline in (None, "5", "8"):
                said = [
                    completion_rate(
                        Decimal(actual),
                        Decimal(target),
                        direction,
                        rules,
                        None if baseline is None else Decimal(baseline),
                    )
                    for actual in ("-1", "0", "4", "5", "6", "80")
                ]
                shown = " ".join(spelled(one) for one in said)
                lines.append(f"{direction.value} 目标{target} 基期{baseline}: {shown}")
    assert "\n".join(lines) == snapshot
