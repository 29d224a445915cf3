"""How a plan is drafted from documents: from its tables, and the paragraphs around them.

Only what the documents state is used. Gaps are filled with defaults, each recorded as an open
question, so that a person finds everything to confirm in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.importing.agencies import (
    is_lower,
    issued_on,
    leads_of,
    levels_of,
    title_of,
    words_of,
)
from qiyx_xl.core.plan.importing.drafted import UNKNOWN_AGENCY, Drafted, DraftPlan, Noted
from qiyx_xl.core.plan.importing.indicators import draft_indicators
from qiyx_xl.core.plan.importing.sentences.candidates import candidates_in
from qiyx_xl.core.plan.importing.sentences.goal_entries import draft_goals
from qiyx_xl.core.plan.importing.sentences.goals import goals_in
from qiyx_xl.core.plan.importing.sentences.outline import sentences
from qiyx_xl.core.plan.importing.tables.whole import (
    domains_of,
    has_other_table,
    lines_outside_tables,
    read_indicators,
    refusal,
    span_of,
)
from qiyx_xl.core.plan.model import OVERALL_DOMAIN
from qiyx_xl.core.plan.workbook.sheets import CANDIDATES
from qiyx_xl.core.plan.written import PLAN_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.plan.importing.sentences.goals import Found
    from qiyx_xl.core.plan.importing.sentences.outline import Sentence
    from qiyx_xl.core.plan.importing.source import SourceText
    from qiyx_xl.core.plan.importing.tables.whole import Indicators

_MOST_DOMAINS = 30
_FEWEST_TARGETS = 3  # in sentences, without a table: a letter may mention one or two
_NO_YEAR = 2027  # where a document states no year at all; a person corrects it


def draft_plan(sources: Sequence[SourceText], *, plan_id: str) -> DraftPlan:
    """Draft a plan from one or more documents.

    Args:
        sources: what the documents say; the first with a title gives the plan its own.
        plan_id: the identifier of the new plan: lower-case letters, digits, hyphens.

    Raises:
        PlanImportError: no document has a table of indicators, or sentences with targets.
    """
    found = read_indicators(sources)
    paragraphs = [text for source in sources for text in source.paragraphs]
    prose = _prose(sources, domains_of(found))
    targets = list(goals_in(prose))
    if not found.rows and (len(targets) < _FEWEST_TARGETS or has_other_table(sources)):
        raise refusal(sources, len(targets))
    if not found.years:
        found.years = _years_of(targets, sources)
    noted = Noted()
    leads = _leads(paragraphs, found, prose, noted)
    indicators = draft_indicators(found, leads, noted) if found.rows else ()
    if not found.rows:
        noted.ask("表", "没有找到指标表，只读出正文里的目标。", "年度指标空着，请补上至少一项。")
    goals = draft_goals(targets, leads, found.years, indicators)
    quotes = [target.quote for target in targets]
    candidates = candidates_in(prose, quotes, leads, found.years)
    _ask_about_prose(goals, candidates, noted)
    document = _document(sources, paragraphs, plan_id, found, noted)
    entries = [one.entry for one in indicators]
    document |= {"indicators": entries, "goals": [one.entry for one in goals]}
    _add_domains_and_agencies(document, found, prose, candidates)
    document["open_questions"] = noted.as_entries()
    drafted = {"indicators": indicators, "goals": goals}
    return DraftPlan(document, tuple(noted.questions), drafted, candidates)


def _prose(sources: Sequence[SourceText], domains: Sequence[str]) -> list[Sentence]:
    """Return the sentences of all documents; their sections are numbered through."""
    prose: list[Sentence] = []
    for source in sources:
        name = source.name if len(sources) > 1 else ""
        last = max((sentence.place.section_number for sentence in prose), default=0)
        lines = lines_outside_tables(source)
        prose += sentences(lines, domains, document=name, sections=last)
    return prose


def _years_of(targets: Sequence[Found], sources: Sequence[SourceText]) -> list[int]:
    """Return the plan's years where no table states them."""
    span = span_of(sources)
    if span is not None:
        return list(range(span[0], span[1] + 1))
    last = max((target.year for target in targets if target.year is not None), default=None)
    issued = issued_on(text for source in sources for text in source.paragraphs)
    if last is None:
        last = int(issued[:4]) if issued is not None else _NO_YEAR
    first = int(issued[:4]) if issued is not None and int(issued[:4]) <= last else last - 4
    return list(range(max(first, last - 14), last + 1))


