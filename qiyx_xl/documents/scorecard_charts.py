"""The charts of the 晾晒榜: lamps stacked by group, and the score of who has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.lamps import Light
from qiyx_xl.documents.form_style import INK, LINE, QUIET_INK, TITLE_FONT

if TYPE_CHECKING:
    from collections.abc import Sequence

LAMP_COLOURS = {
    Light.GREEN: "#5FAE68",
    Light.AMBER: "#F2B705",
    Light.RED: "#D9534F",
    Light.GREY: "#B8BEC6",
}
"""In charts, on the page as in the workbook; on paper the word stands beside the colour."""

SHOWN_AT_MOST = 24
"""More bars than these cannot be read on one page; the first by rank are shown."""

_SCORE_COLOUR = "#3B6EA5"
_NO_ZERO = "0;;;"  # a label of 0 says nothing


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
                "gap": 45,
                "data_labels": {"value": True, "num_format": _NO_ZERO, "font": _font(9)},
            }
        )
    chart.set_title(_title("红黄绿分布（项）"))
    chart.set_legend({"position": "bottom", "font": _font(9)})
    chart.set_x_axis(
        {
            "num_font": _font(9),
            "major_gridlines": {"visible": True, "line": {"color": "#E3E6EA"}},
            "line": {"none": True},
            "min": 0,
            "major_unit": None,
            "num_format": "0",
        }
    )
    chart.set_y_axis({"num_font": _font(9), "reverse": True, "line": {"color": LINE}})
    return _framed(chart)


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
            "data_labels": {"value": True, "num_format": "0.0", "font": _font(9)},
        }
    )
    chart.set_title(_title(title))
    chart.set_legend({"none": True})
    chart.set_x_axis(
        {
            "num_font": _font(9),
            "major_gridlines": {"visible": True, "line": {"color": "#E3E6EA"}},
            "line": {"none": True},
            "min": 0,
            "max": 100,
            "num_format": "0",
        }
    )
    chart.set_y_axis({"num_font": _font(9), "reverse": True, "line": {"color": LINE}})
    return _framed(chart)


def sparkline(sheet: str, row: int, columns: tuple[int, int]) -> dict[str, Any]:
    """Return a line in a cell over one row of a sheet, its last point marked."""
    from xlsxwriter.utility import xl_range

    return {
        "range": f"'{sheet}'!{xl_range(row, columns[0], row, columns[1])}",
        "type": "line",
        "markers": True,
        "last_point": True,
        "series_color": _SCORE_COLOUR,
        "markers_color": _SCORE_COLOUR,
        "last_color": "#D9534F",
        "show_hidden": True,
        "empty_cells": "connect",
        "weight": 1.5,
    }


def pixels(widths: Sequence[float]) -> int:
    """Return how wide columns are as XlsxWriter reckons, so that a chart ends with a column."""
    return sum(int(width * 7 + 0.5) + 5 for width in widths)


def _title(text: str) -> dict[str, Any]:
    font = {"name": TITLE_FONT, "size": 12, "bold": False, "color": INK}
    return {"name": text, "name_font": font, "overlay": False}


def _font(points: float) -> dict[str, Any]:
    return {"name": TITLE_FONT, "size": points, "color": QUIET_INK}


def _framed(chart: Any) -> Any:
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    chart.set_plotarea({"fill": {"none": True}})
    return chart
