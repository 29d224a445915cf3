"""Does a plan document make sense? Findings about targets, years, numbers, names and agencies.

Every check accepts a document of any shape and yields all its findings. A part of the wrong type is
skipped here: the check against ``schemas/plan.schema.json`` reports it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.lenient import PlanPart, draft, plan_years, shown
from qiyx_xl.core.plan.model import (
    OVERALL_DOMAIN,
    Aggregation,
    Comparator,
    Direction,
    GoalKind,
    SecondInput,
    StatusRule,
)
from qiyx_xl.core.plan.target_text import Printed, convert, parse_printed
from qiyx_xl.core.plan.words import LEVELS
from qiyx_xl.core.primitives.values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from qiyx_xl.core.findings.model import Finding

# --- Judge whether a plan's targets make sense --------------------------------------------------
# Compares the printed target with its parsed form, each year with the years before it, and the
# table with the text.

RULES_OF_KIND: Mapping[GoalKind, tuple[StatusRule, ...]] = {
    GoalKind.TARGET: (StatusRule.RATIO, StatusRule.STEP),
    GoalKind.FULL_COVERAGE: (StatusRule.HOLD,),
    GoalKind.ZERO_TARGET: (StatusRule.ZERO,),
    GoalKind.HOLD: (StatusRule.HOLD,),
    GoalKind.CEILING: (StatusRule.CEILING,),
    GoalKind.STANDARD: (StatusRule.RATIO, StatusRule.EXACT),
    GoalKind.ANNUAL: (StatusRule.RATIO,),
    GoalKind.RELATIVE: (StatusRule.RATIO,),
}
"""Which lamp rules a goal of each kind may have (docs/rating.md, section 6)."""

_DIRECTION_OF_RULE: Mapping[StatusRule, Direction] = {
    StatusRule.CEILING: Direction.LOWER_IS_BETTER,
    StatusRule.ZERO: Direction.LOWER_IS_BETTER,
    StatusRule.EXACT: Direction.EXACT,
    StatusRule.MILESTONE: Direction.MILESTONE,
}

_COMPARATORS_OF_DIRECTION: Mapping[Direction, tuple[Comparator, ...]] = {
    Direction.HIGHER_IS_BETTER: (Comparator.AT_LEAST, Comparator.MORE_THAN, Comparator.TEXT),
    Direction.LOWER_IS_BETTER: (
        Comparator.AT_MOST, Comparator.LESS_THAN, Comparator.EXACTLY, Comparator.TEXT,
    ),
    Direction.EXACT: (Comparator.EXACTLY,),
    Direction.MILESTONE: (Comparator.AT_LEAST, Comparator.TEXT),
}  # fmt: skip

_HUNDRED = Decimal(100)

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class _Targeted:
    """A target with the relevant fields of its item; None for a field that cannot be read."""

    item: PlanPart
    part: PlanPart
    direction: Direction | None
    kind: GoalKind | None
    measure: str | None
    comparator: Comparator | None
    printed: str | None
    value: Decimal | None

    @classmethod
    def of(cls, item: PlanPart, part: PlanPart) -> _Targeted:
        return cls(
            item=item,
            part=part,
            direction=_word(Direction, item.text("direction")),
            kind=_word(GoalKind, item.text("kind")),
            measure=item.text("measure"),
            comparator=_word(Comparator, part.text("comparator")),
            printed=part.text("printed"),
            value=part.number("value"),
        )

    @property
    def is_word(self) -> bool:
        """Whether the target is a word: its value is explicitly null."""
        return "value" in self.part.content and self.part.content["value"] is None

    @property
    def spelled(self) -> str:
        """The target as parsed, for a message: ≥32."""
        if self.value is None:
            return "文字"
        return f"{'' if self.comparator is None else self.comparator.sign}{plain(self.value)}"


def check_targets(root: PlanPart) -> Iterator[Finding]:
    """Check each target by itself, and each indicator's targets across the years."""
    years = plan_years(root)
    for indicator in root.parts("indicators"):
        targets = _targets_by_year(indicator)
        yield from _check_years_of(indicator, targets, years)
        for target in targets.values():
            yield from _check_target(target)
        yield from _check_order(targets)
        yield from _check_rule(indicator)
        if any(target.is_word for target in targets.values()):
            yield from _check_word_target(indicator)
    for goal in root.parts("goals"):
        part = goal.part("target")
        if part is not None:
            yield from _check_target(_Targeted.of(goal, part))
        yield from _check_rule(goal)
        if goal.text("kind") == GoalKind.RELATIVE:
            yield from _asks_for(goal, SecondInput.REFERENCE, "目标是另一个数")


