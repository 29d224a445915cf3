"""What was accepted before? New values are compared with it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from qiyx_xl.core.primitives.values import Absence, Actual, spell
from qiyx_xl.core.records.project_record import NO_PROJECTS, ProjectBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record


class History(Protocol):
    """What was accepted before. It is sent to worker processes, so it must be picklable."""

    @property
    def projects(self) -> ProjectBook:
        """The project lists with the values reported for them; empty where the office has none."""

    def last(self, code: str, agency: str, before: Period) -> Record | None:
        """Return the latest record of an item by an agency that is older than a period."""

    def numbers(self, code: str, agency: str, before: Period) -> Sequence[tuple[Period, Decimal]]:
        """Return the numbers of an item by an agency that are older than a period, oldest first."""

    def accepted_record(self, code: str, agency: str, period: Period) -> Record | None:
        """Return the record already accepted for exactly this period."""

    def year_end(self, code: str, agency: str, year: int) -> Decimal | None:
        """Return the number recorded for the end of a year; None if there is none."""

    def is_confirmed(self, code: str, agency: str, period: Period, actual: Actual) -> bool:
        """Whether a person has confirmed exactly this value, however implausible it is."""

    def knows(self, agency: str) -> bool:
        """Whether there is any record of an agency."""


class NoHistory:
    """A history without any record."""

    projects = NO_PROJECTS

    def last(self, code: str, agency: str, before: Period) -> Record | None:  # noqa: ARG002
        """Return None: there is no record."""
        return None

    def numbers(self, code: str, agency: str, before: Period) -> Sequence[tuple[Period, Decimal]]:  # noqa: ARG002
        """Return nothing: there is no number."""
        return ()

    def accepted_record(self, code: str, agency: str, period: Period) -> Record | None:  # noqa: ARG002
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
    """A history of records in memory: the current ones, of all periods.

    A record without a value (blank, 不适用) does not hide an older one that has one.

    Args:
        records: the current records, after people's decisions.
        confirmed: period, code, agency and formatted value of each value a person has confirmed.
        sent: the current records as the agencies sent them, where decisions have changed any.
        projects: the lists of projects, with the values reported for them.
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

    def numbers(self, code: str, agency: str, before: Period) -> Sequence[tuple[Period, Decimal]]:
        """Return the numbers of periods that end before the given period ends, oldest first."""
        return [
            (record.period, record.actual)
            for record in self._records.get((code, agency), ())
            if isinstance(record.actual, Decimal) and record.period.last_day < before.last_day
        ]

    def accepted_record(self, code: str, agency: str, period: Period) -> Record | None:
        """Return what the agency itself sent for exactly this period."""
        return self._sent.get((code, agency, period))

    def year_end(self, code: str, agency: str, year: int) -> Decimal | None:
        """Return the number recorded for the year, its fourth quarter or its December."""
        for record in reversed(self._records.get((code, agency), ())):
            if record.period.year == year and record.period.is_year_end:
                return record.actual if isinstance(record.actual, Decimal) else None
        return None

    def is_confirmed(self, code: str, agency: str, period: Period, actual: Actual) -> bool:
        """Whether exactly this value is among the confirmed ones."""
        return (str(period), code, agency, spell(actual)) in self._confirmed

    def knows(self, agency: str) -> bool:
        """Whether there is any record of the agency."""
        return agency in self._agencies
