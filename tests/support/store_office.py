"""Files, records and submissions drawn small; every hash is that of a real file on the disk."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.merge import Consolidation, consolidate
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from qiyx_xl.store import Store

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
        path = self.inbox / name
        path.write_text(f"{agency} {values} {saved} {period} {seconds} {remarks}", encoding="utf-8")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        records = tuple(
            Record(
                code,
                period,
                agency,
                Decimal(value) if isinstance(value, str) and _is_number(value) else value,
                second=Decimal(seconds[code]) if seconds and code in seconds else None,
                remark=(remarks or {}).get(code, ""),
                as_written=str(value),
                source=Source(name, sha256, "填报表", f"G{row}"),
            )
            for row, (code, value) in enumerate(values.items(), start=6)
        )
        return Submission(
            str(path),
            sha256,
            status,
            agency,
            period,
            "王敏 0574-0000000",
            None if saved is None else MORNING + timedelta(minutes=saved),
            records,
            findings,
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

    def standing(self) -> dict[str, Actual]:
        """What stands for each item, whoever sent it."""
        with Store.open(self.path) as store:
            return {record.code: record.actual for record in store.current_records()}


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdigit()
