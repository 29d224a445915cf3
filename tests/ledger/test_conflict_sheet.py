"""冲突: what stands on the sheet, and what becomes of a choice that a person types there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from support.booked_office import HEALTH, SOCIAL, Booked

from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.sheet_xml import patch_cells
from qiyx_xl.ledger.layout.cells import address
from qiyx_xl.ledger.layout.tables import CONFLICT_TABLE as TABLE
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules


@pytest.fixture
def booked(built: bytes, plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    """Two agencies have sent another number for indicator 1; 区卫健局 is the one to report it."""
    here = Booked(tmp_path / "七优享", plan, rules, built)
    here.send(HEALTH, {"1": "4.9", "2": "69"})
    here.send(SOCIAL, {"1": "5.2"})
    here.refresh()
    return here


def rows(path: Path, sheet: str = "冲突") -> list[dict[str, object]]:
    header, *data = load_workbook(path, data_only=True)[sheet].iter_rows(
        min_row=3, values_only=True
    )
    return [dict(zip(header, row, strict=True)) for row in data]


def type_in(path: Path, row: int = 0, **texts: str) -> None:
    """Type into the sheet 冲突 as a person does in a spreadsheet program."""
    ledger = OpenedLedger(path.read_bytes(), path.name)
    part = ledger.part(LedgerSheet.CONFLICTS)
    cells = {(TABLE.first_row + row, TABLE.place(header)): text for header, text in texts.items()}
    path.write_bytes(with_parts(ledger.package, {part: patch_cells(ledger.read(part), cells)}))


def actual(path: Path, code: int) -> object:
    for row in load_workbook(path, data_only=True)["指标台账"].iter_rows(
        min_row=6, values_only=True
    ):
        if row[1] == code:
            return row[11]
    raise AssertionError(code)


@pytest.mark.slow
def test_an_open_conflict_shows_both_numbers_with_the_cell_each_came_from(booked: Booked):
    (row,) = rows(booked.office.ledger)
    assert row == row | {
        "状态": "待定",
        "数据期": "2026Q3",
        "编号": "1",
        "单位一": HEALTH,
        "单位一报的数": 4.9,
        "单位一出处": "区卫健局_10.xlsx ▸ 填报表!G6",
        "单位二": SOCIAL,
        "单位二报的数": 5.2,
        "单位二出处": "区民政局_11.xlsx ▸ 填报表!G6",
        "采用单位": None,
        "提示": "请在“采用单位”和“理由”里填写",
    }
    assert actual(booked.office.ledger, 1) == 4.9


@pytest.mark.slow
def test_a_typed_choice_is_booked_as_a_decision_and_the_ledger_takes_that_number(booked: Booked):
    type_in(booked.office.ledger, 采用单位=SOCIAL, 理由="以民政统计为准", 决定人="张三")
    booked.refresh()
    (row,) = rows(booked.office.ledger)
    assert (row["状态"], row["采用单位"], row["决定人"]) == ("已定", SOCIAL, "张三")
    assert row["理由"] == "以民政统计为准"
    assert actual(booked.office.ledger, 1) == 5.2
    with booked.office.open_store() as store:
        (decision,) = store.decisions()
    assert (decision.agency, decision.value, decision.other_value) == (SOCIAL, "5.2", "4.9")
    assert (decision.by, decision.at) == ("张三", booked.now)


@pytest.mark.slow
def test_after_a_decision_the_formulas_look_the_chosen_number_up(booked: Booked):
    type_in(booked.office.ledger, 采用单位=SOCIAL, 理由="以民政统计为准")
    booked.refresh()
    records = {
        row["填报单位"]: row for row in rows(booked.office.ledger, "填报记录") if row["编号"] == "1"
    }
    assert (records[SOCIAL]["按期查找键"], records[HEALTH]["按期查找键"]) == ("1|2026Q3", None)


@pytest.mark.slow
def test_booking_the_same_choice_again_changes_nothing(booked: Booked):
    type_in(booked.office.ledger, 采用单位=HEALTH, 理由="以主管部门为准")
    booked.refresh()
    again = booked.refresh()
    assert again.sha256_before == again.sha256_after
    with booked.office.open_store() as store:
        assert len(store.decisions()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"采用单位": SOCIAL}, "请在“理由”里写明为什么。"),
        ({"理由": "民政的对"}, "请在“采用单位”里写明采用哪个单位的数。"),
        ({"采用单位": "民政", "理由": "对"}, f"“采用单位”请填“{HEALTH}”或“{SOCIAL}”。"),
    ],
)
def test_an_incomplete_choice_stays_as_typed_with_what_is_missing(
    texts: dict[str, str], problem: str, booked: Booked
):
    type_in(booked.office.ledger, **texts)
    booked.refresh()
    (row,) = rows(booked.office.ledger)
    assert row == row | texts | {"状态": "待定", "提示": problem}
    with booked.office.open_store() as store:
        assert store.decisions() == ()


@pytest.mark.slow
def test_a_choice_between_numbers_that_have_changed_is_not_booked(booked: Booked):
    type_in(booked.office.ledger, 采用单位=SOCIAL, 理由="以民政统计为准")
    booked.send(SOCIAL, {"1": "5.3"})
    booked.refresh()
    (row,) = rows(booked.office.ledger)
    assert (row["状态"], row["采用单位"], row["理由"]) == ("待定", None, "以民政统计为准")
    assert "有新的数" in str(row["提示"])
    booked.refresh()
    with booked.office.open_store() as store:
        assert store.decisions() == ()


@pytest.mark.slow
def test_a_number_that_excel_saved_with_all_its_digits_is_still_the_number_seen(booked: Booked):
    place = (TABLE.first_row, TABLE.place("单位一报的数"))
    path = booked.office.ledger
    opened = OpenedLedger(path.read_bytes(), path.name)
    part = opened.part(LedgerSheet.CONFLICTS)
    xml = opened.read(part).decode()
    assert f'<c r="{address(*place)}"' in xml
    noisy = xml.replace("<v>4.9</v>", "<v>4.9000000000000004</v>")
    assert noisy != xml
    path.write_bytes(with_parts(opened.package, {part: noisy.encode()}))
    type_in(path, 采用单位=SOCIAL, 理由="以民政统计为准")
    booked.refresh()
    assert rows(path)[0]["状态"] == "已定"


@pytest.mark.slow
def test_a_decided_conflict_opens_again_when_either_side_sends_another_number(booked: Booked):
    type_in(booked.office.ledger, 采用单位=SOCIAL, 理由="以民政统计为准")
    booked.refresh()
    booked.send(HEALTH, {"1": "5.0"})
    booked.refresh()
    (row,) = rows(booked.office.ledger)
    assert (row["状态"], row["单位一报的数"]) == ("待定", 5)


@pytest.mark.slow
def test_consolidating_books_what_was_typed_before_it_looks_for_conflicts(
    booked: Booked, tmp_path: Path
):
    from shutil import copy

    from qiyx_xl import app
    from qiyx_xl.data import resource

    type_in(booked.office.ledger, 采用单位=SOCIAL, 理由="以民政统计为准")
    inbox = tmp_path / "收件"
    inbox.mkdir()
    copy(resource("examples/2026Q3/区教育局_2026Q3.xlsx"), inbox)
    from support.booked_office import Q3

    result = app.consolidate(booked.office, [inbox], Q3, now=booked.now)
    assert result.consolidation.conflicts == ()
    assert rows(booked.office.ledger)[0]["状态"] == "已定"
