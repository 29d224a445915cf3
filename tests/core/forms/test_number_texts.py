"""Numbers as people type them: the number that a careful reader sees, or none."""

from __future__ import annotations

import re
import sys
import unicodedata
from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.examples import tried

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell import Cell, CellValue
from qiyx_xl.core.forms.cell_parser import ParsedCell, read_number
from qiyx_xl.core.primitives.signs import visible
from qiyx_xl.core.primitives.values import Absence, Unreadable

BLANK, NOT_APPLICABLE = Absence.NOT_REPORTED, Absence.NOT_APPLICABLE

# What is typed, in which measure: the value (None: none), the code, the suggestion.
CASES: dict[str, list[tuple[str, str, str | Absence | None, str, str]]] = {
    "white space and line breaks": [
        ("95\n560", "个", None, "V103", ""),
        ("95\r\n560", "个", None, "V103", ""),
        ("95_x000D_560", "个", None, "V103", ""),
        ("95\u2028560", "个", None, "V103", ""),
        ("95\t560", "个", None, "V103", ""),
        ("95\u3000560", "个", None, "V103", ""),
        ("95  560", "个", None, "V103", ""),
        ("95 560", "个", "95560", "V102", "95560"),
        ("95\u00a0560", "个", "95560", "V102", "95560"),
        ("95\u202f560.5", "个", "95560.5", "V102", "95560.5"),
        ("1 234 567", "个", "1234567", "V102", "1234567"),
        ("1 234\u00a0567", "个", None, "V103", ""),
        ("1 234 56", "个", None, "V103", ""),
        ("1234 567", "个", None, "V103", ""),
        ("0 560", "个", None, "V103", ""),
        ("3 20", "个", None, "V103", ""),
        ("3 .5", "%", None, "V103", ""),
        ("3. 5", "%", None, "V103", ""),
        ("0.5 560", "%", None, "V103", ""),
        ("12 345,678", "个", None, "V103", ""),
        ("-\n5", "个", None, "V103", ""),
        ("- 5", "个", "-5", "V102", "-5"),
        ("96 %", "%", "96", "V102", "96"),
        ("320\n个", "个", None, "V104", "320"),
        ("560\n", "个", "560", "V102", "560"),
        ("560_x000B_", "个", "560", "V102", "560"),
        (" 560 ", "个", "560", "", ""),
    ],
    "signs that look like digits, points and lines": [
        ("𝟓𝟔𝟎", "个", "560", "V102", "560"),
        ("٥٦٠", "个", None, "V103", "560"),
        ("5६0", "个", None, "V103", "560"),
        ("20٣", "个", None, "V103", "203"),
        ("1．5", "%", "1.5", "V102", "1.5"),
        ("1﹒5", "%", "1.5", "V102", "1.5"),
        ("1。5", "%", None, "V103", "1.5"),
        ("1·5", "%", None, "V103", ""),
        ("1٫5", "%", None, "V103", ""),
        ("1、5", "%", None, "V103", ""),
        ("1,5", "%", None, "V103", ""),
        ("0,500", "%", None, "V103", ""),
        ("1，5", "%", None, "V103", ""),
        ("1.234.567", "个", None, "V103", ""),
        ("1'234'567", "个", "1234567", "V102", "1234567"),
        ("1’234", "个", "1234", "V102", "1234"),
        ("1'23", "个", None, "V103", ""),
        ("1'234’567", "个", None, "V103", ""),
        ("26' 611", "个", None, "V103", ""),
        ("5 e2", "个", None, "V103", ""),
        ("5e 2", "个", None, "V103", ""),
        ("5E9亿", "个", None, "V112", ""),
        ("−5", "个", "-5", "V102", "-5"),
        ("‐5", "个", "-5", "V102", "-5"),
        ("—5", "个", None, "V103", ""),
        ("ー5", "个", None, "V103", ""),
        ("5-", "个", None, "V103", ""),
        ("±5", "个", None, "V103", ""),
        ("1o0", "个", None, "V103", "100"),
        ("l00", "个", None, "V103", "100"),
        ("1〇0", "个", None, "V103", "100"),
        ("О5", "个", None, "V103", ""),
        ("O", "个", None, "V103", ""),
        ("5l", "个", None, "V103", ""),
    ],
    "notes behind a number": [
        ("4（累计）", "个", None, "V103", "4"),
        ("0（无）", "个", None, "V103", "0"),
        ("4个（其中新增2个）", "个", None, "V103", "4"),
        ("4(含外地)", "个", None, "V103", "4"),
        ("4（不含外地）", "个", None, "V103", ""),
        ("4（去年3）", "个", None, "V103", ""),
        ("4（5）", "个", None, "V103", ""),
        ("100(1)", "个", None, "V103", ""),
        ("100[1]", "个", None, "V103", "100"),
        ("100（注1）", "个", None, "V103", "100"),
        ("100注1", "个", None, "V103", "100"),
        ("100¹", "个", None, "V103", "100"),
        ("100①", "个", None, "V103", "100"),
        ("100*", "个", None, "V103", "100"),
        ("10³", "个", None, "V103", ""),
        ("5⁶0", "个", None, "V103", ""),
        ("5①0", "个", None, "V103", ""),
        ("3×10³", "个", None, "V103", ""),
        ("4（约）", "个", None, "V105", "4"),
        ("4（预计）", "个", None, "V105", "4"),
        ("约4（累计）", "个", None, "V105", "4"),
        ("3.2（万人）", "人", None, "V104", "32000"),
        ("3.2（万）", "人", None, "V104", "32000"),
        ("3.2（户）", "人", None, "V106", ""),
        ("3，", "家", None, "V103", "3"),
        ("320个。", "个", None, "V103", "320"),
        ("4累计", "个", None, "V103", "4"),
        ("4另有2个在建", "个", None, "V103", ""),
        ("320户", "个", None, "V106", ""),
        ("320张卡", "个", None, "V103", ""),
        ("12m²", "㎡", None, "V104", "12"),
        ("12㎡", "平方米", None, "V104", "12"),
        ("12km²", "个", None, "V106", ""),
        ("共4个", "个", None, "V103", "4"),
        ("4个（累计）", "个", None, "V103", "4"),
        ("4个（去年）", "个", None, "V103", ""),
        ("96%（累计）", "%", None, "V103", "96"),
        ("96（%）", "%", None, "V104", "96"),
        ("100%（全覆盖）", "%", None, "V103", "100"),
        ("5（截至9月底）", "个", None, "V103", "5"),
        ("1200元/月", "元", None, "V106", ""),
        ("5……", "个", None, "V103", ""),
        ("5\u03366\u03360\u0336", "个", None, "V103", ""),
        ("6\ufe0f", "个", "6", "V102", "6"),
    ],
    "more than one number": [
        ("3-5", "个", None, "V103", ""),
        ("3～5", "个", None, "V103", ""),
        ("3/5", "个", None, "V103", ""),
        ("60→56", "个", None, "V103", ""),
        ("30+26", "个", None, "V103", ""),
        ("3至5", "个", None, "V103", ""),
        ("3万5", "个", None, "V103", ""),
        ("12:30", "个", None, "V103", ""),
        ("4个/5个", "个", None, "V103", ""),
        ("本月3累计5", "个", None, "V103", ""),
    ],
    "fractions, numerals and words": [
        ("½", "个", None, "V103", "0.5"),
        ("3½", "个", None, "V103", "3.5"),
        ("⅓", "个", None, "V103", ""),
        ("①", "个", None, "V103", ""),
        ("㈠", "个", None, "V103", ""),
        ("Ⅲ", "个", None, "V103", ""),
        ("两", "个", None, "V103", "2"),
        ("三百二十个", "个", None, "V103", "320"),
        ("三百五", "个", None, "V103", ""),
        ("三五个", "个", None, "V103", ""),
        ("三万", "万人", None, "V103", ""),
        ("三万人", "万人", None, "V103", "3"),
        ("一亿二千万", "元", None, "V103", "120000000"),
        ("万", "个", None, "V103", ""),
        ("百分之九十六点五", "%", None, "V103", "96.5"),
        ("百分之96", "%", None, "V103", "96"),
        ("千分之五", "‰", None, "V103", "5"),
        ("百分之百", "%", None, "V103", "100"),
        ("百分之九十六", "个", None, "V103", ""),
        ("３％左右", "%", None, "V105", "3"),
        ("=30+26", "个", None, "V103", ""),
    ],
    "lines, dates and what is not reported": [
        ("一一", "个", BLANK, "V114", ""),
        ("ー", "个", BLANK, "V114", ""),
        ("――", "个", BLANK, "V114", ""),
        ("。", "个", BLANK, "V114", ""),
        ("一", "个", None, "V103", ""),
        ("√", "个", None, "V103", ""),
        ("无（未开展）", "个", None, "V115", ""),
        ("暂无（待统计）", "个", BLANK, "V114", ""),
        ("不适用（无此项工作）", "个", NOT_APPLICABLE, "V102", "不适用"),
        ("2026年", "个", None, "V107", ""),
        ("9月底", "个", None, "V107", ""),
        ("2026年三季度", "个", None, "V107", ""),
        ("5年", "年", None, "V104", "5"),
        ("5年", "个", None, "V106", ""),
        ("\u2800", "个", BLANK, "", ""),
        ("\u200b\u3164", "个", BLANK, "", ""),
    ],
}


