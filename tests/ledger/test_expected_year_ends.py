"""预计年底 in 指标台账: the year end to expect, only of the period for which it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl import load_workbook
from support.booked_office import HEALTH, Booked

from qiyx_xl import app
from qiyx_xl.app.publishing import edition as edition_of
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.inspect.verify import verify_ledger
from qiyx_xl.ledger.layout.tables import EXPECTED, indicator_table

if TYPE_CHECKING:
    from pathlib import Path

Q3 = Period.parse("2026Q3")
SHARES = {"2025Q4": "66", "2026Q1": "66.5", "2026Q2": "67", "2026Q3": "67.5"}


def booked(folder: Path, plan, rules, built: bytes, periods: list[str]) -> Booked:
    office = Booked(folder, plan, rules, built)
    for text in periods:
        office.send(HEALTH, {"2": SHARES[text]}, period=Period.parse(text))
    return office


def column(office: Booked, *, formulas: bool) -> list[object]:
    plan = office.office.plans.latest
    table = indicator_table(plan.years, len(plan.indicators))
    sheet = load_workbook(office.office.ledger, data_only=not formulas)["指标台账"]
    rows = range(table.first_row + 1, table.last_row + 2)
    assert sheet.cell(table.header_row + 1, table.place(EXPECTED) + 1).value == EXPECTED
    return [sheet.cell(row, table.place(EXPECTED) + 1).value for row in rows]


def test_an_indicator_with_enough_figures_shows_its_year_end_and_the_others_nothing(
    tmp_path: Path, plan, rules, built: bytes
):
    office = booked(tmp_path, plan, rules, built, list(SHARES))
    office.refresh(Q3)
    assert column(office, formulas=False) == [None, "68 黄", *[None] * 19]
    assert column(office, formulas=True)[1] == '=IF(数据期="2026Q3","68 黄","")'
    view = app.ledger_view(office.office, Q3, office.now.date())
    ledger = OpenedLedger(office.office.ledger.read_bytes(), office.office.ledger.name)
    assert verify_ledger(ledger, view).mismatches == ()


def test_two_figures_show_nothing_and_a_period_of_before_shows_its_own(
    tmp_path: Path, plan, rules, built: bytes
):
    office = booked(tmp_path, plan, rules, built, list(SHARES)[2:])
    office.refresh(Q3)
    assert column(office, formulas=True) == [None] * 21
    office = booked(tmp_path / "长", plan, rules, built, list(SHARES))
    office.refresh(Q3)
    office.refresh(Period.parse("2026Q2"))
    assert column(office, formulas=True)[1] == '=IF(数据期="2026Q2","68 黄","")'


def test_the_ledger_expects_what_the_papers_expect(tmp_path: Path, plan, rules, built: bytes):
    office = booked(tmp_path, plan, rules, built, list(SHARES))
    view = app.ledger_view(office.office, Q3, office.now.date())
    edition = edition_of(office.office, Q3, office.now.date())
    assert view.forecasts == {
        code: found
        for code, found in edition.outlook.forecasts.items()
        if code in {item.code for item in plan.indicators}
    }
    assert set(view.forecasts) == {"2"}
