"""The package of parts: whole or in pieces the same bytes, and no half of one after an error."""

from __future__ import annotations

import re
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import qiyx_xl
from qiyx_xl.files.zip_writer import USUAL, packed, with_parts

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


def test_a_part_is_replaced_added_or_left_out_and_every_other_stays():
    package = packed([("a.xml", b"<a/>"), ("b.xml", b"<b/>"), ("c.xml", b"<c/>")])
    changed = with_parts(package, {"b.xml": b"<x/>", "d.xml": b"<d/>"}, without={"c.xml"})
    assert changed == packed([("a.xml", b"<a/>"), ("b.xml", b"<x/>"), ("d.xml", b"<d/>")])


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_neither_the_day_nor_the_system_can_be_told_from_a_package(system, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    parts = [("a.xml", b"<a/>"), ("b.xml", [b"<b/>"])]
    with zipfile.ZipFile(BytesIO(packed(parts, level=USUAL))) as package:
        told = {
            (entry.date_time, entry.create_system, entry.external_attr)
            for entry in package.infolist()
        }
    assert told == {((1980, 1, 1, 0, 0, 0), 3, 0o600 << 16)}


def test_no_other_module_packs_a_file():
    package = Path(qiyx_xl.__file__).parent
    packing = [
        module.relative_to(package).as_posix()
        for module in package.rglob("*.py")
        if re.search(r"""ZipFile\([^)]*["'][wax]["']""", module.read_text(encoding="utf-8"))
    ]
    assert packing == ["files/zip_writer.py"]
