"""Which agencies a document names, who leads which domain, and which levels there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.tables.rows import agencies_in
from qiyx_xl.core.plan.words import LEVELS, NO_DISTRICT, words_of_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.plan.model import Words

_LED_BY = re.compile(r"(?:牵头|责任|负责|主管)(?:单位|部门)[:：]?\s*([^)）】\]。；;\n]+)")
_QUOTED = re.compile(r"[“\"「]([^”\"」]{2,10})[”\"」]")
_TITLE = re.compile(r"《([^》]*(?:方案|规划|计划)[^》]*)》")
_OF_OTHERS = re.compile(
    r"根据|落实|按照|依据|对照|贯彻[^》]*$"
)  # plans from above, which it follows
_CAPTION = re.compile(r"表\s*\d*\s*[:：]?\s*([\u4e00-\u9fff]{2,}“[^”]+”.*)")
_BARE_TITLE = re.compile(r".{4,60}?(?:方案|规划|行动计划|工作计划)(?:[(（].{2,20}[)）])?")
_DATE = re.compile(r"(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_ISSUER = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}市)?([\u4e00-\u9fff]{1,4}?[区县市旗])(?:人民政府|政府|委)[\u4e00-\u9fff]{0,8}"
)
_FEW = 3  # mentions


def leads_of(paragraphs: Iterable[str], domains: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return who leads each domain, from paragraphs that name the one and the other."""
    known = list(domains)
    leads: dict[str, tuple[str, ...]] = {}
    for paragraph in paragraphs:
        found = _LED_BY.search(paragraph)
        if found is None:
            continue
        names = agencies_in(found[1].split("，")[0].split(",")[0])
        before = paragraph[: found.start()]
        quoted = _QUOTED.search(before)
        domain = quoted[1] if quoted is not None else ""
        if domain not in known:
            domain = next((name for name in known if name in before[:60]), domain)
        if domain in known and names:
            leads.setdefault(domain, names)
    return leads


def title_of(paragraphs: Sequence[str], name: str) -> str:
    """Return the plan's title: named in 《》, or a line of its own; else the file's name."""
    for text in paragraphs[:20]:
        for found in _TITLE.finditer(text):
            if _OF_OTHERS.search(text[: found.start()]) is None:
                return re.sub(r"\s+", "", found[1])
    for text in paragraphs[:20]:
        if _BARE_TITLE.fullmatch(text.strip()) and not text.startswith(("一", "（", "(")):
            return re.sub(r"\s+", "", text)
    captions = (_CAPTION.match(text.strip()) for text in paragraphs[:60])
    return next((re.sub(r"\s+", "", found[1]) for found in captions if found), name)


def issued_on(paragraphs: Iterable[str]) -> str | None:
    """Return the first date in the document, as 2023-06-12; None without one."""
    for text in paragraphs:
        for year, month, day in _DATE.findall(text):
            if _is_day(int(month), int(day)):
                return f"{year}-{int(month):02}-{int(day):02}"
    return None


def _is_day(month: int, day: int) -> bool:
    """Whether a month has such a day in every year."""
    longest = {4: 30, 6: 30, 9: 30, 11: 30, 2: 28}
    return 1 <= month <= 12 and 1 <= day <= longest.get(month, 31)  # noqa: PLR2004


def words_of(title: str, paragraphs: Sequence[str]) -> Words:
    """Return the plan's words from its title; the district from who issued it, if need be."""
    words = words_of_title(title)
    if words.district != NO_DISTRICT:
        return words
    for text in paragraphs[:20]:
        found = _ISSUER.fullmatch(text.strip())
        if found is not None:
            return words_of_title(f"{found[1]}“{words.short_name}”")
    return words


def levels_of(district: str, paragraphs: Iterable[str]) -> tuple[str, str]:
    """Return the two levels of agencies: the district's own, and that of streets or towns."""
    upper = {"县": "县级", "市": "市级", "旗": "旗级"}.get(district[-1:], LEVELS[0])
    text = "\n".join(paragraphs)
    streets = text.count("街道")
    towns = len(re.findall(r"(?<![城乡])镇(?!海|江|定)|乡镇|(?<!城)乡(?=[（(]?[、镇街])", text))
    if towns >= _FEW and towns * 4 > streets:
        return upper, "乡镇" if not streets else "镇街"
    return upper, LEVELS[1]


def is_lower(name: str) -> bool:
    """Whether an agency is a street or a town."""
    return (
        re.fullmatch(r"[\u4e00-\u9fff]{1,8}(?:街道|镇|乡)(?:办事处|人民政府|政府)?", name)
        is not None
    )
