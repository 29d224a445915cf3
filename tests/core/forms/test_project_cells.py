from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.forms.date_parser import read_day
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word

DAY = date(2026, 6, 28)


@pytest.mark.parametrize(
    "value", [DAY, datetime(2026, 6, 28, 9, 30), "2026-06-28", "2026-6-28"], ids=str
)
def test_a_plain_day_is_taken_silently(value):
    reading = read_day(Cell("F6", value))
    assert (reading.value, reading.kind) == (DAY, None)


@pytest.mark.parametrize(
    "value",
    ["2026/6/28", "2026.6.28", "2026年6月28日", "2026年06月28号", "２０２６-０６-２８", "20260628",
     "2026-06-28 00:00:00", "2026 06 28", "2026年 6月 28日", "2026-06-28\u200b", 20260628, 46201, 46201.0],
    ids=str,
)  # fmt: skip
def test_a_day_badly_written_is_taken_with_a_warning_that_says_how_it_was_read(value):
    reading = read_day(Cell("F6", value))
    assert (reading.value, reading.kind.code) == (DAY, "V407")
    finding = reading.finding(Cell("F6", value), "重大项目", "实际完成日期")
    assert "2026-06-28" in finding.message


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("6月28日", "还要写明年份"),
        ("2026年6月", "要写到日"),
        ("2026.6", "要写到日"),
        ("6月底", "要写到日"),
        ("已完成", "还要写明是哪一天"),
        ("2026-06-2\n8", "请只填一个日期"),
        ("2026-06-28 29", "请只填一个日期"),
        ("2026-06-2\u28008", "请只填一个日期"),
        ("2026-02-30", "现在填的是“2026-02-30”。"),
        ("预计7月", "现在填的是“预计7月”。"),
        ("1998-06-28", "现在填的是“1998-06-28”。"),
        (True, "现在填的是"),
        (0, "现在填的是"),
        (-5, "现在填的是"),
        (0.5, "现在填的是"),
    ],
    ids=str,
)
def test_what_is_no_day_goes_back_with_what_to_write(value, said):
    cell = Cell("F6", value)
    reading = read_day(cell)
    assert isinstance(reading.value, Unreadable)
    finding = reading.finding(cell, "重大项目", "实际完成日期")
    assert finding.code == "V406"
    assert "2026-06-28" in finding.message
    assert said in finding.message


@pytest.mark.parametrize("text", ["未完成", "进行中", "在建", "未开工"])
def test_words_for_not_done_take_an_earlier_day_back(text):
    assert read_day(Cell("F6", text)).value is Word.IN_PROGRESS


def test_blank_dash_not_applicable_and_error_are_told_apart():
    assert read_day(Cell("F6")).value is Absence.NOT_REPORTED
    assert read_day(Cell("F6", "  ")).value is Absence.NOT_REPORTED
    assert read_day(Cell("F6", "—")).kind.code == "V114"
    assert read_day(Cell("F6", "一一")).kind.code == "V114"
    assert read_day(Cell("F6", "不适用")).value is Absence.NOT_APPLICABLE
    noted = Cell("F6", "不适用（没有这个节点）")
    assert read_day(noted).value is Absence.NOT_APPLICABLE
    assert "已按 不适用 读取" in read_day(noted).finding(noted, "重大项目", "完成日期").message
    assert read_day(Cell("F6", None, error="#REF!")).kind.code == "V109"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_spelling_of_a_day_is_the_same_day(day):
    spellings = [
        day, day.isoformat(), f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}", (day - date(1899, 12, 30)).days,
    ]  # fmt: skip
    assert {read_day(Cell("F6", one)).value for one in spellings} == {day}


@given(st.one_of(st.text(max_size=80), st.floats(), st.integers(), st.booleans()))
def test_whatever_stands_in_the_cell_it_is_read_or_named(value):
    cell = Cell("F6", value)
    reading = read_day(cell)
    assert reading.kind is None or reading.finding(cell, "重大项目", "实际完成日期").message
