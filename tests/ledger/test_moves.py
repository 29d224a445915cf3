"""How references in formulas follow moved rows and columns."""

from __future__ import annotations

import pytest

from qiyx_xl.files.addresses import LAST_COLUMN, LAST_ROW
from qiyx_xl.ledger.file.moves import Axis, Moves, moved_formula, moved_ranges

# Rows 6 to 9 (5 to 8 from 0) become 6 to 8: 6 is deleted, 9 goes first, 7 and 8 follow.
ROWS = Axis(LAST_ROW, 5, 9, 8, {8: 5, 6: 6, 7: 7}, ((5, 8, 5, 7),))
# Column C is new; the table ends with column C before and D afterwards.
COLUMNS = Axis(LAST_COLUMN, 0, 3, 4, {0: 0, 1: 1, 2: 3}, ((0, 2, 0, 3),))
MOVES = {"台账": Moves(ROWS, COLUMNS, header_row=4)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("台账!A9", "台账!A6"),
        ("台账!$C$7*2", "台账!$D$7*2"),
        ("台账!A6", "#REF!"),
        ("'台账'!C9+'台账'!c8", "'台账'!D6+'台账'!D8"),
        ("SUM(台账!A6:A9)", "SUM(台账!A6:A8)"),
        ("SUM(台账!A1:C20)", "SUM(台账!A1:D19)"),
        ("SUM(台账!B6:B6)", "SUM(#REF!)"),
        ("台账!A12", "台账!A11"),
        ("台账!F12", "台账!G11"),
        ("台账!C2", "台账!C2"),  # above the table columns stay
        ("台账!F2", "台账!G2"),
        ("SUM(台账!C:C)", "SUM(台账!D:D)"),
        ("SUM(台账!$9:$9)", "SUM(台账!$6:$6)"),
        ("SUM(台账!A7:INDEX(台账!A:A,9))", "SUM(台账!A7:INDEX(台账!A:A,9))"),
        ("SUM(台账!A9:INDEX(台账!C:C,9))", "SUM(台账!A6:INDEX(台账!D:D,9))"),
        ('IF(别表!A6="台账!A9",1,台账!A9)', 'IF(别表!A6="台账!A9",1,台账!A6)'),
        ("[1]台账!A9", "[1]台账!A9"),
        ("台账:别表!A9", "台账:别表!A9"),
        ("数据期&台账!A9", "数据期&台账!A6"),
        ("表1[[#This Row],[台账]]", "表1[[#This Row],[台账]]"),
        ("A9+LOG10(A6)", "A9+LOG10(A6)"),  # on another sheet
    ],
)
def test_a_reference_follows_the_cell_it_names(before: str, after: str):
    assert moved_formula(before, "别表", MOVES) == after


def test_on_its_own_sheet_a_reference_needs_no_name():
    assert moved_formula("A9+LOG10(C7)+别表!A9", "台账", MOVES) == "A6+LOG10(D7)+别表!A9"


def test_a_conditional_formats_relative_rows_move_with_its_first_cell():
    assert moved_formula('AND($A6="红",$A$9=1)', "台账", MOVES, shift=0) == 'AND($A6="红",$A$6=1)'


def test_ranges_without_a_cell_left_are_left_out():
    assert moved_ranges("A6 C9:C9 B7", MOVES["台账"]) == "D6:D6 B7"


def test_a_whole_column_stays_whole_on_a_sheet_that_grows():
    grown = Moves(Axis(LAST_ROW, 5, 6, 8, {5: 5}, ((5, 5, 5, 7),)))
    assert moved_ranges("A1:XFD1048576", grown) == "A1:XFD1048576"
    assert moved_ranges("A6:A6 A7", grown) == "A6:A8 A9"
