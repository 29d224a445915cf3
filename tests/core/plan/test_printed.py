"""Targets as documents print them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.plan.model import Comparator, Direction
from qiyx_xl.core.plan.target_text import convert, parse_printed

UP, DOWN, EXACT = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER, Direction.EXACT


def read(text, measure, direction=UP):
    printed = parse_printed(text, measure)
    if printed is None:
        return None
    value = "" if printed.value is None else f"{printed.value:f}".rstrip("0").rstrip(".") or "0"
    if printed.value is not None and printed.value == printed.value.to_integral_value():
        value = str(int(printed.value))
    return f"{printed.understood(direction).value}{value}"


@pytest.mark.parametrize(
    ("text", "measure", "direction", "expected"),
    [
        ("4.3", "个", UP, ">=4.3"),
        ("9.1", "%", DOWN, "<=9.1"),
        ("<3.5", "%", DOWN, "<3.5"),
        ("＜３．５", "%", DOWN, "<3.5"),
        ("&lt;3.5", "%", DOWN, "<3.5"),
        ("≤3.5", "%", DOWN, "<=3.5"),
        ("≥32", "人", UP, ">=32"),
        ("32以上", "人", UP, ">=32"),
        ("32人以上", "人", UP, ">=32"),
        ("不少于12平方米", "㎡", UP, ">=12"),
        ("不低于12", "㎡", UP, ">=12"),
        ("至少1家", "家", UP, ">=1"),
        ("达到40%以上", "%", UP, ">=40"),
        ("达37%", "%", UP, ">=37"),
        ("达到3.5", "%", DOWN, "<=3.5"),
        ("3.5%以内", "%", DOWN, "<=3.5"),
        ("不超过3.5%", "%", DOWN, "<=3.5"),
        ("低于3.5%", "%", DOWN, "<3.5"),
        ("超75%", "%", UP, ">75"),
        ("超过30家", "家", UP, ">30"),
        ("力争突破3千万元", "万元", UP, ">3000"),
        ("每年50场以上", "场/年", UP, ">=50"),
        ("1.7万元", "元", UP, ">=17000"),
        ("1.7万元", "万元", UP, ">=1.7"),
        ("126万", "万人次/年", UP, ">=126"),
        ("16万人", "万人", UP, ">=16"),
        ("2.77万套(间)", "万套", UP, ">=2.77"),
        ("10,080个", "个", UP, ">=10080"),
        ("1.7倍", "倍", EXACT, "=1.7"),
        ("全覆盖", "%", UP, ">=100"),
        ("全覆盖", "万人", UP, "text"),
        ("动态清零", "处", DOWN, "=0"),
    ],
)
def test_a_printed_target_is_understood(text, measure, direction, expected):
    assert read(text, measure, direction) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "四点三", "abc", "32-35", "3.5.1", "2022年已通过", "1/2", "≥", "9" * 200]
)
def test_what_names_no_number_is_not_guessed(text):
    assert parse_printed(text, "%") is None or not parse_printed(text, "%").measure_fits


@pytest.mark.parametrize(("text", "measure"), [("32人次", "人"), ("5‰", "%"), ("3户", "处")])
def test_another_kind_of_measure_is_noticed(text, measure):
    assert not parse_printed(text, measure).measure_fits


def test_measures_convert_by_their_magnitude():
    assert convert(Decimal("1.7"), "万元", "元") == 17000
    assert convert(Decimal(17000), "元", "万元") == Decimal("1.7")
    assert convert(Decimal("2.77"), "万套(间)", "万套") == Decimal("2.77")
    assert convert(Decimal(1), "人", "%") is None


@given(st.text(max_size=120), st.sampled_from(["%", "元", "万人", "个/千人", ""]))
def test_no_text_breaks_the_reading(text, measure):
    printed = parse_printed(text, measure)
    assert printed is None or printed.value is None or printed.value.is_finite()


@given(
    st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False),
    st.sampled_from(["≥{}", "{}以上", "不少于{}", "至少{}", "达到{}", "{}"]),
)
def test_every_way_of_printing_at_least_means_the_same(number, form):
    printed = parse_printed(form.format(f"{number:f}"), "个")
    assert (printed.understood(UP), printed.value) == (Comparator.AT_LEAST, number)
