"""When two retyped texts are the same, how names are listed, what a Chinese numeral means.

Quotes, brackets, character widths and spaces make no difference between texts.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from unicodedata import normalize

from qiyx_xl.core.primitives.memo import A_LINE, bounded_cache
from qiyx_xl.core.primitives.signs import without_blanks

if TYPE_CHECKING:
    from collections.abc import Sequence

_LISTED = 10
_IGNORED = re.compile(r"[\s“”‘’\"'「」『』＂＇*＊:：]+")
_ALIKE = str.maketrans("〔〕【】[]—―–−‐‑‒", "()()()-------")
_TRAILING_BRACKET = re.compile(r"\([^()]*\)$")


@bounded_cache(8192, A_LINE)
def tidy(text: str) -> str:
    """Return a text without the differences that retyping makes; for comparison only."""
    return _IGNORED.sub("", normalize("NFKC", without_blanks(text)).translate(_ALIKE)).upper()


def counted_names(names: Sequence[str], limit: int = _LISTED) -> str:
    """Join names with 、; of more than ``limit`` the first and the total: 甲、乙等12个."""
    listed = "、".join(names[:limit])
    return f"{listed}等{len(names)}个" if len(names) > limit else listed


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for quotes, brackets, widths and spaces."""
    return one == other or tidy(one) == tidy(other)


def without_bracket(text: str) -> str:
    """Return a tidied text without a bracket at its end: 本期实际值(%) → 本期实际值."""
    return _TRAILING_BRACKET.sub("", text)


# --- Chinese numerals: 三百二十, 一点五万, 二〇二六 ---------------------------------------------
# The number is suggested to the sender, so only an unambiguous text is parsed: 三百五 is 350 to
# many people and 305 to some, 三五 is 35 or "three or five", and 万 alone is not a number.

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4,
    "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_GROUPS = {"万": 10**4, "亿": 10**8}
_FORMAL = str.maketrans("拾佰仟", "十百千")
_ONE = "[一二三四五六七八九两壹贰叁肆伍陆柒捌玖]"
# 千, 百, 十 and ones, in this order, each at most once; a skipped place is marked by 零.
_SECTION = re.compile(
    rf"(?:(?P<thousands>{_ONE})千)?"
    rf"(?:(?P<gap1>[零〇])?(?P<hundreds>{_ONE})百)?"
    rf"(?:(?P<gap2>[零〇])?(?P<tens>{_ONE})?(?P<ten>十))?"
    rf"(?:(?P<gap3>[零〇])?(?P<ones>{_ONE}))?"
)
_FEWEST_IN_A_ROW = 3  # 三五 does not mean 35


def chinese_number(text: str) -> Decimal | None:
    """Parse a number in Chinese numerals; None if the text is anything else or ambiguous."""
    whole, point, fraction = text.translate(_FORMAL).partition("点")
    if not whole or (point and not fraction):
        return None
    group = 1
    if point and fraction[-1] in _GROUPS:
        group, fraction = _GROUPS[fraction[-1]], fraction[:-1]
    value = _whole(whole)
    if value is None or any(char not in _DIGITS for char in fraction):
        return None
    digits = "".join(str(_DIGITS[char]) for char in fraction)
    return Decimal(f"{value}.{digits}" if digits else value) * group


def _whole(text: str) -> int | None:
    if all(char in _DIGITS for char in text):
        return _in_a_row(text)
    above, has_hundred_millions, rest = text.rpartition("亿")
    if has_hundred_millions:
        high = _below_hundred_millions(above)
        low = _below_hundred_millions(rest, after=True)
        return None if not high or low is None else high * _GROUPS["亿"] + low
    return _below_hundred_millions(text)


def _in_a_row(digits: str) -> int | None:
    """Parse digits written one after the other: 二〇二六."""
    if len(digits) == 1 or len(digits) >= _FEWEST_IN_A_ROW:
        return int("".join(str(_DIGITS[char]) for char in digits))
    return None


def _below_hundred_millions(text: str, *, after: bool = False) -> int | None:
    above, has_ten_thousands, rest = text.rpartition("万")
    if not has_ten_thousands:
        return _section(text, after=after)
    high, low = _section(above, after=after), _section(rest, after=True)
    return None if not high or low is None else high * _GROUPS["万"] + low


def _section(text: str, *, after: bool = False) -> int | None:
    """Parse a number below 万; ``after`` is True where a greater part precedes it."""
    if text == "" and after:
        return 0
    found = _SECTION.fullmatch(text)
    if not text or found is None:
        return None
    if text in _DIGITS and after:
        return None  # 三万五: 35000 or 30005
    ones, tens = found["ones"], found["ten"]
    if ones and not found["gap3"] and not tens and found["hundreds"]:
        return None  # 三百五
    if ones and not found["gap3"] and not tens and found["thousands"]:
        return None
    if tens and not found["tens"] and (found["hundreds"] or found["thousands"] or after):
        return None  # 三百十
    # 十五 is 15: before a leading 十 the 一 is omitted.
    return (
        1000 * _DIGITS.get(found["thousands"] or "零", 0)
        + 100 * _DIGITS.get(found["hundreds"] or "零", 0)
        + (10 * _DIGITS.get(found["tens"] or "一", 0) if tens else 0)
        + _DIGITS.get(ones or "零", 0)
    )
