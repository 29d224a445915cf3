"""How a plan document (the parsed JSON of a plan file) is converted to a ``Plan``.

The document's shape is ``schemas/plan.schema.json``; ``qiyx_xl.core.plan.checks`` checks whether it
makes sense. Numbers are ``int`` or ``Decimal``, never floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from qiyx_xl.core.plan.model import (
    Agency,
    Aggregation,
    Breakdown,
    Comparator,
    Direction,
    Domain,
    Frequency,
    Goal,
    GoalKind,
    Indicator,
    Milestone,
    OpenQuestion,
    Parts,
    Plan,
    SecondInput,
    StatusRule,
    Target,
    Task,
    Words,
)
from qiyx_xl.core.plan.words import LEVELS, office_of, words_of_title
from qiyx_xl.core.plan.workbook.breakdowns import in_order
from qiyx_xl.core.primitives.codec import date_of

MILESTONE_MEASURE = "节点"
"""The measure printed for an item without a number."""

_Document = Mapping[str, Any]


def plan_from_document(document: _Document) -> Plan:
    """Build the plan from a document that has been checked.

    Args:
        document: the content of a plan file, numbers as ``int`` or ``Decimal``.

    Raises:
        KeyError, TypeError, ValueError: the document was not checked first.
    """
    levels = tuple(document.get("levels", LEVELS))
    ids = {str(entry["number"]): _id(entry) for entry in document["indicators"]}
    return Plan(
        plan_id=document["plan_id"],
        title=document["title"],
        version=document["version"],
        issued=date.fromisoformat(document["issued"]),
        words=_words(document),
        levels=levels,
        years=tuple(document["years"]),
        domains=tuple(Domain(d["name"], d["lead_agency"]) for d in document["domains"]),
        task_forces=tuple(document["task_forces"]),
        agencies=tuple(_agency(entry, levels) for entry in document["agencies"]),
        indicators=tuple(_indicator(entry) for entry in document["indicators"]),
        goals=tuple(_goal(entry, ids, min(document["years"])) for entry in document["goals"]),
        milestones=tuple(_milestone(entry, ids) for entry in document["milestones"]),
        open_questions=tuple(_question(entry, ids) for entry in document["open_questions"]),
        tasks=tuple(task_from(entry) for entry in document.get("tasks", ())),
        breakdowns=tuple(
            _breakdown(entry, ids) for entry in in_order(document.get("breakdowns", ()), document)
        ),
    )


def _words(document: _Document) -> Words:
    if "short_name" in document and "district" in document:
        short_name, district = document["short_name"], document["district"]
    else:  # an older plan file
        guessed = words_of_title(document["title"])
        short_name = document.get("short_name", guessed.short_name)
        district = document.get("district", guessed.district)
    return Words(
        short_name=short_name,
        district=district,
        office=document.get("office", office_of(short_name, district)),
        number_prefix=document.get("number_prefix", ""),
        addressees=document.get("addressees", ""),
    )


def _agency(entry: _Document, levels: tuple[str, ...]) -> Agency:
    level = entry["level"]
    return Agency(
        entry["name"],
        level,
        is_street=len(levels) > 1 and level == levels[-1],
        to_confirm=entry.get("to_confirm", False),
        earlier_names=tuple(entry.get("earlier_names", ())),
        contact=entry.get("contact", ""),
    )


def _question(entry: _Document, ids: Mapping[str, str]) -> OpenQuestion:
    items = tuple(ids.get(code, code) for code in entry["items"])
    return OpenQuestion(entry["number"], entry["where"], entry["issue"], entry["default"], items)


def task_from(entry: _Document) -> Task:
    """Return the task of an entry of ``tasks``."""
    return Task(
        code=entry["code"],
        name=entry["name"],
        domain=entry["domain"],
        clause=entry["clause"],
        lead_agency=entry["lead_agency"],
        cooperating_agencies=tuple(entry.get("cooperating_agencies", ())),
        start=date_of(entry.get("start")),
        due=date.fromisoformat(entry["due"]),
        done_when=entry.get("done_when", ""),
        evidence=entry.get("evidence", ""),
    )


def _breakdown(entry: _Document, ids: Mapping[str, str]) -> Breakdown:
    item = ids.get(entry["item"], entry["item"])
    return Breakdown(item, entry["agency"], entry.get("year"), _target(entry["target"]))


def _target(entry: _Document) -> Target:
    return Target(
        printed=entry["printed"],
        comparator=Comparator(entry["comparator"]),
        value=_decimal(entry["value"]),
        to_confirm=entry.get("to_confirm", False),
    )


def _indicator(entry: _Document) -> Indicator:
    targets = {int(year): _target(target) for year, target in entry["targets"].items()}
    return Indicator(
        **_placed(entry, code=_id(entry)),
        **_measured(entry),
        number=entry["number"],
        targets=targets,
        due=date_of(entry.get("due")),
    )


def _goal(entry: _Document, ids: Mapping[str, str], first_year: int) -> Goal:
    repeats = entry.get("repeats")
    return Goal(
        **_placed(entry, code=entry["code"]),
        **_measured(entry),
        kind=GoalKind(entry["kind"]),
        first_year=first_year,
        target=_target(entry["target"]),
        deadline_year=entry["deadline_year"],
        deadline_inferred=entry["deadline_inferred"],
        annual_from=entry.get("annual_from"),
        repeats=None if repeats is None else ids.get(repeats, repeats),
    )


def _milestone(entry: _Document, ids: Mapping[str, str]) -> Milestone:
    return Milestone(
        **_placed(entry, code=entry["code"]),
        measure=MILESTONE_MEASURE,
        direction=Direction.MILESTONE,
        status_rule=StatusRule.MILESTONE,
        frequency=Frequency.MILESTONE,
        due=date.fromisoformat(entry["due"]),
        deadline_inferred=entry["deadline_inferred"],
        repeats=tuple(ids.get(code, code) for code in entry.get("repeats", ())),
    )


def _id(indicator: _Document) -> str:
    """Return an indicator's stable id; a document that states none means its number."""
    return str(indicator.get("id", indicator["number"]))


