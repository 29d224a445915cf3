"""The JSON answers about consolidating, deciding, closing and tracing, held to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.drawn_records import EDUCATION, HEALTH, NINE, NOON, Q3, SOCIAL, merged, row, sent
from support.value_lines import spelled

from qiyx_xl.core.consolidation.conflicts import (
    Decision,
    DecisionKind,
    apply_decisions,
    choose,
    chosen_agencies,
    confirmed,
    find_conflicts,
    redated,
)
from qiyx_xl.core.consolidation.street_totals import street_totals, with_totals
from qiyx_xl.core.consolidation.versions import Doubt, WaitingChoice
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.history.closing import ClosingError, close, closing_in_force, reopen
from qiyx_xl.core.history.trace import trace
from qiyx_xl.core.plan.model import Aggregation, Parts
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.log_entries import LoggedFile, LoggedRecord
from qiyx_xl.core.records.project_record import ProjectRecord, ProjectRevision
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.papers.json.consolidation import consolidation_document
from qiyx_xl.papers.json.history import (
    closing_document,
    closings_document,
    decisions_document,
    trace_document,
    waiting_document,
)
from qiyx_xl.papers.json.validation import validation_text

if TYPE_CHECKING:
    from qiyx_xl.core.consolidation.merge import Consolidation
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

TODAY = date(2026, 10, 30)
FOUND = Finding("V104", Severity.ERROR, "请改。", "填报表", "G6", "本期实际值", "320个", "320")


@pytest.fixture
def taken(plan: Plan) -> Consolidation:
    """A batch in which everything happens that can happen to a file."""
    before = merged(plan, sent(row("1", "4.9"), row("15", "63", second="60")))
    return merged(
        plan,
        sent(row("1", "5.1"), row("2", "69"), row("12", BLANK), saved=30),
        sent(row("15", "64"), saved=20),
        sent(row("1", "5.5"), agency=SOCIAL, saved=10),
        sent(row("13", "98"), agency=SOCIAL, saved=-60, status=SubmissionStatus.RETURNED, findings=(FOUND,)),
        sent(agency=EDUCATION, status=SubmissionStatus.UNREADABLE, findings=(replace(FOUND, cell=None),)),
        sent(row("1", "4.7"), saved=-90),
        *(before.accepted[:1]),
        logged=before.records,
        known=(before.accepted[0].sha256,),
        revision_reason="数据更正",
    )  # fmt: skip


BLANK = Absence.NOT_REPORTED


@pytest.fixture
def decisions(plan: Plan, taken: Consolidation) -> tuple[Decision, ...]:
    """One of each kind."""
    return (
        choose(taken.conflicts[0], SOCIAL, at=NOON, by="张三", reason="以民政为准"),
        Decision(
            DecisionKind.VERSION, NOON, "张三", "新件有误", Q3, "1", HEALTH, "4.9", sha256="ab" * 32
        ),
        Decision(DecisionKind.CONFIRMED, NOON, "李四", "已核实", Q3, "12", HEALTH, "6.1"),
    )


def test_a_consolidation_is_told_the_same(plan: Plan, taken: Consolidation, snapshot: Any) -> None:
    source = Source("甲.xlsx", "ef" * 32, "重大项目", "F6")
    old = ProjectRecord("XM01", Q3, HEALTH, Decimal(20), "", "20", source)
    with_projects = replace(
        taken,
        new_projects=(old,),
        revised_projects=(ProjectRevision(old, replace(old, value=date(2026, 6, 30))),),
    )
    document = consolidation_document(
        plan, with_projects, ledger="台账.xlsm", sha256_before="12" * 32, sha256_after="34" * 32
    )
    assert spelled(document) == snapshot


def test_a_report_on_a_batch_is_told_the_same(taken: Consolidation, snapshot: Any) -> None:
    files = (*taken.accepted, *taken.returned, *taken.unreadable)
    assert "".join(validation_text(files, "2026.1")) == snapshot
    assert "".join(validation_text((), "2026.1")) == snapshot


def test_what_waits_and_what_was_decided_is_told_the_same(
    plan: Plan, taken: Consolidation, decisions: tuple[Decision, ...], snapshot: Any
) -> None:
    doubt = Doubt(replace(row("19", "1.7", SOCIAL), second=Decimal(3)), "疑似单位为万元")
    assert spelled(waiting_document(plan, WaitingChoice(taken.conflicts, (doubt,)))) == snapshot
    assert spelled(decisions_document(plan, decisions)) == snapshot


def test_a_closing_is_told_the_same(plan: Plan, rules: Rules, snapshot: Any) -> None:
    records = [row("1", "4.9"), row("12", "6.1"), row("T3-3-01", Unreadable("三成", "不是确数"))]
    lines = status_lines(plan, rules, Q3, records, TODAY)
    closing = close(plan, rules, Q3, lines, (), at=NOON, by="王敏", reason="季度", ledger="ab" * 32)
    opened = reopen(Q3, [closing], at=NOON, by="王敏", reason=" 有误 ")
    document = closing_document(
        closing, copy="封账/台账.xlsm", unreported=lines[2:4], in_doubt=lines[11:12]
    )
    assert spelled(document) == snapshot
    assert spelled(closings_document([closing, opened])) == snapshot
    assert spelled(closing.figures[:3]) == snapshot
    assert opened.reason == "有误"
    assert closing_in_force([closing, opened], Q3) is None
    assert closing_in_force([closing, opened, closing], Q3) is closing
    assert closing_in_force([closing], Period.parse("2026Q2")) is None
    with pytest.raises(ClosingError, match="2026-10-08 12:00 封账，没有重复封账"):
        close(plan, rules, Q3, lines, [closing], at=NOON, by="王敏")
    with pytest.raises(ClosingError, match="没有封账，不用启封"):
        reopen(Q3, [], at=NOON, by="王敏", reason="有误")
    with pytest.raises(ClosingError, match="要说明理由"):
        reopen(Q3, [closing], at=NOON, by="王敏", reason="  ")


def test_a_figure_s_history_is_told_the_same(
    plan: Plan, rules: Rules, decisions: tuple[Decision, ...], snapshot: Any
) -> None:
    versions = [
        row("1", "4.9", saved=0, second="3"),
        row("1", "5.1", saved=30),
        row("1", BLANK, saved=40),
        row("1", "5.5", SOCIAL, saved=10),
        replace(row("1", "5.10", saved=None), as_written="5.1个"),
        replace(row("1", "7"), period=Period.parse("2026Q2")),
        replace(row("1", "5.2"), source=None),
    ]
    logged = [
        LoggedRecord(one, NINE.replace(minute=place), place, current=place == 1, reason="更正" * (place == 2))
        for place, one in enumerate(versions, start=1)
    ]  # fmt: skip
    refused = [
        LoggedFile("退.xlsx", "cd" * 32, HEALTH, Q3, SubmissionStatus.RETURNED, "", NINE, 9, 2, 1),
        LoggedFile("坏.xlsx", "ce" * 32, None, Q3, SubmissionStatus.UNREADABLE, "", NOON, 9, 0, 0),
        LoggedFile("好.xlsx", "cf" * 32, HEALTH, Q3, SubmissionStatus.ACCEPTED, "", NOON, 9, 0, 0),
    ]
    lines = status_lines(plan, rules, Q3, [versions[0]], TODAY)
    closing = close(plan, rules, Q3, lines, (), at=NOON, by="王敏")
    opened = reopen(Q3, [closing], at=NOON, by="王敏", reason="有误")
    other = replace(closing, period=Period.parse("2026Q2"))
    earlier = replace(decisions[0], period=Period.parse("2026Q2"))
    steps = trace(Q3, logged, (*decisions, earlier), [closing, opened, other], refused)
    assert [str(step) for step in steps] == snapshot
    originals = {"cd" * 32: "原件/cd.xlsx"}
    item = plan.indicators[0]
    document = trace_document(item, Q3, lines[0], steps, originals)
    assert spelled(document) == snapshot
    assert trace_document(item, Q3, None, (), {})["current"] is None


# --- streets ---------------------------------------------------------------------------------


@pytest.fixture
def streets(plan: Plan) -> list[str]:
    return [one.name for one in plan.agencies if one.level == "街道"]


def summed(plan: Plan, aggregation: Aggregation) -> Any:
    return next(one for one in plan.items() if one.aggregation is aggregation)


@pytest.mark.parametrize("aggregation", [Aggregation.SUM, Aggregation.RATIO_OF_SUMS])
def test_totals_are_told_the_same(
    plan: Plan, rules: Rules, streets: list[str], aggregation: Aggregation, snapshot: Any
) -> None:
    found = [one for one in plan.items() if one.aggregation is aggregation]
    if not found:  # the shipped plan may have none: a ratio of two sums is then made of a sum
        parts = Parts("有证托位数", "托位总数", "个")
        made = replace(plan.indicators[1], aggregation=aggregation, parts=parts)
        plan = replace(plan, indicators=(plan.indicators[0], made, *plan.indicators[2:]))
        found = [made]
    item = found[0]
    whole = [
        row(item.code, str(3 + place), street, second=str(10 * (place + 1)))
        for place, street in enumerate(streets)
    ]
    without = [
        replace(whole[0], actual=Absence.NOT_APPLICABLE),
        replace(whole[1], second=None),
        replace(whole[2], actual=Unreadable("三成", "不是确数")),
        replace(whole[3], actual=BLANK),
        *whole[4:-1],
    ]
    nothing = [replace(one, actual=Absence.NOT_APPLICABLE) for one in whole]
    zeroes = [replace(one, second=Decimal(0)) for one in whole]
    for records in (whole, [*whole[1:], replace(whole[0], actual=Absence.NOT_APPLICABLE)], without, nothing, zeroes):  # fmt: skip
        told = [
            (one.item.code, one.value, one.numerator, one.denominator, one.absent, one.summary, one.record())
            for one in street_totals(plan, [*records, row(item.code, "99", item.reporting_agency)])
        ]  # fmt: skip
        assert spelled(told) == snapshot
    (total,) = street_totals(plan, whole)
    assert total.value is not None
    shown = round(total.value, 2)
    assert total.agrees_with(shown)
    assert not total.agrees_with(shown + Decimal("0.01"))
    assert total.agrees_with(round(total.value, 0)) == (
        total.item.sums_ratio or shown == round(shown)
    )


def test_a_total_that_differs_is_a_rival_and_stands_where_nobody_reported(
    plan: Plan, streets: list[str]
) -> None:
    item = summed(plan, Aggregation.SUM)
    parts = [row(item.code, "2", street) for street in streets]
    total = Decimal(2 * len(streets))
    lead = row(item.code, "7", item.reporting_agency)
    (conflict,) = find_conflicts(plan, [lead, *parts])
    assert (conflict.left, conflict.right.agency, conflict.right.actual) == (
        lead,
        "各街道合计",
        total,
    )
    assert find_conflicts(plan, [replace(lead, actual=total), *parts]) == ()
    assert find_conflicts(plan, [lead, *parts[1:]]) == ()
    applied = {one.agency: one.actual for one in apply_decisions(plan, parts, ())}
    assert applied[item.reporting_agency] == total
    assert chosen_agencies(plan, parts, ()) == {(Q3, item.code): "各街道合计"}
    logged = [LoggedRecord(one, NINE, run, current=True) for run, one in enumerate(parts, start=1)]
    everything = [*logged, LoggedRecord(row("1", "4.9"), NINE, 99, current=True)]
    rows = with_totals(plan, everything, covers=lambda _: True)
    assert [one.record.agency for one in rows] == [*streets, "各街道合计", HEALTH]
    assert rows[len(streets)].run == len(streets)
    assert with_totals(plan, logged[1:], covers=lambda _: True) == tuple(logged[1:])


# --- decisions -------------------------------------------------------------------------------


def test_a_decision_is_about_one_item_in_one_period(plan: Plan, taken: Consolidation) -> None:
    (conflict, *_) = taken.conflicts
    decision = choose(conflict, SOCIAL, at=NOON, by="张三", reason="以民政为准")
    assert (decision.at, decision.by, decision.reason) == (NOON, "张三", "以民政为准")
    assert (decision.agency, decision.value) == (SOCIAL, "5.5")
    assert (decision.other, decision.other_value) == (HEALTH, "5.1")
    assert find_conflicts(plan, taken.records, [decision]) == ()
    for other in (
        replace(decision, period=Period.parse("2026Q2")),
        replace(decision, code="2"),
        replace(decision, kind=DecisionKind.CONFIRMED),
        replace(decision, value="5.6"),
        replace(decision, other_value="5"),
    ):
        assert find_conflicts(plan, taken.records, [other]) == (conflict,)


def test_a_third_value_chosen_over_both_settles_the_two(plan: Plan) -> None:
    records = [row("1", "4.9"), row("1", "5.5", SOCIAL), row("1", "6", EDUCATION)]
    found = find_conflicts(plan, records)
    assert [(one.left.agency, one.right.agency) for one in found] == [
        (HEALTH, EDUCATION),
        (HEALTH, SOCIAL),
    ]
    over_health = choose(found[0], EDUCATION, at=NOON, by="张三", reason="一")
    over_social = replace(over_health, other=SOCIAL, other_value="5.5", reason="二")
    assert len(find_conflicts(plan, records, [over_health])) == 1
    assert find_conflicts(plan, records, [over_health, over_social]) == ()
    assert find_conflicts(plan, records, [over_social, over_health]) == ()
    applied = {one.agency: one.actual for one in apply_decisions(plan, records, [over_health])}
    assert applied[HEALTH] == Decimal(6)
    assert chosen_agencies(plan, records, [over_health]) == {(Q3, "1"): EDUCATION}


def test_a_value_that_is_not_applicable_elsewhere_is_no_rival(plan: Plan) -> None:
    ours = row("1", "4.9")
    for nothing in (Absence.NOT_APPLICABLE, BLANK):
        assert find_conflicts(plan, [ours, row("1", nothing, SOCIAL)]) == ()
    assert (
        find_conflicts(plan, [ours, row("不在方案里", "5"), row("不在方案里", "6", SOCIAL)]) == ()
    )


def test_conflicts_come_by_period_and_in_the_plan_s_order(plan: Plan) -> None:
    q2 = Period.parse("2026Q2")
    records = [
        replace(row(code, value, agency), period=period)
        for code in ("12", "2", "1")
        for period in (Q3, q2)
        for value, agency in (("5", SOCIAL), ("4", HEALTH))
    ]
    found = [
        (str(one.left.period), one.code, one.left.agency) for one in find_conflicts(plan, records)
    ]
    assert found == [(str(p), code, HEALTH) for p in (q2, Q3) for code in ("1", "2", "12")]


def test_only_the_version_preferred_is_redated(plan: Plan) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    old, new, bare = row("1", "4.9", file="旧"), row("1", "49", file="新"), row("1", "5")
    bare = replace(bare, source=None)
    assert old.source is not None
    prefer = Decision(
        DecisionKind.VERSION, at, "张三", "错", Q3, "1", HEALTH, "4.9", sha256=old.source.sha256
    )
    dated = redated([old, new, bare], [prefer])
    assert [one.source and one.source.saved_at == at for one in dated] == [True, False, None]
    assert redated([old], [replace(prefer, kind=DecisionKind.FIGURE)]) == [old]
    assert redated([old], [replace(prefer, code="2")]) == [old]


def test_a_confirmation_names_period_item_agency_and_value() -> None:
    record = row("19", "1.7", SOCIAL)
    decision = Decision(DecisionKind.CONFIRMED, NOON, "张三", "核实", Q3, "19", SOCIAL, "1.7")
    assert confirmed([record], [decision]) == {record.key}
    for other in (
        replace(decision, period=Period.parse("2026Q2")),
        replace(decision, code="18"),
        replace(decision, agency=HEALTH),
        replace(decision, value="1.70001"),
        replace(decision, kind=DecisionKind.FIGURE),
    ):
        assert confirmed([record], [other]) == frozenset()
    assert confirmed([row("4", Word.PASSED)], [replace(decision, code="4", agency=HEALTH, value="已通过")])  # fmt: skip
