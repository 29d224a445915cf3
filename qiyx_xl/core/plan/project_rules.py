"""The rule file's section ``projects`` as data (docs/projects.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRules:
    """The numbers behind the lamps of projects.

    ``_pp`` are percentage points against 序时, behind is negative; ``_days`` are calendar days.
    """

    frequency: Literal["monthly", "quarterly"]
    gap_green_pp: Decimal
    gap_amber_pp: Decimal
    node_near_days: int
    node_late_amber_days: int


def project_rules(document: Mapping[str, Any], base: ProjectRules | None) -> ProjectRules:
    """Build the section from a rule file's content; what it leaves out is taken from ``base``.

    Raises:
        KeyError: a field is missing and there is no base.
    """

    def field(name: str) -> Any:
        return document[name] if name in document or base is None else getattr(base, name)

    return ProjectRules(
        frequency=field("frequency"),
        gap_green_pp=Decimal(str(field("gap_green_pp"))),
        gap_amber_pp=Decimal(str(field("gap_amber_pp"))),
        node_near_days=field("node_near_days"),
        node_late_amber_days=field("node_late_amber_days"),
    )
