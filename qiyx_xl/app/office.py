"""The office: which plan and rules are used, and where the ledger and the store are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.app.plan_in_force import agreed_plans, ledger_facts, store_beside
from qiyx_xl.core.consolidation.conflicts import confirmed_values
from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.records.anchor import Anchor
from qiyx_xl.core.records.history import RecordHistory
from qiyx_xl.intake.office_files.calendar import CALENDAR_NAME, load_calendar
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.store import Store

LEDGER_NAME = "七优享台账.xlsm"


@dataclass(frozen=True, slots=True)
class Office:
    """The plans, the rules, and the paths of ledger and store, which every use case needs.

    ``plans`` are those that the office has adopted; ``plan_at`` gives the one in force.
    """

    plans: Plans
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
        despite_damage: bool = False,
    ) -> Office:
        """Return the office of a ledger, with the shipped rules by default.

        The plans are those that the store holds; the shipped one only where the ledger says so, or
        where there is neither ledger nor store. Deadlines on days off are moved by the shipped
        calendar; years in the office's own calendar file beside the ledger replace the shipped
        ones.

        Args:
            ledger: the workbook, which need not exist yet.
            store: by default the one that the ledger's 设置 names, else the ledger's name with
                ``.sqlite``, beside it.
            plan: a plan given by hand; beside an office it must be the one in force.
            rules: the rule file.
            despite_damage: read what can be read of a damaged store, for those who mend it.

        Raises:
            AppError: ledger, store and the plan given do not agree about the plan.
            StoreError: there is a store, and its plans cannot be read.
        """
        shown = ledger_facts(ledger)
        if store is None:
            store = store_beside(ledger, shown)
        calendar = load_calendar(ledger.with_name(CALENDAR_NAME))
        return cls(
            plans=agreed_plans(ledger, store, shown, plan, despite_damage=despite_damage),
            rules=(load_rules() if rules is None else rules).on(calendar),
            ledger=ledger,
            store=store,
        )

    def plan_at(self, period: Period) -> Plan:
        """Return the plan in force at a period."""
        return self.plans.at(period)

    def has_store(self) -> bool:
        """Whether there is a store; False only if there has never been one.

        Raises:
            StoreError: the store is lost: its journal, its originals or a ledger written from it
                are there.
        """
        from qiyx_xl.store.originals import Originals

        places = (self.ledger, self.store, Originals.beside(self.store).folder)
        if not any(place.exists() for place in places):
            return False  # nothing that reads stores need be loaded
        from qiyx_xl.store import Store

        if Store.is_there(self.store):
            return True
        Store.check_lost(self.store)
        written = self.written_from()
        if not written.is_empty:
            raise Store.lost(self.store, f"照它写成的台账“{self.ledger.name}”（{written.words}）")
        return False

    def open_store(self, *, create: bool = True, readonly: bool = False) -> Store:
        """Open the store; for writing, it is created if there has never been one.

        Raises:
            StoreError: it is lost, damaged, or lacks bookings that the ledger was written from.
        """
        from qiyx_xl.store import Store, StoreError

        self.has_store()
        store = Store.open(self.store, create=create, readonly=readonly)
        store.expect(self.plans)
        written = self.written_from()
        try:
            is_of_this_log = store.has(written)
        except StoreError:
            store.close()
            raise
        if is_of_this_log:
            return store
        store.close()
        raise StoreError(
            f"台账“{self.ledger.name}”是照另一个或更新的数据库写的（{written.words}），"
            f"“{self.store.name}”里没有这些，没有改动它们。多半是放回了一份备份。"
            "请运行 qiyx ledger verify 看差在哪里，再运行 qiyx ledger rebuild。"
        )

    def written_from(self) -> Anchor:
        """Return the log's anchor that the ledger recorded when it was written.

        It is empty if the ledger is missing or cannot be read; use cases that need the ledger
        raise their own error.
        """
        if not self.ledger.exists():  # then nothing that reads ledgers need be loaded
            return Anchor("")
        from qiyx_xl.ledger.errors import LedgerError
        from qiyx_xl.ledger.file.opened import OpenedLedger
        from qiyx_xl.ledger.layout import tables as layout

        try:
            ledger = OpenedLedger(self.ledger.read_bytes(), self.ledger.name)
            return Anchor.parse(ledger.setting(layout.POSITION_SETTING))
        except (OSError, LedgerError):
            return Anchor("")

    def records(self) -> tuple[Record, ...]:
        """Return the current records; none if there is no store yet."""
        if not self.has_store():
            return ()
        with self.open_store(readonly=True) as store:
            return store.current_records()

    def history(self, period: Period | None) -> RecordHistory:
        """Return the accepted records and confirmed values that the checks compare with.

        Args:
            period: the one being collected; None: any, so that the latest plan counts.
        """
        if not self.has_store():
            return RecordHistory(())
        with self.open_store(readonly=True) as store:
            return self.history_in(store, period)

    def history_in(self, store: Store, period: Period | None) -> RecordHistory:
        """Return the same as ``history`` from an open store."""
        with store.reading():
            records, decisions = store.current_records(), store.decisions()
            projects = store.project_book()
        current_figures = CurrentFigures.of(self.plans, records, decisions)
        seen = current_figures.latest() if period is None else current_figures.at(period)
        return RecordHistory(
            seen.records, confirmed_values(decisions), sent=records, projects=projects
        )
