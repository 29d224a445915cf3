"""Where a number was read, and when the file that holds it was saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_BEIJING = timezone(timedelta(hours=8))
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number was read: file name, the file's sha256 (hex), sheet and cell.

    ``saved_at`` is when the file was last saved, according to the file. Consolidation sets it, and
    uses it to decide which of two submissions is the later one.
    """

    file: str
    sha256: str
    sheet: str
    cell: str
    saved_at: datetime | None = None


def instant(moment: datetime) -> datetime:
    """Return a moment in UTC; without a time zone it is read as UTC, as in docProps/core.xml."""
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def office_time(moment: datetime) -> str:
    """Format a moment in China's time: 北京时间 2026-10-08 18:00.

    Files record in UTC or with an offset when they were saved; people in an office expect local
    time.
    """
    return f"北京时间 {instant(moment).astimezone(_BEIJING):%Y-%m-%d %H:%M}"


def saved_at(source: Source | None) -> datetime:
    """Return when the source's file was saved; the earliest possible moment if that is unknown."""
    if source is None or source.saved_at is None:
        return _LONG_AGO
    return instant(source.saved_at)
