"""The findings of a plan document's tasks, and of the targets broken down to agencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.checks.targets import Targeted, check_target
from qiyx_xl.core.plan.lenient import PlanPart, plan_years, shown
from qiyx_xl.core.plan.model import Aggregation
from qiyx_xl.core.primitives.values import plain

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
    sums: dict[tuple[str, int | None], list[PlanPart]] = {}
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
            if agency is not None and agency == _reporter(item):
                yield kinds.SHARE_OF_THE_REPORTER.at(
                    header=part.place("agency"), value=shown(agency)
                )
            if item.text("aggregation") == Aggregation.SUM:
                sums.setdefault((code or "", year), []).append(part)
    for (code, year), parts in sums.items():
        yield from _check_sum(parts, items[code], year)


def _check_part(part: PlanPart, item: PlanPart, year: int | None) -> Iterator[Finding]:
    """Check a target against the item of which it is a part."""
    reason = ""
    if item.path[0] == "milestones":
        reason = "里程碑没有数量目标"
    elif item.text("repeats") is not None:
        reason = f"与指标{item.text('repeats')}重复，只在指标那里填报，请分解那个指标"
    elif item.path[0] == "indicators" and year is None:
        reason = "年度指标的目标要写明是哪一年的"
    if reason:
        yield kinds.NO_TARGET_TO_BREAK_DOWN.at(header=part.place("item"), reason=reason)
        return
    target = part.part("target")
    if target is not None:
        yield from check_target(Targeted.of(item, target))


def _reporter(item: PlanPart) -> str | None:
    return item.text("responsible_agency") or item.text("lead_agency")


def _check_sum(parts: list[PlanPart], item: PlanPart, year: int | None) -> Iterator[Finding]:
    """Compare the sum of the agencies' targets with the district's, where both are numbers.

    A goal has one target for the whole district; parts for a year on the way have no sum to meet.
    """
    whole = item.part("target") if year is None else None
    if year is not None and (targets := item.part("targets")) is not None:
        whole = targets.part(str(year))
    known = None if whole is None else whole.number("value")
    targets_of = [part.part("target") for part in parts]
    values = [None if target is None else target.number("value") for target in targets_of]
    numbers = [value for value in values if value is not None]
    if known is None or len(numbers) < len(values) or sum(numbers) == known:
        return
    yield kinds.SHARES_DO_NOT_ADD_UP.at(
        header=parts[0].place("target"),
        value=plain(sum(numbers, Decimal(0))),
        known=plain(known),
        year="期限时" if year is None else f"{year}年",
    )


def _spelled(year: int | None) -> str:
    return "期限" if year is None else f"{year}年"


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
