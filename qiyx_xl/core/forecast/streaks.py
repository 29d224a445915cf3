"""How many published periods in a row a lamp has been red, or has not been green (连续红灯)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from qiyx_xl.core.rating.lamps import Light

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_GREEN = (Light.RED, Light.AMBER)
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Run:
    """A lamp that has been red, or red or amber, for several published periods in a row.

    ``light`` is the present lamp: of a red one, the red periods are counted; of an amber one, the
    periods without green.
    """

    light: Light
    periods: int

    @property
    def words(self) -> str:
        """The words every paper says: 连续3期红灯, 连续3期未转绿."""
        return f"连续{self.periods}期{'红灯' if self.light is Light.RED else '未转绿'}"

    @property
    def order(self) -> tuple[int, int]:
        """The sort key that puts the worst first: red ones, then the longest."""
        return (_NOT_GREEN.index(self.light), -self.periods)


def run_of(lights: Sequence[Light]) -> Run | None:
    """Return the run in which a lamp is now; None where it is not in its second period at least.

    Args:
        lights: its lamps in the published periods, earliest first; the last is the present one.
    """
    if not lights or lights[-1] not in _NOT_GREEN:
        return None
    counted = (Light.RED,) if lights[-1] is Light.RED else _NOT_GREEN
    periods = _trailing(lights, counted)
    return Run(lights[-1], periods) if periods >= _SEVERAL else None


def red_before_green(lights: Sequence[Light]) -> int:
    """Return how many periods in a row a lamp was red until it turned green; 0 if it did not."""
    if not lights or lights[-1] is not Light.GREEN:
        return 0
    return _trailing(lights[:-1], (Light.RED,))


def _trailing(lights: Sequence[Light], counted: tuple[Light, ...]) -> int:
    return sum(1 for _ in takewhile(lambda light: light in counted, reversed(lights)))
