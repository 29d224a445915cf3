"""How the ledger looks: fonts, fills and borders, as XlsxWriter formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.files.palette import LAMP_FILLS, LAMP_INKS
from qiyx_xl.ledger.layout.tables import Style

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

FONT = "微软雅黑"
INK = "#1F2937"
ACCENT = "#1F4E78"
HEADER_FILL = "#DCE6F1"
RULE = "#BFC8D2"
INPUT_FILL = "#FFFBEB"
MUTED_INK = "#8A94A0"
CARD_FILL = "#F5F8FC"

_ALARM = LAMP_INKS[Light.RED]
_LAMP_LOOKS = {
    light.word: {"bg_color": LAMP_FILLS[light], "font_color": LAMP_INKS[light]} for light in Light
}

_BODY: dict[str, Any] = {
    "font_name": FONT,
    "font_size": 10,
    "font_color": INK,
    "valign": "vcenter",
    "border": 1,
    "border_color": RULE,
}

_COLUMN_LOOKS: dict[Style, dict[str, Any]] = {
    Style.TEXT: {"align": "left", "indent": 1},
    Style.WRAPPED: {"align": "left", "text_wrap": True, "indent": 1},
    Style.CENTRED: {"align": "center", "text_wrap": True},
    Style.TARGET: {"align": "center", "text_wrap": True},
    Style.NUMBER: {"align": "center", "num_format": "General"},
    Style.PERCENT: {"align": "center", "num_format": "0.0%"},
    Style.POINTS: {"align": "center", "num_format": "+0.0;-0.0;0.0"},
    Style.SIGNED: {"align": "center", "num_format": "+General;-General;0"},
    Style.SIGNED_PERCENT: {"align": "center", "num_format": "+0.0%;-0.0%;0.0%"},
    Style.LAMP: {"align": "center", "bold": True},
    Style.MUTED: {"align": "left", "font_color": MUTED_INK, "font_size": 9},
    Style.COUNT: {"align": "center", "num_format": "0"},
    Style.TIME: {"align": "center", "num_format": "yyyy-mm-dd hh:mm"},
    Style.INPUT: {"align": "center", "text_wrap": True, "bg_color": INPUT_FILL},
}

_OTHER_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font_size": 18, "bold": True, "font_color": ACCENT, "align": "center", "border": 0},
    "subtitle": {"font_color": MUTED_INK, "align": "center", "border": 0},
    "header": {
        "bold": True,
        "font_color": ACCENT,
        "bg_color": HEADER_FILL,
        "align": "center",
        "text_wrap": True,
    },
    "note": {"font_size": 9, "font_color": MUTED_INK, "border": 0, "text_wrap": True},
    "label": {"align": "center", "bg_color": "#F3F5F8", "font_color": "#4B5563"},
    "period": {
        "align": "center",
        "bold": True,
        "font_size": 12,
        "bg_color": "#FFF2CC",
        "font_color": ACCENT,
        "num_format": "@",
    },
    "shown_period": {"align": "center", "bold": True, "font_color": ACCENT},
    "elapsed": {"align": "center", "bold": True, "num_format": "0.0%"},
    "count": {"align": "center", "bold": True, "num_format": "0"},
    "score": {"align": "center", "bold": True, "num_format": "0.0"},
    "to_confirm": {
        "align": "center",
        "text_wrap": True,
        "bg_color": "#FFF2CC",
        "font_size": 9,
    },
    "step_number": {"align": "center", "bold": True, "font_size": 14, "font_color": ACCENT},
    "step": {"align": "left", "text_wrap": True, "indent": 1},
    "step_title": {"align": "left", "bold": True, "indent": 1},
    "section": {"bold": True, "font_size": 12, "font_color": ACCENT, "border": 0},
    "state": {"align": "left", "text_wrap": True, "indent": 1, "bg_color": INPUT_FILL},
    "plain": {"border": 0},
    "card_label": {
        "align": "center",
        "font_size": 9,
        "font_color": MUTED_INK,
        "bg_color": CARD_FILL,
        "bottom": 0,
        "shrink": True,
    },
    "card": {
        "align": "center",
        "bold": True,
        "font_size": 15,
        "font_color": ACCENT,
        "bg_color": CARD_FILL,
        "top": 0,
        "shrink": True,
    },
    "card_percent": {
        "align": "center",
        "bold": True,
        "font_size": 15,
        "font_color": ACCENT,
        "bg_color": CARD_FILL,
        "top": 0,
        "num_format": "0.0%",
    },
    "card_score": {
        "align": "center",
        "bold": True,
        "font_size": 15,
        "font_color": ACCENT,
        "bg_color": CARD_FILL,
        "top": 0,
        "num_format": "0.0",
    },
    "name": {"align": "left", "indent": 1, "shrink": True},
    "number": {"align": "center", "num_format": "0"},
    "points": {"align": "center", "num_format": "0.0"},
    "total_name": {"align": "left", "indent": 1, "bold": True, "bg_color": "#F3F5F8"},
    "total": {"align": "center", "bold": True, "num_format": "0", "bg_color": "#F3F5F8"},
    "total_points": {"align": "center", "bold": True, "num_format": "0.0", "bg_color": "#F3F5F8"},
    "day": {"align": "center", "num_format": "yyyy-mm-dd"},
    "late": {"align": "center", "shrink": True},
    "overdue": {"font_color": _ALARM, "bold": True},
    "more": {"align": "left", "indent": 1, "font_size": 9, "font_color": MUTED_INK, "border": 0},
    "wanted": {"bottom": 1, "bottom_color": RULE, "bg_color": "#FFF2CC"},
    "problem": {"font_color": _ALARM, "bold": True},
    "filled": {"bottom": 1, "bottom_color": RULE},
    "superseded": {"bottom": 1, "bottom_color": RULE, "font_color": MUTED_INK, "italic": True},
    "finding_error": {"bottom": 1, "bottom_color": RULE, "font_color": _ALARM, "bold": True},
}


class Formats:
    """Creates the workbook's formats, each of them once, however often it is used."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}

    def column(self, style: Style) -> Format:
        """Return the format of a column's cells."""
        return self._make(style.value, _BODY | _COLUMN_LOOKS[style])

    def log_column(self, style: Style) -> Format:
        """Return the format of a whole column of a log sheet.

        It has no border: a conditional format draws the borders of rows that hold data.
        """
        return self._make(f"log {style.value}", _BODY | _COLUMN_LOOKS[style] | {"border": 0})

    def lamp_label(self, word: str) -> Format:
        """Return the format of a cell that names a lamp."""
        return self._make(
            f"label {word}", _BODY | {"align": "center", "bold": True} | _LAMP_LOOKS[word]
        )

    def named(self, name: str) -> Format:
        """Return one of ``_OTHER_LOOKS`` as a format."""
        return self._make(f"_{name}", _BODY | _OTHER_LOOKS[name])

    def lamp(self, word: str) -> Format:
        """Return the conditional format of a lamp."""
        return self._make(f"lamp {word}", _LAMP_LOOKS[word])

    def conditional(self, name: str) -> Format:
        """Return a conditional format: only the properties that override the cell's own."""
        return self._make(f"conditional {name}", _OTHER_LOOKS[name])

    def _make(self, key: str, look: dict[str, Any]) -> Format:
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]
