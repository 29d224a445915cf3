"""What does a printed target mean? ``<3.5``, ``≥32``, ``32人以上``, ``1.7万元``, ``全覆盖``.

A printed target has up to four parts: a comparator (a word or a symbol), a number, a magnitude (万,
亿) and a measure. ``parse_printed`` splits them and converts the number to the requested measure.
Rule: docs/rating.md, section 2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from qiyx_xl.core.plan.model import Comparator, Direction
from qiyx_xl.core.primitives.values import SIGNIFICANT_DIGITS

MAXIMUM_LENGTH = 100
"""Longer texts are not targets; the limit keeps parsing cheap."""


_HALF_WIDTH = {ord("０") + i: str(i) for i in range(10)} | str.maketrans({
    "．": ".", "，": ",", "％": "%", "＜": "<", "＞": ">", "＝": "=", "（": "(", "）": ")",
    "≦": "≤", "≧": "≥", "\u00a0": " ", "\u3000": " ",
})  # fmt: skip

_PREFIXES = (
    ("<=", Comparator.AT_MOST), (">=", Comparator.AT_LEAST),
    ("≤", Comparator.AT_MOST), ("≥", Comparator.AT_LEAST),
    ("<", Comparator.LESS_THAN), (">", Comparator.MORE_THAN), ("=", Comparator.EXACTLY),
    ("不低于", Comparator.AT_LEAST), ("不少于", Comparator.AT_LEAST),
    ("不小于", Comparator.AT_LEAST), ("至少", Comparator.AT_LEAST),
    ("不超过", Comparator.AT_MOST), ("不高于", Comparator.AT_MOST),
    ("不多于", Comparator.AT_MOST), ("不大于", Comparator.AT_MOST), ("至多", Comparator.AT_MOST),
    ("超过", Comparator.MORE_THAN), ("突破", Comparator.MORE_THAN), ("大于", Comparator.MORE_THAN),
    ("高于", Comparator.MORE_THAN), ("超", Comparator.MORE_THAN),
    ("低于", Comparator.LESS_THAN), ("少于", Comparator.LESS_THAN), ("小于", Comparator.LESS_THAN),
    ("达到", Comparator.AT_LEAST), ("达", Comparator.AT_LEAST),
)  # fmt: skip
"""A prefix precedes its own beginnings: 超过 before 超."""

_SUFFIXES = (
    ("及以上", Comparator.AT_LEAST), ("以上", Comparator.AT_LEAST),
    ("及以下", Comparator.AT_MOST), ("以下", Comparator.AT_MOST), ("以内", Comparator.AT_MOST),
)  # fmt: skip

_FILLERS = ("力争", "均", "每年", "年均", "累计", "稳定在", "保持在", "巩固在", "控制在", "维持在")
"""Words before a number that do not change how it is compared."""

_WHOLE = ("全覆盖", "覆盖全人口", "应保尽保", "全部", "全覆盖率")
_NONE_LEFT = ("动态清零", "清零", "归零")

_MAGNITUDES = {
    "十": Decimal(10), "百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
}  # fmt: skip

_NUMBER = re.compile(r"(?P<number>-?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)(?P<rest>.*)", re.DOTALL)
_SAME_MEASURE = {"㎡": "平方米", "名": "人"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed target, split into its parts.

    ``sign`` is the comparator as printed (``<``, ``以上``), empty where none is printed.
    ``comparator`` is its meaning; None where none is printed, so that the direction decides.
    ``value`` is in the requested measure; None where the target is a word. ``measure_fits`` is
    False where the printed measure cannot be converted to the requested one.
    """

    sign: str
    comparator: Comparator | None
    value: Decimal | None
    measure_fits: bool = True

    def understood(self, direction: Direction) -> Comparator:
        """Return the effective comparator for a direction."""
        if self.value is None:
            return Comparator.TEXT
        if direction is Direction.EXACT and self.comparator in (None, Comparator.AT_LEAST):
            return Comparator.EXACTLY
        if self.comparator is Comparator.AT_LEAST and self.sign in ("达到", "达"):
            return bare_comparator(direction)
        return bare_comparator(direction) if self.comparator is None else self.comparator


