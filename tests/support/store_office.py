"""Files, records and submissions drawn small; every hash is that of a real file on the disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.merge import Consolidation, consolidate
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from qiyx_xl.store import Store
from support.written_files import submission

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.values import Actual

Q3 = Period.parse("2026Q3")
MORNING = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)


class Office:
    """A store in a folder, and an inbox of files to take in."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan = plan
        self.folder = folder
        self.inbox = folder / "收件"
        self.inbox.mkdir()
        self.path = folder / "七优享台账.sqlite"

    def file(
        self,
        name: str,
        agency: str,
        values: dict[str, str | Actual],
        *,
        saved: int | None = 0,
        period: Period = Q3,
        status: SubmissionStatus = SubmissionStatus.ACCEPTED,
        findings: tuple[Finding, ...] = (),
        seconds: dict[str, str] | None = None,
        remarks: dict[str, str] | None = None,
    ) -> Submission:
        """Put a file in the inbox; ``saved`` is in minutes after nine o'clock."""
        return submission(
            self.inbox / name,
            agency,
            period,
            values,
            None if saved is None else MORNING + timedelta(minutes=saved),
            seconds=seconds,
            remarks=remarks,
            status=status,
            findings=findings,
            contact="王敏 0574-0000000",
        )

    def take(
        self, *files: Submission, hour: int = 1, period: Period = Q3, **more: object
    ) -> Consolidation:
        """Consolidate into the store, ``hour`` hours after nine o'clock."""
        at = MORNING + timedelta(hours=hour)
        with Store.open(self.path) as store, store.writing():
            outcome = consolidate(
                self.plan,
                period,
                store.logged_records(),
                files,
                store.known_hashes(),
                at=at,
                **more,  # type: ignore[arg-type]
            )
            store.commit(outcome, {one.sha256: Path(one.path) for one in files}, at)
        return outcome

    def current_actuals(self) -> dict[str, Actual]:
        """What stands for each item, whoever sent it."""
        with Store.open(self.path) as store:
            return {record.code: record.actual for record in store.current_records()}
