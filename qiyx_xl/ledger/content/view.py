"""What a ledger shows: all its data in one value, gathered before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus
from qiyx_xl.core.tasks.status import NO_TASKS, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from qiyx_xl.core.consolidation.conflicts import Conflict, Decision
    from qiyx_xl.core.forecast.expected import Forecast
    from qiyx_xl.core.history.differences import Change
    from qiyx_xl.core.history.matters import Matter
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.core.records.log_entries import LoggedFinding, LoggedRecord, LoggedRun
    from qiyx_xl.core.records.project_record import LoggedProjectRecord
    from qiyx_xl.papers.dashboard import Dashboard


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that a person typed beside a conflict and that is not booked yet.

    ``problem`` says what to add or to change; it is empty if nothing was typed.
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
    """The data of a period's ledger: one line per item in the plan's order, and the log.

    - ``records``: all ever accepted, oldest first, superseded ones included.
    - ``findings``: those of the period.
    - ``runs``: all consolidations, oldest first.
    - ``conflicts``: those of all periods, the undecided first.
    - ``forecasts``: the year ends to expect of the indicators, by code.
    - ``changes``: the differences from the period ``against``.
    - ``today``: the day by which a blank is late or not.
    - ``position``: how far the log was read (``Log.position``).
    - ``projects``: the lines of the office's lists; ``project_log``: all records ever accepted
      for them and for tasks.
    - ``tasks``: the lines of the plan's tasks.
    - ``matters``: those of the meetings, in the order in which they were raised.
    - ``adopted``: the items whose typed change of who reports them has been adopted.
    """

    plans: Plans
    rules: Rules
    period: Period
    lines: tuple[StatusLine, ...] = ()
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
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
    tasks: TaskStatus = NO_TASKS
    matters: tuple[Matter, ...] = ()
    adopted: frozenset[str] = frozenset()

    @cached_property
    def plan(self) -> Plan:
        """The plan in force at the period."""
        return self.plans.at(self.period)
