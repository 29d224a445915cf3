"""How wide and high a text is in a sheet.

Row heights have to be computed, because no program enlarges a row whose height is set in the file.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# A column-width unit is the width of one digit in the workbook's default font. Ours is 宋体 11
# point (``DEFAULT_FONT``), with 8 pixels on every Windows, so sizes are the same everywhere.
# Pass XlsxWriter a copy: it changes the dictionary, which would affect the next workbook.
DEFAULT_FONT = {"font_name": "宋体", "font_size": 11}
_UNIT_PIXELS = 8
_PIXELS_PER_POINT = 96 / 72
POINTS_PER_UNIT = _UNIT_PIXELS / _PIXELS_PER_POINT
_WIDE = frozenset("WFA")  # wide, full-width, and ambiguous: wide in a Chinese font
# Lines are never filled completely: words do not break, and fallback fonts are a little wider.
_SLACK = 0.97
_LINE_SPACING = 1.36
_PADDING_POINTS = 7.0

MAX_ROW_HEIGHT = 409.0
"""In points; Excel's limit."""


def text_width(text: str, points: float) -> float:
    """Return the width of a line of text in column-width units, at a font size in points."""
    halves = len(text) if text.isascii() else sum(map(_halves, text))
    return halves * points * _PIXELS_PER_POINT / 2 / _UNIT_PIXELS


@cache
def _halves(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def line_count(text: str, width: float, points: float) -> int:
    """Return the number of lines of a text in a cell of a width (column-width units)."""
    return sum(
        max(1, math.ceil(text_width(line, points) / (width * _SLACK))) for line in text.split("\n")
    )


def row_height(cells: Iterable[tuple[str, float, float]], minimum: float = 20.0) -> float:
    """Return the height in points that a row needs; a cell is its text, width and font size."""
    return max(
        minimum,
        *(
            line_count(text, width, points) * points * _LINE_SPACING + _PADDING_POINTS
            for text, width, points in cells
        ),
    )
