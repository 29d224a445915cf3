"""The findings of a plan document's tasks, and of the targets broken down to agencies."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.checks.targets import Targeted, check_target
from qiyx_xl.core.plan.lenient import PlanPart, plan_years, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.findings.model import Finding


def check_tasks(root: PlanPart) -> Iterator[Finding]:
    """Find tasks that begin after they are due, and agencies that nobody knows."""
    known = {part.text("name") for part in root.parts("agencies")}
    for task in root.parts("tasks"):
        start, due = _day(task.text("start")), _day(task.text("due"))
        if start is not None and due is not None and start > due:
            yield kinds.START_AFTER_DUE.at(
                header=task.place("start"), value=str(start), due=str(due)
            )
        for place, name in enumerate(task.texts("cooperating_agencies")):
            if name not in known:
                where = task.place("cooperating_agencies").within(place)
                yield kinds.UNKNOWN_AGENCY.at(header=where, value=shown(name))


def check_breakdowns(root: PlanPart) -> Iterator[Finding]:
    """Check each target of an agency: the item, the agency, the year, the target itself."""
    known = {part.text("name") for part in root.parts("agencies")}
    items = {item.text("code") or str(item.integer("number")): item
             for listing in ("indicators", "goals", "milestones")
             for item in root.parts(listing)}  # fmt: skip
    years = plan_years(root)
    seen: set[tuple[str | None, str | None, int | None]] = set()
    for part in root.parts("breakdowns"):
        code, agency, year = part.text("item"), part.text("agency"), part.integer("year")
        if agency is not None and agency not in known:
            yield kinds.UNKNOWN_AGENCY.at(header=part.place("agency"), value=shown(agency))
        if year is not None and years and not years[0] <= year <= years[-1]:
            yield kinds.YEAR_OUTSIDE.at(
                header=part.place("year"), value=str(year), first=years[0], last=years[-1]
            )
        if (code, agency, year) in seen:
            yield kinds.BROKEN_DOWN_TWICE.at(
                header=part.place(), value=shown(code), agency=shown(agency), year=_spelled(year)
            )
        seen.add((code, agency, year))
        item = items.get(code or "")
        if code is not None and item is None:
            yield kinds.UNKNOWN_ITEM.at(header=part.place("item"), value=shown(code))
        elif item is not None:
            yield from _check_part(part, item, year)


def _check_part(part: PlanPart, item: PlanPart, year: int | None) -> Iterator[Finding]:
    """Check a target against the item of which it is a part."""
    reason = ""
    if item.path[0] == "milestones":
        reason = "里程碑没有数量目标"
    elif item.path[0] == "indicators" and year is None:
        reason = "年度指标的目标要写明是哪一年的"
    if reason:
        yield kinds.NO_TARGET_TO_BREAK_DOWN.at(header=part.place("item"), reason=reason)
        return
    target = part.part("target")
    if target is not None:
        yield from check_target(Targeted.of(item, target))


def _spelled(year: int | None) -> str:
    return "期限" if year is None else f"{year}年"


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
