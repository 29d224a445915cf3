"""Which thresholds and factors give 完成率 and 红黄绿? The rule file as data (docs/rating.md).

There are no default numbers here: they are all in ``qiyx_xl/data/rules.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from qiyx_xl.core.primitives.codec import document_of, record_from
from qiyx_xl.core.primitives.workdays import WorkCalendar

# --- The rule file's section ``projects`` as data (docs/projects.md) ----------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRules:
    """The thresholds for the lamps of projects.

    ``_pp`` are percentage points against 序时, negative when behind; ``_days`` are calendar days.
    """

    frequency: Literal["monthly", "quarterly"]
    gap_green_pp: Decimal
    gap_amber_pp: Decimal
    node_near_days: int
    node_late_amber_days: int


# --- The rule file as data: every threshold and factor behind 完成率 and 红黄绿 (docs/rating.md ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The content of one rule file.

    Thresholds are shares (0.90) unless their name ends in ``_pp`` (percentage points).
    """

    version: str
    name: str
    # Section 3: the completion rate
    lower_is_better_rate: Literal["two_minus_ratio", "target_over_actual"]
    rate_maximum: Decimal
    review_above: Decimal
    # Sections 2 and 4: the seven status rules
    ratio_amber: Decimal
    hold_amber: Decimal
    ceiling_near: Decimal
    zero_amber: Decimal
    exact_tolerance: Decimal
    milestone_amber_days: int
    # Sections 5 and 6: the schedule
    elapsed_by: Literal["months", "days"]
    gap_green_pp: Decimal
    gap_green_inclusive: bool
    gap_amber_pp: Decimal
    # Section 7: implausible values
    magnitude_low: Decimal
    magnitude_high: Decimal
    magnitude_match_low: Decimal
    magnitude_match_high: Decimal
    magnitude_powers: tuple[int, ...]
    magnitude_powers_percent: tuple[int, ...]
    magnitude_powers_cumulative: tuple[int, ...]
    # Section 8: the scorecard
    score_green: Decimal
    score_amber: Decimal
    score_red: Decimal
    ranking_minimum_reported: Decimal
    domain_minimum_reported: Decimal
    domain_red_count: int
    domain_red_share: Fraction
    domain_amber_share: Fraction
    # Section 1: when a blank is late, in days after the period's end, by frequency
    deadline_days: Mapping[str, int]
    # 重大项目 and 民生实事 (docs/projects.md)
    projects: ProjectRules
    # Section 6: where the line of a goal without a baseline date starts; None: with the plan
    line_first_year: int | None = None
    # Not from the rule file: a deadline on a day off moves to the next workday; None: it does not
    # move
    calendar: WorkCalendar | None = None

    def on(self, calendar: WorkCalendar | None) -> Rules:
        """Return the same rules with a calendar that moves deadlines."""
        return replace(self, calendar=calendar)


def rules_from_document(document: Mapping[str, Any], base: Rules | None = None) -> Rules:
    """Build rules from a rule file's content; missing fields are taken from ``base``.

    The content must have been checked against ``schemas/rules.schema.json``.

    Raises:
        KeyError: a field is missing and there is no base.
    """
    if base is not None:
        days = document.get("deadline_days", {})
        document = {**document, "deadline_days": {**base.deadline_days, **days}}
    return record_from(Rules, document, base)


def rules_document(rules: Rules) -> dict[str, Any]:
    """Return a rule file's content, from which ``rules_from_document`` builds equal rules."""
    document = document_of(rules.on(None))
    del document["calendar"]
    return document


def disagreements(rules: Rules) -> tuple[str, ...]:
    """Return a sentence for each contradiction between the numbers of a rule file."""
    checks = (
        (rules.gap_amber_pp <= rules.gap_green_pp, "序时黄灯线不能高于序时绿灯线"),
        (rules.review_above <= rules.rate_maximum, "超额待核线不能高于完成率上限"),
        (rules.magnitude_low < rules.magnitude_high, "量级过小线应低于量级过大线"),
        (
            rules.projects.gap_amber_pp <= rules.projects.gap_green_pp,
            "重大项目的黄灯线不能高于绿灯线",
        ),
        (
            rules.magnitude_match_low <= rules.magnitude_match_high,
            "换算后吻合的下限不能高于上限",
        ),
        (
            rules.score_red <= rules.score_amber <= rules.score_green,
            "得分应是绿灯不低于黄灯、黄灯不低于红灯",
        ),
    )
    return tuple(sentence for holds, sentence in checks if not holds)