@pytest.mark.parametrize(
    ("text", "measure", "value", "code", "suggestion"),
    [case for cases in CASES.values() for case in cases],
    ids=lambda one: ascii(one),
)
def test_a_typed_text_is_the_number_that_a_reader_sees_or_none(
    text: str, measure: str, value: str | Absence | None, code: str, suggestion: str
) -> None:
    reading = read_number(text, measure)
    wanted = Decimal(value) if isinstance(value, str) else value
    got = None if isinstance(reading.value, Unreadable) else reading.value
    assert got == wanted
    assert ("" if reading.kind is None else reading.kind.code) == code
    assert (reading.suggestion or "") == suggestion


def unseen_signs() -> list[str]:
    """Every sign of Unicode that by its class shows nothing in a line."""
    chars = map(chr, range(sys.maxunicode + 1))
    shows_nothing = [c for c in chars if unicodedata.category(c) in {"Cf", "Cc", "Zs", "Zl", "Zp"}]
    ignorable = ["\u034f", "\u115f", "\u1160", "\u17b4", "\u180b", "\u2065", "\u3164", "\ufe0f"]
    return [*shows_nothing, *ignorable, "\uffa0", "\ufff0", "\U000e0100", "\u2800", "\ufffc"]


UNSEEN = unseen_signs()
# Signs of no width; what takes room between digits makes two numbers of them.
WITHOUT_WIDTH = [c for c in UNSEEN if unicodedata.category(c) == "Cf" and c != "\u202e"]


