"""What is found in a plan document and what is not, one change at a time, held to the letter.

The document's shape is another check's business: here only its sense is asked about.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from support.finding_lines import told
from support.value_lines import spelled

from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.plan.checks import check_document, check_sense
from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.importer import PlanImportError, SourceText, draft_plan
from qiyx_xl.core.plan.model import Direction, GoalKind, StatusRule
from qiyx_xl.papers.plan_tables import plan_document, plan_rows


def changed(document: Any, *changes: tuple[tuple, Any]) -> Any:
    """A copy with other values; ``...`` takes the value away."""
    document = copy.deepcopy(document)
    for (*way, last), value in changes:
        holder = document
        for key in way:
            holder = holder[key]
        if value is ...:
            del holder[last]
        else:
            holder[last] = value
    return document


def indicator(number: int, *way: str) -> tuple:
    return ("indicators", number - 1, *way)


def target(value: Any, printed: str | None = None, comparator: str = ">=") -> dict[str, Any]:
    return {
        "printed": str(value) if printed is None else printed,
        "comparator": comparator,
        "value": value,
    }


CHANGES: dict[str, list[tuple[tuple, Any]]] = {
    # years
    "a gap of two": [(("years",), [2023, 2025, 2026, 2027])],
    "many years, twenty told": [(("years",), [*range(2000, 2018), *range(2020, 2030)])],
    "a year that is none": [(("years",), [2023, True, 2025])],
    "years that are no list": [(("years",), "2023—2027")],
    "no years": [(("years",), [])],
    "due in the last year": [(("milestones", 0, "due"), "2027-12-31")],
    "due the year after": [(("milestones", 0, "due"), "2028-01-01")],
    "due in the first year": [(("milestones", 0, "due"), "2023-01-01")],
    "due the year before": [(("milestones", 0, "due"), "2022-12-31")],
    "a goal due too late": [(("goals", 0, "deadline_year"), 2028)],
    "a goal that begins too early": [(("goals", 25, "annual_from"), 2022)],
    # dates
    "a date of another form": [(("issued",), "20230612")],
    "a day there is not": [(("milestones", 0, "due"), "2027-02-30")],
    "a baseline with its day": [
        (indicator(1, "baseline"), 3),
        (indicator(1, "baseline_date"), "2022-12-31"),
    ],
    "a day without a baseline": [(indicator(1, "baseline_date"), "2022-12-31")],
    "a baseline's day that is none": [
        (indicator(1, "baseline"), 3),
        (indicator(1, "baseline_date"), "2022-12"),
    ],
    # codes, numbers, names, lists
    "an indicator's number twice": [(indicator(7, "number"), 6)],
    "a goal's code twice": [(("goals", 1, "code"), "T1-1-01")],
    "a code that is a number": [(("goals", 1, "code"), "9")],
    "a number left out": [(indicator(21, "number"), 23)],
    "a number beyond the last": [(indicator(21, "number"), 1000)],
    "a number of nothing": [(indicator(21, "number"), 0)],
    "a question's number twice": [(("open_questions", 1, "number"), 1)],
    "questions without number": [(("open_questions", 0, "number"), ...), (("open_questions", 1, "number"), ...)],
    "a name twice": [(indicator(2, "name"), "每千人口拥有3岁以下婴幼儿托位数")],
    "names that are none": [(indicator(1, "name"), ""), (indicator(2, "name"), "")],
    "an agency twice": [(("agencies", 1, "name"), "区卫健局")],
    "a domain twice": [(("domains", 1, "name"), "幼有善育")],
    "a task force twice": [(("task_forces", 2), "幼有善育")],
    "names of agencies missing": [(("agencies", 0, "name"), ...), (("agencies", 1, "name"), ...)],
    # who
    "an unknown lead": [(indicator(1, "lead_agency"), "卫健")],
    "an unknown lead like two": [(indicator(1, "lead_agency"), "区")],
    "an unknown lead of a domain": [(("domains", 0, "lead_agency"), "区卫生局")],
    "an unknown responsible agency": [(("goals", 0, "responsible_agency"), "区医保部门和区卫健局")],
    "an unknown probable agency": [(indicator(12, "probable_responsible_agency"), "医保部门")],
    "an unknown domain": [(indicator(1, "domain"), "善育")],
    "the whole as a domain": [(indicator(1, "domain"), "总体")],
    "another lead than the domain's": [(indicator(1, "lead_agency"), "区民政局")],
    # due, parts, mentions, clauses
    "a milestone rule without its day": [(indicator(4, "due"), ...)],
    "sums of ratios without parts": [(indicator(18, "aggregation"), "ratio_of_sums")],
    "parts that nothing adds": [(indicator(18, "parts"), {"numerator": "甲", "denominator": "乙", "measure": "个"})],
    "parts that are added": [
        (indicator(18, "aggregation"), "ratio_of_sums"),
        (indicator(18, "parts"), {"numerator": "甲", "denominator": "乙", "measure": "个"}),
    ],
    "sums over a whole": [
        (indicator(18, "aggregation"), "ratio_of_sums"),
        (indicator(18, "second_input"), "coverage_base"),
    ],
    "a question about nobody": [(("open_questions", 0, "items"), ["22", "M99", "1"])],
    "a milestone that repeats nobody": [(("milestones", 3, "repeats"), ["4", "44"])],
    "an indicator's clause": [(indicator(2, "clause"), "表-3")],
    "a goal's clause": [(("goals", 0, "clause"), "二(二)-1")],
    "a tenth task's clause": [(("goals", 0, "code"), "T10-3-01"), (("goals", 0, "clause"), "二(九)-3")],
    "a code of another form": [(("goals", 0, "code"), "T1-1"), (("goals", 0, "clause"), "别处")],
    # targets
    "a target that cannot be read": [(indicator(9, "targets", "2024", "printed"), "四点五")],
    "a target without words": [(indicator(9, "targets", "2024", "printed"), ...)],
    "a measure of another kind": [(indicator(9, "targets", "2024", "printed"), "4.5万元")],
    "another number": [(indicator(9, "targets", "2024", "value"), Decimal("5.4"))],
    "another sign": [(indicator(9, "targets", "2024", "comparator"), ">")],
    "a sign of the other direction": [(indicator(9, "targets", "2024", "comparator"), "<=")],
    "a sign that is none": [(indicator(9, "targets", "2024", "comparator"), "=>")],
    "no number": [(indicator(9, "targets", "2024", "value"), ...)],
    "a word where a number is": [(indicator(9, "targets", "2024", "value"), None)],
    "a number where a word is": [(indicator(15, "targets", "2024"), target(5, "全覆盖"))],
    "a negative target": [(indicator(1, "targets", "2023"), target(-4))],
    "nothing as a target": [(indicator(1, "targets", "2023"), target(0))],
    "a hundred percent": [(indicator(21, "targets", "2027"), target(100))],
    "over a hundred percent": [(indicator(21, "targets", "2027"), target(Decimal("100.1")))],
    "over a hundred where it may": [(indicator(6, "targets", "2027"), target(101))],
    "a year too many": [(indicator(1, "targets", "2028"), target(6))],
    "a year before": [(indicator(1, "targets", "2022"), target(3))],
    "a year left out": [(indicator(1, "targets", "2025"), ...)],
    "no targets": [(indicator(1, "targets"), ...)],
    "a step back": [(indicator(1, "targets", "2025"), target(4))],
    "the same again": [(indicator(1, "targets", "2025"), target(Decimal("4.3")))],
    "a step back the other way": [(indicator(11, "targets", "2025"), target(9, comparator="<="))],
    "a running count that falls": [(indicator(9, "targets", "2025"), target(4))],
    "a step back over a gap": [(indicator(1, "targets", "2024"), ...), (indicator(1, "targets", "2025"), target(3))],
    # text and table
    "another number in the text": [(("goals", 72, "target"), target(Decimal("1.8"), "达1.8万元"))],
    "a text that repeats nobody": [(("goals", 72, "repeats"), "99")],
    "a text that repeats no number": [(("goals", 72, "repeats"), "M01")],
    "a text of another measure": [(("goals", 72, "measure"), "人")],
    "a text of another year": [(("goals", 72, "deadline_year"), 2026)],
    "a text without its year": [(("goals", 72, "deadline_year"), ...)],
    "a text without a target": [(("goals", 72, "target"), ...)],
    "a text of the other direction": [(("goals", 72, "direction"), "lower_is_better")],
    "a comparison without its other figure": [(("goals", 0, "kind"), "relative")],
    "a word judged by its ratio": [(indicator(15, "status_rule"), "ratio")],
    "a word without its whole": [(indicator(15, "second_input"), None)],
    "a word with another second": [(indicator(15, "second_input"), "baseline")],
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_found_after_a_change(document: Any, snapshot: Any, change: str) -> None:
    if "text" in change:  # the goal that repeats indicator 19 in another measure
        place = next(n for n, goal in enumerate(document["goals"]) if goal["code"] == "T7-1-04")
        changes = [
            (tuple(place if key == 72 else key for key in way), value)
            for way, value in CHANGES[change]
        ]
    else:
        changes = CHANGES[change]
    found = told(check_sense(changed(document, *changes)))
    assert [len(found), *found[:8]] == snapshot


def test_a_settled_difference_of_signs_is_not_found_again(document: Any, snapshot: Any) -> None:
    unsettled = [
        ((*("open_questions", n), "items"), [c for c in one["items"] if c != "T3-1-02"])
        for n, one in enumerate(document["open_questions"])
    ]
    assert told(check_sense(changed(document, *unsettled))) == snapshot


def test_each_rule_goes_with_one_direction_and_some_kinds_of_goals(
    document: Any, snapshot: Any
) -> None:
    goal = next(one for one in document["goals"] if one.get("repeats") is None)
    lines = []
    for direction in Direction:
        for rule in StatusRule:
            for kind in (None, *GoalKind):
                item = document["indicators"][0] if kind is None else goal | {"kind": kind.value}
                item = item | {"direction": direction.value, "status_rule": rule.value}
                listing = "indicators" if kind is None else "goals"
                found = [
                    one for one in check_sense({listing: [item]}) if one.code in ("P322", "P328")
                ]
                lines += [
                    f"{direction} {rule} {kind}: {one.code} {one.suggestion}" for one in found
                ]
                if kind in (None, GoalKind.RELATIVE):
                    lines += told(found)
    assert lines == snapshot


def test_the_answer_counts_errors_and_warnings_apart() -> None:
    def finding(severity: Severity) -> Finding:
        return Finding("P101", severity, "请改。", None, None, "指标1", "5", "6")

    findings = [finding(Severity.ERROR), *[finding(Severity.WARNING)] * 2]
    answer = check_document("方案.json", findings)
    assert answer["summary"] == {"errors": 1, "warnings": 2}
    assert answer["findings"][0] == {
        "code": "P101", "severity": "error", "place": "指标1", "value": "5", "message": "请改。",
        "suggestion": "6",
    }  # fmt: skip


def test_the_plan_is_shown_the_same(plan: Any, snapshot: Any) -> None:
    rows = {title: rows[:1] + rows[1:40:3] for title, rows in plan_rows(plan).items()}
    assert spelled(rows) == snapshot
    document = plan_document(plan)
    some = {"indicators": 3, "goals": 12, "milestones": 12, "open_questions": 10}
    shown = {key: value[:: some[key]] if key in some else value for key, value in document.items()}
    assert spelled(shown) == snapshot


def test_parts_of_a_ratio_are_taken_over_and_shown(document: Any) -> None:
    parts = {"numerator": "有物业的小区数", "denominator": "小区总数", "measure": "个"}
    changes = [(indicator(18, "parts"), parts), (indicator(18, "aggregation"), "ratio_of_sums")]
    plan = plan_from_document(changed(document, *changes))
    assert plan.indicators[17].sums_ratio
    shown = plan_document(plan)["indicators"]
    assert [one["parts"] for one in shown[16:18]] == [None, parts]


# --- another district's document -------------------------------------------------------------

HEADER = ("领域", "序号", "指标", "2024年", "2025年", "2026年")
ROWS = (
    ("幼有善育", "1", "每千人口托位数（个）", "4", "4.5", "5"),
    ("2", "普惠托位占比(%)", "≥65", "", "70", ""),
    ("学有优教", "3", "辍学率(%)", "0.1", "0.1", "0.1"),
    ("", "4", "学前教育普及县创建", "", "2025年通过验收", "巩固"),
    ("劳有所得", "5", "新增就业累计(万人)", "2", "4", "6"),
    ("", "6", "城镇调查失业率(%)", "5.5", "5.3", "5"),
    ("病有良医", "7", "医保参保率(%)", "全覆盖", "全覆盖", "全覆盖"),
    ("", "8", "每千人床位(张)", "", "", ""),
    ("老有康养", "9", "最低标准(元)", "16500", "16800", "17000"),
    ("", "10", "满意度", "90", "91", "92.55"),
    ("众扶", "11", "投诉率(‰)", "<3", "不超过3", "3以内"),
)
PARAGRAPHS = (
    "《某区公共服务实施方案（2024—2026年）》",
    "2024年3月5日",
    "（一）实现“幼有善育”。（牵头单位：区卫健局）",
    "（二）实现“学有优教”。牵头部门:区教育局，其他单位配合",
    "（三）实现“学有优教”。（牵头单位：区别的局）",
)


def drafted(**more: Any) -> Any:
    usual = {"paragraphs": PARAGRAPHS, "tables": (((("无关",),)), (HEADER, *ROWS))}
    return draft_plan(SourceText(**{**usual, **more}), name="方案稿", plan_id="mou-qu")


@pytest.mark.parametrize("spread", [False, True])
def test_what_a_document_s_table_becomes(snapshot: Any, *, spread: bool) -> None:
    draft = drafted(spread=spread)
    assert spelled(draft.document) == snapshot
    assert len(draft.questions) == len(draft.document["open_questions"])


def test_a_table_with_measures_and_agencies_of_its_own(snapshot: Any) -> None:
    header = ("序号", "指标名称", "单位", "责任单位", "2026年目标", "2025年")
    rows = (
        ("1", "托位数(不含家庭)", "个", "区卫健局", "5", "4"),
        ("2", "学位数", "万个", "", "6", "5"),
        ("说明",),
        ("3", "不算在内", "个", "", "7", "7"),
    )
    draft = drafted(tables=((header, *rows),), paragraphs=("没有标题",))
    assert spelled(draft.document) == snapshot


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ((), "没有找到指标表"),
        (((HEADER[:4], *ROWS),), "没有找到指标表"),
        (((HEADER,),), "下面却没有指标"),
    ],
)
def test_a_document_without_a_table_is_told_so(tables: Any, said: str) -> None:
    with pytest.raises(PlanImportError, match=said):
        drafted(tables=tables)
