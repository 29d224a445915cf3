"""A revised plan holds from its period on; what was reported and judged before stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.desk import HEALTH, INSURANCE, MORNING, Q2, Q3, TODAY
from support.revised_plans import renamed, revised, with_target, without
from support.spreadsheet_hands import type_over

from qiyx_xl import app
from qiyx_xl.app import AppError
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import spell
from qiyx_xl.ledger.registry import LedgerSheet
from qiyx_xl.store import Store, StoreError

if TYPE_CHECKING:
    from support.desk import Desk

    from qiyx_xl.core.plan.model import Plan

pytestmark = pytest.mark.slow

Q4, NEXT = Period.parse("2026Q4"), Period.parse("2027Q1")
RENAMED = "区医疗保障分局"


def adopt(desk: Desk, plan: Plan, since: Period | None, *, hour: int = 1) -> tuple[str, ...]:
    """Adopt a plan, and return what it changes."""
    proposal = app.propose(desk.office, plan, since=since, today=TODAY)
    now = MORNING + timedelta(hours=hour)
    desk.office = app.adopt(desk.office, proposal, now=now, today=TODAY, by="张三", refreshes=False)
    desk.office = app.Office.at(desk.office.ledger)
    return tuple(change.sentence for change in proposal.changes)


@pytest.fixture
def reporting(desk: Desk) -> Desk:
    """Two quarters in which 区卫健局 has reported 12, and 1."""
    desk.consolidate(desk.file(HEALTH, {"1": 4.8, "12": 61}, period=Q2), period=Q2)
    desk.consolidate(desk.file(HEALTH, {"1": 4.9, "12": 62}))
    return desk


def test_a_moved_responsibility_leaves_what_was_reported(reporting: Desk) -> None:
    desk = reporting
    before = {period: desk.shown("12", period) for period in (Q2, Q3)}
    said = adopt(desk, revised(desk.plan, "12", responsible_agency=INSURANCE), Q4)
    assert said[1:] == (
        "指标12““浙里惠民保”投保率”：从2026年四季度起改由区医保部门填报（原由区卫健局填报）。",
    )
    assert {period: desk.shown("12", period) for period in (Q2, Q3)} == before
    desk.consolidate(desk.file(INSURANCE, {"12": 63}, period=Q4), period=Q4, hour=2)
    assert desk.shown("12", Q4).startswith("63 ")
    last = desk.office.history(Q4).last("12", INSURANCE, Q4)
    assert last is not None
    assert spell(last.actual) == "62", "the new agency goes on where the old one stopped"


def test_what_the_old_agency_sent_for_the_period_stands_until_the_new_one_sends(
    reporting: Desk,
) -> None:
    desk = reporting
    adopt(desk, revised(desk.plan, "12", responsible_agency=INSURANCE), Q3)
    assert desk.shown("12", Q3).startswith("62 ")
    desk.consolidate(desk.file(INSURANCE, {"12": 64}), hour=2)
    assert desk.shown("12", Q3).startswith("64 ")


def test_what_the_one_before_has_reported_is_not_asked_for_again(reporting: Desk) -> None:
    desk = reporting
    adopt(desk, revised(desk.plan, "12", responsible_agency=INSURANCE), Q3)
    result = desk.consolidate(desk.file(HEALTH, {"2": 3}), hour=2)
    missing = {one.agency: one.codes for one in result.consolidation.missing}
    assert "12" not in (*missing.get(HEALTH, ()), *missing.get(INSURANCE, ()))
    assert "3" in missing[HEALTH]
    dry = desk.consolidate(desk.file(HEALTH, {"2": 4}, saved=9), hour=3, dry_run=True)
    assert dry.consolidation.missing == result.consolidation.missing


def test_a_milestone_done_under_the_one_before_is_done(desk: Desk) -> None:
    due = date(2026, 3, 31)

    def with_milestone(**changes: Any) -> Plan:
        return replace(
            desk.plan,
            milestones=tuple(
                replace(one, due=due, **changes) if one.code == "M12" else one
                for one in desk.plan.milestones
            ),
        )

    adopt(desk, with_milestone(), None)
    desk.consolidate(desk.file(HEALTH, {"M12": "已完成"}, period=Q2), period=Q2)
    adopt(desk, with_milestone(responsible_agency=INSURANCE), Q3)
    result = desk.consolidate(desk.file(HEALTH, {"12": 61}), hour=2)
    missing = [code for one in result.consolidation.missing for code in one.codes]
    assert "M12" not in missing
    assert desk.lines(Q3)["M12"].record is not None


def test_one_agency_after_another_is_no_conflict(reporting: Desk) -> None:
    desk = reporting
    adopt(desk, revised(desk.plan, "12", responsible_agency=INSURANCE), Q3)
    result = desk.consolidate(desk.file(INSURANCE, {"12": 64}, saved=150), hour=2)
    assert result.consolidation.conflicts == ()
    assert app.waiting(desk.office, TODAY).is_empty
    assert desk.shown("12", Q3).startswith("64 ")
    late = desk.consolidate(desk.file(HEALTH, {"12": 65}, saved=200), hour=3)
    assert len(late.consolidation.conflicts) == 1, "the one before, who is still a claimant"


def test_a_figure_does_not_come_back_with_its_sender(reporting: Desk) -> None:
    desk = reporting
    first = desk.plan
    adopt(desk, revised(first, "12", responsible_agency=INSURANCE), Q3)
    desk.consolidate(desk.file(INSURANCE, {"12": 64}, saved=150), hour=2)
    adopt(desk, first, Q3, hour=3)
    assert desk.shown("12", Q3).startswith("64 ")


def test_one_agency_under_two_names_is_no_conflict_in_its_own_file(reporting: Desk) -> None:
    desk = reporting
    adopt(desk, renamed(desk.plan, HEALTH, RENAMED), Q3)
    result = desk.consolidate(desk.file(RENAMED, {"1": 5}, saved=40), hour=2)
    assert result.consolidation.conflicts == ()


def test_a_revised_target_judges_from_its_period_on(reporting: Desk) -> None:
    desk = reporting
    before = desk.lines(Q3)["1"].rating
    adopt(desk, with_target(desk.plan, "1", 2026, "6"), Q4)
    desk.consolidate(desk.file(HEALTH, {"1": 5}, period=Q4), period=Q4, hour=2)
    assert desk.lines(Q3)["1"].rating == before
    now = desk.lines(Q4)["1"].rating
    assert (now.target, now.word) == (Decimal(6), "红")


def test_a_retired_indicator_keeps_its_past_and_is_asked_for_no_more(reporting: Desk) -> None:
    desk = reporting
    before = desk.shown("12", Q3)
    said = adopt(desk, without(desk.plan, "12"), Q4)
    assert "指标12““浙里惠民保”投保率”：从2026年四季度起不再考核，以前各期的数照旧保留。" in said
    assert desk.shown("12", Q3) == before
    assert "12" not in desk.lines(Q4)


def test_a_renamed_agency_keeps_its_figures_and_is_known_by_both_names(reporting: Desk) -> None:
    desk = reporting
    before = {period: desk.shown("1", period) for period in (Q2, Q3)}
    said = adopt(desk, renamed(desk.plan, HEALTH, RENAMED), Q3)
    assert f"区卫健局改名为{RENAMED}，过去的数仍是它的。" in said
    assert not any("改由" in sentence for sentence in said)
    assert {period: desk.shown("1", period) for period in (Q2, Q3)} == before
    desk.consolidate(desk.file(RENAMED, {"1": 5}, saved=40), hour=2)
    assert desk.shown("1", Q3).startswith("5 "), "a correction under the new name"
    assert app.waiting(desk.office, TODAY).is_empty, "one agency does not contradict itself"


def test_a_renumbered_plan_without_ids_is_understood_by_its_names(reporting: Desk) -> None:
    desk = reporting
    fewer = without(desk.plan, "10")
    moved = {one.code: str(place) for place, one in enumerate(fewer.indicators, start=1)}
    renumbered = replace(
        fewer,
        indicators=tuple(
            replace(one, code=moved[one.code], number=int(moved[one.code]))
            for one in fewer.indicators
        ),
        goals=tuple(
            replace(one, repeats=None if one.repeats is None else moved[one.repeats])
            for one in fewer.goals
        ),
        milestones=tuple(
            replace(one, repeats=tuple(moved[code] for code in one.repeats))
            for one in fewer.milestones
        ),
    )
    said = adopt(desk, renumbered, Q4)
    assert any("序号由12改为11" in sentence for sentence in said)
    plan = desk.office.plan_at(Q4)
    assert plan.find("11").name == desk.office.plan_at(Q3).find("12").name  # type: ignore[union-attr]
    assert plan.find("11").code == "12"  # type: ignore[union-attr]
    assert desk.shown("12", Q3) == "62 红"


def test_an_item_that_is_neither_is_asked_about(reporting: Desk) -> None:
    desk = reporting
    other = revised(desk.plan, "12", name="养老床位数", measure="张")
    with pytest.raises(AppError, match="分不清是改了名还是换了一项"):
        app.propose(desk.office, other, since=Q4, today=TODAY)


def test_a_closed_period_is_not_changed(reporting: Desk) -> None:
    desk = reporting
    app.close(desk.office, Q3, now=MORNING, by="张三", today=TODAY)
    plan = revised(desk.plan, "12", responsible_agency=INSURANCE)
    for since in (Q2, Q3, Period.parse("2026")):
        with pytest.raises(AppError, match="已经封账"):
            app.propose(desk.office, plan, since=since, today=TODAY)
    assert app.propose(desk.office, plan, since=None, today=TODAY).since == Q4


def test_a_closed_period_shows_the_plan_it_was_closed_by(reporting: Desk) -> None:
    desk = reporting
    app.close(desk.office, Q3, now=MORNING, by="张三", today=TODAY)
    before = app.state(desk.office, Q3, TODAY)
    adopt(desk, renamed(without(desk.plan, "11"), HEALTH, RENAMED), Q4)
    after = app.state(desk.office, Q3, TODAY)
    assert after == before
    assert after.plan.agency(HEALTH) is not None


@pytest.mark.parametrize("since", ["2022Q4", "2028Q1"])
def test_a_period_outside_the_plan_is_refused(reporting: Desk, since: str) -> None:
    plan = with_target(reporting.plan, "1", 2026, "6")
    with pytest.raises(AppError, match="不在方案的年份里"):
        app.propose(reporting.office, plan, since=Period.parse(since), today=TODAY)


def test_another_districts_plan_is_no_revision(reporting: Desk) -> None:
    other = replace(reporting.plan, plan_id="zhenhai-2023-2027")
    with pytest.raises(AppError, match="是另一份方案"):
        app.propose(reporting.office, other, since=Q4, today=TODAY)


def test_a_version_that_was_not_raised_is_raised(reporting: Desk) -> None:
    said = adopt(reporting, with_target(reporting.plan, "1", 2026, "6"), Q4)
    assert said[0] == "版本：由“2023.2”改为“2023.3”。"
    again = with_target(reporting.plan, "1", 2026, "7")
    assert adopt(reporting, again, NEXT)[0] == "版本：由“2023.3”改为“2023.4”。"


def test_of_two_adoptions_at_once_one_is_refused(reporting: Desk) -> None:
    office = reporting.office
    plans = [with_target(reporting.plan, "1", 2026, value) for value in ("6", "7")]
    proposals = [app.propose(office, plan, since=Q4, today=TODAY) for plan in plans]
    done = {"now": MORNING, "today": TODAY, "by": "张三", "refreshes": False}
    app.adopt(office, proposals[0], **done)
    with pytest.raises(StoreError, match="方案刚刚被换过"):
        app.adopt(office, proposals[1], **done)
    assert len(app.Office.at(office.ledger).plans.adoptions) == 2


def test_a_booking_computed_by_the_plan_before_is_refused(reporting: Desk) -> None:
    office = reporting.office
    adopt(reporting, with_target(reporting.plan, "1", 2026, "6"), Q4)
    with pytest.raises(StoreError, match="方案刚刚被换过"):
        app.close(office, Q3, now=MORNING, by="张三", today=TODAY)


def test_a_store_rebuilt_from_its_journal_has_the_same_plans(reporting: Desk) -> None:
    desk = reporting
    adopt(desk, with_target(desk.plan, "1", 2026, "6"), Q4)
    with Store.open(desk.office.store, readonly=True) as store:
        before = store.plans()
    desk.office.store.unlink()
    Store.rebuild(desk.office.store)
    with Store.open(desk.office.store, readonly=True) as store:
        assert store.plans() == before
    assert app.Office.at(desk.office.ledger).plans == desk.office.plans


def test_before_anything_is_booked_a_plan_holds_from_the_beginning(
    desk: Desk,
) -> None:
    office = desk.office
    plan = with_target(office.plans.latest, "1", 2026, "6")
    proposal = app.propose(office, plan, since=None, today=TODAY)
    assert proposal.since is None
    app.adopt(office, proposal, now=MORNING, today=TODAY, by="张三")
    revised_office = app.Office.at(office.ledger)
    first = revised_office.plan_at(Period.parse("2023Q1"))
    assert first.item("1").targets[2026].value == Decimal(6)  # type: ignore[union-attr]


def test_a_ledger_that_shows_another_period_than_it_was_written_for_is_cured_by_a_refresh(
    reporting: Desk,
) -> None:
    desk = reporting
    adopt(desk, without(desk.plan, "12"), Q4)
    ledger = desk.office.ledger
    app.refresh(desk.office, Q3, TODAY)
    assert verify_ledger(desk.office, TODAY).is_clean
    type_over(ledger, LedgerSheet.INDICATORS, "C3", "2026Q4")
    found = verify_ledger(desk.office, TODAY).ledger
    assert found.state == "behind"
    assert found.problems == (
        "台账上的行和目标是照方案 2023.2 版写的，2026年四季度有效的却是 2023.3 版，没有逐格核对",
    )
    assert "qiyx ledger refresh" in found.cure
    app.refresh(desk.office, Q4, TODAY)
    assert verify_ledger(desk.office, TODAY).is_clean
    app.refresh(desk.office, Q3, TODAY)
    assert verify_ledger(desk.office, TODAY).is_clean


def test_a_plan_adopted_for_later_gives_way_to_one_that_begins_before(reporting: Desk) -> None:
    desk = reporting
    first = desk.plan
    adopt(desk, with_target(first, "1", 2027, "9"), NEXT)
    said = adopt(desk, first, Q4, hour=2)
    assert said == ("原定从2027年一季度起采用的方案（2023.3）由这一份代替。",)
    assert desk.office.plan_at(NEXT) == first
