"""Plans of other districts: what the shipped plan has no example of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qiyx_xl.core.plan.model import Comparator, Direction, Frequency, Item, StatusRule, Target
from qiyx_xl.core.plan.schedule import deadline, is_due
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word, plain
from qiyx_xl.core.rating.period_target import period_target
from qiyx_xl.core.rating.rate import Light, effective_item, rate

YEAR, Q2 = Period.parse("2025"), Period.parse("2025Q2")


def test_the_contracts_example_comes_out_to_the_letter(plan, rules):
    expected = """{"indicator": 9, "period": "2024Q2", "actual": "3.3", "comparator": ">=", "target": "4.5", "met": false,
     "completion_rate": "0.7333", "display": "73.3%", "scheduled_progress": "0.5", "progress": "0.4545",
     "schedule_gap_pp": "-4.5", "light": "amber", "word": "黄", "state": "滞后", "flags": [], "reason": "滞后序时4.5个百分点"}"""
    rating = rate(plan.find("9"), Period.parse("2024Q2"), Decimal("3.3"), rules=rules)
    assert rating.to_json() == json.loads(expected)
    assert list(rating.to_json()) == list(json.loads(expected))


def test_a_cell_formatted_as_percent_never_shows_100_for_what_is_not_met(plan, rules):
    rating = rate(plan.find("7"), YEAR, Decimal("3.5"), rules=rules)
    assert (rating.completion_rate, rating.shown_rate) == (Decimal(1), Decimal("0.999"))
    met = rate(plan.find("7"), YEAR, Decimal("1.16"), rules=rules)
    assert met.shown_rate == met.completion_rate
    assert rate(plan.find("7"), YEAR, Absence.NOT_REPORTED, rules=rules).shown_rate is None


def test_a_step_with_a_single_year_has_no_amber(plan, rules):
    ten = plan.find("10")
    alone = replace(ten, targets={2025: ten.targets[2025]})
    rating = rate(alone, YEAR, Decimal("82.65"), rules=rules)
    assert (rating.light, rating.state) == (Light.RED, "未达标")
    assert rating.reason.endswith("没有上年目标可比，不设黄灯")


def test_a_goal_judged_by_step_has_no_last_year(plan, rules):
    goal = replace(plan.find("T2-1-06"), status_rule=StatusRule.STEP)
    rating = rate(goal, Period.parse("2027"), Decimal(89), rules=rules)
    assert rating.light is Light.RED


def test_a_strict_step_with_an_unchanged_target_has_no_amber(plan, rules):
    targets = {year: Target(">32", Comparator.MORE_THAN, Decimal(32)) for year in (2024, 2025)}
    strict = replace(plan.find("13"), targets=targets)
    assert rate(strict, YEAR, Decimal(32), rules=rules).light is Light.RED


def test_a_floor_that_is_not_to_be_undercut_is_green_or_red(plan, rules):
    targets = {2025: Target("≥5", Comparator.AT_LEAST, Decimal(5))}
    floor = replace(plan.find("7"), targets=targets, direction=Direction.HIGHER_IS_BETTER)
    assert rate(floor, YEAR, Decimal(5), rules=rules).light is Light.GREEN
    assert rate(floor, YEAR, Decimal("4.9"), rules=rules).state == "突破"


def test_a_line_that_starts_after_its_end_has_run_out(plan, rules):
    late = replace(plan.find("T2-1-06"), baseline=Decimal(80), baseline_date=date(2027, 12, 31))
    rating = rate(late, Period.parse("2027Q3"), Decimal(85), rules=rules)
    assert rating.scheduled_progress == 1


def test_a_line_from_the_middle_of_a_month_counts_the_rest_of_it(plan, rules):
    started = replace(plan.find("T2-1-06"), baseline=Decimal(80), baseline_date=date(2025, 6, 15))
    rating = rate(started, Period.parse("2025Q4"), Decimal(81), rules=rules)
    # 6.5 of 30.5 months
    assert rating.scheduled_progress.quantize(Decimal("0.0001")) == Decimal("0.2131")


def test_a_five_year_line_by_days(plan, rules):
    by_days = replace(rules, elapsed_by="days")
    rating = rate(plan.find("T2-1-02"), Period.parse("2023-06"), Decimal(351), rules=by_days)
    # 181 of 1826 days
    assert rating.scheduled_progress.quantize(Decimal("0.0001")) == Decimal("0.0991")


def test_a_milestone_without_a_date_is_a_mistake_in_the_plan(plan, rules):
    with pytest.raises(ValueError, match="没有完成期限"):
        rate(replace(plan.find("4"), due=None), YEAR, Word.IN_PROGRESS, rules=rules)


def test_an_item_that_is_neither_indicator_goal_nor_milestone_has_no_target(plan, rules):
    nine = plan.find("9")
    bare = Item(
        code="X",
        name="未知",
        domain=nine.domain,
        clause="",
        lead_agency="",
        measure="个",
        direction=Direction.HIGHER_IS_BETTER,
        status_rule=StatusRule.RATIO,
        frequency=Frequency.QUARTERLY,
    )
    assert period_target(bare, YEAR, rules) is None
    assert rate(bare, YEAR, Decimal(1), rules=rules).state == "未定目标"


def test_a_frequency_alone_has_a_deadline(rules):
    assert deadline(Frequency.MILESTONE, YEAR, rules) == date(2026, 1, 10)
    assert deadline(Frequency.YEARLY, YEAR, rules) == date(2026, 1, 20)


def test_a_milestone_is_not_due_while_its_date_lies_ahead(plan, rules):
    assert not is_due(plan.find("4"), Period.parse("2025Q4"), date(2027, 1, 1), rules)


def test_a_goal_is_its_own_item_unless_it_repeats_an_indicator(plan):
    assert effective_item(plan, plan.find("T7-1-04")) is plan.find("19")
    own = plan.find("T3-3-01")
    assert effective_item(plan, own) is own


def test_a_long_text_in_a_number_cell_is_quoted_in_part_and_on_one_line(plan, rules):
    prose = Unreadable("第一行\n" + "很长的说明" * 50, "")
    reason = rate(plan.find("9"), YEAR, prose, rules=rules).reason
    assert reason.startswith("“第一行 很长的说明")
    assert reason.endswith("…”无法识别")
    assert "\n" not in reason
    assert len(reason) < 40


def test_numbers_that_no_cell_holds_are_spelled_with_their_exponent():
    assert plain(Decimal("1E+999999")) == "1E+999999"
    assert plain(Decimal("1E+20")) == "1" + "0" * 20
    assert plain(Decimal("0E-999999")) == "0"
    assert plain(Decimal("-0.0")) == "0"
    assert plain(Decimal("3.50")) == "3.5"


def test_a_rate_too_close_to_its_threshold_to_spell_out_is_called_about(plan, rules):
    rating = rate(plan.find("12"), Period.parse("2026"), Decimal("62.9999999999"), rules=rules)
    assert rating.light is Light.RED
    assert rating.reason == "未达到全年目标≥70%，完成率约90.0%，低于黄灯线90%"
