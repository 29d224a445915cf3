"""Texts as workbooks store them: in a shared table, in runs, and with escapes.

A character that XML cannot contain is stored as its number, ``_x0001_`` (ECMA-376 part 1,
22.9.2.19); a text that only looks like that has its first underscore escaped.
"""

from __future__ import annotations

import re
from typing import Any

from qiyx_xl.files.xml import Q, parse

NOT_IN_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
"""Characters that XML 1.0 cannot contain, as a regular expression's set; surrogates are left out:
no encoding has those."""

ESCAPE_BEGINS = "_(?=x[0-9A-Fa-f]{4}_)"
"""The underscore, as a regular expression, with which a text would be read as an escape."""

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ESCAPE_BEGINS = re.compile(ESCAPE_BEGINS)


def unescaped(text: str) -> str:
    """Return a stored text with escapes such as ``_x000D_`` replaced by their character."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def with_escapes_as_text(text: str) -> str:
    """Return a text that is read as it is: what looks like an escape in it is none."""
    return _ESCAPE_BEGINS.sub("_x005F_", text)


def text_of(element: Any) -> str:
    """Return the text of a shared or an inline string, its escapes as they are stored.

    Phonetic readings (``rPh``) stand beside a text and are not part of it.
    """
    return "".join(
        part.text or "" for part in element.iter(f"{Q}t") if part.getparent().tag != f"{Q}rPh"
    )


def shared_strings(part: bytes) -> list[str]:
    """Return the texts of a workbook's shared table.

    Raises:
        Damaged: it is no XML that may be read.
    """
    return [text_of(item) for item in parse(part).iter(f"{Q}si")]
