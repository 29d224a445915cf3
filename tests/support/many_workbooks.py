"""Workbooks of every kind of cell, drawn by lot, the same each time: to be read by two readers.

They are no forms. They hold what people put into spreadsheets: numbers of all sizes and formats,
texts with signs that XML and Excel spell in their own way, dates, truths, errors, formulas with
and without results, and what lies around them: hidden rows and columns, merges, styles, notes,
empty sheets and rows far apart.
"""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_WORDS = (
    "托位数", "a & b < c > \"d\" 'e'", "  前后有空格  ", "第一行\n第二行", "一\t二", "&amp;", "&#65;", "<v>12</v>",
    "]]>", "320", "0032", "96%", "1e5", "=1+1", "'96", "–", "—", "①②", "３２０", "\u00a0320", "😀𠮷", "é e\u0301",
    "#N/A", "TRUE", "2026-09-30", "长" * 300, "x" * 2000, "_x", "_x_", "\u200b零宽", "（甲）", "50\u2009000",
    "回\r\n车", "_x000D_", "a_x0041_b", "\u3000全角\u3000", "/", "无", "100¹",
)  # fmt: skip
_FORMATS = (
    "General", "0", "0.00", "#,##0", "#,##0.00", "0%", "0.00%", "0.0%;[Red]-0.0%", "0.00E+00", "# ?/?",
    '0"个"', "@", '0.0"%"', "0.0\\%", "#,##0_);(#,##0)", "[>=100]0%;0.0", '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"_ ',
    "0;-0;", '"约"0', "0.0,", "[Red]0%", "000000",
)  # fmt: skip
_DATE_FORMATS = (
    "yyyy-mm-dd",
    'yyyy"年"m"月"d"日"',
    "m/d/yy h:mm",
    "yyyy/m/d",
    "[$-804]yyyy/m/d;@",
    "mmm-yy",
)
_TIME_FORMATS = ("h:mm", "h:mm:ss", "[h]:mm", "[mm]:ss")
_ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")
_RESULTS = (
    ("=1+1", 2),
    ('="甲"&"乙"', "甲乙"),
    ("=1=1", True),
    ('=""', ""),
    ("=SUM(A1:A3)", 12.5),
    ("=A1*0.1", -0.35),
)
_STYLES: tuple[dict[str, Any], ...] = (
    {}, {"bold": True}, {"bg_color": "#FFC7CE"}, {"border": 1}, {"font_color": "#006100", "italic": True},
    {"text_wrap": True, "align": "center"}, {"locked": False}, {"font_size": 16},
)  # fmt: skip


def draw(path: Path, number: int) -> Path:
    """Write the workbook of a number."""
    dice = random.Random(f"workbook {number}")
    # Every twelfth counts its days from 1904, as workbooks of old Macintoshes do.
    book = xlsxwriter.Workbook(path, {"date_1904": number % 12 == 5, "strings_to_numbers": False})
    for sheet in range(dice.randint(1, 3)):
        page = book.add_worksheet(f"表{sheet + 1}" if dice.random() < 0.8 else f"a & 'b' {sheet}")
        if dice.random() < 0.9:
            _Page(book, page, dice).draw()
        if sheet and dice.random() < 0.3:
            page.hide()
    book.close()
    return path


