"""Which item a row is about, however its code was spelled, numbered or left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.drawn_forms import IDENTITY, PERIOD, messages, small_plan, submission, write_drawing

from qiyx_xl.core.forms.item_codes import code_key
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.office_files.rules import load_rules

OWN = {"identity": None, "name": "区卫健局2026年三季度.xlsx"}
PLAN = small_plan({"1", "2", "3", "20", "T7-1-02", "M01"})
_SPOKEN_OF_ANYWAY = {"T105", "T125", "T126"}


def told(drawing: str, **options: object) -> tuple[list[str], dict[str, Decimal]]:
    """Return what is said of a drawing's rows, and the numbers taken from it."""
    result = submission(drawing, **({"plan": PLAN} | options))
    said = [f"{f.code} {f.cell}" for f in result.findings if f.code not in _SPOKEN_OF_ANYWAY]
    return said, {r.code: r.actual for r in result.records if isinstance(r.actual, Decimal)}


CODE = """
    # 填报表
    | 指标编码 | 指标名称 | 本期实际值 |
    | {} | {} | {} |
"""
SPELLINGS = [
    *[("1", text) for text in (
        "'1.0", "'1.00", "'1.", "'01", "'001", "'１", "'·1·", "'１．０", "'1、", "'（1）", "'(1)", "'①",
        "'⒈", "'No.1", "'NO1", "'第1项", "'1号", "'指标1", "'1*", "''1", "1",
    )],
    *[("T7-1-02", text) for text in (
        "t7-1-02", "T7—1—02", "T7－1－02", "Ｔ７－１－０２", "T7–1–02", "T7_1_02", "T7.1.02", "T7-1-2",
        "T07-01-02", "T·7-1-02", "T7102", "T7‑1‑02", "Т7-1-02", "T7 - 1 - 02", "T7/1/02",
    )],
    *[("M01", text) for text in ("m01", "M1", "M-01", "Ｍ01", "M001", "М01")],
]  # fmt: skip
NUMBERS = {"1": ("托位数", "320"), "T7-1-02": ("救助标准倍数", "1.7"), "M01": ("", "已完成")}


@pytest.mark.parametrize(("code", "spelled"), SPELLINGS, ids=[s for _, s in SPELLINGS])
@pytest.mark.parametrize("own", [True, False], ids=["own table", "template"])
def test_a_code_means_its_item_however_a_spreadsheet_left_it(code, spelled, own):
    name, number = NUMBERS[code]
    options = OWN if own else {}
    result = submission(CODE.format(spelled, name, number), plan=small_plan({code}), **options)
    assert [r.code for r in result.records] == [code]
    assert [f.code for f in result.findings] == (["T105"] if own else [])


def test_the_rows_that_are_not_there_are_said_and_no_others():
    result = submission(CODE.format("1", "托位数", "320"), plan=PLAN)
    missing = [f.message.split("”")[0] for f in result.findings]
    assert missing == ["缺少“2 普惠托位占比", "缺少“3 户籍人口", "缺少“T7-1-02 救助标准倍数"]


@pytest.mark.parametrize(
    "text", ["1.5", "1-", "合计", "一、指标", "T", "2026年", "-", "0.1", "1e3", ""]
)
def test_what_is_no_code_is_not_taken_for_one(text):
    assert code_key(text) is None


