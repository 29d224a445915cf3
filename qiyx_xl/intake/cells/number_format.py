"""How a number format shows a number: as a percentage, a date, another number, or not at all.

The format codes are those of ECMA-376 part 1, 18.8.31: up to four sections, each with placeholders
for digits and text around them. This module does not format numbers for display; it only finds out
whether a person reads the number that is stored.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import NamedTuple

from qiyx_xl.core.primitives.memo import A_LINE, bounded_cache
from qiyx_xl.core.primitives.values import plain

# One token: quoted text, an escaped character, a space as wide as a character (_), a repeated
# character (*), brackets, or a keyword.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|(?P<padding>[_*].)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<general>G/通用格式|General)|(?P<exponent>[eE][+-])"
    r"|(?P<noon>[AaPp][Mm]?/[AaPp][Mm]?|上午/下午)|(?P<char>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"\s*(<=|>=|<>|=|<|>)\s*(-?[0-9]+(?:\.[0-9]*)?)\s*")
_ELAPSED = re.compile(r"(?:h+|m+|s+)", re.IGNORECASE)
_DASHES = frozenset({"-", "—", "–", "——", "--"})
_DATE_LETTERS = frozenset("yYmMdDhHsSbBgGeEaA")
_CURRENCY = frozenset("$¥￥€£₩")
# Characters that may surround a number without changing what it means.
_SAYS_NOTHING = re.compile(r"[\s()（）:：,，$¥￥€£₩+]+")
_MOST_SCALING = 6  # commas or percent signs; no program writes a format with more
_LONGEST_CODE = 255  # characters; Excel's limit

# The built-in formats, by number; those that show plain numbers are left out.
_BUILT_IN = {
    0: "General", 9: "0%", 10: "0.00%", 14: "m/d/yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
}  # fmt: skip
# In Chinese and other East Asian editions these are dates, too.
_EAST_ASIAN_DATES = (*range(27, 37), *range(50, 59), *range(67, 82))


class Kind(Enum):
    """What a section of a format shows."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    ELAPSED = "elapsed time"
    NOTHING = "nothing"
    OTHER = "another number, or text"


class Shown(NamedTuple):
    """How a format shows one value; ``text`` is the shown text where it differs from the value."""

    kind: Kind
    text: str | None = None


_AS_STORED, _UNSEEN = Shown(Kind.NUMBER), Shown(Kind.NOTHING)


