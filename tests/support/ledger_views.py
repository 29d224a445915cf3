"""Small ledgers for the tests: records by a few words each, and the view they give."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Word, spell
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.log_entries import LoggedFinding, LoggedRecord, LoggedRun
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source
from qiyx_xl.ledger.content.view import LedgerView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

ACCEPTED = datetime(2026, 10, 8, 9, 30, tzinfo=UTC)
TODAY = date(2026, 10, 20)

# A quarter in which every lamp is lit somewhere, with goals, milestones, words and a revision.
QUARTER = (
    ("1", "2025", "4.6"),
    ("2", "2025Q4", "66.5"),
    ("9", "2025-12", "6.4"),
    ("17", "2025", "2.64"),
    ("4", "2025Q4", "已通过"),
    ("M02", "2026Q1", "已完成"),
    ("1", "2026Q3", "4.8", {"current": False}),
    ("1", "2026Q3", "4.9"),
    ("2", "2026Q3", "69"),
    ("5", "2026Q3", "进行中"),
    ("7", "2026Q3", "3.45"),
    ("9", "2026-09", "7.7"),
    ("15", "2026Q3", "63.2", {"second": "64.5"}),
    ("17", "2026Q3", "2.64"),
    ("18", "2026Q3", "95.96"),
    ("19", "2026Q3", "1.7"),
    ("20", "2026Q3", "不适用"),
    ("T1-2-04", "2026Q3", "92", {"second": "70"}),
    ("T2-1-02", "2026Q3", "2800"),
    ("T3-3-01", "2026Q3", "32"),
    ("M01", "2026Q3", "进行中"),
)


def logged(plan: Plan, row: Sequence[Any], number: int) -> LoggedRecord:
    """One logged record from (code, period, value, options)."""
    code, period, value, *rest = row
    options = rest[0] if rest else {}
    item = plan.find(code)
    assert item is not None
    agency = options.get("agency", item.reporting_agency)
    second = options.get("second")
    record = Record(
        code=code,
        period=Period.parse(period),
        agency=agency,
        actual=_actual(value),
        second=None if second is None else Decimal(second),
        remark=options.get("remark", ""),
        as_written=options.get("as_written", value),
        source=Source(
            options.get("file", f"{agency}_{period}.xlsx"), f"{number:064x}", "填报表", f"G{number}"
        ),
    )
    return LoggedRecord(record, ACCEPTED, 1, options.get("current", True))


def view_of(
    plan: Plan, rules: Rules, rows: Sequence[Sequence[Any]] = QUARTER, period: str = "2026Q3"
) -> LedgerView:
    """The view of some records at a period, with one finding and one run."""
    when = Period.parse(period)
    records = tuple(logged(plan, row, number) for number, row in enumerate(rows, start=1))
    current = [one.record for one in records if one.current]
    finding = Finding(
        "V104",
        Severity.ERROR,
        "“本期实际值”应只填数字，现在填的是“320个”。请改为 320，不要带单位。",
        "填报表",
        "G3",
        "本期实际值",
        "320个",
        "320",
    )
    return LedgerView(
        plans=Plans.only(plan),
        rules=rules,
        period=when,
        lines=status_lines(plan, rules, when, current, TODAY),
        records=records,
        findings=(LoggedFinding("卫健局.xlsx", "ab" * 32, "区卫健局", when, finding, ACCEPTED, 1),),
        runs=(LoggedRun(1, ACCEPTED, when, 8, 2, 1, 24, 1, 0, 0),),
    )


def parts_of(path: Path) -> dict[str, bytes]:
    """Every part of a package, by name."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def _actual(value: str) -> Any:
    if value == spell(Absence.NOT_REPORTED):
        return Absence.NOT_REPORTED
    if value == Absence.NOT_APPLICABLE.value:
        return Absence.NOT_APPLICABLE
    if value in set(Word):
        return Word(value)
    return Decimal(value)
