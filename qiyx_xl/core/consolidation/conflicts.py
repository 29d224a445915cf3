"""What if two agencies report different values of one figure? Both are kept; a person decides.

A decision applies to the values that were present when it was made. If either side sends another
number afterwards, the conflict is open again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.street_totals import totals_that_differ, totals_where_unreported
from qiyx_xl.core.primitives.values import Absence, spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record


class DecisionKind(StrEnum):
    """What kind of decision a person made."""

    FIGURE = "figure"
    VERSION = "version"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {"figure": "采用", "version": "改用", "confirmed": "核实"}[self.value]


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision, with its date and reason.

    FIGURE: ``agency``'s ``value`` is the district's figure, not ``other``'s ``other_value``.
    VERSION: ``agency``'s figure is the one in the file ``sha256``, as if sent at ``at``. CONFIRMED:
    ``agency``'s ``value`` is implausible but right.
    """

    kind: DecisionKind
    at: datetime
    by: str
    reason: str
    period: Period
    code: str
    agency: str
    value: str
    other: str = ""
    other_value: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values of one figure. ``left`` is the reporting agency's, if it has one."""

    left: Record
    right: Record

    @property
    def code(self) -> str:
        """The code of the item."""
        return self.left.code


def find_conflicts(
    plan: Plan, records: Iterable[Record], decisions: Sequence[Decision] = ()
) -> tuple[Conflict, ...]:
    """Return the undecided conflicts, in the plan's order.

    Args:
        plan: determines who reports an item. The figures of those who report a part of it are no
            rivals of the district's; only their complete total is one.
        records: the current records, of one period or of several.
        decisions: those made so far.
    """
    items = {item.code: (place, item) for place, item in enumerate(plan.items())}
    figures: dict[tuple[Period, str], list[Record]] = {}
    sent = [record for record in records if record.agency != plan.total_name]
    for record in (*sent, *totals_that_differ(plan, sent)):
        _, item = items.get(record.code, (0, None))
        if item is None or not record.is_reported:
            continue
        if not plan.is_part(item.code, record.agency):
            figures.setdefault((record.period, record.code), []).append(record)
    disputed = [key for key, sides in figures.items() if len(sides) > 1]
    found: list[Conflict] = []
    for key in sorted(disputed, key=lambda key: (key[0], items[key[1]][0])):
        found.extend(_conflicts_of_figure(plan, key[1], figures[key]))
    return tuple(conflict for conflict in found if decided(conflict, decisions) is None)


def decided(conflict: Conflict, decisions: Iterable[Decision]) -> Decision | None:
    """Return the last decision about exactly these two values, if there is one.

    If a third value was chosen over both, that also settles the conflict between the two.
    """
    left, right = _agency_and_value(conflict.left), _agency_and_value(conflict.right)
    last = None
    over: dict[tuple[str, str], dict[tuple[str, str], Decision]] = {left: {}, right: {}}
    for decision in decisions:
        if not _is_about(decision, conflict):
            continue
        chosen, other = (decision.agency, decision.value), (decision.other, decision.other_value)
        if {chosen, other} == {left, right}:
            last = decision
        elif other in over:
            over[other][chosen] = decision
    if last is not None:
        return last
    return next((over[right][third] for third in over[left] if third in over[right]), None)


def _is_about(decision: Decision, conflict: Conflict) -> bool:
    return (
        decision.kind is DecisionKind.FIGURE
        and decision.period == conflict.left.period
        and decision.code == conflict.code
    )


def choose(conflict: Conflict, agency: str, *, at: datetime, by: str, reason: str) -> Decision:
    """Return the decision that one side's value is the district's figure.

    Raises:
        ValueError: the agency is neither side; the message can be shown to the user.
    """
    left, right = conflict.left, conflict.right
    if agency not in (left.agency, right.agency):
        raise ValueError(
            f"“{agency}”不在这处冲突里。请从“{left.agency}”和“{right.agency}”中选一个。"
        )
    chosen, other = (left, right) if agency == left.agency else (right, left)
    return Decision(
        DecisionKind.FIGURE,
        at,
        by,
        reason,
        chosen.period,
        chosen.code,
        chosen.agency,
        spell(chosen.actual),
        other.agency,
        spell(other.actual),
    )


