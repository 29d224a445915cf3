"""How targets are stored as columns, with one row per item and period.

No rule is decided here: ``core.rating.period_target`` gives each row's target, its schedule and
which reported numbers replace them (``source``). A row with numbers that do not fit is left to the
core.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qiyx_xl.core.plan.model import Comparator, Direction, StatusRule
from qiyx_xl.core.rating.judgement import powers
from qiyx_xl.core.rating.period_target import Course, Reported
from qiyx_xl.vectorized.numbers import LARGEST, ONE, scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.rate import Yardstick
    from qiyx_xl.vectorized.numbers import Array

RULES = tuple(StatusRule)
COMPARATORS = tuple(Comparator)
_INT64 = 2**63 - 1
_COURSES = (Course.FULL, Course.EARLY, Course.SCHEDULED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One yardstick. Numbers are counts of ten-thousandths; thresholds are quotients."""

    by_core: bool = False
    no_target: bool = False
    due: bool = False
    rule: int = 0
    comparator: int = 0
    early: bool = False
    scheduled: bool = False
    lower: bool = False
    higher: bool = False
    is_share: bool = False
    at_most_hundred: bool = False
    coverage: bool = False
    target: int = 0
    target_is_second: bool = False
    start: int = 0
    start_known: bool = False
    start_is_previous: bool = False
    start_is_second: bool = False
    baseline: int = 0
    baseline_known: bool = False
    baseline_is_second: bool = False
    last_target: int = 0
    last_target_known: bool = False
    passed: int = 0
    whole: int = 1
    green: int = 0
    green_of: int = 1
    amber: int = 0
    amber_of: int = 1
    powers: tuple[int, ...] = ()


_NAMES = tuple(entry.name for entry in fields(_Row))


class TargetArrays:
    """Yardsticks as columns: ``columns.target[which]`` is each record's target."""

    def __init__(self, yardsticks: Sequence[Yardstick]) -> None:
        """Store the yardsticks as columns; all have the same rule file."""
        rows = [_row_of(yardstick) for yardstick in yardsticks]
        self._columns = {
            name: np.array([getattr(row, name) for row in rows])
            for name in _NAMES
            if name != "powers"
        }
        self.powers = list({row.powers: None for row in rows})
        """The sets of powers of ten by which values may be wrong; the column indexes them."""
        self._columns["powers"] = np.array([self.powers.index(row.powers) for row in rows])
        factor = max(
            100 * self._largest("passed", "whole"),
            self._largest("green", "green_of", "amber", "amber_of"),
        )
        self.limit = min(LARGEST, _INT64 // (4 * factor))
        """Counts up to this limit cannot overflow in a product with a column of thresholds."""

    def _largest(self, *names: str) -> int:
        return max(int(np.abs(self._columns[name]).max(initial=1)) for name in names)

    def of(self, which: Array) -> Gathered:
        """Return the columns per record; ``which`` is the index of each record's yardstick."""
        return Gathered(self._columns, which)


class Gathered:
    """Columns of yardsticks per record, indexed on access."""

    def __init__(self, columns: dict[str, Array], which: Array) -> None:
        self._columns = columns
        self._which = which

    def __getattr__(self, name: str) -> Array:
        return self._columns[name][self._which]

    def only(self, chosen: Array) -> Gathered:
        """Return the columns for some of the records."""
        return Gathered(self._columns, self._which[chosen])


@lru_cache(maxsize=4096)
def _row_of(yardstick: Yardstick) -> _Row:
    item, rules, aim = yardstick.item, yardstick.rules, yardstick.aim()
    if item.status_rule is StatusRule.MILESTONE:
        return _Row(by_core=True)  # its cells hold words; a number among them needs the core, too
    if aim is None:
        return _Row(no_target=True, due=yardstick.due)
    if aim.course not in _COURSES:
        return _Row(by_core=True)
    numbers = (aim.value, aim.start, aim.baseline, aim.last_target)
    counts = [None if number is None else scaled(number) for number in numbers]
    missing = any(
        count is None and number is not None for count, number in zip(counts, numbers, strict=True)
    )
    from_second = aim.is_word or Reported.SECOND in aim.source.value
    if missing or (aim.value is None and not from_second):
        return _Row(by_core=True)
    if aim.is_word and aim.course is Course.SCHEDULED:
        return _Row(by_core=True)
    target, start, baseline, last_target = counts
    share = Fraction(0)
    if aim.scheduled is not None:
        share = Fraction(aim.scheduled.numerator, aim.scheduled.denominator)
    green, amber = _thresholds(share, rules)
    return _Row(
        due=yardstick.due,
        rule=RULES.index(aim.rule),
        comparator=COMPARATORS.index(aim.comparator or Comparator.TEXT),
        early=aim.course is Course.EARLY,
        scheduled=aim.course is Course.SCHEDULED,
        lower=item.direction is Direction.LOWER_IS_BETTER,
        higher=item.direction is Direction.HIGHER_IS_BETTER,
        is_share=item.is_percent,
        at_most_hundred=item.is_percent and not item.may_exceed_hundred,
        coverage=aim.is_word,
        target=target or 0,
        target_is_second=from_second,
        start=start or 0,
        start_known=start is not None,
        start_is_previous=Reported.PREVIOUS in aim.source.start,
        start_is_second=Reported.SECOND in aim.source.start,
        baseline=baseline or 0,
        baseline_known=baseline is not None,
        baseline_is_second=Reported.SECOND in aim.source.baseline,
        last_target=last_target or 0,
        last_target_known=last_target is not None,
        passed=share.numerator,
        whole=share.denominator,
        green=green.numerator,
        green_of=green.denominator,
        amber=amber.numerator,
        amber_of=amber.denominator,
        powers=powers(item, rules),
    )


def _thresholds(share: Fraction, rules: Rules) -> tuple[Fraction, Fraction]:
    # p is compared with P plus this many percentage points.
    return (
        share + Fraction(rules.gap_green_pp) / 100,
        share + Fraction(rules.gap_amber_pp) / 100,
    )


HUNDRED = 100 * ONE
