"""What is found in a form whose sender or period is not plain."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.drawn_forms import AGENCY, IDENTITY, OTHER_AGENCY, found, small_plan, submission

from qiyx_xl.core.plan.model import Agency
from qiyx_xl.core.primitives.periods import Period

FORM = """
    # 填报表
    | {} | | {} |
    | 指标编码 | 指标名称 | 本期实际值 |
    | 1       | 托位数   | 320       |
"""
BARE = FORM.format("", "")

HEADS = {
    "both as issued": ("填报单位：区卫健局", "数据期：2026年三季度", IDENTITY, []),
    "another agency typed": ("填报单位：区教育局", "数据期：2026年三季度", IDENTITY, ["T110"]),
    "an unknown agency typed": ("填报单位：某局", "数据期：2026年三季度", IDENTITY, ["T110"]),
    "another period typed": ("填报单位：区卫健局", "数据期：2026年二季度", IDENTITY, ["T115"]),
    "no period typed": ("填报单位：区卫健局", "数据期：近期", IDENTITY, ["T115"]),
    "issued to nobody known": (
        "填报单位：区卫健局",
        "",
        IDENTITY | {"agency": "区卫健系统"},
        ["T109"],
    ),
    "issued for no period": ("", "", IDENTITY | {"period": "近期"}, ["T113"]),
    "issued for another period": ("", "", IDENTITY | {"period": "2026Q2"}, ["T114"]),
    "an older template": ("", "", IDENTITY | {"schema": "form/0"}, ["T106"]),
    "another plan": ("", "", IDENTITY | {"plan_id": "other"}, ["T107"]),
    "said on the sheet alone": ("填报单位：卫健局", "数据期：2026Q3", None, ["T105"]),
    "unknown on the sheet alone": (
        "填报单位：区卫健系统",
        "数据期：2026Q3",
        None,
        ["T105", "T109"],
    ),
    "no period on the sheet": ("填报单位：区卫健局", "数据期：近期", None, ["T105", "T113"]),
    "wrong period on the sheet": ("填报单位：区卫健局", "数据期：2026Q2", None, ["T105", "T114"]),
}


@pytest.mark.parametrize("case", HEADS)
def test_a_head_is_held_against_the_template_and_the_collection(case):
    agency, period, identity, expected = HEADS[case]
    said = [one.split()[0] for one in found(FORM.format(agency, period), identity=identity)]
    assert sorted(said) == sorted(expected)


NAMES = {
    "卫健局_2026Q3.xlsx": [],
    "2026年三季度-区卫健局.xlsx": [],
    "区卫健局2026年三季度报表.xlsx": [],
    "区卫健局20260908.xlsx": ["T112"],
    "区卫健局(2)2026-09.xlsx": ["T114"],
    "区卫健局.xlsx": ["T112"],
    "2026Q3.xlsx": ["T108"],
    "区卫健局和区教育局2026Q3.xlsx": ["T108"],
    "区卫健局2026Q2.xlsx": ["T114"],
    "区卫健局 2026 年 三季度.xlsx": [],
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_s_name_speaks_where_the_form_does_not(name):
    said = [one.split()[0] for one in found(BARE, identity=None, name=name)]
    assert sorted(said) == sorted(["T105", *NAMES[name]])


def test_an_example_of_a_period_is_the_one_collected_or_the_plan_s_first():
    for period, example in ((Period.parse("2026Q3"), "2026年三季度"), (None, "2023年一季度")):
        result = submission(BARE, identity=None, name="区卫健局.xlsx", period=period)
        assert any(example in one.message for one in result.findings)


def test_a_name_that_fits_two_agencies_is_nobody_s():
    plan = small_plan(["1"])
    two = (Agency("区卫健局", "区级"), Agency("市卫健局", "区级"))
    changed = replace(plan, agencies=two)
    for typed, known in (
        ("区卫健局", True),
        ("卫健局", False),
        ("局", False),
        ("北仑区卫健局", True),
    ):
        drawing = FORM.format(f"填报单位：{typed}", "数据期：2026Q3")
        result = submission(drawing, identity=None, plan=changed)
        assert (result.agency == "区卫健局") == known, typed


def test_a_single_character_names_nobody():
    alone = replace(small_plan(["1"]), agencies=(Agency("区卫健局", "区级"),))
    drawing = FORM.format("填报单位：局", "数据期：2026Q3")
    assert submission(drawing, identity=None, plan=alone).agency is None


def test_what_is_taken_over_from_a_row():
    result = submission("""
        # 填报表
        | 填报单位：区卫健局 | | 数据期：2026年三季度 |
        | 指标编码 | 指标名称 | 本期实际值 | 情况说明 |
        | 1       | 托位数   | ３２０    | 说明     |
        | 2       | 普惠托位占比 | 71 |  |
    """)
    first, second = result.records
    assert (first.agency, str(first.period), first.as_written, first.remark) == (
        AGENCY,
        "2026Q3",
        "３２０",
        "说明",
    )
    assert first.source is not None
    assert second.source is not None
    assert (first.source.cell, second.source.cell) == ("C3", "C4")
    assert (first.source.file, first.source.sheet) == ("报表.xlsx", "填报表")
    assert OTHER_AGENCY not in (first.agency, second.agency)


@pytest.mark.parametrize("identity", [IDENTITY, None])
def test_a_missing_row_is_a_mistake_in_a_template_and_a_hint_elsewhere(identity):
    plan = small_plan(["1", "2", "6"])
    drawing = FORM.format("填报单位：区卫健局", "数据期：2026Q3")
    result = submission(drawing, identity=identity, plan=plan)
    said = [one for one in result.findings if one.code in ("T125", "T126")]
    assert [one.code for one in said] == ["T125" if identity else "T126"]
    assert "2 普惠托位占比" in said[0].message
