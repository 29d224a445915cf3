"""Every sentence about a form, once and in full: the other tests name findings by their codes.

A line gives a finding's code, severity, sheet, cell, header, value, sentence and suggestion. The
sentences about the content of a single cell are in ``test_readings``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from support.drawn_forms import (
    AGENCY,
    IDENTITY,
    OTHER_AGENCY,
    record,
    small_plan,
    submission,
)
from support.finding_lines import told

from qiyx_xl.core.plan.model import GoalKind
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Word

HEAD = (
    "| 指标编码 | 指标名称 | 计量单位 | 目标值 | 上期值 | 本期实际值 | 补充项 | 补充值 | 情况说明 |"
)
PLACES = "| 1 | 托位数 | 个 | 300 | | 320 | | | |"
SHARE = "| 2 | 普惠托位占比 | % | 70 | | 70.5 | | | |"
INSURED = "| 20 | “浙里惠民保”投保率 | % | 70 | | 71 | | | |"


def drawn(*rows: str, sheet: str = "填报表") -> str:
    return "\n".join((f"# {sheet}", *rows))


def lines_of(drawing: str, *beside: str, **options: Any) -> list[str]:
    """What is told of a drawing, without the findings named as being beside the matter."""
    found = submission(drawing, **options).findings
    return told(finding for finding in found if finding.code not in beside)


# --- the table -------------------------------------------------------------------------------

TABLES = {
    "no form on any sheet": (
        ("| 一月 | 二月 |", "| 3 | 4 |"),
        "T101 ¦ error ¦  ¦  ¦  ¦  ¦ 没有找到填报表：没有一张工作表同时有“指标编码、指标名称、本期实际值”这些表头。请把数填进下发的模板再报。 ¦ ",
    ),
    "no column of values": (
        ("| 指标编码 | 指标名称 | 计量单位 |", "| 1 | 托位数 | 个 |"),
        "T102 ¦ error ¦ 填报表 ¦  ¦ 本期实际值 ¦  ¦ 找到了填报表，但没有认出“本期实际值”这一列。请补上这一列，或把它的表头改成“本期实际值”。 ¦ ",
    ),
    "no column of values, and others nobody knows": (
        (
            "| 指标编码 | 指标名称 | 计量单位 | 三季度数 | 责任科室 |",
            "| 1 | 托位数 | 个 | 320 | 妇幼科 |",
        ),
        "T102 ¦ error ¦ 填报表 ¦  ¦ 本期实际值 ¦  ¦ 找到了填报表，但没有认出“本期实际值”这一列（不认识的表头有“三季度数”“责任科室”）。请补上这一列，或把它的表头改成“本期实际值”。 ¦ ",
    ),
    "a column nobody knows": (
        ("| 指标编码 | 指标名称 | 责任科室 | 本期实际值 |", "| 1 | 托位数 | 妇幼科 | 320 |"),
        "T103 ¦ warning ¦ 填报表 ¦ C1 ¦ 责任科室 ¦ 责任科室 ¦ 不认识表头“责任科室”，这一列没有读取。如果是模板里的列改了名，请改回原来的名称。 ¦ ",
    ),
    "two columns of values": (
        ("| 指标编码 | 指标名称 | 本期实际值 | 本期实际值 |", "| 1 | 托位数 | 320 | 321 |"),
        "T104 ¦ error ¦ 填报表 ¦ D1 ¦ 本期实际值 ¦  ¦ “本期实际值”有不止一列（C1 和 D1），不知道以哪一列为准。请只保留要报的那一列。 ¦ ",
    ),
    "nothing filled in": (
        (HEAD, "| 1 | 托位数 | | | | | | | |"),
        "T142 ¦ error ¦ 填报表 ¦  ¦  ¦  ¦ 这张表还没有填：本期应报的 1 项都是空的。请填好后再报。 ¦ ",
    ),
}


@pytest.mark.parametrize(("rows", "expected"), TABLES.values(), ids=TABLES)
def test_what_is_wrong_with_a_table_is_told_in_full(rows: tuple[str, ...], expected: str) -> None:
    assert lines_of(drawn(*rows), plan=small_plan({"1"})) == [expected]


ROWS = {
    "a code nobody knows": (
        "| 77 | 别的 | | | | 3 | | | |",
        "T121 ¦ error ¦ 填报表 ¦ A3 ¦  ¦ 77 ¦ 方案里没有编码“77”，按名称也认不出是哪一项。请改回模板里的编码。 ¦ ",
    ),
    "a code like another": (
        "| 7-1-02 | 别的 | | | | 3 | | | |",
        "T121 ¦ error ¦ 填报表 ¦ A3 ¦  ¦ 7-1-02 ¦ 方案里没有编码“7-1-02”，按名称也认不出是哪一项。请改回模板里的编码，如“T7-1-02”。 ¦ T7-1-02",
    ),
    "a code that became a date": (
        "| @2003-01-01 | 别的 | | | | 3 | | | |",
        "T121 ¦ error ¦ 填报表 ¦ A3 ¦  ¦ 2003-01-01 ¦ 方案里没有编码“2003-01-01”，按名称也认不出是哪一项。请改回模板里的编码（这一格变成了日期，请先把格式设为“文本”）。 ¦ ",
    ),
    "another agency's item": (
        INSURED,
        "T122 ¦ error ¦ 填报表 ¦ A3 ¦  ¦ 20 ¦ “20 “浙里惠民保”投保率”由区教育局填报，不在区卫健局的填报范围里。请删去这一行，或与专班办公室联系。 ¦ ",
    ),
    "an item twice, differently": (
        PLACES.replace("320", "321"),
        "T123 ¦ error ¦ 填报表 ¦ F3 ¦  ¦ 1 ¦ “1 托位数”在 F2 已经填过，两处的数不一样。请只保留一处。 ¦ ",
    ),
    "an item twice, alike": (
        PLACES,
        "T124 ¦ warning ¦ 填报表 ¦ F3 ¦  ¦ 1 ¦ “1 托位数”在 F2 已经填过，两处相同，只计一次。请删去多余的一行。 ¦ ",
    ),
    "no code": (
        "| | 普惠托位占比 | | | | 71 | | | |",
        "T127 ¦ warning ¦ 填报表 ¦ B3 ¦  ¦  ¦ 这一行没有编码，已按名称认作“2 普惠托位占比”。请补上编码。 ¦ 2",
    ),
    "no code, and a name nobody knows": (
        "| | 床位数 | | | | 320 | | | |",
        "T128 ¦ error ¦ 填报表 ¦ F3 ¦  ¦ 320 ¦ 这一行填了“320”，但没有指标编码，名称也对不上。请补上模板里的编码；如果这一行不是指标，请删去。 ¦ ",
    ),
    "another code than the name's": (
        "| 77 | 普惠托位占比 | | | | 71 | | | |",
        "T130 ¦ warning ¦ 填报表 ¦ A3 ¦ 指标编码 ¦ 77 ¦ “指标编码”写的是“77”，名称是“普惠托位占比”，已按名称认作“2 普惠托位占比”。请核对，并把编码改为“2”。 ¦ 2",
    ),
    "another name": (
        "| 2 | 床位数 | | | | 71 | | | |",
        "T131 ¦ error ¦ 填报表 ¦ B3 ¦ 指标名称 ¦ 床位数 ¦ 编码 2 的名称应为“普惠托位占比”，现在是“床位数”。请改回，并核对这一行填的是不是这个指标的数。 ¦ 普惠托位占比",
    ),
    "another target": (
        "| 2 | 普惠托位占比 | | 30 | | 71 | | | |",
        "T132 ¦ error ¦ 填报表 ¦ D3 ¦ 目标值 ¦ 30 ¦ 2 普惠托位占比 的目标值应为“70”，现在是“30”。目标值不能改，请改回。 ¦ 70",
    ),
    "another measure": (
        "| 2 | 普惠托位占比 | ‰ | | | 71 | | | |",
        "T133 ¦ error ¦ 填报表 ¦ C3 ¦ 计量单位 ¦ ‰ ¦ 2 普惠托位占比 的计量单位应为“%”，现在是“‰”。请改回，并按“%”填数。 ¦ %",
    ),
    "a sum": (
        "| 合计 | | | | | 391 | | | |",
        "T143 ¦ warning ¦ 填报表 ¦ F3 ¦  ¦ 合计 ¦ 这一行写的是“合计”，不是指标，行里的数没有收。请核对；下次请删去合计、小计、其中这样的行。 ¦ ",
    ),
    "another year of a milestone": (
        "| M01 | 三级托育网络建成 | | 2026年底前建成 | | 已完成 | | | |",
        "T132 ¦ error ¦ 填报表 ¦ D3 ¦ 目标值 ¦ 2026年底前建成 ¦ M01 三级托育网络建成 的目标值应为“2027年底前”，现在是“2026年底前建成”。目标值不能改，请改回。 ¦ 2027年底前",
    ),
}


@pytest.mark.parametrize(("row", "expected"), ROWS.values(), ids=ROWS)
def test_what_is_wrong_with_a_row_is_told_in_full(row: str, expected: str) -> None:
    plan = small_plan({"1", "2", "20", "T7-1-02", "M01"})
    assert lines_of(drawn(HEAD, PLACES, row), "T125", plan=plan) == [expected]


OWN_ROWS = {
    "another agency's code beside a name nobody knows": (
        ("| 指标编码 | 指标名称 | 本期实际值 |", "| 20 | 床位数 | 320 |"),
        "T144 ¦ error ¦ 填报表 ¦ B2 ¦  ¦ 床位数 ¦ 编码 20 在方案里是““浙里惠民保”投保率”，由区教育局填报，这一行的名称却是“床位数”。请核对这一行是哪一项，按模板写明编码和名称。 ¦ ",
    ),
    "a running number beside a name nobody knows": (
        (
            "| 序号 | 指标名称 | 本期实际值 |",
            "| 1 | 普惠托位占比 | 71 |",
            "| 2 | 床位数 | 320 |",
        ),
        "T145 ¦ error ¦ 填报表 ¦ B3 ¦ 序号 ¦ 床位数 ¦ “序号”这一列是顺序号，不能按它认指标，这一行的名称“床位数”方案里又没有。请写明模板里的编码和名称。 ¦ ",
    ),
    "a running number and no name": (
        ("| 序号 | 指标名称 | 本期实际值 |", "| 1 | 普惠托位占比 | 71 |", "| 2 | | 320 |"),
        "T145 ¦ error ¦ 填报表 ¦ B3 ¦ 序号 ¦ （空白） ¦ “序号”这一列是顺序号，不能按它认指标，这一行的名称“（空白）”方案里又没有。请写明模板里的编码和名称。 ¦ ",
    ),
}


@pytest.mark.parametrize(("rows", "expected"), OWN_ROWS.values(), ids=OWN_ROWS)
def test_what_is_wrong_with_a_row_of_their_own_is_told_in_full(
    rows: tuple[str, ...], expected: str
) -> None:
    own: dict[str, Any] = {"identity": None, "name": "区卫健局2026年三季度.xlsx"}
    plan = small_plan({"1", "2", "20"})
    assert lines_of(drawn(*rows), "T105", "T126", "T130", plan=plan, **own) == [expected]


def test_a_row_left_out_is_asked_for_in_a_template_and_pointed_out_elsewhere() -> None:
    drawing, plan = drawn(HEAD, PLACES), small_plan({"1", "2"})
    assert lines_of(drawing, plan=plan) == [
        "T125 ¦ error ¦ 填报表 ¦  ¦  ¦  ¦ 缺少“2 普惠托位占比”这一行。请从模板里补回这一行并填写。 ¦ "
    ]
    assert lines_of(drawing, plan=plan, identity=None, name="区卫健局2026Q3.xlsx") == [
        "T105 ¦ warning ¦ 填报表 ¦  ¦  ¦  ¦ 这份文件不是下发的模板，已按表头识别读取。请核对结果，下次请用下发的模板填报。 ¦ ",
        "T126 ¦ warning ¦ 填报表 ¦  ¦  ¦  ¦ 没有找到“2 普惠托位占比”，按未报处理。请补报。 ¦ ",
    ]


def test_an_item_that_two_agencies_report_is_taken_from_both() -> None:
    plan = small_plan({"1", "20"})
    both = replace(plan.indicators[1], lead_agency=AGENCY, responsible_agency=OTHER_AGENCY)
    plan = replace(plan, indicators=(plan.indicators[0], both))
    assert lines_of(drawn(HEAD, PLACES, INSURED), plan=plan) == [
        "T129 ¦ warning ¦ 填报表 ¦ A3 ¦  ¦ 20 ¦ “20 “浙里惠民保”投保率”由区教育局填报，区卫健局也报了，已一并收下。两个单位的数不一样时，由专班办公室决定采用哪个。请与区教育局核对。 ¦ "
    ]


HANDLED = {
    "values merged over two rows": (
        {"merges": ["F2:F3"]},
        [
            "T135 ¦ error ¦ 填报表 ¦ F2 ¦ 本期实际值 ¦ 320 ¦ F2:F3 合并成了一格，分不清是哪几个指标的数。请取消合并，逐行填写。 ¦ ",
            "T135 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦  ¦ F2:F3 合并成了一格，分不清是哪几个指标的数。请取消合并，逐行填写。 ¦ ",
        ],
    ),
    "a hidden row": (
        {"hidden_rows": [3]},
        [
            "T136 ¦ warning ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 70.5 ¦ 这一格在隐藏的行或列里，填的“70.5”照常读取。请取消隐藏核对一遍。 ¦ ",
        ],
    ),
    "a hidden sheet": (
        {"hidden_sheets": ["填报表"]},
        [
            "T137 ¦ warning ¦ 填报表 ¦  ¦  ¦ 填报表 ¦ 填报表所在的工作表“填报表”被隐藏了，照常读取。请取消隐藏核对一遍。 ¦ ",
        ],
    ),
    "no contact": (
        {"contacts": False},
        [
            "T141 ¦ warning ¦ 填报表 ¦  ¦  ¦  ¦ 没有填“填报人、联系电话”。请在表下方补上，便于核对数据。 ¦ ",
        ],
    ),
    "a file named after another agency": (
        {"name": "教育局三季度.xlsx"},
        [
            "T111 ¦ warning ¦  ¦  ¦  ¦ 区教育局 ¦ 文件名写的是“区教育局”，表内是“区卫健局”，已按表内的算。请核对有没有发错文件。 ¦ ",
        ],
    ),
}


@pytest.mark.parametrize(("options", "expected"), HANDLED.values(), ids=HANDLED)
def test_what_was_done_to_the_file_is_told_in_full(
    options: dict[str, Any], expected: list[str]
) -> None:
    assert lines_of(drawn(HEAD, PLACES, SHARE), **options) == expected


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (
            "| 填报人 | 王芳 |",
            "T141 ¦ warning ¦ 填报表 ¦  ¦  ¦  ¦ 没有填“联系电话”。请在表下方补上，便于核对数据。 ¦ ",
        ),
        (
            "| 联系电话 | 0574 |",
            "T141 ¦ warning ¦ 填报表 ¦  ¦  ¦  ¦ 没有填“填报人”。请在表下方补上，便于核对数据。 ¦ ",
        ),
    ],
)
def test_the_part_of_the_contact_that_is_missing_is_named(contact: str, expected: str) -> None:
    drawing = f"{drawn(HEAD, PLACES)}\n\n{contact}"
    assert lines_of(drawing, contacts=False) == [expected]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (
            "320",
            "T138 ¦ warning ¦ 旧 ¦  ¦  ¦ 旧 ¦ 除“填报表”外，工作表“旧”里也有一张填报表，没有读取。请只保留一张。 ¦ ",
        ),
        (
            "310",
            "T139 ¦ error ¦ 旧 ¦  ¦  ¦ 旧 ¦ 工作表“填报表”和“旧”里都有填报表，而且数不一样。请只保留正确的一张。 ¦ ",
        ),
    ],
)
def test_a_second_table_is_one_too_many_or_another(number: str, expected: str) -> None:
    drawing = drawn(HEAD, PLACES, drawn(HEAD, PLACES.replace("320", number), sheet="旧"))
    assert lines_of(drawing) == [expected]


# --- who and when ----------------------------------------------------------------------------

ISSUED = {
    "an older template": (
        {"schema": "form/0"},
        "T106 ¦ error ¦ 填报表 ¦  ¦  ¦ form/0 ¦ 模板版本是“form/0”，现在用的是“form/1”。请换用新下发的模板填报。 ¦ ",
    ),
    "another plan": (
        {"plan_id": "other"},
        "T107 ¦ error ¦ 填报表 ¦  ¦  ¦ other ¦ 模板依据的方案是“other”，这里用的是“drawn”。请换用新下发的模板填报。 ¦ ",
    ),
    "an agency nobody knows": (
        {"agency": "区卫生系统"},
        "T109 ¦ error ¦ 填报表 ¦  ¦  ¦ 区卫生系统 ¦ 填报单位“区卫生系统”与方案的单位名单对不上。请核对，照名单里的名称写。 ¦ ",
    ),
    "an agency called almost like one": (
        {"agency": "区卫健系统"},
        "T109 ¦ error ¦ 填报表 ¦  ¦  ¦ 区卫健系统 ¦ 填报单位“区卫健系统”与方案的单位名单对不上。请核对：如果是名单里写作“区卫健局”的单位，请照此写。 ¦ ",
    ),
    "no period": (
        {"period": "秋天"},
        "T113 ¦ error ¦ 填报表 ¦  ¦  ¦ 秋天 ¦ 看不懂数据期“秋天”。请写成 2026年三季度、2026年9月 或 2026年。 ¦ ",
    ),
    "another quarter": (
        {"period": "2026Q2"},
        "T114 ¦ error ¦ 填报表 ¦  ¦  ¦ 2026年二季度 ¦ 这份表是2026年二季度的，现在收的是2026年三季度。请换用2026年三季度的模板填报。 ¦ ",
    ),
    "a month": (
        {"period": "2026-09"},
        "T114 ¦ error ¦ 填报表 ¦  ¦  ¦ 2026年9月 ¦ 这份表是2026年9月的，现在收的是2026年三季度。请换用2026年三季度的模板填报。 ¦ ",
    ),
}


@pytest.mark.parametrize(("change", "expected"), ISSUED.values(), ids=ISSUED)
def test_what_is_wrong_with_the_template_is_told_in_full(
    change: dict[str, str], expected: str
) -> None:
    assert lines_of(drawn(HEAD, PLACES), identity=IDENTITY | change) == [expected]


TYPED_OVER = {
    "another agency": (
        "| 填报单位：区教育局 | | 数据期：2026年三季度 |",
        "T110 ¦ error ¦ 填报表 ¦ A1 ¦  ¦ 区教育局 ¦ 表内写的填报单位是“区教育局”，但这份模板是发给“区卫健局”的。请用本单位的模板填报。 ¦ ",
    ),
    "another period": (
        "| 填报单位：区卫健局 | | 数据期：2026年二季度 |",
        "T115 ¦ error ¦ 填报表 ¦ C1 ¦  ¦ 2026年二季度 ¦ 表内写的数据期是“2026年二季度”，但这份模板是2026年三季度的。请用对应数据期的模板填报。 ¦ ",
    ),
}


@pytest.mark.parametrize(("head", "expected"), TYPED_OVER.values(), ids=TYPED_OVER)
def test_what_is_typed_over_in_the_template_is_told_in_full(head: str, expected: str) -> None:
    assert lines_of(drawn(head, HEAD, PLACES)) == [expected]


OWN_HEADS = {
    "nobody": (
        "| |", "2026Q3.xlsx", "2026Q3",
        "T108 ¦ error ¦ 填报表 ¦  ¦  ¦  ¦ 看不出是哪个单位填报的。请在表头下方写明“填报单位：……”。 ¦ ",
    ),
    "no period": (
        "| |", "区卫健局.xlsx", "2026Q3",
        "T112 ¦ error ¦ 填报表 ¦  ¦  ¦  ¦ 看不出是哪一期的数。请在表头下方写明“数据期：……”，如“数据期：2026年三季度”。 ¦ ",
    ),
    "no period, and none collected": (
        "| |", "区卫健局.xlsx", "",
        "T112 ¦ error ¦ 填报表 ¦  ¦  ¦  ¦ 看不出是哪一期的数。请在表头下方写明“数据期：……”，如“数据期：2023年一季度”。 ¦ ",
    ),
    "the agency in the title": (
        "| 区卫健局2026年三季度 |", "表.xlsx", "2026Q3",
        "T116 ¦ warning ¦ 填报表 ¦  ¦  ¦  ¦ 表里没有写明填报单位，已按标题认作区卫健局。请核对；下次请在表头下方写明“填报单位：区卫健局”。 ¦ ",
    ),
    "the agency's name of before": (
        "| 填报单位：区卫计局 | | 数据期：2026年三季度 |", "表.xlsx", "2026Q3",
        "T118 ¦ warning ¦ 填报表 ¦ A1 ¦  ¦ 区卫计局 ¦ 填报单位写的是原来的名称“区卫计局”，已认作区卫健局。请核对；下次请写“区卫健局”。 ¦ ",
    ),
    "two agencies": (
        "| 填报单位：区卫健局、区教育局 | | 数据期：2026年三季度 |", "表.xlsx", "2026Q3",
        "T109 ¦ error ¦ 填报表 ¦ A1 ¦  ¦ 区卫健局、区教育局 ¦ 填报单位“区卫健局、区教育局”与方案的单位名单对不上。请核对：名单里有“区卫健局”“区教育局”，请写明是哪一个。 ¦ ",
    ),
    "the months of a quarter": (
        "| 填报单位：区卫健局 | | 数据期：前三季度 |", "表.xlsx", "2026Q3",
        "T117 ¦ warning ¦ 填报表 ¦ C1 ¦  ¦ 前三季度 ¦ 数据期写的是“前三季度”，已按2026年三季度的数收。请核对；下次请写“数据期：2026年三季度”。 ¦ ",
    ),
    "a date for a month": (
        "| 填报单位：区卫健局 | | 数据期 | @2026-09-01 |", "表.xlsx", "2026-09",
        "T117 ¦ warning ¦ 填报表 ¦ D1 ¦  ¦ 2026-09-01 ¦ 数据期写的是“2026-09-01”，已按2026年9月的数收。请核对；下次请写“数据期：2026年9月”。 ¦ ",
    ),
    "the months of another period": (
        "| 填报单位：区卫健局 | | 数据期：2026年4-9月 |", "表.xlsx", "2026Q3",
        "T114 ¦ error ¦ 填报表 ¦ C1 ¦  ¦ 2026年4-9月 ¦ 这份表是2026年4-9月的，现在收的是2026年三季度。请换用2026年三季度的模板填报。 ¦ ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("head", "name", "period", "expected"), OWN_HEADS.values(), ids=OWN_HEADS)
def test_who_and_when_are_asked_for_or_told_where_the_table_is_their_own(
    head: str, name: str, period: str, expected: str
) -> None:
    collected = Period.parse(period) if period else None
    said = lines_of(
        drawn(head, HEAD, PLACES), "T105", plan=small_plan({"1"}), identity=None, name=name,
        period=collected,
    )  # fmt: skip
    assert said == [expected]


# --- the values ------------------------------------------------------------------------------

VALUES = {
    "left blank": (
        "| 2 | 普惠托位占比 | | | | | | | |",
        "V101 ¦ warning ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦  ¦ 2 普惠托位占比 本期应报，还没有填。请补填；确实没有的，请写“不适用”并说明。 ¦ ",
    ),
    "negative": (
        "| 2 | 普惠托位占比 | | | | -5 | | | 招标中 |",
        "V201 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ -5 ¦ “本期实际值”不应是负数，现在是 -5。请核对。 ¦ ",
    ),
    "over a hundred": (
        "| 2 | 普惠托位占比 | | | | 170 | | | 招标中 |",
        "V202 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 170 ¦ “本期实际值”是占比，不应超过 100，现在是 170。请核对分子和分母；如果确是 170，请在“情况说明”写明，并请专班办公室确认。 ¦ ",
    ),
    "a share for a percentage": (
        "| 2 | 普惠托位占比 | | | | 0.7 | | | 招标中 |",
        "V203 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 0.7 ¦ 2 普惠托位占比 填的是 0.7，疑似填成了小数，应为70%。请按“%”核对；如果确是 0.7，请在“情况说明”写明，并请专班办公室确认。 ¦ 70",
    ),
    "thousands": (
        "| 19 | 最低生活保障年人均标准 | | | | 16.5 | | | 招标中 |",
        "V203 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 16.5 ¦ 19 最低生活保障年人均标准 填的是 16.5，疑似单位为千元，应为16500元。请按“元”核对；如果确是 16.5，请在“情况说明”写明，并请专班办公室确认。 ¦ 16500",
    ),
    "ten thousands": (
        "| 19 | 最低生活保障年人均标准 | | | | 1.7 | | | 招标中 |",
        "V203 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 1.7 ¦ 19 最低生活保障年人均标准 填的是 1.7，疑似单位为万元，应为17000元。请按“元”核对；如果确是 1.7，请在“情况说明”写明，并请专班办公室确认。 ¦ 17000",
    ),
    "single ones for ten thousands": (
        "| 3 | 户籍人口 | | | | 600000 | | | 招标中 |",
        "V203 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 600000 ¦ 3 户籍人口 填的是 600000，疑似单位为人，应为60万人。请按“万人”核对；如果确是 600000，请在“情况说明”写明，并请专班办公室确认。 ¦ 60",
    ),
    "red, by the year's target": (
        "| 18 | 物业服务覆盖率 | | | | 90 | | | |",
        "V208 ¦ error ¦ 填报表 ¦ I3 ¦ 情况说明 ¦  ¦ 18 物业服务覆盖率 本期为红灯（未达到全年目标≥96%，完成率93.8%，低于黄灯线98%），请在“情况说明”写明原因和下一步措施。 ¦ ",
    ),
    "red, and words that say nothing": (
        "| 18 | 物业服务覆盖率 | | | | 90 | | | 同上 |",
        "V208 ¦ error ¦ 填报表 ¦ I3 ¦ 情况说明 ¦ 同上 ¦ 18 物业服务覆盖率 本期为红灯（未达到全年目标≥96%，完成率93.8%，低于黄灯线98%），现在写的“同上”没有说明原因，请在“情况说明”写明原因和下一步措施。 ¦ ",
    ),
    "within the year": (
        "| 6 | 毛入学率 | | | | 76.1 | | | |",
        "V209 ¦ warning ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 76.1 ¦ 6 毛入学率 是年报指标，2026年三季度不必报。已读取，到年底请报全年数。 ¦ ",
    ),
    "no second number": (
        "| 15 | 长期护理保险覆盖人群 | | | | 63 | | | 招标中 |",
        "V206 ¦ error ¦ 填报表 ¦ H3 ¦ 补充值 ¦ 63 ¦ 15 长期护理保险覆盖人群 填了 63，还要填“应覆盖人数（万人）”。请在“补充值”补上。 ¦ ",
    ),
    "more than there are": (
        "| 15 | 长期护理保险覆盖人群 | | | | 64.6 | | 64.5 | 招标中 |",
        "V207 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 64.6 ¦ 15 长期护理保险覆盖人群 填的是 64.6，超过了应覆盖人数（万人） 64.5。请核对两个数。 ¦ ",
    ),
    "nearly all": (
        "| 15 | 长期护理保险覆盖人群 | | | | 基本全覆盖 | | | 招标中 |",
        "V213 ¦ warning ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 基本全覆盖 ¦ 15 长期护理保险覆盖人群 填的是“基本全覆盖”，无法判定是否达标，先按待核处理。请补填已覆盖人数和应覆盖人数。 ¦ ",
    ),
    "all, and no number": (
        "| 15 | 长期护理保险覆盖人群 | | | | 全覆盖 | | | 招标中 |",
        "V214 ¦ warning ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 全覆盖 ¦ 15 长期护理保险覆盖人群 填的是“全覆盖”，没有人数可核。请改填已覆盖的人数，并补填应覆盖人数（万人）。 ¦ ",
    ),
    "a second number nobody asked for": (
        "| 2 | 普惠托位占比 | | | | 71 | | 5 | |",
        "V215 ¦ warning ¦ 填报表 ¦ H3 ¦ 补充值 ¦ 5 ¦ 2 普惠托位占比 不需要填“补充值”，现在填的“5”没有读取。请核对是不是填错了行。 ¦ ",
    ),
    "a measure beside the second number": (
        "| 15 | 长期护理保险覆盖人群 | | | | 63 | | 64.5万人 | 招标中 |",
        "V104 ¦ error ¦ 填报表 ¦ H3 ¦ 补充值 ¦ 64.5万人 ¦ “补充值”应只填数字，现在填的是“64.5万人”。请改为 64.5，不要带单位。 ¦ 64.5",
    ),
}


@pytest.mark.parametrize(("row", "expected"), VALUES.values(), ids=VALUES)
def test_what_is_wrong_with_a_value_is_told_in_full(row: str, expected: str) -> None:
    assert lines_of(drawn(HEAD, PLACES, row)) == [expected]


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (
            "98",
            "V210 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 98 ¦ T1-1-01 物业覆盖 与指标 18 是同一个数，指标处填的是 97，这里填的是 98。请核对后填成一致，或把这里留空。 ¦ 97",
        ),
        (
            "97",
            None,
        ),
    ],
)
def test_a_goal_that_repeats_an_indicator_is_held_against_it(
    again: str, expected: str | None
) -> None:
    rows = (
        "| 18 | 物业服务覆盖率 | | | | 97 | | | |",
        f"| T1-1-01 | 物业覆盖 | | | | {again} | | | |",
    )
    assert lines_of(drawn(HEAD, *rows)) == ([] if expected is None else [expected])


def test_a_goal_whose_indicator_was_left_blank_is_told_so() -> None:
    rows = ("| 18 | 物业服务覆盖率 | | | | | | | |", "| T1-1-01 | 物业覆盖 | | | | 97 | | | |")
    assert lines_of(drawn(HEAD, *rows), "V101") == [
        "V210 ¦ error ¦ 填报表 ¦ F3 ¦ 本期实际值 ¦ 97 ¦ T1-1-01 物业覆盖 与指标 18 是同一个数，指标处填的是 空白，这里填的是 97。请核对后填成一致，或把这里留空。 ¦ "
    ]


BEFORE = {
    "another last value": (
        "| 1 | 托位数 | | | 311 | 320 | | | |",
        record("1", "2026Q2", "310"),
        "T134 ¦ warning ¦ 填报表 ¦ E2 ¦ 上期值 ¦ 311 ¦ 1 托位数 的上期值台账里是 310，现在是“311”，已按台账的算。上期数要更正的，请另行说明。 ¦ 310",
    ),
    "another last word": (
        "| 15 | 长期护理保险覆盖人群 | | | 63 | 全覆盖 | | 64.5 | 招标中 |",
        replace(record("15", "2026Q2", "1"), actual=Word.FULL_COVERAGE),
        "T134 ¦ warning ¦ 填报表 ¦ E2 ¦ 上期值 ¦ 63 ¦ 15 长期护理保险覆盖人群 的上期值台账里是 全覆盖，现在是“63”，已按台账的算。上期数要更正的，请另行说明。 ¦ 全覆盖",
    ),
    "a running count that falls": (
        "| 9 | 培训累计数 | | | | 7.1 | | | 招标中 |",
        record("9", "2026-08", "7.2"),
        "V205 ¦ error ¦ 填报表 ¦ F2 ¦ 本期实际值 ¦ 7.1 ¦ 9 培训累计数 是累计数，上期（2026年8月）已报 7.2，本期填的是 7.1，不应减少。请核对是否只填了当期新增；上期数要更正的，请另行说明。 ¦ ",
    ),
    "far from the last": (
        "| 3 | 户籍人口 | | | | 60 | | | 招标中 |",
        record("3", "2026Q2", "0.006"),
        "V203 ¦ error ¦ 填报表 ¦ F2 ¦ 本期实际值 ¦ 60 ¦ 3 户籍人口 填的是 60，疑似单位为人，应为0.006万人。请按“万人”核对；如果确是 60，请在“情况说明”写明，并请专班办公室确认。 ¦ 0.006",
    ),
    "red, by last year's end": (
        "| 1 | 托位数 | | | | 295 | | | |",
        record("1", "2025Q4", "290"),
        "V208 ¦ error ¦ 填报表 ¦ I2 ¦ 情况说明 ¦  ¦ 1 托位数 本期为红灯（滞后序时25.0个百分点），请在“情况说明”写明原因和下一步措施。 ¦ ",
    ),
}


@pytest.mark.parametrize(("row", "before", "expected"), BEFORE.values(), ids=BEFORE)
def test_what_does_not_follow_what_was_accepted_before_is_told_in_full(
    row: str, before: Any, expected: str
) -> None:
    assert lines_of(drawn(HEAD, row), records=[before]) == [expected]


def test_a_yearly_goal_may_fall_with_the_year_and_not_within_it() -> None:
    plan = small_plan(["T7-1-02"])
    goal = replace(plan.goals[0], cumulative=True, kind=GoalKind.ANNUAL)
    drawing = drawn(HEAD, "| T7-1-02 | 救助标准倍数 | | | | 1.6 | | | 招标中 |")
    plan = replace(plan, goals=(goal,))
    assert lines_of(drawing, plan=plan, records=[record("T7-1-02", "2025Q4", "1.7")]) == []
    assert lines_of(drawing, plan=plan, records=[record("T7-1-02", "2026Q2", "1.7")]) == [
        "V205 ¦ error ¦ 填报表 ¦ F2 ¦ 本期实际值 ¦ 1.6 ¦ T7-1-02 救助标准倍数 是累计数，上期（2026年二季度）已报 1.7，本期填的是 1.6，不应减少。请核对是否只填了当期新增；上期数要更正的，请另行说明。 ¦ "
    ]


def test_a_milestone_past_its_day_is_told_how_late_it_is() -> None:
    plan = small_plan(["M01"])
    plan = replace(plan, milestones=(replace(plan.milestones[0], due=date(2026, 3, 31)),))
    row = "| M01 | 三级托育网络建成 | | | | {} | | | |"
    assert lines_of(drawn(HEAD, row.format("进行中")), plan=plan) == [
        "V208 ¦ error ¦ 填报表 ¦ I2 ¦ 情况说明 ¦  ¦ M01 三级托育网络建成 本期为红灯（已过完成期限2026-03-31共183天，仍在进行），请在“情况说明”写明原因和下一步措施。 ¦ "
    ]
    beside = drawn(HEAD, row.format(""), "| 1 | 托位数 | | | | 320 | | | |")
    plan = replace(plan, indicators=small_plan({"1"}).indicators)
    assert lines_of(beside, plan=plan) == [
        "V101 ¦ warning ¦ 填报表 ¦ F2 ¦ 本期实际值 ¦  ¦ M01 三级托育网络建成 本期应报，还没有填。请补填；确实没有的，请写“不适用”并说明。 ¦ "
    ]


QUOTIENT = "| 指标编码 | 指标名称 | 本期实际值 | 分子 | 分母 | 情况说明 |"


def test_a_share_that_disagrees_is_told_with_the_one_that_comes_out() -> None:
    drawing = drawn(QUOTIENT, "| 2 | 普惠托位占比 | 70 | 200 | 300 | 招标中 |")
    assert lines_of(drawing) == [
        "V216 ¦ error ¦ 填报表 ¦ C2 ¦ 本期实际值 ¦ 70 ¦ 2 普惠托位占比 填的是 70，按分子 200、分母 300 计算是 66.67。请核对这三个数。 ¦ 66.67"
    ]
