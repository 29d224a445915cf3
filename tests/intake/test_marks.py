"""A few bytes are found as Python finds them, whatever stands around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.intake.cells.byte_search import holds

MARKS = [(b"<!", b"!"), (b"_x", b"_"), (b"&#", b"&"), (b"<!DOCTYPE", b"!")]


@pytest.mark.parametrize(("mark", "rarest"), MARKS)
@given(pieces=st.lists(st.sampled_from([b"<", b"!", b"<!", b"_", b"x", b"&", b"#", b"DOCTYPE", b"."]), max_size=60))  # fmt: skip
def test_a_mark_is_found_where_it_is_and_nowhere_else(pieces, mark, rarest):
    data = b"".join(pieces)
    assert holds(data, mark, rarest) is (mark in data)


@pytest.mark.parametrize(("mark", "rarest"), MARKS)
def test_a_mark_is_found_behind_very_many_of_its_rarest_byte(mark, rarest):
    crowd = rarest * 1000 + b"."
    assert not holds(crowd, mark, rarest)
    assert holds(crowd + mark, mark, rarest)
