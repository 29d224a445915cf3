"""How columns of values are rated: docs/rating.md, sections 1 to 7, in exact integers.

Every function here has its equivalent in ``core.rating`` (``judgement``, ``lamps``,
``completion``). A change of a rule is made in both; ``tests/vectorized`` checks that they agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qiyx_xl.core.rating.lamps import LampState
from qiyx_xl.vectorized.judgement import Measured, parts
from qiyx_xl.vectorized.result import CODES, RatedColumns
from qiyx_xl.vectorized.targets import TargetArrays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.rate import Yardstick
    from qiyx_xl.vectorized.judgement import Column
    from qiyx_xl.vectorized.numbers import Array, Numbers

_INT64 = 2**63 - 1
_LONGEST_SHIFT = 12


def rate_columns(
    yardsticks: Sequence[Yardstick],
    which: Array,
    actual: Numbers,
    previous: Numbers,
    second: Numbers,
    confirmed: Array | None = None,
) -> RatedColumns:
    """Rate a column of values.

    Args:
        yardsticks: the items and periods of the values; all with one rule file.
        which: for each value, the index of its yardstick; −1 leaves the value out (``left``).
        actual: the values, in their items' own measures.
        previous: last year's actuals, likewise.
        second: the second numbers (应覆盖人数, 参照值 or 基期值), likewise.
        confirmed: which values a person has confirmed; None means none.
    """
    size = len(which)
    rated = RatedColumns.nothing(size)
    if not yardsticks:
        rated.left[:] = True
        return rated
    columns = TargetArrays(yardsticks)
    every = columns.of(which)
    limit = min(columns.limit, _room(yardsticks[0].rules))
    odd = actual.other | previous.other | second.other
    for numbers in (actual, previous, second):
        odd |= np.abs(numbers.scaled) > limit
    if limit == 0:
        odd[:] = True
    rated.left[:] = odd | (which < 0) | every.by_core
    no_target = every.no_target & ~rated.left
    rated.state[no_target] = CODES[LampState.NO_TARGET]
    blank = actual.blank & ~rated.left & ~no_target
    rated.state[blank] = np.where(
        every.due, CODES[LampState.NOT_REPORTED], CODES[LampState.NOT_DUE]
    )[blank]
    chosen = np.flatnonzero(actual.known & ~rated.left & ~no_target)
    if chosen.size:
        Measured(
            rated,
            chosen,
            columns,
            every.only(chosen),
            yardsticks[0].rules,
            (actual.scaled[chosen], _chosen_cells(previous, chosen), _chosen_cells(second, chosen)),
            np.zeros(chosen.size, dtype=bool) if confirmed is None else confirmed[chosen],
        ).rate()
    return rated


def _chosen_cells(numbers: Numbers, chosen: Array) -> Column:
    return numbers.scaled[chosen], numbers.known[chosen]


def _room(rules: Rules) -> int:
    """Return how large a count may be so that no product with a threshold overflows.

    0 for a rule file with thresholds out of the supported range; the core then rates every value.
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
    matches = (rules.magnitude_match_low, rules.magnitude_match_high)
    shifts = (
        *rules.magnitude_powers,
        *rules.magnitude_powers_percent,
        *rules.magnitude_powers_cumulative,
    )
    if min(matches) <= 0 or not all(0 <= shift <= _LONGEST_SHIFT for shift in shifts):
        return 0
    largest = max(part for threshold in thresholds for part in parts(threshold))
    return _INT64 // (8 * largest) if largest < _INT64 // 10 ** (_LONGEST_SHIFT + 1) else 0
