"""`ledger rebuild`: the log from its list, or from the originals; the ledger from the log."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import jsonschema
import pytest
from support.booked_office import HEALTH, SOCIAL, Booked
from support.spreadsheet_hands import delete_row, type_over

from qiyx_xl import app
from qiyx_xl.app.custody.rebuild import Origin, RebuildReport, rebuild
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.data import resource
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules


@pytest.fixture
def booked(built: bytes, plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    here = Booked(tmp_path / "七优享", plan, rules, built)
    here.send(HEALTH, {"1": "4.9", "2": "69"})
    here.send(SOCIAL, {"1": "5.2", "14": "65.7"})
    here.send(HEALTH, {"2": "69.5"})
    here.refresh()
    return here


def rebuilt(booked: Booked) -> RebuildReport:
    report = rebuild(booked.office, booked.now.date(), now=booked.now)
    schema = json.loads(resource("schemas/ledger-rebuild.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report.to_json())
    return report


@pytest.mark.slow
def test_a_lost_log_comes_back_and_the_ledger_is_the_same_to_the_byte(booked: Booked):
    before = booked.office.ledger.read_bytes()
    booked.office.store.unlink()
    report = rebuilt(booked)
    assert (report.origin, report.runs, report.records) == (Origin.JOURNAL, 3, 5)
    assert report.is_clean
    assert booked.office.ledger.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 400])
def test_a_damaged_log_is_kept_under_another_name_and_made_anew(damage: bytes, booked: Booked):
    before = booked.office.ledger.read_bytes()
    booked.office.store.write_bytes(damage)
    report = rebuilt(booked)
    (aside,) = report.aside
    assert (aside.name, aside.read_bytes()) == ("七优享台账.损坏1.sqlite", damage)
    assert booked.office.ledger.read_bytes() == before


@pytest.mark.slow
def test_a_log_torn_in_the_middle_is_noticed(booked: Booked):
    data = bytearray(booked.office.store.read_bytes())
    data[4096 : 4096 * 12] = b"\x00" * (4096 * 11)
    booked.office.store.write_bytes(data)
    before = booked.office.ledger.read_bytes()
    assert rebuilt(booked).origin is Origin.JOURNAL
    assert booked.office.ledger.read_bytes() == before


@pytest.mark.slow
def test_record_sheets_spoilt_by_hand_are_made_anew(booked: Booked):
    before = booked.office.ledger.read_bytes()
    delete_row(booked.office.ledger, LedgerSheet.RECORDS, 4)
    type_over(booked.office.ledger, LedgerSheet.INDICATORS, "L7", "随手改的")
    report = rebuilt(booked)
    assert (report.origin, report.aside) == (Origin.KEPT, ())
    assert booked.office.ledger.read_bytes() == before


@pytest.mark.slow
def test_a_lost_ledger_is_built_and_shows_the_last_period_booked(booked: Booked):
    booked.office.ledger.unlink()
    report = rebuilt(booked)
    assert report.built
    assert report.period == Period.parse("2026Q3")
    assert verify_ledger(booked.office, booked.now.date()).is_clean


@pytest.mark.slow
def test_a_ledger_that_no_program_can_open_is_put_aside(booked: Booked):
    booked.office.ledger.write_bytes(b"PK\x03\x04 torn")
    report = rebuilt(booked)
    assert [path.name for path in report.aside] == ["七优享台账.损坏1.xlsm"]
    assert verify_ledger(booked.office, booked.now.date()).is_clean


def test_a_ledger_that_is_open_is_left_alone_and_so_is_the_store(booked: Booked):
    booked.office.store.write_bytes(b"")
    (booked.office.ledger.parent / f"~${booked.office.ledger.name}").write_text("张三")
    with pytest.raises(LedgerError, match="正在 Excel 或 WPS 中打开"):
        rebuilt(booked)
    assert booked.office.store.read_bytes() == b""


@pytest.mark.slow
def test_without_log_and_list_the_numbers_come_back_from_the_originals(
    built: bytes, plan: Plan, rules: Rules, tmp_path: Path
):
    here = Booked(tmp_path / "七优享", plan, rules, built)
    for period in ("2025Q4", "2026Q3"):
        inbox = resource(f"examples/{period}")
        app.consolidate(here.office, [inbox], Period.parse(period), now=here.now)
    with here.office.open_store() as store:
        numbers = {(one.key, one.actual, one.second) for one in store.current_records()}
        cells = {(one.source.sha256, one.source.cell) for one in store.current_records()}
    here.office.store.unlink()
    (tmp_path / "七优享" / "七优享台账.原件" / "清单.jsonl").unlink()
    report = rebuilt(here)
    assert report.origin is Origin.ORIGINALS
    assert not report.is_clean
    with here.office.open_store() as store:
        assert {(one.key, one.actual, one.second) for one in store.current_records()} == numbers
        assert {(one.source.sha256, one.source.cell) for one in store.current_records()} == cells
    assert verify_ledger(here.office, here.now.date()).is_clean


def test_where_nothing_is_left_it_says_so(booked: Booked):
    booked.office.store.unlink()
    shutil.rmtree(booked.office.store.with_name("七优享台账.原件"))
    with pytest.raises(app.AppError, match="无从重建"):
        rebuilt(booked)
