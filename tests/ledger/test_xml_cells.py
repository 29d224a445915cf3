from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils.escape import unescape

from qiyx_xl.ledger.file.xml_cells import formula_cell, number, value_cell, xml_text
from qiyx_xl.ledger.layout.cells import CellError, address, column_letter, column_of, quoted


@pytest.mark.slow
@given(st.text())
def test_any_text_comes_back_as_it_was_written(text: str):
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    parsed = etree.fromstring(f"<t>{xml_text(text)}</t>")
    assert unescape(parsed.text or "") == kept


@given(st.text(st.characters(codec=None, categories=["Cs", "L", "P"])))
def test_text_that_utf8_cannot_hold_is_written_all_the_same(text: str):
    etree.fromstring(f"<t>{xml_text(text)}</t>".encode())


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, '<c r="A1" s="7"/>'),
        ("", '<c r="A1" s="7"/>'),
        (0, '<c r="A1" s="7"><v>0</v></c>'),
        (Decimal("0.10"), '<c r="A1" s="7"><v>0.1</v></c>'),
        (Decimal("1E+3"), '<c r="A1" s="7"><v>1000</v></c>'),
        (
            "=1+1",
            '<c r="A1" s="7" t="inlineStr"><is><t>=1+1</t></is></c>',
        ),
        (CellError.VALUE, '<c r="A1" s="7" t="e"><v>#VALUE!</v></c>'),
    ],
)
def test_values_are_spelled_as_cells(value: object, cell: str):
    assert value_cell("A1", "7", value) == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("绿", '<c r="A1" t="str"><f>A2&amp;"&lt;"</f><v>绿</v></c>'),
        (Decimal("0.5"), '<c r="A1"><f>A2&amp;"&lt;"</f><v>0.5</v></c>'),
        ("", '<c r="A1" t="str"><f>A2&amp;"&lt;"</f><v></v></c>'),
        (CellError.NOT_AVAILABLE, '<c r="A1" t="e"><f>A2&amp;"&lt;"</f><v>#N/A</v></c>'),
    ],
)
def test_formulas_carry_the_value_they_have_now(value: object, cell: str):
    assert formula_cell("A1", "", 'A2&"<"', value) == cell


def test_a_day_is_written_as_a_whole_number():
    assert number(date(2026, 10, 8)) == "46303"


@given(st.integers(0, 16_383))
def test_columns_have_letters_and_letters_columns(index: int):
    assert column_of(f"{column_letter(index)}7") == index
    assert address(6, index) == f"{column_letter(index)}7"


def test_a_text_in_a_formula_cannot_leave_its_quotes():
    assert quoted('"&A1&"') == '"""&A1&"""'
