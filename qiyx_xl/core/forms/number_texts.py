"""How people type numbers, and what number such a text means.

``prepare`` removes invisible characters and converts to half width. White space between digits
counts as a thousands separator only between groups of three, of one kind and in one line; otherwise
there are two numbers. ``NUMBER`` matches the parts of a number. ``explain`` returns why a text is
not a number, and the number meant where there is no doubt. Digits that a reader sees apart are
never joined.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from unicodedata import category, decomposition, numeric

from qiyx_xl.core.forms.cell import Note, half_width
from qiyx_xl.core.primitives.measures import convert
from qiyx_xl.core.primitives.memo import A_WORD, bounded_cache
from qiyx_xl.core.primitives.patterns import late
from qiyx_xl.core.primitives.signs import (
    Visibility,
    all_visible,
    as_read,
    foreign_digit,
    plain_digit,
    unescaped,
    visibility,
    visible,
)
from qiyx_xl.core.primitives.text import chinese_number
from qiyx_xl.core.primitives.values import plain

_DIGITS = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
NUMBER = late(
    r"(?P<about>大?约|大概|将近|接近|近|超过|超|突破|不到|不足|至少|不少于|不低于|不超过|达到|达"
    r"|预计|预估|估计|>=|<=|≥|≤|>|<|~|≈)?"
    r"(?P<sign>[+-])?"
    rf"(?P<digits>{_DIGITS})"
    r"(?P<power>[eE][+-]?[0-9]{1,3})?"
    r"(?P<scale>[十百千万亿]*)(?P<more>\+|多|余|几|来)?"
    r"(?P<measure>[mM]2|(?:[^0-9\s以左上][^0-9\s以左上]*)?)"
    r"(?P<tail>以上|以下|以内|左右|上下)?"
)
_PLAIN = late(rf"-?(?:{_DIGITS})")
_DATE = late(
    r"(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}(?:[-/.月](?:[0-9]{1,2}[日号]?)?)?[初中底末]?|[0-9]{1,2}月[0-9]{1,2}[日号]?"
    r"|(?:19|20)[0-9]{2}年度?[初中底末]?|(?:(?:19|20)[0-9]{2}年)?[0-9]{1,2}月份?[初中底末]?"
    r"|(?:(?:19|20)[0-9]{2}年)?第?[一二三四1-4]季度?[初中底末]?|(?:19|20)[0-9]{2}Q[1-4]"
)
# One kind of gap between groups of three, of a kind that is used as a thousands separator.
_GAPPED = late(
    r"(?<![0-9.,])[1-9][0-9]{0,2}(?P<gap>[ \u00a0\u2007\u2009\u202f])[0-9]{3}"
    r"(?:(?P=gap)[0-9]{3})*(?![0-9,])"
)
_APART = late(
    r"[0-9.,'’`]\s+[0-9.,'’`]|[+-]\s*\n\s*[0-9.,]|[0-9.]\s+[eE][+-]?\s*[0-9]|[0-9.][eE]\s*[+-]?\s+[0-9]"
)
_APOSTROPHES = late(r"([+-]?[1-9][0-9]{0,2})((?:['’`][0-9]{3})+)(\.[0-9]+)?(?![0-9])")
_A_NUMBER = late(r"[0-9]+(?:\.[0-9]+)?")
_TURNED = "\u202e"  # the text after it is displayed from right to left, including digits


class Prepared(NamedTuple):
    """A text without blanks, notes on what was changed, and why it is not one number, if so."""

    tight: str
    notes: tuple[Note, ...]
    trouble: str = ""


@bounded_cache(4096, A_WORD)
def prepare(text: str) -> Prepared:
    """Return what a person sees of a text, without blanks."""
    narrow = half_width(text)
    notes: list[Note] = []
    if narrow != text:
        is_wide = any("\uff01" <= char <= "\uff5e" for char in text)
        notes.append(Note.FULL_WIDTH if is_wide else Note.ALIKE)
    narrow = unescaped(narrow)
    kept = narrow.strip(" ")
    trouble = ""
    if not all_visible(kept):
        if _TURNED in kept and any(
            visibility(c) is Visibility.YES for c in kept.partition(_TURNED)[2]
        ):
            trouble = "里面有改变文字方向的符号，看到的和填的不一样。请删去这一格，重新填写数字"
        read = as_read(kept)
        if len(read) < len(kept) or read != read.strip():
            notes.append(Note.UNSEEN)
        kept = read.strip()
    if not kept.isascii() and any(map(plain_digit, kept)):
        kept = "".join(plain_digit(char) or char for char in kept)
        notes.append(Note.ALIKE)
    joined = _GAPPED.sub(lambda found: found[0].replace(found["gap"], ""), kept)
    if _APART.search(joined):
        trouble = trouble or _several(kept)
    tight = "".join(joined.split())
    if len(tight) < len(kept):
        notes.append(Note.SPACES)
    if tight[:1] in {"'", "’", "‘", "`"}:
        tight = tight[1:]
        notes.append(Note.APOSTROPHE)
    if "'" in tight or "’" in tight or "`" in tight:
        grouped = _APOSTROPHES.fullmatch(tight)
        if grouped is not None and len(set(re.sub("[0-9]", "", grouped[2]))) == 1:
            tight = re.sub("['’`]", "", tight)
            notes.append(Note.APOSTROPHES)
    return Prepared(tight, tuple(dict.fromkeys(notes)), trouble)


def is_date(tight: str, measure: str) -> bool:
    """Whether a text is a day, month, quarter or year rather than a number."""
    return _DATE.fullmatch(tight) is not None and not (measure != "" and tight.endswith(measure))


_DASHES = frozenset("−─━ーｰㅡ_﹏¯‾~一/\\…·")


def is_dash(tight: str) -> bool:
    """Whether a text consists of dashes or punctuation that mean nothing: —, 一一, /, 。, ...

    A single 一 does not count: it may be the number.
    """
    return tight not in {"", "一"} and all(
        char in _DASHES or category(char)[0] == "P" for char in tight
    )


# --- the text after a number -------------------------------------------------------------------

_BRACKETED = late(
    r"(?P<body>[^(\[【〔〈《]+)(?P<note>[(\[【〔〈《][^()\[\]【】〔〕]*[)\]】〕〉》])"
)
_NOTE_MARK = late("注[0-9一二三四五六七八九]{0,2}")
_MARK_SIGNS = "*※†‡§⁎∗﹡⁑✱"
_PUNCTUATION = late("[,，。.、;；:：!！]")
_IN_PASSING = late(
    r"累计|合计|小计|总计|总数|共计|共|全部|全区|全年累计|含.*|包括.*|截[至止].*|已?全覆盖|无|没有|核实|已核实|已核|属实|确认"
    r"|其中.*|注[0-9]*|注[:：].*|新增[0-9].*|备注.*|详?见.*"
)
_VAGUE = late(r"约|大约|大概|左右|上下|预计|预估|估计|估算|估|概数|初步(?:数|统计)?|暂估|快报数?")


def split_note(tight: str) -> tuple[str, str]:
    """Split off the brackets at the end of a text; the second part is "" where there are none."""
    found = _BRACKETED.fullmatch(tight)
    return (found["body"], found["note"]) if found is not None else (tight, "")


def is_vague(note: str) -> bool:
    """Whether a note in brackets means that the number before it is not exact."""
    return _VAGUE.fullmatch(note[1:-1]) is not None


def explain_note(note: str, number: Decimal | None) -> tuple[Decimal | None, str]:
    """Return the number meant before a note in brackets, if there is no doubt, and the message."""
    inside = note[1:-1]
    if _NOTE_MARK.fullmatch(inside) or (note[0] in "[【〔" and inside.isdigit()):
        mark = inside if inside.startswith("注") else note
        return number, _like_a_mark(mark) + _correction(number, "数确是")
    if number is not None and _IN_PASSING.fullmatch(inside):
        return number, f"{_correction(number)}，“{inside}”请写到“情况说明”里"
    return None, f"分不清“{inside}”说的是不是这个数。请只填本期的数字，别的话写到“情况说明”里"


def _is_mark(rest: str) -> bool:
    """Whether the text after a number is a footnote mark: ¹, ①, *, 注1."""
    return _NOTE_MARK.fullmatch(rest) is not None or all(
        char in _MARK_SIGNS
        or decomposition(char).startswith(("<super>", "<circle>"))
        or (category(char) == "No" and decomposition(char).startswith("<compat>"))
        for char in rest
    )


# --- what is no number -------------------------------------------------------------------------

_LETTERS_FOR_DIGITS = str.maketrans({**dict.fromkeys("oOОоΟο〇", "0"), **dict.fromkeys("lI", "1")})
_WITH_LETTERS = late(r"[0-9oOОоΟο〇lI]*[0-9][0-9oOОоΟο〇lI]*(?:\.[0-9oO]+)?")
_IN_ALL = late(r"(?:一共|总共|共计|合计|总计|累计|总数|共|计)(?:有|为|是|达)?[:：]?(?P<rest>.+)")


@bounded_cache(2048, 2 * A_WORD)
def explain(tight: str, measure: str) -> tuple[Decimal | None, str]:
    """Return the number that a text means, if there is no doubt, and the message to the sender.

    The message is "" where there is nothing specific to say.
    """
    if tight.startswith("="):
        return None, "这里的公式只是文字，没有算出结果。请填算出的数"
    if any(category(char) in {"Mn", "Me"} for char in tight):
        return None, "数字上画着线或带着别的记号，分不清还算不算数。请重新填写这一格"
    small = [char for char in tight[:-1] if char.isdigit() and not char.isdecimal()]
    if small and re.search(rf"[0-9][{''.join(small)}]+[0-9]", tight):
        return None, f"分不清中间的“{''.join(small)}”是不是这个数的一部分。请只填数字"
    for attempt in (_foreign, _with_letters, _in_words, _with_rest, _with_others):
        explained = attempt(tight, measure)
        if explained is not None:
            return explained
    return None, ""


def _foreign(tight: str, _measure: str) -> tuple[Decimal | None, str] | None:
    digits = [foreign_digit(char) for char in tight]
    if not any(digits):
        return None
    ours = "".join(digit or char for digit, char in zip(digits, tight, strict=True))
    number = Decimal(ours.replace(",", "")) if _PLAIN.fullmatch(ours) else None
    return number, "里面有别的文字的数字。" + _correction(number)


def _with_letters(tight: str, _measure: str) -> tuple[Decimal | None, str] | None:
    if not _WITH_LETTERS.fullmatch(tight) or tight.isdigit():
        return None
    letters = "、".join(f"“{char}”" for char in dict.fromkeys(re.sub("[0-9.]", "", tight)))
    if not letters:
        return None
    digits = tight.translate(_LETTERS_FOR_DIGITS)
    is_sure = tight[-1] not in "lIo" and not re.match("0[0-9]", digits)
    number = Decimal(digits) if is_sure else None
    return number, f"里面有不是数字的{letters}。" + _correction(number)


def _in_words(tight: str, measure: str) -> tuple[Decimal | None, str] | None:
    """Parse 三百二十, 百分之九十六, 3。5."""
    if tight == "一":
        return None, "分不清是数字 1 还是一横。是 1 请填 1，没有数请留空"
    if re.fullmatch(r"-?[0-9]+。[0-9]+", tight):
        meant = Decimal(tight.replace("。", "."))
        return meant, _correction(meant)
    share = re.fullmatch("([百千])分之(.+)", tight)
    number: Decimal | None
    if share is not None:
        part = Decimal(share[2]) if _A_NUMBER.fullmatch(share[2]) else _numeral(share[2])
        part = Decimal(100) if share[2] == "百" else part
        typed = "%" if share[1] == "百" else "‰"
        number = None if part is None else convert(part, typed, measure)
        return number, "" if number is None else _correction(number)
    for text in dict.fromkeys((tight.removesuffix(measure), tight)):
        number = _numeral(text)
        if number is not None:
            if not {"万", "亿"}.isdisjoint(text) and convert(number, "", measure) != number:
                return None, ""  # 三万 for an item in 万元: 3 or 30000
            return number, _correction(number)
    counted = _IN_ALL.fullmatch(tight)
    found = None if counted is None else NUMBER.fullmatch(counted["rest"])
    if found is not None and not (found["about"] or found["more"] or found["tail"]):
        return _number_meant(found, measure)
    return None


def _numeral(text: str) -> Decimal | None:
    return chinese_number(text) if text else None


def _with_rest(tight: str, measure: str) -> tuple[Decimal | None, str] | None:
    """Interpret the text after the first number."""
    found = re.match(rf"-?(?:{_DIGITS})", tight)
    rest = "" if found is None else tight[found.end() :]
    if found is None or not rest:
        return None
    number = Decimal(found[0].replace(",", ""))
    if _PUNCTUATION.fullmatch(rest):
        return number, "数字后面多了标点。" + _correction(number)
    fraction = _fraction(rest)
    if fraction is not None:
        whole = None if "." in found[0] or found[0][0] == "-" else number + fraction
        return whole, "分数请写成小数。" + _correction(whole)
    if _is_mark(rest):
        if found[0].endswith("10") and decomposition(rest[0]).startswith("<super>"):
            return None, f"分不清右上角的“{rest}”是脚注还是乘方。请只填数字"
        return number, _like_a_mark(rest) + _correction(number, "数确是")
    body = rest
    while body and (_is_mark(body[-1]) or _PUNCTUATION.fullmatch(body[-1])):
        body = body[:-1]
    in_measure = convert(number, body, measure) if body != rest else None
    if in_measure is not None:
        return in_measure, f"请改为 {plain(in_measure)}，后面的字和符号不要带"
    if _IN_PASSING.fullmatch(rest) and not re.search("[0-9]", rest):
        return number, _correction(number) + f"，“{rest}”请写到“情况说明”里"
    if not re.search(r"[0-9]", rest):
        return None, f"数字后面的“{visible(rest)}”读不懂。请只填数字，别的话写到“情况说明”里"
    return None


def _like_a_mark(mark: str) -> str:
    return f"“{mark}”像是脚注的标记。"


def _fraction(rest: str) -> Decimal | None:
    if len(rest) != 1 or not decomposition(rest).startswith("<fraction>"):
        return None
    value = Fraction(numeric(rest)).limit_denominator(100)
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return number if Fraction(number) == value else None


def _with_others(tight: str, _measure: str) -> tuple[Decimal | None, str] | None:
    if len(tight) == 1 and decomposition(tight).startswith("<fraction>"):
        value = _fraction(tight)
        return value, "分数请写成小数。" + _correction(value)
    if re.fullmatch(r"[+-]?[0-9.,'’`]+", tight):
        return None, "逗号、小数点的位置读不成一个数。小数点请用“.”，千位不用分隔"
    several = _several(tight)
    return (None, several) if several else None


def _several(text: str) -> str:
    """Return a message that lists the numbers in a text, if there is more than one."""
    numbers = _A_NUMBER.findall(text)
    if len(numbers) < 2:  # noqa: PLR2004 - one is none too many
        return "数字中间夹有空白或换行。请填成一个数" if re.search(r"\s", text) else ""
    listed = "、".join(numbers[:5]) + ("等" if len(numbers) > 5 else "")  # noqa: PLR2004
    return f"里面不止一个数（{listed}），分不清取哪一个。请只填一个数"


def _number_meant(found: re.Match[str], measure: str) -> tuple[Decimal | None, str]:
    typed = found["scale"] + found["measure"]
    sign = "-" if found["sign"] == "-" else ""
    written = Decimal(sign + found["digits"].replace(",", "") + (found["power"] or ""))
    number = convert(written, typed, measure) if typed else written
    return number, "" if number is None else _correction(number)


def _correction(number: Decimal | None, is_sure: str = "") -> str:
    if number is None:
        return "请只填数字"
    text = plain(number)
    return f"{is_sure} {text} 的，请改为 {text}" if is_sure else f"请改为 {text}"
