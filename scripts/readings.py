"""The common form in which ``compare_readers`` compares readings of a workbook.

It uses no code of the program, because the program's reader is compared with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

Place = tuple[int, int]
"""A cell's row and column, from 1."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, a time of day or a duration, as the number that the workbook stores."""

    number: float


Value = float | str | bool | Day | None


class CellReading(NamedTuple):
    """The facts that a reader returns about one cell.

    ``merged`` is a merged range of more than one row; ``is_empty_text``: a formula whose result is
    ""; ``is_struck``: some of the text is struck out.
    """

    value: Value = None
    error: str | None = None
    is_formula: bool = False
    is_percent: bool = False
    is_hidden: bool = False
    merged: str | None = None
    is_empty_text: bool = False
    is_struck: bool = False

    @property
    def is_filled(self) -> bool:
        """Whether the cell has a value, an error or a formula."""
        return self.value is not None or self.error is not None or self.is_formula


class SheetReading(NamedTuple):
    """A reader's result for one sheet: whether it is hidden, and its filled cells."""

    is_hidden: bool
    cells: dict[Place, CellReading]


class Reading(NamedTuple):
    """A reader's result for a workbook: its worksheets by name, in order."""

    reader: str
    sheets: dict[str, SheetReading]
    has_values_only: bool = False


_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """Return a text with OOXML's escapes, such as ``_x000D_``, replaced by the characters."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


# --- number formats ----------------------------------------------------------------------------

_NOT_SHOWN = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9.]+)\]")
_HOLDS = {
    "<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__,
    "=": float.__eq__, "<>": float.__ne__,
}  # fmt: skip


def shows_percent(code: str, number: float) -> bool:
    """Whether a number format shows a number as a percentage.

    A percent sign that is quoted, escaped, or used as padding or fill does not count.
    """
    return "%" in _NOT_SHOWN.sub("", _section(code, number))


def _section(code: str, number: float) -> str:
    """Return the section of a number format that applies to a number."""
    # Semicolons inside quotes, escapes or brackets do not separate sections.
    blanked = _NOT_SHOWN.sub(lambda found: "x" * len(found[0]), code)
    ends = [at for at, char in enumerate(blanked) if char == ";"]
    starts = [0, *(end + 1 for end in ends)]
    sections = [code[start:end] for start, end in zip(starts, [*ends, len(code)], strict=True)]
    conditions = [_CONDITION.search(section) for section in sections[:2]]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=False):
            if condition is None or _HOLDS[condition[1]](number, float(condition[2])):
                return section
        return sections[2] if len(sections) > 2 else ""  # noqa: PLR2004 - what is left
    if number < 0 and len(sections) > 1:
        return sections[1]
    if number == 0 and len(sections) > 2:  # noqa: PLR2004 - the third is for zero
        return sections[2]
    return sections[0]
