"""Cells of every kind read in every kind of measure, in one table held to the letter."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from qiyx_xl.core.forms.cell import Cell, shown, squeeze
from qiyx_xl.core.forms.cell_parser import read_cell, read_number
from qiyx_xl.core.primitives.values import spell

TEXTS = (
    "320", "-5", "0", "007", "3.", ".5", "1,234", "1,234,567.8", "12,34", "+5", "3.2e2", "1e15", "1e14", "1E-3",
    "9e999", "999999999999999", "1234567890123456", "0000000000000000012", "０３２", "3 20", "3·20", "'96", " 96 ",
    "约320", "近320", "320左右", "320以上", "320多", "300余", "≥5", "<5", "~5", "达5", "320个", "3.2万", "3.2万个",
    "2亿", "96%", "96‰", "0.96%", "96个百分点", "5元", "5倍", "3百", "三百二十", "百分之九十六", "百分之三", "一亿二千万",
    "3。5", "3。。5", "2026.9", "2026-09", "2026年9月", "9月5日", "2026/9/5", "全覆盖", "已全覆盖", "基本全覆盖", "应保尽保",
    "不适用", "免报", "N/A", "n/a", "/", "—", "暂无", "无", "没有", "#REF!", "#n/a", "", "很多", "九成", "3比5", "3/5",
    "已通过", "已完成", "是", "100%", "100", "进行中", "在建", "未通过", "未完成", "否", "45%", "5" * 40,
)  # fmt: skip
STORED = (
    320, -5, 0, 0.1 + 0.2, 1e14, 1e15, 1e20, float("inf"), float("nan"), Decimal("4.90"), Decimal("NaN"), True,
    False, date(2026, 9, 30), date(1900, 1, 9), datetime(1900, 1, 9, 12), datetime(1900, 1, 9, 12, 0, 1), datetime(2026, 9, 30, 8), time(9, 30), None,
)  # fmt: skip


def said(cell: Cell, reading: Any, measure: str) -> str:
    finding = reading.finding(cell, "填报表", "本期实际值", measure)
    told = "" if finding is None else f" ¦ {finding.code} {finding.message} ¦ {finding.suggestion}"
    notes = "、".join(note.value for note in reading.notes)
    return f"{spell(reading.value)} ({type(reading.value).__name__}) {notes}{told}"


@pytest.mark.parametrize("measure", ["个", "%", "‰", "倍", "万元"])
def test_numbers_are_read_in_a_measure(snapshot: Any, measure: str) -> None:
    lines = []
    for value in (*TEXTS, *STORED):
        cell = Cell("G6", value)
        lines.append(f"{value!r}: {said(cell, read_number(cell, measure), measure)}")
    for cell in (
        Cell("G6", 0.65, percent=True), Cell("G6", 1, percent=True), Cell("G6", "65", percent=True),
        Cell("G6", 320, formula=True), Cell("G6", "320个", formula=True), Cell("G6", formula=True),
        Cell("G6", error="#N/A"), Cell("G6", 5, error="#REF!", formula=True),
    ):  # fmt: skip
        lines.append(  # noqa: PERF401 - the cells take three lines
            f"{cell}: {said(cell, read_number(cell, measure), measure)}"
        )
    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("code", ["4", "15", "M01"])
def test_words_are_read_where_an_item_is_not_counted(plan: Any, snapshot: Any, code: str) -> None:
    item, lines = plan.find(code), []
    for value in (*TEXTS, *STORED):
        cell = Cell("G6", value)
        lines.append(f"{value!r}: {said(cell, read_cell(cell, item), item.measure)}")
    stored = (Cell("G6", 1, percent=True), Cell("G6", 1.0), Cell("G6", 0.45, percent=True))
    lines += [f"{cell}: {said(cell, read_cell(cell, item), item.measure)}" for cell in stored]
    assert "\n".join(lines) == snapshot


def test_a_cell_is_shown_as_the_sheet_shows_it(snapshot: Any) -> None:
    told = [f"{value!r}: {shown(Cell('G6', value))}" for value in STORED]
    told += [f"{value!r}%: {shown(Cell('G6', value, percent=True))}" for value in STORED[:4]]
    assert told == snapshot
    for text in ("３２ ０", "'96", "a b", "  x  ", "", "（甲）", "长" * 300 + " " + "长"):
        narrow, notes = squeeze(text)
        assert " " not in narrow
        assert (notes == ()) == (narrow == text.strip())
    blank = Cell("G6", "  ")
    assert blank.is_blank
    for filled in (
        blank._replace(error="#N/A"),
        blank._replace(formula=True),
        blank._replace(value=0),
    ):
        assert not filled.is_blank
