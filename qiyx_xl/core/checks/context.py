"""What a form is judged against, prepared once for many files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.checks.fast_path import PlainRows
from qiyx_xl.core.forms.item_codes import Codes
from qiyx_xl.core.forms.item_names import unnumbered
from qiyx_xl.core.plan.agency_names import AgencyNames
from qiyx_xl.core.plan.model import AgencyLevel, Milestone
from qiyx_xl.core.plan.schedule import expects
from qiyx_xl.core.primitives.text import tidy, without_bracket

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Agency, Item, Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import History


class Duties:
    """What an agency reports, in the plan's order, and its codes."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.items = items
        self.by_code = {item.code: item for item in items}
        self.codes = frozenset(self.by_code)
        self._owed: dict[Period, tuple[Item, ...]] = {}

    def owed(self, period: Period) -> tuple[Item, ...]:
        """Return what must have a row in the form for a period; milestones need none."""
        known = self._owed.get(period)
        if known is None:
            known = self._owed[period] = tuple(
                item
                for item in self.items
                if expects(item, period) and not isinstance(item, Milestone)
            )
        return known


@dataclass
class Setting:
    """The plan, the rules, what was accepted before, and the period that is being collected.

    ``period`` is None where each file's own period is taken; ``agencies`` are the plan's, by any
    of their names.
    """

    plan: Plan
    rules: Rules
    history: History
    period: Period | None = None
    _names: dict[str, Item] = field(init=False, repr=False)
    _codes: Codes = field(init=False, repr=False)
    agencies: AgencyNames = field(init=False, repr=False)
    _duties: dict[str, Duties] = field(init=False, repr=False, default_factory=dict)
    _plain_rows: dict[Period, PlainRows] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        # A goal may be named like the indicator it repeats: the indicator comes first.
        self._names = {}
        for item in self.plan.items():
            self._names.setdefault(tidy(item.name), item)
        self._codes = Codes(self.plan.items())
        self.agencies = AgencyNames(self.plan)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel light: whatever follows from these is worked out again on arrival."""
        return Setting, (self.plan, self.rules, self.history, self.period)

    def item_named(self, name: str) -> Item | None:
        """Return the item of this name, however its quotes and brackets were retyped."""
        tidied = tidy(name)
        if not tidied:
            return None
        bare = unnumbered(tidied)
        spellings = (tidied, without_bracket(tidied), bare, without_bracket(bare))
        return next((self._names[one] for one in spellings if one in self._names), None)

    def item_coded(self, code: str) -> Item | None:
        """Return the item of this code, however it is spelled: ``1.0``, ``t3—1—1``."""
        return self.plan.find(code) or self._codes.item(code)

    def item_probably_coded(self, code: str) -> Item | None:
        """Return the item whose code this is but for its letter, if there is just one."""
        return self._codes.probable(code)

    def duties(self, agency: Agency) -> Duties:
        """Return what an agency reports."""
        # Every street reports the same.
        key = "" if agency.level is AgencyLevel.STREET else agency.name
        known = self._duties.get(key)
        if known is None:
            known = self._duties[key] = Duties(self.plan.reported_by(agency))
        return known

    def plain_rows(self, period: Period) -> PlainRows:
        """Return the rows known to be plain in a period."""
        known = self._plain_rows.get(period)
        if known is None:
            known = self._plain_rows[period] = PlainRows(period, self.rules, self.history)
        return known
