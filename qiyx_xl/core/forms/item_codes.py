"""Which item does a retyped code mean? ``1.0``, ``No.1``, ``t3—1—1``.

A code is a number, or a letter and numbers. Separators between the numbers, leading zeros and the
alphabet of the letter make no difference, as long as only one item matches.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from qiyx_xl.core.forms.cell import squeeze
from qiyx_xl.core.primitives.memo import A_WORD, bounded_cache

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.plan.model import Item

_LONGEST = 40  # characters; a longer text is not a code
# Dashes, and the Cyrillic and Greek letters that look like T and M.
_ALIKE = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹣－ーㄧ~～_", "-") | {"Т": "T", "М": "M", "Τ": "T", "Μ": "M"}
)
_LABEL = re.compile(r"^(?:NO\.?|第|#|\*|指标|编码|编号|序号|:|'|`)+")
_TAIL = re.compile(r"(?:[、,:;*#]|号|项|(?<=[0-9])\.)+$")
_BRACKETED = re.compile(r"^[(\[【〔]([^()]*)[)\]】〕]$")
_WHOLE = re.compile(r"([0-9]{1,6})\.0*")
_PARTS = re.compile(r"([A-Z]{0,2})[-.]?([0-9]{1,6}(?:[-./][0-9]{1,6}){0,4})")

Key = tuple[str, tuple[int, ...]]
"""The letter, and the numbers after it."""


@bounded_cache(4096, A_WORD)
def code_key(text: str) -> Key | None:
    """Parse a text as a code; None if it cannot be one."""
    if not text or len(text) > _LONGEST:
        return None
    plain = squeeze(normalize("NFKC", text).translate(_ALIKE))[0].upper()
    while (inner := _TAIL.sub("", _LABEL.sub("", _BRACKETED.sub(r"\1", plain)))) != plain:
        plain = inner
    whole = _WHOLE.fullmatch(plain)
    if whole is not None:
        return "", (int(whole[1]),)
    found = _PARTS.fullmatch(plain)
    if found is None or ("." in found[2] and not found[1]):
        return None  # 1.5 is a number, T3.1.01 is a code
    return found[1], tuple(int(part) for part in re.split("[-./]", found[2]))


class Codes:
    """A plan's items by their codes, in any notation."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._by_key: dict[Key, Item | None] = {}
        self._by_numbers: dict[tuple[int, ...], Item | None] = {}
        run_together: list[tuple[Key, Item]] = []
        ids: list[tuple[Key, Item]] = []
        for item in items:
            key = code_key(item.printed_code)
            stable = code_key(item.code)
            if stable is not None and stable != key:
                ids.append((stable, item))
            if key is None:
                continue
            _note(self._by_key, key, item)
            _note(self._by_numbers, key[1], item)
            if key[0] and len(key[1]) > 1:
                digits = "".join(filter(str.isdigit, item.printed_code))
                run_together.append(((key[0], (int(digits),)), item))
        for key, item in run_together:
            _note(self._by_key, key, item)
        for key, item in ids:  # what a code is printed for comes before what once had it
            self._by_key.setdefault(key, item)

    def item(self, text: str) -> Item | None:
        """Return the item with this code; None if there is none, or more than one."""
        key = code_key(text)
        return None if key is None else self._by_key.get(key)

    def probable(self, text: str) -> Item | None:
        """Return the item whose code lacks its letter, if there is exactly one: 3-1-01."""
        key = code_key(text)
        if key is None or key[0] or len(key[1]) == 1:
            return None
        return self._by_numbers.get(key[1])


def _note(
    known: dict[Key, Item | None] | dict[tuple[int, ...], Item | None], key: object, item: Item
) -> None:
    """Add an item; a key that two items share maps to None."""
    known[key] = item if known.get(key, item) is item else None  # type: ignore[index, call-overload]
