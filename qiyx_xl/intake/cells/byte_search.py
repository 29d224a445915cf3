"""Whether a part of a workbook contains certain bytes, found fast."""

from __future__ import annotations

_FEW = 20  # occurrences of the rarest byte, after which the whole mark is searched for


def holds(data: bytes, mark: bytes, rarest: bytes) -> bool:
    """Whether the data contains a mark.

    Its rarest byte is searched for first, because ``find`` is ten times as fast for a single byte.
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
