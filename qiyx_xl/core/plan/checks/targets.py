"""The findings of a plan document's targets.

Compares the printed target with its parsed form, each year with the years before it, and the table
with the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.lenient import PlanPart, plan_years, shown
from qiyx_xl.core.plan.model import (
    Comparator,
    Direction,
    GoalKind,
    SecondInput,
    StatusRule,
)
from qiyx_xl.core.plan.target_text import Printed, convert, parse_printed
from qiyx_xl.core.primitives.values import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qiyx_xl.core.findings.model import Finding

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
class Targeted:
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
    def of(cls, item: PlanPart, part: PlanPart) -> Targeted:
        """Return a target of an item."""
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
            yield from check_target(target)
        yield from _check_order(targets)
        yield from _check_rule(indicator)
        if any(target.is_word for target in targets.values()):
            yield from _check_word_target(indicator)
    for goal in root.parts("goals"):
        part = goal.part("target")
        if part is not None:
            yield from check_target(Targeted.of(goal, part))
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
    text = Targeted.of(goal, part)
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


def _targets_by_year(indicator: PlanPart) -> dict[int, Targeted]:
    """Return an indicator's readable targets in the order of the years."""
    targets = indicator.part("targets")
    if targets is None:
        return {}
    keys = [key for key in targets.content if re.fullmatch(r"[0-9]{4}", key)]
    parts = {int(key): targets.part(key) for key in sorted(keys)}
    return {y: Targeted.of(indicator, part) for y, part in parts.items() if part is not None}


def _check_years_of(
    indicator: PlanPart, targets: Mapping[int, Targeted], years: tuple[int, ...]
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
            place = indicator.place("targets").within(str(year))
            yield kinds.YEAR_MISSING.at(header=place, value=str(year))


def check_target(target: Targeted) -> Iterator[Finding]:
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


def _readable(target: Targeted) -> bool:
    """Whether the recorded target can be read; if not, the check of the shape reports it."""
    return target.comparator is not None and (target.is_word or target.value is not None)


def _may_be_free_text(target: Targeted) -> bool:
    """Whether the target may lack a number: a milestone's text, or another figure's name."""
    return target.direction is Direction.MILESTONE or target.kind is GoalKind.RELATIVE


def _agrees(target: Targeted, printed: Printed) -> bool:
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


def _check_size(target: Targeted) -> Iterator[Finding]:
    if target.value is None:
        return
    header, value = target.part.place("value"), plain(target.value)
    if target.value < 0:
        yield kinds.NEGATIVE_TARGET.at(header=header, value=value)
    may_exceed = target.item.flag("may_exceed_hundred")
    if target.measure == "%" and target.value > _HUNDRED and not may_exceed:
        yield kinds.OVER_HUNDRED.at(header=header, value=value)


def _check_order(targets: Mapping[int, Targeted]) -> Iterator[Finding]:
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
    direction = indicator.text("direction")
    rule = _word(StatusRule, indicator.text("status_rule"))
    if direction == Direction.MILESTONE:
        return
    if rule is StatusRule.HOLD:
        yield from _asks_for(indicator, SecondInput.COVERAGE_BASE, "目标是文字，要有分母才能判断")
    elif rule is not None:
        yield kinds.RULE_MISFIT.at(
            header=indicator.place("status_rule"),
            value=rule.value,
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
