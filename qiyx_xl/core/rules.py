"""The rule file as data: every threshold and factor behind 完成率 and 红黄绿 (docs/rating.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds are shares (0.90) unless their name ends in ``_pp`` (percentage points)."""

    version: str
    name: str
    lower_is_better_rate: Literal["two_minus_ratio", "target_over_actual"] = "two_minus_ratio"
    elapsed_by: Literal["months", "days"] = "months"
    rate_maximum: Decimal = Decimal(2)
    review_above: Decimal = Decimal("1.5")
    ratio_amber: Decimal = Decimal("0.90")
    hold_amber: Decimal = Decimal("0.98")
    ceiling_near: Decimal = Decimal("0.97")
    zero_amber: Decimal = Decimal("0.90")
    exact_tolerance: Decimal = Decimal("0.005")
    milestone_amber_days: int = 90
    gap_green_pp: Decimal = Decimal("-0.05")
    gap_green_inclusive: bool = True
    gap_amber_pp: Decimal = Decimal(-10)
    score_green: Decimal = Decimal(100)
    score_amber: Decimal = Decimal(60)
    score_red: Decimal = Decimal(0)
    ranking_minimum_reported: Decimal = Decimal("0.80")
    domain_minimum_reported: Decimal = Decimal("0.50")
    domain_red_count: int = 2
    domain_red_share: Decimal = Decimal(1) / Decimal(3)
    domain_amber_share: Decimal = Decimal(1) / Decimal(3)
    magnitude_low: Decimal = Decimal("0.05")
    magnitude_high: Decimal = Decimal(20)
    magnitude_match_low: Decimal = Decimal("0.5")
    magnitude_match_high: Decimal = Decimal(2)
    deadline_days: dict[str, int] = field(
        default_factory=lambda: {"monthly": 5, "quarterly": 10, "yearly": 20, "milestone": 10}
    )
