"""Where a sentence stands in a document: chapter, section, task; and until when it applies.

Documents of this kind have chapters (``二、重点任务``), sections that belong to one domain
(``（三）加快实现“劳有所得”``), and numbered tasks (``1.聚焦……``) with one paragraph each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.tables.rows import agencies_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_CHAPTER = re.compile(r"\s*([一二三四五六七八九十]+)、\s*(.*)", re.DOTALL)
_SECTION = re.compile(r"\s*[(（]([一二三四五六七八九十]+)[)）]\s*(.*)", re.DOTALL)
_TASK = re.compile(r"\s*(\d{1,2})\s*[.．、]\s*(?!\d)(.*)", re.DOTALL)
_NO_TARGETS = re.compile(
    r"保障|组织(?:领导|实施|体系)|附则|附件|工作要求|督导|考核|主要成[效绩]|现状|回顾"
)
_QUOTED = re.compile(r"[“\"「]([^”\"」]{2,10})[”\"」]")
_ENDS = re.compile(r"(?<=[。；;！])")
_UNTIL = re.compile(r"(?:到|至|力争到?)(20\d\d)年(?:底|末)?")
_LONGEST_HEADING = 40
_FULL_LINE = 24  # characters; a line that breaks off is at least so long
_LINE_ENDS = tuple("。；;：:！!)）】》”")
_WHO = re.compile(
    r"[(（]\s*(?:牵头|责任|负责|主管|主办|配合)(?:单位|部门)\s*[:：]?(?P<names>[^)）]*)[)）]"
)
_AGENCY = re.compile(r"(?!各|有关|相关|区级|市级)[\u4e00-\u9fff（）()]{2,20}")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the document: the ordinals of chapter and section, the number of the task."""

    chapter: str = ""
    section: str = ""
    task: int = 0
    domain: str = ""
    section_number: int = 0
    """The section's running number in all documents; 0 outside of sections."""
    document: str = ""
    """The document's name, where there are several."""
    agencies: tuple[str, ...] = ()
    """The agencies that a task's own paragraph names as responsible, in order."""

    @property
    def clause(self) -> str:
        """The place as plans cite it: 二(三)-1, 一."""
        section = f"({self.section})" if self.section else ""
        return f"{self.chapter}{section}" + (f"-{self.task}" if self.task else "") or "正文"

    @property
    def cited(self) -> str:
        """The place with the document that it is in, if there are several."""
        return f"{self.document} ▸ {self.clause}" if self.document else self.clause


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its place, and the year until which it applies; None if none is stated.

    ``lead`` is what the document's sentence says before the year that this part of it begins with.
    """

    place: Place
    text: str
    year: int | None = None
    lead: str = ""


def sentences(
    paragraphs: Iterable[str], domains: Sequence[str], *, document: str = "", sections: int = 0
) -> Iterator[Sentence]:
    """Yield the sentences that may state targets; a year that is stated reaches to the end.

    Args:
        paragraphs: the document's paragraphs.
        domains: the plan's domains, as far as they are known.
        document: its name, where there are several documents.
        sections: how many sections the documents before it have.
    """
    place, passed_over = Place(document=document), False
    for paragraph in _whole(paragraphs):
        named = [
            name
            for one in _WHO.finditer(paragraph)
            for name in agencies_in(_names(one))
            if _AGENCY.fullmatch(name)
        ]
        text = _WHO.sub("", paragraph)
        chapter, section, task = (p.match(text) for p in (_CHAPTER, _SECTION, _TASK))
        if chapter is not None:
            place, text = Place(chapter=chapter[1], document=document), chapter[2]
            passed_over = _NO_TARGETS.search(text[:_LONGEST_HEADING]) is not None
        elif section is not None:
            sections += 1
            text = section[2]
            domain = _domain(text, domains, place.domain)
            place = Place(place.chapter, section[1], 0, domain, sections, document)
        elif task is not None and place.chapter:
            place, text = replace(place, task=int(task[1])), task[2]
        place = replace(place, agencies=tuple(dict.fromkeys(named)) if place.task else ())
        if not passed_over:
            yield from _in_paragraph(text, place)


def _names(found: re.Match[str]) -> str:
    """Return the names in brackets, without the words that lead other names: 配合单位."""
    return re.sub(r"(?:牵头|责任|负责|主管|主办|配合)(?:单位|部门)\s*[:：]", "、", found["names"])


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Join lines that break off in the middle of a sentence, as copied from a PDF."""
    begun = ""
    for line in lines:
        text = line.strip()
        is_begin = any(pattern.match(text) for pattern in (_CHAPTER, _SECTION, _TASK))
        if begun and (is_begin or len(begun) < _FULL_LINE or begun.endswith(_LINE_ENDS)):
            yield begun
            begun = ""
        begun += text
    if begun:
        yield begun


def _domain(heading: str, domains: Sequence[str], before: str) -> str:
    """Return the domain that a section's heading names."""
    named = next((name for name in domains if name in heading[:_LONGEST_HEADING]), None)
    if named is not None:
        return named
    quoted = _QUOTED.search(heading[:_LONGEST_HEADING])
    if quoted is not None:
        return quoted[1]
    bare = re.split(r"[。,，:：]", heading)[0]
    return bare[:_LONGEST_HEADING] if 0 < len(bare) <= _LONGEST_HEADING else before


def _in_paragraph(text: str, place: Place) -> Iterator[Sentence]:
    year = None
    for part in _ENDS.split(text):
        sentence = part.strip().rstrip("。；;！")
        if not sentence:
            continue
        stated = _UNTIL.search(sentence)
        if stated is not None:
            # A year in the middle of a sentence holds for what follows it only.
            before, after = sentence[: stated.start()], sentence[stated.end() :].lstrip(",，")
            if before.strip(" ,，"):
                yield Sentence(place, before.rstrip(" ,，"), year)
            year = int(stated[1])
            if after:
                yield Sentence(place, after, year, before)
            continue
        yield Sentence(place, sentence, year)
