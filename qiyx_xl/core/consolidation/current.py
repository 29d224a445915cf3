"""The district's figures of all periods, as people's decisions and the plans in force leave them.

Whose value is the district's is decided at each period by the plan that was in force then. Who
looks at them from another period sees them under the agency that reports the item there: so a new
responsible agency has its predecessor's figures as last year's value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.conflicts import (
    apply_decisions,
    chosen_agencies,
    confirmed_values,
    find_conflicts,
)
from qiyx_xl.core.consolidation.street_totals import with_totals
from qiyx_xl.core.primitives.values import spell
from qiyx_xl.core.records.source import instant, saved_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from qiyx_xl.core.consolidation.conflicts import Conflict, Decision
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.log_entries import LoggedRecord
    from qiyx_xl.core.records.record import Record

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class FiguresAt:
    """The figures of all periods, seen from one period and by its plan.

    ``records`` contain people's decisions on conflicts; ``confirmed`` are the keys (``Record.key``)
    of the records of which a person has confirmed exactly this value, however implausible.
    """

    plan: Plan
    records: tuple[Record, ...] = ()
    confirmed: frozenset[_Key] = frozenset()


class CurrentFigures:
    """The figures to rate, to compare with and to publish, of all periods."""

    def __init__(
        self,
        plans: Plans,
        records: tuple[Record, ...] = (),
        confirmed: frozenset[_Key] = frozenset(),
    ) -> None:
        self.plans = plans
        self._own = records
        self._confirmed = confirmed
        self._seen: dict[str, FiguresAt] = {}

    @classmethod
    def of(
        cls, plans: Plans, records: Sequence[Record], decisions: Sequence[Decision]
    ) -> CurrentFigures:
        """Apply the decisions to the records.

        Args:
            plans: determine whose figure is the district's.
            records: the current version of every figure, as it was sent.
            decisions: all of them, earliest first.
        """
        settled: list[Record] = []
        confirmed: set[_Key] = set()
        decisions = _renamed_decisions(plans, decisions)
        for plan, theirs in _by_plan(plans, records):
            figures = apply_decisions(plan, theirs, decisions)
            keys = _confirmed(plan, theirs, figures, decisions)
            for figure in figures:
                own = _in_charge(plans, plan, figure)
                settled.append(own)
                if figure.key in keys:
                    confirmed.add(own.key)
        return cls(plans, tuple(settled), frozenset(confirmed))

    def at(self, period: Period) -> FiguresAt:
        """Return the figures as the plan in force at a period sees them."""
        return self._by(self.plans.at(period))

    def latest(self) -> FiguresAt:
        """Return the figures as the plan adopted last sees them."""
        return self._by(self.plans.latest)

    def _by(self, plan: Plan) -> FiguresAt:
        known = self._seen.get(plan.sha256)
        if known is None:
            known = self._seen[plan.sha256] = self._figures_by(plan)
        return known

    def _figures_by(self, plan: Plan) -> FiguresAt:
        if self.plans.is_single:
            return FiguresAt(plan, self._own, self._confirmed)
        reporters = {item.code: item.reporting_agency for item in plan.items()}

        def relabelled(record: Record) -> Record:
            then = self.plans.at(record.period).item(record.code)
            reporter = reporters.get(record.code, record.agency)
            if then is None or then.reporting_agency != record.agency or reporter == record.agency:
                return record
            return replace(record, agency=reporter)

        seen = [relabelled(record) for record in self._own]
        moved = {new.key for old, new in zip(self._own, seen, strict=True) if new is not old}
        pairs = zip(self._own, seen, strict=True)
        # What the agency in charge now had claimed then was not the district's figure.
        kept = [(old, new) for old, new in pairs if new is not old or new.key not in moved]
        return FiguresAt(
            plan,
            tuple(new for _, new in kept),
            frozenset(new.key for old, new in kept if old.key in self._confirmed),
        )


def conflicts_in(
    plans: Plans, records: Iterable[Record], decisions: Sequence[Decision] = ()
) -> tuple[Conflict, ...]:
    """Return the undecided conflicts of all periods, by period and in the plan's order."""
    decisions = _renamed_decisions(plans, decisions)
    found = [
        conflict
        for plan, theirs in _by_plan(plans, list(records))
        for conflict in find_conflicts(plan, _without_replaced(plans, plan, theirs), decisions)
    ]
    return tuple(sorted(found, key=lambda conflict: conflict.left.period))


def senders_of_figures(
    plans: Plans, records: Sequence[Record], decisions: Sequence[Decision]
) -> dict[tuple[Period, str], str]:
    """Return who sent the district's figure, by period and item, under the name it was sent by."""
    sent_as = {own.key: sent for own, sent in _renamed(plans, records)}
    decisions = _renamed_decisions(plans, decisions)
    found: dict[tuple[Period, str], str] = {}
    for plan, theirs in _by_plan(plans, records):
        chosen = chosen_agencies(plan, theirs, decisions)
        for figure in {(record.period, record.code) for record in theirs}:
            item = plan.item(figure[1])
            if item is not None:
                agency = chosen.get(figure, item.reporting_agency)
                found[figure] = sent_as.get((str(figure[0]), figure[1], agency), agency)
    return found


def totals_in(plans: Plans, logged: Sequence[LoggedRecord]) -> tuple[LoggedRecord, ...]:
    """Insert the lowest level's totals into the log's rows, by the plan of each row's period."""
    rows = tuple(logged)
    for plan in {adoption.plan.sha256: adoption.plan for adoption in plans.adoptions}.values():
        rows = with_totals(plan, rows, _covered_by(plans, plan))
    return rows


