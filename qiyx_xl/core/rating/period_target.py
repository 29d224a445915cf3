"""What an item's target in a period is, and how it develops over time.

Rules: docs/rating.md, sections 5 (within a year) and 6 (goals).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.plan import schedule
from qiyx_xl.core.plan.model import (
    ON_THE_LINE,
    Comparator,
    Direction,
    Frequency,
    Goal,
    GoalKind,
    Indicator,
    Item,
    Milestone,
    StatusRule,
    Target,
)
from qiyx_xl.core.plan.target_text import bare_comparator, parse_printed
from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.core.primitives.ratio import Ratio, exact, line

if TYPE_CHECKING:
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period


class Course(StrEnum):
    """How a period is compared with the target."""

    FULL = "full"
    """The full figure is due now: the year end, or a rule that holds at every period."""
    EARLY = "early"
    """A yearly item before its year end."""
    SCHEDULED = "scheduled"
    """Before the target is due: compared with 序时."""
    DATED = "dated"
    """A milestone: compared with its date."""


class Reported(StrEnum):
    """A number that is reported beside a value, and may replace one of the plan's numbers."""

    PREVIOUS = "previous"
    """Last year's actual."""
    SECOND = "second"
    """The item's second number: 应覆盖人数, 参照值 or 基期值."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSource:
    """Which reported numbers replace the plan's; the first that is known is used."""

    value: tuple[Reported, ...] = ()
    start: tuple[Reported, ...] = ()
    baseline: tuple[Reported, ...] = ()


_ALL_FROM_PLAN = TargetSource()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodTarget:
    """The target of a period.

    ``start`` is S, None if unknown; ``scheduled`` is P; both matter only on a schedule.
    ``baseline`` is B of sections 3 and 4. ``horizon`` is the target's name: 全年目标. ``source``
    names the reported numbers that replace ``value``, ``start`` and ``baseline``. ``previous`` and
    ``second`` are those reported numbers; whether a value is plausible is judged by them, too.
    """

    rule: StatusRule
    course: Course
    comparator: Comparator | None
    value: Decimal | None
    printed: str
    horizon: str
    start: Decimal | None = None
    scheduled: Ratio | None = None
    baseline: Decimal | None = None
    last_target: Decimal | None = None
    source: TargetSource = _ALL_FROM_PLAN
    previous: Decimal | None = None
    second: Decimal | None = None

    @property
    def is_word(self) -> bool:
        """Whether the target is a word (全覆盖), rated by a second number."""
        return self.comparator is Comparator.TEXT and self.course is not Course.DATED

    def given(self, previous: Decimal | None, second: Decimal | None) -> PeriodTarget:
        """Return the target with the reported numbers that ``source`` names."""
        if previous is None and second is None:
            return self
        known = {Reported.PREVIOUS: previous, Reported.SECOND: second}

        def first(sources: tuple[Reported, ...], otherwise: Decimal | None) -> Decimal | None:
            for source in sources:
                if (number := known[source]) is not None:
                    return number
            return otherwise

        return replace(
            self,
            value=first(self.source.value, self.value),
            start=first(self.source.start, self.start),
            baseline=first(self.source.baseline, self.baseline),
            previous=previous,
            second=second,
        )


_EVERY_PERIOD = frozenset({StatusRule.HOLD, StatusRule.CEILING, StatusRule.ZERO, StatusRule.EXACT})


def period_target(
    item: Item,
    period: Period,
    rules: Rules,
    *,
    previous: Decimal | None = None,
    second: Decimal | None = None,
) -> PeriodTarget | None:
    """Return the item's target in the period; None where that year has no target."""
    aim = _by_plan(item, period, rules)
    return None if aim is None else aim.given(previous, second)


def _by_plan(item: Item, period: Period, rules: Rules) -> PeriodTarget | None:
    match item:
        case Indicator():
            return _indicator_aim(item, period, rules)
        case Goal():
            return _goal_aim(item.in_year(period.year), period, rules)
        case Milestone():
            return PeriodTarget(
                rule=StatusRule.MILESTONE,
                course=Course.DATED,
                comparator=None,
                value=None,
                printed="",
                horizon="节点",
            )
        case _:
            return None


def last_years_target(indicator: Indicator, year: int) -> Decimal | None:
    """Return last year's target; in the first year, the target one step earlier.

    Rule: docs/rating.md, section 4: the step is the difference of the first two targets.
    """
    years = sorted(indicator.targets)
    place = years.index(year)
    if place > 0:
        return indicator.targets[years[place - 1]].value
    if len(years) == 1:
        return None
    first, second = (indicator.targets[y].value for y in years[:2])
    return None if first is None or second is None else first - (second - first)


def _indicator_aim(item: Indicator, period: Period, rules: Rules) -> PeriodTarget | None:
    target = item.targets.get(period.year)
    if target is None:
        return None
    last_target = last_years_target(item, period.year)
    start, reported = _start_of_year(item, period.year, last_target)
    return _aim(
        item,
        target,
        course=_course(item, period, scheduled=not period.is_year_end),
        horizon="全年目标",
        start=start,
        scheduled=Ratio.of(schedule.share_of_year(period, rules)),
        baseline=item.baseline,
        last_target=last_target,
        source=TargetSource(start=reported, baseline=(Reported.SECOND,)),
    )


