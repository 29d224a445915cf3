"""Which characters are invisible, and which only look different from the usual ones.

Programs, chats and web pages leave such characters in what people copy. They are found by their
Unicode category: a list of those met so far would miss the next one.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from unicodedata import category, decimal, decomposition

LINE_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"

# Blank and as wide as a letter, though Unicode classes them as letters and symbols.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159"
# The characters with the property Default_Ignorable_Code_Point whose general category does not
# already say so.
_IGNORABLE = (
    "\u034f\u17b4\u17b5\u180b-\u180d\u180f\u2065\ufe00-\ufe0f\ufff0-\ufff8\U000e0000-\U000e0fff"
)
# Printable according to ``str.isprintable``, but invisible; without the space.
_PRINTABLE_AND_UNSEEN = re.compile(f"[{_BLANK_LETTERS}{_IGNORABLE}]")
_IS_IGNORABLE = re.compile(f"[{_IGNORABLE}]")
# How a workbook escapes a character that XML cannot hold; some programs leave the escape in the
# text.
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f]|7[Ff])_")
_SAME_BUT_FOR_LOOKS = ("<wide>", "<narrow>", "<small>", "<font>")


class Visibility(Enum):
    """What a person sees of a character."""

    YES = "seen"
    ROOM = "a blank"
    BREAK = "a new line"
    NO = "nothing"


@lru_cache(maxsize=4096)
def visibility(char: str) -> Visibility:
    """Return what a person sees of a character."""
    if char in LINE_BREAKS:
        return Visibility.BREAK
    kind = category(char)
    if kind == "Zs" or char == "\t" or char in _BLANK_LETTERS:
        return Visibility.ROOM
    if kind in {"Cc", "Cf"} or _IS_IGNORABLE.match(char):
        return Visibility.NO
    return Visibility.YES


def all_visible(text: str) -> bool:
    """Whether a text has no invisible characters, and no blanks but ordinary spaces."""
    return text.isprintable() and _PRINTABLE_AND_UNSEEN.search(text) is None


def without_blanks(text: str) -> str:
    """Return the visible characters of a text, without any blanks."""
    if all_visible(text):
        return text.replace(" ", "")
    return "".join(char for char in text if visibility(char) is Visibility.YES)


def is_blank(text: str) -> bool:
    """Whether a text has no visible character."""
    return not text or all(visibility(char) is not Visibility.YES for char in text)


def unescaped(text: str) -> str:
    """Return a text with escapes such as ``_x000D_`` replaced by their character."""
    if "_x00" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def visible(text: str) -> str:
    """Return a text for use in a message: invisible characters are named, a line break is ⏎."""
    if all_visible(text):
        return text
    said: list[str] = []
    for char in text.strip(" "):
        match visibility(char):
            case Visibility.YES:
                said.append(char)
            case Visibility.BREAK if said[-1:] == ["⏎"]:
                pass  # many programs write a line break as two characters
            case Visibility.BREAK:
                said.append("⏎")
            case Visibility.ROOM:
                said.append("〔制表符〕" if char == "\t" else " ")
            case _ if said[-1:] != ["〔看不见的字符〕"]:
                said.append("〔看不见的字符〕")
    return "".join(said)


def as_read(text: str) -> str:
    """Return a text without invisible characters; line breaks become LF, wide blanks a tab.

    Spaces are kept.
    """
    if all_visible(text):
        return text
    return "".join(_as_read(char) for char in text)


def _as_read(char: str) -> str:
    match visibility(char):
        case Visibility.NO:
            return ""
        case Visibility.BREAK:
            return "\n"
        case Visibility.ROOM if not char.isspace():
            return "\t"
        case _:
            return char


def plain_digit(char: str) -> str | None:
    """Return the ASCII digit or symbol that a character is a variant of: ５, 𝟓, ﹪; else None."""
    kind, _, code = decomposition(char).partition(" ")
    if kind not in _SAME_BUT_FOR_LOOKS or " " in code:
        return None
    same = chr(int(code, 16))
    return same if same.isascii() and not same.isalpha() and not same.isspace() else None


def foreign_digit(char: str) -> str | None:
    """Return the ASCII digit with the value of another script's digit (٣, ३); else None."""
    value = decimal(char, None)
    return None if value is None or char.isascii() else str(value)
