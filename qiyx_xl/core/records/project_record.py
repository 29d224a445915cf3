"""What was reported about projects and tasks, from which cells, and which values are current."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.project_list import ProjectList
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word, spell
from qiyx_xl.core.records.explanations import remark_in_force
from qiyx_xl.core.records.source import saved_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.source import Source

# Of the words, IN_PROGRESS is a node reported as not done yet, which withdraws an earlier date; the
# states of tasks are the others.
ProjectValue = Decimal | date | Word | Absence | Unreadable

TASK_STATES = (Word.NOT_STARTED, Word.UNDER_WAY, Word.DONE, Word.BLOCKED)
"""The states of 重点任务, in the order of the form's drop-down list."""


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """One reported value: 本年累计完成投资 (万元), a node's 实际完成日期, 完成值, a task's 状态.

    ``code`` is the project's (XM01, SS01), the node's (XM01-2) or the task's (R2-1-01). ``remark``
    is 情况说明, of a task 进展情况; ``evidence`` what was attached, in words.
    """

    code: str
    period: Period
    agency: str
    value: ProjectValue
    remark: str = ""
    as_written: str = ""
    source: Source | None = None
    evidence: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The key of the figure: records with the same key are versions of one figure."""
        return (str(self.period), self.code, self.agency)

    @property
    def is_reported(self) -> bool:
        """Whether anything was filled in."""
        return self.value is not Absence.NOT_REPORTED


@dataclass(frozen=True, slots=True)
class LoggedProjectRecord:
    """A record as the log stores it; ``current`` is False once a later file has replaced it."""

    record: ProjectRecord
    accepted_at: datetime
    run: int
    current: bool


@dataclass(frozen=True, slots=True)
class ProjectRevision:
    """One value of one agency, before and after a later file of that agency."""

    before: ProjectRecord
    after: ProjectRecord


@dataclass(frozen=True)
class ProjectBook:
    """The project lists and the current values of all periods; the input of rating and checks.

    ``task_owners`` are the lead agencies of a plan's tasks, by their codes (``for_tasks``).
    """

    listed: ProjectList = field(default_factory=ProjectList)
    records: tuple[ProjectRecord, ...] = ()
    task_owners: Mapping[str, str] = field(default_factory=dict)

    def for_tasks(self, plan: Plan) -> ProjectBook:
        """Return the same values, those of a plan's tasks by the agencies that lead them."""
        return replace(self, task_owners={task.code: task.lead_agency for task in plan.tasks})

    @property
    def is_empty(self) -> bool:
        """Whether the office has no projects at all."""
        return not (self.listed.projects or self.listed.livelihood)

    def at(self, code: str, period: Period) -> ProjectRecord | None:
        """Return the record of a period, or of another period that ends with the same month."""
        month = (period.year, period.end_month)
        ends = [
            record
            for record in self._of(code)
            if (record.period.year, record.period.end_month) == month
        ]
        exact = [record for record in ends if record.period == period]
        reported = sorted((r for r in ends if r.is_reported), key=lambda r: r.period, reverse=True)
        return next(iter((*(r for r in exact if r.is_reported), *reported, *exact, *ends)), None)

    def _of(self, code: str) -> Sequence[ProjectRecord]:
        return self._by_code.get(code, ())

    @cached_property
    def _by_code(self) -> dict[str, list[ProjectRecord]]:
        """The records by code; those of the agency now responsible precede those of others."""
        owners = {**self.listed.owners, **self.task_owners}
        entries: dict[str, list[ProjectRecord]] = {}
        for record in sorted(self.records, key=lambda one: one.agency != owners.get(one.code)):
            entries.setdefault(record.code, []).append(record)
        return entries

    def latest(
        self, code: str, period: Period, *, before: bool = False, same_year: bool = False
    ) -> ProjectRecord | None:
        """Return the latest record with a value whose period ends no later than the given one.

        Args:
            code: the project or node.
            period: the last period considered.
            before: leave out records whose period ends with the given one.
            same_year: only records of the period's own year, as annual totals start anew.
        """
        until = period.last_day
        known = [
            record
            for record in self._of(code)
            if record.is_reported
            and not isinstance(record.value, Unreadable)
            and (record.period.last_day < until if before else record.period.last_day <= until)
            and (not same_year or record.period.year == period.year)
        ]
        return max(known, key=lambda record: record.period, default=None)

    def completed_on(self, code: str, period: Period) -> date | None:
        """Return the day a node was completed, as known at a period; None while it is not."""
        record = self.latest(code, period)
        value = None if record is None else record.value
        return value if isinstance(value, date) and value <= period.last_day else None


NO_PROJECTS = ProjectBook()
"""The book of an office without projects."""


def current_project_records(
    versions: Iterable[ProjectRecord],
) -> dict[tuple[str, str, str], ProjectRecord]:
    """Return the current record of every value; ``versions`` are in the order they were received.

    The rule is that of the indicators' figures (core/consolidation/versions.py): the file saved
    later wins, a blank never replaces anything, and what cannot be read never replaces a value.
    """
    current: dict[tuple[str, str, str], ProjectRecord] = {}
    for version in sorted(versions, key=lambda version: saved_at(version.source)):
        before = current.get(version.key)
        if before is None:
            current[version.key] = version
        elif not version.is_reported:
            remark = remark_in_force(before.remark, version.remark)
            evidence = version.evidence or before.evidence
            current[version.key] = replace(before, remark=remark, evidence=evidence)
        elif not (isinstance(version.value, Unreadable) and _is_value(before)):
            current[version.key] = version
    return current


def _is_value(record: ProjectRecord) -> bool:
    return record.is_reported and not isinstance(record.value, Unreadable)


def changes(
    logged: Sequence[ProjectRecord], sent: Sequence[ProjectRecord]
) -> tuple[tuple[ProjectRecord, ...], tuple[ProjectRevision, ...]]:
    """Return which values are new and which are revised once ``sent`` is added to the log."""
    before = current_project_records(logged)
    after = current_project_records([*logged, *sent])
    touched = {record.key for record in sent}
    new, revised = [], []
    for key in sorted(touched):
        old, now = before.get(key), after[key]
        if not now.is_reported:
            continue
        if old is None or not old.is_reported:
            new.append(now)
        elif old.value != now.value or (is_task_state(now.value) and _told(old) != _told(now)):
            revised.append(ProjectRevision(old, now))
    return tuple(new), tuple(revised)


def is_task_state(value: ProjectValue) -> bool:
    """Whether a value is one of the states of 重点任务."""
    return isinstance(value, Word) and value in TASK_STATES


def _told(record: ProjectRecord) -> tuple[str, str]:
    # A task's words are what is reported about it, so other words are another version.
    return record.remark, record.evidence


def has_value_or_remark(record: ProjectRecord) -> bool:
    """Whether a record is worth storing in the log: it has a value, a remark or evidence."""
    return record.is_reported or record.remark != "" or record.evidence != ""


def spell_value(value: ProjectValue) -> str:
    """Format a value for people to read; a date as 2026-06-30."""
    return value.isoformat() if isinstance(value, date) else spell(value)
