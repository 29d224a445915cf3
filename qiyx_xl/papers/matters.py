"""Which matters a meeting raises, and which lamp the item of a matter has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.history.matters import USUAL_DAYS, Matter, next_number, time_limit
from qiyx_xl.core.plan.model import Indicator
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.papers.phrases import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.papers.edition import Edition


_WORDS_LIMIT = 60  # characters of an agency's words in a matter's title


def raise_matters(
    edition: Edition, matters: Sequence[Matter], day: date, rules: Rules, days: int = USUAL_DAYS
) -> tuple[Matter, ...]:
    """Return the new matters of a meeting: one for each red lamp that has no open matter yet.

    An item whose matter was raised for this same period gets no second one, even if it was
    settled; a lamp that is red again in a later period is a new matter.

    Args:
        edition: the period that the meeting discusses.
        matters: all matters so far.
        day: the day of the meeting.
        rules: their calendar moves a time limit that falls on a day off.
        days: the time allowed for a new matter, in days.
    """
    known = {matter.item for matter in matters if matter.is_open and matter.item}
    known |= {
        matter.item for matter in matters if matter.item and matter.period == str(edition.period)
    }
    until = time_limit(day, rules, days)
    raised: list[Matter] = []
    for code, title, agency in red_lamps(edition):
        if code not in known:
            raised.append(
                Matter(
                    number=next_number((*matters, *raised), day.year),
                    title=title,
                    agency=agency,
                    deadline=until,
                    raised=day,
                    item=code,
                    period=str(edition.period),
                )
            )
    return tuple(raised)


def red_lamps(edition: Edition) -> Iterator[tuple[str, str, str]]:
    """Yield code, title and agency of each red lamp: items first, then projects and tasks."""
    for line in (*edition.indicators, *edition.goals, *edition.milestones):
        if line.rating.light is Light.RED:
            yield line.item.code, _title(line), line.item.reporting_agency
    for entry in edition.projects.lines:
        if entry.assessment.light is Light.RED:
            project = entry.project
            title = f"{project.code} {project.name}亮红灯：{entry.assessment.reason}"
            yield project.code, title, project.agency
    for followed in edition.tasks.lines:
        if followed.assessment.light is Light.RED:
            task = followed.task
            title = f"重点任务{task.code} {task.name}亮红灯：{followed.assessment.reason}"
            if not explains_nothing(followed.words):
                title += f"，{shortened(followed.words, _WORDS_LIMIT)}"
            yield task.code, title, task.lead_agency


def _title(line: StatusLine) -> str:
    kind = "指标" if isinstance(line.item, Indicator) else ""
    reason = line.rating.reason
    return f"{kind}{line.item.printed_code} {line.item.name}亮红灯：{reason}"


def suggestion(matter: Matter, edition: Edition) -> str:
    """Return the present lamp of a matter's item, with 可销号 if it is green and the matter open.

    "" if the matter has no item, or the item no lamp.
    """
    lamp = _lamp_now(matter.item, edition) if matter.item else None
    if lamp is None:
        return ""
    light, text = lamp
    return f"{text}，可销号" if matter.is_open and light is Light.GREEN else text


def is_ready(matter: Matter, edition: Edition) -> bool:
    """Whether a matter is open and its item's lamp is green now, so that it can be settled."""
    lamp = _lamp_now(matter.item, edition) if matter.item else None
    return matter.is_open and lamp is not None and lamp[0] is Light.GREEN


def _lamp_now(code: str, edition: Edition) -> tuple[Light, str] | None:
    """Return the lamp of an item, a project or a task and its text; None if the code is unknown."""
    line = edition.line(code)
    if line is not None:
        return line.rating.light, line.rating.lamp
    lamps = {entry.project.code: entry.assessment for entry in edition.projects.lines}
    lamps |= {entry.task.code: entry.assessment for entry in edition.tasks.lines}
    found = lamps.get(code)
    return None if found is None else (found.light, found.lamp)
