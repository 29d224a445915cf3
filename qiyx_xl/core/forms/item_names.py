"""Which item a name means, and which rows of a table are totals (合计, 其中)."""

from __future__ import annotations

import re
from unicodedata import normalize

from qiyx_xl.core.primitives.memo import A_LINE, A_WORD, bounded_cache
from qiyx_xl.core.primitives.text import same_text, tidy, without_bracket

# Numbers that people put before a name: 1. 、 （一） 、 ① — but not the 0- of 0-3岁.
_NUMBERED = re.compile(
    r"^(?:\((?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})\)|[0-9]{1,3}[.、)](?![0-9])|[一二三四五六七八九十]{1,3}[.、)])"
)
_SUM = "(?:合计|小计|总计|共计|总和|汇总|平均值?|平均数|均值)"
_A_SUM = re.compile(rf"(?:本页|本表|全区|全部|指标|以上|数据)?{_SUM}(?:数|值|项)?")
_ANY_SUM = re.compile(rf"[^()]{{0,12}}{_SUM}(?:数|值|项)?(?:\([^()]*\))?")
_ENGLISH_SUMS = {"TOTAL", "SUBTOTAL", "SUM", "GRANDTOTAL", "AVERAGE"}


def unnumbered(tidied: str) -> str:
    """Return a tidied name without the number before it: 1.托位数 → 托位数."""
    return _NUMBERED.sub("", tidied)


@bounded_cache(4096, A_LINE)
def is_name_of(text: str, name: str) -> bool:
    """Whether a text is an item's name, apart from retyping, numbering and brackets."""
    if same_text(text, name):
        return True
    tidied, own = tidy(text), tidy(name)
    bare = unnumbered(tidied)
    return own in {bare, without_bracket(tidied), without_bracket(bare)}


@bounded_cache(2048, A_WORD)
def is_sum(text: str) -> bool:
    """Whether a text names a total and nothing else: 合计, 小 计, 其中：男."""
    return _names_total(text, _A_SUM)


@bounded_cache(2048, A_WORD)
def may_be_sum(text: str) -> bool:
    """Whether a text may name a total of something: 幼有善育小计, 合计（1-3）."""
    return _names_total(text, _ANY_SUM)


def _names_total(text: str, pattern: re.Pattern[str]) -> bool:
    tidied = unnumbered(tidy(normalize("NFKC", text)))
    if pattern.fullmatch(tidied) or tidied in _ENGLISH_SUMS:
        return True
    return tidied.startswith("其中")