def _placed(entry: _Document, *, code: str) -> dict[str, Any]:
    """Return the fields every item has: its name, place in the document, and agencies."""
    return {
        "code": code,
        "name": entry["name"],
        "domain": entry["domain"],
        "clause": entry["clause"],
        "lead_agency": entry["lead_agency"],
        "responsible_agency": entry.get("responsible_agency"),
        "probable_responsible_agency": entry.get("probable_responsible_agency"),
        "evidence": entry.get("evidence", ""),
        "notes": tuple(entry.get("notes", ())),
    }


def _measured(entry: _Document) -> dict[str, Any]:
    """Return the fields every item with a number has."""
    second = entry.get("second_input")
    return {
        "measure": entry["measure"],
        "direction": Direction(entry["direction"]),
        "status_rule": StatusRule(entry["status_rule"]),
        "frequency": Frequency(entry["frequency"]),
        "decimals": entry["decimals"],
        "cumulative": entry["cumulative"],
        "baseline": _decimal(entry.get("baseline")),
        "baseline_date": date_of(entry.get("baseline_date")),
        "second_input": None if second is None else SecondInput(second),
        "aggregation": Aggregation(entry.get("aggregation", Aggregation.LEAD_AGENCY)),
        "parts": _parts(entry.get("parts")),
        "may_exceed_hundred": entry.get("may_exceed_hundred", False),
        "jumps": entry.get("jumps", False),
    }


def _parts(entry: _Document | None) -> Parts | None:
    return None if entry is None else Parts(**entry)


def _decimal(number: int | Decimal | None) -> Decimal | None:
    return None if number is None else Decimal(number)