def _start_of_year(
    item: Indicator, year: int, last_target: Decimal | None
) -> tuple[Decimal | None, tuple[Reported, ...]]:
    """Return the start by the plan, and the reported numbers that take precedence over it."""
    # Section 5: last year's actual, else last year's target. The first year has no last year's
    # target: the target of the step rule replaces it, unless the start is known otherwise.
    if year > min(item.targets):
        return last_target, (Reported.PREVIOUS,)
    start = item.baseline
    if start is None and item.status_rule is StatusRule.STEP:
        start = last_target
    return start, (Reported.PREVIOUS, Reported.SECOND)


def _goal_aim(item: Goal, period: Period, rules: Rules) -> PeriodTarget | None:
    first_year = rules.line_first_year or item.first_year
    if not first_year <= period.year <= item.deadline_year:
        return None
    closing = period.year == item.deadline_year and period.is_year_end
    match item.kind:
        case GoalKind.RELATIVE:
            return _relative_aim(item, period)
        case GoalKind.ANNUAL:
            if period.year < (item.annual_from or first_year):
                return None
            return _aim(
                item,
                item.target,
                course=_course(item, period, scheduled=not period.is_year_end),
                horizon="全年目标",
                start=Decimal(0),
                scheduled=Ratio.of(schedule.share_of_year(period, rules)),
            )
        case kind if kind in ON_THE_LINE:
            start = item.baseline
            if item.cumulative and start is None:
                start = Decimal(0)
            since = None if item.cumulative else item.baseline_date
            share = schedule.share_of_line(
                period, schedule.line_start(since, first_year), item.deadline_year, rules
            )
            return _aim(
                item,
                item.target,
                course=_course(item, period, scheduled=not closing, on_the_line=True),
                horizon=f"{item.deadline_year}年目标",
                start=start,
                scheduled=Ratio.of(share),
                baseline=item.baseline,
                source=TargetSource(start=(Reported.SECOND,), baseline=(Reported.SECOND,)),
            )
        case _:
            return _aim(
                item,
                item.target,
                course=_course(item, period, scheduled=False),
                horizon="规定标准",
                baseline=item.baseline,
                source=TargetSource(baseline=(Reported.SECOND,)),
            )


def _relative_aim(item: Goal, period: Period) -> PeriodTarget:
    # Its target is the second figure of the same year; it is rated once a year.
    return PeriodTarget(
        rule=item.status_rule,
        course=Course.FULL if period.is_year_end else Course.EARLY,
        comparator=item.target.comparator,
        value=None,
        printed=item.target.printed,
        horizon="同年参照值",
        source=TargetSource(value=(Reported.SECOND,)),
    )


def _course(item: Item, period: Period, *, scheduled: bool, on_the_line: bool = False) -> Course:
    if item.status_rule is StatusRule.MILESTONE:
        return Course.DATED
    if item.frequency is Frequency.YEARLY and not period.is_year_end:
        return Course.EARLY
    if item.status_rule in _EVERY_PERIOD and not on_the_line:
        return Course.FULL
    return Course.SCHEDULED if scheduled else Course.FULL


def _aim(
    item: Item,
    target: Target,
    *,
    course: Course,
    horizon: str,
    source: TargetSource = _ALL_FROM_PLAN,
    start: Decimal | None = None,
    scheduled: Ratio | None = None,
    baseline: Decimal | None = None,
    last_target: Decimal | None = None,
) -> PeriodTarget:
    on_schedule = course is Course.SCHEDULED
    return PeriodTarget(
        rule=item.status_rule,
        course=course,
        comparator=target.comparator,
        value=target.value,
        printed=target.printed,
        horizon=horizon,
        start=start if on_schedule else None,
        scheduled=scheduled if on_schedule else None,
        baseline=baseline,
        last_target=last_target,
        source=source if on_schedule else replace(source, start=()),
    )


def progress(actual: Decimal, start: Decimal, target: Decimal) -> Ratio:
    """Return p = (A−S)/(T−S), for both directions; S is not T."""
    begun = line(start)
    return (exact(actual) - begun) / (line(target) - begun)


# --- Rating with another target, comparator or status rule than the plan's ------------------------

_DOWNWARD = (Comparator.AT_MOST, Comparator.LESS_THAN)


class OverrideError(QiyxError, ValueError):
    """A target, comparator or rule that cannot be used; the message can be shown to the user."""


@dataclass(frozen=True, slots=True)
class Override:
    """The target, comparator and rule to use instead of the plan's; None keeps the plan's.

    ``target`` is as printed (``<3.5``, ``≥32``), ``comparator`` one of ``Comparator``'s values,
    ``rule`` one of ``StatusRule``'s.
    """

    target: str | None = None
    comparator: str | None = None
    rule: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the plan is replaced."""
        return self.target is None and self.comparator is None and self.rule is None

    def applied_to(self, item: Item, period: Period) -> Item:
        """Return the item with these replacements in the period's year.

        Raises:
            OverrideError: a value cannot be used, or the item is a milestone, which has no target.
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
        """Return an item that is in no plan, with one target for the period's year.

        Raises:
            OverrideError: no target is given, or a value cannot be used.
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
    """Return the direction that follows from the target's comparator."""
    if target.comparator is Comparator.TEXT:
        return item.direction
    if target.comparator is Comparator.EXACTLY:
        return Direction.EXACT
    if target.comparator in _DOWNWARD:
        return Direction.LOWER_IS_BETTER
    return Direction.HIGHER_IS_BETTER
