"""A log sheet with other rows: all of ours, and what people did to the rows that were there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.ledger_views import view_of

from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.log_sheet import LogSheet, patch_log_sheet
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.layout import tables as log_tables

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules


def log_sheet(
    built: bytes, plan: Plan, rules: Rules, count: int, *, before: bytes | None = None
) -> LogSheet:
    """The sheet 填报记录 with so many rows, in place of the empty one or of what it was before."""
    ledger = OpenedLedger(built, "七优享台账.xlsm")
    table = log_tables.RECORD_TABLE
    row = Content(view_of(plan, rules)).record_rows()[0]
    rows = [[*row[:4], 70_000 + number, *row[5:]] for number in range(count)]
    xml = ledger.read(ledger.part(table.sheet)) if before is None else before
    return patch_log_sheet(ledger, xml, table, rows)


def test_a_log_sheet_comes_in_pieces_that_make_up_every_row(built: bytes, plan: Plan, rules: Rules):
    sheet = log_sheet(built, plan, rules, 2500)
    assert max(piece.count(b"<row ") for piece in sheet) == 1000
    xml = bytes(sheet)
    numbers = [int(row.split(b'"', 1)[0]) for row in xml.split(b'<row r="')[1:]]
    first = log_tables.RECORD_TABLE.first_row + 1
    assert numbers[-2500:] == list(range(first, first + 2500))
    assert [xml.count(b"<v>%d</v>" % number) for number in (70_000, 71_000, 72_499)] == [1, 1, 1]
    assert b"".join(sheet) == xml, "it can be made again"


def test_what_is_not_ours_of_a_log_sheet_has_none_of_our_rows(
    built: bytes, plan: Plan, rules: Rules
):
    sheet = log_sheet(built, plan, rules, 3)
    assert b"<v>70002</v>" in bytes(sheet)
    assert b"<v>70002</v>" not in sheet.others
    assert sheet.others.startswith(b"<?xml")
    assert sheet.others.endswith(b"</worksheet>")


FIRST = log_tables.RECORD_TABLE.first_row + 1


@pytest.mark.parametrize(
    "row",
    [b'<row r="%d" ht="40" customHeight="1">', b'<row spans="1:21" hidden="1" r="%d">'],
)
def test_heights_and_hidden_rows_that_people_made_stay_with_their_rows(
    row: bytes, built: bytes, plan: Plan, rules: Rules
):
    before = bytes(log_sheet(built, plan, rules, 5))
    changed = before.replace(b'<row r="%d">' % (FIRST + 1), row % (FIRST + 1))
    assert changed != before
    after = bytes(log_sheet(built, plan, rules, 5, before=changed))
    kept = b' ht="40" customHeight="1"' if b"ht=" in row else b' hidden="1"'
    assert after == before.replace(
        b'<row r="%d">' % (FIRST + 1), b'<row r="%d"%b>' % (FIRST + 1, kept)
    )


@pytest.mark.parametrize("number", [1, FIRST, FIRST + 4])
def test_a_row_that_does_not_say_its_number_is_not_guessed_at(
    number: int, built: bytes, plan: Plan, rules: Rules
):
    before = bytes(log_sheet(built, plan, rules, 5))
    changed = before.replace(b'<row r="%d"' % number, b"<row ")
    assert changed != before
    with pytest.raises(LedgerError, match="读不懂“填报记录”表"):
        log_sheet(built, plan, rules, 5, before=changed)


def test_an_empty_row_below_ours_leaves_nothing(built: bytes, plan: Plan, rules: Rules):
    before = bytes(log_sheet(built, plan, rules, 2))
    changed = before.replace(b"</sheetData>", b'<row r="%d"/></sheetData>' % (FIRST + 9))
    assert bytes(log_sheet(built, plan, rules, 2, before=changed)) == before
