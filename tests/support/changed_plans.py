"""A plan as it may look after years of revisions."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Comparator, Target

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan


def renamed(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, version="2026.7", **changes)


def changed_plan(plan: Plan, seed: int) -> Plan:
    """The plan with items dropped, added, renamed, reordered; other targets, agencies, years."""
    drawn = Random(seed)
    years = drawn.choice([plan.years, (*plan.years, 2028), plan.years[1:], plan.years[:3]])
    codes = [item.code for item in plan.items()]
    dropped = set(drawn.sample(codes, drawn.randint(0, 9)))
    changed = set(drawn.sample(codes, drawn.randint(0, 9)))
    agency = drawn.choice(plan.agencies).name
    text = drawn.choice(["9.5", "≥12", "全覆盖", "省里定了以后再按省里的口径填报目标值"])
    to_confirm = drawn.random() < 0.5
    number = drawn.randint(30, 40)

    def one(item: Any) -> Any:
        target = Target(text, Comparator.TEXT, None, to_confirm)
        if item.code in changed:
            item = replace(item, name=f"{item.name}（新）", responsible_agency=agency)
            if hasattr(item, "target"):
                item = replace(item, target=target)
            elif hasattr(item, "targets"):
                item = replace(item, targets=dict.fromkeys(plan.years, target))
        if hasattr(item, "targets"):
            last = item.targets[plan.years[-1]]
            item = replace(item, targets={year: item.targets.get(year, last) for year in years})
        if getattr(item, "repeats", None):
            kept = isinstance(item.repeats, tuple) or item.repeats not in dropped
            repeats = item.repeats if kept else None
            if isinstance(repeats, tuple):
                repeats = tuple(code for code in repeats if code not in dropped)
            item = replace(item, repeats=repeats)
        return item

    indicators = [one(item) for item in plan.indicators if item.code not in dropped]
    indicators = [
        replace(item, number=item.number + 1) if item.number >= 9 else item for item in indicators
    ]
    goals = [one(item) for item in plan.goals if item.code not in dropped]
    milestones = [one(item) for item in plan.milestones if item.code not in dropped]
    new = replace(indicators[0], code=f"n{number}", number=number, name="新增的指标")
    indicators.insert(drawn.randint(0, len(indicators)), new)
    goals.insert(drawn.randint(0, len(goals)), replace(goals[-1], code="T9-9-99", repeats=None))
    milestones.insert(0, replace(milestones[0], code="M99", repeats=()))
    if drawn.random() < 0.3:
        goals.reverse()
    domains = plan.domains[drawn.randint(0, 2) :]
    return renamed(
        plan,
        years=years,
        indicators=tuple(indicators),
        goals=tuple(goals),
        milestones=tuple(milestones),
        domains=domains,
    )
