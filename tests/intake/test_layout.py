"""The form is found and read whatever was done to the sheet; what was not understood is said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from support.drawn_forms import (
    AGENCY,
    IDENTITY,
    OTHER_AGENCY,
    PERIOD,
    codes_in,
    found,
    messages,
    small_plan,
    submission,
    write_drawing,
)

from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.intake.batch import check_files

PLAIN = """
    # 填报表
    | 指标编码 | 指标名称     | 计量单位 | 目标值 | 本期实际值 | 情况说明 |
    | 1       | 托位数       | 个      | 300   | 320       |         |
    | 2       | 普惠托位占比 | %       | 70    | 70.5      |         |
"""
SAME_TABLE = {
    "columns in another order": """
        # 填报表
        | 本期实际值 | 情况说明 | 指标名称     | 指标编码 |
        | 320       |         | 托位数       | 1       |
        | 70.5      |         | 普惠托位占比 | 2       |
    """,
    "moved down and to the right under a title": """
        # 填报表
        |  |  | 七优享指标填报表 | | | |
        |  |  | | | | |
        |  |  | 填报单位：区卫健局 | | 数据期：2026年三季度 | |
        |  |  | 指标编码 | 指标名称     | 计量单位 | 本期实际值 |
        |  |  | 1       | 托位数       | 个      | 320       |
        |  |  | 2       | 普惠托位占比 | %       | 70.5      |
    """,
    "headers renamed, spaced, full-width and bracketed": """
        # 填报表
        | 序  号 | 名称         | 单位 | 本期完成值（2026年三季度） | 备注 |
        | 1     | 托位数       | 个   | 320                       |     |
        | 2     | 普惠托位占比 | %    | 70.5                      |     |
    """,
    "sections, blank rows and notes between the rows": """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 一、幼有善育 | | |
        | 1       | 托位数       | 320  |
        | | | |
        | 二、其他 | | |
        | 2       | 普惠托位占比 | 70.5 |
        | 注：以上为时点数 | | |
    """,
    "the head repeated for the next page": """
        # 填报表
        | 指标编码 | 指标名称     | 本期实际值 |
        | 1       | 托位数       | 320       |
        | 指标编码 | 指标名称     | 本期实际值 |
        | 2       | 普惠托位占比 | 70.5      |
    """,
    "on a renamed sheet behind another one": """
        # 说明
        | 请填写第二张表 |
        # Sheet2
        | 指标编码 | 指标名称     | 本期实际值 |
        | 1       | 托位数       | 320       |
        | 2       | 普惠托位占比 | 70.5      |
    """,
    "codes and numbers pasted as text": """
        # 填报表
        | 指标编码 | 指标名称     | 目标值 | 本期实际值 |
        | '01     | 托位数       | '300  | '320      |
        | '２     | 普惠托位占比 | '70   | '70.5     |
    """,
    "quotes and brackets retyped": """
        # 填报表
        | 指标编码 | 指标名称 | 计量单位 | 本期实际值 |
        | 1       | "托位数" | “个”    | 320       |
        | 2       | 普惠托位占比(%) | ％ | 70.5    |
    """,
}


@pytest.mark.parametrize("drawing", SAME_TABLE.values(), ids=SAME_TABLE)
def test_the_same_numbers_are_read_from(drawing):
    result = submission(drawing, plan=small_plan({"1", "2"}))
    assert result.findings == ()
    assert [(r.code, r.actual) for r in result.records] == [("1", 320), ("2", Decimal("70.5"))]


def test_an_unknown_header_is_said_and_its_column_left_out():
    assert messages("""
        # 填报表
        | 指标编码 | 责任科室 | 指标名称 | 本期实际值 |
        | 1       | 妇幼科   | 托位数   | 320       |
    """) == [
        "填报表!B1  [T103 请核对] 不认识表头“责任科室”，这一列没有读取。"
        "如果是模板里的列改了名，请改回原来的名称。"
    ]


TEMPLATE_FINDINGS = {
    "T101 no form on any sheet": (
        """
        # 随便
        | 一月 | 二月 |
        | 3   | 4   |
        """,
        ["T101"],
    ),
    "T102 no column to read": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 计量单位 |
        | 1       | 托位数   | 个      |
        """,
        ["T102 填报表"],
    ),
    "T104 the column twice, with different numbers": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 | 本期实际值 |
        | 1       | 托位数   | 320       | 321       |
        """,
        ["T104 D1"],
    ),
    "T121 a code nobody knows": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 托位数   | 320       |
        | 77      | 别的     | 3         |
        """,
        ["T121 A3"],
    ),
    "T122 another agency's item": (
        """
        # 填报表
        | 指标编码 | 指标名称             | 本期实际值 |
        | 1       | 托位数               | 320       |
        | 20      | “浙里惠民保”投保率   | 71        |
        """,
        ["T122 A3"],
    ),
    "T123 an item twice, differently": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 托位数   | 320       |
        | 1       | 托位数   | 321       |
        """,
        ["T123 C3"],
    ),
    "T124 an item twice, alike": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 托位数   | 320       |
        | 1       | 托位数   | 320       |
        """,
        ["T124 C3"],
    ),
    "T127 a row known by its name": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 2       | 普惠托位占比 | 70.5  |
        |         | “托位数” | 320       |
        """,
        ["T127 B3"],
    ),
    "T128 a number in a row of nothing": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 托位数   | 320       |
        |         | 床位数   | 320       |
        """,
        ["T128 C3"],
    ),
    "T131 a changed name": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 床位数   | 320       |
        """,
        ["T131 B2"],
    ),
    "T132 a changed target": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 目标值 | 本期实际值 |
        | 1       | 托位数   | 30    | 320       |
        """,
        ["T132 C2"],
    ),
    "T133 a changed measure": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 计量单位 | 本期实际值 |
        | 1       | 托位数   | 万个    | 320       |
        """,
        ["T133 C2"],
    ),
    "T142 nothing filled in": (
        """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 托位数   |           |
        """,
        ["T142 填报表"],
    ),
}


@pytest.mark.parametrize(("drawing", "expected"), TEMPLATE_FINDINGS.values(), ids=TEMPLATE_FINDINGS)
def test_what_is_wrong_with_the_table(drawing, expected):
    drawn = {"1", "2", "20"} & codes_in(drawing) | {"1"}
    assert found(drawing, plan=small_plan(drawn)) == expected


def test_a_changed_name_asks_which_indicator_was_meant():
    assert messages("""
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 床位数   | 320       |
    """) == [
        "填报表!B2  [T131 必须改] 编码 1 的名称应为“托位数”，现在是“床位数”。"
        "请改回，并核对这一行填的是不是这个指标的数。"
    ]


def test_a_deleted_row_of_the_template_is_missed():
    drawing = """
        # 填报表
        | 指标编码 | 指标名称 | 本期实际值 |
        | 1       | 托位数   | 320       |
    """
    two = small_plan({"1", "2"})
    assert found(drawing, plan=two) == ["T125 填报表"]
    # A table of their own making lacks what they did not know of: only said.
    own = submission(drawing, plan=two, identity=None, name="区卫健局2026年三季度.xlsx")
    assert [f.code for f in own.findings] == ["T105", "T126"]
    assert own.status is SubmissionStatus.ACCEPTED


def test_a_workbook_that_never_was_the_template_is_taken_with_a_warning():
    result = submission("""
        # 三季度
        | 填报单位：区卫健局 | | 数据期：2026年三季度 | |
        | 序号 | 指标名称 | 完成情况 | 备注 |
        | 1   | 托位数   | 320     |      |
    """, identity=None)  # fmt: skip
    assert [f.code for f in result.findings] == ["T105"]
    assert (result.agency, str(result.period)) == ("区卫健局", "2026Q3")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("卫健局_2026Q3.xlsx", ["T105 填报表"]),
        ("2026年三季度 区卫健局(终稿).xlsx", ["T105 填报表"]),
        ("卫健局.xlsx", ["T105 填报表", "T112 填报表"]),
        ("2026Q3.xlsx", ["T105 填报表", "T108 填报表"]),
    ],
)
def test_a_file_name_may_say_who_and_when_if_the_table_does_not(name, expected):
    assert found(PLAIN, identity=None, name=name) == expected


SENDERS = {
    "T106": {"schema": "form/0"},
    "T107": {"plan_id": "other"},
    "T109": {"agency": "区卫生系统"},
    "T113": {"period": "秋天"},
    "T114": {"period": "2026Q2"},
}


@pytest.mark.parametrize(("code", "change"), SENDERS.items(), ids=SENDERS)
def test_what_is_wrong_with_the_template_or_its_sender(code, change):
    assert found(PLAIN, identity=IDENTITY | change)[0].split()[0] == code


def test_an_unknown_agency_is_offered_the_one_it_probably_is():
    assert messages(PLAIN, identity=IDENTITY | {"agency": "区卫健系统"}) == [
        "填报表  [T109 必须改] 填报单位“区卫健系统”与方案的单位名单对不上。"
        "请核对：如果是名单里写作“区卫健局”的单位，请照此写。"
    ]


@pytest.mark.parametrize(
    "text",
    ["填报单位：区卫生健康局", "填报单位（盖章）：北仑区卫生健康局", "上报单位：区卫健局（公章）"],
)
def test_an_agency_goes_by_its_full_name_too(text):
    result = submission(OWN_HEAD.format(text, ""), plan=small_plan({"1"}), identity=None)
    assert result.agency == AGENCY
    assert [f.code for f in result.findings] == ["T105"]


def test_a_label_with_a_seal_stands_before_the_agency():
    drawing = OWN_HEAD.format("填报单位（盖章）", "区卫健局规财科")
    assert submission(drawing, plan=small_plan({"1"}), identity=None).agency == AGENCY


def test_an_agency_s_name_of_before_the_reform_is_taken_with_a_warning():
    said = messages(
        OWN_HEAD.format("填报单位：区卫计局", ""), plan=small_plan({"1"}), identity=None
    )
    assert said[1:] == [
        "填报表!A1  [T118 请核对] 填报单位写的是原来的名称“区卫计局”，已认作区卫健局。"
        "请核对；下次请写“区卫健局”。"
    ]


def test_of_two_agencies_in_one_cell_none_is_guessed():
    drawing = OWN_HEAD.format("填报单位：区卫健局、区教育局", "")
    said = messages(drawing, plan=small_plan({"1"}), identity=None)
    assert any("名单里有“区卫健局”“区教育局”，请写明是哪一个" in one for one in said)


def test_another_district_s_agency_is_not_taken_for_ours():
    drawing = OWN_HEAD.format("填报单位：鄞州区卫健局", "")
    result = submission(drawing, plan=small_plan({"1"}), identity=None)
    assert result.agency is None
    assert "T109" in [f.code for f in result.findings]


def test_another_period_is_only_wrong_if_one_is_being_collected():
    other = IDENTITY | {"period": "2026Q2"}
    assert found(PLAIN, identity=other, period=None) == []


HEAD = """
    # 填报表
    | 填报单位：{} | | 数据期：{} |
    | 指标编码 | 指标名称     | 本期实际值 |
    | 1       | 托位数       | 320       |
