"""The package of parts: whole or in pieces the same bytes, and no half of one after an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ledger_views import view_of

from qiyx_xl.ledger import log_tables
from qiyx_xl.ledger.content import Content
from qiyx_xl.ledger.log_sheet import LogSheet, patch_log_sheet
from qiyx_xl.ledger.opened import OpenedLedger
from qiyx_xl.ledger.package import packed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.rules import Rules

LINES = [f"<row>{number} 第{number % 7}行</row>".encode() for number in range(20_000)]


@pytest.mark.parametrize("size", [1, 999, 7000, 20_000])
def test_a_part_in_pieces_is_the_same_package_as_the_part_in_one(size: int):
    whole = packed([("a.xml", b"<a/>"), ("b.xml", b"".join(LINES)), ("c.xml", b"<c/>")])
    pieces = [b"".join(LINES[start : start + size]) for start in range(0, len(LINES), size)]
    assert packed([("a.xml", b"<a/>"), ("b.xml", iter(pieces)), ("c.xml", [b"<c/>"])]) == whole


def test_an_error_while_a_piece_is_made_is_not_lost():
    def pieces() -> Iterator[bytes]:
        yield from LINES[:10]
        raise ValueError("行")

    with pytest.raises(ValueError, match="行"):
        packed([("a.xml", pieces())])


def log_sheet(built: bytes, plan: Plan, rules: Rules, count: int) -> LogSheet:
    ledger = OpenedLedger(built, "七优享台账.xlsm")
    table = log_tables.RECORD_TABLE
    row = Content(view_of(plan, rules)).record_rows()[0]
    rows = [[*row[:4], 70_000 + number, *row[5:]] for number in range(count)]
    return patch_log_sheet(ledger, ledger.read(ledger.part(table.sheet)), table, rows)


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
