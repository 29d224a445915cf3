"""A plan as an office revises it: other targets, agencies, names, numbers; items added or gone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Indicator, Item, Plan


def revised(plan: Plan, code: str, **changes: Any) -> Plan:
    """The plan with another item."""

    def changed(item: Item) -> Any:
        return replace(item, **changes) if item.code == code else item

    return replace(
        plan,
        indicators=tuple(map(changed, plan.indicators)),
        goals=tuple(map(changed, plan.goals)),
        milestones=tuple(map(changed, plan.milestones)),
    )


def with_target(plan: Plan, code: str, year: int, value: str) -> Plan:
    item = _indicator(plan, code)
    target = replace(item.targets[year], printed=value, value=Decimal(value))
    return revised(plan, code, targets={**item.targets, year: target})


def moved(plan: Plan, code: str, agency: str) -> Plan:
    """The plan with another agency that reports an item."""
    return revised(plan, code, responsible_agency=agency)


def handed_over(plan: Plan, code: str, agency: str) -> Plan:
    """The plan in which an item is another agency's altogether: it leads and reports."""
    return revised(plan, code, lead_agency=agency, responsible_agency=None)


def renumbered(plan: Plan, code: str) -> Plan:
    """The plan in which an indicator and the one printed before it have changed numbers."""
    item = _indicator(plan, code)
    places = sorted(plan.indicators, key=lambda one: one.number)
    other = places[places.index(item) - 1]
    swapped = {item.code: other.number, other.code: item.number}
    return replace(
        plan,
        indicators=tuple(
            replace(one, number=swapped.get(one.code, one.number)) for one in plan.indicators
        ),
    )


def with_added(plan: Plan, like: str) -> Plan:
    """The plan with one more indicator, much like another one."""
    number = max(one.number for one in plan.indicators) + 1
    more = replace(
        _indicator(plan, like), code=f"x{number}", number=number, name=f"新增指标之{number}"
    )
    return replace(plan, indicators=(*plan.indicators, more))


def without(plan: Plan, code: str) -> Plan:
    """The plan without an item and what refers to it."""
    return replace(
        plan,
        indicators=tuple(one for one in plan.indicators if one.code != code),
        goals=tuple(
            replace(one, repeats=None) if one.repeats == code else one
            for one in plan.goals
            if one.code != code
        ),
        milestones=tuple(
            replace(one, repeats=tuple(each for each in one.repeats if each != code))
            for one in plan.milestones
            if one.code != code
        ),
        open_questions=(),
    )


def renamed(plan: Plan, old: str, new: str) -> Plan:
    """The plan in which an agency has another name; as it is, if another one has that name."""
    if any(agency.name == new for agency in plan.agencies):
        return plan

    def under(item: Item) -> Any:
        keys = ("lead_agency", "responsible_agency", "probable_responsible_agency")
        return replace(item, **{key: new for key in keys if getattr(item, key) == old})

    return replace(
        plan,
        agencies=tuple(
            replace(
                one,
                name=new,
                earlier_names=tuple(
                    name for name in dict.fromkeys((old, *one.earlier_names)) if name != new
                ),
            )
            if one.name == old
            else one
            for one in plan.agencies
        ),
        domains=tuple(
            replace(one, lead_agency=new) if one.lead_agency == old else one for one in plan.domains
        ),
        indicators=tuple(map(under, plan.indicators)),
        goals=tuple(map(under, plan.goals)),
        milestones=tuple(map(under, plan.milestones)),
    )


def _indicator(plan: Plan, code: str) -> Indicator:
    return next(one for one in plan.indicators if one.code == code)
