"""What stands: the figures in force, with what people have decided laid over what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.conflicts import apply_decisions, confirmed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.conflicts import Conflict, Decision
    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.submissions import Record


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures to rate, to compare with and to publish, of all periods.

    ``records`` have each conflict settled as a person settled it; ``confirmed`` are the keys
    (``Record.key``) of implausible values that a person has confirmed.
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
        return cls(settled, confirmed(settled, decisions) | confirmed(records, decisions))


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
