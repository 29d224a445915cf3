from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction

import pytest
from support.rating_suite import cases, differences, schedule_differences, scorecard_differences

from qiyx_xl.core.plan.rules import Rules

RATING, SCORECARD, SCHEDULE = (
    cases(name) for name in ("rating.json", "scorecard.json", "schedule.json")
)


def case_id(case):
    return case["id"]


@pytest.mark.parametrize("case", RATING, ids=case_id)
def test_every_rating_of_the_suite_comes_out(case, plan, rules):
    assert differences(case, plan, rules) == {}


@pytest.mark.parametrize("case", SCORECARD, ids=case_id)
def test_every_scorecard_of_the_suite_comes_out(case, rules):
    assert scorecard_differences(case, rules) == {}


@pytest.mark.parametrize("case", SCHEDULE, ids=case_id)
def test_every_deadline_of_the_suite_comes_out(case, plan, rules):
    assert schedule_differences(case, plan, rules) == {}


def test_the_suite_holds_the_seventeen_worked_examples_and_at_least_eighty_more():
    worked = {case["id"][2:4] for case in RATING if case["section"] == "9"}
    assert worked == {f"{number:02d}" for number in range(1, 18)}
    assert sum(case["section"] != "9" for case in RATING) >= 80


def test_case_ids_are_unique():
    for suite in (RATING, SCORECARD, SCHEDULE):
        assert len({case["id"] for case in suite}) == len(suite)


# --- every number of the rule file is pinned by the suite -------------------------------------


def around(value: str, step: str) -> list[Decimal]:
    return [Decimal(value) - Decimal(step), Decimal(value) + Decimal(step)]


# Each field with values close to its own: some case must come out differently under each.
NEARBY: dict[str, list[object]] = {
    "lower_is_better_rate": ["target_over_actual"],
    "rate_maximum": around("2", "0.01"),
    "review_above": around("1.5", "0.01"),
    "ratio_amber": around("0.90", "0.0002"),
    "hold_amber": around("0.98", "0.0002"),
    "ceiling_near": around("0.97", "0.0001"),
    "zero_amber": around("0.90", "0.001"),
    "exact_tolerance": around("0.005", "0.0001"),
    "milestone_amber_days": [89, 91],
    "elapsed_by": ["days"],
    "gap_green_pp": around("-0.05", "0.01"),
    "gap_green_inclusive": [False],
    "gap_amber_pp": around("-10", "0.05"),
    "line_first_year": [2022, 2024],
    "magnitude_low": around("0.05", "0.0003"),
    # A value under 50 times its reference matches no power of ten, so nothing nearer shows.
    "magnitude_high": [Decimal(51)],
    "magnitude_match_low": around("0.5", "0.01"),
    "magnitude_match_high": around("2", "0.06"),
    "magnitude_powers": [(4, 8), (3, 8), (3, 4), (2, 3, 4, 8)],
    "magnitude_powers_percent": [(3, 4, 8), (2, 4, 8), (2, 3, 8), (2, 3, 4), (2, 3, 4, 6, 8)],
    "magnitude_powers_cumulative": [(8,), (4,), (3, 4, 8)],
    "score_green": around("100", "1"),
    "score_amber": around("60", "1"),
    "score_red": [Decimal(1)],
    "ranking_minimum_reported": around("0.80", "0.01"),
    "domain_minimum_reported": around("0.50", "0.01"),
    "domain_red_count": [1, 3],
    # One red lamp of three or of four: nothing lies between.
    "domain_red_share": [Fraction(1, 4), Fraction(34, 100)],
    "domain_amber_share": [Fraction(33, 100), Fraction(34, 100)],
    "deadline_days": [
        {"monthly": 6, "quarterly": 10, "yearly": 20, "milestone": 10},
        {"monthly": 5, "quarterly": 11, "yearly": 20, "milestone": 10},
        {"monthly": 5, "quarterly": 10, "yearly": 21, "milestone": 10},
        {"monthly": 5, "quarterly": 10, "yearly": 20, "milestone": 11},
    ],
}
LABELS = {"version", "name", "calendar"}


def test_every_field_of_the_rules_has_a_nearby_value():
    elsewhere = {"projects"}  # tests/core/projects/test_project_docs.py pins these
    assert set(NEARBY) | LABELS | elsewhere == {entry.name for entry in fields(Rules)}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in NEARBY.items() for value in values],
    ids=str,
)
def test_a_rule_changed_a_little_changes_a_result_of_the_suite(name, value, plan, rules):
    mutant = replace(rules, **{name: value})
    noticed = (
        any(differences(c, plan, mutant) != differences(c, plan, rules) for c in RATING)
        or any(
            scorecard_differences(c, mutant) != scorecard_differences(c, rules) for c in SCORECARD
        )
        or any(
            schedule_differences(c, plan, mutant) != schedule_differences(c, plan, rules)
            for c in SCHEDULE
        )
    )
    assert noticed, f"no case of the suite pins {name} against {value}"