def bare_comparator(direction: Direction) -> Comparator:
    """Return the comparator of a number that is printed without one."""
    match direction:
        case Direction.LOWER_IS_BETTER:
            return Comparator.AT_MOST
        case Direction.EXACT:
            return Comparator.EXACTLY
        case _:
            return Comparator.AT_LEAST


def parse_printed(text: str, measure: str) -> Printed | None:
    """Parse a printed target.

    Args:
        text: the target as the document prints it.
        measure: the measure to convert the number to, such as ``元`` or ``万套``.

    Returns:
        Its parts, or None where it is neither a number nor a word for all or nothing.
    """
    squeezed = _squeeze(text)
    if not squeezed or len(squeezed) > MAXIMUM_LENGTH:
        return None
    if squeezed in _WHOLE:
        whole = Decimal(100) if measure == "%" else None
        return Printed("", None if whole is None else Comparator.AT_LEAST, whole)
    if squeezed in _NONE_LEFT:
        return Printed("", Comparator.EXACTLY, Decimal(0))
    prefix, body = _strip_prefixes(squeezed)
    found = _NUMBER.fullmatch(body)
    if found is None or len(found["number"]) > SIGNIFICANT_DIGITS:
        return None
    suffix, tail = _strip_suffix(found["rest"])
    magnitude, printed_measure = _split_magnitude(tail)
    wanted_magnitude, wanted_measure = _split_magnitude(measure)
    if not _is_measure(printed_measure):
        return None
    number = Decimal(found["number"].replace(",", ""))
    if tail:
        number = number * magnitude / wanted_magnitude
    sign, comparator = suffix or prefix or ("", None)
    return Printed(sign, comparator, number, _measures_fit(printed_measure, wanted_measure))


def convert(value: Decimal, measure: str, wanted: str) -> Decimal | None:
    """Convert a number to another measure (万元 → 元); None where the measures differ in kind."""
    magnitude, base = _split_magnitude(_squeeze(measure))
    wanted_magnitude, wanted_base = _split_magnitude(_squeeze(wanted))
    if not _measures_fit(base, wanted_base):
        return None
    return value * magnitude / wanted_magnitude


def _squeeze(text: str) -> str:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").translate(_HALF_WIDTH)
    return "".join(plain.split())


def _strip_prefixes(text: str) -> tuple[tuple[str, Comparator] | None, str]:
    """Return the comparator before the number, if any, and the text after it."""
    found: tuple[str, Comparator] | None = None
    rest = text
    while True:
        filler = next((word for word in _FILLERS if rest.startswith(word)), None)
        if filler is not None:
            rest = rest[len(filler) :]
            continue
        sign = next((entry for entry in _PREFIXES if rest.startswith(entry[0])), None)
        if sign is None or found is not None:
            return found, rest
        found, rest = sign, rest[len(sign[0]) :]


def _strip_suffix(text: str) -> tuple[tuple[str, Comparator] | None, str]:
    for word, comparator in _SUFFIXES:
        if text.endswith(word):
            return (word, comparator), text[: -len(word)]
    return None, text


def _split_magnitude(text: str) -> tuple[Decimal, str]:
    """Split 万人次 into 10000 and 人次, 千万元 into 10000000 and 元."""
    magnitude = Decimal(1)
    rest = text
    while rest and rest[0] in _MAGNITUDES:
        magnitude *= _MAGNITUDES[rest[0]]
        rest = rest[1:]
    return magnitude, rest


def _is_measure(text: str) -> bool:
    """Whether the text after a number can be a measure: no digits, no punctuation."""
    return not re.search(r"[0-9,.;:<>=≤≥。；、]", text)


def _measures_fit(printed: str, wanted: str) -> bool:
    if not printed:
        return True
    return _core_measure(printed) == _core_measure(wanted)


def _core_measure(text: str) -> str:
    """Return the measure without what follows / or is in brackets: 套(间) and 套 are the same."""
    core = re.split(r"[/(（]", text, maxsplit=1)[0]
    return _SAME_MEASURE.get(core, core)
