"""How XML parts of office files are parsed, whichever program wrote them.

Prefixes, white space in tags, the order of attributes, comments, CDATA and encodings make no
difference to the result. Nothing is fetched and no entity is resolved. A part with a document type
is refused, because no office program writes one and another program might expand its entities.
"""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Q = f"{{{MAIN}}}"
"""The prefix of a worksheet element's qualified name in lxml."""

_ON = frozenset({"1", "true", "on"})
_SETTINGS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    # This does not limit the size of a part. It refuses elements nested 256 deep and texts of ten
    # million characters, which no cell can have.
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


class Damaged(ValueError):  # noqa: N818 - the caller says what of the file is damaged
    """The part is not well-formed XML, has a document type, or violates its format."""


@cache
def _parser() -> Any:
    """Return the parser (cached, because creating one takes as long as parsing a small part)."""
    from lxml import etree

    return etree.XMLParser(**_SETTINGS)


def parse(xml: bytes) -> Any:
    """Parse a part and return its root element.

    Raises:
        Damaged: it is not XML, or declares a document type.
    """
    from lxml import etree

    try:
        root = etree.fromstring(xml, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Damaged(str(error)) from None
    _refuse_document_type(root)
    return root


def parse_in_pieces(xml: bytes, *names: str) -> Iterator[Any]:
    """Yield the elements with these names as soon as each is complete, for very large parts.

    The caller passes each processed element to ``forget``, so that the whole tree is never in
    memory.

    Args:
        xml: the part.
        names: names of elements, each with its namespace.

    Raises:
        Damaged: it is not XML, or declares a document type.
    """
    for _, element in _steps(BytesIO(xml), ("end",), names):
        yield element


def walk(part: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield "start" and "end" of every element while a part is parsed.

    Raises:
        Damaged: it is not XML, or declares a document type.
    """
    return _steps(part, ("start", "end"), None)


def _steps(
    part: IO[bytes], events: Sequence[str], names: Sequence[str] | None
) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    is_first = True
    try:
        for event, element in etree.iterparse(part, events=events, tag=names, **_SETTINGS):
            if is_first:
                _refuse_document_type(element)
            is_first = False
            yield event, element
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Damaged(str(error)) from None


def _refuse_document_type(element: Any) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise Damaged("document type declaration")


def serialized(root: Any) -> bytes:
    """Serialize a part in UTF-8, with the declaration that office programs write."""
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def forget(element: Any) -> None:
    """Delete an element's contents and all elements before it in its parent, to free memory."""
    element.clear()
    parent = element.getparent()
    while element.getprevious() is not None:
        del parent[0]


def local_name(element: Any) -> str:
    """Return an element's name without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def is_on(value: str | None, *, default: bool) -> bool:
    """Parse an attribute of type boolean; a missing one has the default."""
    return default if value is None else value.strip().lower() in _ON


# --- Texts as workbooks store them: in a shared table, in runs, and with escapes ------------------
# A character that XML cannot contain is stored as its number, ``_x0001_`` (ECMA-376 part 1,
# 22.9.2.19); of a text that only looks like that the first underscore is escaped.

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
