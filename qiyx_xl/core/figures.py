"""The district's figures at one moment, small enough to keep: what a closing freezes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.encoding import decode_actual, encode_actual
from qiyx_xl.core.lamps import Light
from qiyx_xl.core.values import Absence, Actual

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.scorecard import StatusLine


@dataclass(frozen=True, slots=True)
class Figure:
    """One item's figure with its lamp. ``agency`` to ``cell`` are empty where nothing came."""

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

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; ``from_json`` gives back an equal figure."""
        kind, text = encode_actual(self.actual)
        return {
            "code": self.code,
            "kind": kind,
            "actual": text,
            "second": None if self.second is None else format(self.second, "f"),
            "light": self.light.value,
            "state": self.state,
            "display": self.display,
            "reason": self.reason,
            "agency": self.agency,
            "file": self.file,
            "sha256": self.sha256,
            "sheet": self.sheet,
            "cell": self.cell,
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Figure:
        """Return the figure of a JSON object that ``to_json`` made."""
        rest = dict(document)
        actual = decode_actual(rest.pop("kind"), rest.pop("actual"))
        second = rest.pop("second")
        return cls(
            actual=actual,
            second=None if second is None else Decimal(second),
            light=Light(rest.pop("light")),
            **rest,
        )


def figures(lines: Iterable[StatusLine]) -> tuple[Figure, ...]:
    """Return the figures of status lines, in their order, each counted once."""
    return tuple(_figure(line) for line in lines if line.counts)


def _figure(line: StatusLine) -> Figure:
    record, rating = line.record, line.rating
    source = None if record is None else record.source
    return Figure(
        code=line.item.code,
        actual=Absence.NOT_REPORTED if record is None else record.actual,
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
    )
