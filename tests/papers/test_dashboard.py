"""What stands on 操作台: trend, what is missing, what went back, what is due next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support import editions
from support.pages import document_text

from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.log_entries import LoggedFinding, LoggedRecord
from qiyx_xl.core.records.record import Record
from qiyx_xl.papers.dashboard import NextDeadline, dashboard, next_deadline, returned_files

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

Q3 = Period.parse("2026Q3")
TODAY = date(2026, 10, 20)


def record(code: str, period: str, actual: str, agency: str = "区卫健局") -> Record:
    return Record(code, Period.parse(period), agency, Decimal(actual))


def logged(agency: str, run: int, period: Period = Q3) -> LoggedRecord:
    moment = datetime(2026, 10, run, tzinfo=UTC)
    return LoggedRecord(replace(record("1", str(period), "4.9", agency)), moment, run, current=True)


def found(agency: str | None, run: int, sha256: str, severity: Severity = Severity.ERROR):
    finding = Finding("V104", severity, "请改。", "填报表", "G6", "本期实际值", "320个", "320")
    moment = datetime(2026, 10, run, tzinfo=UTC)
    return LoggedFinding(f"{sha256}.xlsx", sha256, agency, Q3, finding, moment, run)


@pytest.mark.parametrize(
    ("period", "before"),
    [("2026Q1", "2025Q4"), ("2026Q3", "2026Q2"), ("2026-01", "2025-12"), ("2026", "2025")],
)
def test_the_period_before_has_the_same_length(period: str, before: str):
    assert Period.parse(period).before == Period.parse(before)


def test_the_trend_ends_with_the_period_and_begins_with_the_plan(plan: Plan, rules: Rules):
    board = dashboard(
        rules, Q3, CurrentFigures(Plans.only(plan)), logged=(), findings=(), today=TODAY
    )
    assert [str(point.period) for point in board.trend] == [
        "2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3",
    ]  # fmt: skip
    early = dashboard(
        rules,
        Period.parse("2023Q2"),
        CurrentFigures(Plans.only(plan)),
        logged=(),
        findings=(),
        today=TODAY,
    )
    assert [str(point.period) for point in early.trend] == ["2023Q1", "2023Q2"]


def test_the_trend_counts_the_indicators_lamps_of_each_period(plan: Plan, rules: Rules):
    current = [record("1", "2026Q2", "5"), record("1", "2026Q3", "5"), record("2", "2026Q3", "70")]
    current.append(record("1", "2026Q1", "9", agency="区民政局"))  # not who reports it
    board = dashboard(
        rules, Q3, CurrentFigures(Plans.only(plan), current), logged=(), findings=(), today=TODAY
    )
    lit = {str(point.period): point.lamps.green for point in board.trend}
    assert (lit["2026Q1"], lit["2026Q2"], lit["2026Q3"]) == (0, 1, 2)
    assert all(point.lamps.total == len(plan.indicators) for point in board.trend)


def test_the_console_of_a_small_quarter_shows_this(plan: Plan, rules: Rules, snapshot: Any):
    edition = editions.small(plan, rules)
    board = dashboard(
        rules,
        Q3,
        CurrentFigures(Plans.only(edition.plan), edition.records),
        logged=(),
        findings=(),
        today=TODAY,
    )
    trend = [{"period": str(point.period), **point.lamps.to_json()} for point in board.trend]
    missing = [
        {
            "agency": one.agency.name,
            "items": [owed.item.code for owed in one.items],
            "deadline": str(one.deadline),
            "days late": one.days_late,
        }
        for one in board.missing
    ]
    assert document_text({"trend": trend, "missing": missing}) == snapshot
    assert board.returned == ()
    assert board.deadline == NextDeadline(
        day=date(2026, 11, 5), periods=(Period.parse("2026-10"),), days_left=16
    )


def test_what_is_missing_is_listed_before_it_is_late_too(plan: Plan, rules: Rules):
    early = date(2026, 10, 1)
    board = dashboard(
        rules, Q3, CurrentFigures(Plans.only(plan)), logged=(), findings=(), today=early
    )
    late = {one.agency.name: one.days_late for one in board.missing}
    assert late["大碶街道"] < 0
    assert "区卫健局" in late


def test_a_returned_file_waits_until_its_agency_has_a_later_one_accepted():
    findings = [found("区卫健局", 1, "aa"), found("区卫健局", 1, "aa"), found("区民政局", 2, "bb")]
    waiting = returned_files(Q3, [], findings)
    assert [(one.file, one.errors) for one in waiting] == [("bb.xlsx", 1), ("aa.xlsx", 2)]
    waiting = returned_files(Q3, [logged("区卫健局", 3)], findings)
    assert [one.file for one in waiting] == ["bb.xlsx"]


def test_warnings_other_periods_and_earlier_acceptances_leave_it_waiting():
    warning = found("区教育局", 1, "cc", Severity.WARNING)
    assert returned_files(Q3, [], [warning]) == ()
    findings = [found("区卫健局", 2, "aa")]
    for other in (logged("区卫健局", 1), logged("区卫健局", 3, Period.parse("2026Q2"))):
        assert len(returned_files(Q3, [other], findings)) == 1


def test_a_file_whose_agency_is_unknown_waits(plan: Plan):
    assert returned_files(Q3, [logged("区卫健局", 3)], [found(None, 1, "dd")])[0].agency is None


def test_the_next_deadline_names_all_periods_that_end_there(plan: Plan, rules: Rules):
    plain = replace(rules, calendar=None)
    coming = next_deadline(plan, plain, date(2026, 10, 6))
    assert coming is not None
    assert (coming.day, coming.days_left) == (date(2026, 10, 10), 4)
    assert [str(period) for period in coming.periods] == ["2026Q3"]
    assert next_deadline(plan, plain, coming.day).days_left == 0
    assert next_deadline(plan, plain, date(2030, 1, 1)) is None
