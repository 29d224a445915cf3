"""What did an agency send? One file with its records, each with the cell it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.primitives.legible import legible

if TYPE_CHECKING:
    from datetime import datetime

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectRecord
    from qiyx_xl.core.records.record import Record


class SubmissionStatus(StrEnum):
    """What happened to a file."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {"accepted": "通过", "returned": "需退回", "unreadable": "读不了"}[self.value]


@dataclass(frozen=True, slots=True)
class Submission:
    """One checked file. ``records`` and ``findings`` are in the order of the sheet's rows.

    ``projects`` are the records of the sheets 重大项目 and 民生实事. ``path`` is where the bytes
    are; ``origin`` is where they came from if that is an archive (报送.zip ▸ 卫健局.xlsx).
    """

    path: str
    sha256: str
    status: SubmissionStatus
    agency: str | None = None
    period: Period | None = None
    contact: str = ""
    modified: datetime | None = None
    records: tuple[Record, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    origin: str | None = None
    projects: tuple[ProjectRecord, ...] = ()

    @property
    def shown_path(self) -> str:
        """The path to show: for a file from an archive, the archive's name and the file's own."""
        return legible(self.path if self.origin is None else self.origin)

    @property
    def shown_name(self) -> str:
        """The last part of the path to show."""
        return self.shown_path.replace("\\", "/").rsplit("/", maxsplit=1)[-1]


class Outline(NamedTuple):
    """The summary of one file in a batch of thousands, without its records.

    ``reported`` counts its figures, ``findings`` its findings.
    """

    path: str
    sha256: str
    status: SubmissionStatus
    agency: str | None
    period: Period | None
    reported: int
    findings: int