def apply_decisions(
    plan: Plan, records: Sequence[Record], decisions: Sequence[Decision]
) -> tuple[Record, ...]:
    """Return the records with the chosen values under the reporting agencies.

    Where a person has chosen another agency's value, the reporting agency's record gets that value
    and its source, which names the other agency's file. Where only the streets have reported, it
    gets their complete total. Other records are unchanged.
    """
    reporters = {item.code: item.reporting_agency for item in plan.items()}
    instead = {}
    for record in _in_stead(plan, records, decisions):
        own = replace(record, agency=reporters[record.code])
        instead[own.key] = own
    codes = {own.code for own in instead.values()}
    known = {record.key for record in records if record.code in codes}
    return (
        *(
            instead.get(record.key, record) if record.code in codes else record
            for record in records
        ),
        *(own for key, own in instead.items() if key not in known),
    )


def chosen_agencies(
    plan: Plan, records: Sequence[Record], decisions: Sequence[Decision]
) -> dict[tuple[Period, str], str]:
    """Return whose value is the district's figure, by period and item, where not the reporter's."""
    return {
        (record.period, record.code): record.agency
        for record in _in_stead(plan, records, decisions)
    }


def _in_stead(
    plan: Plan, records: Sequence[Record], decisions: Sequence[Decision]
) -> Iterator[Record]:
    """Yield the records that replace the reporting agency's own."""
    yield from totals_where_unreported(plan, records)
    # Rivals of a figure, including totals, are of the same item, so items without a decision can be
    # skipped.
    codes = {decision.code for decision in decisions if decision.kind is DecisionKind.FIGURE}
    if not codes:
        return
    groups: dict[tuple[Period, str], list[Conflict]] = {}
    for conflict in find_conflicts(plan, [record for record in records if record.code in codes]):
        groups.setdefault((conflict.left.period, conflict.code), []).append(conflict)
    for conflicts in groups.values():
        chosen = _chosen(conflicts, decisions)
        item = plan.item(conflicts[0].code)
        if chosen is not None and item is not None and chosen.agency != item.reporting_agency:
            yield chosen


def _chosen(conflicts: Sequence[Conflict], decisions: Iterable[Decision]) -> Record | None:
    """Return the value chosen last, if both it and the value it was chosen over are current."""
    sides = {_agency_and_value(conflicts[0].left): conflicts[0].left}
    sides |= {_agency_and_value(conflict.right): conflict.right for conflict in conflicts}
    chosen = None
    for decision in decisions:
        if _is_about(decision, conflicts[0]):
            over = (decision.other, decision.other_value)
            chosen = (
                sides.get((decision.agency, decision.value), chosen) if over in sides else chosen
            )
    return chosen


def redated(records: Iterable[Record], decisions: Iterable[Decision]) -> list[Record]:
    """Give versions that a person has preferred the time of the decision as their time of saving.

    So they become current from then on, and a later file of the agency still replaces them.
    """
    preferred = {
        (str(decision.period), decision.code, decision.agency, decision.sha256): decision.at
        for decision in decisions
        if decision.kind is DecisionKind.VERSION
    }
    if not preferred:
        return list(records)
    return [
        record
        if record.source is None or (*record.key, record.source.sha256) not in preferred
        else replace(
            record,
            source=replace(record.source, saved_at=preferred[*record.key, record.source.sha256]),
        )
        for record in records
    ]


def confirmed(
    records: Iterable[Record], decisions: Iterable[Decision]
) -> frozenset[tuple[str, str, str]]:
    """Return the keys of the records of which a person has confirmed exactly this value."""
    seen = confirmed_values(decisions)
    if not seen:
        return frozenset()
    return frozenset(
        record.key for record in records if (*record.key, spell(record.actual)) in seen
    )


def confirmed_values(decisions: Iterable[Decision]) -> frozenset[tuple[str, str, str, str]]:
    """Return period, code, agency and formatted value of each value a person has confirmed."""
    return frozenset(
        (str(decision.period), decision.code, decision.agency, decision.value)
        for decision in decisions
        if decision.kind is DecisionKind.CONFIRMED
    )


def _agency_and_value(record: Record) -> tuple[str, str]:
    return (record.agency, spell(record.actual))


def _conflicts_of_figure(plan: Plan, code: str, records: list[Record]) -> list[Conflict]:
    """Compare each agency's value with the reporting agency's, or else with the first one's."""
    item = plan.item(code)
    reporter = "" if item is None else item.reporting_agency
    places = {agency.name: place for place, agency in enumerate(plan.agencies)}
    ranked = sorted(
        records,
        key=lambda record: (
            record.agency != reporter,
            places.get(record.agency, len(places)),
            record.agency,
        ),
    )
    left = ranked[0]
    return [
        Conflict(left, right)
        for right in ranked[1:]
        if right.actual != left.actual and right.actual is not Absence.NOT_APPLICABLE
    ]
