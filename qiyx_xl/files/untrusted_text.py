"""How text from outside is cleaned before it is written to a cell, a comment, a page or a name.

It is always written as a plain string, so that no program reads it as a formula, a link or an
escape.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from qiyx_xl.core.primitives.legible import CONTROLS, SURROGATES, TURNING, legible
from qiyx_xl.files.xml import NOT_IN_XML, with_escapes_as_text

VALUE_LIMIT = 500
MESSAGE_LIMIT = 2000

_REPLACEMENT = "\ufffd"
_UNWRITABLE = re.compile(f"[{NOT_IN_XML}{CONTROLS}{SURROGATES}]")
_TURNING = re.compile(f"[{TURNING}]")

# When a cell is edited again, Excel reads a text that begins with one of these as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t")

_STEM_LIMIT = 60
_SUFFIX_LIMIT = 10
_ILLEGAL_IN_NAMES = re.compile('[<>:"/\\\\|?*\x00-\x1f\x7f]')
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)


def shown(text: str | None, limit: int = VALUE_LIMIT) -> str:
    """Return a text that can be shown: without unwritable or bidirectional marks, truncated."""
    if text is None:
        return ""
    clean = _TURNING.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    clean = _UNWRITABLE.sub(_REPLACEMENT, clean)
    if len(clean) > limit:
        clean = f"{clean[:limit]}……（共 {len(clean)} 个字）"
    return clean


def as_cell_text(text: str | None, limit: int = VALUE_LIMIT) -> str:
    """Return a text for a string cell, with ``_x003D_`` escaped so that Excel shows it as is."""
    return with_escapes_as_text(shown(text, limit))


def in_footer(text: str) -> str:
    """Return a text for a printed footer, where it follows ``&9``, the code for the font size.

    ``&`` begins a code there, and a digit at the beginning would be read as part of the size: the
    year 2026 would make it 92026.
    """
    line = text.replace("\n", " ").replace("&", "&&")
    return f" {line}" if line[:1].isdigit() else line


def looks_live(text: str) -> bool:
    """Whether Excel would read the text as a formula if somebody typed it or pressed F2.

    In a string cell it is harmless; such cells also get the quote prefix, so that it remains so
    when they are edited.
    """
    return text.startswith(_FORMULA_STARTS)


def file_name(path: str) -> str:
    """Return the last part of a Windows, Linux or archive path (报送.zip ▸ 甲.xlsx)."""
    return path.replace("\\", "/").replace("▸", "/").rstrip("/").rsplit("/", maxsplit=1)[-1].strip()


def split_name(path: str) -> tuple[str, str]:
    """Return stem and suffix of a path's file name, legal on every system and not too long.

    The suffix includes its dot; it is "" if there is none.
    """
    name = _TURNING.sub("", file_name(path)).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _SUFFIX_LIMIT or not suffix.isalnum():
        stem, suffix = name, ""
    return safe_stem(stem), f".{suffix}" if suffix else ""


def safe_stem(text: str) -> str:
    """Convert any text to a file's name without suffix that is legal on every system.

    All names made from data are converted here, so that they cannot lead out of their folder.
    """
    stem = _ILLEGAL_IN_NAMES.sub("_", _TURNING.sub("", text))
    stem = legible(stem).lstrip("~$").strip(" .")
    stem = stem[:_STEM_LIMIT].strip(" .") or "未命名"
    if stem.split(".")[0].rstrip().lower() in _RESERVED:
        stem = f"_{stem}"
    return stem


def free_stem(stem: str, taken: set[str]) -> str:
    """Return the stem, with a number if it is in ``taken``, and add it to ``taken``.

    On Windows, names that differ only in upper and lower case are the same file; on other systems,
    names that differ only in Unicode normalization may be.
    """
    number, free = 1, stem
    while (key := normalize("NFC", free).casefold()) in taken:
        number += 1
        free = f"{stem}({number})"
    taken.add(key)
    return free
