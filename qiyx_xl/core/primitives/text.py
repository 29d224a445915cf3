"""Comparing what people retype: quotes, brackets, widths and spaces do not make a difference."""

from __future__ import annotations

import re
from unicodedata import normalize

from qiyx_xl.core.primitives.memo import A_LINE, kept_if_small
from qiyx_xl.core.primitives.signs import without_blanks

_IGNORED = re.compile(r"[\s“”‘’\"'「」『』＂＇*＊:：]+")
_ALIKE = str.maketrans("〔〕【】[]—―–−‐‑‒", "()()()-------")
_TRAILING_BRACKET = re.compile(r"\([^()]*\)$")


@kept_if_small(8192, A_LINE)
def tidy(text: str) -> str:
    """Return a text without what people change unknowingly; for comparison only."""
    return _IGNORED.sub("", normalize("NFKC", without_blanks(text)).translate(_ALIKE)).upper()


def same_text(one: str, other: str) -> bool:
    """Whether two texts say the same."""
    return one == other or tidy(one) == tidy(other)


def without_bracket(text: str) -> str:
    """Return a tidied text without a bracket at its end: 本期实际值(%) → 本期实际值."""
    return _TRAILING_BRACKET.sub("", text)
