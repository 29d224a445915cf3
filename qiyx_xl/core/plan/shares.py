"""An item as it was broken down to an agency: with the agency's own targets.

Everything else about the item stays as it is: its rule, its measure, how often it is reported.
Only the district's baseline says nothing about an agency.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import ON_THE_LINE, Goal, Indicator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.core.plan.model import Plan, Target

Share = Indicator | Goal


def shares_of(plan: Plan) -> dict[str, dict[str, Share]]:
    """Return the shares of a plan, by the item's id and the agency, both in the plan's order.

    A goal that repeats an indicator has none: its figures are sent and rated at the indicator.
    """
    targets: dict[tuple[str, str], dict[int | None, Target]] = {}
    for entry in plan.breakdowns:
        targets.setdefault((entry.item, entry.agency), {})[entry.year] = entry.target
    shares: dict[str, dict[str, Share]] = {}
    for (code, agency), own in targets.items():
        share = _share(plan, code, agency, own)
        if share is not None:
            shares.setdefault(code, {})[agency] = share
    places = {agency.name: place for place, agency in enumerate(plan.agencies)}
    return {
        item.code: dict(sorted(shares[item.code].items(), key=lambda entry: places[entry[0]]))
        for item in plan.items()
        if item.code in shares
    }


def _share(plan: Plan, code: str, agency: str, own: Mapping[int | None, Target]) -> Share | None:
    item = plan.item(code)
    if plan.agency(agency) is None:
        return None
    by_year = {year: target for year, target in own.items() if year is not None}
    match item:
        case Indicator():
            return replace(
                item,
                responsible_agency=agency,
                probable_responsible_agency=None,
                baseline=None,
                targets=by_year,
            )
        case Goal(repeats=None):
            return _goal_share(item, agency, by_year, own.get(None))
        case _:
            return None


def _goal_share(goal: Goal, agency: str, by_year: dict[int, Target], final: Target | None) -> Goal:
    deadline = goal.deadline_year
    if final is None:
        last = max(by_year)
        final = by_year.pop(last)
        if goal.kind in ON_THE_LINE:
            deadline = last
    return replace(
        goal,
        responsible_agency=agency,
        probable_responsible_agency=None,
        baseline=None,
        baseline_date=None,
        target=final,
        deadline_year=deadline,
        earlier_targets=by_year,
    )
