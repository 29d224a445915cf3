"""Where a number was read, and when the file that holds it was saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number was read: file name, the file's sha256 (hex), sheet and cell.

    ``saved_at`` is when the file was last saved, as far as it says so; consolidation sets it,
    and decides by it which of two submissions is the later one.
    """

    file: str
    sha256: str
    sheet: str
    cell: str
    saved_at: datetime | None = None


def instant(moment: datetime) -> datetime:
    """Return a moment in UTC; one without a zone is taken as UTC, as in docProps/core.xml."""
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def saved_at(source: Source | None) -> datetime:
    """Return when the source's file was saved; long ago if nothing is known of it."""
    if source is None or source.saved_at is None:
        return _LONG_AGO
    return instant(source.saved_at)
