"""How the result of checking one file is serialized, between processes and in memory.

A batch may have a hundred thousand files with fifty figures each, and most are never read again.
So a worker sends a short outline and the packed rest, and the batch stores both as bytes.
"""

from __future__ import annotations

import marshal
import pickle
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import PurePath
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from qiyx_xl.core.checks.fast_path import record_of
from qiyx_xl.core.findings.model import Finding
from qiyx_xl.core.primitives.legible import legible
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import Outline, Submission, SubmissionStatus

if TYPE_CHECKING:
    from qiyx_xl.core.checks.fast_path import PlainRow
    from qiyx_xl.core.records.project_record import ProjectRecord

_PLAIN = 4  # values in a plain row; a packed record has seven


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of checking one file.

    ``rows`` are its figures, as records or as plain rows; ``projects`` its project records.
    """

    path: str
    sha256: str
    status: SubmissionStatus
    findings: tuple[Finding, ...]
    modified: datetime | None = None
    agency: str | None = None
    period: Period | None = None
    judged_for: Period | None = None
    contact: str = ""
    sheet: str = ""
    rows: tuple[Record | PlainRow, ...] = ()
    projects: tuple[ProjectRecord, ...] = ()

    def submission(self, origin: str | None = None) -> Submission:
        """Convert it to the Submission that the rest of the program uses."""
        return Submission(
            path=self.path,
            sha256=self.sha256,
            status=self.status,
            agency=self.agency,
            period=self.period,
            contact=self.contact,
            modified=self.modified,
            records=self._records(),
            findings=self.findings,
            origin=origin,
            projects=self.projects,
        )

    def _records(self) -> tuple[Record, ...]:
        period, agency = self.judged_for, self.agency
        if period is None or agency is None:
            return ()
        source = Source(legible(PurePath(self.path).name), self.sha256, self.sheet, "")
        return tuple(
            record_of(row, period, agency, source) if isinstance(row, tuple) else row
            for row in self.rows
        )

    def pack(self) -> Packed:
        """Serialize it as tuples of plain values, which cost a tenth of pickled objects."""
        period = None if self.period is None else str(self.period)
        reported = sum([isinstance(row, tuple) or row.is_reported for row in self.rows])
        head = (
            bytes.fromhex(self.sha256),
            self.status.value,
            self.agency,
            period,
            reported,
            len(self.findings),
        )
        rest = (
            self.path,
            None if self.judged_for is None else str(self.judged_for),
            # Pickling a datetime would take as long as pickling all rows.
            None if self.modified is None else self.modified.isoformat(),
            self.contact,
            self.sheet,
            [row if isinstance(row, tuple) else _record_values(row) for row in self.rows],
            [
                (f.code, f.severity, f.message, f.sheet, f.cell, f.header, f.value, f.suggestion)
                for f in self.findings
            ],
            self.projects,
        )
        return Packed(
            marshal.dumps(head),
            pickle.dumps(rest, pickle.HIGHEST_PROTOCOL),
            bool(self.findings),
        )


class Packed(NamedTuple):
    """One file's outline and the rest of its result as bytes, and whether it has findings."""

    head: bytes
    rest: bytes
    is_flagged: bool


def outlined(head: bytes | bytearray, path: str) -> Outline:
    """Deserialize the outline of the file at a path."""
    sha256, status, agency, period, reported, findings = marshal.loads(head)  # noqa: S302 - our own
    return Outline(
        path=path,
        sha256=sha256.hex(),
        status=SubmissionStatus(status),
        agency=None if agency is None else intern(agency),
        period=_period(period),
        reported=reported,
        findings=findings,
    )


def unpack(outline: Outline, rest: bytes) -> Judged:
    """Deserialize a file's result from its outline and the packed rest."""
    unpacked = pickle.loads(rest)  # noqa: S301 - our own
    path, judged_for, modified, contact, sheet, rows, findings, projects = unpacked
    period, agency = _period(judged_for), outline.agency or ""
    source = Source(legible(PurePath(path).name), outline.sha256, sheet, "")
    return Judged(
        path=path,
        sha256=outline.sha256,
        status=outline.status,
        findings=tuple(Finding(*values) for values in findings),
        modified=None if modified is None else datetime.fromisoformat(modified),
        agency=outline.agency,
        period=outline.period,
        judged_for=period,
        contact=contact,
        sheet=sheet,
        rows=tuple(
            values if len(values) == _PLAIN else _record_of(values, period, agency, source)
            for values in rows
        ),
        projects=projects,
    )


@lru_cache(maxsize=256)
def _period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)


def _record_values(row: Record) -> tuple[object, ...]:
    cell = "" if row.source is None else row.source.cell
    return (row.code, row.actual, row.second, row.remark, row.as_written, cell, row.evidence)


def _record_of(
    values: tuple[Any, ...], period: Period | None, agency: str, source: Source
) -> Record:
    if period is None:
        raise ValueError("a record without a period")
    code, actual, second, remark, as_written, cell, evidence = values
    return Record(
        code=code,
        period=period,
        agency=agency,
        actual=actual,
        second=second,
        remark=remark,
        as_written=as_written,
        source=Source(source.file, source.sha256, source.sheet, cell),
        evidence=evidence,
    )
