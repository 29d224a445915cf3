"""Which quantities a clause states, and which of its numbers are none: ages, years, names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Comparator
from qiyx_xl.core.plan.target_text import parse_printed

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEFORE = (
    "不少于|不低于|不小于|至少|不超过|不高于|不多于|不大于|力争突破|突破|超过|大于|高于|超|小于|低于|"
    "控制在|保持在|保持|稳定在|巩固在|维持在|提高到|提高至|提升到|提升至|增长到|增加到|增至|扩大到|下降到|降低到|降至|降到|"
    "达到|达|为|约|分别达到|分别达|分别为"
)
_BEHIND = "及以上|及以下|以上|以下|以内|左右"
_BASES = (
    "学历层次|平方公里|立方米|平方米|人次|公里|公顷|分钟|小时|千瓦|床位|套\\(间\\)|套（间）|"
    "㎡|户|人|名|个|家|张|台|套|场|所|类|岁|年|元|件|倍|次|条|处|座|支|项|辆|吨|床|对|门|期|亩|分|位|例|米|种|批|只|本|册|部|间|栋|幢|片|株|头|班|课时|学时"
)
QUANTITY = re.compile(
    rf"(?P<before>(?:(?<!年)均)?(?:力争)?(?:{_BEFORE})?)"
    rf"(?P<number>\d+(?:\.\d+)?)(?P<magnitude>[十百千]?[万亿]|千)?"
    rf"(?P<measure>%|‰|/10?[十百]?万|/[千万]|(?:个)?(?:{_BASES}))?(?P<behind>{_BEHIND})?"
)
_NOISE = re.compile(
    r"“[^”]*”|「[^」]*」|《[^》]*》|\"[^\"]*\"|"
    r"\d+(?:\.\d+)?\s*[—~～至-]\s*\d+(?:\.\d+)?(?:岁|周岁|个?月|年|级|℃)|\d+周?岁(?:及)?(?:以下|以上)?(?:的)?(?=[\u4e00-\u9fff])(?!\s*$)|"
    r"(?:19|20)\d\d\s*年?\s*[—~～至-]\s*(?:19|20)\d\d年?|(?:19|20)\d\d年(?:底|末|起|前|以来|度)*|"
    r"\d+(?:分钟|小时|公里)(?=[\u4e00-\u9fff]{1,8}圈)|\d+小时(?=不)|第\d+|\d+[+＋]\w|\w?[+＋]\d+|[A-Za-z]+\d+|\d+[A-Za-z]+|\d+(?:年级|级|学期|号|楼|届|期工程)|"
    r"\d+(?:\.\d+)?[万千百]?[人名户个元](?:及)?以[上下](?:的|规模)(?!标准)|"
    r"\d+(?:\.\d+)?[万千百]?[人户](?:及)?以下(?=[\u4e00-\u9fff])"
)
_MEASURES_OF_DENSITY = re.compile(
    r"每(?P<many>[百千万]|10万|十万)?(?P<what>人口|常住人口|老年人口|人|名老年人|个?[\u4e00-\u9fff]{1,4})$"
)
_SIGNS = {
    "不少于": Comparator.AT_LEAST, "不低于": Comparator.AT_LEAST, "不小于": Comparator.AT_LEAST,
    "至少": Comparator.AT_LEAST, "不超过": Comparator.AT_MOST, "不高于": Comparator.AT_MOST,
    "不多于": Comparator.AT_MOST, "不大于": Comparator.AT_MOST, "突破": Comparator.MORE_THAN,
    "超过": Comparator.MORE_THAN, "超": Comparator.MORE_THAN, "大于": Comparator.MORE_THAN,
    "高于": Comparator.MORE_THAN, "小于": Comparator.LESS_THAN, "低于": Comparator.LESS_THAN,
    "降至": Comparator.AT_MOST, "降到": Comparator.AT_MOST, "下降到": Comparator.AT_MOST,
    "降低到": Comparator.AT_MOST, "控制在": Comparator.AT_MOST,
}  # fmt: skip
_TENS = {
    "千": 1000,
    "万": 1,
    "十万": 10,
    "百万": 100,
    "千万": 1000,
    "亿": 1,
    "百亿": 100,
    "千亿": 1000,
    "十亿": 10,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a clause, with the words around it that say how it is meant.

    ``measure`` is as printed with its magnitude: 万人, %; "" where the clause prints none.
    """

    start: int
    end: int
    printed: str
    value: Decimal
    measure: str
    before: str
    behind: str

    @property
    def comparator(self) -> Comparator:
        """How an actual value is compared with it; at least, where nothing else is said."""
        if self.behind.endswith("上"):
            return Comparator.AT_LEAST
        if self.behind in ("及以下", "以下", "以内"):
            return Comparator.AT_MOST
        return _SIGNS.get(self.before, Comparator.AT_LEAST)


def masked(clause: str) -> str:
    """Return the clause with everything that only looks like a quantity hidden, as long as it."""
    return _NOISE.sub(lambda found: "□" * len(found[0]), clause)


def quantities_in(clause: str) -> Iterator[Quantity]:
    """Yield the quantities that a clause states, in order."""
    hidden = masked(clause)
    for found in QUANTITY.finditer(hidden):
        has_words = found["measure"] or found["magnitude"] or found["before"]
        around = hidden[found.start("number") - 1 : found.start("number")]
        if not has_words or around in "+＋-.—":
            if around:
                continue
            if not has_words:
                continue
        magnitude = found["magnitude"] or ""
        measure = found["measure"] or ""
        value = Decimal(found["number"]) * (_TENS[magnitude] if magnitude else 1)
        kept = {"千": "", "亿": "亿"}.get(
            magnitude, "亿" if "亿" in magnitude else "万" if "万" in magnitude else ""
        )
        yield Quantity(
            start=found.start(),
            end=found.end(),
            printed=found[0].removeprefix("均").removeprefix("分别"),
            value=value,
            measure=kept + measure,
            before=re.sub(r"^(?:均|分别|力争)+", "", found["before"]),
            behind=found["behind"] or "",
        )


def is_readable(printed: str, measure: str, value: Decimal) -> bool:
    """Whether what is printed is read as this value in this measure, wherever it is read again."""
    parsed = parse_printed(printed, measure)
    return parsed is not None and parsed.value == value and parsed.measure_fits


def density_of(head: str) -> str:
    """Return ``/千人`` where a quantity follows ``每千人口`` at once; "" where it does not."""
    found = _MEASURES_OF_DENSITY.search(head)
    if found is None:
        return ""
    what = found["what"].removeprefix("个")
    if what == "年":
        return "/年"
    people = "人" if what in ("人口", "常住人口", "老年人口", "人") else what
    return f"/{found['many'] or ''}{people}"
