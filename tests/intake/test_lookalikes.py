"""What is called a workbook and is none is told for what it is, each kind with its own cure."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile

import pytest
from support.compound_files import compound
from support.hostile_files import FORM, packed, parts, sheet
from support.old_forms import old_form, workbook_stream

from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.workbook.guard import guard


def said_of(data: bytes, suffix: str = ".xlsx") -> str:
    """Code and sentence of what refuses a file."""
    with pytest.raises(Refused) as refused:
        guard(data, suffix)
    return f"{refused.value.finding.code} {refused.value.finding.message}"


def zipped(*names: str, **contents: str) -> bytes:
    return packed(dict.fromkeys(names, "x") | contents)


def cipher(size: int) -> bytes:
    """Bytes as an encrypted file has them."""
    blocks = (hashlib.sha256(str(n).encode()).digest() for n in range(size // 32 + 1))
    return b"".join(blocks)[:size]


XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
DBASE = (
    bytes([0x03, 126, 9, 30]) + struct.pack("<IHH20x", 1, 32 + 2 * 32 + 1, 20)
    + b"NAME".ljust(32, b"\0") + b"VALUE".ljust(32, b"\0") + b"\x0d" + b" " * 20 + b"\x1a"
)  # fmt: skip
OLD_TYPES = (
    '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{}+xml"/></Types>'
)

WORKBOOKS = {
    "XML 电子表格 2003": XML_2003.encode(),
    "XML 电子表格 2003 ": XML_2003.encode("utf-16"),
    "SYLK": b"ID;PWXL;N;E\r\nC;Y1;X1;K320\r\nE\r\n",
    "DIF": b'TABLE\r\n0,1\r\n"EXCEL"\r\n',
    "dBase": DBASE,
    "OpenDocument 表格（.fods）": b'<?xml version="1.0"?><office:document xmlns:office="x" '
    b'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"/>',
    "UOF": b'<?xml version="1.0" encoding="GB2312"?><uof:UOF xmlns:uof="x"/>',
    "Excel 4": b"\x09\x04\x06\x00\x00\x04\x10\x00\x00\x00" + bytes(40) + b"\x01",
    "没有外壳": b"\x09\x08\x08\x00\x00\x05\x10\x00\xbb\x0d\xcc\x07" + bytes(40) + b"\x01",
    "Lotus": b"\x00\x00\x02\x00\x06\x04" + bytes(40) + b"\x01",
    "xlsb": zipped("[Content_Types].xml", "xl/workbook.bin", "xl/_rels/workbook.bin.rels"),
    "OpenDocument 表格（.ods）": zipped("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "Numbers": zipped("Index/Document.iwa", "Index/Tables/Tile.iwa", "preview.jpg"),
}  # fmt: skip
PAGES = {
    "html": b"\n <html><body><table><tr><td>1</td></tr></table></body></html>",
    "html ": b"\xef\xbb\xbf<!DOCTYPE html><html></html>",
    "html  ": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>',
    "html   ": "<html><body><table/></body></html>".encode("utf-16"),
    "html    ": b"<!-- made by a system -->\n<table><tr><td>320</td></tr></table>",
    "mht": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n",
    "mht ": b"From: <Saved by WPS>\r\nSubject: x\r\n y\r\nMIME-Version: 1.0\r\n",
}
DOCUMENTS = {
    "PDF": b"%PDF-1.7\n1 0 obj",
    "RTF": rb"{\rtf1\ansi 320}",
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "TIFF": b"II*\x00\x08\x00\x00\x00",
    "HEIC": b"\x00\x00\x00\x18ftypheic",
    "Access": b"\x00\x01\x00\x00Standard ACE DB\x00",
    "SQLite": b"SQLite format 3\x00",
    "快捷方式": b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60),
    "OFD": zipped("OFD.xml", "Doc_0/Document.xml"),
    "Word 文档（.docx）": zipped("[Content_Types].xml", "word/document.xml"),
    "Word 文档（.docx） ": zipped("doc.xml", **{"[Content_Types].xml": OLD_TYPES.format("wordprocessingml.document.main")}),
    "PowerPoint 演示文稿（.pptx）": zipped("[Content_Types].xml", "ppt/presentation.xml"),
    "OpenDocument 文字": zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
    "Word 文档（.doc）": compound({"WordDocument": b"x", "1Table": b"x"}),
    "PowerPoint 演示文稿（.ppt）": compound({"PowerPoint Document": b"x"}),
    "Outlook": compound({"__properties_version1.0": b"x"}),
    "XML 数据": b'<?xml version="1.0"?><rows><row value="320"/></rows>',
}  # fmt: skip
ARCHIVES = {
    "RAR": b"Rar!\x1a\x07\x01\x00" + cipher(600),
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + cipher(600),
    "gzip": b"\x1f\x8b\x08\x00" + cipher(600),
    "zip": zipped("卫健局/填报表.xlsx", "说明.txt"),
    "tar": b"a.xlsx".ljust(257, b"\0") + b"ustar\x0000" + bytes(250),
}


@pytest.mark.parametrize(("what", "data"), WORKBOOKS.items(), ids=WORKBOOKS)
def test_a_workbook_in_another_format_is_to_be_saved_as_xlsx(what, data):
    said = said_of(data)
    assert said.startswith("F124"), said
    assert what.strip() in said
    assert "另存为" in said


@pytest.mark.parametrize(("what", "data"), PAGES.items(), ids=PAGES)
def test_a_web_page_is_one(what, data):
    said = said_of(data, ".xls")
    assert said.startswith("F103"), said
    assert what.strip() in said


@pytest.mark.parametrize(("what", "data"), DOCUMENTS.items(), ids=DOCUMENTS)
def test_a_document_or_picture_is_said_to_be_one(what, data):
    said = said_of(data)
    assert said.startswith("F125"), said
    assert what.strip() in said


@pytest.mark.parametrize(("what", "data"), ARCHIVES.items(), ids=ARCHIVES)
def test_an_archive_is_to_be_unpacked(what, data):
    said = said_of(data)
    assert said.startswith("F126"), said
    assert what in said


def test_an_archive_under_a_password_is_no_workbook_under_one():
    data = bytearray(zipped("填报表.xlsx"))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert said_of(bytes(data)).startswith("F126")


SOFTWARE = {
    "绿盾": b"%TSD-Header-###%" + cipher(4096),
    "亿赛通": b"b\x14#e\x00\x00\x00\x00E-SafeNet\x00\x00\x00LOCK" + cipher(4096),
    "Fasoo": b"\x9b DRMONE  This Document is encrypted and protected by Fasoo DRM" + cipher(4096),
    "Softcamp": b"SCDSA004\x00\x00" + cipher(4096),
}


@pytest.mark.parametrize(("name", "data"), SOFTWARE.items(), ids=SOFTWARE)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_security_software_is_told_by_its_mark(name, data, suffix):
    said = said_of(data, suffix)
    assert said.startswith("F122"), said
    assert name in said
    assert "解密" in said


@pytest.mark.parametrize("size", [2000, 4096, 20_000, 300_000])
@pytest.mark.parametrize(
    "head", [b"", b"SECFILE\x01\x00\x02".ljust(1024, b"\0"), b"IPG2" + bytes(28)]
)
def test_security_software_without_a_known_mark_is_told_by_its_cipher(size, head):
    said = said_of(head + cipher(size))
    assert said.startswith("F123"), said
    assert "解密" in said
    assert "加密软件" in said


ORDERLY = {
    "a pattern": bytes(range(256)) * 20,
    "a table of numbers": b"".join(struct.pack("<d", n / 7) for n in range(2000)),
    "few bytes": b"\x01\x02\xfe\xff\x00" * 10,
}


@pytest.mark.parametrize("data", ORDERLY.values(), ids=ORDERLY)
def test_what_has_an_order_is_not_called_encrypted(data):
    assert said_of(data).startswith("F105")


def test_a_file_of_zeros_never_arrived():
    said = said_of(bytes(9000))
    assert said.startswith("F106")
    assert "没有传完" in said


def test_text_stays_text():
    assert said_of("指标编码,本期实际值\r\n1,320\r\n".encode("gbk")).startswith("F104")
    assert said_of(b"<320 \xe5\xbe\x85\xe6\xa0\xb8\r\n").startswith("F104")


def test_a_true_workbook_passes_whatever_else_lies_in_it():
    data = packed(
        parts(sheet(FORM)) | {"word/document.xml": "x", "ppt/presentation.xml": "x", "a.xlsx": "x"}
    )
    assert guard(data, ".xlsx").kind == "xlsx"


def test_words_inside_the_data_are_no_directory():
    """An .xls that holds the words EncryptedPackage and DRMContent as text is an ordinary one."""
    words = "EncryptedPackage 与 \tDRMContent 与 WordDocument"
    data = old_form(320, and_then=lambda at: at.write(8, 8, words))
    assert "EncryptedPackage".encode("utf-16-le") in data
    assert guard(data, ".xls").kind == "xls"
    with_note = compound({"Workbook": workbook_stream(data), "WordDocument2": b"EncryptedPackage"})
    assert guard(with_note, ".xls").kind == "xls"


def test_a_random_file_named_like_a_workbook_is_never_a_crash():
    for size in (1, 7, 8, 76, 511, 512, 513, 1535, 1536, 5000):
        for head in (
            b"",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"PK\x03\x04",
            b"\x09\x08",
            b"<?xml ",
        ):
            said_of((head + os.urandom(size))[: max(size, len(head))])


def test_a_zip_that_says_nothing_of_itself_is_still_no_workbook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert said_of(buffer.getvalue()).startswith("F105")
