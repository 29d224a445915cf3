"""What a file is that has a workbook's name but is not a workbook, judged by its bytes.

Each kind has a finding with its own advice.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.primitives.patterns import late

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.findings.model import Finding

_SAMPLE = 4096
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ANY_OFFICE = "Excel 或 WPS"

# Security software, by the bytes that it writes at the start of every file that it encrypts, as
# publicly reported.
_SOFTWARE = (
    (late(rb"%TSD-Header-###%"), "天锐绿盾一类的文档加密软件", "%TSD-Header"),
    (late(rb".{0,64}?E-SafeNet", re.DOTALL), "亿赛通文档加密软件", "E-SafeNet"),
    (late(rb".{0,2} ?DRMONE", re.DOTALL), "Fasoo 文档加密软件", "DRMONE"),
    (late(rb"SCDSA[0-9]{3}"), "Softcamp 文档加密软件", "SCDSA"),
    (late(rb"<## NASCA DRM FILE"), "NASCA 文档加密软件", "NASCA DRM"),
)
_PROTECTED_COPY = b".pfile"  # Azure Information Protection, for files of any kind

_WORKBOOKS = (
    (late(rb"\x09(?:\x00\x04|\x02\x06|\x04\x06)\x00"), "Excel 4 或更早的工作簿"),
    (late(rb"\x09\x08[\x04-\x14]\x00"), "没有外壳的旧 Excel 数据（系统导出的 .xls）"),
    (late(rb"ID;P"), "SYLK 符号链接表格（.slk）"),
    (late(rb"TABLE\r?\n0,1\r?\n"), "DIF 数据交换表格（.dif）"),
    (late(rb"\x00\x00[\x02\x1a]\x00[\x04-\x06]\x04|\x00\x00\x1a\x00"), "Lotus 1-2-3 表格"),
)  # fmt: skip
_DOCUMENTS = (
    (late(rb".{0,1020}?%PDF-", re.DOTALL), "PDF 文件"),
    (late(rb"\{\\rtf"), "RTF 文档"),
    (late(rb"\x89PNG\r\n"), "图片（PNG）"),
    (late(rb"\xff\xd8\xff"), "图片（JPEG）"),
    (late(rb"GIF8[79]a"), "图片（GIF）"),
    (late(rb"BM.{4}\x00\x00\x00\x00", re.DOTALL), "图片（BMP）"),
    (late(rb"II\*\x00|MM\x00\*"), "图片（TIFF）"),
    (late(rb"RIFF.{4}WEBP", re.DOTALL), "图片（WebP）"),
    (late(rb".{4}ftyp(?:heic|heix|mif1|hevc)", re.DOTALL), "图片（HEIC）"),
    (late(rb".{4}ftyp", re.DOTALL), "视频"),
    (late(rb"\x00\x01\x00\x00Standard (?:Jet|ACE) DB"), "Access 数据库"),
    (late(rb"SQLite format 3\x00"), "SQLite 数据库"),
    (late(rb"MZ.{58}", re.DOTALL), "程序"),
    (late(rb"L\x00\x00\x00\x01\x14\x02\x00|\[InternetShortcut\]"), "快捷方式"),
)
_ARCHIVES = (
    (late(rb"Rar!\x1a\x07"), "RAR 压缩包"),
    (late(rb"7z\xbc\xaf\x27\x1c"), "7z 压缩包"),
    (late(rb"\x1f\x8b\x08"), "gzip 压缩包"),
    (late(rb"BZh[1-9]1AY"), "bzip2 压缩包"),
    (late(rb"\xfd7zXZ\x00"), "xz 压缩包"),
    (late(rb"\x28\xb5\x2f\xfd"), "zstd 压缩包"),
    (late(rb"MSCF\x00\x00\x00\x00"), "CAB 压缩包"),
    (late(rb".{257}ustar", re.DOTALL), "tar 包"),
    (late(rb"PK00PK\x03\x04|PK\x07\x08PK"), "分卷 zip 压缩包"),
)

# XML and web pages, by a word near their start.
_XML_WORKBOOKS = (
    (late(rb"urn:schemas-microsoft-com:office:spreadsheet|progid=[\"']Excel\.Sheet"),
     "XML 电子表格 2003"),
    (late(rb"opendocument\.spreadsheet|<office:spreadsheet"), "OpenDocument 表格（.fods）"),
    (late(rb"uof:spreadsheet|schemas\.uof\.org|<uof:UOF"), "标文通（UOF）表格（.uos）"),
)  # fmt: skip
_XML_DOCUMENTS = (
    (late(rb"progid=[\"']Word\.Document|schemas\.microsoft\.com/office/word/2003/wordml"),
     "Word XML 文档"),
    (late(rb"opendocument\.text"), "OpenDocument 文字（.fodt）"),
)  # fmt: skip
_ANY_XML = late(rb"\s*<\?xml")
_PAGE = late(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|style|div|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_MAIL_PAGE = late(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?mime-version:", re.IGNORECASE)

# Packages, by the name of a part; the first match decides.
_PACKAGED_WORKBOOKS = (
    (late(r"(?:.*/)?workbook\.bin"), "Excel 二进制工作簿（.xlsb）", _ANY_OFFICE),
    (late(r"index/.*\.iwa|index\.zip|.*\.iwa"), "苹果 Numbers 表格（.numbers）", "Numbers"),
)
_PACKAGED_DOCUMENTS = (
    (late(r"ofd\.xml"), "OFD 版式文件"),
    (late(r"word/document\d*\.xml"), "Word 文档（.docx）"),
    (late(r"ppt/presentation\d*\.xml"), "PowerPoint 演示文稿（.pptx）"),
    (late(r"visio/document\.xml"), "Visio 图（.vsdx）"),
    (late(r"fixeddocseq\.fdseq|fixeddocumentsequence\.fdseq"), "XPS 版式文件"),
    (late(r"androidmanifest\.xml|meta-inf/manifest\.mf"), "程序包"),
)
_TYPES = (
    (b"sheet.binary", say.OTHER_WORKBOOK, "Excel 二进制工作簿（.xlsb）"),
    (b"wordprocessingml.document.main", say.OTHER_DOCUMENT, "Word 文档（.docx）"),
    (b"presentationml.presentation.main", say.OTHER_DOCUMENT, "PowerPoint 演示文稿（.pptx）"),
)
_MIME_TYPES = (
    (b"opendocument.spreadsheet", say.OTHER_WORKBOOK, "OpenDocument 表格（.ods）"),
    (b"opendocument.text", say.OTHER_DOCUMENT, "OpenDocument 文字（.odt）"),
    (b"opendocument.presentation", say.OTHER_DOCUMENT, "OpenDocument 演示文稿（.odp）"),
    (b"epub", say.OTHER_DOCUMENT, "EPUB 电子书"),
)
_WORKBOOK_NAME = late(r".+\.(?:xlsx|xlsm|xls|et)")

# dBase: a version, a year, a month, a day, and a header that ends with a carriage return.
_DBASE_VERSIONS = frozenset({0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0xF5, 0xFB})
_DBASE_FIELD, _DBASE_HEAD, _DBASE_END, _FOX_PRO_TAIL = 32, 32, 0x0D, 263

_HEAD_OF_CIPHER = 1024  # bytes at the start that may not be encrypted
_LARGEST_CIPHER_SAMPLE = 1 << 16
_SMALLEST_CIPHER_SAMPLE = 512
_MOST_BELOW_CHANCE = 0.12  # bits per byte
_TOO_EVEN = 100.0  # chi-square with 255 degrees of freedom; random bytes have 255 ± 23


def what_else(data: bytes, suffix: str) -> Finding:
    """Return the finding for a file that is neither a package nor a compound file."""
    head = data[:_SAMPLE]
    for mark, name, label in _SOFTWARE:
        if mark.match(head):
            return say.SECURITY_SOFTWARE.at(name=name, mark=label)
    if head.startswith(_PROTECTED_COPY):
        return say.RIGHTS_MANAGED.at()
    if not any(data):
        return say.DAMAGED.at(detail="内容全是空字节，没有传完")
    known = _by_beginning(data, head)
    if known is not None:
        return known
    sample = _as_bytes_of_ascii(head.removeprefix(_BYTE_ORDER_MARK))
    written = _markup(sample, suffix)
    if written is not None:
        return written
    if _is_text(head.removeprefix(_BYTE_ORDER_MARK)):
        return say.PLAIN_TEXT.at(suffix=suffix)
    return say.SCRAMBLED.at(suffix=suffix) if _is_scrambled(data) else say.NOT_A_WORKBOOK.at()


def other_package(names: Sequence[str], parts: Mapping[str, bytes]) -> Finding | None:
    """Return the finding for a zip that is not an .xlsx; None if it may be one.

    Args:
        names: the names of all its members.
        parts: the members that were read, by their names in lower case.
    """
    if "mimetype" in parts:
        for mark, kind, what in _MIME_TYPES:
            if mark in parts["mimetype"]:
                return kind.at(what=what, program=_ANY_OFFICE)
    types = parts.get("[content_types].xml", b"")
    if b"sheet.main" in types:
        return None
    lower = [name.replace("\\", "/").lower() for name in names]
    for part, what, program in _PACKAGED_WORKBOOKS:
        if any(part.fullmatch(name) for name in lower):
            return say.OTHER_WORKBOOK.at(what=what, program=program)
    for word, kind, what in _TYPES:
        if word in types:
            return kind.at(what=what, program=_ANY_OFFICE)
    for part, what in _PACKAGED_DOCUMENTS:
        if any(part.fullmatch(name) for name in lower):
            return say.OTHER_DOCUMENT.at(what=what)
    if "[content_types].xml" in lower:
        return None
    if any(_WORKBOOK_NAME.fullmatch(name) for name in lower):
        return say.OTHER_ARCHIVE.at(what="zip 压缩包")
    return None


def _by_beginning(data: bytes, head: bytes) -> Finding | None:
    for mark, what in _WORKBOOKS:
        if mark.match(head):
            return say.OTHER_WORKBOOK.at(what=what, program=_ANY_OFFICE)
    for mark, what in _ARCHIVES:
        if mark.match(head):
            return say.OTHER_ARCHIVE.at(what=what)
    for mark, what in _DOCUMENTS:
        if mark.match(head):
            return say.OTHER_DOCUMENT.at(what=what)
    if _is_dbase(data):
        return say.OTHER_WORKBOOK.at(what="dBase 数据表（.dbf）", program=_ANY_OFFICE)
    return None


def _is_dbase(data: bytes) -> bool:
    if len(data) < 2 * _DBASE_HEAD or data[0] not in _DBASE_VERSIONS:
        return False
    length = int.from_bytes(data[8:10], "little")
    is_date = 1 <= data[2] <= 12 and 1 <= data[3] <= 31  # noqa: PLR2004 - months and days
    ends = {length, length - _FOX_PRO_TAIL}
    fits = any(
        _DBASE_HEAD < end <= len(data)
        and (end - _DBASE_HEAD - 1) % _DBASE_FIELD == 0
        and data[end - 1] == _DBASE_END
        for end in ends
    )
    return is_date and fits


def _markup(sample: bytes, suffix: str) -> Finding | None:
    if _ANY_XML.match(sample) or sample.lstrip().startswith((b"<office:", b"<Workbook", b"<uof")):
        for mark, what in _XML_WORKBOOKS:
            if mark.search(sample):
                return say.OTHER_WORKBOOK.at(what=what, program=_ANY_OFFICE)
        for mark, what in _XML_DOCUMENTS:
            if mark.search(sample):
                return say.OTHER_DOCUMENT.at(what=what)
        if b"<html" not in sample.lower() and b"<table" not in sample.lower():
            return say.OTHER_DOCUMENT.at(what="XML 数据")
        return say.WEB_PAGE.at(what="html", suffix=suffix)
    if _PAGE.match(sample):
        return say.WEB_PAGE.at(what="html", suffix=suffix)
    if _MAIL_PAGE.match(sample):
        return say.WEB_PAGE.at(what="单个文件网页 mht", suffix=suffix)
    return None


def _as_bytes_of_ascii(sample: bytes) -> bytes:
    """Convert a sample in UTF-16 to UTF-8, so that ASCII words can be searched in it."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return sample.decode("utf-16", "ignore").encode("utf-8", "ignore")
    if sample[1:2] == b"\x00" and sample[:1] == b"<":
        return sample.decode("utf-16-le", "ignore").encode("utf-8", "ignore")
    return sample


