"""Which of an office's plans is in force at a period, and who answers for an item then.

An office may adopt a revised plan in mid-course: other targets, another responsible agency, items
dropped or added. Each adoption holds from a period on, until the next one; what was due before is
judged, and shown, by the plan that was in force then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from qiyx_xl.core.plan.model import Agency, Goal, Indicator, Item, Milestone, Plan
    from qiyx_xl.core.primitives.periods import Period


@dataclass(frozen=True, slots=True)
class Adoption:
    """A plan that was put in force. ``since`` is the first period; None: from the beginning.

    ``at`` is None for a plan that nobody has adopted: the shipped one, or a plan file beside no
    office.
    """

    plan: Plan
    since: Period | None = None
    at: datetime | None = None
    by: str = ""
    reason: str = ""


class Plans:
    """The plans of an office, in the order of their adoption; at least one.

    Of two adoptions that both cover a period, the later one is in force. Before the first one
    begins, the first one is.
    """

    def __init__(self, adoptions: Sequence[Adoption]) -> None:
        if not adoptions:
            raise ValueError("an office has a plan")
        self.adoptions = tuple(adoptions)
        self._known: dict[Period, Plan] = {}

    @classmethod
    def only(cls, plan: Plan) -> Plans:
        """Return the plans of an office that has never adopted another one."""
        return cls((Adoption(plan),))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plans) and self.adoptions == other.adoptions

    def __hash__(self) -> int:
        return hash(tuple(adoption.plan.sha256 for adoption in self.adoptions))

    @property
    def latest(self) -> Plan:
        """The plan adopted last; it may begin only at a later period."""
        return self.adoptions[-1].plan

    @cached_property
    def is_single(self) -> bool:
        """Whether one plan holds for all periods."""
        return all(adoption.plan == self.latest for adoption in self.adoptions)

    @cached_property
    def is_revised(self) -> bool:
        """Whether figures may have been sent under another plan, or under an earlier name."""
        return not self.is_single or any(agency.earlier_names for agency in self.latest.agencies)

    def at(self, period: Period) -> Plan:
        """Return the plan in force at a period."""
        known = self._known.get(period)
        if known is None:
            known = self._known[period] = self.adoption_at(period).plan
        return known

    def adoption_at(self, period: Period) -> Adoption:
        """Return the adoption in force at a period: the last whose first day is not after it."""
        return next(self.covering_adoptions(period), self.adoptions[0])

    def at_closing(self, sha256: str, period: Period) -> Plan:
        """Return the plan by which a period was closed.

        Closings of earlier versions did not record it; then it is the first one.
        """
        if not sha256:
            return self.adoptions[0].plan
        return self.with_sha256(sha256) or self.at(period)

    def with_sha256(self, sha256: str) -> Plan | None:
        """Return the plan with this digest, adopted at any time."""
        return next((a.plan for a in self.adoptions if a.plan.sha256 == sha256), None)

    def item(self, code: str) -> Item | None:
        """Return the item with this stable id, as the latest plan that has it states it."""
        found = (adoption.plan.item(code) for adoption in reversed(self.adoptions))
        return next((item for item in found if item is not None), None)

    def printed(self, code: str) -> str:
        """Return what people see for a stable id; an id of no item is its own."""
        item = self.item(code)
        return code if item is None else item.printed_code

    def items(self) -> Iterator[Indicator | Goal | Milestone]:
        """Yield every item that any plan has, each once, as the latest plan states it."""
        seen: set[str] = set()
        for adoption in reversed(self.adoptions):
            for item in adoption.plan.items():
                if item.code not in seen:
                    seen.add(item.code)
                    yield item

    def agency(self, name: str) -> Agency | None:
        """Return the agency of this name in the latest plan that has it."""
        found = (adoption.plan.agency(name) for adoption in reversed(self.adoptions))
        return next((agency for agency in found if agency is not None), None)

    def reporters(self, code: str, period: Period) -> tuple[str, ...]:
        """Return who reports an item at a period, the agency in charge first.

        The others were in charge of it by a plan that covered the period before it was replaced:
        what they had sent by then still counts, until the agency in charge sends its own figure.
        """
        items = [plan.item(code) for plan in self.covering(period)]
        return tuple(dict.fromkeys(item.reporting_agency for item in items if item is not None))

    def claimants(self, code: str, period: Period) -> frozenset[str]:
        """Return all agencies that may hold figures of an item at a period."""
        items = [plan.item(code) for plan in self.covering(period)]
        return frozenset().union(*(item.claimants for item in items if item is not None))

    def name_at(self, agency: str, period: Period) -> str:
        """Return what the plan in force at a period calls an agency that was renamed."""
        return self._names(period).get(agency, agency)

    def _names(self, period: Period) -> dict[str, str]:
        plan = self.at(period)
        own = {agency.name for agency in plan.agencies}
        return {
            earlier: agency.name
            for agency in plan.agencies
            for earlier in agency.earlier_names
            if earlier not in own
        }

    def covering(self, period: Period) -> tuple[Plan, ...]:
        """Return the plans that cover a period, the one in force first."""
        return tuple(a.plan for a in self.covering_adoptions(period)) or (self.adoptions[0].plan,)

    def covering_adoptions(self, period: Period) -> Iterator[Adoption]:
        """Yield the adoptions that cover a period, the one in force first."""
        for adoption in reversed(self.adoptions):
            if adoption.since is None or adoption.since.first_day <= period.last_day:
                yield adoption
