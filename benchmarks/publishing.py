"""How long publishing all papers of a quarter of 40 agencies takes, by stage."""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING

from benchmarks.harness import Case, Limit, Row, Way, measure
from qiyx_xl.app import Office, load_plan, load_rules
from qiyx_xl.app.publishing import publish
from qiyx_xl.core.consolidation.merge import consolidate
from qiyx_xl.core.plan.model import Agency, Breakdown, Goal, Indicator
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import Submission, SubmissionStatus

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Item, Plan

TITLE = "发布"
AGENCIES = 40
STREETS, SHARED = 300, 20
PERIODS = tuple(map(Period.parse, ("2023Q4", "2024Q4", "2025Q4", "2026Q1", "2026Q2", "2026Q3")))
TODAY = date(2026, 10, 30)
LIMIT = 10.0  # seconds

_AT = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    office = office_of(scratch / "office", plan_of(AGENCIES))
    streets = office_of(scratch / "streets", plan_of_streets())
    spent: dict[str, list[float]] = defaultdict(list)
    pages: list[int] = []

    def once(out: Path) -> None:
        done = publish(office, PERIODS[-1], out, TODAY)
        pages.append(len(done.papers))
        for stage, seconds in done.timings:
            spent[stage].append(seconds)

    empty = partial(_empty, scratch / "发布")
    ours = Way("qiyx publish", once, empty)
    case = Case(f"发布一个季度，{AGENCIES} 个单位，全部材料", ours, limit=Limit(seconds=LIMIT))
    wide = Case(
        f"发布一个季度，{STREETS} 个街道、{SHARED} 项分解，全部材料",
        Way(
            "qiyx publish",
            lambda out: publish(streets, PERIODS[-1], out, TODAY),
            partial(_empty, scratch / "分街道"),
        ),
        limit=Limit(seconds=LIMIT),
    )
    table = measure([case, wide])
    stages = "，".join(f"{stage} {sorted(s)[len(s) // 2]:.2f}" for stage, s in spent.items())
    plan = office.plans.latest
    size = f"{len(plan.indicators)} 项指标、{len(plan.goals)} 项任务目标，{len(PERIODS)} 期的数"
    return table, [
        f"{size}，{pages[-1]} 份材料。",
        f"各步用时（秒，中位数）：{stages}。",
    ]


def office_of(folder: Path, plan: Plan) -> Office:
    """Make an office whose store has a report of every agency for every period."""
    folder.mkdir(parents=True)
    office = Office.at(folder / "七优享台账.xlsm", plan=plan, rules=load_rules())
    for period in PERIODS:
        sent, paths = [], {}
        for agency in plan.agencies:
            path = folder / f"{agency.name}_{period}.xlsx"
            path.write_text(path.name, encoding="utf-8")
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            paths[digest] = path
            records = tuple(_records(plan, agency, period, path.name, digest))
            status = SubmissionStatus.ACCEPTED
            sent.append(
                Submission(str(path), digest, status, agency.name, period, "王敏", _AT, records)
            )
        with office.open_store() as store, store.writing():
            outcome = consolidate(plan, period, store.logged_records(), sent, frozenset(), at=_AT)
            store.commit(outcome, paths, _AT)
    return office


@cache
def plan_of(agencies: int) -> Plan:
    """Return the shipped plan for this many agencies, with three indicators and two goals each."""
    plan = load_plan()
    names = [f"区第{number + 1}单位" for number in range(agencies)]
    indicators = [
        replace(
            base,
            number=number + 1,
            code=str(number + 1),
            name=f"{base.name}（{number + 1}）",
            lead_agency=names[number % agencies],
            responsible_agency=None,
        )
        for number in range(3 * agencies)
        for base in (plan.indicators[number % len(plan.indicators)],)
    ]
    kept = [goal for goal in plan.goals if goal.repeats is None and goal.second_input is None]
    goals = [
        replace(
            base,
            code=f"G{number + 1}",
            name=f"{base.name}（{number + 1}）",
            lead_agency=names[number % agencies],
            responsible_agency=None,
        )
        for number in range(2 * agencies)
        for base in (kept[number % len(kept)],)
    ]
    return replace(
        plan,
        agencies=tuple(Agency(name, "区级") for name in names),
        indicators=tuple(indicators),
        goals=tuple(goals),
        milestones=(),
    )


@cache
def plan_of_streets() -> Plan:
    """Return the shipped plan with items broken down to many streets, as many targets as years."""
    plan = load_plan()
    streets = tuple(
        Agency(f"第{number + 1}街道", "街道", is_street=True) for number in range(STREETS)
    )
    indicators = [one for one in plan.indicators if one.due is None and one.second_input is None]
    goals = [
        goal
        for goal in plan.goals
        if goal.repeats is None and goal.second_input is None and goal.target.value is not None
    ]
    wanted = [*indicators[: SHARED // 2], *goals[: SHARED - SHARED // 2]]
    breakdowns = [
        Breakdown(item.code, street.name, year, target)
        for item in wanted
        for street in streets
        for year, target in (
            item.targets.items() if isinstance(item, Indicator) else ((None, item.target),)
        )
    ]
    upper = tuple(agency for agency in plan.agencies if not agency.is_street)
    return replace(plan, agencies=upper + streets, breakdowns=tuple(breakdowns))


def _records(plan: Plan, agency: Agency, period: Period, file: str, digest: str):
    for row, item in enumerate(plan.reported_by(agency), start=6):
        source = Source(file, digest, "填报表", f"G{row}")
        actual = _value(item, period, row)
        remark = "按计划推进" if row % 4 == 0 else ""
        yield Record(item.code, period, agency.name, actual, remark=remark, source=source)


def _value(item: Item, period: Period, row: int) -> Decimal | Word:
    match item:
        case Indicator(due=None):
            target = item.targets[period.year].value
        case Goal():
            target = item.target.value
        case _:
            target = None
    if target is None:
        return Word.IN_PROGRESS if isinstance(item, Indicator) and item.due else Word.FULL_COVERAGE
    return target * Decimal(92 + row % 10) / 100


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
