"""Every open ledger is answered by its own plan, and by the one in force at the period asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support import second_plan

from qiyx_xl import app
from qiyx_xl.core.plan.timeline import Adoption
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.registry import FUNCTIONS, NOT_IN_PLAN
from qiyx_xl.shells import udfs_at
from qiyx_xl.shells.asking_workbook import OFFICES, Offices

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.app import Office

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SHIPPED, SECOND = app.load_plan(), second_plan.plan()
STATUS = ([[22.0]], [["2026Q3"]], [[100.0]])


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def office_of(folder: Path, plan: object) -> Office:
    return app.begin(folder, plan, app.load_rules(), period=None, now=NOW, by="张三")  # type: ignore[arg-type]


@pytest.fixture
def both(tmp_path: Path) -> tuple[Office, Office]:
    """Two offices on one computer, each with its plan."""
    return office_of(tmp_path / "甲", SHIPPED), office_of(tmp_path / "乙", SECOND)


def asked(name: str, office: Office, *cells: object) -> object:
    plan_id = office.plans.latest.plan_id
    return getattr(udfs_at, name)([[str(office.ledger)]], [[plan_id]], *cells)


def test_each_ledger_is_answered_by_its_own_plan(both: tuple[Office, Office]) -> None:
    first, second = both
    assert SHIPPED.find("22") is None
    assert asked("QYX_STATUS", first, *STATUS) == NOT_IN_PLAN
    assert asked("QYX_STATUS", second, *STATUS) == "绿"
    assert asked("QYX_INFO", second, [[22.0]], [["名称"]]) == "公交通村率"
    assert str(asked("QYX_VERSION", second)).startswith(SECOND.title)
    assert str(asked("QYX_VERSION", first)).startswith(SHIPPED.title)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.name)
def test_every_function_that_excel_knows_can_be_asked_with_its_workbook(
    function, both: tuple[Office, Office]
) -> None:
    named = {
        "indicator": [[23.0]], "year": [[2026.0]], "period": [["2026Q3"]], "actual": [[100.0]],
        "field": [["名称"]], "statuses": [["绿"]],
        "periods": [["2026Q1", "2026Q2", "2026Q3"]], "actuals": [[40.0, 50.0, 55.0]],
    }  # fmt: skip
    cells = [named[argument.name] for argument in function.arguments if not argument.optional]
    said = str(asked(function.name, both[1], *cells))
    assert NOT_IN_PLAN not in said
    assert not any(word in said for word in ("七优享", "北仑"))


def test_the_plan_sheets_are_answered_in_one_call_by_the_ledger_s_plan(
    both: tuple[Office, Office],
) -> None:
    goals = [[item.code] for item in SECOND.goals]
    rows = udfs_at.plan_sheet_answers(
        *([[str(both[1].ledger)]], [[SECOND.plan_id]], [["2026Q3"]], [[None]]),
        *(goals, [[None] for _ in goals]),
    )
    assert [row[0] for row in rows[1:4]] == [float(one.number) for one in SECOND.indicators[:3]]


def test_a_period_is_answered_by_the_plan_in_force_then(both: tuple[Office, Office]) -> None:
    office = both[0]
    item = SHIPPED.item("9")
    target = replace(item.targets[2026], printed="20", value=Decimal(20))  # type: ignore[union-attr]
    revised = replace(
        SHIPPED,
        version="2",
        indicators=tuple(
            replace(one, targets={**one.targets, 2026: target}) if one.code == "9" else one
            for one in SHIPPED.indicators
        ),
    )
    before = asked("QYX_STATUS", office, [[9.0]], [["2026Q3"]], [[8.3]])
    clock = Clock()
    offices = Offices(clock)
    known = offices.functions_of(str(office.ledger), SHIPPED.plan_id)
    with office.open_store() as store:
        store.book_plan(Adoption(revised, Period.parse("2026Q4"), NOW, "张三", ""))
    assert offices.functions_of(str(office.ledger), SHIPPED.plan_id) is known
    clock.now = 1.5
    after = offices.functions_of(str(office.ledger), SHIPPED.plan_id)
    assert after is not None
    assert after.call("QYX_STATUS", [[9.0]], [["2026Q3"]], [[8.3]]) == before == "绿"
    assert after.call("QYX_STATUS", [[9.0]], [["2026Q4"]], [[8.3]]) == "红"
    assert after.call("QYX_TARGET", [[9.0]], [[2026.0]]) == 20.0
    assert after.call("QYX_TARGET", [[9.0]], [[2025.0]]) == 6.5


def test_what_has_not_changed_is_not_worked_out_again(both: tuple[Office, Office]) -> None:
    clock = Clock()
    offices = Offices(clock)
    office = both[1]
    known = offices.functions_of(str(office.ledger), SECOND.plan_id)
    office.ledger.touch()  # saved by Excel
    clock.now = 2
    assert offices.functions_of(str(office.ledger), SECOND.plan_id) is known


def test_a_ledger_whose_plan_cannot_be_told_gives_an_error_and_no_lamp(
    both: tuple[Office, Office], tmp_path: Path
) -> None:
    alone = tmp_path / "丙" / both[1].ledger.name
    alone.parent.mkdir()
    alone.write_bytes(both[1].ledger.read_bytes())
    assert OFFICES.functions_of(str(alone), SECOND.plan_id) is None
    cells = ([[str(alone)]], [[SECOND.plan_id]], *STATUS)
    assert udfs_at.QYX_STATUS(*cells) == NOT_IN_PLAN


@pytest.mark.parametrize("workbook", ["", "https://x.sharepoint.com/台账.xlsm", "D:\\没有.xlsm"])
def test_a_ledger_out_of_reach_is_answered_by_the_shipped_plan_only_if_it_is_its(
    workbook: str,
) -> None:
    shipped = OFFICES.functions_of(workbook, SHIPPED.plan_id)
    assert shipped is not None
    assert shipped.plans.latest == SHIPPED
    assert OFFICES.functions_of(workbook, SECOND.plan_id) is None


def test_a_day_before_the_plan_begins_has_its_first_plan(both: tuple[Office, Office]) -> None:
    functions = OFFICES.functions_of(str(both[1].ledger), SECOND.plan_id)
    assert functions is not None
    assert functions.plans.at(Period.parse(date(2020, 1, 1))) == SECOND
