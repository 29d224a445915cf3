"""What is said about the cells to fill in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.drawn_forms import found, messages, record, small_plan, submission

from qiyx_xl.core.findings import CATALOGUE
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.records.submission import SubmissionStatus


def test_a_clean_form_is_accepted_with_every_number_and_nothing_to_say():
    result = submission("""
        # 填报表
        | 指标编码 | 指标名称     | 计量单位 | 本期实际值 | 情况说明 |
        | 1       | 托位数       | 个      | 320       |         |
        | 2       | 普惠托位占比 | %       | 70.5      |         |
    """)
    assert result.findings == ()
    assert result.status is SubmissionStatus.ACCEPTED
    assert [(r.code, r.actual) for r in result.records] == [("1", 320), ("2", Decimal("70.5"))]
    assert result.contact == "王芳 0574-12345678"
    assert result.records[1].source is not None
    assert (result.records[1].source.sheet, result.records[1].source.cell) == ("填报表", "D3")


def test_a_unit_typed_into_a_number_cell_is_pointed_out_with_the_number_to_keep():
    assert messages("""
        # 填报表
        | 指标编码 | 指标名称 | 计量单位 | 本期实际值 |
        | 1       | 托位数   | 个      | 320个     |
    """) == [
        "填报表!D2  [V104 必须改] “本期实际值”应只填数字，现在填的是“320个”。请改为 320，不要带单位。"
    ]


def test_the_header_is_named_as_the_sender_wrote_it():
    (message,) = messages("""
        # 填报表
        | 编码 | 名称   | 单位 | 本季度完成值 | 实际完成值 |
        | 1   | 托位数 | 个   |             | 320个     |
    """, period=None)[1:]  # fmt: skip
    assert message.startswith("填报表!E2  [V104 必须改] “实际完成值”")


ONE_CELL = [
    # measure by code: 1 个, 2 %, 3 万人, 9 万人次, 11 ‰, 19 元, T7-1-02 倍
    ("1", "约320", "V105"),
    ("1", "320户", "V106"),
    ("1", "@2026-09-30", "V107"),
    ("1", "TRUE", "V108"),
    ("1", "#N/A", "V109"),
    ("1", "=SUM(Z1) →", "V110"),
    ("1", "=300+20 → 320", "V111"),
    ("1", "'330206199001011234", "V112"),
    ("1", "很多", "V103"),
    ("2", "全覆盖", "V113"),
    ("1", "/", "V114"),
    ("1", "无", "V115"),
    ("2", "70%%", "V116"),
    ("1", "70%%", "V106"),
    ("2", "９６％", "V102"),
    ("1", "-5", "V201"),
    ("2", "170", "V202"),
    ("1", "", "V101"),
    ("19", "1.7", "V203"),
    ("2", "0.7", "V203"),
]


@pytest.mark.parametrize(("code", "cell", "expected"), ONE_CELL)
def test_each_kind_of_cell_gets_its_own_code_at_its_own_place(code, cell, expected):
    names = {"1": "托位数", "2": "普惠托位占比", "19": "最低生活保障年人均标准"}
    drawing = f"""
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 | 情况说明 |
        | {code} | {names[code]} | {cell} | 招标中 |
        | 18 | 物业服务覆盖率 | 97 | |
    """
    assert found(drawing) == [f"{expected} C2"]


def test_a_magnitude_finding_offers_the_number_that_is_probably_meant():
    (finding,) = submission("""
        # 填报表
        | 指标编码 | 指标名称               | 本期实际值 | 情况说明 |
        | 19      | 最低生活保障年人均标准 | 1.7       | 已提标   |
    """).findings
    assert finding.suggestion == "17000"
    assert "疑似单位为万元，应为17000元" in finding.message


def test_a_number_is_held_against_the_last_one_before_the_target():
    drawing = """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 | 情况说明 |
        | 3       | 户籍人口 | {}        | 招标中   |
    """
    # Far from the target of 60 and close to what was accepted before, or the other way round.
    assert found(drawing.format("0.006"), records=[record("3", "2026Q2", "0.006")]) == []
    assert found(drawing.format("60"), records=[record("3", "2026Q2", "0.006")]) == ["V203 C2"]


def test_a_running_count_must_not_fall():
    drawing = """
        # 填报表
        | 指标编码 | 指标名称   | 本期实际值 | 情况说明 |
        | 9       | 培训累计数 | 7.1       | 招标中   |
    """
    assert found(drawing, records=[record("9", "2026-08", "7.2")]) == ["V205 C2"]
    assert found(drawing, records=[record("9", "2026-08", "7.1")]) == []
    assert found(drawing, records=[record("9", "2026Q4", "7.9")]) == [], "only older ones count"


def test_a_red_lamp_needs_an_explanation():
    drawing = """
        # 填报表
        | 指标编码 | 指标名称       | 本期实际值 | 情况说明 |
        | 18      | 物业服务覆盖率 | 90        | {}      |
    """
    assert found(drawing.format("")) == ["V208 D2"]
    assert found(drawing.format("两个小区正在招标")) == []


@pytest.mark.parametrize(
    "empty", ["/", "—", "无", "同上", "。", "√", "已填", "见附件", "123", "\u2800"]
)
def test_words_that_say_nothing_do_not_explain_a_red_lamp_whoever_sent_the_same_row_before(empty):
    drawing = """
        # 填报表
        | 指标编码 | 指标名称       | 本期实际值 | 情况说明 |
        | 18      | 物业服务覆盖率 | {}        | '{}      |
    """
    assert found(drawing.format("90", "两个小区正在招标")) == []
    assert found(drawing.format("90", empty)) == ["V208 D2"]
    assert found(drawing.format("97", empty)) == [], "nothing has to be explained"


def test_a_red_lamp_with_empty_words_is_told_what_they_lack():
    assert messages("""
        # 填报表
        | 指标编码 | 指标名称       | 本期实际值 | 情况说明 |
        | 18      | 物业服务覆盖率 | 90        | 同上     |
    """) == [
        "填报表!D2  [V208 必须改] 18 物业服务覆盖率 本期为红灯（未达到全年目标≥96%，"
        "完成率93.8%，低于黄灯线98%），"
        "现在写的“同上”没有说明原因，请在“情况说明”写明原因和下一步措施。"
    ]


def test_coverage_asks_for_both_numbers_and_that_they_fit():
    drawing = """
        # 填报表
        | 指标编码 | 指标名称             | 本期实际值 | 补充项               | 补充值 | 情况说明 |
        | 15      | 长期护理保险覆盖人群 | {}        | 应覆盖人数（万人）   | {}    | 招标中    |
    """
    assert found(drawing.format("63.2", "64.5")) == []
    assert found(drawing.format("63.2", "")) == ["V206 E2"]
    assert found(drawing.format("65", "64.5")) == ["V207 C2"]
    assert found(drawing.format("基本全覆盖", "")) == ["V213 C2"]
    assert found(drawing.format("全覆盖", "")) == ["V214 C2"]
    assert found(drawing.format("63.2", "64.5万人")) == ["V104 E2"]
    both = submission(drawing.format("已全覆盖", "64.5"))
    assert [f.code for f in both.findings] == ["V102"]
    assert both.records[0].actual is Word.FULL_COVERAGE
    assert both.records[0].second == Decimal("64.5")


def test_a_second_number_nobody_asked_for_is_pointed_out():
    assert found("""
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 | 补充值 |
        | 1       | 托位数   | 320       | 96    |
    """) == ["V215 D2"]


@pytest.mark.parametrize("nothing", ["/", "—", "一一", "无", "不适用", "\u2800"])
def test_a_dash_where_no_second_number_is_asked_for_is_nothing_to_speak_of(nothing):
    assert (
        found(f"""
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 | 补充值 |
        | 1       | 托位数   | 320       | {nothing} |
    """)
        == []
    )


def test_a_yearly_item_within_the_year_is_taken_with_a_warning():
    result = submission("""
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 6       | 毛入学率 | 76.1      |
    """)
    assert [f.code for f in result.findings] == ["V209"]
    assert result.status is SubmissionStatus.ACCEPTED


def test_a_goal_that_repeats_an_indicator_must_say_the_same():
    drawing = """
        # 填报表
        | 指标编码 | 指标名称       | 本期实际值 |
        | 18      | 物业服务覆盖率 | 97        |
        | T1-1-01 | 物业覆盖       | {}        |
    """
    assert found(drawing.format("97")) == []
    assert found(drawing.format("")) == []
    assert found(drawing.format("98")) == ["V210 C3"]
    assert [r.code for r in submission(drawing.format("97")).records] == ["18"], "counted once"


@pytest.mark.parametrize("word", ["已完成", "完成", "是", "100%", "√"])
def test_a_milestone_is_done_in_many_words(word):
    result = submission(f"""
        # 填报表
        | 指标编码 | 指标名称         | 本期实际值 |
        | M01     | 三级托育网络建成 | {word}    |
    """)
    assert result.status is SubmissionStatus.ACCEPTED
    assert result.records[0].actual is Word.DONE


def test_a_milestone_that_says_something_else_is_asked_to_choose():
    assert messages("""
        # 填报表
        | 指标编码 | 指标名称         | 本期实际值 |
        | M01     | 三级托育网络建成 | 正抓紧办   |
    """) == [
        "填报表!C2  [V117 必须改] “本期实际值”请从“已完成、进行中、未通过”中选一个，"
        "现在填的是“正抓紧办”。还没有开始的请留空。"
    ]


def test_a_rule_of_the_schema_speaks_chinese():
    (message,) = messages(f"""
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 | 情况说明 |
        | 1       | 托位数   | 320       | {"很长" * 1001} |
    """)
    assert message == (
        "填报表!D2  [V305 必须改] “情况说明”应不超过 2000 个字，详细材料另行报送，现在有 2002 个字。请修改。"
    )


def test_a_mutated_number_is_never_accepted_as_the_old_one():
    for cell in ("320", "32O", "3２0", "3 20", "32·0", "320.", "0320", "320-", "(320)", "3.2e2"):
        result = submission(f"""
            # 填报表
            | 指标编码 | 指标名称 | 本期实际值 |
            | 1       | 托位数   | {cell}    |
        """)
        if result.status is SubmissionStatus.ACCEPTED:
            assert result.records[0].actual == Decimal(320)
        else:
            assert not isinstance(result.records[0].actual, Decimal)


def test_every_code_about_values_is_in_the_catalogue():
    assert all(expected in CATALOGUE for _, _, expected in ONE_CELL)


QUOTIENTS = {
    "75": ("75", "300", "400", []),
    "rounded to what is written": ("66.7", "200", "300", []),
    "no decimals, no more asked": ("67", "200", "300", []),
    "another share": ("70", "300", "400", ["V216 D2"]),
    "more decimals than are true": ("66.70", "200", "300", []),
    "cut off instead of rounded": ("66.6", "200", "300", ["V216 D2"]),
    "no denominator": ("70", "300", "", []),
    "a denominator of nothing": ("70", "300", "0", []),
    "no number": ("不适用", "300", "400", []),
}


@pytest.mark.parametrize(
    ("actual", "part", "base", "expected"), QUOTIENTS.values(), ids=QUOTIENTS.keys()
)
def test_a_share_is_held_against_its_numerator_and_denominator(actual, part, base, expected):
    drawing = f"""
        # 填报表
        | 指标编码 | 指标名称     | 计量单位 | 本期实际值 | 分子   | 分母   | 情况说明 |
        | 2       | 普惠托位占比 | %       | {actual} | {part} | {base} | 招标中   |
    """
    assert found(drawing) == expected


def test_the_share_that_disagrees_is_said_with_the_one_that_comes_out():
    assert messages("""
        # 填报表
        | 指标编码 | 指标名称     | 计量单位 | 本期实际值 | 分子 | 分母 | 情况说明 |
        | 2       | 普惠托位占比 | %       | 70        | 200  | 300  | 招标中   |
    """) == [
        "填报表!D2  [V216 必须改] 2 普惠托位占比 填的是 70，按分子 200、分母 300 计算是 66.67。请核对这三个数。"
    ]


def test_a_milestone_filled_with_a_number_is_asked_for_one_of_the_words():
    assert messages("""
        # 填报表
        | 指标编码 | 指标名称         | 本期实际值 |
        | M01     | 三级托育网络建成 | -5        |
    """) == [
        "填报表!C2  [V117 必须改] “本期实际值”请从“已完成、进行中、未通过”中选一个，"
        "现在填的是“-5”。还没有开始的请留空。"
    ]


SEVEN = ("2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2")
GROWN = ("300", "302", "305", "308", "310", "313", "315")


def changed(value: str, *, known: int = 7, **options: object) -> list[str]:
    """What is said of a number after so many earlier ones that grew by two or three a quarter."""
    records = [record("1", *one) for one in list(zip(SEVEN, GROWN, strict=True))[-known:]]
    drawing = f"""
        # 填报表
        | 指标编码 | 指标名称 | 计量单位 | 本期实际值 | 情况说明 |
        | 1       | 托位数   | 个      | {value}   | 调整    |
    """
    return messages(drawing, records=records, **options)


def test_a_number_outside_the_band_of_its_own_history_is_to_be_checked_and_is_accepted():
    assert changed("360") == [
        "填报表!D2  [V217 请核对] 1 托位数 填的是 360，上一个数（2026年二季度）是 315；"
        "照以前各期的变化，应在 311 到 324 之间。请核对；确实如此的，请在“情况说明”写明原因。"
    ]
    assert changed("324") == changed("311") == []


def test_five_earlier_numbers_are_no_history_and_a_worse_fault_is_told_alone():
    assert changed("360", known=5) == []
    assert [one.split()[1] for one in changed("315000")] == ["[V203"]


def test_what_jumps_by_nature_is_never_odd():
    plan = small_plan({"1"})
    (item,) = (one for one in plan.indicators if one.code == "1")
    jumping = replace(plan, indicators=(replace(item, jumps=True),))
    assert changed("360", plan=jumping) == []
