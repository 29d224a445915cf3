"""How measures, printed targets, numerals and dates are read and spelled, in tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from support.value_lines import spelled

from qiyx_xl.core.forms.vocabulary import form_deadlines, form_items, printed_target, second_name
from qiyx_xl.core.plan.model import Direction, SecondInput
from qiyx_xl.core.plan.schedule import (
    deadline,
    is_due,
    line_start,
    resend_by,
    share_of_line,
    share_of_year,
)
from qiyx_xl.core.plan.target_text import convert as convert_printed
from qiyx_xl.core.plan.target_text import parse_printed
from qiyx_xl.core.primitives.measures import convert, is_same_measure, split_measure
from qiyx_xl.core.primitives.periods import Period, PeriodError
from qiyx_xl.core.primitives.text import chinese_number, counted_names
from qiyx_xl.papers.edition import EditionError
from qiyx_xl.papers.phrases import LampCount, full_date, with_measure
from qiyx_xl.papers.phrases import chinese_number as heading_number

MEASURES = (
    "个", "万个", "千", "亿元", "元", "万元", "千万元", "百万", "十万人", "万亿元", "人", "名", "位",
    "%", "‰", "百分点", "个百分点", "倍", "万套（间）", "万套", "套(间)", "间", "个/千人", "平方米",
    "㎡", "岁", "周岁", "人民币", "",
)  # fmt: skip


def test_measures_are_split_and_turned_into_each_other(snapshot: Any) -> None:
    told = [f"{one} = {split_measure(one)[0]:f} {split_measure(one)[1]}" for one in MEASURES]
    for one in MEASURES:
        turned = [
            f"{other} {found.normalize():f}"
            for other in MEASURES
            if (found := convert(Decimal(6), one, other)) is not None
        ]
        told.append(f"6 {one}: {'、'.join(turned)}")
        told.append(f"{one} ＝ {'、'.join(o for o in MEASURES if is_same_measure(one, o))}")
        printed = [o for o in MEASURES if convert_printed(Decimal(6), one, o) is not None]
        told.append(f"{one} 印作 {'、'.join(printed)}")
    assert "\n".join(told) == snapshot


PRINTED = (
    "32", "≥32", ">=32", "＞=32", "<3.5", "&lt;3.5", "&gt;3.5", "≤ 3.5", "＝5", "32以上", "32人以上",
    "32人及以上", "3以下", "3及以下", "3以内", "不低于32", "不少于32", "不小于32", "至少32", "不超过3",
    "不高于3", "不多于3", "不大于3", "至多3", "超过3", "突破3", "大于3", "高于3", "超3", "低于3",
    "少于3", "小于3", "达到3", "达3", "力争达到3", "年均不低于3", "每年累计3", "稳定在3", "保持在3",
    "巩固在3", "控制在3以内", "维持在3", "均达3", "1.7万元", "3千万元", "1,234.5", "12,34", "-4",
    "全覆盖", "应保尽保", "全部", "全覆盖率", "覆盖全人口", "清零", "动态清零", "归零", "四点五", "", " ",
    "3个百分点", "3。5", "3、4", "3:4", "３２％", "32 名", "不低于至少3", "3" * 30, "5" * 101,
)  # fmt: skip


@pytest.mark.parametrize("measure", ["%", "元", "万人", "平方米"])
def test_printed_targets_are_taken_apart(snapshot: Any, measure: str) -> None:
    told = []
    for text in PRINTED:
        found = parse_printed(text, measure)
        if found is None:
            told.append(f"{text[:40]}: 读不出")
            continue
        ways = " ".join(found.understood(direction).value for direction in Direction)
        told.append(
            f"{text}: {found.sign} {found.comparator} {found.value} {found.measure_fits} ({ways})"
        )
    assert "\n".join(told) == snapshot


NUMERALS = {
    "三百二十": "320", "十五": "15", "二十": "20", "一百零五": "105", "两千": "2000", "一点五万": "15000",
    "二〇二六": "2026", "一亿二千万": "120000000", "三万五": None, "三百五": None, "三五": None, "万": None, "三三百": None, "三百十": None,
    "三万五千": "35000", "三万零五": "30005", "一百一十": "110", "二〇": None, "壹拾贰": "12", "零": "0",
    "零点五": "0.5", "三点一四": "3.14", "一点五亿": "150000000", "九千九百九十九": "9999",
    "肆仟伍佰陆拾柒": "4567", "一万零三十": "10030", "捌玖": None,
    "": None, "点五": None, "三点": None, "三点十": None, "九成": None, "3": None, "三点五点": None,
    "三点万": "30000",
}  # fmt: skip


@pytest.mark.parametrize("text", NUMERALS)
def test_a_chinese_numeral_is_read(text: str) -> None:
    wanted = NUMERALS[text]
    assert chinese_number(text) == (None if wanted is None else Decimal(wanted))


def test_headings_are_numbered_in_chinese() -> None:
    wanted = {
        1: "一",
        9: "九",
        10: "十",
        11: "十一",
        19: "十九",
        20: "二十",
        21: "二十一",
        90: "九十",
        99: "九十九",
    }
    assert {number: heading_number(number) for number in wanted} == wanted


def test_names_are_counted_once_there_are_more_than_listed() -> None:
    assert counted_names(["甲", "乙"], 2) == "甲、乙"
    assert counted_names(["甲", "乙", "丙"], 2) == "甲、乙等3个"
    assert counted_names([]) == ""
    assert full_date(date(2026, 1, 9)) == "2026年1月9日"


def test_a_number_has_its_measure_behind_it(plan: Any) -> None:
    item = plan.indicators[0]
    assert with_measure("4.9", item) == "4.9个"
    assert (with_measure("全覆盖", item), with_measure("", item)) == ("全覆盖", "")
    assert with_measure("4.9", replace(item, measure="")) == "4.9"


def test_lamps_are_counted_in_words_and_have_to_add_up() -> None:
    assert LampCount(1, 0, 2, 3, 6).sentence == "绿灯1项、红灯2项、灰灯3项"
    assert LampCount(0, 0, 0, 0, 0).sentence == "没有项目"
    with pytest.raises(EditionError, match="灯数对不上：绿1、黄1、红1、灰1，合计应为5"):
        LampCount(1, 1, 1, 1, 5)


def test_what_forms_print_and_ask_for(plan: Any, rules: Any, snapshot: Any) -> None:
    told = [
        f"{item.code} {printed_target(item, 2022)}|{printed_target(item, 2026)} {second_name(item)}"
        for item in plan.items()
    ]
    for agency in plan.agencies[:7]:
        for period in (Period.parse("2026-08"), Period.parse("2026Q3"), Period.parse("2026Q4")):
            items = form_items(plan, agency, period)
            until = form_deadlines(items, period, rules)
            days = " ".join(f"{frequency.value} {day}" for frequency, day in until.items())
            told.append(f"{agency.name} {period}: {' '.join(i.code for i in items)}; {days}")
    assert "\n".join(told) == snapshot


def test_a_baseline_is_asked_for_as_of_its_day(plan: Any) -> None:
    item = replace(plan.indicators[0], second_input=SecondInput.BASELINE, baseline_date=None)
    assert second_name(item) == "2022年底基期值"
    assert second_name(replace(item, baseline_date=date(2024, 12, 31))) == "2024年底基期值"


PERIODS = {
    "2026": "2026", "2026年": "2026", "2026年度": "2026", "2026全年": "2026", "2026Q3": "2026Q3",
    "2026-Q3": "2026Q3", "2026年三季度": "2026Q3", "2026年第3季": "2026Q3", "２０２６Ｑ３": "2026Q3",
    "2026-09": "2026-09", "2026年9月": "2026-09", "2026.9": "2026-09", "2026/9月份": "2026-09",
    "2026年十二月": "2026-12", "2026年十月": "2026-10", "2026 — 1": "2026-01", "2026q1": "2026Q1",
    "2000": "2000", "2099": "2099", "1999": None, "2100": None, "2026Q5": None, "2026-13": None,
    "2026-0": None, "": None, "26Q3": None, "2026年十三月": None,
}  # fmt: skip


@pytest.mark.parametrize("text", PERIODS)
def test_a_period_is_read_however_it_is_written(text: str) -> None:
    wanted = PERIODS[text]
    if wanted is None:
        with pytest.raises(
            PeriodError, match=f"看不懂数据期“{text}”。请写成 2026、2026Q3 或 2026-09"
        ):
            Period.parse(text)
    else:
        assert str(Period.parse(text)) == wanted


def test_periods_know_their_days_and_their_order(snapshot: Any) -> None:
    periods = [
        Period.parse(one) for one in ("2026", "2026Q4", "2026-12", "2026Q1", "2026-01", "2024-02")
    ]
    assert [
        f"{one} {one.label} {one.last_day} {one.before} {one.is_year_end} {one.is_quarter_end}"
        for one in sorted(periods)
    ] == snapshot
    assert sorted(periods) == sorted(periods, key=lambda one: one.order)
    assert Period.parse(date(2026, 5, 31)) == Period.of_month(2026, 5)
    assert [one.number for one in sorted(periods)] == [2, 1, 1, 12, 4, 0]
    assert len({hash(one) for one in periods}) == len(periods)


def test_time_passes_by_months_or_by_days(rules: Any) -> None:
    by_days = replace(rules, elapsed_by="days")
    february = Period.parse("2024-02")
    assert share_of_year(february, rules) * 12 == 2
    assert share_of_year(february, by_days) * 366 == 60
    assert share_of_year(Period.parse("2026-02"), by_days) * 365 == 59
    start = line_start(None, 2023)
    assert start == date(2022, 12, 31)
    assert line_start(date(2024, 6, 30), 2023) == date(2024, 6, 30)
    assert share_of_line(Period.parse("2023-06"), start, 2027, rules) * 60 == 6
    assert share_of_line(Period.parse("2023-06"), start, 2027, by_days) * 1826 == 181
    assert share_of_line(Period.parse("2027Q4"), start, 2027, rules) == 1
    assert share_of_line(Period.parse("2028Q4"), start, 2027, rules) == 1
    assert share_of_line(Period.parse("2022-06"), start, 2027, rules) == 0
    assert share_of_line(Period.parse("2022-06"), date(2027, 12, 31), 2027, rules) == 1
    assert share_of_line(Period.parse("2023-01"), date(2023, 1, 15), 2023, rules) == pytest.approx(
        float((1 - Decimal(15) / 31) / (12 - Decimal(15) / 31))
    )


def test_blanks_are_late_the_day_after_the_deadline(plan: Any, rules: Any, snapshot: Any) -> None:
    plain = replace(rules, calendar=None)
    told = []
    for item in (plan.indicators[0], plan.indicators[5], plan.indicators[8], plan.milestones[0]):
        for text in ("2026-08", "2026Q3", "2026Q4", "2028Q1"):
            period = Period.parse(text)
            last = deadline(item, period, plain)
            late = [
                is_due(item, period, day, plain)
                for day in (last, date.fromordinal(last.toordinal() + 1))
            ]
            told.append(f"{item.code} {text} {last} {late}")
    assert told == snapshot
    q3 = Period.parse("2026Q3")
    last = deadline(plan.indicators[0], q3, plain)
    assert resend_by(q3, date(2026, 10, 1), plain) == last
    assert resend_by(q3, last, plain) == date.fromordinal(last.toordinal() + 3)
    assert spelled(resend_by(Period.parse("2026"), date(2026, 10, 1), plain)) == snapshot
    assert spelled(resend_by(Period.parse("2026-12"), date(2026, 10, 1), plain)) == snapshot