def check_repeats(root: PlanPart) -> Iterator[Finding]:
    """Compare a goal that repeats an indicator with that indicator: the text with the table.

    Where only the comparators differ and an open question names both items, a person has already
    decided which one counts, so there is no finding. Numbers that differ are always found.
    """
    indicators = {indicator.integer("number"): indicator for indicator in root.parts("indicators")}
    settled = [frozenset(question.texts("items")) for question in root.parts("open_questions")]
    for goal in root.parts("goals"):
        repeats = goal.text("repeats")
        if repeats is None:
            continue
        number = int(repeats) if re.fullmatch(r"[1-9][0-9]{0,2}", repeats) else None
        indicator = None if number is None else indicators.get(number)
        if indicator is None:
            yield kinds.REPEATS_NOTHING.at(header=goal.place("repeats"), value=shown(repeats))
            continue
        known = any({repeats, goal.text("code")} <= items for items in settled)
        yield from _check_repeated(goal, indicator, repeats, sign_is_settled=known)


def _check_repeated(
    goal: PlanPart, indicator: PlanPart, repeats: str, *, sign_is_settled: bool
) -> Iterator[Finding]:
    year = goal.integer("deadline_year")
    part = goal.part("target")
    table = None if year is None else _targets_by_year(indicator).get(year)
    if part is None or table is None:
        return
    text = _Targeted.of(goal, part)
    if text.value is None or table.value is None or text.measure is None or table.measure is None:
        return
    converted = convert(text.value, text.measure, table.measure)
    if converted is None:
        yield kinds.MEASURES_DIFFER.at(
            header=goal.place("measure"),
            value=shown(text.measure),
            indicator=repeats,
            measure=shown(table.measure),
        )
        return
    same = converted == table.value and text.direction is table.direction
    if same and (text.comparator is table.comparator or sign_is_settled):
        return
    kind = kinds.TABLE_AND_TEXT_SIGN if same else kinds.TABLE_AND_TEXT
    yield kind.at(
        header=goal.place("target"),
        value=f"{text.spelled}{shown(text.measure)}",
        indicator=repeats,
        year=year,
        recorded=f"{table.spelled}{shown(table.measure)}",
    )


def _targets_by_year(indicator: PlanPart) -> dict[int, _Targeted]:
    """Return an indicator's readable targets in the order of the years."""
    targets = indicator.part("targets")
    if targets is None:
        return {}
    keys = [key for key in targets.content if re.fullmatch(r"[0-9]{4}", key)]
    parts = {int(key): targets.part(key) for key in sorted(keys)}
    return {y: _Targeted.of(indicator, part) for y, part in parts.items() if part is not None}


def _check_years_of(
    indicator: PlanPart, targets: Mapping[int, _Targeted], years: tuple[int, ...]
) -> Iterator[Finding]:
    if not years or indicator.part("targets") is None:
        return
    for year in targets:
        if not years[0] <= year <= years[-1]:
            yield kinds.YEAR_OUTSIDE.at(
                header=indicator.place("targets", str(year)),
                value=str(year),
                first=years[0],
                last=years[-1],
            )
    for year in years:
        if year not in targets:
            yield kinds.YEAR_MISSING.at(header=indicator.place("targets"), value=str(year))


