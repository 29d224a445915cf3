"""What strangers wrote, as it can be shown on a terminal, stored and sent anywhere.

A file's name on Linux is bytes, which need not be text in any encoding, and may hold signs that a
terminal obeys. Such bytes and signs are spelled as in an address on the web: ``%1B``. So two names
stay two, no name ends a command, and no line does more than say something.
"""

from __future__ import annotations

import re

# Control characters, marks that turn the direction of reading, and halves of characters, by which
# Python stands in for bytes that are no text.
_SPELLED_OUT = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
)
_IN_NAMES = re.compile(f"[\t\n{_SPELLED_OUT}]")
_IN_TEXTS = re.compile(f"[{_SPELLED_OUT}]")


def legible(name: str) -> str:
    """Return a file's name or path without what is no text or would not stand on one line."""
    return name if name.isprintable() else _IN_NAMES.sub(_spelled, name)


def inert(text: str) -> str:
    """Return a text of one line or more without what a terminal would obey."""
    return text if text.isprintable() else _IN_TEXTS.sub(_spelled, text)


def _spelled(found: re.Match[str]) -> str:
    try:
        spelled = found[0].encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        spelled = found[0].encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in spelled)
