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
from qiyx_xl.core.plan.importing.tables import read_indicators, refusal
from qiyx_xl.core.plan.written import PLAN_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.plan.importing.source import SourceText
    from qiyx_xl.core.plan.importing.tables import Indicators


def draft_plan(sources: Sequence[SourceText], *, plan_id: str) -> DraftPlan:
    """Draft a plan from one or more documents.

    Args:
        sources: what the documents say; the first with a title gives the plan its own.
        plan_id: the identifier of the new plan: lower-case letters, digits, hyphens.

    Raises:
        PlanImportError: no document has a table of indicators.
    """
    found = read_indicators(sources)
    if not found.rows:
        raise refusal(sources)
    noted = Noted()
    paragraphs = [text for source in sources for text in source.paragraphs]
    joint = leads_of(paragraphs, dict.fromkeys(row.domain for row in found.rows if row.domain))
    leads = {domain: names[0] for domain, names in joint.items()}
    for domain, names in joint.items():
        if len(names) > 1:
            noted.ask(
                domain, f"写了几个牵头单位：{'、'.join(names)}。", f"暂由{names[0]}牵头；请核对。"
            )
    indicators = draft_indicators(found, leads, noted)
    document = _document(sources, paragraphs, plan_id, found, indicators, noted)
    document["open_questions"] = noted.as_entries()
    return DraftPlan(document, tuple(noted.questions), {"indicators": indicators})


def _document(
    sources: Sequence[SourceText],
    paragraphs: Sequence[str],
    plan_id: str,
    found: Indicators,
    indicators: Sequence[Drafted],
    noted: Noted,
) -> dict[str, Any]:
    title = title_of(paragraphs, sources[0].name)
    issued = issued_on(paragraphs) or f"{found.years[0]}-01-01"
    noted.ask("文首", "印发日期按文中第一个日期读出，没有日期的写首年1月1日。", f"{issued}。")
    noted.ask("正文", "任务目标和里程碑散在正文里，没有导入。", "两张表为空，请人工补录。")
    words = words_of(title, paragraphs)
    levels = levels_of(words.district, paragraphs)
    noted.ask(
        "标题",
        f"简称、区县、专班办公室按标题推断；层级按{'、'.join(levels)}两级。",
        f"{words.short_name}；{words.district}；{words.office}。",
    )
    entries = [one.entry for one in indicators]
    domains = _domains(entries)
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
        "domains": domains,
        "task_forces": [*(entry["name"] for entry in domains), "重大项目"],
        "agencies": _agencies(found, entries, levels),
        "indicators": entries,
        "goals": [],
        "milestones": [],
        "open_questions": [],
    }


def _domains(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    leads: dict[str, str] = {}
    for entry in entries:
        leads.setdefault(entry["domain"], entry["lead_agency"])
    return [{"name": domain, "lead_agency": lead} for domain, lead in leads.items()]


def _agencies(
    found: Indicators, entries: Sequence[Mapping[str, Any]], levels: tuple[str, str]
) -> list[dict[str, Any]]:
    """List every agency that the documents name, in the order in which they do."""
    names = dict.fromkeys(entry["lead_agency"] for entry in entries)
    for row in found.rows:
        names |= dict.fromkeys([*row.leads, *row.responsible])
    return [
        {"name": name, "level": levels[1] if is_lower(name) else levels[0]}
        | ({"to_confirm": True} if name == UNKNOWN_AGENCY else {})
        for name in names
    ]
