"""Which parts an office package has: its relationships and content types.

A package (ECMA-376 part 2) is a zip of parts. Its lists of relationships define what each part
is for; the parts' usual names are not relied on.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.files.xml import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT_TYPES, ROOT_RELATIONS = "[Content_Types].xml", "_rels/.rels"
TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
R = f"{{{OFFICE}}}"
"""The prefix of the qualified name of an attribute with a relationship's id."""
PLAIN_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship; ``target`` is the name of a part, or an address if it is ``external``."""

    id: str
    type: str
    target: str
    external: bool = False

    @property
    def kind(self) -> str:
        """The last segment of its type, such as ``worksheet``; "" for an external target."""
        return "" if self.external else posixpath.basename(self.type)


def relations_part(part: str) -> str:
    """Return the name of the part with a part's relationships; for "", the package's own."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolved(folder: str, target: str) -> str:
    """Return the name of the part that a target refers to, relative to the referring folder."""
    path = posixpath.join("/", folder, target.replace("\\", "/"))
    return posixpath.normpath(path).strip("/")


def read_relations(xml: bytes, folder: str) -> list[Relation]:
    """Parse the relationships of a part in a folder, in the order of their list.

    Raises:
        Damaged: the list is not XML, or declares a document type.
    """
    found = []
    for entry in parse(xml):
        target = entry.get("Target", "")
        external = entry.get("TargetMode", "").lower() == "external"
        part = target if external else resolved(folder, target)
        found.append(Relation(entry.get("Id", ""), entry.get("Type", ""), part, external))
    return found


class ContentTypes:
    """The content types of a package's parts.

    Raises:
        Damaged: the list is not XML, or declares a document type.
    """

    def __init__(self, xml: bytes) -> None:
        root = parse(xml)
        self._by_suffix = {
            entry.get("Extension", "").lower(): str(entry.get("ContentType", ""))
            for entry in root.iter(f"{{{TYPES_NAMESPACE}}}Default")
        }
        self.of_single_parts: Mapping[str, str] = {
            entry.get("PartName", "").lstrip("/"): str(entry.get("ContentType", ""))
            for entry in root.iter(f"{{{TYPES_NAMESPACE}}}Override")
        }

    def of(self, part: str) -> str:
        """Return a part's content type; "" if the package defines none."""
        if part == CONTENT_TYPES:  # the list does not contain itself
            return "application/xml"
        suffix = part.rpartition(".")[2].lower()
        return self.of_single_parts.get(part) or self._by_suffix.get(suffix, "")
