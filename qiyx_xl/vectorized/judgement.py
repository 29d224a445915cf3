"""How columns of numbers with a target are rated: docs/rating.md, sections 2 to 7, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from qiyx_xl.core.plan.model import Comparator, StatusRule
from qiyx_xl.core.rating.lamps import LampState
from qiyx_xl.vectorized.numbers import Array, scaled
from qiyx_xl.vectorized.result import CODES
from qiyx_xl.vectorized.targets import COMPARATORS, HUNDRED, RULES

if TYPE_CHECKING:
    from decimal import Decimal

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.vectorized.result import RatedColumns
    from qiyx_xl.vectorized.targets import Gathered, TargetArrays

Column = tuple[Array, Array]
"""Counts of ten-thousandths, and a mask of where they are known."""

_RULE = {rule: code for code, rule in enumerate(RULES)}
_COMPARATOR = {comparator: code for code, comparator in enumerate(COMPARATORS)}
_EXACT_FLOAT = 2**53
_EXACT_BELOW = 10**11
"""With a smaller denominator, a quotient of integers rounds to the same float directly as by way
of 28 decimal digits, as in the core: it cannot be close enough to the middle of two floats."""


class Measured:
    """The records that have a number and a target."""

    def __init__(
        self,
        rated: RatedColumns,
        places: Array,
        columns: TargetArrays,
        yardstick: Gathered,
        rules: Rules,
        numbers: tuple[Array, Column, Column],
        confirmed: Array,
    ) -> None:
        self.rated = rated
        self.places = places
        self.columns = columns
        self.rules = rules
        self.actual, self.previous, self.second = numbers
        self.confirmed = confirmed
        self.yardstick = yardstick
        self.lower = yardstick.lower
        self.coverage = yardstick.coverage
        self.rule = yardstick.rule
        second, second_known = self.second
        from_second = yardstick.target_is_second
        self.target = np.where(from_second, second, yardstick.target)
        self.target_known = ~from_second | second_known
        self.baseline, self.baseline_known = _reported_or_plan(
            self.second, yardstick.baseline_is_second, yardstick.baseline, yardstick.baseline_known
        )
        comparator = yardstick.comparator
        self.comparator = np.where(self.coverage, _COMPARATOR[Comparator.AT_LEAST], comparator)

    def rate(self) -> None:
        """Rate them and store the results."""
        size = len(self.places)
        tolerance = scaled(self.rules.exact_tolerance)
        left = np.zeros(size, dtype=bool) if tolerance is not None else self._is_exact()
        state = np.full(size, CODES[LampState.IN_DOUBT], dtype=np.int8)
        in_doubt, hard = self._doubt()
        left |= hard
        no_reference = ~in_doubt & ~self.target_known
        state[no_reference] = CODES[LampState.NO_REFERENCE]
        judged = ~in_doubt & self.target_known
        met = self._met(tolerance or 0)
        above, below = self._share()
        has_rate = below > 0
        start, start_known = self._start()
        way = self.target - start
        on_schedule = self.yardstick.scheduled
        runs = on_schedule & start_known & (way != 0) & ~self._meets(start)
        state = np.where(judged, self._states(met, above, below, start, runs), state)

        rated, places = self.rated, self.places
        rated.state[places] = state
        rated.met[places] = np.where(judged, met, -1)
        rate, safe = _quotient(above, below, judged & has_rate)
        rated.rate[places] = rate
        left |= ~safe
        left |= self._enter_schedule(judged, start, runs)
        rated.flags[places] = np.where(judged, self._flags(above, below, has_rate, tolerance), 0)
        rated.left[places] = left

    def _is_exact(self) -> Array:
        exact: Array = self.rule == _RULE[StatusRule.EXACT]
        return exact

    # --- plausibility (section 7) ------------------------------------------------------------

    def _doubt(self) -> tuple[Array, Array]:
        actual, asked = self.actual, ~self.confirmed
        previous, previous_known = self.previous
        bare = self.coverage & (~self.target_known | (self.target <= 0))
        use_previous = previous_known & (previous != 0)
        reference = np.where(use_previous, previous, np.where(self.target_known, self.target, 0))
        doubtful = asked & ((actual < 0) | (self.yardstick.at_most_hundred & (actual > HUNDRED)))
        compared = asked & ~doubtful & (reference != 0) & (actual != 0) & ~bare
        hard = compared & (reference < 0)
        low, high = parts(self.rules.magnitude_low), parts(self.rules.magnitude_high)
        small = actual * low[1] < low[0] * reference
        outside = compared & ~hard & (small | (actual * high[1] > high[0] * reference))
        if outside.any():
            doubtful |= outside & self._shifted(outside, reference)
            doubtful |= outside & small & self.yardstick.is_share & self.lower
        doubtful |= bare
        doubtful |= self.coverage & ~bare & (actual > self.target)
        return doubtful, hard

    def _shifted(self, outside: Array, reference: Array) -> Array:
        # Whether A×10^k ÷ reference is in [low, high], by divisions that cannot overflow.
        low, high = (
            parts(self.rules.magnitude_match_low),
            parts(self.rules.magnitude_match_high),
        )
        found = np.zeros(len(outside), dtype=bool)
        sets = self.yardstick.powers
        for index, known in enumerate(self.columns.powers):
            rows = np.flatnonzero(outside & (sets == index))
            actual, compared = self.actual[rows], reference[rows]
            fits = np.zeros(len(rows), dtype=bool)
            for power in known:
                times = 10**power
                fits |= (actual >= -(-low[0] * compared // (times * low[1]))) & (
                    actual <= high[0] * compared // (times * high[1])
                )
                fits |= (actual * low[1] // (low[0] * times) >= compared) & (
                    -(-actual * high[1] // (high[0] * times)) <= compared
                )
            found[rows] = fits
        return found

    # --- comparison with the target, and completion rate (sections 2 and 3) ------------------

    def _meets(self, values: Array) -> Array:
        target, code = self.target, self.comparator
        return np.select(
            [code == _COMPARATOR[comparator] for comparator in _HOLDS],
            [holds(values, target) for holds in _HOLDS.values()],
            default=values == target,
        )

    def _met(self, tolerance: int) -> Array:
        within = self._is_exact() & (self.comparator == _COMPARATOR[Comparator.EXACTLY])
        return np.where(within, self.actual >= self.target - tolerance, self._meets(self.actual))

    def _share(self) -> Column:
        """Return 完成率 as a clipped quotient; the denominator is 0 where it is undefined."""
        actual, target = self.actual, self.target
        above, below = actual.copy(), target.copy()
        if self.rules.lower_is_better_rate == "two_minus_ratio":
            above = np.where(self.lower, 2 * target - actual, above)
        else:
            above = np.where(self.lower, np.where(actual > 0, target, 1), above)
            below = np.where(self.lower, np.where(actual > 0, actual, 0), below)
        most, most_of = parts(self.rules.rate_maximum)
        # T/A with A = 0 counts as the maximum.
        boundless = (
            self.lower & (actual <= 0) & (self.rules.lower_is_better_rate != "two_minus_ratio")
        )
        up = target <= 0
        way = self.baseline - target
        known = self.baseline_known & (way != 0) & ~self.coverage
        sign = np.where(way < 0, -1, 1)
        above = np.where(up, sign * (self.baseline - actual), above)
        below = np.where(up, np.where(known, sign * way, 0), below)
        too_much = (below > 0) & (above * most_of > most * below) | (boundless & ~up)
        above = np.where(too_much, most, np.maximum(above, 0))
        return above, np.where(too_much, most_of, below)

    def _flags(self, above: Array, below: Array, has_rate: Array, tolerance: int | None) -> Array:
        exact = self._is_exact()
        higher = self.yardstick.higher
        line, line_of = parts(self.rules.review_above)
        review = higher & has_rate & (above * line_of > line * below) & ~self.coverage
        over = exact & (self.actual > self.target + (tolerance or 0)) & ~self.coverage
        return np.where(over, 2, np.where(review & ~exact, 1, 0))

    # --- which lamp (sections 4 to 6) ----------------------------------------------------------

    def _start(self) -> Column:
        yardstick = self.yardstick
        second, second_known = self.second
        previous, previous_known = self.previous
        use_second = yardstick.start_is_second & second_known
        start = np.where(use_second, second, yardstick.start)
        known = yardstick.start_known | use_second
        use_previous = yardstick.start_is_previous & previous_known
        return np.where(use_previous, previous, start), known | use_previous

    def _states(
        self,
        met: Array,
        above: Array,
        below: Array,
        start: Array,
        runs: Array,
    ) -> Array:
        yardstick = self.yardstick
        state = self._at_full_target(met, above, below)
        early, scheduled = yardstick.early, yardstick.scheduled
        known = self._start()[1]
        state = np.where(scheduled & ~known, CODES[LampState.NO_BASELINE], state)
        state = np.where(runs, self._on_schedule(start), state)
        state = np.where(early, CODES[LampState.NOT_DUE], state)
        return np.where((early | scheduled) & met, CODES[LampState.MET_EARLY], state)

    def _at_full_target(self, met: Array, above: Array, below: Array) -> Array:
        rule = self.rule
        state = np.where(met, CODES[LampState.MET], CODES[LampState.NOT_MET])
        missed = ~met
        has_rate = below > 0
        for rules, line in (
            ((StatusRule.RATIO, StatusRule.EXACT), self.rules.ratio_amber),
            ((StatusRule.HOLD,), self.rules.hold_amber),
            ((StatusRule.ZERO,), self.rules.zero_amber),
        ):
            amber, amber_of = parts(line)
            reached = has_rate & (above * amber_of >= amber * below)
            held = np.isin(rule, [_RULE[one] for one in rules])
            state = np.where(held & missed & reached, CODES[LampState.NEARLY_MET], state)
        last, moved = self._last_target()
        steps = rule == _RULE[StatusRule.STEP]
        not_worse = np.where(self.lower, self.actual <= last, self.actual >= last)
        state = np.where(steps & missed & moved & not_worse, CODES[LampState.NEARLY_MET], state)
        ceiling = rule == _RULE[StatusRule.CEILING]
        near, near_of = parts(self.rules.ceiling_near)
        close = self.lower & (self.actual * near_of > near * self.target)
        state = np.where(ceiling & missed, CODES[LampState.BREACHED], state)
        return np.where(ceiling & met & close, CODES[LampState.NEAR_THE_LINE], state)

    def _last_target(self) -> Column:
        last = self.yardstick.last_target
        return last, self.yardstick.last_target_known & (last != self.target)

    def _on_schedule(self, start: Array) -> Array:
        """Compare p with P by cross-multiplication."""
        yardstick = self.yardstick
        way = self.target - start
        sign = np.where(way < 0, -1, 1)
        gone, way = sign * (self.actual - start), sign * way
        green_side = gone * yardstick.green_of - yardstick.green * way
        amber_side = gone * yardstick.amber_of - yardstick.amber * way
        inclusive = self.rules.gap_green_inclusive
        green = green_side >= 0 if inclusive else green_side > 0
        return np.where(
            green,
            CODES[LampState.ON_SCHEDULE],
            np.where(amber_side >= 0, CODES[LampState.BEHIND], CODES[LampState.FAR_BEHIND]),
        )

    def _enter_schedule(self, judged: Array, start: Array, runs: Array) -> Array:
        """Store P, p and the gap; return where the floats may differ from the core's."""
        yardstick, rated, places = self.yardstick, self.rated, self.places
        passed, whole = yardstick.passed, yardstick.whole
        shown = judged & yardstick.scheduled
        scheduled, safe = _quotient(passed, whole, shown)
        rated.scheduled[places] = scheduled
        gone, way = self.actual - start, self.target - start
        told = judged & runs
        rated.progress[places], safe_too = _quotient(gone, way, told)
        ahead = (gone * whole - passed * way) * 100
        rated.gap[places], safe_three = _quotient(ahead, way * whole, told)
        return ~(safe & safe_too & safe_three)


