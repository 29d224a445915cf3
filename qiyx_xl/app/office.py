"""The office: the plan, the rules, and where its ledger and its log lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.conflicts import confirmed_values
from qiyx_xl.core.standing import Standing
from qiyx_xl.core.submissions import RecordHistory
from qiyx_xl.intake.calendar_files import CALENDAR_NAME, load_calendar
from qiyx_xl.intake.plan_files import load_plan
from qiyx_xl.intake.rule_files import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.rules import Rules
    from qiyx_xl.core.submissions import Record
    from qiyx_xl.store import Store

LEDGER_NAME = "七优享台账.xlsm"


class AppError(RuntimeError):
    """Work that cannot start or go on; the message is one Chinese sentence with a cure."""


@dataclass(frozen=True, slots=True)
class Office:
    """What every use case works with: the plan, the rules, and where the ledger and store lie.

    ``store`` defaults to the ledger's name with ``.sqlite``, beside it.
    """

    plan: Plan
    rules: Rules
    ledger: Path
    store: Path

    @classmethod
    def at(
        cls,
        ledger: Path,
        *,
        store: Path | None = None,
        plan: Plan | None = None,
        rules: Rules | None = None,
    ) -> Office:
        """Return the office around a ledger, with the shipped plan and rules by default.

        Deadlines are moved by the calendar, and by the office's own beside the ledger.
        """
        calendar = load_calendar(ledger.with_name(CALENDAR_NAME))
        return cls(
            plan=load_plan() if plan is None else plan,
            rules=(load_rules() if rules is None else rules).on(calendar),
            ledger=ledger,
            store=ledger.with_suffix(".sqlite") if store is None else store,
        )

    def open_store(self, *, create: bool = True, readonly: bool = False) -> Store:
        """Open the store; for writing it is made if it is not there."""
        from qiyx_xl.store import Store

        return Store.open(self.store, create=create, readonly=readonly)

    def records(self) -> tuple[Record, ...]:
        """Return the records in force; none where there is no store yet."""
        if not self.store.exists():
            return ()
        with self.open_store(readonly=True) as store:
            return store.current_records()

    def history(self) -> RecordHistory:
        """Return what was accepted before and what a person has confirmed, for the checks."""
        if not self.store.exists():
            return RecordHistory(())
        with self.open_store(readonly=True) as store, store.reading():
            records, decisions = store.current_records(), store.decisions()
            projects = store.project_book()
        stands = Standing.of(self.plan, records, decisions)
        return RecordHistory(
            stands.records, confirmed_values(decisions), sent=records, projects=projects
        )
