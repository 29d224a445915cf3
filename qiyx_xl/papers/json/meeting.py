"""The documents of ``meeting --format json`` and ``matter --format json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.codec import date_text
from qiyx_xl.papers.matters import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from qiyx_xl.core.history.matters import Matter, MatterEvent
    from qiyx_xl.papers.bulletin.agenda import Agenda

MEETING_SCHEMA = "meeting-report/1"
MATTER_SCHEMA = "matter-report/1"


def meeting_document(agenda: Agenda, papers: Iterable[str]) -> dict[str, Any]:
    """Return the document of ``meeting --format json`` (schemas/meeting-report.schema.json)."""
    edition = agenda.edition
    return {
        "schema": MEETING_SCHEMA,
        "date": edition.today.isoformat(),
        "period": str(edition.period),
        "last": None if agenda.last is None else agenda.last.day.isoformat(),
        "plan_version": edition.plan_version,
        "rules_version": edition.rules_version,
        "changes": len(agenda.changes),
        "conflicts": len(agenda.conflicts),
        "raised": [matter.number for matter in agenda.raised],
        "matters": [
            {**matter_json(matter, edition.today), "light": suggestion(matter, edition) or None}
            for matter in agenda.listed
        ],
        "papers": list(papers),
    }


def matters_document(matters: Iterable[Matter], today: date) -> dict[str, Any]:
    """Return the document of ``matter list --format json`` (schemas/matter-report.schema.json)."""
    listed = [matter_json(matter, today) for matter in matters]
    return {"schema": MATTER_SCHEMA, "today": today.isoformat(), "matters": listed}


def events_document(events: Iterable[MatterEvent], today: date) -> dict[str, Any]:
    """Return the document of a command that changes matters: the changed ones."""
    changed = [
        {**matter_json(event.matter, today), "action": event.action.value} for event in events
    ]
    return {"schema": MATTER_SCHEMA, "today": today.isoformat(), "matters": changed}


def matter_json(matter: Matter, today: date) -> dict[str, Any]:
    """Return one matter as JSON."""
    return {
        "number": matter.number,
        "title": matter.title,
        "agency": matter.agency,
        "deadline": matter.deadline.isoformat(),
        "raised": matter.raised.isoformat(),
        "open": matter.is_open,
        "word": matter.word,
        "settled": date_text(matter.settled),
        "days_over": matter.days_over(today),
        "item": matter.item or None,
        "period": matter.period or None,
        "note": matter.note,
    }
