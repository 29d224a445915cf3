"""What an item of the plan is held to, and how it is rated, period by period."""

from __future__ import annotations

import operator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from support.case_tables import NONE, cases, number_of, value_of

from qiyx_xl.core.plan.model import Comparator, Direction, Indicator, StatusRule
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.ratio import Ratio
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.completion import completion_rate, is_met
from qiyx_xl.core.rating.period_target import Course, period_target, progress
from qiyx_xl.core.rating.rate import effective_item, rate

# Item | period. Last: course, rule and target; its name in sentences; S the start, P the share of
# the way by now, B the value before the plan, 上年 last year's target; and which of the numbers
# a reported one replaces: 上报 last year's actual, 另报 the item's second number.
HELD = """
1       | 2022Q4  | 没有目标
1       | 2023Q1  | scheduled ratio >= 4 “4” 全年目标 上年=3.7 P=1/4 S←上报、另报 B←另报
1       | 2025Q2  | scheduled ratio >= 4.6 “4.6” 全年目标 S=4.3 上年=4.3 P=1/2 S←上报 B←另报
1       | 2026Q4  | full ratio >= 5 “5” 全年目标 上年=4.6 B←另报
1       | 2027-11 | scheduled ratio >= 5.5 “5.5” 全年目标 S=5 上年=5 P=11/12 S←上报 B←另报
4       | 2023Q1  | dated milestone text — “2022年已通过省级评估 预计2025年底前通过国家级评估” 全年目标 B←另报
4       | 2026Q4  | dated milestone >= 100 “100” 全年目标 B←另报
6       | 2023Q1  | early step >= 74.3 “74.3” 全年目标 上年=74 B←另报
6       | 2025Q2  | early step >= 75 “75” 全年目标 上年=74.6 B←另报
6       | 2026Q4  | full step >= 75.5 “75.5” 全年目标 上年=75 B←另报
7       | 2023Q1  | full ceiling < 3.5 “<3.5” 全年目标 上年=3.5 B←另报
8       | 2023Q1  | scheduled step >= 94 “94” 全年目标 S=93.5 上年=93.5 P=1/4 S←上报、另报 B←另报
8       | 2025Q2  | scheduled step >= 95 “95” 全年目标 S=94.5 上年=94.5 P=1/2 S←上报 B←另报
9       | 2023Q1  | scheduled ratio >= 2.3 “2.3” 全年目标 S=0 B=0 上年=0.1 P=1/4 S←上报、另报 B←另报
9       | 2025Q2  | scheduled ratio >= 6.5 “6.5” 全年目标 S=4.5 B=0 上年=4.5 P=1/2 S←上报 B←另报
9       | 2027Q4  | full ratio >= 10 “10” 全年目标 B=0 上年=8.3 B←另报
11      | 2026Q4  | full step <= 8.5 “8.5” 全年目标 上年=8.7 B←另报
13      | 2026Q4  | full step >= 32 “≥32” 全年目标 上年=32 B←另报
15      | 2023Q1  | early hold text — “全覆盖” 全年目标 B←另报
15      | 2026Q4  | full hold text — “全覆盖” 全年目标 B←另报
18      | 2023Q1  | full hold >= 96 “96” 全年目标 上年=96 B←另报
T1-1-01 | 2025Q2  | full ceiling <= 1 “1‰以内” 规定标准 B←另报
T1-2-01 | 2025Q2  | full ratio >= 10 “10个以上” 规定标准 B←另报
T1-2-04 | 2022Q4  | 没有目标
T1-2-04 | 2023Q1  | scheduled ratio >= 95 “达到95%” 2027年目标 P=1/20 S←另报 B←另报
T1-2-04 | 2026Q4  | scheduled ratio >= 95 “达到95%” 2027年目标 P=4/5 S←另报 B←另报
T1-2-04 | 2027-11 | scheduled ratio >= 95 “达到95%” 2027年目标 P=59/60 S←另报 B←另报
T1-2-04 | 2027Q4  | full ratio >= 95 “达到95%” 2027年目标 B←另报
T1-2-04 | 2028Q1  | 没有目标
T2-1-02 | 2025Q2  | scheduled ratio >= 3510 “3510个” 2027年目标 S=0 P=1/2 S←另报 B←另报
T2-1-06 | 2025Q2  | scheduled ratio >= 90 “达到90%” 2027年目标 P=1/2 S←另报 B←另报
T2-3-03 | 2025Q2  | scheduled hold >= 100 “达100%” 2027年目标 P=1/2 S←另报 B←另报
T2-3-03 | 2027Q4  | full hold >= 100 “达100%” 2027年目标 B←另报
T3-3-01 | 2025Q2  | scheduled ratio >= 50 “每年50场以上” 全年目标 S=0 P=1/2
T3-3-01 | 2026Q4  | full ratio >= 50 “每年50场以上” 全年目标
T4-5-01 | 2023Q1  | 没有目标
T4-5-01 | 2027-11 | scheduled ratio >= 126 “达到126万” 全年目标 S=0 P=11/12
T6-3-02 | 2025Q2  | scheduled zero = 0 “动态清零” 2027年目标 P=1/2 S←另报 B←另报
T6-3-02 | 2027Q4  | full zero = 0 “动态清零” 2027年目标 B←另报
T7-1-01 | 2025Q2  | early ratio >= — “不低于人均可支配收入的增长幅度” 同年参照值 T←另报
T7-1-01 | 2026Q4  | full ratio >= — “不低于人均可支配收入的增长幅度” 同年参照值 T←另报
T7-1-02 | 2025Q2  | full exact = 1.7 “1.7倍” 规定标准 B←另报
M01     | 2025Q2  | dated milestone — — “” 节点
"""


