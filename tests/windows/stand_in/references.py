"""A1 references."""

from __future__ import annotations

import re

ROWS, COLUMNS = 1048576, 16384
_REFERENCE = re.compile(r"([A-Za-z]{0,3})(\d*)(?::([A-Za-z]{0,3})(\d*))?")


def letters(column: int) -> str:
    text = ""
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def number(text: str) -> int:
    column = 0
    for letter in text.upper():
        column = column * 26 + ord(letter) - 64
    return column


def corners(reference: str) -> tuple[int, int, int, int] | None:
    """Return (top, left, bottom, right) of B2, B2:C3, B:C or 2:3; None if it is none of these."""
    found = _REFERENCE.fullmatch(reference.replace("$", ""))
    if (
        not found
        or not (found[1] or found[2])
        or (found[3] is None and not (found[1] and found[2]))
    ):
        return None
    left, top, right, bottom = found.groups()
    right, bottom = (left, top) if right is None else (right, bottom)
    return (
        int(top or 1),
        number(left) if left else 1,
        int(bottom or ROWS),
        number(right) if right else COLUMNS,
    )


def address(top: int, left: int, bottom: int, right: int, column: str = "$", row: str = "$") -> str:
    """Return the reference of an area, with the signs that make it absolute."""
    if bottom - top + 1 == ROWS and right - left + 1 < COLUMNS:
        return f"{column}{letters(left)}:{column}{letters(right)}"
    if right - left + 1 == COLUMNS:
        return f"{row}{top}:{row}{bottom}"
    first, last = f"{column}{letters(left)}{row}{top}", f"{column}{letters(right)}{row}{bottom}"
    return first if first == last else f"{first}:{last}"
