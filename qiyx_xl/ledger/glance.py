"""What a ledger says about its plan and its store, read without opening it.

Every command asks this first, and many ask nothing else of the ledger; loading what opens one takes
longer than their answer, and so does compiling patterns. So a ledger in Excel's own spelling is cut
up here at its marks; of any other spelling, nothing is said, and whoever asks opens the ledger.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# As in the registry and the layout, which would take longer to load than the ledger to read; a
# test compares them.
IDENTITY_SHEET, SETTINGS_SHEET, STORE_SETTING = "_qiyx", "设置", "数据库"

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHARED = "xl/sharedStrings.xml"
_MOST_BYTES = 1 << 26
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_UNUSUAL = (b"<!", b"<?", b"='", b' ="', b'= "', b"<c>", b"<c\t", b"<c\r", b"<c\n")
_ENTITIES = (
    (b"&lt;", b"<"),
    (b"&gt;", b">"),
    (b"&quot;", b'"'),
    (b"&apos;", b"'"),
    (b"&amp;", b"&"),
)


def glance(ledger: Path) -> tuple[dict[str, str], str] | None:
    """Return what a ledger says about itself and its setting 数据库 ("" if it has none).

    Returns:
        None if it is spelled in another way than Excel's, is damaged, or is no ledger.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(ledger) as package:
            parts = _sheet_parts(package)
            texts = _shared_texts(package)
            identity = {
                row["A"]: row.get("B", "")
                for row in _rows(package, parts[IDENTITY_SHEET], texts)
                if row.get("A")
            }
            settings = _rows(package, parts[SETTINGS_SHEET], texts)
            store = next((after for row in settings if (after := _after(row)) is not None), "")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, LookupError, RuntimeError):
        return None  # RuntimeError: a part with a password
    return (identity, store) if identity.get("schema", "").startswith("ledger/") else None


def _read(package: zipfile.ZipFile, part: str) -> bytes:
    if package.getinfo(part).file_size > _MOST_BYTES:
        raise ValueError(part)
    content = package.read(part)
    if not content.startswith(_DECLARATION):
        raise ValueError(part)
    content = content[len(_DECLARATION) :]
    if any(mark in content for mark in _UNUSUAL):
        raise ValueError(part)
    return content


def _between(text: bytes, before: bytes, after: bytes) -> bytes:
    begins = text.index(before) + len(before)
    return text[begins : text.index(after, begins)]


def _plain(text: bytes) -> str:
    if b"&#" in text or b"<" in text:
        raise ValueError("a character by its number, or elements in a text")
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text.decode()


def _elements(content: bytes, name: bytes) -> Iterator[bytes]:
    """Yield the attributes of the elements of a name, in their order."""
    return (one.partition(b">")[0] for one in content.split(b"<" + name + b" ")[1:])


def _attribute(attributes: bytes, name: bytes) -> str:
    return _plain(_between(b" " + attributes, b" " + name + b'="', b'"'))


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    targets = {
        _attribute(one, b"Id"): _attribute(one, b"Target").removeprefix("/xl/")
        for one in _elements(_read(package, _RELATIONS), b"Relationship")
    }
    return {
        _attribute(one, b"name"): f"xl/{targets[_attribute(one, b'r:id')]}"
        for one in _elements(_read(package, _WORKBOOK), b"sheet")
    }


def _shared_texts(package: zipfile.ZipFile) -> list[bytes]:
    content = _read(package, _SHARED)
    texts = content.split(b"<si>")[1:]
    if content.count(b"<si") != len(texts):  # an empty one, without an end of its own
        raise ValueError(_SHARED)
    return texts


def _rows(package: zipfile.ZipFile, part: str, texts: list[bytes]) -> Iterator[dict[str, str]]:
    """Yield each row's texts by the letters of their columns, in the row's order."""
    for row in _read(package, part).split(b"<row ")[1:]:
        attributes, *cells = row.split(b"<c ")
        number = _attribute(attributes.partition(b">")[0], b"r")
        yield dict(_cell(cell, number, texts) for cell in cells)


def _cell(cell: bytes, row: str, texts: list[bytes]) -> tuple[str, str]:
    attributes, _, content = cell.partition(b">")
    where = _attribute(attributes, b"r")
    column = where.removesuffix(row)
    if column == where or not column.isalpha():  # the cell says that it stands in another row
        raise ValueError(where)
    if attributes.endswith(b"/"):
        return column, ""
    value = _between(content, b"<v>", b"</v>")
    if b' t="s"' not in attributes:
        return column, _plain(value)
    if not value.isdigit():
        raise ValueError(value)
    shared = texts[int(value)]
    if not shared.startswith(b"<t"):  # in several fonts
        raise ValueError(_SHARED)
    text, _, after = shared.partition(b">")[2].partition(b"</t>")
    if not after.startswith(b"</si>"):  # with marks of its pronunciation
        raise ValueError(_SHARED)
    return column, _plain(text)


def _after(row: dict[str, str]) -> str | None:
    texts = [text.strip() for text in row.values()]
    if STORE_SETTING not in texts[:-1]:
        return None
    return texts[texts.index(STORE_SETTING) + 1]
