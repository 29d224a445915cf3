"""What the targets found in sentences are as goals of a plan: codes, rules, repeats, doubts."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.importing.drafted import UNKNOWN_AGENCY, Drafted
from qiyx_xl.core.plan.importing.numbers import decimal_places, json_number
from qiyx_xl.core.plan.importing.sentences.quantities import is_readable
from qiyx_xl.core.plan.importing.tables.values import BAD_WHEN_HIGH
from qiyx_xl.core.plan.model import (
    OVERALL_DOMAIN,
    Comparator,
    Direction,
    Frequency,
    GoalKind,
    SecondInput,
    StatusRule,
)
from qiyx_xl.core.plan.target_text import convert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qiyx_xl.core.plan.importing.sentences.goals import Found
    from qiyx_xl.core.plan.importing.sentences.outline import Place

MOST_GOALS = 500
_RULES = {
    GoalKind.FULL_COVERAGE: StatusRule.HOLD,
    GoalKind.ZERO_TARGET: StatusRule.ZERO,
    GoalKind.HOLD: StatusRule.HOLD,
    GoalKind.CEILING: StatusRule.CEILING,
}
_ABOUT_PEOPLE = {"lead_agency", "responsible_agency"}
_ALIKE = 0.7  # of the characters of the shorter name
_NOT_NAMES = str.maketrans("", "", '()（）“”"、的达到率数 ')
_SIGN_WORDS = {
    Comparator.AT_LEAST: "≥", Comparator.MORE_THAN: ">", Comparator.AT_MOST: "≤",
    Comparator.LESS_THAN: "<", Comparator.EXACTLY: "=",
}  # fmt: skip


def draft_goals(
    found: Iterable[Found],
    leads: Mapping[str, str],
    years: Sequence[int],
    indicators: Sequence[Drafted],
) -> tuple[Drafted, ...]:
    """Return the goals of a plan, in the document's order, at most as many as a plan may have."""
    numbers: Counter[tuple[int, int]] = Counter()
    drafted: list[Drafted] = []
    for one in found:
        key = (one.place.section_number, one.place.task)
        numbers[key] += 1
        if numbers[key] > 99 or len(drafted) >= MOST_GOALS:  # noqa: PLR2004 - two digits
            continue
        code = f"T{key[0]}-{key[1]}-{numbers[key]:02}"
        drafted.append(_goal(one, code, leads, years, indicators))
    _keep_best_repeats(drafted, indicators)
    return tuple(drafted)


def _goal(
    one: Found,
    code: str,
    leads: Mapping[str, str],
    years: Sequence[int],
    indicators: Sequence[Drafted],
) -> Drafted:
    domain = one.place.domain or OVERALL_DOMAIN
    direction = _direction(one)
    year = min(max(one.year or years[-1], years[0]), years[-1])
    entry: dict[str, Any] = {
        "code": code,
        "name": one.name[:200],
        "domain": domain[:40],
        "clause": one.place.clause,
        "lead_agency": leads.get(domain, UNKNOWN_AGENCY),
        "responsible_agency": responsible_of(one.place, leads.get(domain)),
        "measure": one.measure[:20],
        "direction": direction.value,
        "status_rule": _rule(one, direction).value,
        "frequency": _frequency(one.kind).value,
        "decimals": 0 if one.value is None else decimal_places(one.value),
        "cumulative": one.cumulative,
        "baseline": None,
        "kind": one.kind.value,
        "target": _target(one),
        "deadline_year": year,
        "deadline_inferred": one.year is None,
    }
    if one.kind is GoalKind.RELATIVE:
        entry["second_input"] = SecondInput.REFERENCE.value
    if one.annual or one.kind is GoalKind.ANNUAL:
        entry["annual_from"] = years[0] if one.year is None else year
    doubts = dict(one.doubts)
    if len(one.place.agencies) > 1:
        doubts["responsible_agency"] = f"原文写了几个单位：{'、'.join(one.place.agencies)}"[:200]
    _add_repeat(entry, one, indicators, doubts)
    _doubt_more(entry, one, years, doubts)
    if doubts.keys() - _ABOUT_PEOPLE:
        entry["target"]["to_confirm"] = True
    return Drafted(entry, f"{one.place.cited}：{one.quote}", doubts)


