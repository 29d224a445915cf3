"""What stands once people have decided, and which of it they have confirmed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from support.drawn_records import HEALTH, NOON, Q3, SOCIAL, row

from qiyx_xl.core.consolidation.conflicts import Conflict, Decision, DecisionKind, choose
from qiyx_xl.core.consolidation.current import CurrentFigures, FiguresAt
from qiyx_xl.core.consolidation.versions import Doubt, WaitingChoice
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.records.record import Record

OURS, THEIRS = row("1", "4.9"), row("1", "49", SOCIAL)
CHOSEN = choose(Conflict(OURS, THEIRS), SOCIAL, at=NOON, by="张三", reason="以民政为准")


def figures(plan: Plan, records: list[Record], decisions: list[Decision]) -> FiguresAt:
    return CurrentFigures.of(Plans.only(plan), records, decisions).at(Q3)


def confirmation(agency: str, value: str) -> Decision:
    return Decision(DecisionKind.CONFIRMED, NOON, "张三", "核实", Q3, "1", agency, value)


def test_a_confirmed_value_stands_confirmed_as_long_as_it_stands(plan: Plan) -> None:
    ours = confirmation(HEALTH, "4.9")
    assert figures(plan, [OURS], [ours]).confirmed == {OURS.key}
    assert figures(plan, [replace(OURS, actual=Decimal(5))], [ours]).confirmed == frozenset()
    assert figures(plan, [OURS, row("2", "4.9")], [ours]).confirmed == {OURS.key}
    assert figures(plan, [OURS], []).confirmed == frozenset()


def test_another_agency_s_value_is_confirmed_as_its_own_or_as_the_district_s(plan: Plan) -> None:
    records = [OURS, THEIRS]
    for agency in (SOCIAL, HEALTH):
        stands = figures(plan, records, [CHOSEN, confirmation(agency, "49")])
        assert OURS.key in stands.confirmed
        assert (THEIRS.key in stands.confirmed) == (agency == SOCIAL)
    stands = figures(plan, records, [CHOSEN, confirmation(HEALTH, "4.9")])
    assert stands.confirmed == frozenset(), "the value it stands in for is another one"
    stands = figures(plan, records, [confirmation(SOCIAL, "49")])
    assert stands.confirmed == {THEIRS.key}, "nobody has chosen it"


def test_a_confirmation_is_of_its_own_period(plan: Plan) -> None:
    earlier = replace(OURS, period=Period.parse("2026Q2"))
    stands = figures(plan, [earlier, OURS], [confirmation(HEALTH, "4.9")])
    assert stands.confirmed == {OURS.key}


def test_what_waits_is_conflicts_and_doubts() -> None:
    conflict, doubt = Conflict(OURS, THEIRS), Doubt(OURS, "疑似单位为万元")
    assert WaitingChoice((), ()).is_empty
    assert not WaitingChoice((conflict,), ()).is_empty
    assert not WaitingChoice((), (doubt,)).is_empty
