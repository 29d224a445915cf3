"""`ledger verify`: where a hand changed what the program wrote, and what is no difference."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import jsonschema
import pytest
from support.booked_office import HEALTH, SOCIAL, Booked
from support.spreadsheet_hands import delete_row, rewrite, sheet_xml, type_over

from qiyx_xl.app.custody.verify import LedgerCheck, verify_ledger
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.data import resource
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

LATER = date(2027, 3, 1)


@pytest.fixture
def booked(built: bytes, plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    here = Booked(tmp_path / "七优享", plan, rules, built)
    here.send(HEALTH, {"1": "4.7", "2": "66.5"}, period=Period.parse("2025Q4"))
    here.send(HEALTH, {"1": "4.9", "2": "69", "3": "65.123456789012345"})
    here.send(SOCIAL, {"1": "5.2", "14": "65.7"})
    here.send(HEALTH, {"2": "69.5"})
    here.refresh()
    return here


def checked(booked: Booked) -> LedgerCheck:
    check = verify_ledger(booked.office, LATER)
    schema = json.loads(resource("schemas/ledger-verify.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(check.to_json())
    return check


def said(booked: Booked) -> list[str]:
    return [str(one) for one in checked(booked).mismatches]


def test_what_the_program_wrote_is_as_the_store_says_on_any_later_day(booked: Booked):
    check = checked(booked)
    assert check.mismatches == ()
    assert check.is_clean
    assert check.cells > 3500
    assert (check.period, check.today) == (Period.parse("2026Q3"), booked.now.date())


@pytest.mark.slow
def test_a_number_typed_over_in_the_log_is_named_with_what_the_store_says(booked: Booked):
    xml = sheet_xml(booked.office.ledger, LedgerSheet.RECORDS)
    row = re.search(r'<c r="E(\d+)"[^>]*><v>69</v>', xml)[1]
    type_over(booked.office.ledger, LedgerSheet.RECORDS, f"E{row}", Decimal(96))
    assert said(booked) == [
        f"填报记录!E{row} “实际值”（2026Q3 2 区卫健局）：数据库里是“69”，这里是“96”。"
    ]


@pytest.mark.slow
def test_a_formula_typed_over_is_named_although_the_number_may_be_right(booked: Booked):
    type_over(booked.office.ledger, LedgerSheet.INDICATORS, "L7", Decimal("69.5"))
    assert said(booked) == ["指标台账!L7 “本期实际值”（2）：这里原来是公式，现在是“69.5”。"]


@pytest.mark.slow
def test_a_target_changed_by_hand_is_named(booked: Booked):
    type_over(booked.office.ledger, LedgerSheet.INDICATORS, "J6", Decimal(3))
    assert said(booked) == ["指标台账!J6 “2026年”（1）：数据库里是“5”，这里是“3”。"]


@pytest.mark.slow
def test_a_shown_value_that_is_not_the_rated_one_is_named(booked: Booked):
    xml = sheet_xml(booked.office.ledger, LedgerSheet.INDICATORS)
    lamp = re.search(r'(<c r="R7"[^>]*>.*?</f><v>)(.)(</v>)', xml)
    rewrite(
        booked.office.ledger,
        LedgerSheet.INDICATORS,
        xml.replace(lamp[0], lamp[1] + "红" + lamp[3]),
    )
    assert said(booked) == [f"指标台账!R7 “状态”（2）：数据库里是“{lamp[2]}”，这里是“红”。"]


@pytest.mark.slow
def test_a_row_taken_out_and_a_row_put_in_are_named(booked: Booked):
    path = booked.office.ledger
    delete_row(path, LedgerSheet.RECORDS, 4)
    type_over(path, LedgerSheet.RECORDS, "A20", "2026Q3")
    type_over(path, LedgerSheet.RECORDS, "B20", "7")
    kinds = [(one.kind.value, one.sheet, one.cell, one.item) for one in checked(booked).mismatches]
    assert kinds == [
        ("extra_row", "填报记录", "A20", "2026Q3 7"),
        ("missing_row", "填报记录", "", "2025Q4 1 区卫健局"),
    ]


@pytest.mark.slow
def test_rows_in_another_order_are_no_difference(booked: Booked):
    path = booked.office.ledger
    xml = sheet_xml(path, LedgerSheet.RECORDS)
    head, four, five = (re.search(rf'<row r="{n}".*?</row>', xml, re.DOTALL)[0] for n in (3, 4, 5))
    turned = five.replace('r="5"', 'r="4"') + four.replace('r="4"', 'r="5"')
    turned = re.sub(r'r="([A-Z]+)5"(?=.*<row r="5")', r'r="\g<1>4"', turned)
    assert head
    rewrite(path, LedgerSheet.RECORDS, xml.replace(four + five, turned))
    assert said(booked) == []


@pytest.mark.slow
def test_notes_and_columns_beside_ours_are_no_difference(booked: Booked):
    path = booked.office.ledger
    type_over(path, LedgerSheet.INDICATORS, "V6", "请催")
    type_over(path, LedgerSheet.RECORDS, "Z4", "我的批注")
    type_over(path, LedgerSheet.SETTINGS, "C6", "另一个.sqlite")
    assert said(booked) == []


@pytest.mark.slow
def test_what_is_typed_over_the_plans_words_is_found_and_a_refresh_cures_it(booked: Booked):
    path = booked.office.ledger
    for where, text in {"F6": "区妇计中心", "C6": "改了名", "A1": "我的表", "G7": "1"}.items():
        type_over(path, LedgerSheet.INDICATORS, where, text)
    assert [each.partition("：")[0].partition(" ")[0] for each in said(booked)] == [
        *("指标台账!A1", "指标台账!C6", "指标台账!F6", "指标台账!G7"),
    ]
    booked.refresh()
    assert said(booked) == []


@pytest.mark.slow
def test_what_is_typed_beside_an_open_conflict_is_no_difference(booked: Booked):
    type_over(booked.office.ledger, LedgerSheet.CONFLICTS, "K4", SOCIAL)
    assert said(booked) == []


@pytest.mark.slow
def test_the_digits_that_a_spreadsheet_program_drops_are_no_difference(booked: Booked):
    path = booked.office.ledger
    for sheet in (LedgerSheet.RECORDS, LedgerSheet.INDICATORS):
        xml = sheet_xml(path, sheet)
        short = xml.replace("<v>65.123456789012345</v>", "<v>65.1234567890123</v>")
        rewrite(path, sheet, short.replace("<v>4.9</v>", "<v>4.9000000000000004</v>"))
    assert said(booked) == []


@pytest.mark.slow
def test_a_change_in_the_fifteenth_digit_is_seen(booked: Booked):
    path = booked.office.ledger
    xml = sheet_xml(path, LedgerSheet.RECORDS)
    rewrite(
        path, LedgerSheet.RECORDS, xml.replace("<v>65.123456789012345<", "<v>65.1234567890133<")
    )
    assert len(said(booked)) == 1


@pytest.mark.slow
def test_a_ledger_behind_its_store_is_said_to_be_so_and_not_compared(booked: Booked):
    booked.send(HEALTH, {"3": "64"})
    check = checked(booked)
    assert (check.is_stale, check.cells, check.is_clean) == (True, 0, False)
    booked.refresh()
    assert checked(booked).is_clean


def test_originals_that_are_lost_or_changed_are_named(booked: Booked):
    with booked.office.open_store() as store:
        first, second, *_ = store.originals.all()
    first[1].unlink()
    second[1].write_bytes(b"changed")
    check = checked(booked)
    assert check.lost == (first[1].name,)
    assert check.damaged == (second[1].name,)


def test_a_verification_writes_nothing(booked: Booked):
    before = {p: p.stat().st_mtime_ns for p in booked.office.ledger.parent.rglob("*")}
    verify_ledger(booked.office, LATER + timedelta(days=1))
    assert {p: p.stat().st_mtime_ns for p in booked.office.ledger.parent.rglob("*")} == before
