"""Which lamps projects get: investment and livelihood values by 序时, nodes by their date.

Rule: docs/projects.md. The result does not depend on today: the period's last day counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.schedule import share_of_year
from qiyx_xl.core.primitives.ratio import Ratio, decimal_of, exact, line
from qiyx_xl.core.primitives.values import Absence, Unreadable, plain
from qiyx_xl.core.rating.completion import NO_RATE, display
from qiyx_xl.core.rating.lamps import LampState, Light, lamp_text, on_schedule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qiyx_xl.core.plan.project_list import ProjectNode
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectValue

TO_REVIEW = "超额待核"
_MOST_UNMET = Decimal("0.999")


class NodeState(StrEnum):
    """The text after a completed node's lamp."""

    DONE = "按期完成"
    DONE_LATE = "逾期完成"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One lamp with its reason.

    ``completion_rate`` is an unrounded share and ``schedule_gap_pp`` is in percentage points; None
    where undefined. ``delay_days`` is 滞后天数: the days a node is or was behind its plan, 0 if it
    is not; None where that is unknown.
    """

    light: Light
    state: str
    reason: str
    completion_rate: Decimal | None = None
    display: str = NO_RATE
    schedule_gap_pp: Decimal | None = None
    delay_days: int | None = None
    flags: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The word printed beside the colour."""
        return self.light.word

    @property
    def lamp(self) -> str:
        """Lamp and state as printed: 黄·滞后."""
        return lamp_text(self.light, self.state)

    @property
    def shown_rate(self) -> Decimal | None:
        """The rate for a cell formatted as %: at most 99.9% where the plan is not fulfilled."""
        rate = self.completion_rate
        return rate if rate is None or rate >= 1 else min(rate, _MOST_UNMET)

    @property
    def on_schedule(self) -> str:
        """是否达序 as printed: 是, 否, or — where that is unknown."""
        if self.light is Light.GREY:
            return NO_RATE
        return "是" if self.light is Light.GREEN else "否"


def assess_share(
    value: ProjectValue,
    planned: Decimal | None,
    period: Period,
    rules: Rules,
    *,
    due: bool,
    measure: str,
    what: str,
) -> Assessment:
    """Rate how much of a year's plan is done: 完成投资, or a livelihood project's 完成值.

    Args:
        value: done since 1 January, in the same measure as the plan.
        planned: the year's plan; None where there is none yet.
        period: the period to rate.
        rules: the rule file.
        due: whether a blank is late.
        measure: the measure of both, for the sentences.
        what: the plan's name in a sentence: 年度计划投资.
    """
    if value is Absence.NOT_APPLICABLE:
        return _grey(LampState.NOT_APPLICABLE, "填报为不适用")
    if planned is None:
        return _grey(LampState.NO_TARGET, f"没有{period.year}年的{what}")
    if planned <= 0:
        return _grey(LampState.NOT_APPLICABLE, f"{what}为{plain(planned)}{measure}，不计进度")
    match value:
        case Absence.NOT_REPORTED if due:
            return _grey(LampState.NOT_REPORTED, "已过报送截止日，仍未填报")
        case Absence.NOT_REPORTED:
            return _grey(LampState.NOT_DUE, "尚未到报送截止日")
        case Decimal() if value >= 0:
            return _share(value, planned, period, rules, measure=measure, what=what)
        case Decimal():
            return _grey(LampState.IN_DOUBT, f"数值{plain(value)}为负，不合常理")
        case Unreadable():
            return _grey(LampState.IN_DOUBT, value.reason)
        case _:
            return _grey(LampState.IN_DOUBT, "填报的不是数字")


def _share(
    value: Decimal, planned: Decimal, period: Period, rules: Rules, *, measure: str, what: str
) -> Assessment:
    unclipped = exact(value) / exact(planned)
    scheduled = share_of_year(period, rules)
    gap = unclipped - scheduled
    met = value >= planned
    rate = min(unclipped, line(rules.rate_maximum))
    done = (
        f"完成{plain(value)}{measure}，占{what}{plain(planned)}{measure}的{display(rate, met=met)}"
    )
    flags = (TO_REVIEW,) if unclipped > line(rules.review_above) else ()
    light, state, tail = _lamp_of_share(gap, period, rules, met=met)
    return Assessment(
        light=light,
        state=state,
        reason=f"{done}，{tail}",
        completion_rate=decimal_of(rate),
        display=display(rate, met=met),
        schedule_gap_pp=decimal_of(gap * 100),
        flags=flags,
    )


