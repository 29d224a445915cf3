"""How workbooks store texts: in a shared table, in runs, and with escapes.

A character that XML cannot contain is stored as its number, ``_x0001_`` (ECMA-376 part 1,
22.9.2.19). In a text that itself contains such a sequence, the underscore is escaped.
"""

from __future__ import annotations

import re
from typing import Any

from qiyx_xl.files.xml import Q, parse

NOT_IN_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
"""Characters that XML 1.0 cannot contain, for a character set of a regular expression.

Surrogates are left out, because no encoding can represent them.
"""

ESCAPE_BEGINS = "_(?=x[0-9A-Fa-f]{4}_)"
"""A regular expression for an underscore that begins an escape."""

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ESCAPE_BEGINS = re.compile(ESCAPE_BEGINS)


def unescaped(text: str) -> str:
    """Replace the escapes in a stored text, such as ``_x000D_``, with their characters."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def with_escapes_as_text(text: str) -> str:
    """Escape the underscores of a text so that nothing in it is read as an escape."""
    return _ESCAPE_BEGINS.sub("_x005F_", text)


def text_of(element: Any) -> str:
    """Return the text of a shared or an inline string, with its escapes as stored.

    Phonetic guides (``rPh``) are not part of the text.
    """
    return "".join(
        part.text or "" for part in element.iter(f"{Q}t") if part.getparent().tag != f"{Q}rPh"
    )


def shared_strings(part: bytes) -> list[str]:
    """Return the texts of a workbook's shared table.

    Raises:
        Damaged: it is not XML, or declares a document type.
    """
    return [text_of(item) for item in parse(part).iter(f"{Q}si")]
