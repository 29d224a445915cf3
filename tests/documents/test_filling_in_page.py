"""The page for departments says what the program does: its examples are read by the real code."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.paths import ROOT

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.forms.cell_parser import read_cell
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.documents.forms.help_sheet import EXAMPLES, WORDS

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan

PAGE = (ROOT / "docs" / "filling-in.md").read_text(encoding="utf-8")


def test_its_picture_is_there() -> None:
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", PAGE):
        assert (ROOT / "docs" / name).stat().st_size > 10_000


@pytest.mark.parametrize("text", ["不适用", "免报", "无线索"])
def test_the_words_it_offers_for_no_figure_are_read_so(text: str, plan: Plan) -> None:
    assert f"`{text}`" in PAGE
    assert any(text in row[0] for row in WORDS)
    assert read_cell(text, plan.find("8")).value is Absence.NOT_APPLICABLE


def test_the_words_it_offers_for_coverage_and_milestones_are_read_so(plan: Plan) -> None:
    assert read_cell("全覆盖", plan.find("15")).value is Word.FULL_COVERAGE
    offered = {word for row in WORDS for word in row[0].split()}
    assert read_cell("已通过", plan.find("4")).value is Word.PASSED
    assert {"已通过", "未通过", "已完成", "进行中"} <= offered
    for text in ("已完成", "进行中", "未通过"):
        assert read_cell(text, plan.find("M02")).kind is None


@pytest.mark.parametrize(("typed", "code"), [("320个", "T2-1-02"), ("约96", "2"), ("#DIV/0!", "2")])
def test_what_it_says_is_sent_back_is_sent_back(typed: str, code: str, plan: Plan) -> None:
    assert f"`{typed}`" in PAGE
    assert any(typed in row[0] for row in EXAMPLES)
    assert read_cell(typed, plan.find(code)).kind.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("typed", "code", "value"),
    [("９６", "2", "96"), ("96%", "2", "96"), ("1,234", "T2-1-02", "1234"), (" 96 ", "2", "96")],
)
def test_what_it_says_is_only_pointed_out_is_read(
    typed: str, code: str, value: str, plan: Plan
) -> None:
    reading = read_cell(typed, plan.find(code))
    assert reading.value == Decimal(value)
    assert reading.kind is None or reading.kind.severity is Severity.WARNING