def test_every_unseen_sign_behind_a_number_is_passed_over_with_a_word() -> None:
    for char in UNSEEN:
        reading = read_number(f"560{char}", "个")
        assert reading.value == 560, ascii(char)
        wanted = None if char == " " else "V102"
        assert (reading.kind and reading.kind.code) == wanted, ascii(char)


@given(
    number=st.decimals(0, 10**9, places=2),
    signs=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(WITHOUT_WIDTH)), min_size=1),
)
def test_signs_of_no_width_anywhere_leave_the_number_and_are_told(number, signs) -> None:
    chars = list(format(number, "f"))
    for place, sign in signs:
        chars.insert(min(place, len(chars)), sign)
    reading = read_number("".join(chars), "个")
    assert reading.value == number
    assert reading.kind is not None
    assert reading.kind.code == "V102"
    finding = reading.finding(Cell("G6", "".join(chars)), "填报表", "本期实际值", "个")
    assert finding is not None
    assert "看不见的字符" in finding.message


_RUNS = re.compile("[0-9]+")


@pytest.mark.slow
@tried(5)
@given(
    text=st.lists(
        st.one_of(
            st.from_regex(r"\A[0-9]{1,4}\Z"),
            st.characters(exclude_categories=["Nd", "Cs"]).filter(lambda c: c not in ".,-'’`"),
            st.sampled_from(" \u3000\t\n¹²①½·、万百千十亿%个(（）)"),
        ),
        min_size=1,
        max_size=8,
    ).map("".join)
)
def test_digits_that_a_reader_sees_apart_are_never_joined(text: str) -> None:
    assume(not any(c in WITHOUT_WIDTH or unicodedata.category(c) in {"Cc", "Mn"} for c in text))
    assume(not re.search(r"(?<![0-9])[1-9][0-9]{0,2}([ \u00a0\u2007\u2009\u202f][0-9]{3})", text))
    assume(not re.search(r"[eE][+]?[0-9]", text))
    reading = read_number(text, "个")
    if isinstance(reading.value, Decimal):
        digits = re.sub("[^0-9]", "", format(reading.value, "f")).strip("0")
        longest = max(_RUNS.findall(unicodedata.normalize("NFKC", text)), key=len, default="")
        assert len(digits) <= len(longest), "digits were joined"


