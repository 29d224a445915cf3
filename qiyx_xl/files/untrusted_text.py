"""What strangers wrote, made fit to stand in a cell, a comment, a page or a file name of ours.

Text stays text: it is cleaned here and written as a string where it is used. It is never given a
chance to be read as a formula, a link or an escape.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from qiyx_xl.core.primitives.legible import legible

VALUE_LIMIT = 500
MESSAGE_LIMIT = 2000

_REPLACEMENT = "\ufffd"
# What XML 1.0 cannot hold, and half characters. Tab and line feed are text.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Marks that turn the direction of reading: a name can show its end where its middle is.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Excel decodes _x003D_ in any string into the character it names.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

# Excel takes a cell that is typed anew and begins with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t")

_STEM_LIMIT = 60
_SUFFIX_LIMIT = 10
_ILLEGAL_IN_NAMES = re.compile('[<>:"/\\\\|?*\x00-\x1f\x7f]')
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)


def shown(text: str | None, limit: int = VALUE_LIMIT) -> str:
    """Return a text as we show it: writable, reading in one direction, of bearable length."""
    if text is None:
        return ""
    clean = _TURNING.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    clean = _UNWRITABLE.sub(_REPLACEMENT, clean)
    if len(clean) > limit:
        clean = f"{clean[:limit]}……（共 {len(clean)} 个字）"
    return clean


def as_cell_text(text: str | None, limit: int = VALUE_LIMIT) -> str:
    """Return a text for a string cell: what looks like Excel's ``_x003D_`` stays as written."""
    return _ESCAPE.sub("_x005F_", shown(text, limit))


def in_footer(text: str) -> str:
    """Return a text as it stands in a printed footer behind ``&9``, our size of type.

    ``&`` begins a code there, and a digit at the beginning would make the size 92026.
    """
    line = text.replace("\n", " ").replace("&", "&&")
    return f" {line}" if line[:1].isdigit() else line


def looks_live(text: str) -> bool:
    """Whether Excel would take the text for a formula if somebody typed it or pressed F2.

    As a string cell it is inert; such cells also get the quote prefix, so that it stays so.
    """
    return text.startswith(_FORMULA_STARTS)


def file_name(path: str) -> str:
    """Return the last part of a path of Windows, of Linux, or into a .zip (报送.zip ▸ 甲.xlsx)."""
    return path.replace("\\", "/").replace("▸", "/").rstrip("/").rsplit("/", maxsplit=1)[-1].strip()


def split_name(path: str) -> tuple[str, str]:
    """Return stem and suffix of a path's file name, legal on every system and not too long.

    The suffix keeps its dot; it is empty where there is none.
    """
    name = _TURNING.sub("", file_name(path)).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _SUFFIX_LIMIT or not suffix.isalnum():
        stem, suffix = name, ""
    return safe_stem(stem), f".{suffix}" if suffix else ""


def safe_stem(text: str) -> str:
    """Return a file's name, without its suffix, made of any text: legal on every system.

    Every name that is made of data goes through here: it stays in its folder, whatever it says.
    """
    stem = _ILLEGAL_IN_NAMES.sub("_", _TURNING.sub("", text))
    stem = legible(stem).lstrip("~$").strip(" .")
    stem = stem[:_STEM_LIMIT].strip(" .") or "未命名"
    if stem.split(".")[0].rstrip().lower() in _RESERVED:
        stem = f"_{stem}"
    return stem


def free_stem(stem: str, taken: set[str]) -> str:
    """Return the stem, numbered if it is taken, and take it.

    Two names that differ in capitals only are one file on Windows; so are two spellings of one
    sign on others.
    """
    number, free = 1, stem
    while (key := normalize("NFC", free).casefold()) in taken:
        number += 1
        free = f"{stem}({number})"
    taken.add(key)
    return free
