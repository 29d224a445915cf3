"""Ledgers of earlier versions become ledgers of the present one, with all that people wrote."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from support.ledger_views import QUARTER, parts_of, view_of
from support.libreoffice import sheets_of
from support.open_xml_sdk import errors
from support.own_sheets import OWN, with_own_sheet
from support.spreadsheet_hands import type_over

from qiyx_xl import app
from qiyx_xl.app.ledger import migrate
from qiyx_xl.core.plan.timeline import Adoption, Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.build.vba import VBA_PART, sources
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.file.replace import backups_of
from qiyx_xl.ledger.inspect.verify import verify_ledger
from qiyx_xl.ledger.layout.cells import Formula
from qiyx_xl.ledger.registry import LEDGER_SCHEMA, LedgerSheet
from qiyx_xl.ledger.remake.migrate import migrate_ledger

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.ledger.content.view import LedgerView

Q3 = Period.parse("2026Q3")
# The schema of each, and its column 备注 on 指标台账.
OLD = {"built_as_ledger_1.xlsm": "T", "built_as_ledger_2.xlsm": "U"}
SHEETS = (LedgerSheet.INDICATORS, LedgerSheet.GOALS, LedgerSheet.MILESTONES, LedgerSheet.RECORDS)


@pytest.fixture
def view(plan: Plan, rules: Rules) -> LedgerView:
    return view_of(plan, rules)


@pytest.fixture(params=OLD)
def old(request: pytest.FixtureRequest, tmp_path: Path, view: LedgerView) -> Path:
    """A filled ledger of an earlier version in which people wrote."""
    path = tmp_path / "七优享台账.xlsm"
    path.write_bytes(Path(__file__).with_name(request.param).read_bytes())
    refresh_ledger(path, view)
    note = OLD[request.param]
    typed: dict[str, Any] = {f"{note}6": "请催", "F7": "区人社局", "AB7": "我的", "AA6": 8}
    for where, value in typed.items():
        type_over(path, LedgerSheet.INDICATORS, where, value)
    type_over(path, LedgerSheet.INDICATORS, "AC6", Formula("AA6*2", 16))
    type_over(path, LedgerSheet.RECORDS, "AC5", "批注")
    with_own_sheet(path, {"序时": "指标台账!$P$6", "备注": f"指标台账!${note}$6"}, {})
    return path


def cells_of(path: Path, sheet: LedgerSheet) -> dict[str, Any]:
    return {
        cell.coordinate: cell.value
        for row in load_workbook(path)[sheet.value].iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def test_a_migrated_ledger_is_one_of_the_present_version(
    old: Path, view: LedgerView, plan: Plan, rules: Rules, tmp_path: Path
):
    done = migrate_ledger(old, view)
    assert done.is_needed
    assert done.columns == (
        "预计年底",
        *(["核实"] if done.before == "ledger/1" else []),
        "改由",
        "从哪一期起",
    )
    fresh = tmp_path / "新.xlsm"
    build_ledger(fresh, plan, rules, period=Q3)
    refresh_ledger(fresh, view)
    opened = OpenedLedger(old.read_bytes(), old.name)
    assert opened.schema == LEDGER_SCHEMA
    assert verify_ledger(opened, view).mismatches == ()
    for sheet in SHEETS:
        ours, theirs = (cells_of(path, sheet) for path in (old, fresh))
        mine = {where: cell for where, cell in ours.items() if theirs.get(where) != cell}
        own = {"X6", "X7", "AF7", "AE6", "AG6"} if sheet is LedgerSheet.INDICATORS else set()
        if sheet is LedgerSheet.RECORDS:
            own = {"AC5"} if done.before == "ledger/2" else {"AD5"}
        if sheet is LedgerSheet.INDICATORS and done.before == "ledger/1":
            own = {"X6", "X7", "AG7", "AF6", "AH6"}
        assert set(mine) == own, sheet
        assert set(theirs) <= set(ours)
        books = [load_workbook(path)[sheet.value] for path in (old, fresh)]
        merged, filters = (
            [set(map(str, book.merged_cells.ranges)) for book in books],
            [book.auto_filter.ref for book in books],
        )
        assert merged[0] == merged[1]
        assert filters[0] == filters[1]
    identity = [cells_of(path, LedgerSheet.IDENTITY) for path in (old, fresh)]
    assert identity[0] == identity[1]
    names = [
        {name: each.value for name, each in load_workbook(path).defined_names.items()}
        for path in (old, fresh)
    ]
    assert names[0] == names[1]


def test_what_people_wrote_is_kept_and_references_follow_the_new_column(
    old: Path, view: LedgerView
):
    done = migrate_ledger(old, view)
    sheet = load_workbook(old)["指标台账"]
    assert sheet["X6"].value == "请催"
    assert sheet["X7"].value == "责任单位栏里写过：区人社局"
    moved = "AF" if done.before == "ledger/1" else "AE"
    doubled = "AH6" if done.before == "ledger/1" else "AG6"
    assert sheet[f"{moved}6"].value == 8
    assert sheet[doubled].value == f"={moved}6*2"
    own = load_workbook(old)[OWN]
    assert [own["B1"].value, own["B2"].value] == ["=指标台账!$P$6", "=指标台账!$X$6"]


def test_macros_and_ribbon_are_the_present_ones_and_peoples_own_modules_stay(
    old: Path, view: LedgerView
):
    from pyopenvba import ExcelFile

    with ExcelFile(old) as book:
        book.vba_project().add_module(
            "Mine", 'Attribute VB_Name = "Mine"\r\nSub A()\r\nEnd Sub\r\n'
        )
        book.save(old)
    assert migrate_ledger(old, view).is_needed
    with ExcelFile(old) as book:
        modules = {name: book.get_module(name) for name in book.module_names()}
    assert "Sub A()" in modules["Mine"]
    for name in ("Qiyx", "xlwings_udfs", "xlwings"):
        assert modules[name].split() == sources()[name].split()
    assert "Qiyx.WakeUp" in modules["ThisWorkbook"]
    assert "七优享" in parts_of(old)["customUI/customUI14.xml"].decode()


def test_migrating_again_changes_nothing(old: Path, view: LedgerView):
    migrate_ledger(old, view)
    before = old.read_bytes()
    assert not migrate_ledger(old, view).is_needed
    assert old.read_bytes() == before
    refresh_ledger(old, view)
    assert old.read_bytes() == before


def test_the_old_ledger_is_kept_as_a_backup(old: Path, view: LedgerView):
    before = old.read_bytes()
    migrate_ledger(old, view)
    assert backups_of(old)[-1].read_bytes() == before


def refused(path: Path, view: LedgerView) -> str:
    before = path.read_bytes()
    with pytest.raises(LedgerError) as caught:
        migrate_ledger(path, view)
    assert path.read_bytes() == before
    return str(caught.value)


def test_without_macros_or_with_others_at_its_start_it_is_refused(old: Path, view: LedgerView):
    from pyopenvba import ExcelFile

    whole = old.read_bytes()
    with ExcelFile(old) as book:
        header = book.get_module("ThisWorkbook").partition("Option Explicit")[0]
        book.set_module("ThisWorkbook", f"{header}Private Sub Workbook_Open()\r\nEnd Sub\r\n")
        book.save(old)
    assert "ThisWorkbook 里是别的宏" in refused(old, view)
    old.write_bytes(with_parts(whole, {}, without={VBA_PART}))
    assert "里面没有宏" in refused(old, view)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_ledger(
    step: str, old: Path, view: LedgerView, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    assert "没有写成，原来的台账没有变" in refused(old, view)


@pytest.mark.libreoffice
def test_libreoffice_opens_it_without_an_error(old: Path, view: LedgerView, tmp_path: Path):
    migrate_ledger(old, view)
    sheets = sheets_of(old, tmp_path / "csv")
    text = "\n".join(",".join(row) for sheet in SHEETS for row in sheets[sheet.value])
    for wrong in ("#NAME", "#VALUE", "#REF", "Err:"):
        assert wrong not in text
    assert sheets[OWN][1] == ["备注", "请催"]


def test_an_office_without_a_store_is_migrated_and_gets_none(tmp_path: Path):
    today = Q3.last_day
    path = tmp_path / "七优享台账.xlsm"
    path.write_bytes(Path(__file__).with_name("built_as_ledger_1.xlsm").read_bytes())
    office = app.Office.at(path)
    assert migrate(office, Q3, today).columns == ("预计年底", "核实", "改由", "从哪一期起")
    assert not migrate(app.Office.at(path), Q3, today).is_needed
    assert not office.store.exists()
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None


@pytest.mark.node
def test_the_sdk_finds_nothing_wrong_with_it(old: Path, view: LedgerView):
    migrate_ledger(old, view)
    assert errors(old) == []


def without_first(plan: Plan, number: int) -> Plan:
    """A revised plan: one indicator dropped, one renamed, the first of the rest renumbered."""
    dropped, first, *rest = plan.indicators
    return replace(
        plan,
        version="2026.7",
        indicators=(replace(first, name="换了名", number=number), *rest),
        goals=tuple(goal for goal in plan.goals if goal.repeats != dropped.code),
        milestones=tuple(replace(one, repeats=()) for one in plan.milestones),
    )


def test_an_older_ledger_follows_a_changed_plan_as_it_was_built(
    old: Path, plan: Plan, rules: Rules, view: LedgerView
):
    changed = without_first(plan, 2)
    rows = [row for row in QUARTER if changed.item(row[0]) is not None]
    plans = Plans([Adoption(plan), Adoption(changed, Q3)])
    schema = OpenedLedger(old.read_bytes(), old.name).schema
    later = replace(view_of(changed, rules, rows), plans=plans)
    refresh_ledger(old, later)
    sheet = load_workbook(old)["指标台账"]
    assert [sheet["B6"].value, sheet["C6"].value] == [2, "换了名"]
    own = load_workbook(old)[OWN]
    assert [own["B1"].value, own["B2"].value] == ["=#REF!", "=#REF!"]
    opened = OpenedLedger(old.read_bytes(), old.name)
    assert opened.schema == schema
    assert verify_ledger(opened, later).mismatches == ()
    migrate_ledger(old, later)
    assert verify_ledger(OpenedLedger(old.read_bytes(), old.name), later).mismatches == ()
    refresh_ledger(old, replace(view, plans=plans, period=Q3.before))
    assert load_workbook(old)["指标台账"]["X6"].value == "请催"


def test_an_older_ledger_cannot_show_a_changed_number_and_says_what_can(
    old: Path, plan: Plan, rules: Rules
):
    changed = without_first(plan, 40)
    rows = [row for row in QUARTER if changed.item(row[0]) is not None]
    view = replace(
        view_of(changed, rules, rows), plans=Plans([Adoption(plan), Adoption(changed, Q3)])
    )
    before = old.read_bytes()
    with pytest.raises(LedgerError, match="请先运行 qiyx ledger migrate 升级台账"):
        refresh_ledger(old, view)
    assert old.read_bytes() == before
    migrate_ledger(old, view)
    assert load_workbook(old)["指标台账"]["B6"].value == 40


def test_macros_of_an_earlier_day_are_replaced_also_in_a_ledger_of_this_schema(
    ledger: Path, view: LedgerView
):
    from pyopenvba import ExcelFile

    refresh_ledger(ledger, view)
    assert not migrate_ledger(ledger, view).is_needed
    with ExcelFile(ledger) as book:
        book.set_module("Qiyx", 'Attribute VB_Name = "Qiyx"\r\nSub Old()\r\nEnd Sub\r\n')
        book.save(ledger)
    done = migrate_ledger(ledger, view)
    assert (done.before, done.macros, done.columns) == (LEDGER_SCHEMA, True, ())
    with ExcelFile(ledger) as book:
        assert "QiyxRefresh" in book.get_module("Qiyx")
