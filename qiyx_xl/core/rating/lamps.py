"""Which lamp does a value get, and why? The status rules at full target, and 序时 before that.

Rules: docs/rating.md, sections 4 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Comparator, Direction, StatusRule
from qiyx_xl.core.primitives.ratio import Ratio, exact, line
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.completion import fixed, is_met, percent, rounded, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.core.plan.rules import Rules


class Light(StrEnum):
    """The four lamps. Colour alone is not accessible: print ``word`` beside it."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"

    @property
    def word(self) -> str:
        """The word printed beside the colour."""
        return {"green": "绿", "amber": "黄", "red": "红", "grey": "灰"}[self.value]


class LampState(StrEnum):
    """The text after the lamp's colour: 灰·未报, 黄·贴线."""

    NOT_APPLICABLE = "不适用"
    NO_TARGET = "未定目标"
    IN_DOUBT = "待核"
    NOT_DUE = "未到期"
    NOT_REPORTED = "未报"
    NO_BASELINE = "缺基期"
    NO_REFERENCE = "缺参照值"
    MET = "达标"
    MET_EARLY = "提前完成"
    ON_SCHEDULE = "达序时"
    BEHIND = "滞后"
    FAR_BEHIND = "严重滞后"
    NEARLY_MET = "接近达标"
    NEAR_THE_LINE = "贴线"
    NOT_MET = "未达标"
    BREACHED = "突破"
    DUE_SOON = "临期"
    OVERDUE = "逾期"
    FAILED = "未通过"


def lamp_text(light: Light, state: str) -> str:
    """Return a lamp and its state as every paper prints them: 黄·滞后."""
    return f"{light.word}·{state}"


@dataclass(slots=True)  # made for every rating, where freezing costs
class LampVerdict:
    """A lamp, its state and the reason in one Chinese sentence."""

    light: Light
    state: LampState
    reason: str


@dataclass(slots=True, kw_only=True)  # made for every rating, where freezing costs
class TargetComparison:
    """A value compared with its full target; numbers are in the item's own measure.

    ``rate`` is 完成率, None where it is undefined. ``horizon`` is the target's name in sentences;
    ``printed`` is its text where that must not be formatted from the number.
    """

    actual: Decimal
    target: Decimal
    comparator: Comparator
    direction: Direction
    met: bool
    rate: Ratio | None
    horizon: str
    measure: str
    last_target: Decimal | None = None
    printed: str | None = None

    @property
    def target_text(self) -> str:
        """The target's text in a sentence: ≥4.5万人次."""
        if self.printed is not None:
            return self.printed
        return f"{self.comparator.sign}{plain(self.target)}{self.measure}"


def at_full_target(rule: StatusRule, case: TargetComparison, rules: Rules) -> LampVerdict:
    """Rate a value by its status rule (section 4)."""
    return _FULL[rule](case, rules)


def on_schedule(gap: Ratio, rules: Rules) -> LampVerdict:
    """Rate the gap p − P, a share: −1/10 is ten percentage points behind (section 5)."""
    points = gap * 100
    green, amber = line(rules.gap_green_pp), line(rules.gap_amber_pp)

    def lamp(value: Ratio) -> Light:
        if value > green or (rules.gap_green_inclusive and value == green):
            return Light.GREEN
        return Light.AMBER if value >= amber else Light.RED

    light = lamp(points)
    text = _format_on_same_side(points, lamp, light)
    if light is not Light.GREEN:
        state = LampState.BEHIND if light is Light.AMBER else LampState.FAR_BEHIND
        return LampVerdict(light, state, f"滞后序时{text.replace('-', '')}个百分点")
    if points.numerator > 0:
        reason = f"超前序时{text}个百分点" if text.strip("0.") else "与序时进度持平"
    elif points.numerator == 0 or not rules.gap_green_pp < Decimal(-1):
        reason = "与序时进度持平"
    else:
        reason = f"滞后序时{text.replace('-', '')}个百分点，在允许范围内"
    return LampVerdict(light, LampState.ON_SCHEDULE, reason)


def _format_on_same_side(value: Ratio, classify: Callable[[Ratio], object], wanted: object) -> str:
    # One decimal, unless rounding would move the number across the threshold that decided: a red
    # lamp must not say "滞后10.0" where 10.0 is still amber.
    for decimals in range(1, 7):
        if classify(Ratio(rounded(value, decimals), 10**decimals)) == wanted:
            return fixed(value, decimals)
    return f"约{fixed(value, 1)}"


