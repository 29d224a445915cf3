"""``docs/cells.md`` tells the truth, line by line."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import tried
from support.paths import ROOT

from qiyx_xl.core.forms.cell import Cell, Look, shown
from qiyx_xl.core.forms.cell_parser import ParsedCell, read_cell, read_number
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word, spell

PAGE = ROOT / "docs" / "cells.md"


def table(title: str) -> list[tuple[str, ...]]:
    """The rows of the table under a heading that begins so."""
    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {title}")[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]) for row in rows[2:]]


def written(text: str) -> str:
    """A cell's content between backticks, its spaces kept."""
    assert text.startswith("`"), text
    assert text.endswith("`"), text
    return text[1:-1]


def said(reading: ParsedCell) -> tuple[str, str, str]:
    """A reading as the table prints it."""
    value = {Absence.NOT_REPORTED: "空白", Absence.NOT_APPLICABLE: "不适用"}.get(reading.value)
    if value is None:
        value = "—" if isinstance(reading.value, Unreadable) else spell(reading.value)
    code = "" if reading.kind is None else reading.kind.code
    return value, code, reading.suggestion or ""


@pytest.mark.parametrize("row", table("数值"), ids=lambda row: f"{row[0]} {row[1]}")
def test_a_text_is_read_as_documented(row):
    text, measure, *expected = row
    assert said(read_number(written(text), measure)) == tuple(expected)


STORED = {
    "数 65": Cell(value=65),
    "数 0.1+0.2": Cell(value=0.1 + 0.2),
    "百分比格式的 0.65（显示 65%）": Cell(value=0.65, percent=True),
    "百分比格式的 0.002（显示 0.2%）": Cell(value=0.002, percent=True),
    "百分比格式的 1.7（显示 170%）": Cell(value=1.7, percent=True),
    "百分比格式的 3.2（显示 320%）": Cell(value=3.2, percent=True),
    "日期 2026-09-30": Cell(value=date(2026, 9, 30)),
    "日期格式的 9（显示 1900-01-09）": Cell(value=date(1900, 1, 9), look=Look(serial=Decimal(9))),
    "TRUE": Cell(value=True),
    "公式，存有结果 320": Cell(value=320, formula=True),
    "公式，没有存结果": Cell(formula=True),
    "错误值 #N/A": Cell(error="#N/A"),
    "数 330206199001011234": Cell(value=330206199001011234.0),
    "空格子": Cell(),
}


@pytest.mark.parametrize("row", table("不是文字的格子"), ids=lambda row: row[0])
def test_a_stored_value_is_read_as_documented(row):
    content, measure, *expected = row
    assert said(read_number(STORED[content], measure)) == tuple(expected)


def test_every_stored_value_is_documented():
    assert {row[0] for row in table("不是文字的格子")} == set(STORED)


@pytest.mark.parametrize("row", table("覆盖类"), ids=lambda row: row[0])
def test_coverage_is_read_as_documented(row, plan):
    text, *expected = row
    assert said(read_cell(written(text), plan.find("15")))[:2] == tuple(expected)


@pytest.mark.parametrize("row", table("节点"), ids=lambda row: row[0])
def test_a_milestone_is_read_as_documented(row, plan):
    text, milestone, assessment, code = row
    assert said(read_cell(written(text), plan.find("M01")))[:2] == (milestone, code)
    for number in ("4", "5"):
        assert said(read_cell(written(text), plan.find(number)))[:2] == (assessment, code)


MEASURES = st.sampled_from(["个", "%", "‰", "万人次", "元", "万元", "个/千人", "倍", ""])


@given(number=st.decimals(-(10**14), 10**14, places=4), measure=MEASURES)
def test_a_plain_number_is_read_exactly(number, measure):
    text = format(number, "f")
    assert read_number(text, measure) == ParsedCell(number)


@given(number=st.floats(-1e14, 1e14), measure=MEASURES)
def test_a_stored_number_is_read_to_fifteen_digits(number, measure):
    reading = read_number(number, measure)
    assert isinstance(reading.value, Decimal)
    assert float(reading.value) == pytest.approx(number, rel=1e-14)


@tried(3)
@given(text=st.text(max_size=80), measure=MEASURES)
def test_any_text_is_read_as_something(text, measure):
    reading = read_number(text, measure)
    if isinstance(reading.value, Unreadable):
        assert reading.kind is not None
        assert reading.value.text == text.strip()
    if isinstance(reading.value, Decimal) and reading.kind is None:
        assert Decimal(text) == reading.value, "only plain numbers pass without a word"


@tried(2)
@given(text=st.text("0123456789.,，万亿约%％个 \u00a0-－+E<≥以上左右多余点三十百", max_size=40))
def test_a_suggestion_is_always_a_plain_number_that_reads_back(text):
    reading = read_number(text, "个")
    if reading.suggestion is not None and isinstance(reading.value, Unreadable):
        again = read_number(reading.suggestion, "个")
        assert again.kind is None
        assert isinstance(again.value, Decimal)


def test_a_pattern_cannot_be_made_to_run_for_ever():
    for text in (
        "1," * 50000,
        "1" * 100000,
        " " * 100000 + "x",
        "约" * 50000,
        "1万" * 30000,
        "-" * 99999,
    ):
        assert read_number(text, "个").kind is not None


def test_a_cell_is_shown_as_the_sheet_shows_it():
    assert shown(Cell(value=0.65, percent=True)) == "65%"
    assert shown(Cell(value=320.0)) == "320"
    assert shown(Cell(value=datetime(2026, 9, 30))) == "2026-09-30"
    assert shown(Cell(value=Word.DONE)) == "已完成"
