from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.drawn_records import (
    EDUCATION,
    HEALTH,
    NINE,
    NOON,
    Q3,
    SOCIAL,
    conflicting,
    merged,
    row,
    sent,
)

from qiyx_xl.core.consolidation.conflicts import (
    Decision,
    DecisionKind,
    apply_decisions,
    choose,
    confirmed,
    redated,
)
from qiyx_xl.core.consolidation.versions import resolve_versions
from qiyx_xl.core.plan.model import Aggregation

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan


def test_two_agencies_with_one_figure_are_a_conflict_and_both_are_kept(plan: Plan) -> None:
    outcome = conflicting(plan)
    (conflict,) = outcome.conflicts
    assert (conflict.left.agency, str(conflict.left.actual)) == (HEALTH, "4.9")
    assert (conflict.right.agency, str(conflict.right.actual)) == (SOCIAL, "5.5")
    assert len(outcome.records) == 3


def test_what_streets_report_of_a_summed_item_is_no_conflict(plan: Plan) -> None:
    item = next(one for one in plan.items() if one.aggregation is Aggregation.SUM)
    streets = [one.name for one in plan.agencies if one.level == "街道"][:2]
    outcome = merged(
        plan,
        *(
            sent(row(item.code, str(place)), agency=agency)
            for place, agency in enumerate([item.reporting_agency, *streets], start=1)
        ),
    )
    assert outcome.conflicts == ()
    assert len(outcome.records) == 3


def test_a_decision_settles_the_conflict_and_gives_the_district_the_chosen_value(
    plan: Plan,
) -> None:
    outcome = conflicting(plan)
    decision = choose(outcome.conflicts[0], SOCIAL, at=NOON, by="张三", reason="以民政为准")
    again = merged(plan, logged=outcome.records, decisions=(decision,))
    assert again.conflicts == ()
    applied = {one.agency: one for one in apply_decisions(plan, outcome.records, [decision])}
    assert str(applied[HEALTH].actual) == "5.5"
    assert applied[HEALTH].source == applied[SOCIAL].source
    kept = choose(outcome.conflicts[0], HEALTH, at=NOON, by="张三", reason="以卫健为准")
    assert apply_decisions(plan, outcome.records, [decision, kept]) == outcome.records


def test_a_decision_is_open_again_when_either_side_sends_another_number(plan: Plan) -> None:
    outcome = conflicting(plan)
    decision = choose(outcome.conflicts[0], SOCIAL, at=NOON, by="张三", reason="以民政为准")
    again = merged(
        plan,
        sent(row("1", "5.6"), agency=SOCIAL, saved=9),
        logged=outcome.records,
        decisions=(decision,),
    )
    assert [str(one.right.actual) for one in again.conflicts] == ["5.6"]
    assert apply_decisions(plan, again.records, [decision]) == again.records


def test_a_decision_for_somebody_else_is_refused(plan: Plan) -> None:
    with pytest.raises(ValueError, match="请从“区卫健局”和“区民政局”中选一个"):
        choose(conflicting(plan).conflicts[0], EDUCATION, at=NOON, by="张三", reason="错了")


def test_a_person_may_prefer_an_earlier_version_until_the_agency_sends_again() -> None:
    old, new = row("1", "4.9", file="旧"), row("1", "49", saved=5, file="新")
    assert old.source is not None
    prefer = Decision(
        DecisionKind.VERSION,
        NINE + timedelta(minutes=30),
        "张三",
        "新件错了一位",
        Q3,
        "1",
        HEALTH,
        "4.9",
        sha256=old.source.sha256,
    )
    assert resolve_versions(redated([old, new], [prefer])).record.actual == Decimal("4.9")
    third = row("1", "5.0", saved=60)
    assert resolve_versions(redated([old, new, third], [prefer])).record.actual == Decimal("5.0")


def test_a_confirmation_is_about_the_very_value(plan: Plan) -> None:
    one, other = row("19", "1.7", SOCIAL), row("19", "1.8", SOCIAL)
    decision = Decision(DecisionKind.CONFIRMED, NOON, "张三", "核实", Q3, "19", SOCIAL, "1.7")
    assert confirmed([one], [decision]) == {one.key}
    assert confirmed([other], [decision]) == frozenset()