ROWS = {
    "a code that is none, beside a name": (
        OWN, "77 | 托位数 | 320", ["T130 A2"], {"1": 320},
    ),
    "a date where the code was, beside a name": (
        OWN, "@2003-01-01 | 托位数 | 320", ["T130 A2"], {"1": 320},
    ),
    "an error where the code was, beside a name": (
        OWN, "#REF! | 托位数 | 320", ["T130 A2"], {"1": 320},
    ),
    "a running number, the name another item's": (
        OWN, "2 | 托位数 | 320", ["T130 A2"], {"1": 320},
    ),
    "a running number of another agency's item": (
        OWN, "20 | 托位数 | 320", ["T130 A2"], {"1": 320},
    ),
    "another agency's item by name, numbered like one of theirs": (
        OWN, "1 | “浙里惠民保”投保率 | 71", ["T122 A2", "T130 A2"], {},
    ),
    "another agency's code, a name nobody knows": (
        OWN, "20 | 床位数 | 320", ["T144 B2"], {},
    ),
    "their own code, a name nobody knows": (
        OWN, "1 | 床位数 | 320", ["T131 B2"], {"1": 320},
    ),
    "the name numbered": (
        OWN, "1 | 1、托位数 | 320", [], {"1": 320},
    ),
    "no code, and the name numbered": (
        OWN, " | （1）托位数 | 320", ["T127 B2"], {"1": 320},
    ),
    "our template: the name of another item": (
        {}, "2 | 托位数 | 71", ["T131 B2"], {"2": 71},
    ),
    "our template: another agency's code, their own name": (
        {}, "20 | 托位数 | 320", ["T130 A2"], {"1": 320},
    ),
    "our template: a code that is none, beside a name": (
        {}, "77 | 托位数 | 320", ["T130 A2"], {"1": 320},
    ),
    "another agency's item, code and name": (
        {}, "20 | “浙里惠民保”投保率 | 71", ["T122 A2"], {},
    ),
    "a goal whose letter was left out": (
        {}, "7-1-02 | 别的 | 1.7", ["T121 A2"], {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("options", "row", "said", "taken"), ROWS.values(), ids=ROWS)
def test_what_a_row_is_about(options, row, said, taken):
    drawing = f"""
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | {row} |
    """
    assert told(drawing, **options) == (said, taken)


def test_a_row_that_is_there_under_another_code_is_not_said_to_be_missing():
    result = submission(CODE.format("2", "托位数", "71"), plan=small_plan({"1", "2"}))
    assert [f.code for f in result.findings] == ["T131"]


def test_a_code_is_believed_where_its_column_is_headed_as_one():
    said, taken = told(
        """
        # 填报表
        | 指标编码 | 指标名称     | 本期实际值 |
        | 2       | 托位数       | 320       |
        | 3       |              | 60        |
        """,
        **OWN,
    )
    assert (said, taken) == (["T130 A2"], {"1": 320, "3": 60})


def test_a_second_table_is_held_against_the_first_however_its_codes_are_spelled():
    drawing = CODE.format("1", "托位数", "320") + CODE.format("'1.0", "托位数", "321").replace(
        "# 填报表", "# 旧"
    )
    result = submission(drawing, plan=small_plan({"1"}))
    assert [f.code for f in result.findings] == ["T139"]


def test_a_date_in_the_place_of_a_code_is_told_apart_from_a_wrong_one():
    (said,) = [
        m for m in messages(CODE.format("@2003-01-01", "别的", "3"), plan=PLAN) if "T121" in m
    ]
    assert "2003-01-01" in said
    assert "变成了日期" in said


RUNNING = """
    # 填报表
    | 序号 | 指标名称     | 本期实际值 |
    | 1   | 托位数       | 320       |
    | 2   | 救助标准倍数 | 1.7       |
    | 3   | {}           | 60        |
"""


def test_running_numbers_may_agree_in_some_rows():
    said, taken = told(RUNNING.format("户籍人口"), **OWN)
    assert said == ["T130 A3"]
    assert taken == {"1": 320, "T7-1-02": Decimal("1.7"), "3": 60}


@pytest.mark.parametrize("name", ["", "床位数"])
def test_a_running_number_alone_is_no_code(name):
    said, taken = told(RUNNING.format(name), **OWN)
    assert said == ["T130 A3", "T145 B4"]
    assert "3" not in taken


def test_no_row_of_the_senders_own_is_to_be_deleted():
    plan = small_plan({"1", "2", "20"})
    result = submission(
        """
        # 填报表
        | 填报单位：区教育局 | | 数据期：2026年三季度 |
        | 序号 | 指标名称           | 本期实际值 |
        | 1   | “浙里惠民保”投保率 | 71        |
        """,
        plan=plan,
        identity=None,
    )
    assert [r.code for r in result.records] == ["20"]
    assert result.status is SubmissionStatus.ACCEPTED
    assert not any("删去" in f.message for f in result.findings)


def test_the_row_with_the_wrong_code_is_the_one_that_is_said():
    said, taken = told("""
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 床位数   | 310       |
        | 1       | 托位数   | 320       |
    """)
    assert said == ["T131 B2"]
    assert taken == {"1": 320}


def test_a_row_told_by_its_name_is_said_in_every_file(tmp_path):
    drawing = """
        # 填报表
        | 指标编码 | 类别 | 指标名称 | 计量单位 | 目标值 | 上期值 | 本期实际值 | 补充项 | 补充值 | 情况说明 |
        | '77     | 指标 | 托位数   | 个      | '300  |        | 320        | —      |       | 已完成新增 |
    """
    paths = [
        write_drawing(
            tmp_path / f"{name}2026Q3.xlsx", drawing, identity=IDENTITY | {"agency": name}
        )
        for name in ("区卫健局", "卫健局")
    ]
    results = check_files(
        paths, small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory()
    )
    for result in results:
        assert "T130" in [f.code for f in result.findings]
        assert [r.actual for r in result.records] == [320]


SUMS = {
    "in the code's column": "合计 |  | 391",
    "with a space": "'合 计 |  | 391",
    "in the name's column": " | 合计 | 391",
    "by a formula": "合计 |  | =SUM(C2:C3) → 391",
    "a formula without its result": "合计 |  | =SUM(C2:C3) →",
    "of a part": "幼有善育小计 |  | 391",
    "in brackets": "总计（2项） |  | 391",
    "of which": " | 其中：城区 | 391",
    "numbered on": "3 | 合计 | 391",
    "numbered like another agency's item": "20 | 合计 | 391",
    "average": "平均值 |  | 391",
    "English": "Total |  | 391",
}


@pytest.mark.parametrize("row", SUMS.values(), ids=SUMS)
def test_a_sum_is_read_past_and_never_booked(row):
    drawing = f"""
        # 填报表
        | 序号 | 指标名称     | 本期实际值 |
        | 1   | 托位数       | 320       |
        | 2   | 普惠托位占比 | 71        |
        | {row} |
    """
    said, taken = told(drawing, **OWN)
    assert said == ["T143 C4"]
    assert taken == {"1": 320, "2": 71}


def test_a_sum_in_a_column_of_their_own_before_the_code():
    said, taken = told("""
        # 填报表
        | 领域     | 指标编码 | 指标名称     | 本期实际值 |
        | 幼有善育 | 1       | 托位数       | 320       |
        | 小计     |         |              | 320       |
    """)
    assert said == ["T103 A1", "T143 D3"]
    assert taken == {"1": 320}


def test_an_item_that_is_called_like_a_sum_is_an_item():
    plan = small_plan({"1", "2"})
    first = replace(plan.indicators[0], name="累计投入资金合计")
    plan = replace(plan, indicators=(first, plan.indicators[1]))
    for code in ("1", ""):
        said, taken = told(CODE.format(code, "累计投入资金合计", "320"), plan=plan, **OWN)
        assert taken == {"1": 320}
        assert said == ([] if code else ["T127 B2"])


def test_a_template_s_own_row_renamed_to_a_sum_is_asked_about():
    assert told(CODE.format("1", "合计", "320"))[0] == ["T131 B2"]


def test_a_row_with_an_unknown_code_and_a_name_ending_like_a_sum_is_not_passed_over():
    assert told(CODE.format("T9-9-99", "医疗费用合计", "320"))[0] == ["T121 A2"]


def test_a_number_and_a_code_beside_each_other():
    said, taken = told(
        """
        # 填报表
        | 序号 | 编码    | 指标名称     | 本期实际值 |
        | 1   | 2       | 普惠托位占比 | 71        |
        | 2   | T7-1-02 | 救助标准倍数 | 1.7       |
        """,
        **OWN,
    )
    assert (said, taken) == ([], {"2": 71, "T7-1-02": Decimal("1.7")})
