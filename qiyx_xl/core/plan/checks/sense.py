"""Does a plan document make sense? Findings about years, numbers, names, agencies and targets.

Every check accepts a document of any shape and yields all its findings. A part of the wrong type is
skipped here: the check against ``schemas/plan.schema.json`` reports it.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.checks.targets import check_repeats, check_targets
from qiyx_xl.core.plan.checks.tasks import check_breakdowns, check_tasks
from qiyx_xl.core.plan.lenient import PlanPart, draft, plan_years, shown
from qiyx_xl.core.plan.model import (
    OVERALL_DOMAIN,
    Aggregation,
    SecondInput,
    StatusRule,
)
from qiyx_xl.core.plan.words import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from qiyx_xl.core.findings.model import Finding

PLAN_CHECK_SCHEMA = "plan-check/1"

_LISTINGS = ("indicators", "goals", "milestones")
_DATE_KEYS = ("issued", "due", "baseline_date", "start")
_LAST_NUMBER = 999  # the schema's bound
_CHINESE_DIGITS = "一二三四五六七八九十"


def check_sense(document: object) -> tuple[Finding, ...]:
    """Find what does not make sense in a plan document of any shape; never raises.

    Args:
        document: parsed JSON, numbers as ``int`` or ``Decimal``.
    """
    root = draft(document)
    return tuple(finding for check in _CHECKS for finding in check(root))


def could_not_run(findings: Sequence[Finding]) -> Finding | None:
    """Return the finding that the file could not be opened, if there is one."""
    unopened = (
        kinds.NOT_FOUND.code,
        kinds.NOT_READABLE.code,
        kinds.WORKBOOK_UNREADABLE.code,
    )
    return next((finding for finding in findings if finding.code in unopened), None)


def check_document(path: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the output of ``plan check --format json`` (schemas/plan-check.schema.json)."""
    return {
        "schema": PLAN_CHECK_SCHEMA,
        "path": path,
        "summary": {
            "errors": sum(finding.severity == "error" for finding in findings),
            "warnings": sum(finding.severity == "warning" for finding in findings),
        },
        "findings": [
            {
                "code": finding.code,
                "severity": str(finding.severity),
                "place": finding.place or finding.header,
                "value": finding.value,
                "message": finding.message,
                "suggestion": finding.suggestion,
            }
            for finding in findings
        ],
    }


def item_code(item: PlanPart) -> str | None:
    """Return an item's code as forms and commands use it: ``9``, ``T3-3-01``, ``M07``."""
    number = item.integer("number")
    return item.text("code") if number is None else str(number)


def all_items(root: PlanPart) -> Iterator[PlanPart]:
    """Yield every indicator, goal and milestone."""
    for listing in _LISTINGS:
        yield from root.parts(listing)


def all_placed(root: PlanPart) -> Iterator[PlanPart]:
    """Yield every item and every task: what has a code, an agency and a place in the document."""
    yield from all_items(root)
    yield from root.parts("tasks")


def _check_years(root: PlanPart) -> Iterator[Finding]:
    years = root.content.get("years")
    listed = years if isinstance(years, list) else []
    if not all(isinstance(year, int) and not isinstance(year, bool) for year in listed):
        return
    if any(later != earlier + 1 for earlier, later in pairwise(listed)):
        value = "、".join(shown(year) for year in listed[:20])
        yield kinds.YEARS_BROKEN.at(header=root.place("years"), value=value)


def _check_deadlines(root: PlanPart) -> Iterator[Finding]:
    years = plan_years(root)
    if not years:
        return
    for item in all_placed(root):
        for key in ("deadline_year", "annual_from", "due"):
            year = _year_of(item, key)
            if year is not None and not years[0] <= year <= years[-1]:
                yield kinds.DEADLINE_OUTSIDE.at(
                    header=item.place(key), value=str(year), first=years[0], last=years[-1]
                )


def _year_of(item: PlanPart, key: str) -> int | None:
    if key == "due":
        day = _read_date(item.text(key))
        return None if day is None else day.year
    return item.integer(key)


def _check_dates(root: PlanPart) -> Iterator[Finding]:
    for part in (root, *all_placed(root)):
        for key in _DATE_KEYS:
            text = part.text(key)
            if text is not None and _read_date(text) is None:
                yield kinds.BAD_DATE.at(header=part.place(key), value=shown(text))
        if part.text("baseline_date") is not None and part.number("baseline") is None:
            yield kinds.BASELINE_UNDATED.at(header=part.place("baseline_date"))


