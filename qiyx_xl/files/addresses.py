"""How cell addresses are parsed and formatted, and how large Excel's grid is.

Rows and columns are counted from 1, as Excel counts them.
"""

from __future__ import annotations

import re
from functools import lru_cache

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

Range = tuple[int, int, int, int]
"""Top row, left column, bottom row, right column; all from 1, inclusive."""

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_numbers: dict[str, int] = {}


def column_number(letters: str) -> int:
    """Return a column's number: A is 1, AA is 27.

    For more than three letters it is one beyond the last column: computing the number of a name
    with a million letters would take hours.
    """
    if len(letters) > len("XFD"):
        return LAST_COLUMN + 1
    known = _numbers.get(letters)
    if known is None:
        known = 0
        for letter in letters:
            known = known * 26 + ord(letter) - 64
        if len(_numbers) < LAST_COLUMN:
            _numbers[letters] = known
    return known


@lru_cache(maxsize=1024)
def column_letters(number: int) -> str:
    """Return a column's letters: 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Return a cell's address: row 5, column 3 is C5."""
    return f"{column_letters(column)}{row}"


def range_address(cells: Range) -> str:
    """Return the address of a range: C3:D5; C3 for a single cell."""
    top, left, bottom, right = cells
    first, last = address(top, left), address(bottom, right)
    return first if first == last else f"{first}:{last}"


def parse_address(text: str) -> tuple[int, int] | None:
    """Parse an address such as C5 or $C$5 into row and column; None if it is not an address.

    It may be outside the grid, because files from outside contain such addresses; see ``in_grid``.
    """
    found = _ADDRESS.fullmatch(text)
    return None if found is None else (int(found[2]), column_number(found[1].upper()))


def parse_range(text: str) -> Range | None:
    """Parse the address of a range or a single cell; None if it is not an address.

    The corners are returned as written, even if the last one is above or left of the first.
    """
    first, colon, last = text.partition(":")
    start = parse_address(first)
    end = parse_address(last) if colon else start
    return None if start is None or end is None else (*start, *end)


def in_grid(row: int, column: int) -> bool:
    """Whether a cell is inside Excel's grid."""
    return 1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN
