"""Between meetings and matters as the core knows them and their table rows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from qiyx_xl.core.history.matters import Matter, MatterAction, MatterEvent, Meeting
from qiyx_xl.core.history.snapshot import Figure
from qiyx_xl.store.rows import moment_of, moment_text, period_of


def meeting_columns(meeting: Meeting) -> tuple[Any, ...]:
    """Return a meeting's columns, in the table's order."""
    return (
        moment_text(meeting.at),
        meeting.day.isoformat(),
        str(meeting.period),
        meeting.plan_version,
        meeting.rules_version,
        json.dumps([figure.to_json() for figure in meeting.figures], ensure_ascii=False),
    )


def meeting_of(row: tuple[Any, ...]) -> Meeting:
    """Return the meeting of a row, without its number."""
    at, day, period, plan_version, rules_version, figures = row
    return Meeting(
        moment_of(at),
        date.fromisoformat(day),
        period_of(period),
        plan_version,
        rules_version,
        tuple(map(Figure.from_json, json.loads(figures))),
    )


def matter_columns(event: MatterEvent) -> tuple[Any, ...]:
    """Return an event's columns, in the table's order."""
    matter = event.matter
    return (
        moment_text(event.at),
        event.by,
        event.action.value,
        matter.number,
        matter.title,
        matter.agency,
        matter.deadline.isoformat(),
        matter.raised.isoformat(),
        None if matter.settled is None else matter.settled.isoformat(),
        matter.item,
        matter.period,
        matter.note,
    )


def matter_event_of(row: tuple[Any, ...]) -> MatterEvent:
    """Return the event of a row, without its number."""
    at, by, action, number, title, agency, deadline, raised, settled, item, period, note = row
    matter = Matter(
        number=number,
        title=title,
        agency=agency,
        deadline=date.fromisoformat(deadline),
        raised=date.fromisoformat(raised),
        settled=None if settled is None else date.fromisoformat(settled),
        item=item,
        period=period,
        note=note,
    )
    return MatterEvent(moment_of(at), by, MatterAction(action), matter)