def _check_parts(root: PlanPart) -> Iterator[Finding]:
    for part in all_items(root):
        adds_ratios = part.text("aggregation") == Aggregation.RATIO_OF_SUMS
        has_whole = part.text("second_input") == SecondInput.COVERAGE_BASE
        has_parts = "parts" in part.content
        if adds_ratios and not has_parts and not has_whole:
            yield kinds.PARTS_MISSING.at(header=part.place("aggregation"))
        elif has_parts and not adds_ratios:
            yield kinds.PARTS_UNUSED.at(
                header=part.place("parts"), value=shown(part.content.get("aggregation"))
            )


def _read_date(text: str | None) -> date | None:
    # fromisoformat also accepts 20251231 and 2025-W01; a plan file uses one date format only.
    if text is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _check_codes(root: PlanPart) -> Iterator[Finding]:
    seen: set[str] = set()
    for item in all_placed(root):
        code = item_code(item)
        if code is None:
            continue
        if code in seen:
            key = "code" if item.integer("number") is None else "number"
            yield kinds.CODE_TWICE.at(header=item.place(key), value=shown(code))
        seen.add(code)


def _check_numbers_are_whole(root: PlanPart) -> Iterator[Finding]:
    """Find gaps and repetitions in the numbers 1..n of indicators and open questions."""
    for listing in ("indicators", "open_questions"):
        numbers = [part.integer("number") for part in root.parts(listing)]
        known = {number for number in numbers if number is not None and 0 < number <= _LAST_NUMBER}
        last = max(known, default=0)
        for missing in sorted(set(range(1, last + 1)) - known):
            yield kinds.NUMBER_MISSING.at(header=root.place(listing), value=str(missing), last=last)
    seen: set[int] = set()
    for question in root.parts("open_questions"):
        number = question.integer("number")
        if number is not None and number in seen:
            yield kinds.CODE_TWICE.at(header=question.place("number"), value=shown(number))
        seen |= set() if number is None else {number}


def _check_names(root: PlanPart) -> Iterator[Finding]:
    """Find names that occur twice where neither item is recorded as repeating the other."""
    seen: dict[str, PlanPart] = {}
    for item in all_items(root):
        name = item.text("name")
        if name is None:
            continue
        other = seen.setdefault(name, item)
        if other is not item and item_code(other) not in item.texts("repeats"):
            yield kinds.NAME_TWICE.at(header=item.place(), value=shown(name), other=other.place())


def _check_lists(root: PlanPart) -> Iterator[Finding]:
    """Find agencies, domains and task forces that are listed twice."""
    for listing in ("agencies", "domains"):
        named = [(part.place(), part.text("name")) for part in root.parts(listing)]
        yield from _twice(named)
    forces = root.texts("task_forces")
    yield from _twice([(root.place("task_forces", i), name) for i, name in enumerate(forces)])


