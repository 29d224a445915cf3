"""How text from outside is made safe to show on a terminal, to store and to send.

On Linux a file name is bytes: they need not be text in any encoding, and may hold control
characters that a terminal obeys. Such bytes and characters are percent-encoded as in a URL:
``%1B``. Different names stay different, and a shown line cannot control the terminal.
"""

from __future__ import annotations

import re

# Sets of characters, written as inside the brackets of a regular expression.
CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Control characters, but for tab and line feed, which are text."""

TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks that change the direction of reading: with them a name can show its end in the middle."""

SURROGATES = "\ud800-\udfff"
"""Surrogates (halves of a UTF-16 character), by which Python represents bytes that are not text."""

_UNSAFE = f"{CONTROLS}\u2028\u2029{TURNING}{SURROGATES}"
_IN_NAMES = re.compile(f"[\t\n{_UNSAFE}]")
_IN_TEXTS = re.compile(f"[{_UNSAFE}]")


def legible(name: str) -> str:
    """Return a file's name or path on one line, with characters that are unsafe to show encoded."""
    return name if name.isprintable() else _IN_NAMES.sub(_percent_encoded, name)


def inert(text: str) -> str:
    """Return a text of one or more lines with the characters encoded that a terminal would obey."""
    return text if text.isprintable() else _IN_TEXTS.sub(_percent_encoded, text)


def _percent_encoded(found: re.Match[str]) -> str:
    try:
        encoded = found[0].encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        encoded = found[0].encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in encoded)
