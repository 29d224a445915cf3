"""Which of several versions of one figure stands.

The log keeps every number of every accepted file as it was sent. What stands is worked out from
all of them, each time anew, so it cannot depend on the order in which the files came in:

- the file saved later wins, whenever it arrived; files saved at the same moment go by arrival;
- a blank never replaces anything, and what cannot be read never replaces a value;
- a second number (基期值, 应覆盖人数) that a later file leaves blank is carried on;
- a remark belongs to its value: it is carried on only while the value stays the same, and what
  says nothing (/, 同上) does not replace one that does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.conflicts import apply_decisions, chosen_agencies, confirmed_values
from qiyx_xl.core.primitives.values import Absence, Unreadable, spell
from qiyx_xl.core.records.explanations import standing as standing_remark
from qiyx_xl.core.records.source import saved_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.consolidation.conflicts import Conflict, Decision
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.values import Actual
    from qiyx_xl.core.records.record import Record


class Outcome(StrEnum):
    """What became of one version of a figure."""

    CURRENT = "现行"
    RESTATED = "重报同数"
    REVISED = "已被更正"
    OVERTAKEN = "晚到旧件"
    NOT_USED = "空白不覆盖"


@dataclass(frozen=True, slots=True)
class Settled:
    """What stands for one figure, and what became of each version, in the versions' order."""

    record: Record
    outcomes: tuple[Outcome, ...]


def settle(versions: Sequence[Record]) -> Settled:
    """Work out what stands.

    Args:
        versions: every version of one figure (same ``Record.key``), in order of arrival;
            at least one.
    """
    order = sorted(range(len(versions)), key=lambda index: saved_at(versions[index].source))
    outcomes = [Outcome.NOT_USED] * len(versions)
    state = versions[order[0]]
    standing: list[int] = []  # versions that changed what stood, in order of saving
    for place, index in enumerate(order):
        version = versions[index]
        merged = version if place == 0 else _merge(state, version)
        if (not standing and _says_something(version)) or _differs(merged, state):
            standing.append(index)
        elif _strength(version.actual) == _READABLE:
            outcomes[index] = Outcome.RESTATED
        state = merged
    for place, index in enumerate(standing):
        outcomes[index] = _outcome(index, standing[place + 1 :])
    return Settled(state, tuple(outcomes))


def by_figure(records: Iterable[Record]) -> dict[tuple[str, str, str], list[Record]]:
    """Group versions by the figure they are about, keeping their order."""
    figures: dict[tuple[str, str, str], list[Record]] = {}
    for record in records:
        figures.setdefault(record.key, []).append(record)
    return figures


_BLANK, _UNREADABLE, _READABLE = range(3)


def _strength(actual: Actual) -> int:
    if actual is Absence.NOT_REPORTED:
        return _BLANK
    return _UNREADABLE if isinstance(actual, Unreadable) else _READABLE


def _says_something(version: Record) -> bool:
    return version.is_reported or version.second is not None


def _differs(one: Record, other: Record) -> bool:
    return (one.actual, one.second) != (other.actual, other.second)


def _merge(state: Record, version: Record) -> Record:
    """Lay a later version over what stood before it."""
    second = state.second if version.second is None else version.second
    speaks = _strength(version.actual)
    if speaks == _BLANK or speaks < _strength(state.actual):
        return replace(state, second=second, remark=standing_remark(state.remark, version.remark))
    if version.actual == state.actual:
        # The same number again: its source stays where it was first said, unless this file
        # is also where the second number comes from.
        base = state if second == state.second else version
        return replace(base, second=second, remark=standing_remark(state.remark, version.remark))
    return version if version.second is second else replace(version, second=second)


def _outcome(index: int, later: Sequence[int]) -> Outcome:
    if not later:
        return Outcome.CURRENT
    # What arrived after a file that overrides it has never stood.
    return Outcome.OVERTAKEN if min(later) < index else Outcome.REVISED


# --- What stands: the figures in force, with what people have decided laid over what was sent ---


@dataclass(frozen=True, slots=True)
class CurrentFigures:
    """The figures to rate, to compare with and to publish, of all periods.

    ``records`` have each conflict settled as a person settled it; ``confirmed`` are the keys
    (``Record.key``) of those of them whose very value a person has confirmed, however implausible.
    """

    records: tuple[Record, ...] = ()
    confirmed: frozenset[tuple[str, str, str]] = frozenset()

    @classmethod
    def of(
        cls, plan: Plan, records: Sequence[Record], decisions: Sequence[Decision]
    ) -> CurrentFigures:
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
class WaitingChoice:
    """What waits for a person, by period and in the plan's order."""

    conflicts: tuple[Conflict, ...]
    doubts: tuple[Doubt, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not (self.conflicts or self.doubts)
