"""What does the log store? Records, findings, files and runs, each with the time of booking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.records.submission import SubmissionStatus


@dataclass(frozen=True, slots=True)
class LoggedRecord:
    """A record as the log stores it.

    ``current`` is False for a number that a later submission or a decision has replaced. ``reason``
    is why it was accepted after its period had been closed (更正), else empty.
    """

    record: Record
    accepted_at: datetime
    run: int
    current: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LoggedFinding:
    """A finding as the log stores it: in which file, of which agency, and when it was found."""

    file: str
    sha256: str
    agency: str | None
    period: Period
    finding: Finding
    found_at: datetime
    run: int


@dataclass(frozen=True, slots=True)
class LoggedFile:
    """A file as the log stores it: its agency, its status, and how many findings it has."""

    file: str
    sha256: str
    agency: str | None
    period: Period
    status: SubmissionStatus
    contact: str
    at: datetime
    run: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """The counts of one consolidation that changed something.

    The first three count files; ``new``, ``revised``, ``unchanged`` and ``conflicts`` count
    figures. ``reason`` is set when it was booked into a closed period (更正).
    """

    run: int
    at: datetime
    period: Period
    accepted: int
    returned: int
    unreadable: int
    new: int
    revised: int
    unchanged: int
    conflicts: int
    reason: str = ""
