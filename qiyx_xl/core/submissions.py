"""What an agency sent: one submission with its records, each with the cell it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.values import Absence, Actual

if TYPE_CHECKING:
    from datetime import datetime

    from qiyx_xl.core.findings import Finding
    from qiyx_xl.core.periods import Period


class SubmissionStatus(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {"accepted": "通过", "returned": "需退回", "unreadable": "读不了"}[self.value]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number was read: file name, the file's sha256 (hex), sheet and cell."""

    file: str
    sha256: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Record:
    """One reported value.

    ``actual`` is in the item's own measure. ``second`` is the second number the item asks for
    (``SecondInput``). ``as_written`` is the cell's text before it was understood.
    """

    code: str
    period: Period
    agency: str
    actual: Actual
    second: Decimal | None = None
    remark: str = ""
    as_written: str = ""
    source: Source | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two records be about the same figure."""
        return (str(self.period), self.code, self.agency)

    @property
    def is_reported(self) -> bool:
        """Whether anything was filled in."""
        return self.actual is not Absence.NOT_REPORTED

    def same_value(self, other: Record) -> bool:
        """Whether both say the same, whatever file they came from."""
        return (self.actual, self.second, self.remark) == (
            other.actual,
            other.second,
            other.remark,
        )


@dataclass(frozen=True, slots=True)
class Submission:
    """One file, checked. ``records`` and ``findings`` are in the order of the sheet's rows."""

    path: str
    sha256: str
    status: SubmissionStatus
    agency: str | None = None
    period: Period | None = None
    contact: str = ""
    modified: datetime | None = None
    records: tuple[Record, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