class _Section(NamedTuple):
    """One section of a format code.

    ``before`` and ``after`` are the texts before and after the digits; ``between`` has the texts
    among the digits, each with the number of integer placeholders to its right. ``places`` counts
    the integer placeholders, ``decimals`` those after the point. ``power`` is the power of ten
    that the number is multiplied by, without the factor of a percent sign.
    """

    kind: Kind
    before: str = ""
    between: tuple[tuple[int, str], ...] = ()
    after: str = ""
    places: int = 0
    decimals: int = 0
    power: int = 0
    condition: tuple[str, Decimal] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether every number is shown as it is stored, or as a plain percentage."""
        around = _SAYS_NOTHING.sub("", self.before + self.after)
        return (
            self.kind in {Kind.NUMBER, Kind.PERCENT}
            and not around
            and not self.between
            and self.power == 0
            and self.condition is None
        )


class NumberFormat:
    """A parsed format code.

    ``is_plain`` is whether every number is shown as it is stored, or as a plain percentage;
    ``is_plain_for_texts`` whether every text is shown as it is stored.
    """

    __slots__ = ("_sections", "_text", "is_plain", "is_plain_for_texts")

    def __init__(self, code: str) -> None:
        sections = [_section(part) for part in _split(code[:_LONGEST_CODE] or "General")]
        # The section for text is the one with @, or the fourth.
        texts = [s for at, s in enumerate(sections) if s.kind is Kind.OTHER and "@" in s.before]
        self._text = texts[-1] if texts else None
        numbers = [s for s in sections[:4] if s is not self._text][:3]
        if len(sections) > 3 and self._text is None:  # noqa: PLR2004 - the section for text
            self._text = sections[3]
        self._sections = numbers or [_Section(Kind.NUMBER)]
        self.is_plain = len(self._sections) == 1 and self._sections[0].is_plain
        self.is_plain_for_texts = self._text is None or self._text.before.strip() == "@"

    def show(self, number: float) -> Shown:
        """Return how a number is shown."""
        section, sign = self._section_for(number)
        if section.kind in {Kind.DATE, Kind.ELAPSED, Kind.NOTHING}:
            return Shown(section.kind)
        if section.is_plain and not (number < 0 and not sign and "(" not in section.before):
            return Shown(section.kind)
        return _render(section, number, sign)

    def show_text(self, text: str) -> Shown:
        """Return how a text is shown."""
        section = self._text
        if section is None:
            return _AS_STORED
        if section.kind is Kind.NOTHING:
            return _UNSEEN
        if "@" not in section.before:
            return Shown(Kind.OTHER, section.before.strip())
        shown = section.before.replace("@", text).strip()
        return _AS_STORED if shown == text.strip() else Shown(Kind.OTHER, shown)

    def _section_for(self, number: float) -> tuple[_Section, str]:
        """Return the section that formats a number, and the minus sign that Excel adds, if any."""
        sections = self._sections
        sign = "-" if number < 0 else ""
        if any(section.condition for section in sections):
            for section in sections:
                if section.condition is None or _holds(section.condition, number):
                    return section, sign
            return _Section(Kind.NUMBER), sign
        if len(sections) == 1 or number > 0:
            return sections[0], sign
        if number < 0:
            return sections[1], ""  # a section for negative numbers writes its own minus
        return sections[2] if len(sections) > 2 else sections[0], ""  # noqa: PLR2004 - for zero


@bounded_cache(1024, A_LINE)
def number_format(code: str) -> NumberFormat:
    """Parse a format code (cached)."""
    return NumberFormat(code)


@bounded_cache(256, A_LINE)
def _built_in(number: str) -> NumberFormat:
    at = int(number)
    is_date = at in _EAST_ASIAN_DATES
    return NumberFormat("yyyy/m/d" if is_date else _BUILT_IN.get(at, "0"))


def built_in_format(number: int) -> NumberFormat:
    """Return a built-in format by its number (ECMA-376 part 1, 18.8.30)."""
    return _built_in(str(number))


def _holds(condition: tuple[str, Decimal], number: float) -> bool:
    sign, limit = condition
    value = Decimal(repr(number))
    match sign:
        case "<":
            return value < limit
        case "<=":
            return value <= limit
        case ">":
            return value > limit
        case ">=":
            return value >= limit
        case "=":
            return value == limit
        case _:
            return value != limit


def _split(code: str) -> list[str]:
    """Split a code into its sections: at semicolons that are not quoted, escaped or in brackets."""
    sections, current = [], ""
    for found in _TOKEN.finditer(code):
        if found["char"] == ";":
            sections.append(current)
            current = ""
        else:
            current += found[0]
    return [*sections, current]


def _section(code: str) -> _Section:
    """Parse one section."""
    return _SectionParser().parse(code)


class _SectionParser:
    """Parses one section token by token; its fields are what has been parsed so far."""

    def __init__(self) -> None:
        self._condition: tuple[str, Decimal] | None = None
        self._before = self._after = ""
        self._between: list[tuple[int, str]] = []
        self._places = self._decimals = self._percents = self._commas = self._power = 0
        self._has_digits = self._has_point = self._is_general = self._is_fraction = False

    def parse(self, code: str) -> _Section:
        """Parse a section's code."""
        for found in _TOKEN.finditer(code):
            kind = self._kind_by_token(found)
            if kind is not None:
                return _Section(kind, condition=self._condition)
            text = self._text_of(found)
            if self._has_digits:
                self._after += text
            else:
                self._before += text
        return self._parsed()

    def _kind_by_token(self, found: re.Match[str]) -> Kind | None:
        """Return the section's kind if this token alone makes it a date or a time; else None."""
        bracket = found["bracket"]
        if bracket is not None and _ELAPSED.fullmatch(bracket):
            return Kind.ELAPSED
        is_date = found["noon"] or (found["char"] and found["char"] in _DATE_LETTERS)
        return Kind.DATE if is_date else None

    def _text_of(self, found: re.Match[str]) -> str:
        """Process a token; return the literal text that it adds beside the digits."""
        if found["bracket"] is not None:
            limit = _CONDITION.fullmatch(found["bracket"])
            if limit:
                self._condition = limit[1], Decimal(limit[2])
            is_currency = found["bracket"].startswith("$")
            return found["bracket"][1:].partition("-")[0] if is_currency else ""
        if found["quoted"] is not None:
            return found["quoted"]
        if found["escaped"] is not None:
            return found["escaped"]
        if found["general"]:
            self._is_general = self._has_digits = True
        return "" if found["char"] is None else self._text_of_char(found["char"])

    def _text_of_char(self, char: str) -> str:
        match char:
            case "0" | "#" | "?":
                self._take_digit()
            case ".":
                self._has_point = self._has_digits = True
                self._scale()
            case ",":
                self._commas += self._has_digits
            case "%":
                self._percents += 1
            case "/" if self._has_digits:
                self._is_fraction = True
            case _:
                return char
        return ""

    def _take_digit(self) -> None:
        self._has_digits = True
        self._commas = 0  # commas between digits are only thousands separators
        if self._after:  # text inside the number: 000-0000, 0!.0
            self._between.append((self._places, self._after))
            self._after = ""
        if self._has_point:
            self._decimals += 1
        else:
            self._places += 1

    def _scale(self) -> None:
        """Apply the commas after the integer part: each divides the number by a thousand."""
        self._power -= 3 * self._commas
        self._commas = 0

    def _parsed(self) -> _Section:
        self._scale()
        before, after, condition = self._before, self._after, self._condition
        if self._is_general or self._is_fraction:
            return _Section(Kind.NUMBER, before, (), after, condition=condition)
        if not self._has_digits:
            kind = Kind.OTHER if before.strip() else Kind.NOTHING
            return _Section(kind, before, condition=condition)
        if abs(self._power) > 3 * _MOST_SCALING or self._percents > _MOST_SCALING:
            return _Section(Kind.OTHER, before + after, condition=condition)
        is_percent = self._percents == 1
        return _Section(
            Kind.PERCENT if is_percent else Kind.NUMBER,
            before,
            tuple((max(self._places - at, 0), text) for at, text in self._between),
            after,
            self._places,
            self._decimals,
            self._power if is_percent else self._power + 2 * self._percents,
            condition,
        )


