"""The shipped plan holds what the document says."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal

import pytest

from qiyx_xl.core.plan.model import Aggregation, Comparator, Direction, SecondInput
from qiyx_xl.data import resource
from qiyx_xl.intake.office_files.plan import check_plan, load_plan

TABLE = """
1  | 4 4.3 4.6 5 5.5               | +
2  | 65 66 67 70 75                | +
3  | 86 92 95 96 96                | +
6  | 74.3 74.6 75 75.5 76          | +
7  | <3.5 <3.5 <3.5 <3.5 <3.5      | -
8  | 94 94.5 95 95.5 96            | +
9  | 2.3 4.5 6.5 8.3 10            | +
10 | 82.5 82.6 82.7 82.8 82.9      | +
11 | 9.1 8.9 8.7 8.5 8.3           | -
12 | 38 40 50 70 70                | +
13 | 30 31 32 ≥32 ≥32              | +
14 | 64.7 65.11 65.62 66.03 66.44  | +
15 | 全覆盖 全覆盖 全覆盖 全覆盖 全覆盖 | +
16 | 29.47 29.77 30.07 30.37 30.7  | +
17 | 1.67 2.2 2.64 2.72 2.77       | +
18 | 96 96 96 96 96                | +
19 | 14700 15400 16000 16500 17000 | +
20 | 82 83 85 87 90                | +
21 | 100 100 100 100 100           | +
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


def test_it_has_every_item_of_the_document(plan):
    assert [indicator.number for indicator in plan.indicators] == list(range(1, 22))
    assert len(plan.goals) == 85
    assert [milestone.code for milestone in plan.milestones] == [f"M{n:02d}" for n in range(1, 39)]
    assert [question.number for question in plan.open_questions] == list(range(1, 29))
    assert plan.years == (2023, 2024, 2025, 2026, 2027)
    assert plan.issued == date(2023, 6, 12)
    assert len(plan.domains) == 7
    assert plan.task_forces == (*(domain.name for domain in plan.domains), "重大项目")


@pytest.mark.parametrize(("code", "targets", "direction"), ROWS, ids=[row[0] for row in ROWS])
def test_the_table_is_as_printed(plan, code, targets, direction):
    indicator = plan.find(code)
    assert [target.printed for target in indicator.targets.values()] == targets.split()
    assert tuple(indicator.targets) == plan.years
    for target in indicator.targets.values():
        if target.printed != "全覆盖":
            assert target.value == Decimal(target.printed.strip("<≥"))
    expected = Direction.HIGHER_IS_BETTER if direction == "+" else Direction.LOWER_IS_BETTER
    assert indicator.direction is expected


@pytest.mark.parametrize("code", ["4", "5"])
def test_the_merged_cell_carries_the_default_reading_to_be_confirmed(plan, code):
    indicator = plan.find(code)
    assert indicator.to_confirm
    assert indicator.due == date(2025, 12, 31)
    assert all(target.to_confirm for target in indicator.targets.values())
    read = [(target.comparator, target.value) for target in indicator.targets.values()]
    assert read == [(Comparator.TEXT, None)] * 3 + [(Comparator.AT_LEAST, Decimal(100))] * 2


def test_only_4_and_5_are_to_be_confirmed(plan):
    assert [i.number for i in plan.indicators if i.to_confirm] == [4, 5]


def test_ten_goals_repeat_an_indicator(plan):
    repeats = {goal.code: goal.repeats for goal in plan.goals if goal.repeats is not None}
    assert repeats == {
        "T1-3-02": "3",
        "T3-1-02": "7",
        "T3-4-01": "8",
        "T4-4-04": "10",
        "T5-1-02": "13",
        "T6-1-01": "17",
        "T6-1-03": "16",
        "T6-2-05": "18",
        "T7-1-04": "19",
        "T7-3-07": "21",
    }
    assert plan.find("M04").repeats == ("4", "5")


def test_the_strict_words_stay_strict(plan):
    strict = [g.code for g in plan.goals if g.target.comparator is Comparator.MORE_THAN]
    assert strict == ["T5-4-05", "T7-2-01", "T7-2-02"]
    assert plan.find("T7-2-02").target.value == 3000
    assert plan.find("T7-1-02").target.comparator is Comparator.EXACTLY


def test_second_numbers_are_asked_for_where_the_rules_need_them(plan):
    asks = {item.code: item.second_input for item in plan.items() if item.second_input is not None}
    assert asks.pop("15") is SecondInput.COVERAGE_BASE
    assert asks.pop("T7-1-01") is SecondInput.REFERENCE
    assert set(asks.values()) == {SecondInput.BASELINE}
    for code in asks:
        goal = plan.find(code)
        assert not goal.cumulative
        assert goal.repeats is None
        assert goal.kind in ("target", "full_coverage", "zero_target")
    assert "T6-3-02" in asks


def test_four_counts_are_summed_over_streets_too(plan):
    summed = [item.code for item in plan.items() if item.aggregation is Aggregation.SUM]
    assert summed == ["T6-2-01", "T6-2-03", "T6-2-04", "T7-2-03"]
    streets = [agency for agency in plan.agencies if agency.is_street]
    assert len(streets) == 11
    assert all(street.to_confirm for street in streets)
    assert [item.code for item in plan.reported_by(streets[0])] == summed


def test_only_two_shares_may_exceed_a_hundred(plan):
    assert [item.code for item in plan.items() if item.may_exceed_hundred] == ["6", "T7-1-01"]


def test_every_number_is_exact(plan):
    assert plan.find("14").targets[2024].value == Decimal("65.11")
    for item in (*plan.indicators, *plan.goals):
        targets = item.targets.values() if hasattr(item, "targets") else (item.target,)
        assert all(isinstance(t.value, Decimal | None) for t in targets)


def test_each_item_is_reported_by_one_agency_of_the_list(plan):
    for item in plan.items():
        assert plan.agency(item.reporting_agency) is not None
        assert item.probable_responsible_agency is None or plan.agency(
            item.probable_responsible_agency
        )


def test_it_has_no_findings():
    assert check_plan(resource("plan.json")) == ()


def test_reading_the_shipped_file_as_a_strangers_gives_the_same_plan():
    assert load_plan(resource("plan.json")) == load_plan()


def test_a_plan_travels_between_processes(plan):
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301 - our own bytes


def test_it_holds_facts_and_no_sentences_of_the_document(plan):
    for item in plan.items():
        assert not any(mark in item.name for mark in "。；，")
    for goal in plan.goals:
        assert len(goal.target.printed) <= 20
