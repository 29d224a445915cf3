"""Lamps, states and reasons on either side of every threshold, held to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from support.value_lines import spelled

from qiyx_xl.core.plan.model import Comparator, Direction, GoalKind, StatusRule, Target
from qiyx_xl.core.plan.project_list import ProjectNode
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.ratio import Ratio
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word, plain
from qiyx_xl.core.projects.rating import assess_node, assess_share, overall
from qiyx_xl.core.rating.judgement import doubt
from qiyx_xl.core.rating.lamps import on_schedule
from qiyx_xl.core.rating.period_target import Override, OverrideError
from qiyx_xl.core.rating.rate import rate
from qiyx_xl.papers.phrases import gap_text

Q3, YEAR = Period.parse("2026Q3"), Period.parse("2026")


def said(rating: Any) -> str:
    numbers = (
        rating.completion_rate,
        rating.scheduled_progress,
        rating.progress,
        rating.schedule_gap_pp,
    )
    told = [spelled(one)[:9] for one in numbers]
    return f"{rating.light.word}·{rating.state} {rating.display} {' '.join(told)} {rating.flags}: {rating.reason}"


def test_milestones_are_judged_by_days_to_their_date(plan: Any, rules: Any, snapshot: Any) -> None:
    item = plan.find("4")
    told = []
    for due in (
        "2026-09-29",
        "2026-09-30",
        "2026-10-01",
        "2026-12-29",
        "2026-12-30",
        "2027-03-29",
        "2027-12-31",
    ):
        dated = replace(item, due=date.fromisoformat(due))
        for actual in (
            Word.IN_PROGRESS, Word.PASSED, Word.DONE, Word.FAILED, Decimal(100), Decimal(99),
            Absence.NOT_REPORTED, Absence.NOT_APPLICABLE, Word.FULL_COVERAGE, Unreadable("快了", ""),
        ):  # fmt: skip
            for late in (False, True):
                told.append(  # noqa: PERF401 - three loops deep
                    f"{due} {actual} {late} {said(rate(dated, Q3, actual, rules=rules, due=late))}"
                )
    assert "\n".join(told) == snapshot


def test_coverage_is_judged_by_both_numbers(plan: Any, rules: Any, snapshot: Any) -> None:
    item = plan.find("15")
    told = []
    for period in (Q3, YEAR):
        for actual in (*map(Decimal, ("0", "-1", "6", "61", "63.9", "64.5", "64.6")), Word.FULL_COVERAGE, Word.NEARLY_FULL_COVERAGE):  # fmt: skip
            for whole in (None, Decimal(0), Decimal("64.5")):
                for confirmed in (False, True):
                    rating = rate(
                        item, period, actual, rules=rules, second=whole, confirmed=confirmed,
                        previous=Decimal(60),
                    )  # fmt: skip
                    told.append(f"{period} {actual}/{whole} {confirmed} {said(rating)}")
    assert "\n".join(told) == snapshot


@pytest.mark.parametrize("rule", [one for one in StatusRule if one is not StatusRule.MILESTONE])
def test_each_rule_on_either_side_of_its_lines(
    plan: Any, rules: Any, snapshot: Any, rule: StatusRule
) -> None:
    told = []
    for sign, direction in (
        (Comparator.AT_LEAST, Direction.HIGHER_IS_BETTER), (Comparator.MORE_THAN, Direction.HIGHER_IS_BETTER),
        (Comparator.AT_MOST, Direction.LOWER_IS_BETTER), (Comparator.LESS_THAN, Direction.LOWER_IS_BETTER),
        (Comparator.EXACTLY, Direction.EXACT),
    ):  # fmt: skip
        targets = {2025: Target("", sign, Decimal(45)), 2026: Target("", sign, Decimal(50))}
        item = replace(plan.find("1"), targets=targets, direction=direction, status_rule=rule)
        for actual in (
            "0",
            "40",
            "44.9",
            "45",
            "45.1",
            "47.5",
            "49",
            "49.5",
            "50",
            "50.1",
            "55",
            "60",
            "120",
        ):
            for period in (Q3, YEAR):
                rating = rate(item, period, Decimal(actual), rules=rules, previous=Decimal(44))
                told.append(f"{sign}50 {actual} {period} {said(rating)}")
        zero = replace(item, targets={2026: Target("", sign, Decimal(0))}, baseline=Decimal(20))
        for actual in ("0", "1", "2", "10", "20"):
            told.append(f"{sign}0 {actual} {said(rate(zero, YEAR, Decimal(actual), rules=rules))}")
            bare = replace(zero, baseline=None)
            told.append(f"{sign}0 {actual} {said(rate(bare, YEAR, Decimal(actual), rules=rules))}")
    assert "\n".join(told) == snapshot


@pytest.mark.parametrize("kind", list(GoalKind))
def test_each_kind_of_goal_through_the_years(
    plan: Any, rules: Any, snapshot: Any, kind: GoalKind
) -> None:
    goal = next(one for one in plan.goals if one.kind is kind)
    told = []
    for period in ("2022Q4", "2023Q2", "2025Q3", "2026Q4", "2027Q2", "2027Q4", "2028Q1"):
        for actual in (Decimal(0), Decimal(20), Decimal(60), Decimal(100), Word.FULL_COVERAGE):
            for second in (None, Decimal(50)):
                rating = rate(goal, Period.parse(period), actual, rules=rules, second=second)
                told.append(f"{period} {actual} {second} {said(rating)}")
    assert "\n".join(told) == snapshot


def test_the_gap_to_the_schedule_is_told_so_that_it_fits_the_lamp(
    rules: Any, snapshot: Any
) -> None:
    told = []
    wide = replace(rules, gap_green_pp=Decimal(-5))
    open_ = replace(rules, gap_green_inclusive=not rules.gap_green_inclusive)
    for above in (
        20000,
        4,
        1,
        0,
        -1,
        -49,
        -50,
        -51,
        -499,
        -500,
        -501,
        -9999,
        -10000,
        -10001,
        -100000001,
        -20000,
    ):
        below = (
            10**8 if above < -100000 else 100000 if abs(above) > 5000 or abs(above) < 100 else 10000
        )
        for name, rule in (("usual", rules), ("wide", wide), ("open", open_)):
            verdict = on_schedule(Ratio(above, below), rule)
            told.append(
                f"{above}/{below} {name} {verdict.light.word}·{verdict.state}: {verdict.reason}"
            )
    tiny = on_schedule(Ratio(-1 - 10**12, 10**13), rules)
    told.append(f"{tiny.light.word}·{tiny.state}: {tiny.reason}")
    assert "\n".join(told) == snapshot


def reason_of(
    item: Any, value: Any, rules: Any, previous: Any = None, target: Any = None
) -> str | None:
    """Return the sentence of a doubt, and check that it names the number that is meant."""
    doubted = doubt(item, value, rules, previous=previous, target=target)
    if doubted is None:
        return None
    meant = "" if doubted.meant is None else f"应为{plain(doubted.meant)}{item.measure}"
    assert doubted.reason.endswith(meant)
    assert bool(meant) == ("应为" in doubted.reason)
    return doubted.reason


def test_doubts_name_the_slip_and_the_number_that_is_meant(
    plan: Any, rules: Any, snapshot: Any
) -> None:
    told = []
    for code in ("1", "2", "3", "6", "7", "9", "16", "19"):
        item = plan.find(code)
        for reference in (None, Decimal(0), Decimal(50)):
            for power in (-9, -8, -4, -3, -2, -1, 0, 1, 2, 3, 4, 8, 9):
                for factor in ("0.4", "1", "1.9"):
                    value = Decimal(50).scaleb(power) * Decimal(factor)
                    reason = reason_of(item, value, rules, reference, Decimal(50))
                    if reason is not None and (reference == 50 or power == 3):
                        told.append(f"{code} {item.measure} {reference} {value:f}: {reason}")
        told.append(f"{code} {reason_of(item, Decimal(-1), rules)}")
        told.append(f"{code} {reason_of(item, Decimal(101), rules)}")
        told.append(f"{code} {reason_of(item, Decimal(0), rules, Decimal(50))}")
        none = reason_of(item, Decimal(10**6), rules, None, Decimal(0))
        told.append(f"{code} {none}")
    low = plan.find("7")
    for value in ("1.9", "2", "2.4", "2.5", "2.6", "3"):
        told.append(  # noqa: PERF401
            f"7 {value} {reason_of(low, Decimal(value), rules, Decimal(50))}"
        )
    assert "\n".join(told) == snapshot


# --- other words than the plan's -------------------------------------------------------------


def test_a_value_is_rated_by_other_words(plan: Any, snapshot: Any) -> None:
    told = []
    for code in ("1", "7", "15", "T3-3-01", "M01", "T7-1-02"):
        for words in (
            Override(), Override(target="60"), Override(target="<60"), Override(target="≥60"),
            Override(target="=60"), Override(target="全覆盖"), Override(comparator="≤"),
            Override(comparator=">"), Override(comparator="=", rule="hold"), Override(rule="ceiling"),
            Override(rule="milestone"), Override(rule="无"), Override(comparator="~"),
            Override(comparator="text"), Override(target="六十"), Override(target="60万元"),
        ):  # fmt: skip
            try:
                item = words.applied_to(plan.find(code), Q3)
                target = (
                    item.targets[2026]
                    if hasattr(item, "targets")
                    else getattr(item, "target", None)
                )
                told.append(f"{code} {words}: {item.direction} {item.status_rule} {target}")
            except OverrideError as refused:
                told.append(f"{code} {words}: {refused}")
    assert "\n".join(told) == snapshot


def test_a_value_outside_the_plan_needs_a_target_of_its_own(plan: Any, snapshot: Any) -> None:
    assert spelled(Override(target="≤60", rule="ceiling").outside_the_plan(Q3).targets) == snapshot
    bare = Override(target="60").outside_the_plan(Q3)
    assert (bare.code, bare.name, bare.measure, bare.number) == ("", "方案外的值", "", 0)
    with pytest.raises(OverrideError, match="缺少 --indicator 或 --target"):
        Override(rule="hold").outside_the_plan(Q3)
    with pytest.raises(OverrideError, match="这一年没有目标，请用 --target 给出"):
        Override(rule="hold").applied_to(plan.find("1"), Period.parse("2031Q1"))
    assert Override().is_empty
    assert not any(
        one.is_empty for one in (Override("6"), Override(None, ">"), Override(rule="hold"))
    )


# --- projects --------------------------------------------------------------------------------


@pytest.mark.parametrize("period", [Q3, Period.parse("2026Q4")])
def test_shares_of_a_year_s_plan(rules: Any, snapshot: Any, period: Period) -> None:
    told = []
    for planned in (None, Decimal(0), Decimal(-1), Decimal(100)):
        for value in (
            *map(Decimal, ("-1", "0", "64.9", "65", "74.9", "74.95", "75", "90", "99.99", "100", "150", "151", "201", "400")),
            Absence.NOT_REPORTED, Absence.NOT_APPLICABLE, Unreadable("约百", "不是确数"), Word.DONE,
            date(2026, 1, 1),
        ):  # fmt: skip
            for due in (False, True) if value is Absence.NOT_REPORTED else (True,):
                found = assess_share(
                    value, planned, period, rules, due=due, measure="万元", what="年度计划投资"
                )
                told.append(
                    f"{planned} {value} {due}: {found.lamp} {spelled(found.shown_rate)} {found.on_schedule} {gap_text(found.schedule_gap_pp)} {' '.join(spelled(found).split(chr(10)))}"
                )
    assert "\n".join(told) == snapshot


def test_nodes_by_their_day(rules: Any, snapshot: Any) -> None:
    told = []
    near, late = rules.projects.node_near_days, rules.projects.node_late_amber_days
    end = Q3.last_day.toordinal()
    for days in (-near - 1, -near, -1, 0, 1, late, late + 1):
        node = ProjectNode(1, "开工", date.fromordinal(end - days))
        for completed in (
            None,
            node.planned,
            date.fromordinal(node.planned.toordinal() + 2),
            date(2026, 10, 1),
        ):
            for value in (
                Absence.NOT_REPORTED,
                Absence.NOT_APPLICABLE,
                Unreadable("快了", "不是日期"),
            ):
                for reported, due in ((True, True), (False, True), (False, False)):
                    found = assess_node(
                        node, completed, value, Q3, rules, reported=reported, due=due
                    )
                    told.append(
                        f"{days} {completed} {value} {reported} {due}: {found.lamp} {found.delay_days} {found.reason}"
                    )
    assert "\n".join(dict.fromkeys(told)) == snapshot


def test_a_project_shows_the_worst_lamp_that_is_lit(rules: Any, snapshot: Any) -> None:
    def money(value: Any) -> Any:
        return assess_share(
            value, Decimal(100), Q3, rules, due=True, measure="万元", what="年度计划投资"
        )

    def node(days: int, completed: date | None = None) -> Any:
        planned = date.fromordinal(Q3.last_day.toordinal() - days)
        return assess_node(
            ProjectNode(1, "开工", planned),
            completed,
            Absence.NOT_REPORTED,
            Q3,
            rules,
            reported=True,
            due=True,
        )

    done, soon, behind, over, ahead = (
        node(9, date(2026, 9, 25)),
        node(-5),
        node(20),
        node(90),
        node(-300),
    )
    told = []
    for value in (
        Decimal(80),
        Decimal(70),
        Decimal(10),
        Absence.NOT_REPORTED,
        Absence.NOT_APPLICABLE,
    ):
        for nodes in (
            (),
            (done,),
            (ahead,),
            (done, soon),
            (behind, over),
            (over, behind, over),
            (done, ahead),
        ):
            found = overall(
                money(value), [(f"节点{n}", one) for n, one in enumerate(nodes, start=1)]
            )
            told.append(
                f"{value} {[one.state for one in nodes]}: {found.lamp} {found.delay_days} {found.reason}"
            )
    assert "\n".join(told) == snapshot


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (None, "—"),
        ("3.21", "+3.2"),
        ("-10", "-10.0"),
        ("0", "0.0"),
        ("0.04", "0.0"),
        ("-0.04", "0.0"),
    ],
)
def test_points_are_signed_unless_they_are_none(gap: str | None, text: str) -> None:
    assert gap_text(None if gap is None else Decimal(gap)) == text
