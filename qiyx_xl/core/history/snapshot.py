"""How the district's figures are stored when a period is closed.

A figure stores its whole rating, so that a paper of a closed period repeats what it said at
closing, even if the rules have changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Comparator, Goal
from qiyx_xl.core.primitives.codec import decode_actual, encode_actual, number_of, number_text
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.rate import Rating
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.primitives.values import Actual
    from qiyx_xl.core.rating.scorecard import StatusLine


@dataclass(frozen=True, slots=True)
class Figure:
    """One item's figure with its lamp. ``agency`` to ``cell`` are empty where nothing was reported.

    ``remark`` was reported with it. The fields after it are the inputs and the numbers of its
    rating (``Rating``), unrounded.
    """

    code: str
    actual: Actual
    second: Decimal | None
    light: Light
    state: str
    display: str
    reason: str
    agency: str = ""
    file: str = ""
    sha256: str = ""
    sheet: str = ""
    cell: str = ""
    remark: str = ""
    previous: Decimal | None = None
    comparator: Comparator | None = None
    target: Decimal | None = None
    target_printed: str = ""
    met: bool | None = None
    completion_rate: Decimal | None = None
    scheduled_progress: Decimal | None = None
    progress: Decimal | None = None
    schedule_gap_pp: Decimal | None = None
    flags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, from which ``from_json`` builds an equal figure."""
        kind, text = encode_actual(self.actual)
        return {
            "code": self.code,
            "kind": kind,
            "actual": text,
            "light": self.light.value,
            "state": self.state,
            "display": self.display,
            "reason": self.reason,
            "agency": self.agency,
            "file": self.file,
            "sha256": self.sha256,
            "sheet": self.sheet,
            "cell": self.cell,
            "remark": self.remark,
            "comparator": None if self.comparator is None else self.comparator.value,
            "target_printed": self.target_printed,
            "met": self.met,
            "flags": list(self.flags),
            **{name: number_text(getattr(self, name)) for name in _NUMBERS},
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Figure:
        """Return the figure from a JSON object made by ``to_json``."""
        rest = dict(document)
        actual = decode_actual(rest.pop("kind"), rest.pop("actual"))
        comparator = rest.pop("comparator", None)
        numbers: dict[str, Any] = {name: number_of(rest.pop(name, None)) for name in _NUMBERS}
        return cls(
            actual=actual,
            light=Light(rest.pop("light")),
            comparator=None if comparator is None else Comparator(comparator),
            flags=tuple(rest.pop("flags", ())),
            **numbers,
            **rest,
        )


_NUMBERS = (
    "second",
    "previous",
    "target",
    "completion_rate",
    "scheduled_progress",
    "progress",
    "schedule_gap_pp",
)


def figures(lines: Iterable[StatusLine]) -> tuple[Figure, ...]:
    """Return the figures of status lines, one each, in their order."""
    return tuple(_figure(line) for line in lines)


def frozen_lines(plan: Plan, period: Period, frozen: Iterable[Figure]) -> tuple[StatusLine, ...]:
    """Return the status lines from which the figures were made, with the ratings of that time.

    In the plan's order; items that only the plan or only the figures have are left out.
    """
    known = {figure.code: figure for figure in frozen}
    return tuple(
        _line(item, known[item.code], period) for item in plan.items() if item.code in known
    )


def _figure(line: StatusLine) -> Figure:
    record, rating = line.record, line.rating
    source = None if record is None else record.source
    return Figure(
        code=line.item.code,
        actual=rating.actual,
        second=line.second,
        light=rating.light,
        state=str(rating.state),
        display=rating.display,
        reason=rating.reason,
        agency="" if record is None else record.agency,
        file="" if source is None else source.file,
        sha256="" if source is None else source.sha256,
        sheet="" if source is None else source.sheet,
        cell="" if source is None else source.cell,
        remark="" if record is None else record.remark,
        previous=line.previous,
        comparator=rating.comparator,
        target=rating.target,
        target_printed=rating.target_printed,
        met=rating.met,
        completion_rate=rating.completion_rate,
        scheduled_progress=rating.scheduled_progress,
        progress=rating.progress,
        schedule_gap_pp=rating.schedule_gap_pp,
        flags=rating.flags,
    )


def _line(item: Item, figure: Figure, period: Period) -> StatusLine:
    from qiyx_xl.core.rating.scorecard import StatusLine

    return StatusLine(
        item,
        _record(item, figure, period),
        figure.previous,
        figure.second,
        _rating(figure, period),
    )


def _record(item: Item, figure: Figure, period: Period) -> Record | None:
    if not figure.agency:
        return None
    source = Source(figure.file, figure.sha256, figure.sheet, figure.cell)
    return Record(
        _sent_as(item),
        period,
        figure.agency,
        figure.actual,
        second=figure.second,
        remark=figure.remark,
        source=source if figure.file else None,
    )


def _sent_as(item: Item) -> str:
    """Return the code it was reported under: the indicator's for a goal that repeats one."""
    return item.repeats if isinstance(item, Goal) and item.repeats is not None else item.code


def _rating(figure: Figure, period: Period) -> Rating:
    return Rating(
        code=figure.code,
        period=period,
        actual=figure.actual,
        comparator=figure.comparator,
        target=figure.target,
        target_printed=figure.target_printed,
        met=figure.met,
        completion_rate=figure.completion_rate,
        display=figure.display,
        scheduled_progress=figure.scheduled_progress,
        progress=figure.progress,
        schedule_gap_pp=figure.schedule_gap_pp,
        light=figure.light,
        state=figure.state,
        flags=figure.flags,
        reason=figure.reason,
    )
