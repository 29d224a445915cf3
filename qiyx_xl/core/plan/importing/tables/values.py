"""What a target's cell in a table of indicators can be: a number, a word, a dash, or in doubt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.source import has_words, squeeze
from qiyx_xl.core.plan.target_text import parse_printed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from qiyx_xl.core.plan.target_text import Printed

_DASH = re.compile(r"[-—–－―/\\*]+|无|暂无|未定|待定")
_VALUE = re.compile(
    r"(?:约|力争|达到|达|不低于|不少于|至少|不超过|不高于|超过|控制在|保持在|稳定在|[<>≤≥＜＞=])*"
    r"\d[\d.,]*(?:[-~—至]\d[\d.,]*)?(?:%|‰|[十百千万亿]{0,2}[\u4e00-\u9fff㎡/]{0,6})?(?:以上|以下|以内|左右|及以上)?"
    r"|全覆盖|动态清零|清零|应保尽保"
)
_WITH_MEASURE = re.compile(r"[<>≤≥=]*\d[\d.,]*(?P<measure>[^\d<>=.,]{1,8})")
_COMPARING = ("及以上", "及以下", "以上", "以下", "以内", "左右")
_UNCLEAR = re.compile(r"左右|约|上下|[0-9%]\s*[-~—至]\s*[0-9]")
_YEAR = re.compile(r"20\d\d年")
_EVENT = re.compile(r"通过|验收|建成|投用|投入使用|开工|启动|获评|创建|完成|命名|出台|挂牌")

BAD_WHEN_HIGH = (
    "失业", "死亡", "发生率", "事故", "投诉", "缺陷", "欠薪率", "能耗", "负担", "辍学",
    "近视率", "缺口",
)  # fmt: skip
"""Words in the names of indicators of which less is better."""


def is_dash(text: str) -> bool:
    """Whether a cell says that there is no target: ``—``."""
    return _DASH.fullmatch(squeeze(text)) is not None


def is_missing(text: str) -> bool:
    """Whether a cell has no target: blank, or a dash."""
    return not text.strip() or is_dash(text)


def looks_like_value(text: str) -> bool:
    """Whether a text can be a target's cell, so that it cannot be a name."""
    squeezed = squeeze(text)
    return is_dash(squeezed) or _VALUE.fullmatch(squeezed) is not None


def looks_like_name(text: str) -> bool:
    """Whether a text can be the name of an indicator, or of a domain."""
    is_target = is_event(text) and _YEAR.search(text) is not None
    return has_words(text) and not looks_like_value(text) and not is_target


def is_event(text: str) -> bool:
    """Whether a target's cell states what is to happen, instead of a number."""
    return _EVENT.search(text) is not None


def printed(text: str, measure: str) -> Printed | None:
    """Parse a target's cell; None where it has no number and no word that stands for one."""
    is_words = is_missing(text) or (is_event(text) and _YEAR.search(text))
    return None if is_words else parse_printed(text, measure)


def number_of(text: str, measure: str) -> Decimal | None:
    """Return the number of a target's cell in the given measure."""
    found = printed(text, measure)
    return None if found is None else found.value


def doubt_about(text: str, measure: str) -> str:
    """Return why a target's cell cannot be read for certain, in words; "" where it can."""
    if is_missing(text):
        return ""
    found = printed(text, measure)
    if found is None:
        return "" if is_event(text) else "目标读不成数"
    if _UNCLEAR.search(squeeze(text)):
        return "目标是约数"
    if not found.measure_fits:
        return "目标的单位与计量单位不同"
    return ""


def measure_in(texts: Iterable[str]) -> str:
    """Return the measure printed behind all numbers of a row; "" where they have not one."""
    measures = set()
    for text in texts:
        if is_missing(text):
            continue
        body = squeeze(text)
        for word in _COMPARING:
            body = body.removesuffix(word)
        found = _WITH_MEASURE.fullmatch(body)
        if found is None:
            return ""
        measures.add(found["measure"])
    return measures.pop() if len(measures) == 1 else ""