def _is_text(sample: bytes) -> bool:
    if b"\x00" in sample and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    for encoding in ("utf-8", "gb18030", "utf-16"):
        try:
            # The sample may end in the middle of a character.
            text = sample.decode(encoding, errors="strict" if len(sample) < _SAMPLE else "ignore")
        except UnicodeDecodeError:
            continue
        if all(char.isprintable() or char in "\r\n\t\f\ufeff" for char in text):
            return True
    return False


def _is_scrambled(data: bytes) -> bool:
    """Whether the bytes are distributed like random ones, as those of any encrypted file are.

    The start of the file is left out, because security software writes a header that is not
    encrypted. The entropy expected of random bytes depends on the sample's size (Miller and
    Madow's correction).
    """
    begin = _HEAD_OF_CIPHER if len(data) >= _HEAD_OF_CIPHER + _SMALLEST_CIPHER_SAMPLE else 0
    sample = data[begin : begin + _LARGEST_CIPHER_SAMPLE]
    size = len(sample)
    if size < _SMALLEST_CIPHER_SAMPLE:
        return False
    counts = Counter(sample)
    entropy = -sum(n / size * math.log2(n / size) for n in counts.values())
    of_chance = 8 - 255 / (2 * size * math.log(2))
    mean = size / 256
    evenness = sum((counts.get(byte, 0) - mean) ** 2 for byte in range(256)) / mean
    return entropy >= of_chance - _MOST_BELOW_CHANCE and evenness >= _TOO_EVEN