def _check_target(target: _Targeted) -> Iterator[Finding]:
    """Check one target: printed against parsed, comparator against direction, size."""
    if target.printed is None or target.measure is None or target.direction is None:
        return
    yield from _check_size(target)
    allowed = _COMPARATORS_OF_DIRECTION[target.direction]
    if target.comparator is not None and target.comparator not in allowed:
        yield kinds.COMPARATOR_MISFIT.at(
            header=target.part.place("comparator"),
            value=target.comparator.sign or target.comparator.value,
            direction=target.direction.label,
        )
    if target.is_word and _may_be_free_text(target):
        return
    printed = parse_printed(target.printed, target.measure)
    if printed is None:
        yield kinds.TARGET_UNREADABLE.at(
            header=target.part.place("printed"), value=shown(target.printed)
        )
    elif not printed.measure_fits:
        yield kinds.PRINTED_MEASURE.at(
            header=target.part.place("printed"),
            value=shown(target.printed),
            measure=shown(target.measure),
        )
    elif _readable(target) and not _agrees(target, printed):
        suggestion = _format_printed(printed, target.direction)
        yield kinds.PRINTED_DISAGREES.at(
            header=target.part.place(),
            value=shown(target.printed),
            suggestion=suggestion,
            recorded=target.spelled,
        )


def _readable(target: _Targeted) -> bool:
    """Whether the recorded target can be read; if not, the check of the shape reports it."""
    return target.comparator is not None and (target.is_word or target.value is not None)


def _may_be_free_text(target: _Targeted) -> bool:
    """Whether the target may lack a number: a milestone's text, or another figure's name."""
    return target.direction is Direction.MILESTONE or target.kind is GoalKind.RELATIVE


def _agrees(target: _Targeted, printed: Printed) -> bool:
    if target.direction is None:
        return True
    understood = printed.understood(target.direction)
    if target.direction is Direction.LOWER_IS_BETTER and printed.value == 0:
        return target.value == 0
    return (target.value, target.comparator) == (printed.value, understood)


def _format_printed(printed: Printed, direction: Direction) -> str:
    if printed.value is None:
        return "文字（数值填 null，比较符填 text）"
    return f"{printed.understood(direction).sign}{plain(printed.value)}"


def _check_size(target: _Targeted) -> Iterator[Finding]:
    if target.value is None:
        return
    header, value = target.part.place("value"), plain(target.value)
    if target.value < 0:
        yield kinds.NEGATIVE_TARGET.at(header=header, value=value)
    may_exceed = target.item.flag("may_exceed_hundred")
    if target.measure == "%" and target.value > _HUNDRED and not may_exceed:
        yield kinds.OVER_HUNDRED.at(header=header, value=value)


def _check_order(targets: Mapping[int, _Targeted]) -> Iterator[Finding]:
    """Find targets that are worse than the previous year's with a number."""
    before: tuple[int, Decimal] | None = None
    for year, target in targets.items():
        if target.value is None or target.direction is None:
            continue
        if before is not None and _is_worse(target.value, before[1], target.direction):
            cumulative = target.item.flag("cumulative")
            kind = kinds.CUMULATIVE_FALLS if cumulative else kinds.STEP_BACKWARDS
            yield kind.at(
                header=target.item.place("targets", str(year)),
                value=plain(target.value),
                year=before[0],
                before=plain(before[1]),
                direction=target.direction.label,
            )
        before = (year, target.value)


def _is_worse(value: Decimal, before: Decimal, direction: Direction) -> bool:
    match direction:
        case Direction.HIGHER_IS_BETTER | Direction.MILESTONE:
            return value < before
        case Direction.LOWER_IS_BETTER:
            return value > before
        case Direction.EXACT:
            return False