def _twice(named: Sequence[tuple[str, str | None]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for where, name in named:
        if name is not None and name in seen:
            yield kinds.LISTED_TWICE.at(header=where, value=shown(name))
        seen |= set() if name is None else {name}


def _check_agencies(root: PlanPart) -> Iterator[Finding]:
    known = {part.text("name") for part in root.parts("agencies")}
    for part in (*root.parts("domains"), *all_placed(root)):
        for key in ("lead_agency", "responsible_agency", "probable_responsible_agency"):
            name = part.text(key)
            if name is not None and name not in known:
                yield kinds.UNKNOWN_AGENCY.at(
                    header=part.place(key), value=shown(name), suggestion=_closest(name, known)
                )


def _check_ids(root: PlanPart) -> Iterator[Finding]:
    """Find stable ids that two items have; an item that states none has its printed code."""
    owners: dict[str, PlanPart] = {}
    for item in all_items(root):
        stated = item.text("id")
        own = stated or item_code(item)
        if own is None:
            continue
        other = owners.setdefault(own, item)
        if other is not item and item_code(other) != item_code(item):
            part = item if stated is not None else other
            yield kinds.ID_TWICE.at(
                header=part.place("id"),
                value=shown(own),
                other=(other if part is item else item).place(),
            )


def _check_levels(root: PlanPart) -> Iterator[Finding]:
    levels = root.texts("levels") if "levels" in root.content else LEVELS
    for agency in root.parts("agencies"):
        level = agency.text("level")
        if level is not None and level not in levels:
            yield kinds.UNKNOWN_LEVEL.at(
                header=agency.place("level"), value=shown(level), choices="、".join(levels)
            )


def _check_earlier_names(root: PlanPart) -> Iterator[Finding]:
    """Find earlier names that are another agency's, now or earlier, or several in one text."""
    agencies = list(root.parts("agencies"))
    owners = {name: part for part in agencies if (name := part.text("name")) is not None}
    for agency in agencies:
        for name in agency.texts("earlier_names"):
            if re.search("[、；;]", re.sub("（[^）]*）", "", name)):
                yield kinds.SEVERAL_NAMES.at(
                    header=agency.place("earlier_names"), value=shown(name)
                )
            other = owners.setdefault(name, agency)
            if other is not agency:
                yield kinds.EARLIER_NAME_TAKEN.at(
                    header=agency.place("earlier_names"), value=shown(name), other=other.place()
                )


def _check_domains(root: PlanPart) -> Iterator[Finding]:
    leads = {part.text("name"): part.text("lead_agency") for part in root.parts("domains")}
    agencies = {part.text("name") for part in root.parts("agencies")}
    for item in all_placed(root):
        domain, lead = item.text("domain"), item.text("lead_agency")
        if domain is None or domain == OVERALL_DOMAIN:
            continue
        if domain not in leads:
            yield kinds.UNKNOWN_DOMAIN.at(
                header=item.place("domain"), value=shown(domain), suggestion=_closest(domain, leads)
            )
        elif lead in agencies and leads[domain] in agencies and lead != leads[domain]:
            yield kinds.LEAD_DIFFERS.at(
                header=item.place("lead_agency"),
                value=shown(lead),
                domain=shown(domain),
                lead=shown(leads[domain]),
            )


def _closest(name: str, known: Collection[str | None] | Mapping[str | None, object]) -> str | None:
    """Return the only known name that contains the name or is contained in it; else None."""
    near = [other for other in known if other and (other in name or name in other)]
    return near[0] if len(near) == 1 else None


def _check_due(root: PlanPart) -> Iterator[Finding]:
    for indicator in root.parts("indicators"):
        rule = indicator.text("status_rule")
        if rule == StatusRule.MILESTONE and indicator.text("due") is None:
            yield kinds.DUE_MISSING.at(header=indicator.place("due"))


def _check_mentions(root: PlanPart) -> Iterator[Finding]:
    """Find item codes in open questions and milestones that no item has."""
    known = {item_code(item) for item in all_items(root)}
    for key, listing in (("items", "open_questions"), ("repeats", "milestones")):
        for part in root.parts(listing):
            for code in part.texts(key):
                if code not in known:
                    yield kinds.UNKNOWN_ITEM.at(header=part.place(key), value=shown(code))


def _check_clauses(root: PlanPart) -> Iterator[Finding]:
    """Compare clauses with codes: item 9 is at 表-9, T3-4-01 at 二(三)-4."""
    for item in all_items(root):
        clause, expected = item.text("clause"), _expected_clause(item)
        if clause is not None and expected is not None and clause != expected:
            yield kinds.CLAUSE_MISFIT.at(
                header=item.place("clause"),
                value=shown(clause),
                code=shown(item_code(item)),
                suggestion=expected,
            )


def _expected_clause(item: PlanPart) -> str | None:
    number = item.integer("number")
    if number is not None:
        return f"表-{number}"
    found = re.fullmatch(r"T(10|[1-9])-([0-9]{1,2})-[0-9]{2}", item.text("code") or "")
    return None if found is None else f"二({_CHINESE_DIGITS[int(found[1]) - 1]})-{found[2]}"


_CHECKS: tuple[Callable[[PlanPart], Iterator[Finding]], ...] = (
    _check_years,
    _check_dates,
    _check_deadlines,
    _check_codes,
    _check_ids,
    _check_numbers_are_whole,
    _check_names,
    _check_lists,
    _check_agencies,
    _check_levels,
    _check_earlier_names,
    _check_domains,
    _check_due,
    _check_parts,
    _check_clauses,
    _check_mentions,
    check_targets,
    check_repeats,
    check_tasks,
    check_breakdowns,
)
