"""What can a cell mean? A number, a word, nothing, not applicable, or something unreadable.

Blank, zero, 不适用 and an unreadable cell are four different things, so no value is ever tested for
truth. Numbers are ``Decimal`` from the cell's text on.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, StrEnum

SIGNIFICANT_DIGITS = 15
"""How many digits of a number Excel and other spreadsheet programs keep."""

_LONGEST_EXPONENT = 40  # 1E+999999 written out would fill the memory


class Absence(Enum):
    """Two ways of having no value; neither is zero."""

    NOT_REPORTED = "未填"
    NOT_APPLICABLE = "不适用"


class Word(StrEnum):
    """A word that some items accept instead of a number, in its canonical form.

    The last three are states of 重点任务, which share 已完成 with milestones.
    """

    FULL_COVERAGE = "全覆盖"
    NEARLY_FULL_COVERAGE = "基本全覆盖"
    PASSED = "已通过"
    DONE = "已完成"
    IN_PROGRESS = "进行中"
    FAILED = "未通过"
    NOT_STARTED = "未启动"
    UNDER_WAY = "推进中"
    BLOCKED = "受阻"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell whose content is not a value; ``text`` is what the cell showed."""

    text: str
    reason: str


Actual = Decimal | Word | Absence | Unreadable


def decimal_from_float(number: float) -> Decimal:
    """Return the exact ``Decimal`` of the 15 significant digits that Excel shows for a float.

    Raises:
        ValueError: for NaN and infinities, which no cell shows as a number.
    """
    text = format(number, f".{SIGNIFICANT_DIGITS}g")
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(f"不是有限的数：{number}")
    # 1E+2 and 100 are the same number; keep the notation without exponent.
    return Decimal(format(value, "f")) if value == value.to_integral_value() else value


def plain(value: Decimal) -> str:
    """Format a number without exponent and without trailing zeros: ``Decimal("3.50")`` → 3.5.

    Numbers beyond 10^±40, which no cell of a form holds, keep their exponent.
    """
    if value != 0 and value.is_finite() and abs(value.adjusted()) > _LONGEST_EXPONENT:
        return str(value)
    text = format(Decimal(0) if value == 0 else value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Round half up, for display only; comparisons use unrounded values."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def spell(actual: Actual) -> str:
    """Format a value for people to read; the empty text for a blank."""
    match actual:
        case Decimal():
            return plain(actual)
        case Absence.NOT_REPORTED:
            return ""
        case Absence():
            return str(actual.value)
        case Unreadable():
            return actual.text
        case _:
            return str(actual)
