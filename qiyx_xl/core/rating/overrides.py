"""Rating by other words than the plan's: another target, comparator or status rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import (
    Comparator,
    Direction,
    Frequency,
    Goal,
    Indicator,
    Item,
    StatusRule,
    Target,
)
from qiyx_xl.core.plan.target_text import bare_comparator, parse_printed

if TYPE_CHECKING:
    from qiyx_xl.core.primitives.periods import Period

_DOWNWARD = (Comparator.AT_MOST, Comparator.LESS_THAN)


class OverrideError(ValueError):
    """A target, comparator or rule that cannot be used; the message is fit to show."""


@dataclass(frozen=True, slots=True)
class Override:
    """What to rate by instead of what the plan says; None keeps the plan's.

    ``target`` is as printed (``<3.5``, ``≥32``), ``comparator`` one of ``Comparator``'s values,
    ``rule`` one of ``StatusRule``'s.
    """

    target: str | None = None
    comparator: str | None = None
    rule: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the plan's own words stand."""
        return self.target is None and self.comparator is None and self.rule is None

    def applied_to(self, item: Item, period: Period) -> Item:
        """Return the item with these words in the period's year.

        Raises:
            OverrideError: a word cannot be used, or milestones have no target to replace.
        """
        if self.is_empty:
            return item
        rule = self._status_rule(item.status_rule)
        match item:
            case Indicator():
                target = self._target(item, item.targets.get(period.year))
                targets = {**item.targets, period.year: target}
                return replace(
                    item, targets=targets, status_rule=rule, direction=_direction(item, target)
                )
            case Goal():
                target = self._target(item, item.target)
                return replace(
                    item, target=target, status_rule=rule, direction=_direction(item, target)
                )
            case _:
                raise OverrideError(
                    f"“{item.name}”是里程碑，没有目标值可换。"
                    "请去掉 --target、--comparator 和 --rule。"
                )

    def outside_the_plan(self, period: Period) -> Item:
        """Return an item that is in no plan: one target, for the period's year alone.

        Raises:
            OverrideError: no target is given, or a word cannot be used.
        """
        if self.target is None:
            raise OverrideError("缺少 --indicator 或 --target：请说明评哪一项，或给出目标值。")
        bare = Indicator(
            code="",
            name="方案外的值",
            domain="",
            clause="",
            lead_agency="",
            measure="",
            direction=Direction.HIGHER_IS_BETTER,
            status_rule=StatusRule.RATIO,
            frequency=Frequency.MONTHLY,
            number=0,
            targets={},
        )
        return self.applied_to(bare, period)

    def _status_rule(self, current: StatusRule) -> StatusRule:
        if self.rule is None:
            return current
        usable = [rule.value for rule in StatusRule if rule is not StatusRule.MILESTONE]
        if self.rule not in usable:
            raise OverrideError(
                f"没有“{self.rule}”这条判灯规则。请从这些里选：{'、'.join(usable)}。"
            )
        return StatusRule(self.rule)

    def _target(self, item: Item, current: Target | None) -> Target:
        if self.target is None:
            if current is None:
                raise OverrideError(f"“{item.name}”这一年没有目标，请用 --target 给出。")
            return replace(current, comparator=self._comparator(current.comparator))
        read = parse_printed(self.target, item.measure)
        if read is None or (read.value is not None and not read.measure_fits):
            raise OverrideError(f"看不懂目标“{self.target}”。请写成 70、≥32 或 <3.5 这样。")
        direction = item.direction
        printed = read.comparator or bare_comparator(direction)
        if read.value is None:
            printed = Comparator.TEXT
        return Target(self.target, self._comparator(printed), read.value)

    def _comparator(self, current: Comparator) -> Comparator:
        if self.comparator is None:
            return current
        wanted = {"≥": ">=", "≤": "<="}.get(self.comparator, self.comparator)
        usable = [one.value for one in Comparator if one is not Comparator.TEXT]
        if wanted not in usable:
            raise OverrideError(
                f"没有“{self.comparator}”这个比较符。请从这些里选：{'、'.join(usable)}。"
            )
        return Comparator(wanted)


def _direction(item: Item, target: Target) -> Direction:
    """Which way is better follows from the comparator that now stands."""
    if target.comparator is Comparator.TEXT:
        return item.direction
    if target.comparator is Comparator.EXACTLY:
        return Direction.EXACT
    if target.comparator in _DOWNWARD:
        return Direction.LOWER_IS_BETTER
    return Direction.HIGHER_IS_BETTER