def held(plan, rules, code, period):
    aim = period_target(plan.find(code), Period.parse(period), rules)
    if aim is None:
        return "没有目标"
    sign = NONE if aim.comparator is None else aim.comparator.value
    value = NONE if aim.value is None else plain(aim.value)
    told = [f"{aim.course} {aim.rule} {sign} {value} “{aim.printed}” {aim.horizon}"]
    for name, number in (("S", aim.start), ("B", aim.baseline), ("上年", aim.last_target)):
        if number is not None:
            told.append(f"{name}={plain(number)}")
    if aim.scheduled is not None:
        told.append(f"P={aim.scheduled.numerator}/{aim.scheduled.denominator}")
    words = {"previous": "上报", "second": "另报"}
    for name, sources in (
        ("T", aim.source.value), ("S", aim.source.start), ("B", aim.source.baseline),
    ):  # fmt: skip
        if sources:
            told.append(f"{name}←{'、'.join(words[one] for one in sources)}")
    return " ".join(told)


@pytest.mark.parametrize(("code", "period", "told"), cases(HELD))
def test_an_item_is_held_to_its_target_in_a_period(plan, rules, code, period, told):
    assert held(plan, rules, code, period) == told


MONTHS = [Period.of_month(year, month) for year in range(2023, 2028) for month in range(1, 13)]


@pytest.fixture
def numbered(plan):
    """Every item that is rated by a number."""
    return [
        item
        for item in plan.items()
        if effective_item(plan, item) is item and item.status_rule is not StatusRule.MILESTONE
    ]


def test_every_indicator_is_held_to_the_figure_that_the_plan_prints_for_the_year(plan, rules):
    for item in plan.items():
        if not isinstance(item, Indicator):
            continue
        for period in MONTHS:
            aim, printed = period_target(item, period, rules), item.targets[period.year]
            assert (aim.value, aim.comparator, aim.printed) == (
                printed.value, printed.comparator, printed.printed,
            )  # fmt: skip
            before = item.targets.get(period.year - 1)
            if before is not None:
                assert aim.last_target == before.value


def test_the_schedule_of_every_item_is_the_share_of_the_months_of_its_year_or_its_five_years(
    numbered, rules
):
    scheduled = set()
    for item in numbered:
        for place, period in enumerate(MONTHS, start=1):
            aim = period_target(item, period, rules)
            if aim is None or aim.scheduled is None:
                continue
            scheduled.add(item.code)
            assert aim.course is Course.SCHEDULED
            of_a_year = Ratio((place - 1) % 12 + 1, 12)
            if aim.horizon == "全年目标":
                assert aim.scheduled == of_a_year, (item.code, period)
            elif item.baseline_date is None or item.cumulative:
                assert aim.scheduled == Ratio(place, 60), (item.code, period)
    assert len(scheduled) > 40


