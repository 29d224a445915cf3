from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.desk import HEALTH, INSURANCE, MORNING, Q3, SOCIAL, TODAY

from qiyx_xl import app
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import spell

if TYPE_CHECKING:
    from support.desk import Desk

SAID: dict[str, Any] = {"now": MORNING, "by": "张三", "reason": "以参保库为准"}
LABOUR = "区人力社保局"


@pytest.fixture
def torn(desk: Desk) -> Desk:
    """Two agencies have sent one figure, 12, with different values."""
    desk.consolidate(
        desk.file(HEALTH, {"1": 4.9, "12": 60}), desk.file(INSURANCE, {"12": 65}), hour=0
    )
    return desk


def test_until_a_person_decides_the_reporting_agency_s_figure_stands(torn: Desk) -> None:
    (conflict,) = app.waiting(torn.office, TODAY).conflicts
    assert (conflict.left.agency, conflict.right.agency) == (HEALTH, INSURANCE)
    assert torn.shown("12") == "60 红"


@pytest.mark.slow
def test_a_decision_changes_the_lamp_the_history_and_the_ledger(torn: Desk) -> None:
    before = torn.office.ledger.read_bytes()
    (decision,) = app.decide(torn.office, Q3, "12", INSURANCE, **SAID)
    assert (decision.value, decision.other, decision.other_value) == ("65", HEALTH, "60")
    line = torn.lines()["12"]
    assert spell(line.rating.actual) == "65"
    assert line.record is not None
    assert line.record.source is not None
    assert line.record.source.file == "区医保部门_2026Q3_2.xlsx"
    assert app.waiting(torn.office, TODAY).is_empty
    app.refresh(torn.office, Q3, TODAY)
    assert torn.office.ledger.read_bytes() != before
    next_period = replace(Q3, end_month=12, number=4)
    last = torn.office.history(next_period).last("12", HEALTH, next_period)
    assert last is not None
    assert spell(last.actual) == "65", "the next form says what the ledger says"


def test_a_decision_can_be_changed_and_the_last_one_counts(torn: Desk) -> None:
    app.decide(torn.office, Q3, "12", INSURANCE, **SAID)
    app.decide(torn.office, Q3, "12", HEALTH, **SAID | {"reason": "医保数有误"})
    assert torn.shown("12") == "60 红"
    assert app.waiting(torn.office, TODAY).is_empty


@pytest.mark.slow
def test_a_conflict_is_open_again_when_either_side_sends_another_number(torn: Desk) -> None:
    app.decide(torn.office, Q3, "12", INSURANCE, **SAID)
    torn.consolidate(torn.file(INSURANCE, {"12": 66}, saved=30), hour=1)
    (conflict,) = app.waiting(torn.office, TODAY).conflicts
    assert spell(conflict.right.actual) == "66"
    assert torn.shown("12") == "60 红"


def test_of_three_values_one_choice_settles_all(desk: Desk) -> None:
    plan = desk.plan
    indicators = tuple(
        replace(one, responsible_agency=LABOUR) if one.code == "12" else one
        for one in plan.indicators
    )
    desk.office = replace(desk.office, plans=Plans.only(replace(plan, indicators=indicators)))
    desk.consolidate(
        desk.file(LABOUR, {"12": 60}),
        desk.file(INSURANCE, {"12": 65}),
        desk.file(HEALTH, {"12": 62}),
    )
    assert len(app.waiting(desk.office, TODAY).conflicts) == 2
    decisions = app.decide(desk.office, Q3, "12", INSURANCE, **SAID)
    assert {one.other for one in decisions} == {LABOUR, HEALTH}
    assert app.waiting(desk.office, TODAY).is_empty
    assert desk.shown("12").startswith("65 ")
    app.decide(desk.office, Q3, "12", HEALTH, **SAID)
    assert app.waiting(desk.office, TODAY).is_empty
    assert desk.shown("12").startswith("62 ")


