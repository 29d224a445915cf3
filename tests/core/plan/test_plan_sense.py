"""What is found in a plan document and what is not, one change at a time.

The document's shape is another check's business: here only its sense is asked about. The sentences
in full are in ``test_plan_check``.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from support.value_lines import spelled

from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.plan.checks import check_document, check_sense
from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.importing.draft import draft_plan
from qiyx_xl.core.plan.importing.source import PlanImportError, SourceText, Table
from qiyx_xl.core.plan.model import Direction, GoalKind, StatusRule
from qiyx_xl.core.plan.written import document_of
from qiyx_xl.papers.plan_tables import plan_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

REPEATING = object()  # stands for the place of the goal that repeats indicator 19


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


CHANGES: dict[str, tuple[list[tuple[tuple, Any]], list[str]]] = {
    # years
    "a gap of two": ([(("years",), [2023, 2025, 2026, 2027])], ["P301 规划年份"]),
    "many years, twenty told": ([(("years",), [*range(2000, 2018), *range(2020, 2030)])], ["P301 规划年份", "P303 × 483"]),
    "a year that is none": ([(("years",), [2023, True, 2025])], ["P320 × 294", "P302 × 42"]),
    "years that are no list": ([(("years",), "2023—2027")], []),
    "no years": ([(("years",), [])], []),
    "due in the last year": ([(("milestones", 0, "due"), "2027-12-31")], []),
    "due the year after": ([(("milestones", 0, "due"), "2028-01-01")], ["P320 里程碑M01 · 到期日"]),
    "due in the first year": ([(("milestones", 0, "due"), "2023-01-01")], []),
    "due the year before": ([(("milestones", 0, "due"), "2022-12-31")], ["P320 里程碑M01 · 到期日"]),
    "a goal due too late": ([(("goals", 0, "deadline_year"), 2028)], ["P320 任务目标T1-1-01 · 期限年份"]),
    "a goal that begins too early": ([(("goals", 25, "annual_from"), 2022)], ["P320 任务目标T3-3-01 · 起始年份"]),
    # dates
    "a date of another form": ([(("issued",), "20230612")], ["P207 印发日期"]),
    "a day there is not": ([(("milestones", 0, "due"), "2027-02-30")], ["P207 里程碑M01 · 到期日"]),
    "a baseline with its day": ([
        (indicator(1, "baseline"), 3),
        (indicator(1, "baseline_date"), "2022-12-31"),
    ], []),
    "a day without a baseline": ([(indicator(1, "baseline_date"), "2022-12-31")], ["P329 指标1 · 基期日期"]),
    "a baseline's day that is none": ([
        (indicator(1, "baseline"), 3),
        (indicator(1, "baseline_date"), "2022-12"),
    ], ["P207 指标1 · 基期日期"]),
    # codes, numbers, names, lists
    "an indicator's number twice": ([(indicator(7, "number"), 6)], ["P307 指标6 · 序号", "P308 指标表", "P327 指标6 · 出处 → 表-6", "P326 待确认问题5 · 涉及项", "P315 任务目标T3-1-02 · 重复的指标"]),
    "a goal's code twice": ([(("goals", 1, "code"), "T1-1-01")], ["P307 任务目标T1-1-01 · 编号", "P327 任务目标T1-1-01 · 出处 → 二(一)-1"]),
    "a code that is a number": ([(("goals", 1, "code"), "9")], ["P307 任务目标9 · 编号"]),
    "a number left out": ([(indicator(21, "number"), 23)], ["P308 指标表", "P308 指标表", "P309 任务目标T7-3-07", "P327 指标23 · 出处 → 表-23", "P326 待确认问题11 · 涉及项", "P326 待确认问题12 · 涉及项", "P326 待确认问题26 · 涉及项", "P315 任务目标T7-3-07 · 重复的指标"]),
    "a number beyond the last": ([(indicator(21, "number"), 1000)], ["P309 任务目标T7-3-07", "P327 指标1000 · 出处 → 表-1000", "P326 待确认问题11 · 涉及项", "P326 待确认问题12 · 涉及项", "P326 待确认问题26 · 涉及项", "P315 任务目标T7-3-07 · 重复的指标"]),
    "a number of nothing": ([(indicator(21, "number"), 0)], ["P309 任务目标T7-3-07", "P327 指标0 · 出处 → 表-0", "P326 待确认问题11 · 涉及项", "P326 待确认问题12 · 涉及项", "P326 待确认问题26 · 涉及项", "P315 任务目标T7-3-07 · 重复的指标"]),
    "a question's number twice": ([(("open_questions", 1, "number"), 1)], ["P308 待确认问题", "P307 待确认问题1 · 序号"]),
    "questions without number": ([(("open_questions", 0, "number"), ...), (("open_questions", 1, "number"), ...)], ["P308 待确认问题", "P308 待确认问题"]),
    "a name twice": ([(indicator(2, "name"), "每千人口拥有3岁以下婴幼儿托位数")], ["P309 指标2"]),
    "names that are none": ([(indicator(1, "name"), ""), (indicator(2, "name"), "")], []),
    "an agency twice": ([(("agencies", 1, "name"), "区卫健局")], ["P319 单位名录第2项", "P316 × 51"]),
    "a domain twice": ([(("domains", 1, "name"), "幼有善育")], ["P319 领域表第2项", "P318 × 39", "P317 × 42"]),
    "a task force twice": ([(("task_forces", 2), "幼有善育")], ["P319 专项组第3项"]),
    "names of agencies missing": ([(("agencies", 0, "name"), ...), (("agencies", 1, "name"), ...)], ["P316 × 151"]),
    # who
    "an unknown lead": ([(indicator(1, "lead_agency"), "卫健")], ["P316 指标1 · 牵头单位 → 区卫健局"]),
    "an unknown lead like two": ([(indicator(1, "lead_agency"), "区")], ["P316 指标1 · 牵头单位"]),
    "an unknown lead of a domain": ([(("domains", 0, "lead_agency"), "区卫生局")], ["P316 领域表第1项 · 牵头单位"]),
    "an unknown responsible agency": ([(("goals", 0, "responsible_agency"), "区医保部门和区卫健局")], ["P316 任务目标T1-1-01 · 责任单位"]),
    "an unknown probable agency": ([(indicator(12, "probable_responsible_agency"), "医保部门")], ["P316 指标12 · 可能的责任单位 → 区医保部门"]),
    "an unknown domain": ([(indicator(1, "domain"), "善育")], ["P317 指标1 · 领域 → 幼有善育"]),
    "the whole as a domain": ([(indicator(1, "domain"), "总体")], []),
    "another lead than the domain's": ([(indicator(1, "lead_agency"), "区民政局")], ["P318 指标1 · 牵头单位"]),
    # due, parts, mentions, clauses
    "a milestone rule without its day": ([(indicator(4, "due"), ...)], ["P321 指标4 · 到期日"]),
    "sums of ratios without parts": ([(indicator(18, "aggregation"), "ratio_of_sums")], ["P330 指标18 · 汇总方式"]),
    "parts that nothing adds": ([(indicator(18, "parts"), {"numerator": "甲", "denominator": "乙", "measure": "个"})], ["P331 指标18 · 分子和分母"]),
    "parts that are added": ([
        (indicator(18, "aggregation"), "ratio_of_sums"),
        (indicator(18, "parts"), {"numerator": "甲", "denominator": "乙", "measure": "个"}),
    ], []),
    "sums over a whole": ([
        (indicator(18, "aggregation"), "ratio_of_sums"),
        (indicator(18, "second_input"), "coverage_base"),
    ], []),
    "a question about nobody": ([(("open_questions", 0, "items"), ["22", "M99", "1"])], ["P326 待确认问题1 · 涉及项", "P326 待确认问题1 · 涉及项"]),
    "a milestone that repeats nobody": ([(("milestones", 3, "repeats"), ["4", "44"])], ["P326 里程碑M04 · 重复的指标"]),
    "an indicator's clause": ([(indicator(2, "clause"), "表-3")], ["P327 指标2 · 出处 → 表-2"]),
    "a goal's clause": ([(("goals", 0, "clause"), "二(二)-1")], ["P327 任务目标T1-1-01 · 出处 → 二(一)-1"]),
    "a tenth task's clause": ([(("goals", 0, "code"), "T10-3-01"), (("goals", 0, "clause"), "二(九)-3")], ["P327 任务目标T10-3-01 · 出处 → 二(十)-3"]),
    "a code of another form": ([(("goals", 0, "code"), "T1-1"), (("goals", 0, "clause"), "别处")], []),
    # targets
    "a target that cannot be read": ([(indicator(9, "targets", "2024", "printed"), "四点五")], ["P304 指标9 · 2024年目标 · 原文"]),
    "a target without words": ([(indicator(9, "targets", "2024", "printed"), ...)], []),
    "a measure of another kind": ([(indicator(9, "targets", "2024", "printed"), "4.5万元")], ["P306 指标9 · 2024年目标 · 原文"]),
    "another number": ([(indicator(9, "targets", "2024", "value"), Decimal("5.4"))], ["P305 指标9 · 2024年目标 → ≥4.5"]),
    "another sign": ([(indicator(9, "targets", "2024", "comparator"), ">")], ["P305 指标9 · 2024年目标 → ≥4.5"]),
    "a sign of the other direction": ([(indicator(9, "targets", "2024", "comparator"), "<=")], ["P323 指标9 · 2024年目标 · 比较符", "P305 指标9 · 2024年目标 → ≥4.5"]),
    "a sign that is none": ([(indicator(9, "targets", "2024", "comparator"), "=>")], []),
    "no number": ([(indicator(9, "targets", "2024", "value"), ...)], []),
    "a word where a number is": ([(indicator(9, "targets", "2024", "value"), None)], ["P305 指标9 · 2024年目标 → ≥4.5", "P322 指标9 · 判灯规则 → hold"]),
    "a number where a word is": ([(indicator(15, "targets", "2024"), target(5, "全覆盖"))], ["P305 指标15 · 2024年目标 → 文字（数值填 null，比较符填 text）"]),
    "a negative target": ([(indicator(1, "targets", "2023"), target(-4))], ["P325 指标1 · 2023年目标 · 数值"]),
    "nothing as a target": ([(indicator(1, "targets", "2023"), target(0))], []),
    "a hundred percent": ([(indicator(21, "targets", "2027"), target(100))], []),
    "over a hundred percent": ([(indicator(21, "targets", "2027"), target(Decimal("100.1")))], ["P324 指标21 · 2027年目标 · 数值", "P312 任务目标T7-3-07 · 目标"]),
    "over a hundred where it may": ([(indicator(6, "targets", "2027"), target(101))], []),
    "a year too many": ([(indicator(1, "targets", "2028"), target(6))], ["P302 指标1 · 2028年目标"]),
    "a year before": ([(indicator(1, "targets", "2022"), target(3))], ["P302 指标1 · 2022年目标"]),
    "a year left out": ([(indicator(1, "targets", "2025"), ...)], ["P303 指标1 · 年度目标"]),
    "no targets": ([(indicator(1, "targets"), ...)], []),
    "a step back": ([(indicator(1, "targets", "2025"), target(4))], ["P310 指标1 · 2025年目标"]),
    "the same again": ([(indicator(1, "targets", "2025"), target(Decimal("4.3")))], []),
    "a step back the other way": ([(indicator(11, "targets", "2025"), target(9, comparator="<="))], ["P310 指标11 · 2025年目标"]),
    "a running count that falls": ([(indicator(9, "targets", "2025"), target(4))], ["P311 指标9 · 2025年目标"]),
    "a step back over a gap": ([(indicator(1, "targets", "2024"), ...), (indicator(1, "targets", "2025"), target(3))], ["P303 指标1 · 年度目标", "P310 指标1 · 2025年目标"]),
    # text and table
    "another number in the text": ([(("goals", REPEATING, "target"), target(Decimal("1.8"), "达1.8万元"))], ["P312 任务目标T7-1-04 · 目标"]),
    "a text that repeats nobody": ([(("goals", REPEATING, "repeats"), "99")], ["P315 任务目标T7-1-04 · 重复的指标"]),
    "a text that repeats no number": ([(("goals", REPEATING, "repeats"), "M01")], ["P315 任务目标T7-1-04 · 重复的指标"]),
    "a text of another measure": ([(("goals", REPEATING, "measure"), "人")], ["P306 任务目标T7-1-04 · 目标 · 原文", "P314 任务目标T7-1-04 · 计量单位"]),
    "a text of another year": ([(("goals", REPEATING, "deadline_year"), 2026)], ["P312 任务目标T7-1-04 · 目标"]),
    "a text without its year": ([(("goals", REPEATING, "deadline_year"), ...)], []),
    "a text without a target": ([(("goals", REPEATING, "target"), ...)], []),
    "a text of the other direction": ([(("goals", REPEATING, "direction"), "lower_is_better")], ["P323 任务目标T7-1-04 · 目标 · 比较符", "P305 任务目标T7-1-04 · 目标 → ≤1.7", "P312 任务目标T7-1-04 · 目标"]),
    "a comparison without its other figure": ([(("goals", 0, "kind"), "relative")], ["P322 任务目标T1-1-01 · 判灯规则 → ratio", "P328 任务目标T1-1-01 · 补充项 → 参照值（reference）"]),
    "a word judged by its ratio": ([(indicator(15, "status_rule"), "ratio")], ["P322 指标15 · 判灯规则 → hold"]),
    "a word without its whole": ([(indicator(15, "second_input"), None)], ["P328 指标15 · 补充项 → 应覆盖人数（coverage_base）"]),
    "a word with another second": ([(indicator(15, "second_input"), "baseline")], ["P328 指标15 · 补充项 → 应覆盖人数（coverage_base）"]),
}  # fmt: skip


def noted(findings: Iterable[Finding]) -> list[str]:
    """Findings by code, place and suggestion; more than five of one code as their number."""
    lines: dict[str, list[str]] = {}
    for one in findings:
        meant = f" → {one.suggestion}" if one.suggestion else ""
        lines.setdefault(one.code, []).append(f"{one.code} {one.header}{meant}")
    return [
        line
        for code, told in lines.items()
        for line in (told if len(told) <= 5 else [f"{code} × {len(told)}"])
    ]


@pytest.mark.parametrize(("changes", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_is_found_after_a_change(
    document: Any, changes: list[tuple[tuple, Any]], expected: list[str]
) -> None:
    codes = [goal["code"] for goal in document["goals"]]
    at = codes.index("T7-1-04")  # the goal that repeats indicator 19 in another measure
    placed = [(tuple(at if key is REPEATING else key for key in way), to) for way, to in changes]
    assert noted(check_sense(changed(document, *placed))) == expected


def test_of_many_years_twenty_are_named(document: Any) -> None:
    years = [*range(2000, 2018), *range(2020, 2030)]
    first = check_sense(changed(document, (("years",), years)))[0]
    assert first.value == "、".join(str(year) for year in years[:20])


def test_a_sign_that_differs_is_found_unless_a_question_names_the_goal(document: Any) -> None:
    unsettled = [
        ((*("open_questions", n), "items"), [c for c in one["items"] if c != "T3-1-02"])
        for n, one in enumerate(document["open_questions"])
    ]
    assert noted(check_sense(document)) == []
    assert noted(check_sense(changed(document, *unsettled))) == ["P313 任务目标T3-1-02 · 目标"]


# What is offered instead of a rule that does not go with the direction; blank: it does.
RULES_BY_DIRECTION = """
| 方向 ＼ 规则      | ratio     | step      | hold      | ceiling  | zero     | milestone | exact    |
| higher_is_better |           |           |           | → 逆向   | → 逆向   | → 节点    | → 定值   |
| lower_is_better  |           |           |           |          |          | → 节点    | → 定值   |
| exact            | exact     | exact     | exact     | → 逆向   | → 逆向   | → 节点    |          |
| milestone        | milestone | milestone | milestone | → 逆向   | → 逆向   |           | → 定值   |
"""
# The rules that a goal of each kind may have.
RULES_OF_KINDS = {
    "target": "ratio 或 step",
    "full_coverage": "hold",
    "zero_target": "zero",
    "hold": "hold",
    "ceiling": "ceiling",
    "standard": "ratio 或 exact",
    "annual": "ratio",
    "relative": "ratio",
}


def advice_by_direction() -> dict[tuple[str, str], str]:
    """The table of rules by direction, as what is suggested."""
    lines = [line.strip().strip("|").split("|") for line in RULES_BY_DIRECTION.strip().split("\n")]
    (_, *rules), *rows = [[cell.strip() for cell in line] for line in lines]
    return {
        (direction, rule): cell.replace("→ ", "别的判灯规则，或把方向改成")
        for direction, *cells in rows
        for rule, cell in zip(rules, cells, strict=True)
    }


def test_the_tables_of_rules_leave_nothing_out() -> None:
    assert set(advice_by_direction()) == set(product(Direction, StatusRule))
    assert set(RULES_OF_KINDS) == set(GoalKind)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("rule", StatusRule)
def test_a_rule_goes_with_the_direction_first_and_then_with_the_kind_of_goal(
    document: Any, direction: Direction, rule: StatusRule
) -> None:
    by_direction = advice_by_direction()[direction, rule]
    said = {"direction": direction.value, "status_rule": rule.value}
    indicator_found = check_sense({"indicators": [document["indicators"][0] | said]})
    advice = [one.suggestion for one in indicator_found if one.code == "P322"]
    assert advice == ([by_direction] if by_direction else [])
    goal = next(one for one in document["goals"] if one.get("repeats") is None)
    for kind, allowed in RULES_OF_KINDS.items():
        found = check_sense({"goals": [goal | said | {"kind": kind}]})
        by_kind = "" if rule in allowed.split(" 或 ") else allowed
        advice = [one.suggestion for one in found if one.code == "P322"]
        assert advice == ([by_direction or by_kind] if by_direction or by_kind else []), kind
        asked = [one.suggestion for one in found if one.code == "P328"]
        assert asked == (["参照值（reference）"] if kind == "relative" else []), kind


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
    """One item of every shape, as the tables and the document of ``plan show`` have it."""
    kinds = {goal.kind: goal for goal in reversed(plan.goals)}
    some = replace(
        plan,
        domains=plan.domains[:1],
        agencies=plan.agencies[:1],
        indicators=tuple(one for one in plan.indicators if one.code in {"4", "12", "15"}),
        goals=tuple(kinds[kind] for kind in GoalKind if kind in kinds),
        milestones=tuple(one for one in plan.milestones if one.code in {"M01", "M04"}),
        open_questions=plan.open_questions[4:5],
    )
    assert spelled(plan_rows(some)) == snapshot


def test_parts_of_a_ratio_are_taken_over_and_shown(document: Any) -> None:
    parts = {"numerator": "有物业的小区数", "denominator": "小区总数", "measure": "个"}
    changes = [(indicator(18, "parts"), parts), (indicator(18, "aggregation"), "ratio_of_sums")]
    plan = plan_from_document(changed(document, *changes))
    assert plan.indicators[17].sums_ratio
    written = document_of(plan)["indicators"]
    assert [one.get("parts") for one in written[16:18]] == [None, parts]


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
    tables = more.get("tables", ((("无关",),), (HEADER, *ROWS)))
    source = SourceText(
        more.get("paragraphs", PARAGRAPHS),
        tuple(Table(rows, spread=more.get("spread", False)) for rows in tables),
        "方案稿",
    )
    return draft_plan([source], plan_id="mou-qu")


@pytest.fixture
def draft() -> Any:
    return drafted()


def indicator_row(one: dict[str, Any]) -> list[str]:
    """An indicator of a draft as a row: a target with ``*`` is to be confirmed."""
    assert one["clause"] == f"表-{one['number']}"
    assert (one["responsible_agency"], one["baseline"]) == (None, None)
    targets = []
    for year, target in one["targets"].items():
        value = target["printed"] if target["value"] is None else target["value"]
        doubt = "*" if target.get("to_confirm") else ""
        targets.append(f"{year[2:]}：{target['comparator']} {value}{doubt}")
    more = ["累计"] if one["cumulative"] else []
    more += [str(one[key]) for key in ("second_input", "due") if key in one]
    facts = ("number", "name", "measure", "domain", "lead_agency", "direction", "status_rule")
    return [
        *(str(one[key]) for key in facts),
        one["frequency"],
        str(one["decimals"]),
        "，".join(targets),
        " ".join(more),
    ]


def question_row(one: dict[str, Any]) -> list[str]:
    texts = (one["where"], one["issue"], one["default"], "、".join(one["items"]))
    return [str(one["number"]), *texts]


def rows_of(table: str) -> list[list[str]]:
    lines = [line.strip() for line in table.strip().splitlines()]
    return [[part.strip() for part in line.strip("|").split("|")] for line in lines]


DRAFTED = """
| 1 | 每千人口托位数 | 个 | 幼有善育 | 区卫健局 | higher_is_better | ratio | quarterly | 1 | 24：>= 4，25：>= 4.5，26：>= 5 |  |
| 2 | 普惠托位占比 | % | 幼有善育 | 区卫健局 | higher_is_better | step | quarterly | 0 | 24：>= 65*，25：>= 65*，26：>= 70* |  |
| 3 | 辍学率 | % | 学有优教 | 区教育局 | lower_is_better | ceiling | quarterly | 1 | 24：<= 0.1，25：<= 0.1，26：<= 0.1 |  |
| 4 | 学前教育普及县创建 | 项 | 学有优教 | 区教育局 | milestone | milestone | milestone | 0 | 24：text 2025年通过验收*，25：text 2025年通过验收*，26：text 巩固* | 2025-12-31 |
| 5 | 新增就业累计 | 万人 | 劳有所得 | 待定单位 | higher_is_better | ratio | quarterly | 0 | 24：>= 2，25：>= 4，26：>= 6 | 累计 |
| 6 | 城镇调查失业率 | % | 劳有所得 | 待定单位 | lower_is_better | step | quarterly | 1 | 24：<= 5.5，25：<= 5.3，26：<= 5 |  |
| 7 | 医保参保率 | % | 病有良医 | 待定单位 | higher_is_better | hold | quarterly | 0 | 24：>= 100，25：>= 100，26：>= 100 |  |
| 8 | 每千人床位 | 张 | 病有良医 | 待定单位 | higher_is_better | hold | quarterly | 0 | 24：text 全覆盖*，25：text 全覆盖*，26：text 全覆盖* | coverage_base |
| 9 | 最低标准 | 元 | 老有康养 | 待定单位 | higher_is_better | step | quarterly | 0 | 24：>= 16500，25：>= 16800，26：>= 17000 |  |
| 10 | 满意度 | 项 | 老有康养 | 待定单位 | higher_is_better | step | quarterly | 2 | 24：>= 90，25：>= 91，26：>= 92.55 |  |
| 11 | 投诉率 | ‰ | 众扶 | 待定单位 | lower_is_better | ceiling | quarterly | 0 | 24：< 3，25：<= 3，26：<= 3 |  |
"""
ASKED = """
| 1 | 表 | 领域列合并的行缺一格，整行左移。 | 按“序号”定位每一行；请核对各年数值。 | 2 |
| 2 | 表-2、表-4、表-8 | 有的年份没有单独的目标格，原表可能合并了单元格。 | 空格沿用左边（整行空白的沿用上一行）的目标，标“待确认”。 | 2、4、8 |
| 3 | 表-4 | 目标读不成数。 | 按读出的写，标红；请对照文件核对。 | 4 |
| 4 | 表-4、表-10 | 没有写计量单位。 | 暂写“项”。 | 4、10 |
| 5 | 表-5、表-6、表-7、表-8、表-9等 | 没有找到牵头单位。 | 暂写“待定单位”。 | 5、6、7、8、9、10、11 |
| 6 | 表 | 文件没有写方向。 | 按目标的升降和比较符推断：逆向3、6、11，其余正向。 | 3、6、11 |
| 7 | 表 | 文件没有写填报频次。 | 除节点外都按季报。 | 1、2、3、4、5、6、7、8、9、10、11 |
| 8 | 表 | 文件没有写判灯规则。 | 目标不变的按保持（逆向按控制线），变化不超过10%的按上年目标，其余按完成率。 | 1、2、3、4、5、6、7、8、9、10、11 |
| 9 | 文首 | 印发日期按文中第一个日期读出，没有日期的写首年1月1日。 | 2024-03-05。 |  |
| 10 | 标题 | 简称、区县、专班办公室按标题推断；层级按区级、街道两级。 | 公共服务；某区；某区“公共服务”工程工作专班办公室。 |  |
"""


def test_each_row_of_a_document_s_table_becomes_an_indicator(draft: Any) -> None:
    assert [indicator_row(one) for one in draft.document["indicators"]] == rows_of(DRAFTED)


def test_what_a_document_does_not_say_becomes_a_question(draft: Any) -> None:
    assert [question_row(one) for one in draft.document["open_questions"]] == rows_of(ASKED)
    assert len(draft.questions) == len(draft.document["open_questions"])


def test_what_is_printed_as_a_target_is_kept_as_printed(draft: Any) -> None:
    printed = {
        one["number"]: [target["printed"] for target in one["targets"].values()]
        for one in draft.document["indicators"]
    }
    assert printed[1] == ["4", "4.5", "5"]
    assert printed[2] == ["≥65", "≥65", "70"]
    assert printed[11] == ["<3", "不超过3", "3以内"]


def test_the_head_of_a_draft_is_read_from_the_text(draft: Any) -> None:
    names = ["幼有善育", "学有优教", "劳有所得", "病有良医", "老有康养", "众扶"]
    leads = ["区卫健局", "区教育局", *["待定单位"] * 4]
    head = {
        key: value
        for key, value in draft.document.items()
        if key not in {"indicators", "open_questions"}
    }
    assert head == {
        "schema": "plan/2",
        "plan_id": "mou-qu",
        "title": "某区公共服务实施方案（2024—2026年）",
        "version": "2024.1",
        "issued": "2024-03-05",
        "short_name": "公共服务",
        "district": "某区",
        "office": "某区“公共服务”工程工作专班办公室",
        "levels": ["区级", "街道"],
        "years": [2024, 2025, 2026],
        "domains": [
            {"name": name, "lead_agency": lead} for name, lead in zip(names, leads, strict=True)
        ],
        "task_forces": [*names, "重大项目"],
        "agencies": [
            {"name": "区卫健局", "level": "区级"},
            {"name": "区教育局", "level": "区级"},
            {"name": "待定单位", "level": "区级", "to_confirm": True},
        ],
        "goals": [],
        "milestones": [],
    }


SPREAD = """
| 4 | 学前教育普及县创建 | 项 | 学有优教 | 区教育局 | milestone | milestone | milestone | 0 | 25：text 2025年通过验收，26：text 巩固* | 2025-12-31 |
| 8 | 每千人床位 | 张 | 病有良医 | 待定单位 | higher_is_better | hold | quarterly | 0 |  |  |
"""


def test_cells_that_were_not_merged_are_not_filled_from_their_neighbours(draft: Any) -> None:
    """What a workbook leaves blank is blank, other than in the text of a document."""
    spread = drafted(spread=True)
    rows = [indicator_row(one) for one in spread.document["indicators"]]
    merged = [indicator_row(one) for one in draft.document["indicators"]]
    assert [row for row in rows if row not in merged] == rows_of(SPREAD)
    issues = [question.issue for question in spread.questions]
    assert not any("合并" in issue for issue in issues)
    assert "序号最大是11，只读出10行，缺序号2。" in issues
    assert any(issue.startswith("有一行没有读成指标：2 | 普惠托位占比") for issue in issues)


@pytest.mark.parametrize(
    ("lines", "title", "district"),
    [
        (("现将《甲乙区“几优享”实施方案》印发给你们。",), "甲乙区“几优享”实施方案", "甲乙区"),
        (
            (
                "根据《丙丁省“几优享”实施方案》，结合实际，制定本方案。",
                "表1 甲乙区“几优享”五年目标",
            ),
            "甲乙区“几优享”五年目标",
            "甲乙区",
        ),
        (
            ("甲乙县公共服务“几优享”行动方案（2024—2026年）",),
            "甲乙县公共服务“几优享”行动方案（2024—2026年）",
            "甲乙县",
        ),
        (("甲乙县人民政府办公室",), "方案稿", "甲乙县"),
    ],
)
def test_whose_plan_it_is_is_read_and_not_whose_it_follows(lines, title, district) -> None:
    document = drafted(paragraphs=lines).document
    assert (document["title"], document["district"]) == (title, district)


OWN_COLUMNS = """
| 1 | 托位数(不含家庭) | 个 | 总体 | 区卫健局 | higher_is_better | ratio | quarterly | 0 | 25：>= 4，26：>= 5 |  |
| 2 | 学位数 | 万个 | 总体 | 待定单位 | higher_is_better | ratio | quarterly | 0 | 25：>= 5，26：>= 6 |  |
| 3 | 也算在内 | 个 | 总体 | 待定单位 | higher_is_better | hold | quarterly | 0 | 25：>= 7，26：>= 7 |  |
"""
OWN_ASKED = """
| 1 | 表 | 表里有注：说明 | 没有读入；与目标有关的请填进“说明”。 |  |
| 2 | 表-1、表-2、表-3 | 没有写领域，暂写“总体”。 | 按读出的写，标红；请对照文件核对。 | 1、2、3 |
| 3 | 表-2、表-3 | 没有找到牵头单位。 | 暂写“待定单位”。 | 2、3 |
| 4 | 表 | 文件没有写方向。 | 按目标的升降和比较符推断：逆向无，其余正向。 |  |
| 5 | 表 | 文件没有写填报频次。 | 除节点外都按季报。 | 1、2、3 |
| 6 | 表 | 文件没有写判灯规则。 | 目标不变的按保持（逆向按控制线），变化不超过10%的按上年目标，其余按完成率。 | 1、2、3 |
| 7 | 文首 | 印发日期按文中第一个日期读出，没有日期的写首年1月1日。 | 2025-01-01。 |  |
| 8 | 标题 | 简称、区县、专班办公室按标题推断；层级按区级、街道两级。 | 公共服务；本区；本区“公共服务”工程工作专班办公室。 |  |
"""


def test_a_table_may_have_measures_and_agencies_of_its_own() -> None:
    header = ("序号", "指标名称", "单位", "责任单位", "2026年目标", "到2025年")
    rows = (
        ("1", "托位数(不含家庭)", "个", "区卫健局", "5", "4"),
        ("2", "学位数", "万个", "", "6", "5"),
        ("说明",),
        ("3", "也算在内", "个", "", "7", "7"),
    )
    document = drafted(tables=((header, *rows),), paragraphs=("没有标题",)).document
    assert [indicator_row(one) for one in document["indicators"]] == rows_of(OWN_COLUMNS)
    assert [question_row(one) for one in document["open_questions"]] == rows_of(OWN_ASKED)
    assert {key: document[key] for key in ("title", "version", "issued", "years")} == {
        "title": "方案稿",
        "version": "2025.1",
        "issued": "2025-01-01",
        "years": [2025, 2026],
    }
    assert document["domains"] == [{"name": "总体", "lead_agency": "区卫健局"}]
    assert document["task_forces"] == ["总体", "重大项目"]
    assert [one["name"] for one in document["agencies"]] == ["区卫健局", "待定单位"]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ((), "没有找到指标表"),
        (((("序号", "名目", "内容"), *ROWS),), "看到的表，第一行是“序号、名目、内容”"),
        (((HEADER,),), "下面却没有指标"),
    ],
)
def test_a_document_without_a_table_is_told_so(tables: Any, said: str) -> None:
    with pytest.raises(PlanImportError, match=said):
        drafted(tables=tables)
