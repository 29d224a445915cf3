"""封账: how a period's values, lamps and rules are frozen, and reopened with a reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.history.snapshot import Figure, figures, frozen_lines
from qiyx_xl.core.plan.rules import rules_document, rules_from_document
from qiyx_xl.core.primitives.errors import QiyxError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.projects.status import ProjectStatus
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.core.tasks.status import TaskStatus


class ClosingError(QiyxError):
    """A period that cannot be closed or reopened; the message can be shown to the user."""


class Action(StrEnum):
    """What was done to the period."""

    CLOSE = "close"
    REOPEN = "reopen"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {"close": "封账", "reopen": "启封"}[self.value]


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing or reopening of a period.

    ``figures`` are the frozen ones, empty for a reopening. ``ledger`` is the sha256 of the ledger's
    copy, empty if there is none. ``rules`` is the whole rule file as JSON text, so that scores and
    ranks can also be computed again as they were. ``projects`` are the projects' lines as JSON
    text, parsed only when needed; empty in closings from versions that did not store them.
    ``plan`` is the sha256 of the plan in force, empty where an earlier version closed the period.
    ``tasks`` are the tasks' lines as JSON text, empty where the plan has none.
    """

    action: Action
    period: Period
    at: datetime
    by: str
    reason: str
    plan_version: str
    rules_version: str
    figures: tuple[Figure, ...] = ()
    ledger: str = ""
    rules: str = ""
    projects: str = ""
    plan: str = ""
    tasks: str = ""

    def lines(self, plan: Plan) -> tuple[StatusLine, ...]:
        """Return the frozen status lines, in the plan's order."""
        return frozen_lines(plan, self.figures)

    def rules_at_closing(self, now: Rules) -> Rules:
        """Return the rules as they were; settings that did not exist then are as ``now``."""
        return rules_from_document(json.loads(self.rules), now) if self.rules else now

    def projects_at_closing(self) -> ProjectStatus | None:
        """Return the projects' lines as they were; None if they were not stored."""
        from qiyx_xl.core.projects.snapshot import status_from_document

        return status_from_document(json.loads(self.projects)) if self.projects else None

    def tasks_at_closing(self) -> TaskStatus:
        """Return the tasks' lines as they were; none where none were stored."""
        from qiyx_xl.core.tasks.snapshot import tasks_from_document

        return tasks_from_document(json.loads(self.tasks or "[]"))


def close(
    plan: Plan,
    rules: Rules,
    period: Period,
    lines: Iterable[StatusLine],
    closings: Iterable[Closing],
    *,
    projects: ProjectStatus | None = None,
    tasks: TaskStatus | None = None,
    at: datetime,
    by: str,
    reason: str = "",
    ledger: str = "",
) -> Closing:
    """Freeze a period with its current status lines and, where given, projects' and tasks' lines.

    Raises:
        ClosingError: it is closed already.
    """
    from qiyx_xl.core.projects.snapshot import status_document
    from qiyx_xl.core.tasks.snapshot import tasks_document

    check_open(closings, period)
    return Closing(
        Action.CLOSE,
        period,
        at,
        by,
        reason,
        plan.version,
        rules.version,
        figures(lines),
        ledger,
        json.dumps(rules_document(rules), ensure_ascii=False),
        "" if projects is None else json.dumps(status_document(projects), ensure_ascii=False),
        plan.sha256,
        json.dumps(tasks_document(tasks), ensure_ascii=False) if tasks and tasks.lines else "",
    )


def check_open(closings: Iterable[Closing], period: Period) -> None:
    """Check that a period can be closed.

    Raises:
        ClosingError: it is closed already.
    """
    in_force = closing_in_force(closings, period)
    if in_force is not None:
        raise ClosingError(
            f"{period.label}已于 {in_force.at:%Y-%m-%d %H:%M} 封账，没有重复封账。"
            "要重新封账，请先用 qiyx reopen 启封并说明理由。"
        )


def reopen(
    period: Period, closings: Iterable[Closing], *, at: datetime, by: str, reason: str
) -> Closing:
    """Open a closed period again.

    Raises:
        ClosingError: it is not closed, or no reason is given.
    """
    in_force = closing_in_force(closings, period)
    if in_force is None:
        raise ClosingError(f"{period.label}没有封账，不用启封。请核对数据期。")
    if not reason.strip():
        raise ClosingError(f"启封{period.label}要说明理由。请用 --reason 写明，理由会记入日志。")
    return Closing(
        Action.REOPEN,
        period,
        at,
        by,
        reason.strip(),
        in_force.plan_version,
        in_force.rules_version,
    )


def closing_in_force(closings: Iterable[Closing], period: Period) -> Closing | None:
    """Return the closing in force for a period; None while it is open.

    Args:
        closings: closings and reopenings, earliest first.
        period: the period in question.
    """
    last = None
    for closing in closings:
        if closing.period == period:
            last = closing
    return last if last is not None and last.action is Action.CLOSE else None
