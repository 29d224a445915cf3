"""The office: which plan and rules are used, and where the ledger and the store are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.conflicts import confirmed_values
from qiyx_xl.core.consolidation.versions import CurrentFigures
from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.core.records.anchor import Anchor
from qiyx_xl.core.records.history import RecordHistory
from qiyx_xl.intake.office_files.calendar import CALENDAR_NAME, load_calendar
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.store import Store

LEDGER_NAME = "七优享台账.xlsm"


class AppError(QiyxError):
    """A use case cannot start or continue; the message is one Chinese sentence with a cure."""


@dataclass(frozen=True, slots=True)
class Office:
    """The plan, the rules, and the paths of ledger and store, which every use case needs.

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
        """Return the office of a ledger, with the shipped plan and rules by default.

        Deadlines on days off are moved by the shipped calendar; years in the office's own
        calendar file beside the ledger replace the shipped ones.

        Raises:
            AppError: the ledger was built with another plan.
        """
        plan = load_plan() if plan is None else plan
        _check_same_plan(ledger, plan)
        calendar = load_calendar(ledger.with_name(CALENDAR_NAME))
        return cls(
            plan=plan,
            rules=(load_rules() if rules is None else rules).on(calendar),
            ledger=ledger,
            store=ledger.with_suffix(".sqlite") if store is None else store,
        )

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

    def history(self) -> RecordHistory:
        """Return the accepted records and confirmed values that the checks compare with."""
        if not self.has_store():
            return RecordHistory(())
        with self.open_store(readonly=True) as store:
            return self.history_in(store)

    def history_in(self, store: Store) -> RecordHistory:
        """Return the same as ``history`` from an open store."""
        with store.reading():
            records, decisions = store.current_records(), store.decisions()
            projects = store.project_book()
        current_figures = CurrentFigures.of(self.plan, records, decisions)
        return RecordHistory(
            current_figures.records, confirmed_values(decisions), sent=records, projects=projects
        )


def _check_same_plan(ledger: Path, plan: Plan) -> None:
    """Refuse a plan that is not the one the ledger was built with.

    Targets, agencies and the numbers of the items would be another plan's. A ledger that is not
    there or cannot be read is left to whoever opens it.

    Raises:
        AppError: the plans' ids differ.
    """
    if not ledger.exists():  # then nothing that reads ledgers need be loaded
        return
    from qiyx_xl.ledger.errors import LedgerError
    from qiyx_xl.ledger.file.opened import OpenedLedger

    try:
        opened = OpenedLedger(ledger.read_bytes(), ledger.name, is_checked=False)
    except (OSError, LedgerError):
        return
    built_with = opened.identity.get("plan_id", plan.plan_id)
    if built_with != plan.plan_id:
        raise AppError(
            f"台账“{ledger.name}”是按方案“{built_with}”建的，这里用的却是方案“{plan.plan_id}”"
            f"（{plan.title}），什么都没有动。请用 --plan 给出建台账时用的方案文件，或换一个台账。"
        )
