"""What a printed target is read as, and how another reading is spelled in the workbook.

Most targets are read from what is printed. Where a plan reads one differently, the workbook has a
column for the reading: ``≥32``, ``<3.5``, ``文字``, ``≥参照值``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from qiyx_xl.core.plan.model import Comparator, Direction, GoalKind
from qiyx_xl.core.plan.target_text import bare_comparator, parse_printed
from qiyx_xl.core.primitives.values import SIGNIFICANT_DIGITS, plain

WORD_TARGET = "文字"
REFERENCE = "参照值"

_SIGNS = {
    "≥": Comparator.AT_LEAST, "＞": Comparator.MORE_THAN, ">": Comparator.MORE_THAN,
    "≤": Comparator.AT_MOST, "<": Comparator.LESS_THAN, "＜": Comparator.LESS_THAN,
    "=": Comparator.EXACTLY, "＝": Comparator.EXACTLY, ">=": Comparator.AT_LEAST,
    "<=": Comparator.AT_MOST, WORD_TARGET: Comparator.TEXT,
}  # fmt: skip
_SPELLED = re.compile(
    rf"(?P<sign>{'|'.join(sorted(map(re.escape, _SIGNS), key=len, reverse=True))})"
    rf"(?P<value>-?[0-9]+(?:\.[0-9]+)?|{REFERENCE})?"
)


class Reading(NamedTuple):
    """How an actual value is compared with a target, and with which number, if any."""

    comparator: Comparator
    value: Decimal | None


def usual_reading(
    printed: str, measure: str, direction: Direction, kind: GoalKind | None
) -> Reading | None:
    """Return what a printed target is read as without further words; None if it is unreadable."""
    parsed = parse_printed(printed, measure)
    if parsed is not None:
        return Reading(parsed.understood(direction), parsed.value)
    if direction is Direction.MILESTONE:
        return Reading(Comparator.TEXT, None)
    if kind is GoalKind.RELATIVE:
        return Reading(bare_comparator(direction), None)
    return None


def spell_reading(reading: Reading) -> str:
    """Return the text of a reading, from which ``parse_reading`` makes the same."""
    comparator, value = reading
    if comparator is Comparator.TEXT:
        return WORD_TARGET if value is None else f"{WORD_TARGET}{plain(value)}"
    return f"{comparator.sign}{REFERENCE if value is None else plain(value)}"


def parse_reading(text: str) -> Reading | None:
    """Return the reading that a text spells; None if it spells none."""
    found = _SPELLED.fullmatch("".join(text.split()))
    if found is None:
        return None
    comparator, value = _SIGNS[found["sign"]], found["value"]
    if value is None:
        return Reading(comparator, None) if comparator is Comparator.TEXT else None
    if value == REFERENCE:
        return None if comparator is Comparator.TEXT else Reading(comparator, None)
    digits = value.lstrip("-").replace(".", "")
    return None if len(digits) > SIGNIFICANT_DIGITS else Reading(comparator, Decimal(value))
