"""What an agency sent: one submission with its records, each with the cell it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from qiyx_xl.core.primitives.legible import legible
from qiyx_xl.core.primitives.values import Absence, Actual, spell
from qiyx_xl.core.records.project_record import NO_PROJECTS, ProjectBook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectRecord
    from qiyx_xl.core.records.source import Source


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


class History(Protocol):
    """What was accepted before. It travels to worker processes, so it must be picklable.

    ``projects`` are the office's lists of projects, with what stands for them.
    """

    @property
    def projects(self) -> ProjectBook:
        """The lists of projects, and what stands for them; empty where the office has none."""

    def last(self, code: str, agency: str, before: Period) -> Record | None:
        """Return the latest record of an item by an agency that is older than a period."""

    def standing(self, code: str, agency: str, period: Period) -> Record | None:
        """Return the record already accepted for this very period."""

    def year_end(self, code: str, agency: str, year: int) -> Decimal | None:
        """Return the number recorded for the end of a year; None if there is none."""

    def is_confirmed(self, code: str, agency: str, period: Period, actual: Actual) -> bool:
        """Whether a person has confirmed this very value, however implausible."""

    def knows(self, agency: str) -> bool:
        """Whether there is any record of an agency."""


class NoHistory:
    """Nothing was accepted before."""

    projects = NO_PROJECTS

    def last(self, code: str, agency: str, before: Period) -> Record | None:  # noqa: ARG002
        """Return None: there is no record."""
        return None

    def standing(self, code: str, agency: str, period: Period) -> Record | None:  # noqa: ARG002
        """Return None: there is no record."""
        return None

    def year_end(self, code: str, agency: str, year: int) -> Decimal | None:  # noqa: ARG002
        """Return None: there is no number."""
        return None

    def is_confirmed(self, code: str, agency: str, period: Period, actual: Actual) -> bool:  # noqa: ARG002
        """Return False: nobody has confirmed anything."""
        return False

    def knows(self, agency: str) -> bool:  # noqa: ARG002
        """Return False: there is no record."""
        return False


class RecordHistory:
    """History over records in memory: those in force, of all periods.

    A record that says nothing (blank, 不适用) hides no older one that does.

    Args:
        records: the records in force, as people have decided between them.
        confirmed: period, code, agency and value, spelled, of each value a person has confirmed.
        sent: the same as each agency sent them, if anything was decided.
        projects: the lists of projects, and what stands for them.
    """

    def __init__(
        self,
        records: Iterable[Record],
        confirmed: Iterable[tuple[str, str, str, str]] = (),
        *,
        sent: Iterable[Record] | None = None,
        projects: ProjectBook = NO_PROJECTS,
    ) -> None:
        self.projects = projects
        records = tuple(records)
        self._records: dict[tuple[str, str], list[Record]] = {}
        self._confirmed = frozenset(confirmed)
        for record in sorted(records, key=lambda record: record.period.order):
            if not isinstance(record.actual, Absence):
                self._records.setdefault((record.code, record.agency), []).append(record)
        self._agencies = frozenset(agency for _, agency in self._records)
        self._sent = {
            (record.code, record.agency, record.period): record
            for record in (records if sent is None else sent)
            if not isinstance(record.actual, Absence)
        }

    def last(self, code: str, agency: str, before: Period) -> Record | None:
        """Return the latest record whose period ends before the given period ends."""
        known = self._records.get((code, agency), ())
        return next((r for r in reversed(known) if r.period.last_day < before.last_day), None)

    def standing(self, code: str, agency: str, period: Period) -> Record | None:
        """Return what the agency itself sent for this very period."""
        return self._sent.get((code, agency, period))

    def year_end(self, code: str, agency: str, year: int) -> Decimal | None:
        """Return the number recorded for the year, its fourth quarter or its December."""
        for record in reversed(self._records.get((code, agency), ())):
            if record.period.year == year and record.period.is_year_end:
                return record.actual if isinstance(record.actual, Decimal) else None
        return None

    def is_confirmed(self, code: str, agency: str, period: Period, actual: Actual) -> bool:
        """Whether this very value is among the confirmed ones."""
        return (str(period), code, agency, spell(actual)) in self._confirmed

    def knows(self, agency: str) -> bool:
        """Whether any record is the agency's."""
        return agency in self._agencies


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
