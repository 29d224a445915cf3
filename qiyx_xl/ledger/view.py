"""Everything a ledger shows, gathered before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.rules import Rules
    from qiyx_xl.core.scorecard import StatusLine
    from qiyx_xl.core.submissions import LoggedFinding, LoggedRecord, LoggedRun


@dataclass(frozen=True)
class LedgerView:
    """A period's ledger: a line per item in the plan's order, and the log behind it.

    ``records`` are all that were ever accepted, oldest first, superseded ones included;
    ``findings`` are the period's; ``runs`` are all consolidations, oldest first.
    """

    plan: Plan
    rules: Rules
    period: Period
    lines: tuple[StatusLine, ...] = ()
    records: tuple[LoggedRecord, ...] = ()
    findings: tuple[LoggedFinding, ...] = ()
    runs: tuple[LoggedRun, ...] = ()
