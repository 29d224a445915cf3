"""How many pieces of evidence (佐证材料) an agency says it attached, and of what kind.

The column holds words, not files: ``验收意见.pdf；现场照片3张``. The words are kept as written;
this only counts them, for the ledger and for what a paper demands.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.primitives.text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable


class EvidenceKind(StrEnum):
    """The kinds of what is attached, in the order in which they are listed."""

    DOCUMENT = "文件"
    TABLE = "表格"
    PICTURE = "图片"
    RECORDING = "影像"
    OTHER = "其他"


class Evidence(NamedTuple):
    """One entry of the column: its words, its kind, and how many pieces it stands for."""

    text: str
    kind: EvidenceKind
    pieces: int


_SEPARATORS = re.compile(r"[；;、，,\r\n\t]+")
_NOTHING = frozenset({
    "", "无", "没有", "暂无", "尚无", "未附", "没附", "未提供", "待补", "后补", "待报", "不适用",
    "否", "NONE", "NO", "N", "NA", "N/A",
})  # fmt: skip
_SIGNS_ONLY = re.compile(r"[\W_]*")
_PIECES = re.compile(r"(?<![0-9.])([0-9]{1,3})(?:张|份|个|件|套|段|幅|本|册|页)")
_SUFFIXES = {
    EvidenceKind.DOCUMENT: ("PDF", "DOC", "DOCX", "WPS", "OFD", "TXT", "RTF"),
    EvidenceKind.TABLE: ("XLS", "XLSX", "ET", "CSV"),
    EvidenceKind.PICTURE: ("JPG", "JPEG", "PNG", "BMP", "GIF", "TIF", "TIFF", "HEIC", "WEBP"),
    EvidenceKind.RECORDING: ("MP4", "AVI", "MOV", "MP3", "WAV", "WMV"),
}
_WORDS = {
    EvidenceKind.PICTURE: ("照片", "图片", "截图", "截屏", "扫描件"),
    EvidenceKind.RECORDING: ("视频", "录像", "影像", "录音"),
    EvidenceKind.TABLE: ("清单", "名单", "名录", "台账", "明细", "表"),
    EvidenceKind.DOCUMENT: (
        "文件", "文本", "方案", "报告", "意见", "纪要", "通知", "批复", "协议", "合同", "证",
        "办法", "细则", "规划", "计划", "总结", "记录", "结论", "文",
    ),
}  # fmt: skip


def read_evidence(text: str) -> tuple[Evidence, ...]:
    """Return what a cell lists; nothing for a blank, 无, 待补 and the like."""
    return tuple(
        Evidence(part, _kind(part), _pieces(part))
        for part in (piece.strip() for piece in _SEPARATORS.split(text))
        if not _is_nothing(part)
    )


def counted_evidence(texts: Iterable[str]) -> str:
    """Count what cells list, by kind: 3件（文件1、图片2）; empty if nothing is attached."""
    pieces: Counter[EvidenceKind] = Counter()
    for text in texts:
        for entry in read_evidence(text):
            pieces[entry.kind] += entry.pieces
    listed = "、".join(f"{kind}{pieces[kind]}" for kind in EvidenceKind if pieces[kind])
    return f"{pieces.total()}件（{listed}）" if listed else ""


def _is_nothing(part: str) -> bool:
    return _SIGNS_ONLY.fullmatch(part) is not None or tidy(part) in _NOTHING


def _kind(part: str) -> EvidenceKind:
    plain = tidy(part)
    suffix = plain.rpartition(".")[2]
    for kind, suffixes in _SUFFIXES.items():
        if suffix in suffixes:
            return kind
    for kind, words in _WORDS.items():
        if any(word in plain for word in words):
            return kind
    return EvidenceKind.OTHER


def _pieces(part: str) -> int:
    found = _PIECES.search(tidy(part))
    return max(1, int(found[1])) if found is not None else 1
