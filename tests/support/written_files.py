"""Files that agencies send, as text: what was read from them is said, and their hash is real."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import Submission, SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.primitives.values import Actual


def written(path: Path, text: str) -> str:
    """Write the file; return its hash."""
    path.write_text(text, encoding="utf-8")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def submission(
    path: Path,
    agency: str,
    period: Period,
    values: Mapping[str, str | Actual],
    modified: datetime | None,
    *,
    seconds: Mapping[str, str] | None = None,
    remarks: Mapping[str, str] | None = None,
    status: SubmissionStatus = SubmissionStatus.ACCEPTED,
    findings: tuple[Finding, ...] = (),
    contact: str = "",
) -> Submission:
    """Write a file that says all this; return what is read from it, a row for each item code.

    A number is given as text, whatever else stands in a cell as the core knows it.
    """
    sha256 = written(path, f"{agency} {dict(values)} {modified} {period} {seconds} {remarks}")
    records = tuple(
        Record(
            code,
            period,
            agency,
            Decimal(value) if isinstance(value, str) and _is_number(value) else value,
            second=Decimal(seconds[code]) if seconds and code in seconds else None,
            remark=(remarks or {}).get(code, ""),
            as_written=str(value),
            source=Source(path.name, sha256, "填报表", f"G{row}"),
        )
        for row, (code, value) in enumerate(values.items(), start=6)
    )
    return Submission(
        str(path), sha256, status, agency, period, contact, modified, records, findings
    )


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdigit()
