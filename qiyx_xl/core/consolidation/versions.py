"""Which of several versions of one figure is the current one, and why.

The log keeps every number of every accepted file as it was sent. The current version is computed
from all of them each time, so it cannot depend on the order in which files were received:

- the file saved later wins, whenever it was received; files saved at the same moment go by the
  order of receipt;
- a blank never replaces anything, and what cannot be read never replaces a value;
- a second number (基期值, 应覆盖人数) that a later file leaves blank is kept;
- a remark belongs to its value: it is kept only while the value stays the same, and a remark
  that explains nothing (/, 同上) does not replace one that does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.values import Absence, Unreadable
from qiyx_xl.core.records.explanations import remark_in_force
from qiyx_xl.core.records.source import saved_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.consolidation.conflicts import Conflict
    from qiyx_xl.core.primitives.values import Actual
    from qiyx_xl.core.records.record import Record


class Outcome(StrEnum):
    """What happened to one version of a figure."""

    CURRENT = "现行"
    RESTATED = "重报同数"
    REVISED = "已被更正"
    OVERTAKEN = "晚到旧件"
    NOT_USED = "空白不覆盖"


@dataclass(frozen=True, slots=True)
class ResolvedVersions:
    """The current record of one figure, and the outcome of each version, in the versions' order."""

    record: Record
    outcomes: tuple[Outcome, ...]


def resolve_versions(versions: Sequence[Record]) -> ResolvedVersions:
    """Compute the current record.

    Args:
        versions: every version of one figure (same ``Record.key``), in order of receipt; at
            least one.
    """
    order = sorted(range(len(versions)), key=lambda index: saved_at(versions[index].source))
    outcomes = [Outcome.NOT_USED] * len(versions)
    state = versions[order[0]]
    effective: list[int] = []  # versions that changed the current record, in order of saving
    for place, index in enumerate(order):
        version = versions[index]
        merged = version if place == 0 else _merge(state, version)
        if (not effective and _has_value(version)) or _differs(merged, state):
            effective.append(index)
        elif _strength(version.actual) == _READABLE:
            outcomes[index] = Outcome.RESTATED
        state = merged
    for place, index in enumerate(effective):
        outcomes[index] = _outcome(index, effective[place + 1 :])
    return ResolvedVersions(state, tuple(outcomes))


def by_figure(records: Iterable[Record]) -> dict[tuple[str, str, str], list[Record]]:
    """Group versions by their figure, keeping their order."""
    figures: dict[tuple[str, str, str], list[Record]] = {}
    for record in records:
        figures.setdefault(record.key, []).append(record)
    return figures


_BLANK, _UNREADABLE, _READABLE = range(3)


def _strength(actual: Actual) -> int:
    if actual is Absence.NOT_REPORTED:
        return _BLANK
    return _UNREADABLE if isinstance(actual, Unreadable) else _READABLE


def _has_value(version: Record) -> bool:
    return version.is_reported or version.second is not None


def _differs(one: Record, other: Record) -> bool:
    return (one.actual, one.second) != (other.actual, other.second)


def _merge(state: Record, version: Record) -> Record:
    """Return the current record after a later version."""
    second = state.second if version.second is None else version.second
    remark = remark_in_force(state.remark, version.remark)
    evidence = version.evidence or state.evidence
    speaks = _strength(version.actual)
    if speaks == _BLANK or speaks < _strength(state.actual):
        return replace(state, second=second, remark=remark, evidence=evidence)
    if version.actual == state.actual:
        # The same number again: the source stays the file that had it first, unless the second
        # number is from this file.
        base = state if second == state.second else version
        return replace(base, second=second, remark=remark, evidence=evidence)
    return version if version.second is second else replace(version, second=second)


def _outcome(index: int, later: Sequence[int]) -> Outcome:
    if not later:
        return Outcome.CURRENT
    # A version received after a file that overrides it was never current.
    return Outcome.OVERTAKEN if min(later) < index else Outcome.REVISED


@dataclass(frozen=True, slots=True)
class Doubt:
    """An implausible value, and the reason; a person may confirm it."""

    record: Record
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingChoice:
    """Open conflicts and doubts, by period and in the plan's order."""

    conflicts: tuple[Conflict, ...]
    doubts: tuple[Doubt, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is waiting for a person."""
        return not (self.conflicts or self.doubts)