def responsible_of(place: Place, lead: str | None) -> str | None:
    """Return the first agency that the task's paragraph names, if it is not the domain's lead."""
    first = place.agencies[0] if place.agencies else None
    return None if first == lead else first


def _direction(one: Found) -> Direction:
    if one.kind is GoalKind.ZERO_TARGET or one.comparator in (
        Comparator.AT_MOST,
        Comparator.LESS_THAN,
    ):
        return Direction.LOWER_IS_BETTER
    return Direction.EXACT if one.comparator is Comparator.EXACTLY else Direction.HIGHER_IS_BETTER


def _rule(one: Found, direction: Direction) -> StatusRule:
    if direction is Direction.EXACT:
        return StatusRule.EXACT
    return _RULES.get(one.kind, StatusRule.RATIO)


def _frequency(kind: GoalKind) -> Frequency:
    return Frequency.YEARLY if kind is GoalKind.RELATIVE else Frequency.QUARTERLY


def _target(one: Found) -> dict[str, Any]:
    """Return the target as printed; spelled plainly where what is printed is read otherwise."""
    value, printed = one.value, one.printed
    if value is not None and not is_readable(printed, one.measure, value):
        printed = f"{_SIGN_WORDS[one.comparator]}{value:f}"
    return {
        "printed": printed[:100],
        "comparator": one.comparator.value,
        "value": None if value is None else json_number(value),
    }


def _doubt_more(
    entry: Mapping[str, Any], one: Found, years: Sequence[int], doubts: dict[str, str]
) -> None:
    if one.year is not None and not years[0] <= one.year <= years[-1]:
        doubts["deadline_year"] = f"原文写的是{one.year}年，不在规划期内"
    if entry["lead_agency"] == UNKNOWN_AGENCY:
        doubts["lead_agency"] = "没有找到牵头单位"
    is_bad = any(word in one.name for word in BAD_WHEN_HIGH)
    if is_bad and entry["direction"] == Direction.HIGHER_IS_BETTER.value:
        doubts["direction"] = "名称像是越低越好，请核对方向"
    if one.measure == "%" and one.value is not None and one.value > Decimal(100):
        doubts["target"] = "百分比的目标超过100"


# --- a goal that repeats an indicator -------------------------------------------------------------


def _add_repeat(
    entry: dict[str, Any], one: Found, indicators: Sequence[Drafted], doubts: dict[str, str]
) -> None:
    """Note which indicator of the table a goal repeats: alike in name, equal in value."""
    best, most = None, _ALIKE
    for indicator in indicators:
        other = indicator.entry
        targets = other["targets"]
        if other["domain"] != entry["domain"] or not targets or one.value is None:
            continue
        last = targets[max(targets)]["value"]
        value = convert(one.value, one.measure, other["measure"])
        if last is None or value is None or value != Decimal(str(last)):
            continue
        alike = likeness(one.name, other["name"])
        if alike >= most:
            best, most = other, alike
    if best is not None:
        entry["repeats"] = str(best["number"])
        if most < 1:
            doubts["repeats"] = f"像是与指标{best['number']}“{best['name']}”重复"


def _keep_best_repeats(drafted: Sequence[Drafted], indicators: Sequence[Drafted]) -> None:
    """Let each indicator be repeated by the one goal that is most alike in name."""
    names = {str(one.entry["number"]): one.entry["name"] for one in indicators}
    for number, name in names.items():
        same = [one for one in drafted if one.entry.get("repeats") == number]
        same.sort(key=lambda one: likeness(one.entry["name"], name), reverse=True)
        for one in same[1:]:
            del one.entry["repeats"]
            one.doubts.pop("repeats", None)
            if not one.doubts.keys() - _ABOUT_PEOPLE:
                one.entry["target"].pop("to_confirm", None)


def likeness(one: str, other: str) -> float:
    """Return which share of the characters of the shorter name the longer one has, too."""
    left, right = (Counter(text.translate(_NOT_NAMES)) for text in (one, other))
    shorter = min(left.total(), right.total())
    return (left & right).total() / shorter if shorter else 0.0
