"""Which words explain nothing and are written only to fill the cell of an explanation.

``explains_nothing`` is used wherever it matters: whether a red lamp has been explained, whether an
older explanation is replaced, whether a paper prints what an agency wrote. It matches only texts
that consist of such words entirely; one word of substance (台风停工, 无资金) makes an explanation.
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import category, normalize

from qiyx_xl.core.primitives.memo import A_LINE, bounded_cache
from qiyx_xl.core.primitives.signs import unescaped

_LOOKED_AT = 200  # characters examined; a longer text has content, or consists of symbols only
_LONGEST = 24  # letters; no phrase below is longer
_FIRST_CHARACTER, _LAST_CHARACTER = "\u4e00", "\u9fff"
_DIGIT = re.compile("[0-9０-９]")
_FEWEST_DIGITS = 3  # of a telephone number, including an office's short numbers

_WHOSE = (
    "(?:本期|本季度?|本月|本年度?|本单位|我单位|本部门|我局|我街道|我乡镇|我镇|我乡|此项|该项|本项|目前|现在?|暂时?|尚"
    "|并|确实?|均|都|一切|全部|以上|其他|其它|相关|有关|具体|详细|特殊|特别|异常|额外|任何|需要?"
    "|应|可|的)*"
)
_WHAT = (
    "(?:情况|说明|解释|原因|备注|内容|事项|问题|意见|数据|信息|理由|措施|典型做法|补充|填写?|报)"
)
_MATERIAL = "(?:附件|附表|附页|附后|附|表|材料|报告|文件|文档|说明|情况|备注|原因|原文|全文|正文)"
_PLACE = (
    "(?:上期|上月|上季度?|上年度?|上次|上述|前述|上文|下文|上面|下面|前面|后面|上报|第?行|栏|格|条|项"
    f"|上|下|前|后|左|右|中|内|里|所述|所示|同|之|的|另|{_MATERIAL})"
)
_PHRASES = (
    # There is none, and none is needed.
    f"{_WHOSE}(?:无|没有?|毋|未有|不存在|不必|不用|不需要?|无需|无须|暂缺|缺){_WHOSE}{_WHAT}*",
    f"{_WHAT}*(?:暂|皆|均)?(?:无|没有)",
    # Unknown, not applicable, or promised for later.
    (
        f"{_WHOSE}{_WHAT}*(?:不详|不清楚?|不明|不明确|不知道?|未知|不了解|不适用|不涉及|免报|免填|未填写?"
        "|待定|待补充?|待填写?|待报|待完善|后补|后续补充|[稍随]后补[充报]?|以后[补再]报?|容后补[报充])"
        f"{_WHAT}*"
    ),
    # It is written elsewhere.
    f"{_WHOSE}{_WHAT}*(?:详见|详|见|参见|参照|参考|请见|请看|如|同|另见|另附|另报|随附|附){_PLACE}*",
    f"{_MATERIAL}*已?(?:另附|另报|另行报送|另行说明|随附|附后|附上)",
    f"{_MATERIAL}+",
    # Something has been filled in.
    (
        f"(?:{_WHAT}|{_MATERIAL})*(?:已经?)?(?:填|填报|填写|报|上报|报送|说明|阅|知|知悉|知晓|收到|悉)"
        "(?:了|完|好|毕|过|完成|完毕)?"
    ),
    # All is well.
    f"{_WHOSE}(?:{_WHAT}|运行|状态)*(?:基本)?(?:正常|良好|尚好|还好|好的?|可以|是的?|对的?|没事|还行)",
    # The heading of the column, or what it asks for.
    f"(?:请|写明?|下一步|典型|做法|及|和|与|的|在此|此处|这里|{_WHAT})+",
    # Text typed as a test.
    "测试(?:数据|说明)?|试填|示例|样例|某某",
    (
        "NA|N|NO|NONE|NULL|NIL|NAN|OK|OKAY|YES|Y|TEST|TBD|TODO|ABC|ABCD|QWE|QWER|ASD|ASDF|DIV|REF|VALUE"
        "|NAME|NUM|TRUE|FALSE|SAME|DITTO|NOTHING"
    ),
)


@cache
def _nothing() -> re.Pattern[str]:
    """Return the pattern of the phrases; compiling it takes 7 ms, and few commands need it."""
    return re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES))


_IN_PHRASES = frozenset("".join(_PHRASES))


def _meaningful_characters(text: str) -> list[str]:
    """Return the Chinese characters at the beginning of a text that occur in none of the phrases.

    A single one shows that the text is no phrase.
    """
    others = set(text[:_LOOKED_AT]) - _IN_PHRASES
    return [char for char in others if _FIRST_CHARACTER <= char <= _LAST_CHARACTER]


@bounded_cache(4096, A_LINE)
def explains_nothing(text: str) -> bool:
    """Whether a text written as an explanation explains nothing.

    That is: only symbols and digits, one letter or one letter repeated, or a phrase that would fit
    anything (无, 同上, 详见附件, 已填).
    """
    if len(_meaningful_characters(text)) > 1:  # one character may be written again and again
        return False  # the fast path, for almost every explanation
    letters = _letters(text)
    return len(letters) <= _LONGEST and _is_empty(letters)


def is_no_name(text: str) -> bool:
    """Whether a text written as a person's name names nobody."""
    if _meaningful_characters(text):
        return False  # the fast path, for almost every name
    letters = _letters(text)
    # 丹丹 is a name, and a single letter may be one, so repeated letters are allowed here.
    return not letters or (len(letters) <= _LONGEST and _nothing().fullmatch(letters) is not None)


def is_no_phone(text: str) -> bool:
    """Whether a text written as a telephone number is not one."""
    digits = [char for char in normalize("NFKC", text) if char.isdigit()]
    if digits:
        return len(digits) < _FEWEST_DIGITS or len(set(digits)) == 1
    return explains_nothing(text)


def contact_without_fillers(text: str) -> str:
    """Return a contact without the words in it that name nobody: "/ 0574-8600" → "0574-8600"."""
    parts = text.split()
    return " ".join(part for part in parts if _DIGIT.search(part) or not is_no_name(part))


def remark_in_force(before: str, after: str) -> str:
    """Return which of two explanations of one number counts: the later, if it explains anything."""
    return before or after if explains_nothing(after) else after


def _letters(text: str) -> str:
    """Return the letters at the beginning of a text: no symbols, digits or invisible characters."""
    start = normalize("NFKC", unescaped(text[:_LOOKED_AT]))
    if start.isalpha() and len(start) > _LONGEST:
        return start
    return "".join(char for char in start if _is_letter(char)).upper()


def _is_letter(char: str) -> bool:
    # Unicode classes these fillers as letters, but they look blank; private-use characters may be
    # rare Chinese characters.
    return (char.isalpha() and char not in "\u115f\u1160\u3164\uffa0") or category(char) == "Co"


def _is_empty(letters: str) -> bool:
    return len(set(letters)) <= 1 or _nothing().fullmatch(letters) is not None
