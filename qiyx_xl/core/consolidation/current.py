"""What stands: the figures in force, with what people have decided laid over what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.conflicts import apply_decisions, chosen_agencies, confirmed_values
from qiyx_xl.core.primitives.values import spell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.consolidation.conflicts import Conflict, Decision
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.records.submission import Record


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures to rate, to compare with and to publish, of all periods.

    ``records`` have each conflict settled as a person settled it; ``confirmed`` are the keys
    (``Record.key``) of those of them whose very value a person has confirmed, however implausible.
    """

    records: tuple[Record, ...] = ()
    confirmed: frozenset[tuple[str, str, str]] = frozenset()

    @classmethod
    def of(cls, plan: Plan, records: Sequence[Record], decisions: Sequence[Decision]) -> Standing:
        """Lay the decisions over the records.

        Args:
            plan: says whose figure is the district's.
            records: the current version of every figure, as it was sent.
            decisions: all of them, earliest first.
        """
        settled = apply_decisions(plan, records, decisions)
        return cls(settled, _confirmed(plan, records, settled, decisions))


def _confirmed(
    plan: Plan,
    records: Sequence[Record],
    settled: Sequence[Record],
    decisions: Sequence[Decision],
) -> frozenset[tuple[str, str, str]]:
    """Return the keys of confirmed values.

    Another agency's value that stands for the district's may have been confirmed as its own, or
    as the district's; the value that it stands in for is another one.
    """
    seen = confirmed_values(decisions)
    if not seen:
        return frozenset()
    codes = {code for _, code, _, _ in seen}
    reporters = {item.code: item.reporting_agency for item in plan.items() if item.code in codes}
    chosen = chosen_agencies(plan, [one for one in records if one.code in codes], decisions)
    keys = set()
    for record in (one for one in settled if one.code in codes):
        senders = {record.agency}
        if record.agency == reporters.get(record.code):
            senders.add(chosen.get((record.period, record.code), record.agency))
        value = spell(record.actual)
        if any((*record.key[:2], sender, value) in seen for sender in senders):
            keys.add(record.key)
    return frozenset(keys)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value that is hard to believe, and why; a person may confirm it."""

    record: Record
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person, by period and in the plan's order."""

    conflicts: tuple[Conflict, ...]
    doubts: tuple[Doubt, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not (self.conflicts or self.doubts)