def _lamp_of_share(
    gap: Ratio, period: Period, rules: Rules, *, met: bool
) -> tuple[Light, str, str]:
    if met:
        state = LampState.MET if period.is_year_end else LampState.MET_EARLY
        return Light.GREEN, state, "已完成全年计划"
    own = rules.projects
    as_scheduled = on_schedule(
        gap, replace(rules, gap_green_pp=own.gap_green_pp, gap_amber_pp=own.gap_amber_pp)
    )
    if not period.is_year_end:
        return as_scheduled.light, as_scheduled.state, as_scheduled.reason
    # The year is over, so any shortfall counts, however small.
    if as_scheduled.light is Light.RED:
        return Light.RED, LampState.NOT_MET, "未完成全年计划"
    return Light.AMBER, LampState.NEARLY_MET, "未完成全年计划"


def assess_node(
    node: ProjectNode,
    completed: date | None,
    said: ProjectValue,
    period: Period,
    rules: Rules,
    *,
    reported: bool,
    due: bool,
) -> Assessment:
    """Rate one node by its date.

    Args:
        node: the step, with its planned date.
        completed: the day it was completed, if that is known at the period's end.
        said: the last value reported for it.
        period: the period to rate; its last day counts.
        rules: the rule file.
        reported: whether the project was reported on for this period, so that a blank means
            "not done yet".
        due: whether the report is late.
    """
    day, planned = period.last_day, node.planned
    if completed is not None and completed <= day:
        late = (completed - planned).days
        if late <= 0:
            return _node(Light.GREEN, NodeState.DONE, f"已于{completed}完成，计划{planned}", 0)
        reason = f"已于{completed}完成，比计划{planned}晚{late}天"
        return _node(Light.GREEN, NodeState.DONE_LATE, reason, late)
    if said is Absence.NOT_APPLICABLE:
        return _grey(LampState.NOT_APPLICABLE, "填报为不适用")
    if isinstance(said, Unreadable):
        return _grey(LampState.IN_DOUBT, said.reason)
    late = (day - planned).days
    if -late > rules.projects.node_near_days:
        return _node(Light.GREY, LampState.NOT_DUE, f"计划{planned}完成，尚未到期", 0)
    if not reported:
        if not due:
            return _grey(LampState.NOT_DUE, "尚未到报送截止日")
        return _grey(LampState.NOT_REPORTED, f"计划{planned}完成，已过报送截止日，仍未填报")
    if late <= 0:
        left = "期末当天到期" if late == 0 else f"期末只剩{-late}天"
        return _node(Light.AMBER, LampState.DUE_SOON, f"计划{planned}完成，{left}，尚未完成", 0)
    reason = f"计划{planned}完成，到{day}尚未完成，已滞后{late}天"
    if late <= rules.projects.node_late_amber_days:
        return _node(Light.AMBER, LampState.BEHIND, reason, late)
    return _node(Light.RED, LampState.OVERDUE, reason, late)


def overall(investment: Assessment, nodes: Sequence[tuple[str, Assessment]]) -> Assessment:
    """Rate a whole project: the worst lamp that is not grey, and its reasons.

    Args:
        investment: the rating of the investment.
        nodes: each node's name and rating, in the order of the list.
    """
    parts = [("", investment), *nodes]
    lit = [part for part in parts if part[1].light in _WORST]
    if investment.state in (LampState.NOT_REPORTED, LampState.NOT_DUE):
        # Nodes done earlier do not make a project green if its investment is not reported.
        lit = [part for part in lit if part[1].light is not Light.GREEN]
    behind = [
        node.delay_days for _, node in nodes if node.delay_days and node.light is not Light.GREEN
    ]
    delay = max(behind) if behind else _no_delay([node for _, node in nodes])
    if not lit:
        return replace(investment, delay_days=delay)
    worst = min((assessment.light for _, assessment in lit), key=_WORST.index)
    name, chosen = next(part for part in lit if part[1].light is worst)
    # The project's line always has the investment's numbers; the lamp may be a node's.
    reasons = [
        f"节点“{node}”{assessment.reason}" if node else assessment.reason
        for node, assessment in parts
        if assessment.light is worst and (worst is not Light.GREEN or not node)
    ]
    return replace(
        investment,
        light=worst,
        state=chosen.state,
        reason="；".join(reasons) or (f"节点“{name}”{chosen.reason}" if name else chosen.reason),
        delay_days=delay,
    )


_WORST = (Light.RED, Light.AMBER, Light.GREEN)


def _no_delay(nodes: Sequence[Assessment]) -> int | None:
    return 0 if any(node.delay_days is not None for node in nodes) else None


def _grey(state: LampState, reason: str) -> Assessment:
    return Assessment(light=Light.GREY, state=state.value, reason=reason)


def _node(light: Light, state: LampState | NodeState, reason: str, delay: int) -> Assessment:
    return Assessment(light=light, state=state.value, reason=reason, delay_days=delay)
