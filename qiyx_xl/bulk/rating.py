"""Columns of values, rated: docs/rating.md, sections 1 to 7, in exact integers.

Every function here has its twin in ``core`` (``judging``, ``lamps``, ``completion``,
``plausibility``); a change of a rule is made in both, and ``tests/bulk`` holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from qiyx_xl.bulk.numbers import Array, Numbers, scaled
from qiyx_xl.bulk.yardsticks import COMPARATORS, HUNDRED, RULES, Columns
from qiyx_xl.core.judging import ABOVE_STANDARD, REVIEW, SELF_REPORTED
from qiyx_xl.core.lamps import Light, State
from qiyx_xl.core.plan import Comparator, StatusRule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from qiyx_xl.bulk.yardsticks import _Gathered
    from qiyx_xl.core.rating import Rating, Yardstick
    from qiyx_xl.core.rules import Rules

STATES = tuple(State)
FLAGS: tuple[tuple[str, ...], ...] = ((), (REVIEW,), (ABOVE_STANDARD,), (SELF_REPORTED,))
LIGHTS = tuple(Light)
_CODE = {state: code for code, state in enumerate(STATES)}
_RULE = {rule: code for code, rule in enumerate(RULES)}
_COMPARATOR = {comparator: code for code, comparator in enumerate(COMPARATORS)}
_LIT = {
    Light.GREEN: (State.MET, State.MET_EARLY, State.ON_SCHEDULE),
    Light.AMBER: (State.BEHIND, State.NEARLY_MET, State.NEAR_THE_LINE, State.DUE_SOON),
    Light.RED: (State.FAR_BEHIND, State.NOT_MET, State.BREACHED, State.OVERDUE, State.FAILED),
}
LIGHT_OF = np.array(
    [
        LIGHTS.index(next((light for light, lit in _LIT.items() if state in lit), Light.GREY))
        for state in STATES
    ],
    dtype=np.int8,
)
"""Each state belongs to one lamp: the index in ``LIGHTS`` for an index in ``STATES``."""

_EXACT_FLOAT = 2**53
_EXACT_BELOW = 10**11
"""A quotient of integers whose denominator is smaller rounds to the same float by way of 28
decimal digits, as the core goes, as directly: it cannot lie that close to the middle of two."""
_MOST_UNMET = 0.999


@dataclass(slots=True)
class Rated:
    """Ratings as columns; ``left`` marks the records that the core has to rate.

    ``state`` indexes ``STATES``; ``flags`` indexes ``FLAGS``; ``met`` is 1, 0, or −1 for None;
    ``rate`` and ``gap`` (percentage points) are the floats nearest to the core's decimals, NaN
    for None.
    """

    state: Array
    met: Array
    rate: Array
    scheduled: Array
    progress: Array
    gap: Array
    flags: Array
    left: Array

    @classmethod
    def nothing(cls, size: int) -> Rated:
        """Return columns in which nothing is rated yet."""
        return cls(
            state=np.zeros(size, dtype=np.int8),
            met=np.full(size, -1, dtype=np.int8),
            rate=np.full(size, np.nan),
            scheduled=np.full(size, np.nan),
            progress=np.full(size, np.nan),
            gap=np.full(size, np.nan),
            flags=np.zeros(size, dtype=np.int8),
            left=np.zeros(size, dtype=bool),
        )

    @property
    def light(self) -> Array:
        """The lamps, as indices in ``LIGHTS``."""
        return LIGHT_OF[self.state]

    @property
    def shown_rate(self) -> Array:
        """The rate for a cell formatted as %: of a value that is not met at most 99.9%."""
        return np.where((self.met == 0) & (self.rate > _MOST_UNMET), _MOST_UNMET, self.rate)

    def put(self, place: int, rating: Rating) -> None:
        """Enter what the core says about one record."""
        self.state[place] = _CODE[State(rating.state)]
        self.met[place] = -1 if rating.met is None else rating.met
        self.rate[place] = _float(rating.completion_rate)
        self.scheduled[place] = _float(rating.scheduled_progress)
        self.progress[place] = _float(rating.progress)
        self.gap[place] = _float(rating.schedule_gap_pp)
        self.flags[place] = FLAGS.index(rating.flags)
        self.left[place] = False


def _float(value: Decimal | None) -> float:
    return np.nan if value is None else float(value)


def rate_columns(
    yardsticks: Sequence[Yardstick],
    which: Array,
    actual: Numbers,
    previous: Numbers,
    second: Numbers,
    confirmed: Array | None = None,
) -> Rated:
    """Rate a column of values.

    Args:
        yardsticks: what the values are held to; all by one rule file.
        which: for each value, the index of its yardstick; −1 leaves the value out (``left``).
        actual: the values, in their items' own measures.
        previous: last year's actuals, likewise.
        second: the second numbers (应覆盖人数, 参照值 or 基期值), likewise.
        confirmed: which values a person has confirmed; none if not given.
    """
    size = len(which)
    rated = Rated.nothing(size)
    if not yardsticks:
        rated.left[:] = True
        return rated
    columns = Columns(yardsticks)
    every = columns.of(which)
    limit = min(columns.limit, _room(yardsticks[0].rules))
    odd = actual.other | previous.other | second.other
    for numbers in (actual, previous, second):
        odd |= np.abs(numbers.scaled) > limit
    if limit == 0:
        odd[:] = True
    rated.left[:] = odd | (which < 0) | every.by_core
    no_target = every.no_target & ~rated.left
    rated.state[no_target] = _CODE[State.NO_TARGET]
    blank = actual.blank & ~rated.left & ~no_target
    rated.state[blank] = np.where(every.due, _CODE[State.NOT_REPORTED], _CODE[State.NOT_DUE])[blank]
    chosen = np.flatnonzero(actual.known & ~rated.left & ~no_target)
    if chosen.size:
        _Numbers(
            rated,
            chosen,
            columns,
            every.only(chosen),
            yardsticks[0].rules,
            (actual.scaled[chosen], _taken(previous, chosen), _taken(second, chosen)),
            np.zeros(chosen.size, dtype=bool) if confirmed is None else confirmed[chosen],
        ).rate()
    return rated


def _room(rules: Rules) -> int:
    """Return how large a count may be, so that no product with a threshold overflows.

    0 for a rule file with thresholds no column can be held against: then the core does it all.
    """
    thresholds = (
        rules.rate_maximum,
        rules.review_above,
        rules.ratio_amber,
        rules.hold_amber,
        rules.ceiling_near,
        rules.zero_amber,
        rules.magnitude_low,
        rules.magnitude_high,
        rules.magnitude_match_low,
        rules.magnitude_match_high,
    )
    parts = [part for threshold in thresholds for part in _parts(threshold)]
    matches = (rules.magnitude_match_low, rules.magnitude_match_high)
    shifts = (
        *rules.magnitude_powers,
        *rules.magnitude_powers_percent,
        *rules.magnitude_powers_cumulative,
    )
    if min(matches) <= 0 or not all(0 <= shift <= _LONGEST_SHIFT for shift in shifts):
        return 0
    largest = max(parts)
    return _INT64 // (8 * largest) if largest < _INT64 // 10 ** (_LONGEST_SHIFT + 1) else 0


_INT64 = 2**63 - 1
_LONGEST_SHIFT = 12


_Column = tuple[Array, Array]
"""Counts, and where they are known."""


def _taken(numbers: Numbers, chosen: Array) -> _Column:
    return numbers.scaled[chosen], numbers.known[chosen]


class _Numbers:
    """The records that hold a number and a target."""

    def __init__(
        self,
        rated: Rated,
        places: Array,
        columns: Columns,
        yardstick: _Gathered,
        rules: Rules,
        numbers: tuple[Array, _Column, _Column],
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
        self.baseline, self.baseline_known = _else(
            self.second, yardstick.baseline_is_second, yardstick.baseline, yardstick.baseline_known
        )
        comparator = yardstick.comparator
        self.comparator = np.where(self.coverage, _COMPARATOR[Comparator.AT_LEAST], comparator)

    def rate(self) -> None:
        """Rate them and enter the results."""
        size = len(self.places)
        tolerance = scaled(self.rules.exact_tolerance)
        left = np.zeros(size, dtype=bool) if tolerance is not None else self._is_exact()
        state = np.full(size, _CODE[State.IN_DOUBT], dtype=np.int8)
        in_doubt, hard = self._doubt()
        left |= hard
        no_reference = ~in_doubt & ~self.target_known
        state[no_reference] = _CODE[State.NO_REFERENCE]
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

    # --- is it believable? (section 7) ---------------------------------------------------------

    def _doubt(self) -> tuple[Array, Array]:
        actual, asked = self.actual, ~self.confirmed
        previous, previous_known = self.previous
        bare = self.coverage & (~self.target_known | (self.target <= 0))
        use_previous = previous_known & (previous != 0)
        reference = np.where(use_previous, previous, np.where(self.target_known, self.target, 0))
        doubtful = asked & ((actual < 0) | (self.yardstick.at_most_hundred & (actual > HUNDRED)))
        compared = asked & ~doubtful & (reference != 0) & (actual != 0) & ~bare
        hard = compared & (reference < 0)
        low, high = _parts(self.rules.magnitude_low), _parts(self.rules.magnitude_high)
        small = actual * low[1] < low[0] * reference
        outside = compared & ~hard & (small | (actual * high[1] > high[0] * reference))
        if outside.any():
            doubtful |= outside & self._shifted(outside, reference)
            doubtful |= outside & small & self.yardstick.is_share & self.lower
        doubtful |= bare
        doubtful |= self.coverage & ~bare & (actual > self.target)
        return doubtful, hard

    def _shifted(self, outside: Array, reference: Array) -> Array:
        # A×10^k ÷ reference within [low, high], by divisions that cannot overflow.
        low, high = (
            _parts(self.rules.magnitude_match_low),
            _parts(self.rules.magnitude_match_high),
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

    # --- is it met, and how much of it (sections 2 and 3) ---------------------------------------

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

    def _share(self) -> _Column:
        """Return 完成率 as a quotient, clipped; the denominator is 0 where there is none."""
        actual, target = self.actual, self.target
        above, below = actual.copy(), target.copy()
        if self.rules.lower_is_better_rate == "two_minus_ratio":
            above = np.where(self.lower, 2 * target - actual, above)
        else:
            above = np.where(self.lower, np.where(actual > 0, target, 1), above)
            below = np.where(self.lower, np.where(actual > 0, actual, 0), below)
        most, most_of = _parts(self.rules.rate_maximum)
        # T/A of A = 0 is the most there can be.
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
        line, line_of = _parts(self.rules.review_above)
        review = higher & has_rate & (above * line_of > line * below) & ~self.coverage
        over = exact & (self.actual > self.target + (tolerance or 0)) & ~self.coverage
        return np.where(over, 2, np.where(review & ~exact, 1, 0))

    # --- which lamp (sections 4 to 6) ----------------------------------------------------------

    def _start(self) -> _Column:
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
        state = np.where(scheduled & ~known, _CODE[State.NO_BASELINE], state)
        state = np.where(runs, self._on_schedule(start), state)
        state = np.where(early, _CODE[State.NOT_DUE], state)
        return np.where((early | scheduled) & met, _CODE[State.MET_EARLY], state)

    def _at_full_target(self, met: Array, above: Array, below: Array) -> Array:
        rule = self.rule
        state = np.where(met, _CODE[State.MET], _CODE[State.NOT_MET])
        missed = ~met
        has_rate = below > 0
        for rules, line in (
            ((StatusRule.RATIO, StatusRule.EXACT), self.rules.ratio_amber),
            ((StatusRule.HOLD,), self.rules.hold_amber),
            ((StatusRule.ZERO,), self.rules.zero_amber),
        ):
            amber, amber_of = _parts(line)
            reached = has_rate & (above * amber_of >= amber * below)
            held = np.isin(rule, [_RULE[one] for one in rules])
            state = np.where(held & missed & reached, _CODE[State.NEARLY_MET], state)
        last, moved = self._last_target()
        steps = rule == _RULE[StatusRule.STEP]
        not_worse = np.where(self.lower, self.actual <= last, self.actual >= last)
        state = np.where(steps & missed & moved & not_worse, _CODE[State.NEARLY_MET], state)
        ceiling = rule == _RULE[StatusRule.CEILING]
        near, near_of = _parts(self.rules.ceiling_near)
        close = self.lower & (self.actual * near_of > near * self.target)
        state = np.where(ceiling & missed, _CODE[State.BREACHED], state)
        return np.where(ceiling & met & close, _CODE[State.NEAR_THE_LINE], state)

    def _last_target(self) -> _Column:
        last = self.yardstick.last_target
        return last, self.yardstick.last_target_known & (last != self.target)

    def _on_schedule(self, start: Array) -> Array:
        """Hold p against P, crosswise."""
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
            _CODE[State.ON_SCHEDULE],
            np.where(amber_side >= 0, _CODE[State.BEHIND], _CODE[State.FAR_BEHIND]),
        )

    def _enter_schedule(self, judged: Array, start: Array, runs: Array) -> Array:
        """Enter P, p and the gap; return where their floats are not certain."""
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


def _else(given: _Column, use: Array, otherwise: Array, otherwise_known: Array) -> _Column:
    taken = use & given[1]
    return np.where(taken, given[0], otherwise), taken | otherwise_known


def _parts(threshold: Decimal) -> tuple[int, int]:
    share = Fraction(threshold)
    return share.numerator, share.denominator


def _quotient(above: Array, below: Array, wanted: Array) -> _Column:
    """Return the floats nearest to the quotients, NaN where none is wanted, and if they are sure.

    What is too long for that is reduced first.
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