def test_a_reported_number_replaces_only_what_its_source_names(numbered, rules):
    previous, second = Decimal("3.5"), Decimal("4.5")
    for item in numbered:
        for period in MONTHS[2::3]:
            plain_aim = period_target(item, period, rules)
            if plain_aim is None:
                continue
            known = {"previous": previous, "second": second}
            given = period_target(item, period, rules, **known)
            assert (given.previous, given.second) == (previous, second)
            for name in ("value", "start", "baseline"):
                sources = getattr(plain_aim.source, name)
                wanted = known[sources[0]] if sources else getattr(plain_aim, name)
                assert getattr(given, name) == wanted, (item.code, period, name)
            late = period_target(item, period, rules, second=second)
            if plain_aim.source.start:
                by_second = "second" in plain_aim.source.start
                assert late.start == (second if by_second else plain_aim.start)


COMPARED = {
    Comparator.AT_LEAST: operator.ge,
    Comparator.MORE_THAN: operator.gt,
    Comparator.AT_MOST: operator.le,
    Comparator.LESS_THAN: operator.lt,
    Comparator.EXACTLY: operator.ge,  # the one item of this kind is a standard, met above, too
}


@pytest.mark.parametrize("period", ["2025Q2", "2026Q4", "2027Q4"])
def test_every_item_s_completion_rate_is_what_its_value_and_target_make(numbered, rules, period):
    when, rated = Period.parse(period), 0
    for item in numbered:
        aim = period_target(item, when, rules)
        if aim is None or aim.value is None or aim.value <= 0:
            continue
        for share in map(Decimal, ("0.3", "0.8", "0.95", "1", "1.06")):
            rating = rate(item, when, aim.value * share, rules=rules, confirmed=True)
            low = item.direction is Direction.LOWER_IS_BETTER
            assert rating.completion_rate == (2 - share if low else share)
            assert rating.met == COMPARED[aim.comparator](aim.value * share, aim.value)
            rated += 1
    assert rated > 200


PARTS = (
    "actual", "comparator", "target", "met", "completion_rate", "display", "scheduled_progress",
    "progress", "schedule_gap_pp", "light", "state", "flags", "reason",
)  # fmt: skip

# Item | period | value, where last year's was 2 and the second number is 60. Last: the PARTS.
RATED = """
1       | 2025Q2 | 3.68       | 3.68; >=; 4.6; False; 0.8; 80.0%; 0.5; 0.6462; 14.6; green; 达序时; —; 超前序时14.6个百分点
1       | 2025Q2 | 未填       | —; >=; 4.6; —; —; —; —; —; —; grey; 未报; —; 已过报送截止日，仍未填报
1       | 2025Q2 | 读不懂九成 | 九成; >=; 4.6; —; —; —; —; —; —; grey; 待核; —; 不是确数
1       | 2026Q4 | 不适用     | 不适用; >=; 5; —; —; —; —; —; —; grey; 不适用; —; 本期不适用，不计入评价
3       | 2025Q2 | 100.7      | 100.7; >=; 95; —; —; —; —; —; —; grey; 待核; —; 占比100.7%超过100%
4       | 2026Q4 | 已通过     | 已通过; >=; 100; True; 1; 100.0%; —; —; —; green; 达标; —; 已按要求完成
6       | 2025Q2 | 71.25      | 71.25; >=; 75; False; 0.95; 95.0%; —; —; —; grey; 未到期; —; 年度指标，年底前不判进度
7       | 2025Q2 | 3.5        | 3.5; <; 3.5; False; 1; 99.9%; —; —; —; red; 突破; —; 突破控制线<3.5%
9       | 2025Q2 | 5.2        | 5.2; >=; 6.5; False; 0.8; 80.0%; 0.5; 0.7111; 21.1; green; 达序时; —; 超前序时21.1个百分点
11      | 2026Q4 | 8.6        | 8.6; <=; 8.5; False; 0.9882; 98.8%; —; —; —; amber; 接近达标; —; 未达到全年目标≤8.5%，但不差于上年目标8.7%
15      | 2026Q4 | 60         | 60; text; —; True; 1; 100.0%; —; —; —; green; 达标; —; 已达到全年目标全覆盖
T2-1-02 | 2025Q2 | 1000       | 1000; >=; 3510; False; 0.2849; 28.5%; 0.5; 0.2725; -22.8; red; 严重滞后; —; 滞后序时22.8个百分点
T6-3-02 | 2026Q4 | 12         | 12; =; 0; False; 0.8; 80.0%; 0.8; 0.8; 0; green; 达序时; —; 与序时进度持平
T7-1-01 | 2026Q4 | 50         | 50; >=; 60; False; 0.8333; 83.3%; —; —; —; red; 未达标; —; 未达到同年参照值≥60%，完成率83.3%，低于黄灯线90%
T7-1-02 | 2026Q4 | 1.5        | 1.5; =; 1.7; False; 0.8824; 88.2%; —; —; —; red; 未达标; —; 未达到规定标准=1.7倍，完成率88.2%，低于黄灯线90%
M01     | 2026Q4 | 进行中     | 进行中; —; —; False; —; —; —; —; —; grey; 未到期; —; 距完成期限2027-12-31还有365天
M01     | 2026Q4 | 已完成     | 已完成; —; —; True; —; —; —; —; —; green; 达标; —; 已按要求完成
"""


