"""What is in a document that a plan is drafted from: its paragraphs and its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import QiyxError

if TYPE_CHECKING:
    from collections.abc import Sequence

_HALF_WIDTH = {
    **{ord(sign): chr(ord(sign) - 0xFEE0) for sign in "０１２３４５６７８９％．－／＜＞＝"},
    **{code: chr(code - 0xFEE0) for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))},
    0xA0: " ", 0x3000: " ",
}  # fmt: skip
_WIDE_BRACKETS = str.maketrans("（）：，；", "():,;")
_PAGE = re.compile(
    r"[-—–－_\s]*(?:第)?\s*\d{1,4}\s*(?:页)?(?:[,，/]?\s*共?\s*\d{1,4}\s*页)?[-—–－_\s]*"
)
_NOTE = re.compile(
    r"(?:\*+)?[(（【]?(?:注|备注|说明|附注|资料来源|数据来源|填表说明)\d*[)）】]?(?:[:：].*|$)",
    re.DOTALL,
)
_RULE = re.compile(r":?-{2,}:?|[=_—─━-]{2,}")
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")


class PlanImportError(QiyxError):
    """No plan can be drafted from the document; the message names what was seen, and the cure."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table as rows of cells.

    ``spread`` is True where merged cells repeat their text in every cell they span, so that a blank
    cell is really blank. ``where`` is its place in the document: ``表1``, ``“指标”表``;
    ``sheet`` is the sheet's name, if it is one.
    """

    rows: tuple[tuple[str, ...], ...]
    spread: bool = False
    where: str = "表"
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class SourceText:
    """The content of a document: its paragraphs and its tables, in order."""

    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    name: str = ""


def half_width(text: str) -> str:
    """Return the text with half-width digits, letters and percent signs; brackets stay."""
    return text.translate(_HALF_WIDTH).strip()


def squeeze(text: str) -> str:
    """Return the text without white space, with half-width characters and brackets."""
    return re.sub(r"\s", "", text.translate(_HALF_WIDTH)).translate(_WIDE_BRACKETS)


def without_gaps(text: str) -> str:
    """Return a name without the white space that line breaks leave in it; brackets stay."""
    return re.sub(r"\s+", "", half_width(text))


def is_page_number(texts: Sequence[str]) -> bool:
    """Whether a row or a line is nothing but a page number: ``— 3 —``, ``第3页 共9页``."""
    filled = [text for text in texts if text.strip()]
    if len(filled) != 1:
        return False
    text = filled[0].strip()
    return _PAGE.fullmatch(text) is not None and re.search(r"\d", text) is not None


def is_note(texts: Sequence[str]) -> bool:
    """Whether a row is a note below or within a table: ``注：……``."""
    filled = [text for text in texts if text.strip()]
    return bool(filled) and _NOTE.fullmatch(filled[0].strip()) is not None


def is_rule(texts: Sequence[str]) -> bool:
    """Whether a row only separates the header from the body, as in Markdown."""
    filled = [squeeze(text) for text in texts if text.strip()]
    return bool(filled) and all(_RULE.fullmatch(text) for text in filled)


def has_words(text: str) -> bool:
    """Whether a text contains Chinese words, as names do and numbers do not."""
    return _IDEOGRAPH.search(text) is not None
