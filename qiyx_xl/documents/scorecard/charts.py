"""How the charts of the 晾晒榜 are drawn: lamps and scores by group, figures over the years."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.lamps import LampState, Light
from qiyx_xl.documents.style.theme import INK, LINE, QUIET_INK, TITLE_FONT
from qiyx_xl.files.palette import LAMP_BARS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qiyx_xl.core.forecast.expected import Forecast
    from qiyx_xl.core.plan.model import Target
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine

_LAMP_BARS = LAMP_BARS | {Light.RED: "#E0726E"}
"""The lamps' colours in charts, light enough for dark numbers on them."""

SHOWN_AT_MOST = 24
"""The most bars that can be read on one page; the first by rank are shown."""

ROW_PIXELS = 24
_BAR_PIXELS = 24
_ROOM_PIXELS = 110  # title and legend

_SCORE_COLOUR = "#7FA8D1"
_BEYOND_FULL = 112  # end of the axis: beyond 100, to leave room for the label of a full score
_NO_ZERO = "0;;;"  # number format that shows no label for 0


def chart_height(bars: int) -> int:
    """Return the height of a chart with this number of bars, in pixels."""
    return max(_ROOM_PIXELS + _BAR_PIXELS * min(bars, SHOWN_AT_MOST), 250)


def lamp_chart(book: Any, sheet: str, rows: tuple[int, int], columns: dict[str, int]) -> Any:
    """Return a bar chart with the four lamps of each group stacked.

    Args:
        book: the XlsxWriter workbook.
        sheet: the name of the table's sheet.
        rows: the table's first and last row, from 0.
        columns: the columns of the names (``name``) and of each lamp, by its word.
    """
    first, last = rows
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for light, colour in _LAMP_BARS.items():
        at = columns[light.word]
        chart.add_series(
            {
                "name": light.word,
                "categories": [sheet, first, columns["name"], last, columns["name"]],
                "values": [sheet, first, at, last, at],
                "fill": {"color": colour},
                "border": {"color": "#FFFFFF", "width": 0.75},
                "gap": 45,
                "data_labels": {"value": True, "num_format": _NO_ZERO, "font": _font(10, INK)},
            }
        )
    chart.set_legend({"position": "bottom", "font": _font(10, INK)})
    return _dressed(chart, "红黄绿分布（项）", {})


def score_chart(
    book: Any, sheet: str, rows: tuple[int, int], columns: tuple[int, int], title: str
) -> Any:
    """Return a bar chart of scores; ``columns`` are the columns of names and scores."""
    first, last = rows
    names, scores = columns
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "晾晒得分",
            "categories": [sheet, first, names, last, names],
            "values": [sheet, first, scores, last, scores],
            "fill": {"color": _SCORE_COLOUR},
            "gap": 45,
            "data_labels": {"value": True, "num_format": "0.0", "font": _font(10, INK)},
        }
    )
    chart.set_legend({"none": True})
    return _dressed(chart, title, {"min": 0, "max": _BEYOND_FULL})


def sparkline(
    sheet: str, row: int, columns: tuple[int, int], numbers: Sequence[Decimal]
) -> dict[str, Any]:
    """Return a sparkline of bars over a row of numbers, the last bar darker.

    Bars and not a line: LibreOffice prints the points of a line without the line. The axis begins
    below the least of ``numbers``, so that it has a visible bar, too.
    """
    from xlsxwriter.utility import xl_range

    least, most = min(numbers), max(numbers)
    room = (most - least) / 2 or abs(least) / 10 or Decimal(1)
    return {
        "range": f"'{sheet}'!{xl_range(row, columns[0], row, columns[1])}",
        "type": "column",
        "last_point": True,
        "series_color": "#9DB9D6",
        "last_color": "#2F5D8A",
        "min": float(least - room),
        "max": float(most + room / 3),
    }


def pixels(sheet: Any, widths: Sequence[float]) -> int:
    """Return the width of columns in pixels as XlsxWriter calculates it.

    A chart of this width ends exactly at a column's end.
    """
    digit, padding = getattr(sheet, "max_digit_width", 7), getattr(sheet, "cell_padding", 5)
    return sum(int(width * digit + 0.5) + padding for width in widths)


def _dressed(chart: Any, title: str, values: dict[str, Any]) -> Any:
    """Set title and axes of a bar chart.

    The names run from top to bottom. The axis of values is hidden, as the bars have labels.
    """
    font = {"name": TITLE_FONT, "size": 12, "bold": False, "color": INK}
    chart.set_title({"name": title, "name_font": font, "overlay": False})
    hidden = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    chart.set_x_axis(hidden | values)
    chart.set_y_axis(
        {
            "num_font": _font(10, INK),
            "reverse": True,
            "line": {"color": LINE},
            "major_tick_mark": "none",
        }
    )
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    chart.set_plotarea({"fill": {"none": True}})
    return chart


def _font(points: float, colour: str = QUIET_INK) -> dict[str, Any]:
    return {"name": TITLE_FONT, "size": points, "color": colour, "bold": False}


