"""What a form is judged against, prepared once for many files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qiyx_xl.core.texts import tidy, without_bracket

if TYPE_CHECKING:
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.plan import Agency, Item, Plan
    from qiyx_xl.core.rules import Rules
    from qiyx_xl.core.submissions import History


@dataclass
class Setting:
    """The plan, the rules, what was accepted before, and the period that is being collected.

    ``period`` is None where each file's own period is taken.
    """

    plan: Plan
    rules: Rules
    history: History
    period: Period | None = None
    _names: dict[str, Item] = field(init=False, repr=False)
    _agencies: dict[str, Agency] = field(init=False, repr=False)
    _reported: dict[str, tuple[Item, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        # A goal may be named like the indicator it repeats: the indicator comes first.
        self._names = {}
        for item in self.plan.items():
            self._names.setdefault(tidy(item.name), item)
        self._agencies = {tidy(agency.name): agency for agency in self.plan.agencies}

    def item_named(self, name: str) -> Item | None:
        """Return the item of this name, however its quotes and brackets were retyped."""
        tidied = tidy(name)
        return self._names.get(tidied) or self._names.get(without_bracket(tidied))

    def agency_named(self, name: str) -> Agency | None:
        """Return the agency of this name; 卫健局 and 北仑区卫健局 are 区卫健局 if no other fits."""
        tidied = tidy(name)
        exact = self._agencies.get(tidied)
        if exact is not None or len(tidied) < 2:  # noqa: PLR2004 - a single character fits many
            return exact
        alike = [
            agency
            for own, agency in self._agencies.items()
            if own.endswith(tidied) or tidied.endswith(own)
        ]
        return alike[0] if len(alike) == 1 else None

    def reported_by(self, agency: Agency) -> tuple[Item, ...]:
        """Return what an agency fills in, in the plan's order."""
        known = self._reported.get(agency.name)
        if known is None:
            known = self._reported[agency.name] = self.plan.reported_by(agency)
        return known
