"""A Word document from outside is looked through before python-docx opens it."""

from __future__ import annotations

import zipfile

import docx
import pytest

from qiyx_xl.files import word
from qiyx_xl.files.broken import BROKEN
from qiyx_xl.files.word import TooLargeError, open_document
from qiyx_xl.files.xml import Damaged
from qiyx_xl.files.zip_writer import with_parts


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "方案.docx"
    document = docx.Document()
    document.add_paragraph("一、总体目标")
    document.save(str(path))
    return path


def test_a_document_is_opened(plan):
    assert [paragraph.text for paragraph in open_document(plan).paragraphs] == ["一、总体目标"]


@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"]
)
def test_no_part_may_declare_a_document_type(plan, part):
    with zipfile.ZipFile(plan) as package:
        content = package.read(part)
    head, end, rest = content.partition(b"?>")
    declared = head + end + b'<!DOCTYPE any [<!ENTITY n "9">]>' + rest
    plan.write_bytes(with_parts(plan.read_bytes(), {part: declared}))
    with pytest.raises(Damaged):
        open_document(plan)


def test_parts_that_are_too_large_together_are_not_unpacked(plan, monkeypatch):
    monkeypatch.setattr(word, "LARGEST_DOCUMENT", 200_000)
    plan.write_bytes(with_parts(plan.read_bytes(), {f"word/{n}.bin": bytes(99_999) for n in "123"}))
    with pytest.raises(TooLargeError):
        open_document(plan)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<html/>"])
def test_what_is_no_package_is_broken(tmp_path, content):
    path = tmp_path / "方案.docx"
    path.write_bytes(content)
    with pytest.raises(BROKEN):
        open_document(path)


def test_a_workbook_is_no_document(tmp_path):
    import openpyxl

    path = tmp_path / "方案.docx"
    openpyxl.Workbook().save(path)
    with pytest.raises(BROKEN):
        open_document(path)