def _leads(
    paragraphs: Sequence[str], found: Indicators, prose: Sequence[Sentence], noted: Noted
) -> dict[str, str]:
    """Return who leads each domain; ask where the document names several."""
    named = dict.fromkeys(sentence.place.domain for sentence in prose if sentence.place.domain)
    joint = leads_of(paragraphs, dict.fromkeys([*domains_of(found), *named]))
    for domain, names in joint.items():
        if len(names) > 1:
            noted.ask(
                domain, f"写了几个牵头单位：{'、'.join(names)}。", f"暂由{names[0]}牵头；请核对。"
            )
    return {domain: names[0] for domain, names in joint.items()}


def _ask_about_prose(goals: Sequence[Drafted], candidates: Sequence[Drafted], noted: Noted) -> None:
    """Ask about goals by reason, and say that milestones are to be chosen."""
    reasons: dict[str, list[str]] = {}
    for goal in goals:
        for reason in goal.doubts.values():
            general = "像是与表中指标重复" if reason.startswith("像是与指标") else reason
            reasons.setdefault(general, []).append(goal.entry["code"])
    for reason, codes in reasons.items():
        noted.ask("正文", f"{reason}。", "按读出的写，标红；请对照原文核对。", codes)
    inferred = [goal.entry["code"] for goal in goals if goal.entry["deadline_inferred"]]
    if inferred:
        noted.ask("正文", "没有写期限。", "按规划末年推定，标“期限推定”。", inferred)
    if goals:
        noted.ask(
            "正文", "文件没有写方向和推进方式。", "按目标的写法推断；请核对。",
            [goal.entry["code"] for goal in goals],
        )  # fmt: skip
    if candidates:
        likely = sum(one.likely for one in candidates)
        noted.ask(
            "正文",
            "哪些是里程碑和重点任务，要由人定。",
            f"“{CANDIDATES.name}”表里列了{len(candidates)}句，像的{likely}句已勾上；请逐句看。",
        )


def _document(
    sources: Sequence[SourceText],
    paragraphs: Sequence[str],
    plan_id: str,
    found: Indicators,
    noted: Noted,
) -> dict[str, Any]:
    """Return the head of the document: what the plan is called, whose it is, and its years."""
    title = title_of(paragraphs, sources[0].name)
    issued = issued_on(paragraphs) or f"{found.years[0]}-01-01"
    noted.ask("文首", "印发日期按文中第一个日期读出，没有日期的写首年1月1日。", f"{issued}。")
    words = words_of(title, paragraphs)
    levels = levels_of(words.district, paragraphs)
    noted.ask(
        "标题",
        f"简称、区县、专班办公室按标题推断；层级按{'、'.join(levels)}两级。",
        f"{words.short_name}；{words.district}；{words.office}。",
    )
    return {
        "schema": PLAN_SCHEMA,
        "plan_id": plan_id,
        "title": title[:200],
        "version": f"{found.years[0]}.1",
        "issued": issued,
        "short_name": words.short_name,
        "district": words.district,
        "office": words.office,
        "levels": list(levels),
        "years": list(found.years),
        "domains": [],
        "task_forces": [],
        "agencies": [],
        "indicators": [],
        "goals": [],
        "milestones": [],
        "open_questions": [],
    }


def _add_domains_and_agencies(
    document: dict[str, Any],
    found: Indicators,
    prose: Sequence[Sentence],
    candidates: Sequence[Drafted],
) -> None:
    entries = [*document["indicators"], *document["goals"], *(one.entry for one in candidates)]
    domains = _domains([entry for entry in entries if entry["domain"] != OVERALL_DOMAIN] or entries)
    document["domains"] = domains[:_MOST_DOMAINS]
    document["task_forces"] = [*(entry["name"] for entry in document["domains"]), "重大项目"]
    named = [name for sentence in prose for name in sentence.place.agencies]
    document["agencies"] = _agencies(found, entries, named, document["levels"])


def _domains(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    leads: dict[str, str] = {}
    for entry in entries:
        leads.setdefault(entry["domain"], entry["lead_agency"])
    return [{"name": domain, "lead_agency": lead} for domain, lead in leads.items()]


def _agencies(
    found: Indicators,
    entries: Sequence[Mapping[str, Any]],
    named: Sequence[str],
    levels: Sequence[str],
) -> list[dict[str, Any]]:
    """List every agency that the documents name, in the order in which they do."""
    names = dict.fromkeys(entry["lead_agency"] for entry in entries)
    for row in found.rows:
        names |= dict.fromkeys([*row.leads, *row.responsible])
    names |= dict.fromkeys(named)
    return [
        {"name": name, "level": levels[1] if is_lower(name) else levels[0]}
        | ({"to_confirm": True} if name == UNKNOWN_AGENCY else {})
        for name in names
    ]
