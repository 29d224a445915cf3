"""Files that agencies send, drawn for the tests of consolidating."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.consolidation.merge import Consolidation, consolidate
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import Submission, SubmissionStatus

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.values import Actual

Q3 = Period.parse("2026Q3")
NINE = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
NOON = datetime(2026, 10, 8, 12, 0, tzinfo=UTC)
HEALTH, SOCIAL, EDUCATION = "区卫健局", "区民政局", "区教育局"
BLANK = Absence.NOT_REPORTED


def row(
    code: str,
    actual: str | Actual,
    agency: str = HEALTH,
    *,
    saved: int | None = 0,
    second: str | None = None,
    remark: str = "",
    cell: str = "G6",
    file: str = "",
) -> Record:
    """One row of a file; numbers are written as text, ``saved`` in minutes after nine."""
    value = Decimal(actual) if type(actual) is str else actual
    name = file or f"{agency}{saved}.xlsx"
    return Record(
        code,
        Q3,
        agency,
        value,
        None if second is None else Decimal(second),
        remark,
        str(actual),
        Source(
            name,
            hashlib.sha256(f"{name}{actual}{second}".encode()).hexdigest(),
            "填报表",
            cell,
            None if saved is None else NINE + timedelta(minutes=saved),
        ),
    )


def sent(
    *rows: Record,
    agency: str = HEALTH,
    saved: int | None = 0,
    status: SubmissionStatus = SubmissionStatus.ACCEPTED,
    period: Period | None = Q3,
    findings: tuple[Finding, ...] = (),
) -> Submission:
    """A file of one agency; its hash depends on all that it says."""
    said = f"{agency} {saved} {[(one.code, one.actual, one.second, one.remark) for one in rows]}"
    sha256 = hashlib.sha256(said.encode()).hexdigest()
    name = f"{agency}_{sha256[:4]}.xlsx"
    records = tuple(
        Record(
            one.code,
            Q3,
            agency,
            one.actual,
            one.second,
            one.remark,
            one.as_written,
            Source(name, sha256, "填报表", f"G{place}"),
        )
        for place, one in enumerate(rows, start=6)
    )
    modified = None if saved is None else NINE + timedelta(minutes=saved)
    return Submission(
        f"收件/{name}", sha256, status, agency, period, "", modified, records, findings
    )


def merged(
    plan: Plan,
    *files: Submission,
    logged: tuple[Record, ...] = (),
    known: tuple[str, ...] = (),
    at: datetime = NOON,
    **more: Any,
) -> Consolidation:
    return consolidate(plan, Q3, logged, files, known, at=at, **more)


def values(outcome: Consolidation) -> dict[str, str]:
    return {one.code: str(one.actual) for one in outcome.records}


def conflicting(plan: Plan) -> Consolidation:
    return merged(
        plan,
        sent(row("1", "4.9"), agency=HEALTH),
        sent(row("1", "5.5"), agency=SOCIAL),
        sent(row("1", "4.90"), agency=EDUCATION),
    )
