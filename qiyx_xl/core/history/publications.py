"""What was published, so that the next 晾晒榜 can show who has moved up or down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qiyx_xl.core.primitives.codec import number_of, number_text
from qiyx_xl.core.projects.status import NO_STATUS, task_forces
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import (
    levels_with_parts,
    score_decimal,
    summarise,
    summarise_level,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from qiyx_xl.core.history.snapshot import Figure
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.projects.status import ProjectStatus
    from qiyx_xl.core.rating.scorecard import Group, StatusLine, View

VIEWS: tuple[View, ...] = ("domain", "agency", "level")
TASK_FORCE: Literal["task_force"] = "task_force"
PROJECT: Literal["project"] = "project"


@dataclass(frozen=True, slots=True)
class Placing:
    """One row of a published 晾晒榜. ``rank`` is None for a row that was not ranked.

    ``score`` is the exact score to 28 digits, None where all lamps were grey. A single project
    (view ``PROJECT``, its code as ``name``) has a lamp alone.
    """

    view: str
    name: str
    light: Light
    rank: int | None
    score: Decimal | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, from which ``from_json`` builds an equal placing."""
        return {
            "view": self.view,
            "name": self.name,
            "light": self.light.value,
            "rank": self.rank,
            "score": number_text(self.score),
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Placing:
        """Return the placing from a JSON object made by ``to_json``."""
        return cls(
            document["view"],
            document["name"],
            Light(document["light"]),
            document["rank"],
            number_of(document["score"]),
        )


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication of a period. ``day`` is the day printed on its papers."""

    period: Period
    day: date
    plan_version: str
    rules_version: str
    figures: tuple[Figure, ...]
    placings: tuple[Placing, ...]

    def placing(self, view: str, name: str) -> Placing | None:
        """Return a row of the published 晾晒榜; None if there was no such row."""
        return next((p for p in self.placings if (p.view, p.name) == (view, name)), None)

    def has_same_content(self, other: Publication) -> bool:
        """Whether both have the same content for the same period, apart from the printed day."""
        return _content(self) == _content(other)


def placings(
    lines: Sequence[StatusLine], plan: Plan, rules: Rules, projects: ProjectStatus = NO_STATUS
) -> tuple[Placing, ...]:
    """Return every row of a 晾晒榜's three views, of the levels, and of the task forces.

    A level is a view of its own where items were broken down to its agencies. Each project is a
    row, too, so that its lamps can be followed. Without projects, the task forces are the domains,
    which are one of the three views.
    """
    views: list[tuple[str, tuple[Group, ...]]] = [
        (view, summarise(lines, plan, rules, by=view)) for view in VIEWS
    ]
    views += [
        (level, summarise_level(lines, plan, rules, level))
        for level in levels_with_parts(lines, plan)
    ]
    placed = [_placing(view, group) for view, groups in views for group in groups]
    if projects.projects:
        forces = task_forces(lines, projects, plan, rules)
        placed += [_placing(TASK_FORCE, group) for group in forces]
    placed += [
        Placing(PROJECT, line.project.code, line.assessment.light, None, None)
        for line in projects.lines
    ]
    return tuple(placed)


def published_before(
    publications: Iterable[Publication], period: Period
) -> tuple[Publication, ...]:
    """Return the publications of earlier periods, one each, by their periods.

    Before a quarter those of quarters, before a month those of months; only if there is none, those
    of any length. If a period was published more than once, its last publication counts.

    Args:
        publications: earliest first.
        period: the period being published.
    """
    earlier = {
        publication.period: publication
        for publication in publications
        if publication.period.last_day < period.last_day
    }
    alike = [known for known in earlier if known.kind is period.kind]
    return tuple(earlier[known] for known in sorted(alike or earlier))


def _placing(view: str, group: Group) -> Placing:
    return Placing(view, group.name, group.light, group.rank, score_decimal(group.score))


def _content(publication: Publication) -> tuple[object, ...]:
    return (
        publication.period,
        publication.plan_version,
        publication.rules_version,
        publication.figures,
        publication.placings,
    )