@pytest.mark.parametrize(
    ("code", "agency", "words", "sentence"),
    [
        ("1", HEALTH, {}, "2026年三季度的“每千人口拥有3岁以下婴幼儿托位数”没有冲突"),
        ("12", SOCIAL, {}, "“区民政局”不在这处冲突里。请从“区卫健局”“区医保部门”中选一个。"),
        ("12", HEALTH, {"reason": " "}, "决定要写明理由"),
        ("12", HEALTH, {"by": ""}, "决定要写明是谁作的"),
        ("99", HEALTH, {}, "方案里没有“99”"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_and_not_logged(
    torn: Desk, code: str, agency: str, words: dict[str, str], sentence: str
) -> None:
    with pytest.raises(app.AppError, match=sentence):
        app.decide(torn.office, Q3, code, agency, **SAID | words)
    with torn.office.open_store(readonly=True) as store:
        assert store.decisions() == ()


def test_deciding_without_a_store_says_so_and_makes_none(desk: Desk) -> None:
    from qiyx_xl.store import StoreError

    with pytest.raises(StoreError, match="找不到数据库"):
        app.decide(desk.office, Q3, "12", HEALTH, **SAID)
    assert not desk.office.store.exists()


@pytest.mark.slow
def test_a_returned_value_that_a_person_confirms_is_taken_in_when_it_comes_again(
    desk: Desk,
) -> None:
    path = desk.file(HEALTH, {"1": 4900, "2": 70})
    first = desk.consolidate(path)
    (returned,) = first.consolidation.returned
    assert "V203" in {one.code for one in returned.findings}
    app.confirm(desk.office, Q3, "1", HEALTH, **SAID, value="4900")
    again = desk.consolidate(path, hour=1)
    assert [one.agency for one in again.consolidation.accepted] == [HEALTH]
    assert desk.shown("1") == "4900 绿"


@pytest.mark.slow
def test_a_value_in_doubt_waits_for_a_person_and_is_rated_once_confirmed(desk: Desk) -> None:
    # Plausible beside the target; last year's figure, which comes later, casts doubt on it.
    desk.consolidate(desk.file(HEALTH, {"1": 5.1}))
    year = Period.parse("2025")
    last = desk.file(HEALTH, {"1": 5100}, period=year)
    app.confirm(desk.office, year, "1", HEALTH, **SAID, value="5100")
    desk.consolidate(last, period=year, hour=1)
    (doubt,) = app.waiting(desk.office, TODAY, Q3).doubts
    assert (spell(doubt.record.actual), doubt.record.agency) == ("5.1", HEALTH)
    assert desk.lines()["1"].rating.state == "待核"
    app.close(desk.office, Q3, now=MORNING, by="张三")
    assert app.waiting(desk.office, TODAY).is_empty, "it is frozen as it is"
    app.reopen(desk.office, Q3, now=MORNING, by="张三", reason="再核")
    app.confirm(desk.office, Q3, "1", HEALTH, **SAID)
    assert app.waiting(desk.office, TODAY).is_empty
    assert desk.lines()["1"].rating.state != "待核"


@pytest.mark.slow
def test_an_older_version_can_be_put_back_and_what_comes_later_still_wins(desk: Desk) -> None:
    first = desk.file(HEALTH, {"1": 4.9})
    desk.consolidate(first)
    desk.consolidate(desk.file(HEALTH, {"1": 5.1}, saved=60), hour=1)
    assert desk.shown("1").startswith("5.1")
    with desk.office.open_store(readonly=True) as store:
        versions = store.versions(Q3, code="1")
    oldest = versions[0].record.source
    assert oldest is not None
    app.prefer(
        desk.office, Q3, "1", HEALTH, oldest.sha256[:6], **SAID | {"now": MORNING.replace(hour=11)}
    )
    assert desk.shown("1").startswith("4.9")
    desk.consolidate(desk.file(HEALTH, {"1": 5.2}, saved=300), hour=6)
    assert desk.shown("1").startswith("5.2")


def test_an_unknown_version_is_refused_with_those_there_are(desk: Desk) -> None:
    desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    for wrong in ("ffffffffff", ""):
        with pytest.raises(app.AppError, match=r"收到过的有：4\.9（"):
            app.prefer(desk.office, Q3, "1", HEALTH, wrong, **SAID)
    with pytest.raises(app.AppError, match="没有收到过"):
        app.prefer(desk.office, Q3, "2", HEALTH, "ff", **SAID)
