"""Heads in two or three rows: columns are told by all that stands above them."""

from __future__ import annotations

from decimal import Decimal
from time import perf_counter

import openpyxl
import pytest
from support.drawn_forms import PERIOD, messages, small_plan, submission

from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.office_files.rules import load_rules

OWN = {"identity": None, "name": "区卫健局2026年三季度.xlsx"}
PLAN = small_plan({"1", "2"})


def read(drawing: str, **options: object) -> tuple[list[str], dict[str, Decimal]]:
    result = submission(drawing, **({"plan": PLAN, "period": PERIOD} | OWN | options))
    said = [f"{f.code} {f.cell or ''}".strip() for f in result.findings if f.code != "T105"]
    return said, {r.code: r.actual for r in result.records}


TAKEN = {"1": Decimal(320), "2": Decimal("70.5")}

READ = {
    "the value below a year, beside the target and a rate": (
        """
        # S
        | 序号 | 指标名称     | 计量单位 | 2026年 |            |        | 备注 |
        |     |              |         | 目标值 | 本期实际值 | 完成率 |      |
        | 1   | 托位数       | 个      | 300   | 320       | 1.07   | 好   |
        | 2   | 普惠托位占比 | %       | 70    | 70.5      | 1.01   | 好   |
        """,
        ["A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:G2"],
        ["T103 F2"],
    ),
    "the same, nothing merged": (
        """
        # S
        | 序号 | 指标名称     | 计量单位 | 2026年 |            |        | 备注 |
        |     |              |         | 目标值 | 本期实际值 | 完成率 |      |
        | 1   | 托位数       | 个      | 300   | 320       | 1.07   | 好   |
        | 2   | 普惠托位占比 | %       | 70    | 70.5      | 1.01   | 好   |
        """,
        [],
        ["T103 F2"],
    ),
    "last and this one": (
        """
        # S
        | 序号 | 指标名称     | 单位 | 目标值 | 完成情况 |       | 备注 |
        |     |              |      |       | 上期    | 本期  |      |
        | 1   | 托位数       | 个   | 300   | 310     | 320   | 好   |
        | 2   | 普惠托位占比 | %    | 70    | 69      | 70.5  | 好   |
        """,
        ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:G2"],
        [],
    ),
    "last and this one, by the heads": (
        """
        # S
        | 序号 | 指标名称     | 上期   | 本期   |
        |     |              | 实际值 | 实际值 |
        | 1   | 托位数       | 310   | 320    |
        | 2   | 普惠托位占比 | 69    | 70.5   |
        """,
        ["A1:A2", "B1:B2"],
        [],
    ),
    "the same time last year": (
        """
        # S
        | 序号 | 指标名称     | 上年同期 | 本期   |
        |     |              | 完成值   | 完成值 |
        | 1   | 托位数       | 310     | 320    |
        | 2   | 普惠托位占比 | 69      | 70.5   |
        """,
        ["A1:A2", "B1:B2"],
        ["T103 C2"],
    ),
    "the aim and what was done": (
        """
        # S
        | 序号 | 指标名称     | 2026年三季度 |      | 备注 |
        |     |              | 目标        | 完成 |      |
        | 1   | 托位数       | 300         | 320  | 好   |
        | 2   | 普惠托位占比 | 70          | 70.5 | 好   |
        """,
        ["A1:A2", "B1:B2", "C1:D1", "E1:E2"],
        [],
    ),
    "the value and how it grew": (
        """
        # S
        | 序号 | 指标名称     | 完成情况 |        |          | 备注 |
        |     |              | 数值    | 同比增长 | 佐证材料 |      |
        | 1   | 托位数       | 320     | 5       | 附件1    | 好   |
        | 2   | 普惠托位占比 | 70.5    | 6       | 附件2    | 好   |
        """,
        ["A1:A2", "B1:B2", "C1:E1", "F1:F2"],
        ["T103 D2"],
    ),
    "three rows": (
        """
        # S
        | 序号 | 指标名称     | 2026年 |        |        | 备注 |
        |     |              | 目标值 | 三季度 |        |      |
        |     |              |        | 实际值 | 完成率 |      |
        | 1   | 托位数       | 300   | 320    | 1.07   | 好   |
        | 2   | 普惠托位占比 | 70    | 70.5   | 1.01   | 好   |
        """,
        ["A1:A3", "B1:B3", "C1:E1", "C2:C3", "D2:E2", "F1:F3"],
        ["T103 E3"],
    ),
    "a row of groups above the head": (
        """
        # S
        |      |              | 年度 |        | 三季度情况 |      |
        | 序号 | 指标名称     | 单位 | 目标值 | 完成值     | 备注 |
        | 1   | 托位数       | 个   | 300   | 320        | 好   |
        | 2   | 普惠托位占比 | %    | 70    | 70.5       | 好   |
        """,
        ["C1:D1", "E1:F1"],
        [],
    ),
    "few known words in either row": (
        """
        # S
        | 序号 | 指标名称     | 指标情况 |        |        |
        |     |              | 单位    | 目标值 | 完成值 |
        | 1   | 托位数       | 个      | 300   | 320    |
        | 2   | 普惠托位占比 | %       | 70    | 70.5   |
        """,
        ["A1:A2", "B1:B2", "C1:E1"],
        [],
    ),
    "the columns numbered below": (
        """
        # S
        | 序号 | 指标名称     | 目标值 | 完成值 |
        | 甲   | 乙          | 1     | 2      |
        | 1   | 托位数       | 300   | 320    |
        | 2   | 普惠托位占比 | 70    | 70.5   |
        """,
        [],
        [],
    ),
    "the columns numbered by numbers": (
        """
        # S
        | 序号 | 指标名称     | 目标值 | 完成值 |
        | 1   | 2            | 3     | 4      |
        | 1   | 托位数       | 300   | 320    |
        | 2   | 普惠托位占比 | 70    | 70.5   |
        """,
        [],
        [],
    ),
    "the measure in brackets below": (
        """
        # S
        | 序号 | 指标名称     | 目标值 | 完成值 | 备注 |
        |     |              |        | （按计量单位） | |
        | 1   | 托位数       | 300   | 320    | 好   |
        | 2   | 普惠托位占比 | 70    | 70.5   | 好   |
        """,
        [],
        [],
    ),
    "the measures below": (
        """
        # S
        | 序号 | 指标名称     | 目标值 | 完成值 | 备注 |
        |     |              | 个    | 万人   |      |
        | 1   | 托位数       | 300   | 320    | 好   |
        | 2   | 普惠托位占比 | 70    | 70.5   | 好   |
        """,
        [],
        [],
    ),
    "the group and the name under one head": (
        """
        # S
        | 序号 | 指标名称 |              | 目标值 | 完成值 |
        | 1   | 幼有善育 | 托位数       | 300   | 320    |
        | 2   | 幼有善育 | 普惠托位占比 | 70    | 70.5   |
        """,
        ["B1:C1"],
        [],
    ),
    "a tall head printed again on the next page": (
        """
        # S
        | 序号 | 指标名称     | 2026年 |        |
        |     |              | 目标值 | 完成值 |
        | 1   | 托位数       | 300   | 320    |
        | 序号 | 指标名称     | 2026年 |        |
        |     |              | 目标值 | 完成值 |
        | 2   | 普惠托位占比 | 70    | 70.5   |
        """,
        ["A1:A2", "B1:B2", "C1:D1", "A4:A5", "B4:B5", "C4:D4"],
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("drawing", "merges", "said"), READ.values(), ids=READ)
def test_the_value_is_read_from_a_head_of_several_rows(drawing, merges, said):
    assert read(drawing, merges=merges) == (said, TAKEN)


def test_two_columns_under_one_head_are_two_even_where_they_say_the_same():
    drawing = """
        # S
        | 序号 | 指标名称     | 本期实际值 |      |
        |     |              | 本季      | 累计 |
        | 1   | 托位数       | 320       | 320  |
        | 2   | 普惠托位占比 | 70.5      | 70.5 |
    """
    assert read(drawing, merges=["A1:A2", "B1:B2", "C1:D1"]) == (["T104 D2"], {})


PAIRS = [
    ("本季", "累计"), ("当月", "累计"), ("本季完成", "累计完成"), ("2025年", "2026年"),
    ("三季度", "1-9月"), ("本期数", "本年累计数"), ("9月", "1—9月"), ("城区", "农村"),
    ("本期完成", "累计完成"), ("实际数", "累计数"),
]  # fmt: skip
TWO = """
    # S
    | 序号 | 指标名称     | 单位 | 目标值 | {head} |        | 备注 |
    |     |              |      |       | {one}  | {two}  |      |
    | 1   | 托位数       | 个   | 300   | 105    | 320    | 好   |
    | 2   | 普惠托位占比 | %    | 70    | 60.5   | 70.5   | 好   |
"""


ALL_MERGED = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:G2"]
IN_DOUBT = [
    *[("本期实际值", one, two, ALL_MERGED) for one, two in PAIRS],
    ("完成情况", "本季", "累计", ALL_MERGED),
    ("实际完成值", "本季", "累计", ALL_MERGED),
    ("本期实际值", "本季", "累计", ["E1:F1"]),
    ("本期实际值", "本季", "累计", []),
    ("完成情况", "2025年", "2026年", ["E1:F1"]),
    ("实际完成值", "城区", "农村", []),
]


@pytest.mark.parametrize(("head", "one", "two", "merges"), IN_DOUBT)
def test_of_two_columns_that_could_be_the_value_none_is_taken(head, one, two, merges):
    result = submission(TWO.format(head=head, one=one, two=two), plan=PLAN, merges=merges, **OWN)
    assert result.status is not SubmissionStatus.ACCEPTED
    (said,) = [f.message for f in result.findings if f.code == "T104"]
    assert f"E2“{head} ▸ {one}”" in said
    assert f"F2“{head} ▸ {two}”" in said
    assert result.records == ()


def test_the_template_s_own_word_does_not_settle_it_beside_a_total():
    drawing = TWO.format(head="完成情况", one="本期实际值", two="累计")
    assert [f.code for f in submission(drawing, plan=PLAN, merges=["E1:F1"], **OWN).findings] == [
        "T104"
    ]


@pytest.mark.parametrize(("one", "two"), [("本季", "累计"), ("2025年", "2026年"), ("当月", "累计")])
def test_of_two_heads_above_the_same_word_none_is_taken(one, two):
    drawing = f"""
        # S
        | 序号 | 指标名称     | {one}  | {two}  |
        |     |              | 完成值 | 完成值 |
        | 1   | 托位数       | 105   | 320    |
    """
    assert "T104" in [f.code for f in submission(drawing, plan=PLAN, **OWN).findings]


ALONE = """
    # S
    | 指标编码 | 指标名称 | {}  | {} | 情况说明 |
    | 1       | 托位数   | 105 | 320 | 年底前完成 |
"""


@pytest.mark.parametrize(
    ("value", "total"),
    [
        ("本期实际值", "累计"),
        ("本期实际值", "本年累计"),
        ("本期实际值", "累计完成"),
        ("本期实际值", "累计值（个）"),
        ("本期实际值", "年初至今累计数"),
        ("本期实际值", "1-9月累计完成"),
        ("本期", "累计"),
        ("完成数", "累计"),
    ],
)
def test_a_total_beside_the_value_has_to_be_told_apart(value, total):
    result = submission(ALONE.format(value, total), plan=small_plan({"1"}), **OWN)
    (said,) = result.findings
    assert said.code == "T104"
    assert f"C1“{value}”、D1“{total}”" in said.message


def test_a_column_of_one_s_own_in_the_template_is_left_out_whatever_it_is_called():
    result = submission(ALONE.format("本期实际值", "累计"), plan=small_plan({"1"}))
    assert [f.code for f in result.findings if f.code != "V202"] == ["T103"]


@pytest.mark.parametrize("beside", ["累计完成率", "累计投资", "同比", "累计增长"])
def test_what_is_no_value_may_stand_beside_it(beside):
    assert read(ALONE.format("本期实际值", beside), plan=small_plan({"1"}))[0] == ["T103 D1"]


NOT_A_HEAD = {
    "a first row without code and name": """
        # S
        | 指标编码 | 指标名称 | 目标值 | 本期实际值 | 情况说明 |
        |         |          |       | 已完成    | 年底前完成 |
        | 1       | 托位数   | 300   | 320       | 年底前完成 |
    """,
    "a number without code and name": """
        # S
        | 指标编码 | 指标名称 | 目标值 | 本期实际值 | 情况说明 |
        |         |          |       | 320       | 年底前完成 |
        | 1       | 托位数   | 300   | 320       | 年底前完成 |
    """,
}


@pytest.mark.parametrize("drawing", NOT_A_HEAD.values(), ids=NOT_A_HEAD)
def test_a_row_of_answers_is_no_heading(drawing):
    assert "T128 D2" in read(drawing)[0]


UNTOUCHED = {
    "a title above that is merged over the values only": """
        # S
        |      |          | 2026年目标完成情况表 |           |
        | 序号 | 指标名称     | 目标值          | 本期实际值 |
        | 1   | 托位数       | 300             | 320       |
        | 2   | 普惠托位占比 | 70              | 70.5      |
    """,
    "a note about the measure above": """
        # S
        |      |              |        | 单位：个、%  |
        | 序号 | 指标名称     | 目标值 | 本期实际值 |
        | 1   | 托位数       | 300    | 320       |
        | 2   | 普惠托位占比 | 70     | 70.5      |
    """,
    "a section below the head": """
        # S
        | 序号 | 指标名称     | 目标值 | 本期实际值 |
        |      | 一、幼有善育 |        |            |
        | 1   | 托位数       | 300    | 320       |
        | 2   | 普惠托位占比 | 70     | 70.5      |
    """,
}


@pytest.mark.parametrize("drawing", UNTOUCHED.values(), ids=UNTOUCHED)
@pytest.mark.parametrize("merges", [["C1:D1"], []], ids=["merged", "not merged"])
def test_what_stands_about_a_plain_head_changes_nothing(drawing, merges):
    if merges and "序号" in drawing.splitlines()[2]:
        merges = []
    assert read(drawing, merges=merges) == ([], TAKEN)


def test_the_columns_in_doubt_are_named_with_their_places():
    said = messages(
        TWO.format(head="本期实际值", one="本季", two="累计"), plan=PLAN, merges=["E1:F1"], **OWN
    )
    assert said == [
        "S!F2  [T104 必须改] “本期实际值”有不止一列（E2“本期实际值 ▸ 本季”、F2“本期实际值 ▸ 累计”），"
        "不知道以哪一列为准。请只保留要报的那一列。"
    ]


def test_where_no_column_is_the_value_s_the_unknown_ones_are_named():
    drawing = """
        # S
        | 序号 | 指标名称 | 目标值 | 三季度数 | 责任科室 |
        | 1   | 托位数   | 300   | 320     | 妇幼科   |
    """
    assert messages(drawing, plan=PLAN, **OWN) == [
        "S  [T102 必须改] 找到了填报表，但没有认出“本期实际值”这一列（不认识的表头有“三季度数”“责任科室”）。"
        "请补上这一列，或把它的表头改成“本期实际值”。"
    ]


@pytest.mark.parametrize("bracket", ["（上年同期）", "（去年）", "（计划）", "（同比）"])
def test_a_bracket_may_say_that_a_column_is_not_this_period_s(bracket):
    drawing = f"""
        # S
        | 序号 | 指标名称     | 完成值{bracket} | 完成值 |
        | 1   | 托位数       | 310           | 320    |
        | 2   | 普惠托位占比 | 69            | 70.5   |
    """
    assert read(drawing) == (["T103 C1"], TAKEN)


@pytest.mark.slow
def test_a_head_with_thousands_of_merged_cells_is_soon_done(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["序号", "指标名称", "完成值", *["注"] * 2000])
    sheet.append(["1", "托位数", 320])
    for column in range(4, 2000, 2):
        sheet.merge_cells(start_row=1, start_column=column, end_row=1, end_column=column + 1)
    path = tmp_path / "区卫健局2026年三季度.xlsx"
    book.save(path)
    started = perf_counter()
    (result,) = check_files(
        [path], small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory()
    )
    assert perf_counter() - started < 20
    assert [r.actual for r in result.records] == [320]