def _check_rule(item: PlanPart) -> Iterator[Finding]:
    """Compare the lamp rule with the direction, and with a goal's kind."""
    direction = _word(Direction, item.text("direction"))
    rule = _word(StatusRule, item.text("status_rule"))
    kind = _word(GoalKind, item.text("kind"))
    if direction is None or rule is None:
        return
    header = item.place("status_rule")
    wanted = _DIRECTION_OF_RULE.get(rule)
    special = next((r for r, d in _DIRECTION_OF_RULE.items() if d is direction), None)
    if wanted is not None and wanted is not direction:
        yield kinds.RULE_MISFIT.at(
            header=header,
            value=rule.value,
            reason=f"方向是{direction.label}",
            suggestion=f"别的判灯规则，或把方向改成{wanted.label}",
        )
    elif direction in (Direction.EXACT, Direction.MILESTONE) and rule is not special:
        yield kinds.RULE_MISFIT.at(
            header=header,
            value=rule.value,
            reason=f"方向是{direction.label}",
            suggestion="" if special is None else special.value,
        )
    elif kind is not None and rule not in RULES_OF_KIND[kind]:
        yield kinds.RULE_MISFIT.at(
            header=header,
            value=rule.value,
            reason=f"类型是 {kind.value}",
            suggestion=" 或 ".join(rule.value for rule in RULES_OF_KIND[kind]),
        )


def _check_word_target(indicator: PlanPart) -> Iterator[Finding]:
    """Require `hold` and a denominator where the target is a word such as 全覆盖."""
    direction, rule = indicator.text("direction"), indicator.text("status_rule")
    if direction == Direction.MILESTONE:
        return
    if rule == StatusRule.HOLD:
        yield from _asks_for(indicator, SecondInput.COVERAGE_BASE, "目标是文字，要有分母才能判断")
    elif _word(StatusRule, rule) is not None:
        yield kinds.RULE_MISFIT.at(
            header=indicator.place("status_rule"),
            value=shown(rule),
            reason="目标是文字",
            suggestion=StatusRule.HOLD.value,
        )


def _asks_for(item: PlanPart, wanted: SecondInput, reason: str) -> Iterator[Finding]:
    """Require the second figure that the figure is compared with."""
    if item.text("second_input") != wanted:
        yield kinds.SECOND_INPUT_MISFIT.at(
            header=item.place("second_input"),
            value=shown(item.content.get("second_input")),
            reason=reason,
            suggestion=f"{wanted.label}（{wanted.value}）",
        )


def _word(words: type[_Word], text: str | None) -> _Word | None:
    """Return the member with this value, or None."""
    return next((word for word in words if word.value == text), None)


# --- Does a plan document make sense? Findings about years, numbers, names, agencies, deadlines ---

PLAN_CHECK_SCHEMA = "plan-check/1"

_LISTINGS = ("indicators", "goals", "milestones")
_DATE_KEYS = ("issued", "due", "baseline_date")
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
    unopened = (kinds.NOT_FOUND.code, kinds.NOT_READABLE.code)
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
                "place": finding.header,
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
    for item in all_items(root):
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
    for part in (root, *all_items(root)):
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
    for item in all_items(root):
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
    for part in (*root.parts("domains"), *all_items(root)):
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
    """Find earlier names that are another agency's name, now or earlier."""
    agencies = list(root.parts("agencies"))
    owners = {name: part for part in agencies if (name := part.text("name")) is not None}
    for agency in agencies:
        for name in agency.texts("earlier_names"):
            other = owners.setdefault(name, agency)
            if other is not agency:
                yield kinds.EARLIER_NAME_TAKEN.at(
                    header=agency.place("earlier_names"), value=shown(name), other=other.place()
                )


def _check_domains(root: PlanPart) -> Iterator[Finding]:
    leads = {part.text("name"): part.text("lead_agency") for part in root.parts("domains")}
    agencies = {part.text("name") for part in root.parts("agencies")}
    for item in all_items(root):
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
)
