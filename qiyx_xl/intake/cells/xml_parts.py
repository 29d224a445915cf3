"""XML parts of a stranger's workbook, parsed by a real parser, whatever way they are spelled.

Prefixes, white space, the order of attributes, comments, CDATA and encodings make no difference
to what comes back. Nothing is fetched and no entity is resolved.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ON = frozenset({"1", "true", "on"})
_SETTINGS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": True,  # the guard has bounded what there is to parse
    "remove_comments": True,
    "remove_pis": True,
}


class Damaged(Exception):  # noqa: N818 - the caller says what of the file is damaged
    """The part is no XML that may be read."""


@cache
def _parser() -> Any:
    """Return the parser; making one takes as long as a small part does."""
    from lxml import etree

    return etree.XMLParser(**_SETTINGS)


def parse(xml: bytes) -> Any:
    """Return a part's root element.

    Raises:
        Damaged: it is no XML, or declares a type of its own.
    """
    from lxml import etree

    try:
        root = etree.fromstring(xml, _parser())
    except (etree.XMLSyntaxError, ValueError):
        raise Damaged from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Damaged
    return root


def parse_in_pieces(xml: bytes, *names: str) -> Iterator[Any]:
    """Yield the elements of these names as each is complete, for very large parts.

    Whoever is done with an element forgets it, so that the whole is never in memory.

    Args:
        xml: the part.
        names: names of elements, each with its namespace.

    Raises:
        Damaged: it is no XML, or declares a type of its own.
    """
    from lxml import etree

    is_first = True
    try:
        for _, element in etree.iterparse(BytesIO(xml), tag=names, **_SETTINGS):
            if is_first and element.getroottree().docinfo.internalDTD is not None:
                raise Damaged
            is_first = False
            yield element
    except (etree.XMLSyntaxError, ValueError):
        raise Damaged from None


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


# --- Finding a few bytes in a part of a workbook, fast ------------------------------------------

_FEW = 20  # so often a byte may come up and still be a rare one


def holds(data: bytes, mark: bytes, rarest: bytes) -> bool:
    """Whether the bytes of a mark are in the data.

    Its rarest byte is looked for first: one byte is found ten times as fast as several.
    """
    ahead = mark.index(rarest)
    at = data.find(rarest)
    for _ in range(_FEW):
        if at < 0:
            return False
        if at >= ahead and data.startswith(mark, at - ahead):
            return True
        at = data.find(rarest, at + 1)
    return mark in data
