"""Rows on the edge of each rule: just inside it nothing is said, just outside it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from support.drawn_forms import AGENCY, OTHER_AGENCY, found, record, small_plan, submission

from qiyx_xl.core.plan.model import GoalKind
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.records.history import RecordHistory
from qiyx_xl.core.records.submission import SubmissionStatus

HEADER = "| 指标编码 | 指标名称 | 计量单位 | 本年目标值 | 上期值 | 本期实际值 | 补充项 | 补充值 | 情况说明 |"


def drawn(*rows: str, header: str = HEADER) -> str:
    return "\n".join(["# 填报表", header, *rows])


LOCKED = {
    "as printed": ("1", "托位数", "个", "300", "", []),
    "name left blank": ("1", "", "个", "300", "", []),
    "name with a bracket": ("1", "托位数（个）", "个", "300", "", []),
    "another name": ("1", "床位数", "个", "300", "", ["T131 B2"]),
    "another measure": ("1", "托位数", "张", "300", "", ["T133 C2"]),
    "measure left blank": ("1", "托位数", "", "300", "", []),
    "measure a dash": ("1", "托位数", "—", "300", "", []),
    "target as understood": ("1", "托位数", "个", "≥300", "", []),
    "another target": ("1", "托位数", "个", "301", "", ["T132 D2"]),
    "target a dash": ("1", "托位数", "个", "－", "", []),
    "last as known": ("1", "托位数", "个", "300", "290", []),
    "last with decimals": ("1", "托位数", "个", "300", "290.0", []),
    "another last": ("1", "托位数", "个", "300", "291", ["T134 E2"]),
    "last a dash": ("1", "托位数", "个", "300", "-", []),
}


@pytest.mark.parametrize("case", LOCKED)
def test_a_locked_cell_may_be_blank_or_say_the_same(case):
    *cells, expected = LOCKED[case]
    drawing = drawn(f"| {' | '.join(cells)} | 320 | | | 暑期停课 |")
    assert found(drawing, records=[record("1", "2026Q2", "290")]) == expected


def test_a_milestone_s_target_may_be_any_words_with_its_year():
    row = "| M01 | 三级托育网络建成 | | {} | | 已完成 | | | |"
    assert found(drawn(row.format("2027年底前建成"))) == []
    assert len(found(drawn(row.format("2026年底前建成")))) == 1


VALUES = {
    "zero is no negative number": ("1", "0", "", []),
    "a negative number": ("1", "-0.1", "", ["V201"]),
    "exactly a hundred": ("2", "100", "", []),
    "over a hundred": ("2", "100.1", "", ["V202"]),
    "over a hundred where it may": ("6", "101", "", ["V209"]),
    "as many as there are": ("15", "64.5", "64.5", []),
    "more than there are": ("15", "64.6", "64.5", ["V207"]),
    "nobody to cover": ("15", "0", "-3", ["V207", "V201"]),
    "a second number nobody asked for": ("1", "320", "5", ["V215"]),
    "a dash nobody asked for": ("1", "320", "—", []),
    "no second number": ("15", "63", "", ["V206"]),
    "not applicable asks for no second": ("15", "不适用", "", []),
    "a tenfold is no slip": ("1", "3000", "", []),
    "ten thousand times too small": ("19", "1.65", "", ["V203"]),
    "a thousand times too small": ("19", "16.5", "", ["V203"]),
    "a percentage as a share": ("2", "0.7", "", ["V203"]),
    "ten thousand times too large": ("3", "600000", "", ["V203"]),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_value_on_the_edge(case):
    code, actual, second, expected = VALUES[case]
    names = {item.code: item for item in small_plan().items()}
    item = names[code]
    row = f"| {code} | {item.name} | {item.measure} | | | {actual} | | {second} | 暑期停课 |"
    said = [one.split()[0] for one in found(drawn(row))]
    assert sorted(said) == sorted(expected)


@pytest.mark.parametrize("period", ["2026Q3", "2026Q4"])
def test_a_yearly_item_is_early_only_before_the_year_s_end(period):
    result = submission(
        drawn("| 6 | 毛入学率 | % | 75 | | 76 | | | |"),
        period=Period.parse(period),
        identity=None,
        name=f"{AGENCY}_{period}.xlsx",
    )
    assert ("V209" in [one.code for one in result.findings]) == (period == "2026Q3")


def test_a_confirmed_value_is_believed_whatever_it_is():
    rows = (("1", "托位数", "-5"), ("2", "普惠托位占比", "170"), ("9", "培训累计数", "1"))
    for code, name, value in rows:
        drawing = drawn(f"| {code} | {name} | | | | {value} | | | 暑期停课 |")
        known = [record("9", "2026-08", "7.2")]
        assert found(drawing, records=known) != []
        key = ("2026Q3", code, AGENCY, value)
        history = RecordHistory(known, confirmed=frozenset({key}))
        assert [one for one in found(drawing, history=history) if one.startswith("V2")] == []


def test_a_count_that_starts_anew_each_year_may_fall_with_the_year():
    plan = small_plan(["T7-1-02"])
    goal = replace(plan.goals[0], cumulative=True, kind=GoalKind.ANNUAL)
    drawing = drawn("| T7-1-02 | 救助标准倍数 | 倍 | | | 1.6 | | | 暑期停课 |")
    for kind, before, falls in (
        (GoalKind.ANNUAL, "2025Q4", False),
        (GoalKind.ANNUAL, "2026Q2", True),
        (GoalKind.TARGET, "2025Q4", True),
    ):
        changed = replace(plan, goals=(replace(goal, kind=kind),))
        said = found(drawing, plan=changed, records=[record("T7-1-02", before, "1.7")])
        assert ("V205 F2" in said) == falls


def test_what_is_not_due_may_be_left_blank():
    blank = "| {} | {} | | | | | | | |"
    other = "| 1 | 托位数 | | | | 320 | | | |"
    assert found(drawn(other, blank.format("2", "普惠托位占比"))) == ["V101 F3"]
    assert found(drawn(other, blank.format("6", "毛入学率"))) == []
    assert found(drawn(other, blank.format("M01", "三级托育网络建成"))) == []
    plan = small_plan(["1", "M01"])
    late = replace(plan, milestones=(replace(plan.milestones[0], due=date(2026, 9, 29)),))
    assert found(drawn(other, blank.format("M01", "三级托育网络建成")), plan=late) == ["V101 F3"]
    today = replace(plan, milestones=(replace(plan.milestones[0], due=date(2026, 9, 30)),))
    assert found(drawn(other, blank.format("M01", "三级托育网络建成")), plan=today) == []


def test_a_form_of_blanks_is_said_once_to_be_empty():
    rows = ["| 1 | 托位数 | | | | | | | |", "| 2 | 普惠托位占比 | | | | | | | |"]
    assert len(found(drawn(*rows))) == 1


ROWS = {
    "no code, known name": "| | 托位数 | | | | 320 | | | |",
    "no code, no name": "| | | | | | 320 | | | |",
    "no code, a second number alone": "| | | | | | | | 5 | |",
    "no code, no value": "| | 别的 | | | | | | 5 | |",
    "unknown code, known name": "| 99 | 托位数 | | | | 320 | | | |",
    "unknown code and name": "| 99 | 别的 | | | | 320 | | | |",
    "another agency's": "| 20 | “浙里惠民保”投保率 | | | | 71 | | | |",
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_a_row_that_fits_no_item_is_told_with_what_is_there(case):
    drawing = drawn("| 2 | 普惠托位占比 | | | | 71 | | | |", ROWS[case])
    result = submission(drawing, plan=small_plan(["1", "2", "20"]))
    assert any(one.cell is not None and one.cell.endswith("3") for one in result.findings)


def test_a_row_twice_is_the_same_or_another():
    first = "| 15 | 长期护理保险覆盖人群 | | | | 63 | | 64.5 | 暑期停课 |"
    for second, code in (("63 | | 64.5", 0), ("62 | | 64.5", 1), ("63 | | 64", 1)):
        result = submission(
            drawn(first, f"| 15 | 长期护理保险覆盖人群 | | | | {second} | 暑期停课 |")
        )
        (finding,) = result.findings
        assert (finding.cell, finding.severity == "error") == ("F3", bool(code))


def test_another_agency_may_claim_what_it_probably_reports():
    plan = small_plan(["1", "20"])
    item = replace(plan.indicators[-1], probable_responsible_agency=AGENCY)
    changed = replace(plan, indicators=(plan.indicators[0], item))
    drawing = drawn(
        "| 1 | 托位数 | | | | 320 | | | |", "| 20 | “浙里惠民保”投保率 | | | | 71 | | | |"
    )
    result = submission(drawing, plan=changed)
    assert {one.code for one in result.records} == {"1", "20"}
    refused = submission(drawing, plan=plan)
    assert {one.code for one in refused.records} == {"1"}
    assert OTHER_AGENCY in refused.findings[0].message


def test_merged_and_hidden_cells_are_pointed_out():
    rows = ("| 1 | 托位数 | | | | 320 | | | |", "| 2 | 普惠托位占比 | | | | 71 | | | |")
    assert found(drawn(*rows), merges=["F2:F3"])[0].endswith("F2")
    assert found(drawn(*rows), merges=["H2:H3"]) == []
    coverage = "| 15 | 长期护理保险覆盖人群 | | | | 63 | | 64.5 | 暑期停课 |"
    assert any(
        one.endswith("H2")
        for one in found(drawn(coverage, coverage.replace("15", "1", 1)), merges=["H2:H3"])
    )
    assert len(found(drawn(*rows), hidden_rows=[3])) == 1
    assert found(drawn(rows[0], "| 6 | 毛入学率 | | | | | | | |"), hidden_rows=[3]) == []


@pytest.mark.parametrize(
    "contacts", ["", "| 填报人 | 王芳 |", "| 联系电话 | 0574 |", "| 填报人 | | 联系电话 | 0574 |"]
)
def test_a_form_without_both_contacts_is_asked_for_them(contacts):
    rows = ["| 1 | 托位数 | | | | 320 | | | |"]
    drawing = drawn(*rows) + ("\n\n" + contacts if contacts else "")
    result = submission(drawing, contacts=False)
    assert [one.severity.value for one in result.findings] == ["warning"]
    assert result.status is SubmissionStatus.ACCEPTED


def test_the_explanation_is_asked_for_a_red_lamp_alone():
    row = "| 18 | 物业服务覆盖率 | | | {} | {} | | | |"
    assert [one.split()[0] for one in found(drawn(row.format("", "90")))] == ["V208"]
    assert found(drawn(row.format("", "96"))) == []
    assert found(drawn(row.format("", "不适用"))) == []
    late = small_plan(["M01"])
    late = replace(late, milestones=(replace(late.milestones[0], due=date(2026, 3, 31)),))
    said = found(drawn("| M01 | 三级托育网络建成 | | | | 进行中 | | | |"), plan=late)
    assert [one.split()[0] for one in said] == ["V208"]


def test_a_lamp_is_held_against_last_year_s_end():
    drawing = drawn("| 1 | 托位数 | | | | 295 | | | |")
    for period, red in (("2025Q4", True), ("2025-12", True), ("2024Q4", False)):
        said = found(drawing, records=[record("1", period, "290")])
        assert ("V208 I2" in said) == red, period


def test_a_number_far_from_the_last_is_doubted_with_what_it_says():
    drawing = drawn("| 3 | 户籍人口 | | | | 600000 | | | 暑期停课 |")
    (finding,) = submission(drawing, records=[record("3", "2026Q2", "60")]).findings
    assert (finding.code, finding.suggestion) == ("V203", "60")
    assert "填的是 600000" in finding.message


def test_a_count_that_is_none_may_fall():
    drawing = drawn("| 1 | 托位数 | | | | 300 | | | 暑期停课 |")
    assert found(drawing, records=[record("1", "2026Q2", "310")]) == []
    assert (
        found(
            drawn("| 9 | 培训累计数 | | | | 不适用 | | | 暑期停课 |"),
            records=[record("9", "2026-08", "7")],
        )
        == []
    )


def test_a_last_value_that_is_a_word_is_compared_as_one():
    word = replace(record("15", "2026Q2", "1"), actual=Word.FULL_COVERAGE)
    row = "| 15 | 长期护理保险覆盖人群 | | | {} | 全覆盖 | | 64.5 | 暑期停课 |"
    assert found(drawn(row.format("全覆盖")), records=[word]) == []
    assert found(drawn(row.format("63")), records=[word]) == ["T134 E2"]


def test_a_goal_that_repeats_says_what_its_indicator_says():
    eighteen = "| 18 | 物业服务覆盖率 | | | | {} | | | 暑期停课 |"
    goal = "| T1-1-01 | 物业覆盖 | | | | {} | | | |"
    assert found(drawn(eighteen.format("90"), goal.format("90"))) == []
    alone = submission(drawn(goal.format("97")), plan=small_plan(["1", "T1-1-01", "18"]))
    assert "V210" in [one.code for one in alone.findings]
    blank = submission(drawn(eighteen.format(""), goal.format("97")))
    assert "V210" in [one.code for one in blank.findings]


def test_words_are_taken_as_what_they_say():
    result = submission(drawn("| 15 | 长期护理保险覆盖人群 | | | | 全覆盖 | | 64.5 | 暑期停课 |"))
    assert [(one.actual, one.second) for one in result.records] == [
        (Word.FULL_COVERAGE, Decimal("64.5"))
    ]
    assert result.records[0].remark == "暑期停课"