# --- An item's figures over the years and its targets, as an SVG drawing without script ----------
# The page's style sheet colours it by its classes; each dot has its text in a ``<title>``.

WIDTH, HEIGHT = 440, 220
_MARGIN, _DOT = 8, 4
_BELOW = 22  # height of the line of years
_DIGIT = 7  # a digit's width with a margin
_MONTHS = 12
_MOST_GUIDES = 6
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class _Dot:
    at: Decimal
    """The time, in years: 2026.5 is mid-2026."""
    value: Decimal
    text: str
    light: str = ""


def curve(
    lines: Sequence[StatusLine],
    targets: Mapping[int, Target],
    years: Sequence[int],
    measure: str,
    expected: Forecast | None = None,
) -> str | None:
    """Return the drawing as SVG markup; None if there is no number to draw.

    Args:
        lines: one item's lines, earliest first.
        targets: the targets by year; they are drawn at the years' ends.
        years: the years of the plan.
        measure: the measure of the numbers.
        expected: the year end to expect; a dotted line leads to it from the last figure.
    """
    aims = [
        _Dot(Decimal(year + 1), target.value, f"{year}年目标 {target.printed}")
        for year, target in targets.items()
        if target.value is not None
    ]
    figures = [
        _Dot(
            _place(line.rating.period),
            actual,
            f"{line.rating.period.label}：{plain(actual)}{measure}（{line.rating.lamp}）",
            line.rating.light.value,
        )
        for line in lines
        if isinstance(actual := line.rating.actual, Decimal) and _drawn(line, years)
    ]
    if not figures and not aims:
        return None
    ahead = [] if expected is None or not figures else [_expected_dot(expected, measure)]
    dots = [*aims, *figures, *ahead]
    space = _Space(dots, years)
    label = quoteattr("；".join(dot.text for dot in dots))
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" class="curve"',
            f' role="img" aria-label={label}>',
            *space.axes(years),
            *_series(0, aims, space),
            *_continued(figures[-1:] + ahead, space),
            *_series(1, figures, space),
            "</svg>",
        )
    )


def _expected_dot(expected: Forecast, measure: str) -> _Dot:
    period, light = expected.rating.period, expected.rating.light
    lamp = "" if light is Light.GREY else f"{light.word}，"
    text = f"{period.year}年底预计：{plain(expected.value)}{measure}（{lamp}{expected.words}）"
    return _Dot(_place(period), expected.value, text, light.value)


def _drawn(line: StatusLine, years: Sequence[int]) -> bool:
    # A figure in doubt may be so far off that all others would be indistinguishable on the scale.
    rating = line.rating
    return rating.state != LampState.IN_DOUBT and rating.period.year in years


def _place(period: Period) -> Decimal:
    return period.year + Decimal(period.end_month) / _MONTHS


class _Space:
    """The coordinates of the drawing: converts years and numbers to pixels; draws the axes."""

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
        """Yield the horizontal guides with their numbers, the years, and the two axes."""
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
    """Return the round numbers between two numbers, as many as possible up to six."""
    size = Decimal(1).scaleb(((most - least) / _MOST_GUIDES).adjusted())
    for step in (size * factor for factor in _STEPS):
        first = (least / step).to_integral_value("ROUND_CEILING")
        last = (most / step).to_integral_value("ROUND_FLOOR")
        if last - first < _MOST_GUIDES:
            break
    # There may be no round number between two long numbers that hardly differ.
    return [step * (first + number) for number in range(int(last - first) + 1)] or [least]


def _series(number: int, dots: Sequence[_Dot], space: _Space) -> Iterator[str]:
    """Yield the line through the dots, then the dots, which are painted over it."""
    yield f'<g class="serie-{number}">'
    places = [(space.across(dot.at), space.down(dot.value)) for dot in dots]
    if len(places) > 1:
        yield f'<path d="M{" ".join(f"{x} {y}" for x, y in places)}" class="line"/>'
    for dot, (x, y) in zip(dots, places, strict=True):
        yield f'<g class="dots"><title>{escape(dot.text)}</title>'
        yield f'<circle cx="{x}" cy="{y}" r="{_DOT}" class="{f"dot {dot.light}".strip()}"/></g>'
    yield "</g>"


def _continued(dots: Sequence[_Dot], space: _Space) -> Iterator[str]:
    """Yield the dotted line from the last figure to the expected one, and that one's pale dot."""
    if len(dots) < 2:  # noqa: PLR2004 - a line has two ends
        return
    (x, y), (end_x, end_y) = ((space.across(dot.at), space.down(dot.value)) for dot in dots)
    dot = dots[-1]
    yield f'<g class="serie-1"><path d="M{x} {y} {end_x} {end_y}" class="line" '
    yield f'stroke-dasharray="2 4"/><g class="dots"><title>{escape(dot.text)}</title>'
    yield f'<circle cx="{end_x}" cy="{end_y}" r="{_DOT}" fill-opacity="0.35" '
    yield f'class="dot {dot.light}"/></g></g>'


def _pixels(number: Decimal) -> str:
    return plain(round(number, 2))
