"""Which record a period's line is made of, and which second number goes with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.drawn_records import HEALTH, SOCIAL, row

from qiyx_xl.core.consolidation.conflicts import find_conflicts
from qiyx_xl.core.consolidation.versions import Outcome, by_figure, resolve_versions
from qiyx_xl.core.plan.lenient import draft, place, plan_years, shown
from qiyx_xl.core.plan.model import Aggregation, SecondInput
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.papers.json.status import total_json

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.records.record import Record

Q3, YEAR_END = Period.parse("2026Q3"), Period.parse("2026Q4")
TODAY = date(2027, 2, 1)


def at(period: str, code: str, value: Any, agency: str | None = None, **more: Any) -> Record:
    record = row(code, value, agency or HEALTH, **more)
    return replace(record, period=Period.parse(period))


def line(plan: Plan, rules: Rules, code: str, *records: Record, period: Period = Q3) -> Any:
    lines = status_lines(plan, rules, period, records, TODAY)
    return next(one for one in lines if one.item.code == code)


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (["2026Q3", "2026-09"], "2026Q3"),
        (["2026-09"], "2026-09"),
        (["2026-08"], None),
        (["2025Q3"], None),
        (["2026"], None),
    ],
)
def test_a_line_is_of_its_period_or_of_one_that_ends_with_it(
    plan: Plan, rules: Rules, sent: list[str], wanted: str | None
) -> None:
    records = [at(period, "1", str(place + 4)) for place, period in enumerate(sent)]
    found = line(plan, rules, "1", *records).record
    assert (None if found is None else str(found.period)) == wanted


def test_a_year_end_is_told_by_the_year_the_quarter_or_the_month(plan: Plan, rules: Rules) -> None:
    year, month = at("2026", "1", "5"), at("2026-12", "1", "4")
    assert line(plan, rules, "1", month, year, period=YEAR_END).record == year
    blank = replace(year, actual=Absence.NOT_REPORTED)
    assert line(plan, rules, "1", month, blank, period=YEAR_END).record == month
    assert line(plan, rules, "1", blank, period=YEAR_END).record == blank


def test_last_year_s_number_is_the_one_at_its_end(plan: Plan, rules: Rules) -> None:
    known = [at("2025Q3", "1", "4.1"), at("2025-12", "1", "4.2"), at("2024Q4", "1", "4")]
    assert line(plan, rules, "1", *known).previous == Decimal("4.2")
    longer = at("2025Q4", "1", "4.3")
    assert line(plan, rules, "1", *known, longer).previous == Decimal("4.3")
    puzzle = replace(longer, actual=Unreadable("四", "不是数字"))
    assert line(plan, rules, "1", *known, puzzle).previous == Decimal("4.2")
    assert line(plan, rules, "1", known[0]).previous is None
    assert line(plan, rules, "1", at("2025Q4", "1", "9", SOCIAL)).previous is None


def test_a_baseline_is_carried_on_and_a_whole_is_not(plan: Plan, rules: Rules) -> None:
    goal = replace(plan.indicators[0], second_input=SecondInput.BASELINE, baseline=Decimal(1))
    changed = replace(plan, indicators=(goal, *plan.indicators[1:]))
    earlier, later = at("2026Q1", "1", "4", second="2"), at("2026Q2", "1", "4", second="3")
    now, next_ = at("2026Q3", "1", "4"), at("2026Q4", "1", "4", second="9")
    assert line(changed, rules, "1", now).second == 1
    assert line(changed, rules, "1", earlier, now, next_).second == 2
    assert line(changed, rules, "1", later, earlier, now).second == 3
    assert line(changed, rules, "1", earlier, replace(now, second=Decimal(7))).second == 7
    coverage = [at("2026Q2", "15", "60", second="64"), at("2026Q3", "15", "61")]
    assert line(plan, rules, "15", *coverage).second is None
    assert line(plan, rules, "15", coverage[0]).second is None


def test_what_is_passed_once_is_passed_for_good(plan: Plan, rules: Rules) -> None:
    four = plan.find("4")
    assert four is not None
    passed = at("2026Q1", "4", Word.PASSED, four.reporting_agency)
    blank = at("2026Q3", "4", Absence.NOT_REPORTED, four.reporting_agency)
    for records in ([passed], [passed, blank], [replace(passed, period=Q3)]):
        assert line(plan, rules, "4", *records).rating.actual is Word.PASSED
    later = replace(passed, period=YEAR_END)
    assert line(plan, rules, "4", later).rating.actual is Absence.NOT_REPORTED
    failed = replace(blank, actual=Word.FAILED)
    assert line(plan, rules, "4", passed, failed).rating.actual is Word.FAILED


def test_a_milestone_that_repeats_indicators_is_done_with_all_of_them(
    plan: Plan, rules: Rules
) -> None:
    both = next(one for one in plan.milestones if len(one.repeats) > 1)
    agency = plan.find(both.repeats[0]).reporting_agency  # type: ignore[union-attr]
    done = [at("2026Q2", code, Word.PASSED, agency) for code in both.repeats]
    assert line(plan, rules, both.code, *done).rating.actual is Word.DONE
    assert line(plan, rules, both.code, *done[1:]).rating.actual is Absence.NOT_REPORTED
    late = [replace(done[0], period=YEAR_END), *done[1:]]
    assert line(plan, rules, both.code, *late).rating.actual is Absence.NOT_REPORTED


def test_a_line_of_streets_figures_tells_their_total(plan: Plan, rules: Rules) -> None:
    item = next(one for one in plan.items() if one.aggregation is Aggregation.SUM)
    streets = [one.name for one in plan.agencies if one.is_street]
    parts = [at("2026Q3", item.code, "2", name, second="3") for name in streets]
    found = line(plan, rules, item.code, *parts[1:], replace(parts[0], second=None)).total
    told = total_json(found)
    assert (told["aggregation"], told["absent"]) == ("sum", [])
    assert told["value"] == told["numerator"] == str(2 * len(streets))
    assert told["denominator"] is None
    assert [one["agency"] for one in told["parts"]] == streets
    assert [one["second"] for one in told["parts"]] == [None, *["3"] * (len(streets) - 1)]
    assert {one["actual"] for one in told["parts"]} == {"2"}
    assert line(plan, rules, "1", *parts).total is None
    monthly = [replace(one, period=Period.parse("2026-09")) for one in parts]
    assert line(plan, rules, item.code, *monthly).total is not None
    assert line(plan, rules, item.code, *monthly, period=YEAR_END).total is None


# --- versions and rivals ---------------------------------------------------------------------


def test_a_second_number_alone_says_something() -> None:
    alone, number = row("15", Absence.NOT_REPORTED, second="64"), row("15", "60", saved=5)
    assert resolve_versions([alone]).outcomes == (Outcome.CURRENT,)
    assert resolve_versions([row("15", Absence.NOT_REPORTED)]).outcomes == (Outcome.NOT_USED,)
    assert resolve_versions([alone, number]).outcomes == (Outcome.REVISED, Outcome.CURRENT)
    assert resolve_versions([number, row("15", "60.0", saved=9)]).outcomes == (
        Outcome.CURRENT,
        Outcome.RESTATED,
    )


def test_versions_are_grouped_by_figure_in_their_order() -> None:
    versions = [row("1", "4"), row("2", "5"), row("1", "6"), row("1", "7", SOCIAL)]
    groups = by_figure(versions)
    assert [[str(one.actual) for one in group] for group in groups.values()] == [
        ["4", "6"],
        ["5"],
        ["7"],
    ]


def test_rivals_are_held_against_who_should_report_wherever_it_stands(plan: Plan) -> None:
    last = next(
        one
        for one in plan.indicators
        if one.reporting_agency not in (HEALTH, SOCIAL, plan.agencies[0].name)
    )
    sides = [
        row(last.code, "1", name)
        for name in (SOCIAL, HEALTH, last.reporting_agency, "别的局", "某局")
    ]
    found = find_conflicts(plan, [replace(one, actual=Decimal(n)) for n, one in enumerate(sides)])
    assert {one.left.agency for one in found} == {last.reporting_agency}
    assert [one.right.agency for one in found] == [HEALTH, SOCIAL, "别的局", "某局"]
    without = find_conflicts(plan, [replace(sides[0], actual=Decimal(5)), sides[1]])
    assert [(one.left.agency, one.right.agency) for one in without] == [(HEALTH, SOCIAL)]


# --- places in a plan document ---------------------------------------------------------------

DOCUMENT = {
    "indicators": [{"number": 9, "notes": ["甲", "乙"]}, {"number": True}, "x"],
    "goals": [{"code": "T1-1-01"}, {"code": ""}],
    "agencies": [{"name": "区卫健局"}],
    "years": [2024, 2023, True, "x"],
}
PLACES = {
    (): "方案",
    ("title",): "标题",
    ("未知",): "未知",
    ("indicators",): "指标表",
    ("indicators", 0): "指标9",
    ("indicators", 0, "targets", "2024", "value"): "指标9 · 2024年目标 · 数值",
    ("indicators", 0, "targets"): "指标9 · 年度目标",
    ("indicators", 0, "notes", 1): "指标9 · 说明第2条",
    ("indicators", 1): "指标第2项",
    ("indicators", 2, "name"): "指标第3项 · 名称",
    ("indicators", 7): "指标第8项",
    ("goals", 0, "code"): "任务目标T1-1-01 · 编号",
    ("goals", 1): "任务目标第2项",
    ("agencies", 0, "level"): "单位名录第1项 · 层级",
    ("years", 1): "规划年份第2项",
}


@pytest.mark.parametrize("path", PLACES)
def test_a_place_in_a_document_is_named_for_people(path: tuple[Any, ...]) -> None:
    assert place(DOCUMENT, path) == PLACES[path]


def test_what_stands_there_is_shown_short_and_on_one_line() -> None:
    for value, wanted in (
        ({}, "一组内容"), ([1], "一列内容"), (True, "true"), (False, "false"), (None, "空"), (5, "5"),
        (Decimal("4.50"), "4.50"), (10**39, "1" + "0" * 39), (10**40, "1.000e+40"), ("a\nb", "a�b"),
        ("长" * 40, "长" * 40), ("长" * 41, "长" * 40 + "…"),
    ):  # fmt: skip
        assert shown(value) == wanted


def test_a_part_reads_what_has_the_right_type() -> None:
    root = draft({"text": "x", "empty": "", "whole": 5, "large": 10**15, "share": Decimal("0.5"), "yes": True, "one": "a", "many": ["a", 5, "b"], "part": {"x": 1}, "parts": [{"x": 1}, 5]})  # fmt: skip
    assert [root.text(key) for key in ("text", "empty", "whole")] == ["x", None, None]
    assert [root.integer(key) for key in ("whole", "large", "share", "yes")] == [
        5,
        None,
        None,
        None,
    ]
    assert [root.number(key) for key in ("whole", "large", "share", "yes", "text")] == [
        5,
        None,
        Decimal("0.5"),
        None,
        None,
    ]
    assert [root.flag(key) for key in ("yes", "whole", "no")] == [True, False, False]
    assert [root.texts(key) for key in ("one", "many", "whole")] == [("a",), ("a", "b"), ()]
    assert root.part("part") is not None
    assert root.part("text") is None
    assert [one.path for one in root.parts("parts")] == [("parts", 0)]
    assert list(root.parts("text")) == []
    assert plan_years(draft(DOCUMENT)) == (2023, 2024)
    assert plan_years(draft([])) == ()
