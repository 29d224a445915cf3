"""How ratings are stored as columns, and what their codes mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qiyx_xl.core.rating.judgement import ABOVE_STANDARD, REVIEW, SELF_REPORTED
from qiyx_xl.core.rating.lamps import LampState, Light

if TYPE_CHECKING:
    from decimal import Decimal

    from qiyx_xl.core.rating.rate import Rating
    from qiyx_xl.vectorized.numbers import Array

STATES = tuple(LampState)
FLAGS: tuple[tuple[str, ...], ...] = ((), (REVIEW,), (ABOVE_STANDARD,), (SELF_REPORTED,))
LIGHTS = tuple(Light)
CODES = {state: code for code, state in enumerate(STATES)}
_LIT = {
    Light.GREEN: (LampState.MET, LampState.MET_EARLY, LampState.ON_SCHEDULE),
    Light.AMBER: (
        LampState.BEHIND,
        LampState.NEARLY_MET,
        LampState.NEAR_THE_LINE,
        LampState.DUE_SOON,
    ),
    Light.RED: (
        LampState.FAR_BEHIND,
        LampState.NOT_MET,
        LampState.BREACHED,
        LampState.OVERDUE,
        LampState.FAILED,
    ),
}
LIGHT_OF = np.array(
    [
        LIGHTS.index(next((light for light, lit in _LIT.items() if state in lit), Light.GREY))
        for state in STATES
    ],
    dtype=np.int8,
)
"""The index in ``LIGHTS`` by the index in ``STATES``, as each state belongs to one lamp."""

_MOST_UNMET = 0.999


@dataclass(slots=True)
class RatedColumns:
    """Ratings as columns; ``left`` marks the records that the core has to rate.

    ``state`` indexes ``STATES``; ``flags`` indexes ``FLAGS``; ``met`` is 1, 0, or −1 for None;
    ``rate`` and ``gap`` (percentage points) are the floats nearest to the core's decimals, NaN for
    None.
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
    def nothing(cls, size: int) -> RatedColumns:
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
        """The rate for a cell formatted as %: at most 99.9% for an unmet value."""
        return np.where((self.met == 0) & (self.rate > _MOST_UNMET), _MOST_UNMET, self.rate)

    def put(self, place: int, rating: Rating) -> None:
        """Store the core's rating of one record."""
        self.state[place] = CODES[LampState(rating.state)]
        self.met[place] = -1 if rating.met is None else rating.met
        self.rate[place] = _float(rating.completion_rate)
        self.scheduled[place] = _float(rating.scheduled_progress)
        self.progress[place] = _float(rating.progress)
        self.gap[place] = _float(rating.schedule_gap_pp)
        self.flags[place] = FLAGS.index(rating.flags)
        self.left[place] = False


def _float(value: Decimal | None) -> float:
    return np.nan if value is None else float(value)