def _covered_by(plans: Plans, plan: Plan) -> Callable[[Period], bool]:
    return lambda period: plans.at(period).sha256 == plan.sha256


def _by_plan(plans: Plans, records: Sequence[Record]) -> Iterator[tuple[Plan, Sequence[Record]]]:
    """Group records by the plan that says whose figure is the district's.

    That is the plan in force at their period; but what an agency sent that was in charge until it
    was replaced stands until the agency now in charge reports.
    """
    if not plans.is_revised:
        yield plans.latest, records
        return
    groups: dict[str, tuple[Plan, list[Record]]] = {}
    named = [own for own, _ in _renamed(plans, records)]
    reported = {record.key: record for record in named if record.is_reported}
    known: dict[tuple[Period, str], Plan] = {}
    for record in named:
        figure = (record.period, record.code)
        plan = known.get(figure)
        if plan is None:
            plan = known[figure] = _deciding(plans, *figure, reported)
        groups.setdefault(plan.sha256, (plan, []))[1].append(record)
    yield from groups.values()


def _deciding(plans: Plans, period: Period, code: str, reported: Mapping[_Key, Record]) -> Plan:
    """Return the plan whose reporting agency's figure stands.

    What an agency had sent before another one was put in charge, and sent later, does not come
    back when it is put in charge again.
    """
    found: tuple[Plan, Record] | None = None
    for plan in reversed(plans.covering(period)):
        item = plan.item(code)
        own = None if item is None else reported.get((str(period), code, item.reporting_agency))
        if own is not None and (found is None or saved_at(own.source) >= saved_at(found[1].source)):
            found = plan, own
    return plans.at(period) if found is None else found[0]


def _without_replaced(plans: Plans, plan: Plan, records: Sequence[Record]) -> Sequence[Record]:
    """Leave out what agencies sent while in charge, if those after them have reported since.

    These are two reports after one another, not two that contradict each other.
    """
    if plans.is_single:
        return records
    standing = {
        (record.period, record.code): record
        for record in records
        for item in (plan.item(record.code),)
        if item is not None and record.is_reported and record.agency == item.reporting_agency
    }
    return [
        record
        for record in records
        for own in (standing.get((record.period, record.code)),)
        if own is None or own is record or not _is_replaced(plans, record, own)
    ]


def _is_replaced(plans: Plans, record: Record, own: Record) -> bool:
    """Whether the later sender was put in charge after the one and before the other was sent."""
    if record.agency not in plans.reporters(record.code, record.period):
        return False
    return any(
        adoption.at is not None
        and saved_at(record.source) < instant(adoption.at) <= saved_at(own.source)
        and item is not None
        and item.reporting_agency == own.agency
        for adoption in plans.covering_adoptions(record.period)
        for item in (adoption.plan.item(record.code),)
    )


def _in_charge(plans: Plans, plan: Plan, figure: Record) -> Record:
    """Put the district's figure under the agency that is in charge of it at its period."""
    item, now = plan.item(figure.code), plans.at(figure.period).item(figure.code)
    if item is None or now is None or figure.agency != item.reporting_agency:
        return figure
    if now.reporting_agency == figure.agency:
        return figure
    return replace(figure, agency=now.reporting_agency)


def _renamed(plans: Plans, records: Sequence[Record]) -> list[tuple[Record, str]]:
    """Put figures sent under an earlier name under the present one; of two the later saved.

    Each comes with the name under which it was sent.
    """
    named: dict[_Key, tuple[Record, str]] = {}
    for record in records:
        name = plans.name_at(record.agency, record.period)
        own = record if name == record.agency else replace(record, agency=name)
        other = named.get(own.key)
        if other is None or _is_better(own, other[0]):
            named[own.key] = (own, record.agency)
    return list(named.values())


def _is_better(own: Record, other: Record) -> bool:
    if own.is_reported != other.is_reported:
        return own.is_reported
    return saved_at(own.source) >= saved_at(other.source)


def _renamed_decisions(plans: Plans, decisions: Sequence[Decision]) -> Sequence[Decision]:
    if not any(agency.earlier_names for a in plans.adoptions for agency in a.plan.agencies):
        return decisions
    return [
        replace(
            decision,
            agency=plans.name_at(decision.agency, decision.period),
            other=plans.name_at(decision.other, decision.period),
        )
        for decision in decisions
    ]


def _confirmed(
    plan: Plan,
    records: Sequence[Record],
    settled: Sequence[Record],
    decisions: Sequence[Decision],
) -> frozenset[_Key]:
    """Return the keys of confirmed values.

    Another agency's value that was chosen as the district's figure may have been confirmed as that
    agency's or as the district's. A confirmation of the reporting agency's own value does not apply
    to it.
    """
    seen = confirmed_values(decisions)
    if not seen:
        return frozenset()
    codes = {code for _, code, _, _ in seen}
    reporters = {item.code: item.reporting_agency for item in plan.items() if item.code in codes}
    chosen = chosen_agencies(
        plan, [record for record in records if record.code in codes], decisions
    )
    keys = set()
    for record in (record for record in settled if record.code in codes):
        senders = {record.agency}
        if record.agency == reporters.get(record.code):
            senders.add(chosen.get((record.period, record.code), record.agency))
        value = spell(record.actual)
        if any((*record.key[:2], sender, value) in seen for sender in senders):
            keys.add(record.key)
    return frozenset(keys)