_HOLDS = {
    Comparator.AT_LEAST: np.greater_equal,
    Comparator.MORE_THAN: np.greater,
    Comparator.AT_MOST: np.less_equal,
    Comparator.LESS_THAN: np.less,
}


def _reported_or_plan(
    given: Column, use: Array, otherwise: Array, otherwise_known: Array
) -> Column:
    taken = use & given[1]
    return np.where(taken, given[0], otherwise), taken | otherwise_known


def parts(threshold: Decimal) -> tuple[int, int]:
    """Return a threshold as numerator and denominator."""
    share = Fraction(threshold)
    return share.numerator, share.denominator


def _quotient(above: Array, below: Array, wanted: Array) -> Column:
    """Return the nearest floats, NaN where not ``wanted``, and where they are surely the core's.

    Long numerators and denominators are reduced first.
    """
    long = wanted & ((np.abs(above) >= _EXACT_FLOAT) | (np.abs(below) >= _EXACT_BELOW))
    if long.any():
        above, below = above.copy(), below.copy()
        common = np.gcd(above[long], below[long])
        above[long] //= common
        below[long] //= common
        long = wanted & ((np.abs(above) >= _EXACT_FLOAT) | (np.abs(below) >= _EXACT_BELOW))
    value = np.full(len(above), np.nan)
    np.divide(above, below, out=value, where=wanted & (below != 0))
    return value, ~long
