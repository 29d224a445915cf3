"""The period of a form as its sender wrote it."""

from __future__ import annotations

import pytest
from support.drawn_forms import IDENTITY, messages, small_plan, submission

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.submission import SubmissionStatus

FORM = """
    # 填报表
    | 填报单位：区卫健局 | | {} | {} |
    | 序号 | 指标名称 | 单位 | 完成情况 |
    | 1   | 托位数   | 个  | 320     |
"""
BARE = """
    # 填报表
    | {} |
    | 序号 | 指标名称 | 单位 | 完成情况 |
    | 1   | 托位数   | 个  | 320     |
"""
PLAN = small_plan({"1"})


def read(drawing: str, **options: object) -> tuple[list[str], str]:
    result = submission(drawing, **({"plan": PLAN, "identity": None} | options))
    return [f.code for f in result.findings if f.code != "T105"], str(result.period)


@pytest.mark.parametrize("text", ["2026年1-9月", "截至2026年9月30日", "前三季度"])
def test_the_quarter_in_other_words_is_taken_and_said(text):
    result = submission(FORM.format(f"数据期：{text}", ""), plan=PLAN, identity=None)
    assert result.status is SubmissionStatus.ACCEPTED
    assert [f.message for f in result.findings if f.code == "T117"] == [
        f"数据期写的是“{text}”，已按2026年三季度的数收。请核对；下次请写“数据期：2026年三季度”。"
    ]


@pytest.mark.parametrize("cell", ["@2026-09-30", "2026年9月30日", "2026年三季度末"])
def test_the_period_in_a_cell_of_its_own(cell):
    assert read(FORM.format("数据期", cell)) == (["T117"], "2026Q3")


def test_the_date_that_excel_makes_of_a_month():
    assert read(FORM.format("数据期", "@2026-09-01"), period=Period.parse("2026-09")) == (
        ["T117"], "2026-09",
    )  # fmt: skip
    assert read(FORM.format("数据期", "@2026-09-01")) == (["T114"], "2026-09")


def test_months_that_are_another_period_are_said_as_they_stand():
    said = messages(FORM.format("数据期：2026年4-9月", ""), plan=PLAN, identity=None)
    assert any("这份表是2026年4-9月的，现在收的是2026年三季度" in one for one in said)


def test_what_is_typed_over_in_the_template_may_be_other_words_for_it():
    assert read(FORM.format("数据期：2026年1-9月", ""), identity=IDENTITY) == (["T117"], "2026Q3")
    assert read(FORM.format("数据期：2026年1-6月", ""), identity=IDENTITY) == (["T115"], "2026Q3")


TITLES = {
    "a quarter": ("区卫健局2026年三季度", "表.xlsx", ["T116"], "2026Q3"),
    "months": ("区卫健局2026年1-9月七优享数据", "表.xlsx", ["T117", "T116"], "2026Q3"),
    "a year, the quarter in the name": (
        "区卫健局2026年目标完成情况", "2026Q3.xlsx", ["T116"], "2026Q3",
    ),
    "a year only": ("区卫健局2026年目标完成情况", "表.xlsx", ["T112", "T116"], "None"),
    "the plan's years": ("区卫健局七优享（2023—2027年）", "表2026年三季度.xlsx", ["T116"], "2026Q3"),
    "another quarter": ("区卫健局2026年二季度", "表.xlsx", ["T114", "T116"], "2026Q2"),
    "when the file was made": ("区卫健局", "表20260930.xlsx", ["T112", "T116"], "None"),
}  # fmt: skip


@pytest.mark.parametrize(("title", "name", "said", "period"), TITLES.values(), ids=TITLES)
def test_the_period_of_a_title_or_a_name(title, name, said, period):
    found, taken = read(BARE.format(title), name=name)
    assert (sorted(found), taken) == (sorted(said), period)


def test_a_year_in_the_title_is_the_period_where_years_are_collected():
    found, taken = read(BARE.format("区卫健局2026年目标完成情况"), period=Period.parse("2026"))
    assert taken == "2026"
    assert "T114" not in found


def test_where_no_period_is_collected_the_months_say_it():
    assert read(FORM.format("数据期：2026年1-9月", ""), period=None) == (["T117"], "2026Q3")
