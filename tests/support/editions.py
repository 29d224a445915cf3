"""Editions for the tests of papers: an ordinary quarter, and the edges every paper must bear."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.plan.model import (
    Agency,
    Comparator,
    Goal,
    Indicator,
    Item,
    Plan,
    SecondInput,
)
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Actual, Word
from qiyx_xl.core.projects.status import project_status
from qiyx_xl.core.records.log_entries import LoggedFile
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.intake.office_files.project_list import load_project_list
from qiyx_xl.papers.gather import gather
from support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.history.publications import Publication
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.papers.edition import Edition

Q2, Q3 = Period.parse("2026Q2"), Period.parse("2026Q3")
TODAY = date(2026, 10, 30)
"""Every deadline of the third quarter has passed."""

SMALL = (
    *("1", "3", "5", "7", "9", "12", "13", "15", "20"),
    *("T1-1-01", "T1-3-02", "T3-3-01", "T6-2-04", "T6-3-02", "T7-1-01", "M02", "M07"),
)
"""Items of which hardly two are rated alike: their papers are short enough to be read."""

NASTY = '=HYPERLINK("http://x","点我")<script>alert(1)</script>&amp;{{ 7*7 }} _x003D_ \u202e反'
"""What must come out of every paper as text: formula, markup, entity, template, escape, turn."""

# A quarter with every lamp lit, words, a second number, a value in doubt and 超额待核.
QUARTER: tuple[tuple[str, str, str | Word | Absence], ...] = (
    *(("1", "2025Q4", "4.6"), ("1", "2026Q1", "4.7"), ("1", "2026Q2", "4.8"), ("1", "2026Q3", "4.9")),
    *(("2", "2025Q4", "66.5"), ("2", "2026Q2", "67.2"), ("2", "2026Q3", "69")),
    *(("4", "2025Q4", Word.PASSED), ("5", "2026Q3", Word.IN_PROGRESS)),
    *(("6", "2024Q4", "72.4"), ("6", "2025Q4", "72.8")),
    *(("7", "2025Q4", "3.2"), ("7", "2026Q3", "3.45"), ("8", "2026Q3", "96")),
    *(("9", "2023Q4", "2.4"), ("9", "2024Q4", "4.6"), ("9", "2025Q4", "6.4"), ("9", "2026Q3", "7.7")),
    *(("12", "2025Q4", "60"), ("12", "2026Q3", "61"), ("17", "2025Q4", "2.64"), ("17", "2026Q3", "2.64")),
    *(("3", "2026Q3", "200"), ("13", "2026Q3", "98"), ("14", "2026Q3", "65.9"), ("16", "2026Q3", "30.2"), ("21", "2026Q3", "100")),
    *(("18", "2026Q3", "95.96"), ("19", "2026Q3", "1.7"), ("20", "2026Q3", Absence.NOT_APPLICABLE)),
    *(("M02", "2026Q1", Word.DONE), ("T3-3-01", "2026Q3", "32"), ("T2-1-02", "2026Q3", "2800")),
)  # fmt: skip


def record(plan: Plan, code: str, period: str, value: str | Actual, **more: object) -> Record:
    """One record as its own agency sent it."""
    item = plan.find(code)
    assert item is not None
    actual = Decimal(value) if type(value) is str else value
    agency = str(more.pop("agency", item.reporting_agency))
    source = Source(f"{agency}_{period}.xlsx", "ab" * 32, "填报表", "G6")
    return Record(code, Period.parse(period), agency, actual, source=source, **more)  # type: ignore[arg-type]


def edition(
    plan: Plan,
    rules: Rules,
    records: Iterable[Record] = (),
    *,
    period: Period = Q3,
    today: date = TODAY,
    publications: Sequence[Publication] = (),
    files: Sequence[LoggedFile] = (),
    contacts: dict[str, str] | None = None,
) -> Edition:
    """An edition of what stands."""
    return gather(
        rules,
        period,
        today,
        CurrentFigures(Plans.only(plan), tuple(records)),
        publications=publications,
        files=files,
        contacts=contacts,
    )


def quarter(plan: Plan, rules: Rules) -> Edition:
    """An ordinary quarter: every lamp, remarks (one of them nasty), a returned file, ranks before."""
    rows = [row for row in QUARTER if plan.find(row[0]) is not None]
    records = [record(plan, *row) for row in rows if row[0] != "1"]
    records += [record(plan, *row, remark=NASTY) for row in rows if row[0] == "1"]
    records.append(record(plan, "15", "2026Q3", "63.2", second=Decimal("64.5")))
    known = {(r.code, r.period) for r in records}
    records += [
        replace(green_record(plan, item, Q2), actual=green * Decimal("0.9"))
        for item in plan.indicators
        for green in (green_record(plan, item, Q2).actual,)
        if isinstance(green, Decimal) and (item.code, Q2) not in known
    ]
    before = edition(
        plan, rules, [r for r in records if r.period <= Q2], period=Q2, today=date(2026, 7, 30)
    )
    moment = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
    files = [
        LoggedFile(f"{NASTY[:20]}.xlsx", "cd" * 32, "区残联", Q3, SubmissionStatus.RETURNED,
                   "王敏 0574-8600 0101", moment, 1, 2, 1),
        LoggedFile("区卫健局_2026Q3.xlsx", "ab" * 32, "区卫健局", Q3, SubmissionStatus.ACCEPTED,
                   "李静 0574-8600 0102", moment, 1, 0, 0),
    ]  # fmt: skip
    return edition(
        plan,
        rules,
        records,
        publications=[before.publication],
        files=files,
        contacts={"区卫健局": "李静 0574-8600 0102", "区残联": f"王敏 {NASTY}"},
    )


def with_projects(plan: Plan, rules: Rules) -> Edition:
    """The ordinary quarter of an office that also keeps lists of projects."""
    listed = load_project_list(ROOT / "examples" / "projects.json", plan)
    said = (
        ("XM01", Decimal(20000), NASTY),
        ("XM01-1", date(2025, 11, 20), ""),
        ("XM01-2", date(2026, 6, 25), ""),
        ("XM02", Decimal(7000), ""),
        ("SS01", Decimal(180), ""),
    )
    records = tuple(
        ProjectRecord(code, Q3, "区卫健局", value, remark) for code, value, remark in said
    )
    status = project_status(ProjectBook(listed, records), rules, Q3, TODAY)
    return replace(quarter(plan, rules), projects=status)


def small_plan(plan: Plan) -> Plan:
    """The plan with the items of ``SMALL`` alone, their agencies and two of the streets."""
    kept = replace(
        plan,
        indicators=tuple(item for item in plan.indicators if item.code in SMALL),
        goals=tuple(item for item in plan.goals if item.code in SMALL),
        milestones=tuple(item for item in plan.milestones if item.code in SMALL),
    )
    reporting = {item.reporting_agency for item in kept.items()}
    streets = [one for one in plan.agencies if one.is_street][:2]
    return replace(
        kept,
        agencies=tuple(one for one in plan.agencies if one.name in reporting or one in streets),
        domains=tuple(
            one for one in plan.domains if any(item.domain == one.name for item in kept.items())
        ),
    )


def small(plan: Plan, rules: Rules) -> Edition:
    """The quarter of an office with lists of projects, of so few items that papers can be read."""
    return with_projects(small_plan(plan), rules)


def empty(plan: Plan, rules: Rules) -> Edition:
    """Nothing has ever been sent."""
    return edition(plan, rules)


def one_agency(plan: Plan, rules: Rules) -> Edition:
    """One agency reports everything."""
    alone = "区“七优享”专班"
    items = [replace(item, lead_agency=alone, responsible_agency=None) for item in plan.items()]
    single = replace(plan, agencies=(Agency(alone, "区级"),), **_by_kind(items))
    return edition(single, rules, (record(single, *row) for row in QUARTER))


def all_green(plan: Plan, rules: Rules) -> Edition:
    """Everything is met."""
    records = [green_record(plan, item, Q3) for item in plan.items()]
    return edition(plan, rules, records)


def many(plan: Plan, rules: Rules, agencies: int = 300) -> Edition:
    """Hundreds of agencies, each with three indicators and a goal; every lamp among them."""
    wide = widened(plan, agencies)
    records = [
        spoilt(green_record(wide, item, period), number)
        for period in (Q2, Q3)
        for number, item in enumerate(wide.items())
        if number % 11 != 10 or period is Q2
    ]
    before = edition(wide, rules, [r for r in records if r.period == Q2], period=Q2)
    return edition(wide, rules, records, publications=[before.publication])


def widened(plan: Plan, agencies: int) -> Plan:
    """The plan for this many agencies: its indicators again and again, three for each."""
    names = [f"区{'甲乙丙丁戊己庚辛壬癸'[n % 10]}类事务第{n + 1}中心" for n in range(agencies)]
    source = [item for item in plan.indicators if item.code not in ("4", "5")]
    indicators = []
    for number in range(max(len(plan.indicators), 3 * agencies)):
        base = source[number % len(source)]
        indicators.append(
            replace(
                base,
                number=number + 1,
                code=str(number + 1),
                name=f"{base.name}（{number + 1}）",
                lead_agency=names[number % agencies],
                responsible_agency=None,
            )
        )
    goals = [goal for goal in plan.goals if goal.repeats is None]
    spread = [
        replace(
            goals[number % len(goals)],
            code=f"G{number + 1}",
            name=f"{goals[number % len(goals)].name}（{number + 1}）",
            lead_agency=names[number % agencies],
            responsible_agency=None,
        )
        for number in range(agencies)
    ]
    return replace(
        plan,
        agencies=tuple(Agency(name, "区级") for name in names),
        indicators=tuple(indicators),
        goals=tuple(spread),
        milestones=(),
    )


def spoilt(good: Record, number: int) -> Record:
    """The record, every third and every fifth of them far from its target."""
    if not isinstance(good.actual, Decimal) or good.actual == 0:
        return good
    factor = (
        Decimal("0.7") if number % 3 == 0 else Decimal("1.3") if number % 5 == 0 else Decimal(1)
    )
    return replace(good, actual=good.actual * factor)


def green_record(plan: Plan, item: Item, period: Period) -> Record:
    """A record that meets the item's target."""
    second = None
    if item.second_input is SecondInput.COVERAGE_BASE:
        second = Decimal(60)
    elif item.second_input is SecondInput.REFERENCE:
        second = Decimal(50)
    return record(plan, item.code, str(period), green_value(item, period, second), second=second)


def green_value(item: Item, period: Period, second: Decimal | None) -> Actual:
    """A value that meets the item's target."""
    if item.second_input is not None and second is not None:
        return second
    match item:
        case Indicator():
            target = item.targets[period.year]
            if item.due is not None:
                return Word.PASSED
        case Goal():
            target = item.target
        case _:
            return Word.DONE
    if target.value is None:
        return Word.FULL_COVERAGE
    step = Decimal("0.01")
    beyond = {
        Comparator.MORE_THAN: step,
        Comparator.LESS_THAN: -target.value / 4,
        Comparator.AT_MOST: -target.value / 10,
    }
    return target.value + beyond.get(target.comparator, Decimal(0))


def _by_kind(items: Sequence[Item]) -> dict[str, object]:
    return {
        "indicators": tuple(item for item in items if isinstance(item, Indicator)),
        "goals": tuple(item for item in items if isinstance(item, Goal)),
        "milestones": tuple(i for i in items if not isinstance(i, Indicator | Goal)),
    }