"""


OWN_HEAD = """
    # 填报表
    | {} | {} | 数据期：2026年三季度 |
    | 序号 | 指标名称 | 完成情况 |
    | 1   | 托位数   | 320     |
"""


def test_what_the_sheet_says_must_agree_with_the_template():
    assert found(HEAD.format("区卫健局", "2026年三季度")) == []
    assert found(HEAD.format("卫健局", "2026Q3")) == []
    assert found(HEAD.format("区教育局", "2026年三季度")) == ["T110 A1"]
    assert found(HEAD.format("区卫健局", "2026年二季度")) == ["T115 C1"]


def test_a_file_named_after_another_agency_is_pointed_out():
    assert found(PLAIN, name="教育局三季度.xlsx") == ["T111"]
    assert found(PLAIN, name="卫健局三季度.xlsx") == []


def test_hidden_rows_are_read_and_said():
    result = submission(PLAIN, hidden_rows=[3])
    assert [f"{f.code} {f.cell}" for f in result.findings] == ["T136 E3"]
    assert result.records[1].actual == Decimal("70.5")


def test_a_hidden_form_is_read_and_said():
    assert found(PLAIN, hidden_sheets=["填报表"]) == ["T137 填报表"]


def test_numbers_merged_over_two_rows_are_sent_back():
    assert found(PLAIN, merges=["E2:E3"]) == ["T135 E2", "T135 E3"]


def test_merged_headers_and_titles_do_no_harm():
    assert found("""
        # 填报表
        | 填报表 | | | |
        | 指标编码 | 指标名称 | 本期实际值 | |
        | 1       | 托位数   | 320       | |
    """, merges=["A1:D1", "C2:D2"]) == []  # fmt: skip


def test_a_second_copy_of_the_table_is_said_and_must_not_differ():
    copy = PLAIN + PLAIN.replace("# 填报表", "# 填报表 (2)")
    assert found(copy) == ["T138 填报表 (2)"]
    assert found(PLAIN + PLAIN.replace("# 填报表", "# 旧").replace("320", "310")) == ["T139 旧"]


def test_a_form_without_a_contact_is_taken_with_a_warning():
    assert messages(PLAIN, contacts=False) == [
        "填报表  [T141 请核对] 没有填“填报人、联系电话”。请在表下方补上，便于核对数据。"
    ]


@pytest.mark.parametrize("empty", ["/", "无", "—", "同上", "\u2800"])
def test_a_contact_filled_with_a_word_that_says_nothing_is_missing(empty):
    drawing = (
        PLAIN
        + f"""
        | 填报人 | {empty} | 联系电话 | {empty} |
    """
    )
    assert found(drawing, contacts=False) == ["T141 A5"]
    assert submission(drawing, contacts=False).contact == ""


def test_a_label_beside_a_label_is_no_name_however_its_signs_stand_apart():
    drawing = (
        PLAIN
        + """
        | 填报人 | 联  系  电  话：0574-86000 |
    """
    )
    assert messages(drawing, contacts=False) == [
        "填报表!A5  [T141 请核对] 没有填“填报人、联系电话”。请在表下方补上，便于核对数据。"
    ]


def test_a_changed_last_value_is_only_a_warning(plan, rules):
    from support.drawn_forms import record

    drawing = """
        # 填报表
        | 指标编码 | 指标名称 | 上期值 | 本期实际值 |
        | 1       | 托位数   | {}    | 320       |
    """
    known = [record("1", "2026Q2", "310")]
    assert found(drawing.format("310"), records=known) == []
    assert found(drawing.format("311"), records=known) == ["T134 C2"]


def test_the_shipped_form_comes_back_as_it_was_filled_in(tmp_path, plan, rules):
    """Written by the product, filled in by openpyxl, with a row and a column put in."""
    agency = plan.agency("区卫健局")
    path = tmp_path / "区卫健局_2026Q3.xlsx"
    write_form(path, plan, rules, agency, PERIOD, last_values={})
    book = openpyxl.load_workbook(path)
    sheet = book["填报表"]
    heads = {sheet.cell(4, column).value: column for column in range(1, 11)}
    written = {}
    for row in range(5, sheet.max_row + 1):
        code = sheet.cell(row, 1).value
        item = plan.find(str(code)) if code else None
        if item is None or (not hasattr(item, "targets") and not hasattr(item, "target")):
            continue
        target = item.targets[2026].value if hasattr(item, "targets") else item.target.value
        if target is None:
            continue
        written[item.code] = target
        sheet.cell(row, heads["本期实际值"]).value = float(target)
    book.save(path)
    (result,) = check_files([path], plan, rules, period=PERIOD, history=NoHistory())
    read = {r.code: r.actual for r in result.records if isinstance(r.actual, Decimal)}
    assert read == written
    assert len(written) > 10


def test_many_sheets_and_a_chart_sheet_do_no_harm(tmp_path):
    path = write_drawing(tmp_path / "表.xlsx", PLAIN)
    book = openpyxl.load_workbook(path)
    for number in range(20):
        book.create_sheet(f"草稿{number}").append(["草稿", number])
    book.create_chartsheet("图")
    book.save(path)
    plan = small_plan({"1", "2"})
    from qiyx_xl.intake.office_files.rules import load_rules

    (result,) = check_files([path], plan, load_rules(), period=PERIOD, history=NoHistory())
    assert result.findings == ()


def test_an_agency_that_the_plan_names_with_an_item_may_report_it_too():
    drawing = """
        # 填报表
        | 指标编码 | 指标名称           | 本期实际值 |
        | 1       | 托位数             | 320       |
        | 20      | “浙里惠民保”投保率 | 71        |
    """
    plan = small_plan({"1", "20"})
    items = [replace(i, responsible_agency=OTHER_AGENCY, lead_agency=AGENCY) if i.code == "20" else i
             for i in plan.indicators]  # fmt: skip
    result = submission(drawing, plan=replace(plan, indicators=tuple(items)))
    assert [str(finding) for finding in result.findings] == [
        "填报表!A3  [T129 请核对] “20 “浙里惠民保”投保率”由区教育局填报，区卫健局也报了，已一并收下。"
        "两个单位的数不一样时，由专班办公室决定采用哪个。请与区教育局核对。"
    ]
    assert [record.code for record in result.records] == ["1", "20"]


def test_a_remark_that_speaks_of_a_telephone_does_not_end_the_table():
    result = submission("""
        # 填报表
        | 指标编码 | 指标名称     | 本期实际值 | 情况说明             |
        | 1       | 托位数       | 320       | 联系电话：0574-86000 |
        | 2       | 普惠托位占比 | 71        | 填报人               |
    """)
    assert [record.code for record in result.records] == ["1", "2"]
    assert result.findings == ()


TITLES = {
    "both in the title": ("北仑区卫健局2026年三季度七优享数据", "表.xlsx", "区卫健局", ["T116"]),
    "the name says another agency": (
        "北仑区卫健局2026年三季度七优享数据", "教育局.xlsx", "区卫健局", ["T111", "T116"],
    ),
    "the title speaks of two": ("卫健局、教育局2026年三季度", "表.xlsx", None, ["T108"]),
    "the period in the name": ("卫健局七优享数据", "2026Q3.xlsx", "区卫健局", ["T116"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("title", "name", "agency", "expected"), TITLES.values(), ids=TITLES.keys()
)
def test_a_title_says_who_sent_what_was_never_our_template(title, name, agency, expected):
    result = submission(
        f"""
        # Sheet1
        | {title} |

        | 序号 | 指标   | 单位 | 目标 | 完成情况 | 备注 |
        | 1   | 托位数 | 个  | 300 | 320     | 好   |
        """,
        identity=None,
        name=name,
        plan=small_plan({"1"}),
    )
    assert result.agency == agency
    assert [f.code for f in result.findings if f.code != "T105"] == expected
    assert str(result.period) == "2026Q3"
