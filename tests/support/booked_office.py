"""An office with a ledger and a store, into which small files are booked without being read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from qiyx_xl import app
from qiyx_xl.core.consolidation.merge import consolidate
from qiyx_xl.core.primitives.periods import Period
from support.written_files import submission

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

Q3 = Period.parse("2026Q3")
MORNING = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
HEALTH, SOCIAL = "区卫健局", "区民政局"


class Booked:
    """The office, its ledger built from given bytes, and a clock that moves by hours."""

    def __init__(self, folder: Path, plan: Plan, rules: Rules, ledger: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "七优享台账.xlsm"
        path.write_bytes(ledger)
        self.office = app.Office.at(path, plan=plan, rules=rules)
        self.now = MORNING

    def send(
        self,
        agency: str,
        values: Mapping[str, str],
        *,
        period: Period = Q3,
        name: str | None = None,
    ) -> None:
        """Book one file an hour after the last one."""
        self.now += timedelta(hours=1)
        path = self.office.ledger.parent / (name or f"{agency}_{self.now:%H}.xlsx")
        file = submission(path, agency, period, values, self.now)
        with self.office.open_store() as store, store.writing():
            outcome = consolidate(
                self.office.plans.latest,
                period,
                store.logged_records(),
                [file],
                store.known_hashes(),
                at=self.now,
                decisions=store.decisions(),
            )
            store.commit(outcome, {file.sha256: path}, self.now)

    def refresh(self, period: Period = Q3):
        """Refresh the ledger an hour later, taking in what was typed on 冲突."""
        self.now += timedelta(hours=1)
        return app.refresh(self.office, period, self.now.date(), now=self.now)
