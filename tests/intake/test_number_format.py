"""What number formats make of numbers: as a person reads the cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.intake.cells.number_format import Kind, Shown, built_in_format, number_format

ACCOUNTS = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '

AS_STORED = [
    ("General", 320.5), ("0", 320.0), ("#,##0.00", 1234.5), ("0.00_ ", 69.5), ("0.0_%", 69.5), ("0*%", 69.5),
    ("0.00_);(0.00)", -5.0), ("0.0;[Red]-0.0", -3.5), (ACCOUNTS, 0.0), (ACCOUNTS, -3.5), (ACCOUNTS, 1e6),
    ("[$￥-804]#,##0.00", 95.0), ('"￥"#,##0.00', 95.0), ("0.00E+00", 12345.0), ("# ?/?", 0.5), ("@", 5.0),
    ("G/通用格式", 3.0), ("[DBNum1][$-804]0", 5.0), ('[>=10000]0!.0,"万";0', 316.0), ("0.000,000", 1.5), ("", 7.0),
    ("[红色]-0.0;-0.0", -1.0), ("0;-0", -2.0), ("General;-General;0", -4.0), ("00000", 56.0),
]  # fmt: skip

OTHERWISE = [
    ("0.0\\%", 69.5, "69.5%"), ('0.0"%"', 69.5, "69.5%"), ("0.0!%", 69.5, "69.5%"), ('0.00"亿元"', 3.16, "3.16亿元"),
    ("0.00亿元", 3.16, "3.16亿元"), ('0!.0,"万"', 31600.0, "3.2万"), ("0.0,", 3200.0, "3.2"), ("#,##0,", 1234567.0, "1234.567"),
    ('0.00,,"百万"', 3160000.0, "3.16百万"), ("0;0", -5.0, "5"), ("[Red]0;[绿色]0", -2.0, "2"),
    ('[>=10000]0!.0,"万";0', 31600.0, "3.2万"), ('General"个"', 320.0, "320个"), ('"约"0', 95.0, "约95"), ('"1"0', 5.0, "15"),
    ("000-0000", 561234.0, "056-1234"), ("0%%", 0.5, "5000"), ('"无"', 0.0, "无"), ('0;-0;"无"', 0.0, "无"), ("-0", 5.0, "-5"),
    ('[=1]"是";[=0]"否";0', 1.0, "是"), ('0.0"‰"', 4.5, "4.5‰"), ('0.0%"以上"', 0.95, "95%以上"), ('0"（累计）"', 4.0, "4（累计）"),
]  # fmt: skip

PERCENT = [("0%", 0.65), ("0.00%", 0.65), ("0.0_%%", 0.65), ("%0", 0.65), ("[<1]0%;0", 0.65)]
HIDDEN = [(";;;", 5.0), (";;", 5.0), ("0;-0;;@", 0.0), ("0;", -5.0), ('""', 5.0), ("[>100]0;", 5.0)]
DATES = [("yyyy-mm-dd", Kind.DATE), ('yyyy"年"m"月"', Kind.DATE), ("h:mm AM/PM", Kind.DATE), ("[h]:mm", Kind.ELAPSED),
         ("[$-804]yyyy/m/d;@", Kind.DATE), ("上午/下午h", Kind.DATE), ("mm:ss.0", Kind.DATE)]  # fmt: skip


@pytest.mark.parametrize(("code", "number"), AS_STORED)
def test_these_show_the_number_that_is_stored(code, number):
    assert number_format(code).show(number) == Shown(Kind.NUMBER)


@pytest.mark.parametrize(("code", "number", "text"), OTHERWISE)
def test_these_show_another_number_or_a_measure(code, number, text):
    assert number_format(code).show(number) == Shown(Kind.OTHER, text)
    assert not number_format(code).is_plain


@pytest.mark.parametrize(("code", "number"), PERCENT)
def test_these_show_a_percentage(code, number):
    assert number_format(code).show(number).kind is Kind.PERCENT


@pytest.mark.parametrize(("code", "number"), HIDDEN)
def test_these_show_nothing(code, number):
    assert number_format(code).show(number) == Shown(Kind.NOTHING)


@pytest.mark.parametrize(("code", "kind"), DATES)
def test_these_show_a_date_or_a_time(code, kind):
    assert number_format(code).show(45000.5).kind is kind


def test_the_fourth_section_is_for_texts():
    assert number_format(";;;").show_text("托位数").kind is Kind.NOTHING
    assert number_format("0;-0;0;@").show_text("托位数") == Shown(Kind.NUMBER)
    assert number_format('@"个"').show_text("56") == Shown(Kind.OTHER, "56个")
    assert number_format("0.00").show_text("56") == Shown(Kind.NUMBER)


@pytest.mark.parametrize("number", [*range(5), *range(9, 14), *range(37, 45), 48, 49, 200])
def test_a_format_known_by_its_number_is_a_plain_number_or_percentage(number):
    assert built_in_format(number).is_plain


@pytest.mark.parametrize("number", [*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
def test_a_format_known_by_its_number_is_a_date(number):
    assert built_in_format(number).show(45000.0).kind in {Kind.DATE, Kind.ELAPSED}


@given(st.text('0#?.,%;"\\_*[]@-()/eEyhms万亿<>=1 !', max_size=30), st.floats(-1e9, 1e9))
def test_any_code_shows_something(code, number):
    shown = number_format(code).show(number)
    assert (shown.text is None) is (shown.kind is not Kind.OTHER)
    number_format(code).show_text("字")


@given(
    st.sampled_from(["0.0", "#,##0", "0.00_ ", "[Red]0.0"]),
    st.floats(0, 1e9),
    st.text("个万亿元人次%", min_size=1, max_size=3),
)
def test_whatever_text_stands_behind_a_number_is_told(code, number, text):
    shown = number_format(f'{code}"{text}"').show(number)
    assert shown.kind is Kind.OTHER
    assert (shown.text or "").endswith(text)
