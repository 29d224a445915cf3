"""How much room a text takes in a sheet: no program grows a row whose height a file fixes."""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# A column-width unit is one digit of the workbook's default font. Ours is 宋体 11 point
# (``DEFAULT_FONT``), 8 pixels on every Windows, so widths and heights agree everywhere.
# Give XlsxWriter a copy: it writes into it, and the next workbook would come out otherwise.
DEFAULT_FONT = {"font_name": "宋体", "font_size": 11}
_UNIT_PIXELS = 8
_PIXELS_PER_POINT = 96 / 72
POINTS_PER_UNIT = _UNIT_PIXELS / _PIXELS_PER_POINT
_WIDE = frozenset("WFA")  # wide, full-width, and ambiguous: wide in a Chinese font
# Wrapping is never perfect: words do not break, fallback fonts are a little wider.
_SLACK = 0.97
_LINE_SPACING = 1.36
_PADDING_POINTS = 7.0

MAX_ROW_HEIGHT = 409.0
"""Points; Excel draws no row higher."""


def text_width(text: str, points: float) -> float:
    """Width of one line of text in column-width units, at a font size in points."""
    halves = len(text) if text.isascii() else sum(map(_halves, text))
    return halves * points * _PIXELS_PER_POINT / 2 / _UNIT_PIXELS


@cache
def _halves(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def line_count(text: str, width: float, points: float) -> int:
    """How many lines a text takes in a cell of a width (column-width units)."""
    return sum(
        max(1, math.ceil(text_width(line, points) / (width * _SLACK))) for line in text.split("\n")
    )


def row_height(cells: Iterable[tuple[str, float, float]], minimum: float = 20.0) -> float:
    """Height in points that shows every cell whole; a cell is its text, width and font size."""
    return max(
        minimum,
        *(
            line_count(text, width, points) * points * _LINE_SPACING + _PADDING_POINTS
            for text, width, points in cells
        ),
    )
