"""``qiyx ledger`` as a person types it."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from support.commands import Commands
from support.offices import build_ledger

from qiyx_xl.data import resource
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.sheet_xml import patch_cells
from qiyx_xl.ledger.registry import LedgerSheet

BOOK = "七优享台账.xlsm"
DAY = ("--today", "2026-10-30")


@pytest.fixture
def office(qiyx, templates):
    """A ledger into which one good file was taken."""

    def make(folder):
        build_ledger(folder)
        (folder / "收件").mkdir()
        shutil.copy(resource("examples/2026Q3/区教育局_2026Q3.xlsx"), folder / "收件")
        assert Commands(folder)("consolidate", "收件", "--period", "2026Q3", *DAY).code in (0, 1)

    templates.copy("one good file", make, qiyx.here)
    return qiyx


@pytest.mark.slow
def test_a_ledger_nobody_touched_verifies_with_exit_code_0(office):
    answer = office("ledger", "verify", BOOK)
    assert answer.code == 0, answer.out
    assert "台账与数据库一致：2026年三季度" in answer.out
    document = office("ledger", "verify", BOOK, "--format", "json")
    assert document.json("ledger-verify.schema.json")["mismatches"] == []


@pytest.mark.slow
def test_a_number_changed_by_hand_is_found_with_exit_code_1_and_refresh_puts_it_right(office):
    book = OpenedLedger((office.here / BOOK).read_bytes(), BOOK)
    part = book.part(LedgerSheet.RECORDS)
    changed = patch_cells(book.read(part), {(3, 4): Decimal(999)})
    (office.here / BOOK).write_bytes(with_parts(book.package, {part: changed}))
    answer = office("ledger", "verify", BOOK, "--format", "json")
    assert answer.code == 1
    found = answer.json("ledger-verify.schema.json")["mismatches"]
    assert [(one["sheet"], one["cell"], one["found"]) for one in found] == [
        ("填报记录", "E4", "999")
    ]
    assert "填报记录!E4 “实际值”" in office("ledger", "verify", BOOK).out
    assert office("ledger", "refresh", BOOK, *DAY).code == 0
    assert office("ledger", "verify", BOOK).code == 0


def test_verifying_where_the_store_is_lost_says_what_is_whole_and_what_to_do(office):
    (office.here / "七优享台账.sqlite").unlink()
    answer = office("ledger", "verify", BOOK)
    assert (answer.code, answer.err) == (1, "")
    assert answer.out.startswith("数据库：缺失：\n  “七优享台账.sqlite”不见了")
    assert "请运行 qiyx ledger rebuild" in answer.out
    assert "清单：完好。\n原件：完好。\n台账：完好。" in answer.out


def test_where_there_never_was_a_store_verifying_says_so_with_exit_code_2(with_ledger):
    answer = with_ledger("ledger", "verify", BOOK)
    assert (answer.code, answer.out) == (2, "")
    assert "找不到数据库" in answer.err


def test_a_lost_store_is_rebuilt_and_the_ledger_stays_the_same(office):
    before = (office.here / BOOK).read_bytes()
    (office.here / "七优享台账.sqlite").unlink()
    answer = office("ledger", "rebuild", BOOK, *DAY, "--format", "json")
    assert answer.code == 0, answer.err
    report = answer.json("ledger-rebuild.schema.json")
    assert (report["store"]["origin"], report["store"]["runs"]) == ("journal", 1)
    assert (office.here / BOOK).read_bytes() == before
    assert "数据库完好" in office("ledger", "rebuild", BOOK, *DAY).out


def test_a_static_copy_is_made_and_says_where(office):
    answer = office("ledger", "static", BOOK, "副本 一.xlsx")
    assert answer.code == 0, answer.err
    assert "副本 一.xlsx" in answer.out
    sheet = load_workbook(office.here / "副本 一.xlsx")["操作台"]
    assert sheet["B6"].value == "2026Q3"
    refused = office("ledger", "static", BOOK, "副本.xlsm")
    assert refused.code == 2
    assert "请把“副本.xlsm”改成以 .xlsx 结尾的名字" in refused.err


def test_an_open_ledger_is_refused_in_one_line_and_left_as_it_is(office):
    before = (office.here / BOOK).read_bytes()
    (office.here / f"~${BOOK}").write_text("张三", encoding="utf-8")
    for arguments in (
        ("ledger", "refresh", BOOK),
        ("ledger", "rebuild", BOOK),
        ("consolidate", "收件", "--period", "2026Q3"),
    ):
        answer = office(*arguments)
        assert answer.code == 2, arguments
        assert "正在 Excel 或 WPS 中打开" in answer.err
        assert len(answer.err.strip().splitlines()) == 1
    assert (office.here / BOOK).read_bytes() == before


@pytest.mark.parametrize("command", ["verify", "rebuild", "static", "migrate"])
def test_each_help_page_shows_an_example(command, qiyx):
    answer = qiyx("ledger", command, "--help")
    assert answer.code == 0
    assert f"qiyx ledger {command}" in answer.out.split("示例")[1]
