"""The charts of the 晾晒榜: lamps stacked by group, and the score of who has one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.documents.style.theme import INK, LINE, QUIET_INK, TITLE_FONT

if TYPE_CHECKING:
    from collections.abc import Sequence

LAMP_COLOURS = {
    Light.GREEN: "#5FAE68",
    Light.AMBER: "#F2B705",
    Light.RED: "#E0726E",
    Light.GREY: "#C3C8CF",
}
"""In charts; light enough for dark numbers, and the legend says the word."""

SHOWN_AT_MOST = 24
"""More bars than these cannot be read on one page; the first by rank are shown."""

ROW_PIXELS = 24
_BAR_PIXELS = 24
_ROOM_PIXELS = 110  # title and legend

_SCORE_COLOUR = "#7FA8D1"
_BEYOND_FULL = 112  # the label of a full score stands beside its bar
_NO_ZERO = "0;;;"  # a label of 0 says nothing


def chart_height(bars: int) -> int:
    """Return how high a chart of so many bars is, in pixels."""
    return max(_ROOM_PIXELS + _BAR_PIXELS * min(bars, SHOWN_AT_MOST), 250)


def lamp_chart(book: Any, sheet: str, rows: tuple[int, int], columns: dict[str, int]) -> Any:
    """Stack the four lamps of each group.

    Args:
        book: the XlsxWriter workbook.
        sheet: where the table stands.
        rows: the table's first and last row, from 0.
        columns: the columns of the names (``name``) and of each lamp, by its word.
    """
    first, last = rows
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for light, colour in LAMP_COLOURS.items():
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
    """Draw scores as bars; ``columns`` are those of names and scores."""
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
    """Return bars in a cell over one row of a sheet, the last one darker.

    Bars, not a line: LibreOffice prints a line's points without what joins them. They begin a
    little below the least of ``numbers``, so that it, too, has a bar.
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
    """Return how wide columns are as XlsxWriter reckons, so that a chart ends with a column."""
    digit, padding = getattr(sheet, "max_digit_width", 7), getattr(sheet, "cell_padding", 5)
    return sum(int(width * digit + 0.5) + padding for width in widths)


def _dressed(chart: Any, title: str, values: dict[str, Any]) -> Any:
    """Give a bar chart its title and axes: names from above, no axis where labels say it."""
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
