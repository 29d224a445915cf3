"""How the parts of an office package name each other: relations, and kinds of parts.

A package (ECMA-376 part 2) is a zip of parts. Which part holds what is said by the lists of
relations beside them, never by a part's usual place.
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
"""What stands before the name of an attribute that holds a relation's id."""
PLAIN_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """One part's reference to another; ``target`` is a part's name unless it is ``external``."""

    id: str
    type: str
    target: str
    external: bool = False

    @property
    def kind(self) -> str:
        """The last word of its type, such as ``worksheet``; "" where it leads out of the file."""
        return "" if self.external else posixpath.basename(self.type)


def relations_part(part: str) -> str:
    """Return the name of the list of what a part refers to; of the package itself for ""."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolved(folder: str, target: str) -> str:
    """Return the part that a target means, told by a part in this folder."""
    path = posixpath.join("/", folder, target.replace("\\", "/"))
    return posixpath.normpath(path).strip("/")


def read_relations(xml: bytes, folder: str) -> list[Relation]:
    """Return what a part in a folder refers to, in the order of its list.

    Raises:
        Damaged: the list is no XML that may be read.
    """
    found = []
    for entry in parse(xml):
        target = entry.get("Target", "")
        external = entry.get("TargetMode", "").lower() == "external"
        part = target if external else resolved(folder, target)
        found.append(Relation(entry.get("Id", ""), entry.get("Type", ""), part, external))
    return found


class ContentTypes:
    """Which kind each part is, as the package says.

    Raises:
        Damaged: the list is no XML that may be read.
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
        """Return a part's kind; "" where the package says none."""
        if part == CONTENT_TYPES:  # the list itself is in no list
            return "application/xml"
        suffix = part.rpartition(".")[2].lower()
        return self.of_single_parts.get(part) or self._by_suffix.get(suffix, "")
