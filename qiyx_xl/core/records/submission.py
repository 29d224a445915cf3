"""What an agency sent: one file with its records, each with the cell it came from."""

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
    """What became of a file."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {"accepted": "通过", "returned": "需退回", "unreadable": "读不了"}[self.value]


@dataclass(frozen=True, slots=True)
class Submission:
    """One file, checked. ``records`` and ``findings`` are in the order of the sheet's rows.

    ``projects`` is what the sheets 重大项目 and 民生实事 say.

    ``path`` is where the bytes lie; ``origin`` says where they came from if that is an archive
    (报送.zip ▸ 卫健局.xlsx).
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
        """The path to show: a file from an archive goes by the archive's name and its own."""
        return legible(self.path if self.origin is None else self.origin)

    @property
    def shown_name(self) -> str:
        """The last part of the path to show."""
        return self.shown_path.replace("\\", "/").rsplit("/", maxsplit=1)[-1]


class Outline(NamedTuple):
    """What is to be known of a file among thousands, without what it says.

    ``reported`` counts its figures, ``findings`` its findings.
    """

    path: str
    sha256: str
    status: SubmissionStatus
    agency: str | None
    period: Period | None
    reported: int
    findings: int
