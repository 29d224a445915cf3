"""Periods written in other words than asked for, and what they mean for what is collected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.forms.stated_periods import Stated, mentions, read_stated
from qiyx_xl.core.primitives.periods import Period

Q3, SEPTEMBER, Q4 = (Period.parse(text) for text in ("2026Q3", "2026-09", "2026Q4"))
periods = st.one_of(
    st.builds(Period.of_year, st.integers(2020, 2030)),
    st.builds(Period.of_quarter, st.integers(2020, 2030), st.integers(1, 4)),
    st.builds(Period.of_month, st.integers(2020, 2030), st.integers(1, 12)),
)

THE_QUARTER = [
    "2026年1-9月", "2026年1—9月", "2026年1～9月", "2026年1至9月", "2026年1月-9月", "2026年1月至9月份",
    "2026年01-09月", "2026.1-9", "2026.01-2026.09", "202601-202609", "2026年7-9月", "2026年1月—2026年9月",
    "2026年1月1日至9月30日", "2026.1.1-2026.9.30", "2026年1月1日—2026年9月30日", "2026年前三季度",
    "2026年前3季度", "2026年一至三季度", "2026年1-3季度", "2026年前9个月", "截至2026年9月底",
    "截至2026年9月30日", "截止到2026年9月30日", "2026年9月末", "2026年9月30日止", "2026年9月30日",
    "2026/9/30", "2026-09-30", "2026.9.30", "20260930", "2026-09-30 00:00:00", "二〇二六年三季度",
    "二○二六年第三季度", "二零二六年前三季度", "2026年第3季度(7-9月)", "2026年三季度（1-9月）",
    "2026年三季度（累计）", "2026年三季度末", "三季度末", "第三季度", "前三季度", "1-9月", "今年前三季度",
    "26年三季度", "Q3 2026", "3Q2026", "2026年三季报", "2026年三季度数据", "2026年1-9月累计",
    "２０２６年１－９月", "2026年（三季度）", "2026年Ⅲ季度", "（2026年三季度）", "__2026年三季度__", "2026年三季度。",
    "2026年度第三季度", "2026年 1 - 9 月", "2026年Q3季度",
]  # fmt: skip


@pytest.mark.parametrize("text", THE_QUARTER)
def test_the_quarter_that_is_collected_in_other_words(text):
    assert read_stated(text, Q3) == Stated(Q3, is_as_requested=False)


@pytest.mark.parametrize(
    "text",
    ["2026年1-9月", "2026年9月30日", "截至2026年9月底", "2026年前三季度", "202609", "2026年9月1日"],
)
def test_the_month_that_is_collected_in_other_words(text):
    assert read_stated(text, SEPTEMBER) == Stated(SEPTEMBER, is_as_requested=False)


@pytest.mark.parametrize(
    "text",
    ["2026年全年", "2026年1-12月", "2026年12月31日", "2026年底", "2026年年末", "2026年四季度末"],
)
def test_the_last_quarter_that_is_collected_in_other_words(text):
    assert read_stated(text, Q4) == Stated(Q4, is_as_requested=False)


OTHERS = {
    "2026年上半年": "2026Q2", "2026年1-6月": "2026Q2", "2026年6月30日": "2026Q2", "2025年1-9月": "2025Q3",
    "2026年1-8月": "2026-08", "2026年9月": "2026-09", "2026年": "2026", "2026年全年": "2026",
    "2026年8月31日": "2026-08", "2026年9月1日": "2026-09", "2026年三季度": "2026Q3",
}  # fmt: skip
MONTHS_THAT_ARE_NO_PERIOD = ["2026年4-9月", "2026年下半年", "2026年8-9月", "二季度", "1-6月"]
NO_TELLING = [
    "秋天", "2026年9月15日", "2026-1-9", "2026-01-09", "2026/1/9", "2026年三季度（1-6月）", "2026年13月",
    "2026年9月31日", "", "9", "2026年9-1月", "2026年三季度、四季度", "本季度", "近期", "46295", "2026年2月29日",
    "1" * 5000, "（" * 60,
]  # fmt: skip


@pytest.mark.parametrize(("text", "period"), OTHERS.items())
def test_another_period_than_the_one_collected(text, period):
    collected = Q4 if text == "2026年三季度" else Q3
    stated = read_stated(text, collected)
    assert stated is not None
    assert str(stated.period) == period


@pytest.mark.parametrize("text", MONTHS_THAT_ARE_NO_PERIOD)
def test_months_that_are_certainly_not_the_period_collected(text):
    assert read_stated(text, Q3) == Stated(None, is_as_requested=False)
    assert read_stated(text, None) is None


@pytest.mark.parametrize("text", NO_TELLING)
def test_no_period_is_made_out_of_what_says_none(text):
    assert read_stated(text, Q3) is None


@given(periods, st.one_of(st.none(), periods))
def test_what_is_written_as_asked_means_itself_whatever_is_collected(period, collected):
    for text in (str(period), period.label):
        assert read_stated(text, collected) == Stated(period, is_as_requested=True)


@given(st.integers(2020, 2030), st.integers(1, 12), st.integers(1, 12), periods)
def test_months_never_mean_a_period_that_ends_otherwise(year, first, last, collected):
    stated = read_stated(f"{year}年{first}-{last}月", collected)
    if stated is not None and stated.period == collected:
        assert (year, last) == (collected.year, collected.end_month)
        assert first == 1 or collected.label.endswith("季度") or first == last


@given(st.dates(), periods)
def test_a_day_never_means_a_period_that_ends_otherwise(day, collected):
    stated = read_stated(day.isoformat(), collected)
    if stated is not None and stated.period == collected and day.day != 1:
        assert day == collected.last_day


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("卫健局2026年1-9月七优享数据.xlsx", "2026年1-9月"),
        ("卫健局_2026Q3-1.xlsx", "2026Q3"),
        ("2026年三季度-卫健局", "2026年三季度"),
        ("2026年三季度1.xlsx", "2026年三季度"),
    ],
)
def test_a_period_is_not_read_out_of_the_middle_of_more(text, first):
    read = [said for said in mentions(text) if read_stated(said, Q3) is not None]
    assert read[0] == first


def test_a_date_in_a_file_name_is_not_cut_to_a_month():
    assert [s for s in mentions("2026-09-30卫健局") if read_stated(s, None)] == ["2026-09-30"]
