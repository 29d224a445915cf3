"""How the district's figures are stored when a period is closed.

A figure stores its whole rating, so that a paper of a closed period repeats what it said at
closing, even if the rules have changed since.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
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


_NO_SOURCE = Source("", "", "", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One item's rating, with what was reported for it: a status line that needs no plan.

    ``agency``, ``remark`` and ``source`` are those of the record, empty where nothing came.
    ``parts`` are the figures of the agencies to which the item was broken down, by their names.
    """

    rating: Rating
    second: Decimal | None = None
    previous: Decimal | None = None
    agency: str = ""
    remark: str = ""
    source: Source = _NO_SOURCE
    parts: tuple[tuple[str, Figure], ...] = ()

    @property
    def code(self) -> str:
        """The item's own code, also where it shows another item's rating."""
        return self.rating.code

    @property
    def actual(self) -> Actual:
        """The rated value."""
        return self.rating.actual

    @property
    def light(self) -> Light:
        """The lamp's colour."""
        return self.rating.light

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; ``from_json`` gives back an equal figure."""
        rating, source = self.rating, self.source
        kind, text = encode_actual(rating.actual)
        return {
            "code": rating.code,
            "kind": kind,
            "actual": text,
            "light": rating.light.value,
            "state": rating.state,
            "display": rating.display,
            "reason": rating.reason,
            "agency": self.agency,
            "file": source.file,
            "sha256": source.sha256,
            "sheet": source.sheet,
            "cell": source.cell,
            "remark": self.remark,
            "comparator": None if rating.comparator is None else rating.comparator.value,
            "target_printed": rating.target_printed,
            "met": rating.met,
            "flags": list(rating.flags),
            "second": number_text(self.second),
            "previous": number_text(self.previous),
            **{name: number_text(getattr(rating, name)) for name in _NUMBERS},
            **(
                {"parts": [[name, own.to_json()] for name, own in self.parts]} if self.parts else {}
            ),
        }

    @classmethod
    def from_json(cls, document: dict[str, Any], period: Period) -> Figure:
        """Return the figure of a JSON object that ``to_json`` made, frozen for a period.

        Raises:
            KeyError: something is missing that was kept from the beginning.
            ValueError: something is not what ``to_json`` writes.
        """
        rest = {**_NOT_KEPT_AT_FIRST, **document}
        own = {name: rest.pop(name) for name in ("agency", "remark")}
        second, previous = (number_of(rest.pop(name)) for name in ("second", "previous"))
        source = Source(*(rest.pop(name) for name in ("file", "sha256", "sheet", "cell")))
        comparator = rest.pop("comparator")
        parts = tuple((name, cls.from_json(part, period)) for name, part in rest.pop("parts", ()))
        rating = {
            "period": period,
            "actual": decode_actual(rest.pop("kind"), rest.pop("actual")),
            "light": Light(rest.pop("light")),
            "comparator": None if comparator is None else Comparator(comparator),
            "flags": tuple(rest.pop("flags")),
            **{name: number_of(rest.pop(name)) for name in _NUMBERS},
            **rest,
        }
        if rating.keys() != _OF_A_RATING:
            raise ValueError("not a figure")
        return cls(Rating(**rating), second, previous, **own, source=source, parts=parts)


_NUMBERS = ("target", "completion_rate", "scheduled_progress", "progress", "schedule_gap_pp")
_OF_A_RATING = {field.name for field in fields(Rating)}
_NOT_KEPT_AT_FIRST: dict[str, Any] = {
    **dict.fromkeys(("agency", "file", "sha256", "sheet", "cell", "remark", "target_printed"), ""),
    **dict.fromkeys(("comparator", "met", "second", "previous", *_NUMBERS)),
    "flags": (),
}


def figures(lines: Iterable[StatusLine]) -> tuple[Figure, ...]:
    """Return the figures of status lines, one each, in their order."""
    return tuple(_figure(line) for line in lines)


def frozen_lines(plan: Plan, frozen: Iterable[Figure]) -> tuple[StatusLine, ...]:
    """Return the status lines of frozen figures, rated as they were then.

    In the plan's order; an item that is missing from the plan or from the figures is left out.
    """
    known = {figure.code: figure for figure in frozen}
    return tuple(
        _line(item, known[item.code], _parts(plan, known[item.code]))
        for item in plan.items()
        if item.code in known
    )


def _parts(plan: Plan, figure: Figure) -> tuple[StatusLine, ...]:
    shares = ((plan.share(figure.code, name), own) for name, own in figure.parts)
    return tuple(_line(share, own) for share, own in shares if share is not None)


def _figure(line: StatusLine) -> Figure:
    record = line.record
    parts = tuple((part.item.reporting_agency, _figure(part)) for part in line.parts)
    if record is None:
        return Figure(line.rating, line.second, line.previous, parts=parts)
    source = record.source
    kept = _NO_SOURCE
    if source is not None:
        kept = Source(source.file, source.sha256, source.sheet, source.cell)
    return Figure(
        line.rating, line.second, line.previous, record.agency, record.remark, kept, parts
    )


def _line(item: Item, figure: Figure, parts: tuple[StatusLine, ...] = ()) -> StatusLine:
    from qiyx_xl.core.rating.scorecard import StatusLine

    return StatusLine(
        item,
        _record(item, figure),
        figure.previous,
        figure.second,
        figure.rating,
        parts=parts,
    )


def _record(item: Item, figure: Figure) -> Record | None:
    if not figure.agency:
        return None
    return Record(
        _sent_as(item),
        figure.rating.period,
        figure.agency,
        figure.actual,
        second=figure.second,
        remark=figure.remark,
        source=figure.source if figure.source.file else None,
    )


def _sent_as(item: Item) -> str:
    """Return the code that was reported: an item that repeats an indicator uses the indicator's."""
    return item.repeats if isinstance(item, Goal) and item.repeats is not None else item.code