def _met(case: TargetComparison) -> LampVerdict:
    return LampVerdict(Light.GREEN, LampState.MET, f"已达到{case.horizon}{case.target_text}")


def _by_rate(case: TargetComparison, threshold: Decimal) -> LampVerdict:
    if case.met:
        return _met(case)
    missed = f"未达到{case.horizon}{case.target_text}"
    if case.rate is None:
        return LampVerdict(Light.RED, LampState.NOT_MET, missed)
    amber = line(threshold)
    reached = case.rate >= amber
    text = _rate_text(case.rate, amber)
    limit = _limit(amber)
    if reached:
        return LampVerdict(
            Light.AMBER, LampState.NEARLY_MET, f"{missed}，完成率{text}%，不低于黄灯线{limit}"
        )
    return LampVerdict(Light.RED, LampState.NOT_MET, f"{missed}，完成率{text}%，低于黄灯线{limit}")


def _rate_text(rate: Ratio, amber: Ratio) -> str:
    # An unmet value never shows 100.0%.
    percentage, limit = shown(rate, met=False) * 100, amber * 100
    return _format_on_same_side(percentage, lambda value: value >= limit, percentage >= limit)


def _limit(share: Ratio) -> str:
    whole = share.numerator * 100 % share.denominator == 0
    return percent(share, 0) if whole else percent(share)


def _ratio(case: TargetComparison, rules: Rules) -> LampVerdict:
    return _by_rate(case, rules.ratio_amber)


def _hold(case: TargetComparison, rules: Rules) -> LampVerdict:
    return _by_rate(case, rules.hold_amber)


def _step(case: TargetComparison, rules: Rules) -> LampVerdict:  # noqa: ARG001 - one shape for all rules
    if case.met:
        return _met(case)
    missed = f"未达到{case.horizon}{case.target_text}"
    if case.last_target is None:
        return LampVerdict(Light.RED, LampState.NOT_MET, f"{missed}，没有上年目标可比，不设黄灯")
    if case.last_target == case.target:
        return LampVerdict(Light.RED, LampState.NOT_MET, f"{missed}，目标与上年相同，不设黄灯")
    last = f"{plain(case.last_target)}{case.measure}"
    if is_met(case.actual, case.last_target, _not_worse(case.direction)):
        return LampVerdict(Light.AMBER, LampState.NEARLY_MET, f"{missed}，但不差于上年目标{last}")
    return LampVerdict(Light.RED, LampState.NOT_MET, f"{missed}，且差于上年目标{last}")


def _not_worse(direction: Direction) -> Comparator:
    if direction is Direction.LOWER_IS_BETTER:
        return Comparator.AT_MOST
    return Comparator.AT_LEAST


def _ceiling(case: TargetComparison, rules: Rules) -> LampVerdict:
    if not case.met:
        return LampVerdict(Light.RED, LampState.BREACHED, f"突破控制线{case.target_text}")
    near = line(rules.ceiling_near)
    lower_is_better = case.direction is Direction.LOWER_IS_BETTER
    if lower_is_better and exact(case.actual) > near * line(case.target):
        reason = f"未突破控制线{case.target_text}，但已超过控制线的{_limit(near)}"
        return LampVerdict(Light.AMBER, LampState.NEAR_THE_LINE, reason)
    return LampVerdict(Light.GREEN, LampState.MET, f"守住控制线{case.target_text}")


def _zero(case: TargetComparison, rules: Rules) -> LampVerdict:
    if case.met:
        return LampVerdict(Light.GREEN, LampState.MET, "已清零")
    left = f"尚余{plain(case.actual)}{case.measure}"
    if case.rate is None:
        return LampVerdict(Light.RED, LampState.NOT_MET, f"{left}未清零，没有基期值可比")
    amber = line(rules.zero_amber)
    text = _rate_text(case.rate, amber)
    reason = f"{left}未清零，完成率{text}%"
    if case.rate >= amber:
        return LampVerdict(
            Light.AMBER, LampState.NEARLY_MET, f"{reason}，不低于黄灯线{_limit(amber)}"
        )
    return LampVerdict(Light.RED, LampState.NOT_MET, f"{reason}，低于黄灯线{_limit(amber)}")


_FULL: dict[StatusRule, Callable[[TargetComparison, Rules], LampVerdict]] = {
    StatusRule.RATIO: _ratio,
    StatusRule.EXACT: _ratio,
    StatusRule.STEP: _step,
    StatusRule.HOLD: _hold,
    StatusRule.CEILING: _ceiling,
    StatusRule.ZERO: _zero,
}
