"""A zip is read as zipfile reads it, whatever it is: the short way and the long way agree."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import tried
from support.paths import ROOT

from qiyx_xl.intake.xlsx.fast_zip import Zip, _plain_directory

CONTENTS = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>" * 300}
EXAMPLES = ROOT / "examples"


def zipped(contents: dict[str, bytes] = CONTENTS, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def by_zipfile(data: bytes) -> list[tuple[str, int, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, info.file_size, archive.read(info)) for info in archive.infolist()]


def by_us(data: bytes) -> list[tuple[str, int, bytes]]:
    archive = Zip(data)
    return [
        (part.name, part.size, archive.read(number)) for number, part in enumerate(archive.parts)
    ]


def outcome(read, data: bytes):
    try:
        return read(data)
    except (Exception, zlib.error):  # noqa: BLE001 - both must fail, however they do
        return None


def test_the_plainest_zip_needs_no_zipfile(monkeypatch):
    data = zipped()
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert by_us(data) == [(name, len(part), part) for name, part in CONTENTS.items()]


def with_comment() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", "<a/>")
        archive.comment = b"PK\x05\x06"
    return buffer.getvalue()


def with_zip64() -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.xml", "w", force_zip64=True) as part,
    ):
        part.write(b"<a/>")
    return buffer.getvalue()


def with_an_empty_part() -> bytes:
    return zipped({"a.xml": b"", "b.xml": b"<b/>"})


def on_several_disks() -> bytes:
    data = bytearray(zipped())
    data[-18:-16] = b"\x01\x00"
    return bytes(data)


def with_a_count_too_small() -> bytes:
    data = bytearray(zipped())
    data[-14:-10] = b"\x01\x00\x01\x00"
    return bytes(data)


def named(name: bytes) -> bytes:
    """A zip with a part of this name, whatever its signs mean."""
    return zipped({"x" * len(name): b"<a/>"}).replace(b"x" * len(name), name)


def with_sizes_elsewhere() -> bytes:
    """A small part whose sizes stand where zip64 has them, but of a version that knows none."""
    content = b"<a/>"
    sizes = struct.pack("<HHQQ", 1, 16, len(content), len(content))
    about = (20, 0, 0, 0, 0, zlib.crc32(content))
    local = struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", *about, 4, 4, 5, 0) + b"a.xml" + content
    entry = (
        struct.pack("<4sH", b"PK\x01\x02", 20)
        + struct.pack("<HHHHHLLLHHHHHLL", *about, 2**32 - 1, 2**32 - 1, 5, 20, 0, 0, 0, 0, 0)
        + b"a.xml"
        + sizes
    )
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(local), 0)
    return local + entry + end


@pytest.mark.parametrize(
    "data",
    [
        zipped(method=zipfile.ZIP_STORED),
        zipped({"表.xml": b"<a/>"}),
        named(b"a\x00b.xml"),
        named("表.xml".encode("gb18030")),
        zipped({}),
        b"before" + zipped(),
        zipped() + b"after",
        zipped()[:-1],
        with_comment(),
        with_zip64(),
        with_an_empty_part(),
        on_several_disks(),
        with_a_count_too_small(),
        with_sizes_elsewhere(),
    ],
    ids=["stored", "chinese name", "name with a nul", "name in GBK", "nothing in it", "something before",
         "something after", "cut off", "comment", "zip64", "empty part", "disks",
         "count too small",         "sizes elsewhere"],
)  # fmt: skip
def test_any_other_zip_is_read_as_zipfile_reads_it(data):
    assert outcome(by_us, data) == outcome(by_zipfile, data)


def test_the_sizes_elsewhere_are_really_read():
    assert by_us(with_sizes_elsewhere()) == [("a.xml", 4, b"<a/>")]


@pytest.mark.parametrize("data", [b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b""])
def test_what_is_too_short_is_no_zip_or_an_empty_one(data):
    try:
        assert by_zipfile(data) == by_us(data)
    except zipfile.BadZipFile:
        with pytest.raises(zipfile.BadZipFile):
            Zip(data)


def test_what_a_zip64_says_at_the_end_is_heeded_although_the_directory_seems_plain():
    # A directory whose last comment looks like the locator of a zip64's end.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("a.xml")
        info.comment = b"PK\x06\x07" + bytes(16)
        archive.writestr(info, "<a/>")
    data = buffer.getvalue()
    assert not _plain_directory(data)
    assert outcome(by_us, data) == outcome(by_zipfile, data)


@pytest.mark.parametrize("field", [6, 8, 10, 16, 20, 24, 28, 30, 32, 34, 42])
@pytest.mark.parametrize("value", [0, 1, 70, 0xFF])
def test_a_directory_that_lies_is_believed_no_more_than_zipfile_believes_it(field, value):
    data = bytearray(zipped())
    entry = data.index(b"PK\x01\x02")
    data[entry + field] = value
    read, theirs = outcome(by_us, bytes(data)), outcome(by_zipfile, bytes(data))
    assert read == theirs


@tried(4)
@given(
    places=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=3),
    cut=st.integers(0, 40),
    method=st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]),
)
def test_a_damaged_zip_is_read_as_zipfile_reads_it_or_not_at_all(places, cut, method):
    data = bytearray(zipped(method=method))
    for place, byte in places:
        data[-1 - place % len(data)] = byte
    damaged = bytes(data[: len(data) - cut])
    read, theirs = outcome(by_us, damaged), outcome(by_zipfile, damaged)
    assert read == theirs


def test_every_example_workbook_is_read_as_zipfile_reads_it():
    files = [file for file in EXAMPLES.rglob("*.xlsx") if zipfile.is_zipfile(file)]
    assert files
    for file in files:
        data = file.read_bytes()
        assert by_us(data) == by_zipfile(data), file.name
