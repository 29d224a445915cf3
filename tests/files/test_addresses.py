"""Letters and numbers of columns, and what an address means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

import qiyx_xl
from qiyx_xl.files.addresses import (
    LAST_COLUMN,
    LAST_ROW,
    address,
    column_letters,
    column_number,
    in_grid,
    parse_address,
    parse_range,
    range_address,
)

ROWS, COLUMNS = st.integers(1, LAST_ROW), st.integers(1, LAST_COLUMN)


@given(COLUMNS)
def test_columns_have_the_letters_that_others_give_them(number: int):
    assert column_letters(number) == get_column_letter(number)
    assert column_number(column_letters(number)) == number


def test_a_name_longer_than_the_last_column_s_is_beyond_it():
    assert column_letters(LAST_COLUMN) == "XFD"
    assert column_number("XFE") == LAST_COLUMN + 1
    assert column_number("A" * 1_000_000) == LAST_COLUMN + 1


@given(ROWS, COLUMNS)
def test_an_address_is_read_as_it_is_spelled(row: int, column: int):
    assert parse_address(address(row, column)) == (row, column)
    assert in_grid(row, column)


@given(ROWS, COLUMNS, ROWS, COLUMNS)
def test_so_is_a_range(top: int, left: int, bottom: int, right: int):
    cells = (top, left, bottom, right)
    assert parse_range(range_address(cells)) == cells


READ = {
    "C5": (5, 3, 5, 3),
    "$c$5": (5, 3, 5, 3),
    "$C$3:D5": (3, 3, 5, 4),
    "D5:C3": (5, 4, 3, 3),
    "XFE1": (1, LAST_COLUMN + 1, 1, LAST_COLUMN + 1),
    "A0": (0, 1, 0, 1),
}


@pytest.mark.parametrize(("text", "cells"), READ.items(), ids=READ)
def test_addresses_are_read_however_they_are_written(text, cells):
    assert parse_range(text) == cells


@pytest.mark.parametrize(
    "text",
    ["", "5", "C", "C5:", ":C5", "C5:D6:E7", " C5", "C5\n", "ABCD5", "C5!", "C５", "C12345678"],
)
def test_what_is_no_address_is_none(text):
    assert parse_range(text) is None


@pytest.mark.parametrize("cell", [(0, 1), (1, 0), (LAST_ROW + 1, 1), (1, LAST_COLUMN + 1)])
def test_no_sheet_has_cells_outside_the_grid(cell):
    assert not in_grid(*cell)


def test_no_other_module_works_out_letters_of_columns():
    package = Path(qiyx_xl.__file__).parent
    others = [
        module.relative_to(package).as_posix()
        for module in package.rglob("*.py")
        if re.search(r"divmod\(.*26\)|\* 26\b|get_column_letter|column_index_from_string",
                     module.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert others == ["files/addresses.py"]
