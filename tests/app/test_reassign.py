"""What people type beside 责任单位 is an adoption like any other: checked, booked, then cleared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.desk import HEALTH, INSURANCE, MORNING, Q2, Q3, TODAY
from support.spreadsheet_hands import type_over

from qiyx_xl import app
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.inspect.typed_reporters import read_reporters
from qiyx_xl.ledger.layout.tables import CHANGE_TO, indicator_table
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from support.desk import Desk

pytestmark = pytest.mark.slow

Q4 = Period.parse("2026Q4")
TWELVE = 17  # the row of indicator 12 on the sheet


def columns(desk: Desk) -> tuple[str, str]:
    table = indicator_table(desk.plan.years, len(desk.plan.indicators))
    return table.letter(CHANGE_TO), table.letter("从哪一期起")


def typed(desk: Desk, agency: str, since: str, row: int = TWELVE) -> None:
    for letter, text in zip(columns(desk), (agency, since), strict=True):
        if text:
            type_over(desk.office.ledger, LedgerSheet.INDICATORS, f"{letter}{row}", text)


def refresh(desk: Desk, period: Period = Q3, *, hour: int = 3) -> app.Reassigned:
    done = app.refresh_typed(
        desk.office, period, TODAY, now=MORNING + timedelta(hours=hour), by="张三"
    )
    desk.office = app.Office.at(desk.office.ledger)
    return done


@pytest.fixture
def reporting(desk: Desk) -> Desk:
    desk.consolidate(desk.file(HEALTH, {"1": 4.9, "12": 62}))
    return desk


def test_a_typed_change_is_adopted_and_leaves_its_cells(reporting: Desk) -> None:
    desk = reporting
    before = desk.shown("12")
    typed(desk, "医保部门", "2026年四季度")
    done = refresh(desk)
    assert done.problems == ()
    assert done.changes[-1].startswith("指标12")
    assert read_reporters(desk.office.ledger) == ()
    assert desk.shown("12") == before
    assert desk.office.plan_at(Q3).item("12").reporting_agency == HEALTH  # type: ignore[union-attr]
    assert desk.office.plan_at(Q4).item("12").reporting_agency == INSURANCE  # type: ignore[union-attr]
    adoption = desk.office.plans.adoptions[-1]
    assert (adoption.by, adoption.reason, adoption.since) == ("张三", "台账“改由”栏", Q4)


WRONG = {
    "an agency nobody knows": ("区不知道局", "2026Q4", "单位名录里没有“区不知道局”"),
    "no period": (INSURANCE, "", "都填上"),
    "no agency": ("", "2026Q4", "都填上"),
    "no such period": (INSURANCE, "下个季度", "看不懂数据期“下个季度”"),
    "outside the plan": (INSURANCE, "2031Q1", "不在方案的年份里"),
}


@pytest.mark.parametrize(("agency", "since", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_and_stays(
    reporting: Desk, agency: str, since: str, said: str
) -> None:
    desk = reporting
    typed(desk, agency, since)
    before = read_reporters(desk.office.ledger)
    done = refresh(desk)
    (problem,) = done.problems
    assert said in problem
    assert done.changes == ()
    assert read_reporters(desk.office.ledger) == before
    assert len(desk.office.plans.adoptions) == 1


def test_a_closed_period_is_not_changed_from_the_ledger_either(reporting: Desk) -> None:
    desk = reporting
    app.close(desk.office, Q3, now=MORNING, by="张三", today=TODAY)
    typed(desk, INSURANCE, "2026Q3")
    (problem,) = refresh(desk).problems
    assert "已经封账" in problem


def test_two_periods_are_two_adoptions_and_what_is_in_force_is_cleared(reporting: Desk) -> None:
    desk = reporting
    typed(desk, INSURANCE, "2026Q4")
    typed(desk, "区民政局", "2027Q1", row=TWELVE + 1)
    typed(desk, HEALTH, "2026Q4", row=6)  # it reports indicator 1 as it is
    done = refresh(desk)
    assert done.adopted == {"1", "12", "13"}
    assert [one.since for one in desk.office.plans.adoptions] == [None, Q4]
    assert read_reporters(desk.office.ledger) == ()
    assert Q2 < Q3
