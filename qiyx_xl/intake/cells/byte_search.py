"""Finding a few bytes in a part of a workbook, fast."""

from __future__ import annotations

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