def _render(section: _Section, number: float, sign: str) -> Shown:
    """Return how a section that is not plain shows a number."""
    if number == 0 and section.before.strip() in _DASHES:
        return _AS_STORED  # accounting formats show zero as a dash
    if section.kind is Kind.OTHER:
        return Shown(Kind.OTHER, section.before.strip())
    value = abs(Decimal(repr(number)))
    shift = section.power + (2 if section.kind is Kind.PERCENT else 0)
    scaled = value.scaleb(shift)
    digits = plain(scaled)
    if section.between:
        whole = scaled.quantize(Decimal(1).scaleb(-section.decimals), rounding=ROUND_HALF_UP)
        digits = plain(whole) if section.decimals else str(int(whole)).rjust(section.places, "0")
        for from_right, text in sorted(section.between):
            at = len(digits.partition(".")[0]) - from_right
            digits = digits[: max(at, 0)] + text + digits[max(at, 0) :]
    percent = "%" if section.kind is Kind.PERCENT else ""
    before = "".join(char for char in section.before if char not in _CURRENCY)
    after = "".join(char for char in section.after if char not in _CURRENCY)
    is_bracketed = sign == "" and number < 0 and "(" in before
    if is_bracketed:
        sign, before, after = "-", before.replace("(", ""), after.replace(")", "")
    text = f"{sign}{before.strip()}{digits}{percent}{after.strip()}".strip()
    stored = plain(Decimal(repr(number)) * (100 if percent else 1)) + percent
    if _SAYS_NOTHING.sub("", text) == _SAYS_NOTHING.sub("", stored):
        return Shown(section.kind)
    return Shown(Kind.OTHER, text)
