"""What the log keeps: records, findings, files and runs, each with when it was booked."""

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
    """A record as the log keeps it.

    ``current`` is False for a number that a later submission or a decision has replaced.
    ``reason`` is why it was taken in after its period had been closed (更正), else empty.
    """

    record: Record
    accepted_at: datetime
    run: int
    current: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SettledLog:
    """What stands (``Log.current_records``), and every number's row (``Log.all_records``)."""

    current: tuple[Record, ...]
    rows: tuple[LoggedRecord, ...]


@dataclass(frozen=True, slots=True)
class LoggedFinding:
    """A finding as the log keeps it: in which file, of whom, and when it was found."""

    file: str
    sha256: str
    agency: str | None
    period: Period
    finding: Finding
    found_at: datetime
    run: int


@dataclass(frozen=True, slots=True)
class LoggedFile:
    """A file as the log keeps it: of whom, what became of it, and how much was found in it."""

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
    """One consolidation that changed something, in numbers.

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
