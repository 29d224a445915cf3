"""Which sentences may be milestones or tasks: a list for a person to choose from.

No rule tells for certain what an office will hold itself to. So every clause that says that
something is to be done is offered; those that name a thing that can be finished are proposed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.importing.drafted import UNKNOWN_AGENCY, Drafted
from qiyx_xl.core.plan.model import OVERALL_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from qiyx_xl.core.plan.importing.sentences.outline import Sentence

MOST_CANDIDATES = 400
_MOST_CODES = 99
_CLAUSES = re.compile(r"[,，]")
_DOES = re.compile(
    r"(?:[\u4e00-\u9fff“”]{0,6}?)(?:建设|建成|建立|构建|搭建|打造|出台|制定|编制|印发|实施|推进|推行|推动|推广|开展|"
    r"创建|争创|完成|落实|健全|完善|深化|加强|优化|加快|探索|培育|设立|成立|落地|开工|投用|通过|实现|形成|启动)"
)
_FINISHES = re.compile(
    r"建成|出台|制定|编制|印发|搭建|构建|完成|通过|争创|创建|落地|开工|投用|设立|成立|上线|建设|建立|试点|推广|打造|实施|全面"
)
_THING = re.compile(
    r"《[^》]+》|“[^”]+”(?:工程|行动|计划|平台|试点|系统|专项|服务圈)?|系统|平台|清单|规划|方案|中心|网络|机制|制度|试点|"
    r"工程|行动|计划|项目|评估|示范|体系|基地|任务|改制|转型|统筹|仲裁庭|服务圈|医共体|圈|迁建|扩建|市场|驿站"
)
_WEAK = re.compile(
    r"^(?:进一步|不断|持续|积极|大力|稳步|逐步|鼓励|支持|引导|加强|加大|提升|提高|优化|扩大|强化)"
)
_FILLER = re.compile(r"^(?:并|且|同时|切实|认真|以及)+")
_SHORTEST, _LONGEST = 6, 80
_SECTION_HEADING = re.compile(r"^(?:加快|高质量|高标准|全面)?(?:实现|推进)“[^”]+”$")


def candidates_in(
    sentences: Iterable[Sentence],
    quotes: Iterable[str],
    leads: Mapping[str, str],
    years: Sequence[int],
) -> tuple[Drafted, ...]:
    """Return what may be milestones, in the document's order; ``likely`` ones are proposed.

    Args:
        sentences: the sentences of the plan.
        quotes: the clauses from which goals were read; they are not offered again.
        leads: who leads which domain.
        years: the plan's years.
    """
    taken = set(quotes)
    sentences = list(sentences)
    has_chapters = any(sentence.place.chapter for sentence in sentences)
    found: list[Drafted] = []
    for sentence in sentences:
        if has_chapters and not sentence.place.chapter:
            continue  # the preamble
        for clause in _clauses(sentence):
            if clause not in taken and len(found) < MOST_CANDIDATES:
                taken.add(clause)
                found.append(_candidate(clause, sentence, leads, years))
    order = sorted(found, key=lambda one: not one.likely)
    for number, one in enumerate(order[:_MOST_CODES], start=1):
        one.entry["code"] = f"M{number:02}"
    return tuple(found)


def _clauses(sentence: Sentence) -> Iterator[str]:
    for part in _CLAUSES.split(sentence.text):
        clause = part.strip()
        is_long_enough = _SHORTEST <= len(clause) <= _LONGEST
        if is_long_enough and _DOES.match(clause) and not _SECTION_HEADING.match(clause):
            yield clause


def _candidate(
    clause: str, sentence: Sentence, leads: Mapping[str, str], years: Sequence[int]
) -> Drafted:
    place = sentence.place
    domain = place.domain or OVERALL_DOMAIN
    year = min(max(sentence.year or years[-1], years[0]), years[-1])
    entry: dict[str, Any] = {
        "code": None,
        "name": _FILLER.sub("", clause)[:200],
        "domain": domain[:40],
        "clause": place.clause,
        "lead_agency": leads.get(domain, UNKNOWN_AGENCY),
        "due": f"{year}-12-31",
        "deadline_inferred": sentence.year is None,
    }
    source = f"{place.cited}：{clause}"
    return Drafted(entry, source, likely=is_likely(clause))


def is_likely(clause: str) -> bool:
    """Whether a clause names a thing that can be finished, with a verb that finishes it."""
    if _WEAK.match(clause) and "《" not in clause:
        return False
    return _FINISHES.search(clause) is not None and _THING.search(clause) is not None
