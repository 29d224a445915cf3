"""Lamps, states and reasons on either side of every threshold, held to the letter.

Each table has one line a case: what goes in, and last the lamp, the numbers and the sentence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from support.case_tables import NONE, cases, number_of, value_of

from qiyx_xl.core.plan.model import Comparator, Direction, GoalKind, StatusRule, Target
from qiyx_xl.core.plan.project_list import ProjectNode
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.ratio import Ratio
from qiyx_xl.core.primitives.values import Absence, Unreadable, plain
from qiyx_xl.core.projects.rating import assess_node, assess_share, overall
from qiyx_xl.core.rating.judgement import doubt
from qiyx_xl.core.rating.lamps import on_schedule
from qiyx_xl.core.rating.period_target import Override, OverrideError
from qiyx_xl.core.rating.rate import rate
from qiyx_xl.papers.phrases import gap_text

Q3, YEAR = Period.parse("2026Q3"), Period.parse("2026")


def said(rating: Any) -> str:
    """Return a rating on one line: lamp, 完成率, P, p, what is flagged, and the reason."""
    numbers = (
        ("率", rating.completion_rate),
        ("P", rating.scheduled_progress),
        ("p", rating.progress),
    )
    told = [f"{name}{one:.4f}" for name, one in numbers if one is not None]
    return f"{' '.join((rating.lamp, rating.display, *told, *rating.flags))}：{rating.reason}"


# --- milestones ------------------------------------------------------------------------------

# The third quarter ends on 30 September; 90 days later is 29 December.
MILESTONES = """
2026-09-29 | 未填       | 灰·未报 —：已过完成期限2026-09-29，仍未填报
2026-09-29 | 进行中     | 红·逾期 —：已过完成期限2026-09-29共1天，仍在进行
2026-09-30 | 进行中     | 黄·临期 —：完成期限已到，尚未完成
2026-10-01 | 进行中     | 黄·临期 —：距完成期限2026-10-01只剩1天，尚未完成
2026-12-29 | 进行中     | 黄·临期 —：距完成期限2026-12-29只剩90天，尚未完成
2026-12-30 | 进行中     | 灰·未到期 —：距完成期限2026-12-30还有91天
2026-09-30 | 未填       | 黄·临期 —：完成期限已到，尚未完成
2026-12-30 | 未填       | 灰·未到期 —：距完成期限2026-12-30还有91天
2026-09-29 | 已通过     | 绿·达标 100.0% 率1.0000：已按要求完成
2026-12-30 | 已完成     | 绿·达标 100.0% 率1.0000：已按要求完成
2026-09-29 | 100        | 绿·达标 100.0% 率1.0000：已按要求完成
2026-09-29 | 99         | 灰·待核 —：应填已通过、已完成、进行中或未通过，现填“99”
2026-12-30 | 未通过     | 红·未通过 —：评估未通过
2026-09-29 | 不适用     | 灰·不适用 —：本期不适用，不计入评价
2026-09-29 | 全覆盖     | 灰·待核 —：应填已通过、已完成、进行中或未通过，现填“全覆盖”
2026-09-29 | 读不懂快了 | 灰·待核 —：不是确数
"""


def milestone(plan: Any, rules: Any, due: str, actual: str, *, late: bool = True) -> str:
    dated = replace(plan.find("4"), due=date.fromisoformat(due))
    return said(rate(dated, Q3, value_of(actual), rules=rules, due=late))


@pytest.mark.parametrize(("due", "actual", "told"), cases(MILESTONES))
def test_milestones_are_judged_by_days_to_their_date(
    plan: Any, rules: Any, due: str, actual: str, told: str
) -> None:
    assert milestone(plan, rules, due, actual) == told
    assert milestone(plan, rules, due, actual, late=False) == told, "by its date alone"


def test_a_text_in_a_reason_is_one_line_and_cut_after_twenty_characters(
    plan: Any, rules: Any
) -> None:
    for text, quoted in (
        ("字" * 20, "字" * 20),
        ("字" * 21, "字" * 20 + "…"),
        ("一\n 二", "一 二"),
    ):
        rating = rate(plan.find("1"), Q3, Unreadable(text, " \n"), rules=rules)
        assert rating.reason == f"“{quoted}”无法识别"


# --- coverage --------------------------------------------------------------------------------

COVERAGE = """
2026Q3 | 0          | —    | 否 | 灰·待核 —：只有已覆盖数，缺少应覆盖人数
2026Q3 | 0          | 0    | 否 | 灰·待核 —：只有已覆盖数，缺少应覆盖人数
2026Q3 | 0          | 64.5 | 否 | 灰·未到期 0.0% 率0.0000：年度指标，年底前不判进度
2026   | 0          | 64.5 | 否 | 红·未达标 0.0% 率0.0000：未达到全年目标全覆盖，完成率0.0%，低于黄灯线98%
2026   | -1         | 64.5 | 否 | 灰·待核 —：数值-1为负，不合常理
2026   | -1         | 64.5 | 是 | 红·未达标 0.0% 率0.0000：未达到全年目标全覆盖，完成率0.0%，低于黄灯线98%
2026   | 6          | 64.5 | 否 | 红·未达标 9.3% 率0.0930：未达到全年目标全覆盖，完成率9.3%，低于黄灯线98%
2026   | 6          | 64.5 | 是 | 红·未达标 9.3% 率0.0930：未达到全年目标全覆盖，完成率9.3%，低于黄灯线98%
2026   | 63.2       | 64.5 | 否 | 红·未达标 98.0% 率0.9798：未达到全年目标全覆盖，完成率97.98%，低于黄灯线98%
2026   | 63.21      | 64.5 | 否 | 黄·接近达标 98.0% 率0.9800：未达到全年目标全覆盖，完成率98.0%，不低于黄灯线98%
2026Q3 | 63.9       | 64.5 | 否 | 灰·未到期 99.1% 率0.9907：年度指标，年底前不判进度
2026   | 63.9       | 64.5 | 否 | 黄·接近达标 99.1% 率0.9907：未达到全年目标全覆盖，完成率99.1%，不低于黄灯线98%
2026Q3 | 64.5       | 64.5 | 否 | 绿·提前完成 100.0% 率1.0000：已提前达到全年目标全覆盖
2026   | 64.5       | 64.5 | 否 | 绿·达标 100.0% 率1.0000：已达到全年目标全覆盖
2026   | 64.6       | 64.5 | 否 | 灰·待核 —：已覆盖数64.6超过应覆盖人数64.5
2026   | 64.6       | 64.5 | 是 | 灰·待核 —：已覆盖数64.6超过应覆盖人数64.5
2026Q3 | 全覆盖     | —    | 否 | 绿·提前完成 — 无分母·自报：自报全覆盖，没有应覆盖人数可核
2026   | 全覆盖     | 64.5 | 否 | 绿·达标 — 无分母·自报：自报全覆盖，没有应覆盖人数可核
2026   | 基本全覆盖 | —    | 否 | 灰·待核 —：“基本全覆盖”不能判定，应填已覆盖数和应覆盖人数
"""


def coverage(plan: Any, rules: Any, period: str, actual: str, whole: str, confirmed: str) -> str:
    rating = rate(
        plan.find("15"), Period.parse(period), value_of(actual), rules=rules,
        second=number_of(whole), confirmed=confirmed == "是", previous=Decimal(600),
    )  # fmt: skip
    return said(rating)


@pytest.mark.parametrize(("period", "actual", "whole", "confirmed", "told"), cases(COVERAGE))
def test_coverage_is_judged_by_both_numbers(
    plan: Any, rules: Any, period: str, actual: str, whole: str, confirmed: str, told: str
) -> None:
    assert coverage(plan, rules, period, actual, whole, confirmed) == told


# --- the status rules ------------------------------------------------------------------------

# Rule | last year's target | target | the value before the plan | last year's value | value.
RULES_AT_YEAR_END = """
ratio   | 45 | ≥50 | —  | — | 0      | 红·未达标 0.0% 率0.0000：未达到全年目标≥50个，完成率0.0%，低于黄灯线90%
ratio   | 45 | ≥50 | —  | — | 44.9   | 红·未达标 89.8% 率0.8980：未达到全年目标≥50个，完成率89.8%，低于黄灯线90%
ratio   | 45 | ≥50 | —  | — | 45     | 黄·接近达标 90.0% 率0.9000：未达到全年目标≥50个，完成率90.0%，不低于黄灯线90%
ratio   | 45 | ≥50 | —  | — | 49.99  | 黄·接近达标 99.9% 率0.9998：未达到全年目标≥50个，完成率99.9%，不低于黄灯线90%
ratio   | 45 | ≥50 | —  | — | 50     | 绿·达标 100.0% 率1.0000：已达到全年目标≥50个
ratio   | 45 | ≥50 | —  | — | 75     | 绿·达标 150.0% 率1.5000：已达到全年目标≥50个
ratio   | 45 | ≥50 | —  | — | 75.1   | 绿·达标 150.2% 率1.5020 超额待核：已达到全年目标≥50个
ratio   | 45 | ≥50 | —  | — | 120    | 绿·达标 200.0% 率2.0000 超额待核：已达到全年目标≥50个
ratio   | 45 | >50 | —  | — | 50     | 黄·接近达标 99.9% 率1.0000：未达到全年目标>50个，完成率99.9%，不低于黄灯线90%
ratio   | 45 | >50 | —  | — | 50.1   | 绿·达标 100.2% 率1.0020：已达到全年目标>50个
ratio   | 45 | ≤50 | —  | — | 50     | 绿·达标 100.0% 率1.0000：已达到全年目标≤50个
ratio   | 45 | ≤50 | —  | — | 55     | 黄·接近达标 90.0% 率0.9000：未达到全年目标≤50个，完成率90.0%，不低于黄灯线90%
ratio   | 45 | ≤50 | —  | — | 55.1   | 红·未达标 89.8% 率0.8980：未达到全年目标≤50个，完成率89.8%，低于黄灯线90%
ratio   | 45 | ≤50 | —  | — | 120    | 红·未达标 0.0% 率0.0000：未达到全年目标≤50个，完成率0.0%，低于黄灯线90%
ratio   | 45 | ≤50 | —  | — | 3      | 绿·达标 194.0% 率1.9400：已达到全年目标≤50个
ratio   | 45 | <50 | —  | — | 50     | 黄·接近达标 99.9% 率1.0000：未达到全年目标<50个，完成率99.9%，不低于黄灯线90%
ratio   | 45 | =50 | —  | — | 49.99  | 黄·接近达标 99.9% 率0.9998：未达到全年目标=50个，完成率99.9%，不低于黄灯线90%
ratio   | 45 | =50 | —  | — | 50     | 绿·达标 100.0% 率1.0000：已达到全年目标=50个
ratio   | 45 | =50 | —  | — | 51     | 黄·接近达标 99.9% 率1.0200：未达到全年目标=50个，完成率99.9%，不低于黄灯线90%
ratio   | —  | ≤0  | 20 | — | 0      | 绿·达标 100.0% 率1.0000：已达到全年目标≤0个
ratio   | —  | ≤0  | 20 | — | 2      | 黄·接近达标 90.0% 率0.9000：未达到全年目标≤0个，完成率90.0%，不低于黄灯线90%
ratio   | —  | ≤0  | —  | — | 1      | 红·未达标 —：未达到全年目标≤0个
ratio   | —  | ≥0  | 20 | — | 1      | 绿·达标 95.0% 率0.9500：已达到全年目标≥0个
exact   | 45 | =50 | —  | — | 44.9   | 红·未达标 89.8% 率0.8980：未达到全年目标=50个，完成率89.8%，低于黄灯线90%
exact   | 45 | =50 | —  | — | 45     | 黄·接近达标 90.0% 率0.9000：未达到全年目标=50个，完成率90.0%，不低于黄灯线90%
exact   | 45 | =50 | —  | — | 49.994 | 黄·接近达标 99.9% 率0.9999：未达到全年目标=50个，完成率99.9%，不低于黄灯线90%
exact   | 45 | =50 | —  | — | 49.995 | 绿·达标 100.0% 率0.9999：已达到全年目标=50个
exact   | 45 | =50 | —  | — | 50.005 | 绿·达标 100.0% 率1.0001：已达到全年目标=50个
exact   | 45 | =50 | —  | — | 50.006 | 绿·达标 100.0% 率1.0001 高于规定：已达到全年目标=50个
exact   | 45 | =50 | —  | — | 120    | 绿·达标 200.0% 率2.0000 高于规定：已达到全年目标=50个
step    | 45 | ≥50 | —  | — | 44.9   | 红·未达标 89.8% 率0.8980：未达到全年目标≥50个，且差于上年目标45个
step    | 45 | ≥50 | —  | — | 45     | 黄·接近达标 90.0% 率0.9000：未达到全年目标≥50个，但不差于上年目标45个
step    | 45 | ≥50 | —  | — | 50     | 绿·达标 100.0% 率1.0000：已达到全年目标≥50个
step    | 55 | ≤50 | —  | — | 55.1   | 红·未达标 89.8% 率0.8980：未达到全年目标≤50个，且差于上年目标55个
step    | 55 | ≤50 | —  | — | 55     | 黄·接近达标 90.0% 率0.9000：未达到全年目标≤50个，但不差于上年目标55个
step    | 55 | ≤50 | —  | — | 50     | 绿·达标 100.0% 率1.0000：已达到全年目标≤50个
step    | 50 | ≥50 | —  | — | 49     | 红·未达标 98.0% 率0.9800：未达到全年目标≥50个，目标与上年相同，不设黄灯
step    | —  | ≥50 | —  | — | 49     | 红·未达标 98.0% 率0.9800：未达到全年目标≥50个，没有上年目标可比，不设黄灯
hold    | 45 | ≥50 | —  | — | 48.9   | 红·未达标 97.8% 率0.9780：未达到全年目标≥50个，完成率97.8%，低于黄灯线98%
hold    | 45 | ≥50 | —  | — | 49     | 黄·接近达标 98.0% 率0.9800：未达到全年目标≥50个，完成率98.0%，不低于黄灯线98%
hold    | 45 | ≥50 | —  | — | 50     | 绿·达标 100.0% 率1.0000：已达到全年目标≥50个
hold    | 45 | ≤50 | —  | — | 51     | 黄·接近达标 98.0% 率0.9800：未达到全年目标≤50个，完成率98.0%，不低于黄灯线98%
hold    | 45 | ≤50 | —  | — | 51.1   | 红·未达标 97.8% 率0.9780：未达到全年目标≤50个，完成率97.8%，低于黄灯线98%
ceiling | 45 | ≤50 | —  | — | 48.5   | 绿·达标 103.0% 率1.0300：守住控制线≤50个
ceiling | 45 | ≤50 | —  | — | 48.6   | 黄·贴线 102.8% 率1.0280：未突破控制线≤50个，但已超过控制线的97%
ceiling | 45 | ≤50 | —  | — | 50     | 黄·贴线 100.0% 率1.0000：未突破控制线≤50个，但已超过控制线的97%
ceiling | 45 | ≤50 | —  | — | 50.1   | 红·突破 99.8% 率0.9980：突破控制线≤50个
ceiling | 45 | <50 | —  | — | 49.9   | 黄·贴线 100.2% 率1.0020：未突破控制线<50个，但已超过控制线的97%
ceiling | 45 | <50 | —  | — | 50     | 红·突破 99.9% 率1.0000：突破控制线<50个
ceiling | 45 | ≥50 | —  | — | 49     | 红·突破 98.0% 率0.9800：突破控制线≥50个
ceiling | 45 | ≥50 | —  | — | 50     | 绿·达标 100.0% 率1.0000：守住控制线≥50个
ceiling | 45 | =50 | —  | — | 50     | 绿·达标 100.0% 率1.0000：守住控制线=50个
zero    | —  | ≤0  | 20 | — | 0      | 绿·达标 100.0% 率1.0000：已清零
zero    | —  | ≤0  | 20 | — | 2      | 黄·接近达标 90.0% 率0.9000：尚余2个未清零，完成率90.0%，不低于黄灯线90%
zero    | —  | ≤0  | 20 | — | 2.1    | 红·未达标 89.5% 率0.8950：尚余2.1个未清零，完成率89.5%，低于黄灯线90%
zero    | —  | ≤0  | —  | — | 1      | 红·未达标 —：尚余1个未清零，没有基期值可比
zero    | 45 | ≤50 | —  | — | 55     | 黄·接近达标 90.0% 率0.9000：尚余55个未清零，完成率90.0%，不低于黄灯线90%
zero    | 45 | ≤50 | —  | — | 56     | 红·未达标 88.0% 率0.8800：尚余56个未清零，完成率88.0%，低于黄灯线90%
"""

# Three quarters of the year are over: P is 0.75. From 44 to 50, 48.5 is the schedule.
RULES_WITHIN_THE_YEAR = """
ratio   | 45 | ≥50 | —  | 44 | 0      | 红·严重滞后 0.0% 率0.0000 P0.7500 p-7.3333：滞后序时808.3个百分点
ratio   | 45 | ≥50 | —  | 44 | 47.89  | 红·严重滞后 95.8% 率0.9578 P0.7500 p0.6483：滞后序时10.2个百分点
ratio   | 45 | ≥50 | —  | 44 | 47.9   | 黄·滞后 95.8% 率0.9580 P0.7500 p0.6500：滞后序时10.0个百分点
ratio   | 45 | ≥50 | —  | 44 | 48.49  | 黄·滞后 97.0% 率0.9698 P0.7500 p0.7483：滞后序时0.2个百分点
ratio   | 45 | ≥50 | —  | 44 | 48.497 | 绿·达序时 97.0% 率0.9699 P0.7500 p0.7495：与序时进度持平
ratio   | 45 | ≥50 | —  | 44 | 48.5   | 绿·达序时 97.0% 率0.9700 P0.7500 p0.7500：与序时进度持平
ratio   | 45 | ≥50 | —  | 44 | 49     | 绿·达序时 98.0% 率0.9800 P0.7500 p0.8333：超前序时8.3个百分点
ratio   | 45 | ≥50 | —  | 44 | 50     | 绿·提前完成 100.0% 率1.0000 P0.7500 p1.0000：已提前达到全年目标≥50个
ratio   | 45 | ≥50 | —  | 44 | 120    | 绿·提前完成 200.0% 率2.0000 P0.7500 p12.6667 超额待核：已提前达到全年目标≥50个
ratio   | 45 | >50 | —  | 44 | 50     | 绿·达序时 99.9% 率1.0000 P0.7500 p1.0000：超前序时25.0个百分点
ratio   | 45 | ≥50 | —  | —  | 46     | 红·严重滞后 92.0% 率0.9200 P0.7500 p0.2000：滞后序时55.0个百分点
ratio   | —  | ≥50 | —  | —  | 46     | 灰·缺基期 92.0% 率0.9200 P0.7500：没有上年实际值或基期值，无法计算序时进度
ratio   | —  | ≥50 | 40 | —  | 46     | 红·严重滞后 92.0% 率0.9200 P0.7500 p0.6000：滞后序时15.0个百分点
ratio   | 45 | ≥50 | —  | 50 | 45     | 黄·接近达标 90.0% 率0.9000 P0.7500：未达到全年目标≥50个，完成率90.0%，不低于黄灯线90%
ratio   | 45 | ≥50 | —  | 60 | 44     | 红·未达标 88.0% 率0.8800 P0.7500：未达到全年目标≥50个，完成率88.0%，低于黄灯线90%
ratio   | 45 | ≤50 | —  | 60 | 52     | 绿·达序时 96.0% 率0.9600 P0.7500 p0.8000：超前序时5.0个百分点
ratio   | 45 | ≤50 | —  | 60 | 53     | 黄·滞后 94.0% 率0.9400 P0.7500 p0.7000：滞后序时5.0个百分点
ratio   | 45 | ≤50 | —  | 60 | 50     | 绿·提前完成 100.0% 率1.0000 P0.7500 p1.0000：已提前达到全年目标≤50个
ratio   | 45 | =50 | —  | 60 | 51     | 绿·达序时 99.9% 率1.0200 P0.7500 p0.9000：超前序时15.0个百分点
step    | 45 | ≥50 | —  | 44 | 48     | 黄·滞后 96.0% 率0.9600 P0.7500 p0.6667：滞后序时8.3个百分点
step    | 45 | ≥50 | —  | 52 | 46     | 黄·接近达标 92.0% 率0.9200 P0.7500：未达到全年目标≥50个，但不差于上年目标45个
hold    | 45 | ≥50 | —  | 44 | 48.9   | 红·未达标 97.8% 率0.9780：未达到全年目标≥50个，完成率97.8%，低于黄灯线98%
hold    | 45 | ≥50 | —  | 44 | 50     | 绿·达标 100.0% 率1.0000：已达到全年目标≥50个
ceiling | 45 | ≤50 | —  | 44 | 50.1   | 红·突破 99.8% 率0.9980：突破控制线≤50个
exact   | 45 | =50 | —  | 44 | 50.006 | 绿·达标 100.0% 率1.0001 高于规定：已达到全年目标=50个
zero    | —  | ≤0  | 20 | 44 | 2      | 黄·接近达标 90.0% 率0.9000：尚余2个未清零，完成率90.0%，不低于黄灯线90%
"""

SIGNS = {
    "≥": (Comparator.AT_LEAST, Direction.HIGHER_IS_BETTER),
    ">": (Comparator.MORE_THAN, Direction.HIGHER_IS_BETTER),
    "≤": (Comparator.AT_MOST, Direction.LOWER_IS_BETTER),
    "<": (Comparator.LESS_THAN, Direction.LOWER_IS_BETTER),
    "=": (Comparator.EXACTLY, Direction.EXACT),
}


def by_rule(plan: Any, rules: Any, period: Period, *case: str) -> str:
    rule, last, target, baseline, previous, actual = case
    sign, direction = SIGNS[target[0]]
    targets = {2026: Target("", sign, Decimal(target[1:]))}
    if last != NONE:
        targets[2025] = Target("", sign, Decimal(last))
    item = replace(
        plan.find("1"), targets=targets, direction=direction, status_rule=StatusRule(rule),
        baseline=number_of(baseline),
    )  # fmt: skip
    rating = rate(item, period, Decimal(actual), rules=rules, previous=number_of(previous))
    return said(rating)


COLUMNS = ("rule", "last", "target", "baseline", "previous", "actual", "told")


@pytest.mark.parametrize(COLUMNS, cases(RULES_AT_YEAR_END))
def test_each_rule_at_year_end_on_either_side_of_its_lines(
    plan: Any, rules: Any, rule: str, last: str, target: str, baseline: str, previous: str,
    actual: str, told: str,
) -> None:  # fmt: skip
    assert by_rule(plan, rules, YEAR, rule, last, target, baseline, previous, actual) == told


@pytest.mark.parametrize(COLUMNS, cases(RULES_WITHIN_THE_YEAR))
def test_each_rule_within_the_year_on_either_side_of_the_schedule(
    plan: Any, rules: Any, rule: str, last: str, target: str, baseline: str, previous: str,
    actual: str, told: str,
) -> None:  # fmt: skip
    assert by_rule(plan, rules, Q3, rule, last, target, baseline, previous, actual) == told


# --- goals -----------------------------------------------------------------------------------

# The first goal of each kind, with a second number (the value before, or the one to compare with).
GOALS = """
target        | 2022Q4 | 60     | —  | 灰·未定目标 —：2022年未定目标
target        | 2023Q2 | 20     | —  | 灰·缺基期 21.1% 率0.2105 P0.1000：没有上年实际值或基期值，无法计算序时进度
target        | 2023Q2 | 20     | 50 | 红·严重滞后 21.1% 率0.2105 P0.1000 p-0.6667：滞后序时76.7个百分点
target        | 2025Q3 | 60     | 50 | 红·严重滞后 63.2% 率0.6316 P0.5500 p0.2222：滞后序时32.8个百分点
target        | 2026Q4 | 60     | 50 | 红·严重滞后 63.2% 率0.6316 P0.8000 p0.2222：滞后序时57.8个百分点
target        | 2026Q4 | 99     | 50 | 绿·提前完成 104.2% 率1.0421 P0.8000 p1.0889：已提前达到2027年目标≥95%
target        | 2026Q4 | 100    | —  | 绿·提前完成 105.3% 率1.0526 P0.8000：已提前达到2027年目标≥95%
target        | 2027Q2 | 98     | 50 | 绿·提前完成 103.2% 率1.0316 P0.9000 p1.0667：已提前达到2027年目标≥95%
target        | 2027Q4 | 60     | 50 | 红·未达标 63.2% 率0.6316：未达到2027年目标≥95%，完成率63.2%，低于黄灯线90%
target        | 2027Q4 | 100    | —  | 绿·达标 105.3% 率1.0526：已达到2027年目标≥95%
target        | 2027Q4 | 全覆盖 | —  | 灰·待核 —：应填数字，现填“全覆盖”
target        | 2028Q1 | 100    | —  | 灰·未定目标 —：2028年未定目标
full_coverage | 2023Q2 | 60     | —  | 灰·缺基期 60.0% 率0.6000 P0.1000：没有上年实际值或基期值，无法计算序时进度
full_coverage | 2023Q2 | 60     | 50 | 绿·达序时 60.0% 率0.6000 P0.1000 p0.2000：超前序时10.0个百分点
full_coverage | 2026Q4 | 100    | —  | 绿·提前完成 100.0% 率1.0000 P0.8000：已提前达到2027年目标≥100%
full_coverage | 2027Q4 | 97.9   | —  | 红·未达标 97.9% 率0.9790：未达到2027年目标≥100%，完成率97.9%，低于黄灯线98%
full_coverage | 2027Q4 | 98     | —  | 黄·接近达标 98.0% 率0.9800：未达到2027年目标≥100%，完成率98.0%，不低于黄灯线98%
full_coverage | 2027Q4 | 全覆盖 | —  | 灰·待核 —：应填数字，现填“全覆盖”
zero_target   | 2025Q3 | 20     | —  | 灰·缺基期 — P0.5500：没有上年实际值或基期值，无法计算序时进度
zero_target   | 2025Q3 | 20     | 50 | 绿·达序时 60.0% 率0.6000 P0.5500 p0.6000：超前序时5.0个百分点
zero_target   | 2026Q4 | 0      | —  | 绿·提前完成 — P0.8000：已提前达到2027年目标=0处
zero_target   | 2027Q2 | 6      | 50 | 黄·滞后 88.0% 率0.8800 P0.9000 p0.8800：滞后序时2.0个百分点
zero_target   | 2027Q4 | 5      | 50 | 黄·接近达标 90.0% 率0.9000：尚余5处未清零，完成率90.0%，不低于黄灯线90%
zero_target   | 2027Q4 | 6      | 50 | 红·未达标 88.0% 率0.8800：尚余6处未清零，完成率88.0%，低于黄灯线90%
zero_target   | 2027Q4 | 20     | —  | 红·未达标 —：尚余20处未清零，没有基期值可比
zero_target   | 2027Q4 | 0      | 50 | 绿·达标 100.0% 率1.0000：已清零
annual        | 2022Q4 | 60     | —  | 灰·未定目标 —：2022年未定目标
annual        | 2023Q2 | 60     | —  | 绿·提前完成 120.0% 率1.2000 P0.5000 p1.2000：已提前达到全年目标≥50场/年
annual        | 2025Q3 | 60     | 50 | 绿·提前完成 120.0% 率1.2000 P0.7500 p1.2000：已提前达到全年目标≥50场/年
annual        | 2025Q3 | 32.4   | —  | 红·严重滞后 64.8% 率0.6480 P0.7500 p0.6480：滞后序时10.2个百分点
annual        | 2025Q3 | 32.5   | —  | 黄·滞后 65.0% 率0.6500 P0.7500 p0.6500：滞后序时10.0个百分点
annual        | 2025Q3 | 37.4   | —  | 黄·滞后 74.8% 率0.7480 P0.7500 p0.7480：滞后序时0.2个百分点
annual        | 2026Q4 | 100    | —  | 绿·达标 200.0% 率2.0000 超额待核：已达到全年目标≥50场/年
annual        | 2026Q4 | 44.9   | —  | 红·未达标 89.8% 率0.8980：未达到全年目标≥50场/年，完成率89.8%，低于黄灯线90%
annual        | 2026Q4 | 45     | —  | 黄·接近达标 90.0% 率0.9000：未达到全年目标≥50场/年，完成率90.0%，不低于黄灯线90%
annual        | 2028Q1 | 60     | —  | 灰·未定目标 —：2028年未定目标
hold          | 2023Q2 | 60     | —  | 红·未达标 63.8% 率0.6383：未达到规定标准≥94%，完成率63.8%，低于黄灯线98%
hold          | 2026Q4 | 100    | —  | 绿·达标 106.4% 率1.0638：已达到规定标准≥94%
hold          | 2026Q4 | 92.1   | —  | 红·未达标 98.0% 率0.9798：未达到规定标准≥94%，完成率97.98%，低于黄灯线98%
hold          | 2026Q4 | 92.2   | —  | 黄·接近达标 98.1% 率0.9809：未达到规定标准≥94%，完成率98.1%，不低于黄灯线98%
ceiling       | 2023Q2 | 0      | —  | 绿·达标 200.0% 率2.0000：守住控制线≤1‰
ceiling       | 2026Q4 | 0.97   | —  | 绿·达标 103.0% 率1.0300：守住控制线≤1‰
ceiling       | 2026Q4 | 0.98   | —  | 黄·贴线 102.0% 率1.0200：未突破控制线≤1‰，但已超过控制线的97%
ceiling       | 2026Q4 | 1      | —  | 黄·贴线 100.0% 率1.0000：未突破控制线≤1‰，但已超过控制线的97%
ceiling       | 2026Q4 | 1.1    | —  | 红·突破 90.0% 率0.9000：突破控制线≤1‰
ceiling       | 2028Q1 | 0      | —  | 灰·未定目标 —：2028年未定目标
standard      | 2023Q2 | 0      | —  | 红·未达标 0.0% 率0.0000：未达到规定标准≥10个/千人，完成率0.0%，低于黄灯线90%
standard      | 2026Q4 | 8.9    | —  | 红·未达标 89.0% 率0.8900：未达到规定标准≥10个/千人，完成率89.0%，低于黄灯线90%
standard      | 2026Q4 | 9      | —  | 黄·接近达标 90.0% 率0.9000：未达到规定标准≥10个/千人，完成率90.0%，不低于黄灯线90%
standard      | 2027Q4 | 10     | —  | 绿·达标 100.0% 率1.0000：已达到规定标准≥10个/千人
relative      | 2026Q3 | 60     | 50 | 绿·提前完成 120.0% 率1.2000：已提前达到同年参照值≥50%
relative      | 2026Q3 | 20     | 50 | 灰·未到期 40.0% 率0.4000：年度指标，年底前不判进度
relative      | 2026Q4 | 20     | —  | 灰·缺参照值 —：没有同年参照值，无法判定
relative      | 2026Q4 | 20     | 50 | 红·未达标 40.0% 率0.4000：未达到同年参照值≥50%，完成率40.0%，低于黄灯线90%
relative      | 2026Q4 | 49     | 50 | 黄·接近达标 98.0% 率0.9800：未达到同年参照值≥50%，完成率98.0%，不低于黄灯线90%
relative      | 2026Q4 | 60     | 50 | 绿·达标 120.0% 率1.2000：已达到同年参照值≥50%
relative      | 2028Q1 | 60     | 50 | 灰·未定目标 —：2028年未定目标
"""


def goal_of_kind(plan: Any, rules: Any, kind: str, period: str, actual: str, second: str) -> str:
    goal = next(one for one in plan.goals if one.kind is GoalKind(kind))
    rating = rate(
        goal, Period.parse(period), value_of(actual), rules=rules, second=number_of(second)
    )
    return said(rating)


@pytest.mark.parametrize(("kind", "period", "actual", "second", "told"), cases(GOALS))
def test_each_kind_of_goal_through_the_years(
    plan: Any, rules: Any, kind: str, period: str, actual: str, second: str, told: str
) -> None:
    assert goal_of_kind(plan, rules, kind, period, actual, second) == told


def test_every_kind_of_goal_has_its_cases() -> None:
    told = {case.values[0] for case in cases(GOALS)}
    assert told == {kind.value for kind in GoalKind}


# --- the schedule ----------------------------------------------------------------------------

# Gap as a share | the rules: usual, wide (5 points behind is still green), or open (the green
# line itself is not green).
GAPS = """
0.2            | usual | 绿·达序时：超前序时20.0个百分点
0.0005         | usual | 绿·达序时：超前序时0.1个百分点
0.0004         | usual | 绿·达序时：与序时进度持平
0              | usual | 绿·达序时：与序时进度持平
-0.00049       | usual | 绿·达序时：与序时进度持平
-0.0005        | usual | 绿·达序时：与序时进度持平
-0.0005        | open  | 黄·滞后：滞后序时0.1个百分点
-0.00051       | usual | 黄·滞后：滞后序时0.1个百分点
-0.00049       | open  | 绿·达序时：与序时进度持平
-0.1           | usual | 黄·滞后：滞后序时10.0个百分点
-0.10001       | usual | 红·严重滞后：滞后序时10.001个百分点
-0.10000000001 | usual | 红·严重滞后：滞后序时约10.0个百分点
-0.099996      | usual | 黄·滞后：滞后序时10.0个百分点
-1.00000001    | usual | 红·严重滞后：滞后序时100.0个百分点
0.00001        | wide  | 绿·达序时：与序时进度持平
0              | wide  | 绿·达序时：与序时进度持平
-0.00001       | wide  | 绿·达序时：滞后序时0.0个百分点，在允许范围内
-0.0005        | wide  | 绿·达序时：滞后序时0.1个百分点，在允许范围内
-0.05          | wide  | 绿·达序时：滞后序时5.0个百分点，在允许范围内
-0.0501        | wide  | 黄·滞后：滞后序时5.01个百分点
"""


def of_gap(rules: Any, gap: str, name: str) -> str:
    changed = {
        "usual": {},
        "wide": {"gap_green_pp": Decimal(-5)},
        "open": {"gap_green_inclusive": not rules.gap_green_inclusive},
    }
    verdict = on_schedule(Ratio.of(Decimal(gap)), replace(rules, **changed[name]))
    return f"{verdict.light.word}·{verdict.state}：{verdict.reason}"


@pytest.mark.parametrize(("gap", "name", "told"), cases(GAPS))
def test_the_gap_to_the_schedule_is_told_so_that_it_fits_the_lamp(
    rules: Any, gap: str, name: str, told: str
) -> None:
    assert of_gap(rules, gap, name) == told


# --- doubts ----------------------------------------------------------------------------------

# Indicator | last year's value | the year's target | value.
DOUBTS = """
1  | —  | 50 | -1           | 数值-1为负，不合常理
1  | —  | —  | 50000        | 可信
1  | —  | 0  | 50000        | 可信
1  | —  | 50 | 50000        | 疑似放大了1000倍，应为50个
1  | 0  | 50 | 50000        | 疑似放大了1000倍，应为50个
1  | 50 | 3  | 50000        | 疑似放大了1000倍，应为50个
1  | 50 | 50 | 0            | 可信
1  | 50 | 50 | 1000         | 可信
1  | 50 | 50 | 1001         | 可信
1  | 50 | 50 | 2.5          | 可信
1  | 50 | 50 | 0.00000050   | 疑似单位为亿个，应为50个
1  | 50 | 50 | 0.0050       | 疑似单位为万个，应为50个
1  | 50 | 50 | 0.050        | 疑似单位为千个，应为50个
1  | 50 | 50 | 0.025        | 疑似单位为千个，应为25个
1  | 50 | 50 | 0.024        | 可信
1  | 50 | 50 | 0.1          | 疑似单位为千个，应为100个
1  | 50 | 50 | 0.101        | 可信
1  | 50 | 50 | 100000       | 疑似放大了1000倍，应为100个
1  | 50 | 50 | 100001       | 可信
1  | 50 | 50 | 500000       | 疑似放大了1万倍，应为50个
1  | 50 | 50 | 5000000000   | 疑似放大了1亿倍，应为50个
2  | —  | 50 | 100          | 可信
2  | —  | 50 | 100.01       | 占比100.01%超过100%
2  | 50 | 50 | 0.50         | 疑似填成了小数，应为50%
2  | 50 | 50 | 0.0050       | 疑似缩小了1万倍，应为50%
2  | 50 | 50 | 0.00000050   | 疑似缩小了1亿倍，应为50%
6  | 50 | 50 | 5000         | 疑似多乘了100，应为50%
6  | 50 | 50 | 50000        | 疑似放大了1000倍，应为50%
6  | 50 | 50 | 0.50         | 疑似填成了小数，应为50%
7  | 50 | 50 | 2.4          | 数值2.4%不到参照值50%的二十分之一
7  | 50 | 50 | 2.5          | 可信
7  | 50 | 50 | 0.0000000200 | 数值0.00000002%不到参照值50%的二十分之一
9  | 50 | 50 | 0.00000050   | 疑似单位为万亿人次，应为50万人次
9  | 50 | 50 | 0.0050       | 疑似单位为亿人次，应为50万人次
9  | 50 | 50 | 0.050        | 可信
9  | 50 | 50 | 500000       | 疑似单位为人次，应为50万人次
9  | 50 | 50 | 5000000000   | 疑似放大了1亿倍，应为50万人次
9  | 50 | 50 | 50000        | 可信
19 | 50 | 50 | 0.0050       | 疑似单位为万元，应为50元
"""


def doubted(plan: Any, rules: Any, code: str, previous: str, target: str, value: str) -> str:
    """Return the sentence of a doubt, and check that it names the number that is meant."""
    item = plan.find(code)
    found = doubt(
        item, Decimal(value), rules, previous=number_of(previous), target=number_of(target)
    )
    if found is None:
        return "可信"
    meant = "" if found.meant is None else f"应为{plain(found.meant)}{item.measure}"
    assert found.reason.endswith(meant)
    assert bool(meant) == ("应为" in found.reason)
    return found.reason


@pytest.mark.parametrize(("code", "previous", "target", "value", "told"), cases(DOUBTS))
def test_doubts_name_the_slip_and_the_number_that_is_meant(
    plan: Any, rules: Any, code: str, previous: str, target: str, value: str, told: str
) -> None:
    assert doubted(plan, rules, code, previous, target, value) == told


def test_a_value_on_the_line_of_doubt_is_plausible(plan: Any, rules: Any) -> None:
    wide = replace(rules, magnitude_low=Decimal("0.01"), magnitude_high=Decimal(100))
    percent = plan.find("6")
    for value, doubtful in (("5000", False), ("5001", True), ("0.5", False), ("0.499", True)):
        found = doubt(percent, Decimal(value), wide, previous=Decimal(50), target=None)
        assert (found is not None) == doubtful, value


def test_a_measure_in_thousands_of_ten_thousands_is_named_where_that_slip_is_looked_for(
    plan: Any, rules: Any
) -> None:
    item = replace(plan.find("1"), measure="万元", cumulative=False)
    found = doubt(item, Decimal("0.05"), rules, previous=Decimal(50), target=None)
    assert found is not None
    assert found.reason == "疑似单位为千万元，应为50万元"
    odd = replace(rules, magnitude_powers=(2, 6))
    for value, reason in (("0.5", "疑似缩小了100倍"), ("50000000", "疑似放大了10的6次方倍")):
        found = doubt(item, Decimal(value), odd, previous=Decimal(50), target=None)
        assert found is not None
        assert found.reason == f"{reason}，应为50万元"


# --- other words than the plan's -------------------------------------------------------------

# Indicator | target | comparator | rule.
OVERRIDES = """
1       | —      | —    | —         | higher_is_better ratio “5” >= 5
1       | 60     | —    | —         | higher_is_better ratio “60” >= 60
1       | <60    | —    | —         | lower_is_better ratio “<60” < 60
1       | ≥60    | —    | —         | higher_is_better ratio “≥60” >= 60
1       | =60    | —    | —         | exact ratio “=60” = 60
1       | 全覆盖 | —    | —         | higher_is_better ratio “全覆盖” text —
1       | 全覆盖 | >    | —         | higher_is_better ratio “全覆盖” > —
1       | —      | ≤    | —         | lower_is_better ratio “5” <= 5
1       | —      | ≥    | —         | higher_is_better ratio “5” >= 5
1       | —      | >    | —         | higher_is_better ratio “5” > 5
1       | —      | <    | —         | lower_is_better ratio “5” < 5
1       | —      | =    | hold      | exact hold “5” = 5
1       | —      | —    | ceiling   | higher_is_better ceiling “5” >= 5
1       | —      | —    | milestone | 没有“milestone”这条判灯规则。请从这些里选：ratio、step、hold、ceiling、zero、exact。
1       | —      | —    | 无        | 没有“无”这条判灯规则。请从这些里选：ratio、step、hold、ceiling、zero、exact。
1       | —      | ~    | —         | 没有“~”这个比较符。请从这些里选：>=、>、<=、<、=。
1       | —      | text | —         | 没有“text”这个比较符。请从这些里选：>=、>、<=、<、=。
1       | 六十   | —    | —         | 看不懂目标“六十”。请写成 70、≥32 或 <3.5 这样。
1       | 60万元 | —    | —         | 看不懂目标“60万元”。请写成 70、≥32 或 <3.5 这样。
7       | —      | —    | —         | lower_is_better ceiling “<3.5” < 3.5
7       | 60     | —    | —         | lower_is_better ceiling “60” <= 60
7       | 全覆盖 | —    | —         | higher_is_better ceiling “全覆盖” >= 100
15      | —      | —    | —         | higher_is_better hold “全覆盖” text —
15      | 60     | —    | —         | higher_is_better hold “60” >= 60
T3-3-01 | —      | —    | —         | higher_is_better ratio “每年50场以上” >= 50
T3-3-01 | 60     | —    | hold      | higher_is_better hold “60” >= 60
T7-1-02 | 60     | —    | —         | exact exact “60” = 60
M01     | —      | —    | —         | milestone milestone 没有目标
M01     | 60     | —    | —         | “三项死亡率持续巩固在历史低水平”是里程碑，没有目标值可换。请去掉 --target、--comparator 和 --rule。
M01     | —      | —    | hold      | “三项死亡率持续巩固在历史低水平”是里程碑，没有目标值可换。请去掉 --target、--comparator 和 --rule。
"""


def overridden(plan: Any, code: str, target: str, comparator: str, rule: str) -> str:
    words = Override(*(None if one == NONE else one for one in (target, comparator, rule)))
    try:
        item = words.applied_to(plan.find(code), Q3)
    except OverrideError as refused:
        return str(refused)
    held = item.targets[2026] if hasattr(item, "targets") else getattr(item, "target", None)
    shown = "没有目标"
    if held is not None:
        value = NONE if held.value is None else plain(held.value)
        shown = f"“{held.printed}” {held.comparator.value} {value}"
    return f"{item.direction} {item.status_rule} {shown}"


@pytest.mark.parametrize(("code", "target", "comparator", "rule", "told"), cases(OVERRIDES))
def test_a_value_is_rated_by_other_words(
    plan: Any, code: str, target: str, comparator: str, rule: str, told: str
) -> None:
    assert overridden(plan, code, target, comparator, rule) == told


def test_a_value_outside_the_plan_needs_a_target_of_its_own(plan: Any) -> None:
    low = Override(target="≤60", rule="ceiling").outside_the_plan(Q3)
    assert low.targets == {2026: Target("≤60", Comparator.AT_MOST, Decimal(60))}
    assert (low.direction, low.status_rule) == (Direction.LOWER_IS_BETTER, StatusRule.CEILING)
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

# Period | the year's plan | done | whether a blank is late.
SHARES = """
2026Q3 | —   | 80         | 是 | 灰·未定目标 — — — 达序— —：没有2026年的年度计划投资
2026Q3 | 0   | 80         | 是 | 灰·不适用 — — — 达序— —：年度计划投资为0万元，不计进度
2026Q3 | -1  | 80         | 是 | 灰·不适用 — — — 达序— —：年度计划投资为-1万元，不计进度
2026Q3 | —   | 不适用     | 是 | 灰·不适用 — — — 达序— —：填报为不适用
2026Q3 | 100 | 不适用     | 是 | 灰·不适用 — — — 达序— —：填报为不适用
2026Q3 | 100 | 未填       | 是 | 灰·未报 — — — 达序— —：已过报送截止日，仍未填报
2026Q3 | 100 | 未填       | 否 | 灰·未到期 — — — 达序— —：尚未到报送截止日
2026Q3 | 100 | 读不懂约百 | 是 | 灰·待核 — — — 达序— —：不是确数
2026Q3 | 100 | 已完成     | 是 | 灰·待核 — — — 达序— —：填报的不是数字
2026Q3 | 100 | 2026-01-01 | 是 | 灰·待核 — — — 达序— —：填报的不是数字
2026Q3 | 100 | -1         | 是 | 灰·待核 — — — 达序— —：数值-1为负，不合常理
2026Q3 | 100 | 0          | 是 | 红·严重滞后 0.0% 0 0 达序否 -75.0：完成0万元，占年度计划投资100万元的0.0%，滞后序时75.0个百分点
2026Q3 | 100 | 64.9       | 是 | 红·严重滞后 64.9% 0.649 0.649 达序否 -10.1：完成64.9万元，占年度计划投资100万元的64.9%，滞后序时10.1个百分点
2026Q3 | 100 | 65         | 是 | 黄·滞后 65.0% 0.65 0.65 达序否 -10.0：完成65万元，占年度计划投资100万元的65.0%，滞后序时10.0个百分点
2026Q3 | 100 | 74.94      | 是 | 黄·滞后 74.9% 0.7494 0.7494 达序否 -0.1：完成74.94万元，占年度计划投资100万元的74.9%，滞后序时0.1个百分点
2026Q3 | 100 | 74.95      | 是 | 绿·达序时 75.0% 0.7495 0.7495 达序是 -0.1：完成74.95万元，占年度计划投资100万元的75.0%，与序时进度持平
2026Q3 | 100 | 75         | 是 | 绿·达序时 75.0% 0.75 0.75 达序是 0.0：完成75万元，占年度计划投资100万元的75.0%，与序时进度持平
2026Q3 | 100 | 80         | 是 | 绿·达序时 80.0% 0.8 0.8 达序是 +5.0：完成80万元，占年度计划投资100万元的80.0%，超前序时5.0个百分点
2026Q3 | 100 | 99.99      | 是 | 绿·达序时 99.9% 0.9999 0.999 达序是 +25.0：完成99.99万元，占年度计划投资100万元的99.9%，超前序时25.0个百分点
2026Q3 | 100 | 100        | 是 | 绿·提前完成 100.0% 1 1 达序是 +25.0：完成100万元，占年度计划投资100万元的100.0%，已完成全年计划
2026Q3 | 100 | 150        | 是 | 绿·提前完成 150.0% 1.5 1.5 达序是 +75.0：完成150万元，占年度计划投资100万元的150.0%，已完成全年计划
2026Q3 | 100 | 151        | 是 | 绿·提前完成 151.0% 1.51 1.51 达序是 +76.0 超额待核：完成151万元，占年度计划投资100万元的151.0%，已完成全年计划
2026Q3 | 100 | 201        | 是 | 绿·提前完成 200.0% 2 2 达序是 +126.0 超额待核：完成201万元，占年度计划投资100万元的200.0%，已完成全年计划
2026Q4 | —   | 80         | 是 | 灰·未定目标 — — — 达序— —：没有2026年的年度计划投资
2026Q4 | 100 | 89.9       | 是 | 红·未达标 89.9% 0.899 0.899 达序否 -10.1：完成89.9万元，占年度计划投资100万元的89.9%，未完成全年计划
2026Q4 | 100 | 90         | 是 | 黄·接近达标 90.0% 0.9 0.9 达序否 -10.0：完成90万元，占年度计划投资100万元的90.0%，未完成全年计划
2026Q4 | 100 | 99.99      | 是 | 黄·接近达标 99.9% 0.9999 0.999 达序否 0.0：完成99.99万元，占年度计划投资100万元的99.9%，未完成全年计划
2026Q4 | 100 | 100        | 是 | 绿·达标 100.0% 1 1 达序是 0.0：完成100万元，占年度计划投资100万元的100.0%，已完成全年计划
"""


def share_of(rules: Any, period: str, planned: str, value: str, due: str) -> str:
    """Return lamp, rate as printed, rate, rate of a cell, 是否达序, gap in points, flags, reason."""
    found = assess_share(
        value_of(value), number_of(planned), Period.parse(period), rules, due=due == "是",
        measure="万元", what="年度计划投资",
    )  # fmt: skip
    numbers = " ".join(
        NONE if one is None else plain(one) for one in (found.completion_rate, found.shown_rate)
    )
    gap = gap_text(found.schedule_gap_pp)
    told = (found.lamp, found.display, numbers, f"达序{found.on_schedule}", gap, *found.flags)
    assert found.delay_days is None
    return f"{' '.join(told)}：{found.reason}"


@pytest.mark.parametrize(("period", "planned", "value", "due", "told"), cases(SHARES))
def test_shares_of_a_year_s_plan(
    rules: Any, period: str, planned: str, value: str, due: str, told: str
) -> None:
    assert share_of(rules, period, planned, value, due) == told


# Days since the planned day at the period's end | day of completion | the last value | whether
# the project was reported on | whether the report is late.
NODES = """
-31 | —          | 未填       | 是 | 是 | 灰·未到期 0：计划2026-10-31完成，尚未到期
-31 | —          | 未填       | 否 | 是 | 灰·未到期 0：计划2026-10-31完成，尚未到期
-30 | —          | 未填       | 是 | 是 | 黄·临期 0：计划2026-10-30完成，期末只剩30天，尚未完成
-1  | —          | 未填       | 是 | 是 | 黄·临期 0：计划2026-10-01完成，期末只剩1天，尚未完成
0   | —          | 未填       | 是 | 是 | 黄·临期 0：计划2026-09-30完成，期末当天到期，尚未完成
1   | —          | 未填       | 是 | 是 | 黄·滞后 1：计划2026-09-29完成，到2026-09-30尚未完成，已滞后1天
30  | —          | 未填       | 是 | 是 | 黄·滞后 30：计划2026-08-31完成，到2026-09-30尚未完成，已滞后30天
31  | —          | 未填       | 是 | 是 | 红·逾期 31：计划2026-08-30完成，到2026-09-30尚未完成，已滞后31天
31  | —          | 未填       | 否 | 是 | 灰·未报 None：计划2026-08-30完成，已过报送截止日，仍未填报
31  | —          | 未填       | 否 | 否 | 灰·未到期 None：尚未到报送截止日
31  | —          | 进行中     | 是 | 是 | 红·逾期 31：计划2026-08-30完成，到2026-09-30尚未完成，已滞后31天
31  | —          | 不适用     | 是 | 是 | 灰·不适用 None：填报为不适用
31  | —          | 读不懂快了 | 是 | 是 | 灰·待核 None：不是确数
10  | 2026-09-19 | 未填       | 是 | 是 | 绿·按期完成 0：已于2026-09-19完成，计划2026-09-20
10  | 2026-09-20 | 未填       | 是 | 是 | 绿·按期完成 0：已于2026-09-20完成，计划2026-09-20
10  | 2026-09-21 | 不适用     | 否 | 是 | 绿·逾期完成 1：已于2026-09-21完成，比计划2026-09-20晚1天
10  | 2026-09-30 | 未填       | 否 | 是 | 绿·逾期完成 10：已于2026-09-30完成，比计划2026-09-20晚10天
10  | 2026-10-01 | 未填       | 是 | 是 | 黄·滞后 10：计划2026-09-20完成，到2026-09-30尚未完成，已滞后10天
"""


def node_of(rules: Any, days: str, completed: str, value: str, reported: str, due: str) -> str:
    planned = date.fromordinal(Q3.last_day.toordinal() - int(days))
    found = assess_node(
        ProjectNode(1, "开工", planned), None if completed == NONE else value_of(completed),
        value_of(value), Q3, rules, reported=reported == "是", due=due == "是",
    )  # fmt: skip
    return f"{found.lamp} {found.delay_days}：{found.reason}"


@pytest.mark.parametrize(("days", "completed", "value", "reported", "due", "told"), cases(NODES))
def test_nodes_by_their_day(
    rules: Any, days: str, completed: str, value: str, reported: str, due: str, told: str
) -> None:
    assert node_of(rules, days, completed, value, reported, due) == told


# Investment (of 100, three quarters of the year over) | nodes.
WHOLE_PROJECTS = """
80     | —                | 绿·达序时 None：完成80万元，占年度计划投资100万元的80.0%，超前序时5.0个百分点
80     | done             | 绿·达序时 0：完成80万元，占年度计划投资100万元的80.0%，超前序时5.0个百分点
80     | ahead            | 绿·达序时 0：完成80万元，占年度计划投资100万元的80.0%，超前序时5.0个百分点
80     | done soon        | 黄·临期 0：节点“节点2”计划2026-10-05完成，期末只剩5天，尚未完成
80     | behind over      | 红·逾期 90：节点“节点2”计划2026-07-02完成，到2026-09-30尚未完成，已滞后90天
80     | over behind over | 红·逾期 90：节点“节点1”计划2026-07-02完成，到2026-09-30尚未完成，已滞后90天；节点“节点3”计划2026-07-02完成，到2026-09-30尚未完成，已滞后90天
70     | —                | 黄·滞后 None：完成70万元，占年度计划投资100万元的70.0%，滞后序时5.0个百分点
70     | done soon        | 黄·滞后 0：完成70万元，占年度计划投资100万元的70.0%，滞后序时5.0个百分点；节点“节点2”计划2026-10-05完成，期末只剩5天，尚未完成
70     | done behind      | 黄·滞后 20：完成70万元，占年度计划投资100万元的70.0%，滞后序时5.0个百分点；节点“节点2”计划2026-09-10完成，到2026-09-30尚未完成，已滞后20天
10     | done             | 红·严重滞后 0：完成10万元，占年度计划投资100万元的10.0%，滞后序时65.0个百分点
10     | behind over      | 红·严重滞后 90：完成10万元，占年度计划投资100万元的10.0%，滞后序时65.0个百分点；节点“节点2”计划2026-07-02完成，到2026-09-30尚未完成，已滞后90天
未填   | —                | 灰·未报 None：已过报送截止日，仍未填报
未填   | done             | 灰·未报 0：已过报送截止日，仍未填报
未填   | done ahead       | 灰·未报 0：已过报送截止日，仍未填报
未填   | done soon        | 黄·临期 0：节点“节点2”计划2026-10-05完成，期末只剩5天，尚未完成
未填   | behind over      | 红·逾期 90：节点“节点2”计划2026-07-02完成，到2026-09-30尚未完成，已滞后90天
不适用 | —                | 灰·不适用 None：填报为不适用
不适用 | done             | 绿·逾期完成 0：节点“节点1”已于2026-09-25完成，比计划2026-09-21晚4天
不适用 | ahead            | 灰·不适用 0：填报为不适用
不适用 | done done        | 绿·逾期完成 0：节点“节点1”已于2026-09-25完成，比计划2026-09-21晚4天
"""


def project_of(rules: Any, money: str, nodes: str) -> str:
    def node(days: int, completed: date | None = None) -> Any:
        planned = date.fromordinal(Q3.last_day.toordinal() - days)
        return assess_node(
            ProjectNode(1, "开工", planned), completed, Absence.NOT_REPORTED, Q3, rules,
            reported=True, due=True,
        )  # fmt: skip

    kinds = {
        "done": node(9, date(2026, 9, 25)),
        "soon": node(-5),
        "behind": node(20),
        "over": node(90),
        "ahead": node(-300),
    }
    investment = assess_share(
        value_of(money), Decimal(100), Q3, rules, due=True, measure="万元", what="年度计划投资"
    )
    named = [] if nodes == NONE else [kinds[one] for one in nodes.split()]
    found = overall(investment, [(f"节点{n}", one) for n, one in enumerate(named, start=1)])
    assert found.display == investment.display
    return f"{found.lamp} {found.delay_days}：{found.reason}"


@pytest.mark.parametrize(("money", "nodes", "told"), cases(WHOLE_PROJECTS))
def test_a_project_shows_the_worst_lamp_that_is_lit(
    rules: Any, money: str, nodes: str, told: str
) -> None:
    assert project_of(rules, money, nodes) == told


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
