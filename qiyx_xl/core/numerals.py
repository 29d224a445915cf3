"""Chinese numerals: 三百二十, 一点五万, 二〇二六."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4,
    "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}


def chinese_number(text: str) -> Decimal | None:
    """Read a number written in Chinese numerals; None if the text is anything else."""
    whole, point, fraction = text.partition("点")
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
        return int("".join(str(_DIGITS[char]) for char in text))
    total = section = last_group = 0
    digit: int | None = None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _PLACES:
            # 十五 is 15: a leading 十 has its 一 left out.
            section += (1 if digit is None else digit) * _PLACES[char]
            digit = None
        elif char in _GROUPS:
            section += digit or 0
            group = _GROUPS[char]
            # 一万亿 is 亿 times 一万; in 一亿二千万 the 万 counts no more than 二千.
            total = total + section * group if group < last_group else (total + section) * group
            section, digit, last_group = 0, None, group
        else:
            return None
    return total + section + (digit or 0)