def as_document(plan, rules, code, period, actual):
    rating = rate(
        plan.find(code), Period.parse(period), value_of(actual), rules=rules,
        previous=Decimal(2), second=Decimal(60),
    )  # fmt: skip
    told = rating.to_json()
    assert told.pop("indicator") == (int(code) if code.isdecimal() else code)
    assert told.pop("period") == period
    assert told.pop("word") == rating.word
    assert tuple(told) == PARTS
    told["flags"] = "、".join(told["flags"]) or None
    return "; ".join(NONE if one is None else str(one) for one in told.values())


@pytest.mark.parametrize(("code", "period", "actual", "told"), cases(RATED))
def test_a_rating_s_document_rounds_shares_to_four_places_and_the_gap_to_one(
    plan, rules, code, period, actual, told
):
    assert as_document(plan, rules, code, period, actual) == told


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


def test_a_target_met_exactly_is_met_by_or_equal_signs_alone():
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


# Direction | target | value before the plan | value. Above zero the rate needs no value before;
# at zero and below it is the share of the way from there.
RATES = """
higher_is_better | 5  | — | -1 | 0
higher_is_better | 5  | — | 0  | 0
higher_is_better | 5  | — | 4  | 4/5
higher_is_better | 5  | 8 | 4  | 4/5
higher_is_better | 5  | — | 6  | 6/5
higher_is_better | 5  | — | 10 | 2
higher_is_better | 5  | — | 11 | 2
exact            | 5  | — | 4  | 4/5
exact            | 5  | — | 6  | 6/5
lower_is_better  | 5  | — | -1 | 2
lower_is_better  | 5  | — | 0  | 2
lower_is_better  | 5  | — | 4  | 6/5
lower_is_better  | 5  | — | 5  | 1
lower_is_better  | 5  | — | 6  | 4/5
lower_is_better  | 5  | — | 11 | 0
lower_is_better  | 0  | — | 4  | —
lower_is_better  | 0  | 0 | 4  | —
lower_is_better  | 0  | 5 | 4  | 1/5
lower_is_better  | 0  | 8 | 6  | 1/4
lower_is_better  | 0  | 5 | -9 | 2
lower_is_better  | 0  | 5 | 6  | 0
higher_is_better | 0  | 5 | 4  | 1/5
exact            | 0  | 5 | 4  | 1/5
lower_is_better  | -2 | — | 4  | —
lower_is_better  | -2 | 8 | 6  | 1/5
"""


def completed(rules, direction, target, baseline, actual):
    share = completion_rate(
        Decimal(actual), Decimal(target), Direction(direction), rules, number_of(baseline)
    )
    return NONE if share is None else str(Fraction(share.numerator, share.denominator))


@pytest.mark.parametrize(("direction", "target", "baseline", "actual", "told"), cases(RATES))
def test_completion_rates_around_the_target(rules, direction, target, baseline, actual, told):
    assert completed(rules, direction, target, baseline, actual) == told


def test_where_lower_is_better_the_rate_may_be_target_over_value(rules):
    other = replace(rules, lower_is_better_rate="target_over_actual")
    told = [completed(other, "lower_is_better", "5", NONE, value) for value in ("0", "4", "10")]
    assert told == ["2", "5/4", "1/2"]
    assert completed(other, "lower_is_better", "1", NONE, "1") == "1"
