"""One parser for the XML of office files, and what it refuses whoever asks."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

import qiyx_xl
from qiyx_xl.files.xml import MAIN, Damaged, forget, parse, parse_in_pieces, serialized, walk

_LONG = 10_000_001  # characters; one more than the parser takes for a single text
REFUSED = {
    "nothing": b"",
    "no XML": b"PK\x03\x04",
    "cut off": b"<row><c/>",
    "a document type": b"<!DOCTYPE row><row><c/></row>",
    "an entity": b'<!DOCTYPE row [<!ENTITY n "9">]><row><c>&n;</c></row>',
    "an entity from a file": b'<!DOCTYPE row [<!ENTITY n SYSTEM "/etc/hosts">]><row><c>&n;</c></row>',
    "elements nested deeper than any office program nests them": b"<c>" * 300 + b"</c>" * 300,
    "a text longer than a thousand cells hold": b"<row><c>" + b"a" * _LONG + b"</c></row>",
    "a character that no XML has": b"<row><c>&#0;</c></row>",
}
EMPTY = f'<worksheet xmlns="{MAIN}"/>'.encode()


def whole(part: bytes) -> None:
    parse(part)


def in_pieces(part: bytes) -> None:
    for _ in parse_in_pieces(part, "c"):
        pass


def step_by_step(part: bytes) -> None:
    for _ in walk(BytesIO(part)):
        pass


@pytest.mark.parametrize("read", [whole, in_pieces, step_by_step])
@pytest.mark.parametrize("part", REFUSED.values(), ids=REFUSED)
def test_every_way_of_reading_refuses_the_same(read, part):
    with pytest.raises(Damaged):
        read(part)


def test_comments_and_instructions_do_not_cut_a_text():
    root = parse(b"<t>\xe7\x94\xb2<!-- note -->\xe4\xb9\x99<?program does?>\xe4\xb8\x99</t>")
    assert (root.text, len(root)) == ("甲乙丙", 0)


def test_an_encoding_makes_no_difference():
    spelled = '<?xml version="1.0" encoding="{}"?><t>甲</t>'
    for encoding in ("UTF-8", "UTF-16", "GB18030"):
        assert parse(spelled.format(encoding).encode(encoding)).text == "甲"


def test_a_part_of_many_texts_is_read_whatever_its_size():
    part = b"<row>" + (b"<c>" + b"1" * 1000 + b"</c>") * 15_000 + b"</row>"
    assert len(part) > _LONG
    count = 0
    for element in parse_in_pieces(part, "c"):
        count += len(element.text)
        forget(element)
    assert count == 15_000_000
    assert len(parse(part)) == 15_000


def test_what_is_written_is_declared_as_office_programs_do():
    head = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    assert serialized(parse(EMPTY)) == head + EMPTY


def test_no_other_module_has_a_parser_of_its_own():
    ways = ("XMLParser(", "iterparse(", "etree.parse(", "fromstring(", "ElementTree", "minidom")
    package = Path(qiyx_xl.__file__).parent
    others = [
        str(module.relative_to(package))
        for module in package.rglob("*.py")
        if any(way in module.read_text(encoding="utf-8") for way in ways)
    ]
    assert [Path(module).as_posix() for module in others] == ["files/xml.py"]
