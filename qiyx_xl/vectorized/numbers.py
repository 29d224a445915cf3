"""How columns of numbers become exact integers: counts of ten-thousandths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = npt.NDArray[Any]

PLACES = 4
"""The number of decimals stored; no figure of the plan has more than two."""

ONE = 10**PLACES
LARGEST = 10**15
"""The limit of a scaled number: float64 represents every integer below it exactly, and int64
represents its product with 9000."""

_PLAIN = re.compile(r"-?[0-9]{1,11}(?:\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers.

    ``scaled`` counts ten-thousandths (0 where there is no number); ``known`` is true where there is
    a number; ``other`` where the cell has other content, which must be parsed individually. A cell
    with neither is blank.
    """

    scaled: Array
    known: Array
    other: Array

    @property
    def blank(self) -> Array:
        """Where nothing was filled in."""
        return ~(self.known | self.other)


def scaled(value: Decimal) -> int | None:
    """Return a number in ten-thousandths; None where it has too many decimals or digits."""
    if not value.is_finite() or value.adjusted() > PLACES * 3:
        return None
    count = value * ONE
    whole = int(count)
    return whole if whole == count and abs(whole) < LARGEST else None


def column(cells: Sequence[Any] | Array) -> Numbers:
    """Convert cells (floats, integers, decimals, texts, None) to exact numbers.

    In an array of floats NaN is blank; in a list it is not a number.
    """
    if isinstance(cells, np.ndarray):
        floats = cells.astype(np.float64)
        return of_floats(floats, np.isnan(floats))
    size = len(cells)
    kinds = set(map(type, cells))
    if kinds <= {float}:
        blank = np.zeros(size, dtype=bool)
        floats = np.array(cells, dtype=np.float64)
    elif kinds <= {type(None)}:
        nothing = np.zeros(size, dtype=bool)
        return Numbers(np.zeros(size, dtype=np.int64), nothing, nothing)
    elif kinds <= {float, type(None)}:
        blank = np.array([cell is None for cell in cells], dtype=bool)
        floats = np.array(cells, dtype=np.float64)
    else:
        blank = np.array([cell is None or cell == "" for cell in cells], dtype=bool)
        floats = np.array([_float(cell) for cell in cells], dtype=np.float64)
    return of_floats(floats, blank)


def of_floats(floats: Array, blank: Array) -> Numbers:
    """Convert floats, as Excel stores numbers, to the decimals of up to 15 digits they represent.

    A count c of ten-thousandths represents the float f if c / 10000, rounded to the nearest float,
    is f: up to 15 digits, a decimal and its nearest float determine each other.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        counts = np.rint(floats * ONE)
        known = (np.abs(counts) < LARGEST) & (counts / ONE == floats) & ~blank
    whole = np.where(known, counts, 0).astype(np.int64)
    return Numbers(whole, known, ~known & ~blank)


def _float(cell: object) -> float:
    # NaN marks cells that must be parsed individually.
    match cell:
        case bool():
            return np.nan
        case float() | int():
            return float(cell) if abs(cell) < LARGEST else np.nan
        case str():
            return float(cell) if _PLAIN.fullmatch(cell) else np.nan
        case Decimal():
            count = scaled(cell)
            return np.nan if count is None else count / ONE
        case _:
            return np.nan
