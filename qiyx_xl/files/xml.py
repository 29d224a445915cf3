"""XML parts of office files, parsed in one way, whoever wrote them.

Prefixes, white space, the order of attributes, comments, CDATA and encodings make no difference to
what comes back. Nothing is fetched and no entity is resolved: a part with a document type of its
own is refused, for no office program writes one and another program might expand what it declares.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Q = f"{{{MAIN}}}"
"""What stands before the name of a worksheet's elements, as lxml spells a qualified name."""

_ON = frozenset({"1", "true", "on"})
_SETTINGS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    # Parts of any size are read all the same; elements nested 256 deep and texts of ten million
    # characters are not, and no cell can hold either.
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


class Damaged(ValueError):  # noqa: N818 - the caller says what of the file is damaged
    """The part is no XML that may be read, or not what it has to be."""


@cache
def _parser() -> Any:
    """Return the parser; making one takes as long as a small part does."""
    from lxml import etree

    return etree.XMLParser(**_SETTINGS)


def parse(xml: bytes) -> Any:
    """Return a part's root element.

    Raises:
        Damaged: it is no XML, or declares a document type.
    """
    from lxml import etree

    try:
        root = etree.fromstring(xml, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Damaged(str(error)) from None
    _refuse_document_type(root)
    return root


def parse_in_pieces(xml: bytes, *names: str) -> Iterator[Any]:
    """Yield the elements of these names as each is complete, for very large parts.

    Whoever is done with an element forgets it, so that the whole is never in memory.

    Args:
        xml: the part.
        names: names of elements, each with its namespace.

    Raises:
        Damaged: it is no XML, or declares a document type.
    """
    for _, element in _steps(BytesIO(xml), ("end",), names):
        yield element


def walk(part: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield "start" and "end" of every element as a part is parsed.

    Raises:
        Damaged: it is no XML, or declares a document type.
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


def written(root: Any) -> bytes:
    """Return a part's bytes: UTF-8, with the declaration that office programs write."""
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def forget(element: Any) -> None:
    """Drop what an element holds, and what stands before it in the same parent."""
    element.clear()
    parent = element.getparent()
    while element.getprevious() is not None:
        del parent[0]


def local_name(element: Any) -> str:
    """Return an element's name without its namespace; nothing for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def is_on(value: str | None, *, default: bool) -> bool:
    """Return what an attribute of type boolean says; the default where it is not there."""
    return default if value is None else value.strip().lower() in _ON