class _Page:
    """One sheet and what is drawn on it."""

    def __init__(self, book: Any, page: Any, dice: random.Random) -> None:
        self._book, self._page, self._dice = book, page, dice
        self._taken: set[tuple[int, int]] = set()
        # As in life: many kinds of cells, few styles.
        self._codes, self._styles = dice.sample(_FORMATS, 6), dice.sample(_STYLES, 3)
        self._kinds: tuple[Callable[[int, int], None], ...] = (
            self._number, self._number, self._number, self._text, self._text, self._day, self._truth,
            self._error, self._formula, self._runs, self._blank, self._time,
        )  # fmt: skip

    def draw(self) -> None:
        """Draw merges and rows of cells, then hide and widen some."""
        dice, page = self._dice, self._page
        self._merges()
        row = dice.randint(0, 3)
        for _ in range(dice.randint(1, 14)):
            for column in range(dice.choice((0, 0, 1)), dice.randint(1, 8)):
                if (row, column) not in self._taken:
                    dice.choice(self._kinds)(row, column)
            if dice.random() < 0.15:
                page.set_row(row, dice.choice((None, 30)), None, {"hidden": dice.random() < 0.6})
            row += dice.choice((1, 1, 1, 2, 30))
        for column in range(8):
            if dice.random() < 0.2:
                page.set_column(
                    column, column, dice.randint(4, 40), None, {"hidden": dice.random() < 0.4}
                )
        if dice.random() < 0.3:
            page.write_comment(row, 2, "请核对 <甲> & 乙")
        if dice.random() < 0.3:
            page.data_validation(0, 1, 9, 1, {"validate": "list", "source": ["是", "否"]})
        if dice.random() < 0.2:
            page.freeze_panes(1, 0)
        if dice.random() < 0.2:
            page.autofilter(0, 0, row, 3)

    def _merges(self) -> None:
        dice = self._dice
        for top in range(1, dice.randint(0, 12), 4):
            left, high, wide = dice.randint(0, 5), dice.randint(0, 2), dice.randint(0, 2)
            if high + wide == 0:
                continue
            self._taken |= {
                (row, column)
                for row in range(top, top + high + 1)
                for column in range(left, left + wide + 1)
            }
            value = dice.choice((dice.choice(_WORDS[:9]), round(dice.uniform(-99, 99), 2), ""))
            self._page.merge_range(top, left, top + high, left + wide, value, self._style())

    def _style(self, code: str = "General") -> Any:
        return self._book.add_format({"num_format": code} | self._dice.choice(self._styles))

    def _number(self, row: int, column: int) -> None:
        dice = self._dice
        number = dice.choice((
            0, 1, -1, 0.1 + 0.2, dice.randint(-(10**6), 10**6), round(dice.uniform(0, 100), 2), dice.uniform(-1, 1),
            dice.randint(10**14, 10**15), dice.uniform(1e-9, 1e-7), 1e21 * dice.random(), 65, 0.65, 1 / 3, 18.0,
        ))  # fmt: skip
        self._page.write_number(row, column, number, self._style(dice.choice(self._codes)))

    def _text(self, row: int, column: int) -> None:
        code = self._dice.choice(("General", "General", "@", "0%"))
        self._page.write_string(row, column, self._dice.choice(_WORDS), self._style(code))

    def _day(self, row: int, column: int) -> None:
        dice = self._dice
        day = datetime(2026, 1, 1) + timedelta(days=dice.randint(-9000, 9000))
        moment = day + timedelta(seconds=dice.randrange(86400)) if dice.random() < 0.4 else day
        self._page.write_datetime(row, column, moment, self._style(dice.choice(_DATE_FORMATS)))

    def _time(self, row: int, column: int) -> None:
        seconds = self._dice.randrange(86400)
        moment = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
        self._page.write_datetime(
            row, column, moment, self._style(self._dice.choice(_TIME_FORMATS))
        )

    def _truth(self, row: int, column: int) -> None:
        self._page.write_boolean(row, column, self._dice.random() < 0.5, self._style())

    def _error(self, row: int, column: int) -> None:
        self._page.write_formula(row, column, "=NA()", self._style(), self._dice.choice(_ERRORS))

    def _formula(self, row: int, column: int) -> None:
        code, result = self._dice.choice(_RESULTS)
        style = self._style(self._dice.choice(("General", "0%", "0.00")))
        if isinstance(result, float) and self._dice.random() < 0.5:
            self._page.write_array_formula(row, column, row, column, code, style, result)
        else:
            self._page.write_formula(row, column, code, style, result)

    def _runs(self, row: int, column: int) -> None:
        bold = self._book.add_format({"bold": True})
        raised = self._book.add_format({"color": "red"})
        first, second = self._dice.sample(_WORDS[:20], 2)
        self._page.write_rich_string(row, column, bold, first, raised, second, " 尾")

    def _blank(self, row: int, column: int) -> None:
        self._page.write_blank(row, column, None, self._style())