@tried(3)
@given(
    numbers=st.lists(st.integers(0, 10**6).map(str), min_size=2, max_size=3),
    between=st.text("\n\t\r\u3000\u2028\u2800\u3164;/→~、|", min_size=1, max_size=3),
)
def test_two_numbers_are_no_number_and_both_are_named(numbers: list[str], between: str) -> None:
    text = between.join(numbers)
    reading = read_number(text, "个")
    assert isinstance(reading.value, Unreadable)
    assert reading.suggestion is None
    if reading.kind is say.DATE_IN_NUMBER:  # 2026/9
        return
    assert reading.kind is say.NOT_A_NUMBER
    for number in numbers:
        assert number in reading.hint


@tried(3)
@given(
    text=st.text("0123456789.,，。·'’ \u3000\n\u200b万亿百千十一二三五两零点约%％‰个人户oOlI①¹½()（）-—+=*注", max_size=14),
    measure=st.sampled_from(["个", "%", "‰", "万元", "万人", "倍", "㎡"]),
)  # fmt: skip
def test_a_suggestion_is_a_plain_number_and_the_message_shows_the_cell(text, measure) -> None:
    cell = Cell("G6", text)
    reading = read_number(cell, measure)
    if isinstance(reading.value, Unreadable) and reading.suggestion is not None:
        again = read_number(reading.suggestion, measure)
        assert (again.kind, type(again.value)) == (None, Decimal)
    finding = reading.finding(cell, "填报表", "本期实际值", measure)
    if finding is not None:
        assert visible(cell.text) in finding.message
        assert finding.message.isprintable()
        assert finding.message.endswith("。")
        assert "{" not in finding.message


def test_a_message_names_the_two_numbers_and_the_sign_that_nobody_sees() -> None:
    def told(text: str) -> str:
        finding = read_number(text, "个").finding(Cell("G6", text), "填报表", "本期实际值", "个")
        assert finding is not None
        return finding.message

    assert told("95\n560") == (
        "“本期实际值”应只填数字，现在填的是“95⏎560”。"
        "里面不止一个数（95、560），分不清取哪一个。请只填一个数。"
    )
    assert told("560\u061c") == (
        "“本期实际值”填的是“560〔看不见的字符〕”（带有看不见的字符），已按 560 读取。请核对。"
    )
    assert told("4（累计）") == (
        "“本期实际值”应只填数字，现在填的是“4（累计）”。请改为 4，“累计”请写到“情况说明”里。"
    )


def test_a_message_shows_what_it_is_about_and_not_a_page_of_it() -> None:
    def told(value: CellValue) -> str:
        cell = Cell("G6", value)
        finding = read_number(cell, "个").finding(cell, "填报表", "本期实际值", "个")
        assert finding is not None
        assert finding.value == cell.text
        return finding.message

    assert "日期或时间“09:30:00”" in told(time(9, 30))
    assert "日期或时间“30:00:00”" in told(timedelta(hours=30))
    assert len(told("长" * 3000)) < 200


def test_a_formula_that_shows_nothing_is_a_blank() -> None:
    for nothing in ("", " ", "\u200b"):
        assert read_number(Cell("G6", nothing, formula=True), "个") == ParsedCell(BLANK)


def test_a_text_turned_round_is_not_read_as_it_is_stored() -> None:
    assert isinstance(read_number("\u202e560", "个").value, Unreadable)
    assert read_number("560\u202e", "个").value == 560
