"""Everything a ledger shows, gathered before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus

if TYPE_CHECKING:
    from datetime import date

    from qiyx_xl.core.consolidation.conflicts import Conflict, Decision
    from qiyx_xl.core.history.differences import Change
    from qiyx_xl.core.history.matters import Matter
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.core.records.log_entries import LoggedFinding, LoggedRecord, LoggedRun
    from qiyx_xl.core.records.project_record import LoggedProjectRecord
    from qiyx_xl.papers.dashboard import Dashboard


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person has typed beside a conflict, and why it has not been booked yet.

    ``problem`` is empty for what is blank; else it says what to add or to change.
    """

    agency: str = ""
    reason: str = ""
    by: str = ""
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.agency or self.reason or self.by)


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One conflict on the sheet 冲突: decided, or still waiting for a person's choice."""

    conflict: Conflict
    decision: Decision | None = None
    choice: Choice | None = None


@dataclass(frozen=True)
class LedgerView:
    """A period's ledger: a line per item in the plan's order, and the log behind it.

    ``records`` are all that were ever accepted, oldest first, superseded ones included;
    ``findings`` are the period's; ``runs`` are all consolidations, oldest first. ``conflicts``
    are of all periods, the undecided first. ``changes`` is what differs from the period
    ``against``. ``today`` is the day on which blanks were judged late or not,
    ``position`` the log's mark (``Log.position``). ``projects`` are the lines of the office's
    lists, ``project_log`` is everything that was ever accepted about them.
    ``matters`` are those of the meetings, in the order in which they were raised.
    """

    plan: Plan
    rules: Rules
    period: Period
    lines: tuple[StatusLine, ...] = ()
    records: tuple[LoggedRecord, ...] = ()
    findings: tuple[LoggedFinding, ...] = ()
    runs: tuple[LoggedRun, ...] = ()
    decisions: tuple[Decision, ...] = ()
    conflicts: tuple[ConflictLine, ...] = ()
    against: Period | None = None
    changes: tuple[Change, ...] = ()
    dashboard: Dashboard | None = None
    today: date | None = None
    position: str = ""
    projects: ProjectStatus = NO_STATUS
    project_log: tuple[LoggedProjectRecord, ...] = ()
    matters: tuple[Matter, ...] = ()
