"""An item's figures over the years against its targets, as an SVG drawing without any script.

The page styles the drawing by its classes, and every dot explains itself in a ``<title>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.lamps import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qiyx_xl.core.plan.model import Target
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine

WIDTH, HEIGHT = 440, 220
_MARGIN, _DOT = 8, 4
_BELOW = 22  # for the years
_DIGIT = 7  # a digit's width, and a little
_MONTHS = 12
_MOST_GUIDES = 6
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class _Dot:
    at: Decimal
    """When, in years."""
    value: Decimal
    says: str
    light: str = ""


def curve(
    lines: Sequence[StatusLine], targets: Mapping[int, Target], years: Sequence[int], measure: str
) -> str | None:
    """Return the drawing as markup; None where there is no number to draw.

    Args:
        lines: one item's lines, earliest first.
        targets: by year; they stand at the years' ends.
        years: those of the plan.
        measure: what the numbers are measured in.
    """
    aims = [
        _Dot(Decimal(year + 1), target.value, f"{year}年目标 {target.printed}")
        for year, target in targets.items()
        if target.value is not None
    ]
    told = [
        _Dot(
            _place(line.rating.period),
            actual,
            f"{line.rating.period.label}：{plain(actual)}{measure}"
            f"（{line.rating.light.word}·{line.rating.state}）",
            line.rating.light.value,
        )
        for line in lines
        if isinstance(actual := line.rating.actual, Decimal) and _drawn(line, years)
    ]
    if not told and not aims:
        return None
    dots = [*aims, *told]
    space = _Space(dots, years)
    says = quoteattr("；".join(dot.says for dot in dots))
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" class="curve"',
            f' role="img" aria-label={says}>',
            *space.axes(years),
            *_series(0, aims, space),
            *_series(1, told, space),
            "</svg>",
        )
    )


def _drawn(line: StatusLine, years: Sequence[int]) -> bool:
    # What is in doubt would bend the scale until nothing else can be seen.
    rating = line.rating
    return rating.state != State.IN_DOUBT and rating.period.year in years


def _place(period: Period) -> Decimal:
    return period.year + Decimal(period.end_month) / _MONTHS


class _Space:
    """Where a year and a number lie in the drawing, and its guides."""

    def __init__(self, dots: Sequence[_Dot], years: Sequence[int]) -> None:
        values = [dot.value for dot in dots]
        least, most = min(values), max(values)
        if least == most:
            room = abs(least) / 2 or Decimal(1)
            least, most = least - room, most + room
        self._least, self._most = least, most
        self.guides = _guides(least, most)
        self._left = _MARGIN + _DIGIT * max(len(plain(guide)) for guide in self.guides)
        self._first, self._last = Decimal(years[0]), years[-1] + Decimal("1.1")

    def across(self, year: Decimal) -> str:
        share = (year - self._first) / (self._last - self._first)
        return _pixels(self._left + share * (WIDTH - _MARGIN - self._left))

    def down(self, value: Decimal, below: int = 0) -> str:
        share = (self._most - value) / (self._most - self._least)
        top, bottom = _MARGIN + _DOT, HEIGHT - _BELOW - _DOT
        return _pixels(top + share * (bottom - top) + below)

    def axes(self, years: Sequence[int]) -> Iterator[str]:
        """Yield the guides with their numbers, the years, and the two axes."""
        foot, right = HEIGHT - _BELOW, WIDTH - _MARGIN
        yield '<g class="axis y">'
        for guide in self.guides:
            height = self.down(guide)
            yield f'<path d="M{self._left} {height}H{right}" class="guide line"/>'
            yield f'<text x="{self._left - 5}" y="{self.down(guide, _DOT)}">{plain(guide)}</text>'
        yield f'<path d="M{self._left} {_MARGIN}V{foot}" class="line"/></g><g class="axis x">'
        for year in years:
            yield f'<text x="{self.across(Decimal(year + 1))}" y="{HEIGHT - 7}">{year}</text>'
        yield f'<path d="M{self._left} {foot}H{right}" class="line"/></g>'


def _guides(least: Decimal, most: Decimal) -> list[Decimal]:
    """Return the round numbers between two, as many as can be, but at most six."""
    size = Decimal(1).scaleb(((most - least) / _MOST_GUIDES).adjusted())
    for step in (size * one for one in _STEPS):
        first = (least / step).to_integral_value("ROUND_CEILING")
        last = (most / step).to_integral_value("ROUND_FLOOR")
        if last - first < _MOST_GUIDES:
            break
    # None where the two are long numbers that hardly differ.
    return [step * (first + number) for number in range(int(last - first) + 1)] or [least]


def _series(number: int, dots: Sequence[_Dot], space: _Space) -> Iterator[str]:
    """Yield the line through the dots, then the dots over it."""
    yield f'<g class="serie-{number}">'
    places = [(space.across(dot.at), space.down(dot.value)) for dot in dots]
    if len(places) > 1:
        yield f'<path d="M{" ".join(f"{x} {y}" for x, y in places)}" class="line"/>'
    for dot, (x, y) in zip(dots, places, strict=True):
        yield f'<g class="dots"><title>{escape(dot.says)}</title>'
        yield f'<circle cx="{x}" cy="{y}" r="{_DOT}" class="{f"dot {dot.light}".strip()}"/></g>'
    yield "</g>"


def _pixels(number: Decimal) -> str:
    return plain(round(number, 2))
