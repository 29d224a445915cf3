"""What is remembered of strangers' texts is bounded in number and in size."""

from __future__ import annotations

import pytest

from qiyx_xl.core.forms.cell import squeeze
from qiyx_xl.core.primitives.measures import split_measure
from qiyx_xl.core.primitives.memo import bounded_cache
from qiyx_xl.core.primitives.text import tidy
from qiyx_xl.intake.form import finder as layout


def counted(most: int, largest: int):
    calls = []

    @bounded_cache(most, largest)
    def joined(*parts: str) -> str:
        calls.append(parts)
        return "".join(parts)

    return joined, calls


def test_a_small_text_is_worked_out_once():
    joined, calls = counted(2, 4)
    assert [joined("ab", "cd") for _ in range(3)] == ["abcd"] * 3
    assert calls == [("ab", "cd")]


def test_a_large_text_is_worked_out_each_time():
    joined, calls = counted(2, 4)
    assert [joined("ab", "cde") for _ in range(2)] == ["abcde"] * 2
    assert len(calls) == 2
    assert joined.cache_info().currsize == 0


@pytest.mark.parametrize("function", [squeeze, split_measure, tidy, layout._is_code, layout._contact, layout._statements])  # fmt: skip
def test_no_stranger_s_long_text_is_kept(function):
    known = function.__self__
    before = len(known)
    for number in range(3):
        text = f"{number}{'长' * 5000}"
        assert function(text) == known.function(text)
    assert len(known) == before


def test_not_more_than_so_many_texts_are_kept():
    calls = []

    @bounded_cache(3, 4)
    def again(part: str) -> str:
        calls.append(part)
        return part

    for part in "abcdeed":
        assert again(part) == part
    assert calls == [*"abcde"]
    assert len(again.__self__) <= 3
