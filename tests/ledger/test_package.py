"""The package of parts: whole or in pieces the same bytes, and no half of one after an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qiyx_xl.files.zip_writer import packed

if TYPE_CHECKING:
    from collections.abc import Iterator

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
