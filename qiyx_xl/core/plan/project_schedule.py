"""When projects are reported, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Frequency
from qiyx_xl.core.plan.schedule import deadline

if TYPE_CHECKING:
    from datetime import date

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period


def projects_expected(period: Period, rules: Rules) -> bool:
    """Whether projects are reported for this period, by the rule file's frequency."""
    return rules.projects.frequency == "monthly" or period.is_quarter_end


def projects_deadline(period: Period, rules: Rules) -> date:
    """Return the last day on which a period's report on projects is still in time."""
    return deadline(Frequency(rules.projects.frequency), period, rules)
