"""The colours that more than one writer uses: those of the lamps and of what must be changed.

The style sheets of the pages name the same ones; a test compares them.
"""

from __future__ import annotations

from qiyx_xl.core.rating.lamps import Light

LAMP_FILLS = {
    Light.GREEN: "#C6E7C8",
    Light.AMBER: "#FFE699",
    Light.RED: "#F5B7B1",
    Light.GREY: "#E3E6EA",
}
"""The fill of a cell with a lamp's word; pale enough for black print."""

LAMP_INKS = {
    Light.GREEN: "#14532D",
    Light.AMBER: "#6B4E00",
    Light.RED: "#8B0000",
    Light.GREY: "#5B6470",
}
"""The colour of a word on its lamp's fill."""

LAMP_BARS = {
    Light.GREEN: "#5FAE68",
    Light.AMBER: "#F2B705",
    Light.RED: "#D9534F",
    Light.GREY: "#C3C8CF",
}
"""The colour of a lamp's bar in a chart."""

ERROR_FILL, WARNING_FILL = "#FFC9CF", "#FFD75E"
"""The fill of a cell that must be changed, and of one that should be checked."""


def argb(colour: str) -> str:
    """Return a colour as openpyxl and SpreadsheetML write it: #FFC9CF is FFFFC9CF."""
    return f"FF{bare(colour)}"


def bare(colour: str) -> str:
    """Return a colour as WordprocessingML writes it: #FFC9CF is FFC9CF."""
    return colour.removeprefix("#")
