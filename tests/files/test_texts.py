"""What of a text from outside may be shown, and how a workbook stores what XML cannot contain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.core.primitives.legible import inert, legible
from qiyx_xl.files.untrusted_text import as_cell_text, file_name, shown, split_name
from qiyx_xl.files.xml import MAIN, parse, shared_strings, text_of, unescaped, with_escapes_as_text
from qiyx_xl.ledger.file.xml_cells import xml_text

CONTROLS = [chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160))]
HALVES = ["\ud800", "\udcff", "\udfff"]
NO_CHARACTERS = ["\ufffe", "\uffff"]
TURNING = [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]


@pytest.mark.parametrize("sign", [*CONTROLS, *HALVES, *NO_CHARACTERS], ids=ascii)
def test_what_cannot_be_written_is_shown_as_one_sign_for_all(sign):
    assert shown(f"甲{sign}乙") == as_cell_text(f"甲{sign}乙") == "甲\ufffd乙"


@pytest.mark.parametrize("sign", TURNING, ids=ascii)
def test_no_paper_and_no_name_turns_the_direction_of_reading(sign):
    assert shown(f"甲{sign}乙") == "甲乙"
    assert split_name(file_name(f"甲{sign}乙.xlsx")) == ("甲乙", ".xlsx")
    assert sign not in inert(sign) + legible(sign)


@pytest.mark.parametrize("sign", [*CONTROLS, *HALVES], ids=ascii)
def test_no_terminal_gets_what_it_would_obey(sign):
    assert inert(sign).isascii()
    assert inert(sign).isprintable()
    assert legible(sign) == inert(sign)


@given(st.text())
def test_a_cell_of_ours_says_what_it_was_given(text: str):
    parsed = parse(f'<t xmlns="{MAIN}">{xml_text(text)}</t>'.encode())
    given = text.replace("\r\n", "\n").replace("\r", "\n")
    assert unescaped(parsed.text or "") == given


@given(st.text("_x003DF", max_size=30))
def test_what_looks_like_an_escape_stays_text(text: str):
    assert unescaped(with_escapes_as_text(text)) == text


def test_escapes_are_read_as_their_characters():
    assert unescaped("行_x000D_行_x005F_x000D__x4E00__x00") == "行\r行_x000D_一_x00"


STRINGS = f"""<sst xmlns="{MAIN}">
  <si><t>甲</t></si>
  <si><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></si>
  <si><t>宁波</t><rPh sb="0" eb="2"><t>ningbo</t></rPh></si>
  <si/>
</sst>"""


def test_a_shared_text_is_all_its_runs_without_the_readings():
    assert shared_strings(STRINGS.encode()) == ["甲", "甲 乙", "宁波", ""]


def test_so_is_an_inline_text():
    cell = parse(f'<c xmlns="{MAIN}"><is><r><t>宁</t></r><r><t>波</t></r>'
                 "<rPh><t>ningbo</t></rPh></is></c>".encode())  # fmt: skip
    assert text_of(cell) == "宁波"
