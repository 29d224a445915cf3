"""The look of the fill-in workbooks: fonts, fills and borders, once."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from qiyx_xl.files.sizing import DEFAULT_FONT

if TYPE_CHECKING:
    from pathlib import Path

# Fonts every Chinese Windows, WPS and 信创 desktop has; others fall back by themselves.
TITLE_FONT = "黑体"
BODY_FONT = "宋体"

BODY_POINTS = 10.5
NOTE_POINTS = 9.5
REMARK_POINTS = 9
TITLE_POINTS = 18

INK = "#1F1F1F"
QUIET_INK = "#595959"
LINE = "#8C8C8C"
HEADER_FILL = "#D6E1EE"
SECTION_FILL = "#EAF0F7"
LOCKED_FILL = "#F2F2F2"
INPUT_FILL = "#FFF7CC"

PLAIN = {
    "font_name": BODY_FONT,
    "font_size": BODY_POINTS,
    "font_color": INK,
    "valign": "vcenter",
    "border_color": LINE,
}
"""What a cell looks like where nothing else is said: 宋体, dark ink, centred in its row."""


def text_workbook(out: IO[bytes] | Path, *, row_by_row: bool = False) -> Any:
    """Open a workbook of XlsxWriter's in which what a stranger wrote stays text.

    Args:
        out: where it is written when it is closed.
        row_by_row: keep no row in memory once the next one is written; rows must be written in
            order, and everything about one before the next.
    """
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

    class TextSheet(Worksheet):  # type: ignore[misc] # XlsxWriter is not typed throughout
        def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
            # XlsxWriter writes such a text out as it is, taking it for its own rich text: whoever
            # sent it could put markup of his into our file. A blank at the end, and it is text.
            if string.startswith("<r>") and string.endswith("</r>"):
                string += " "
            return super()._write_string(row, col, string, cell_format)

        def _write_single_row(self, current_row_num: int = 0) -> None:
            written = self.previous_row
            super()._write_single_row(current_row_num)
            # XlsxWriter keeps the heights of all rows for pictures, of which there are none.
            for heights in ("row_info", "set_rows", "row_sizes"):  # by one name or another
                getattr(self, heights, {}).pop(written, None)

    class TextBook(xlsxwriter.Workbook):  # type: ignore[misc]
        worksheet_class = TextSheet

    return TextBook(
        out,
        {
            "in_memory": not row_by_row,
            "constant_memory": row_by_row,
            "use_zip64": row_by_row,  # takes effect beyond 4 GB only
            # Whatever it looks like.
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            # A copy: XlsxWriter writes into it, and a second workbook would have other bytes.
            "default_format_properties": dict(DEFAULT_FONT),
        },
    )


class FormStyle:
    """The cell formats of one workbook, made as they are first needed."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._numbers: dict[int, Any] = {}
        self.title = self._add(font_name=TITLE_FONT, font_size=TITLE_POINTS, align="center")
        head = {"font_size": 11, "border": 0}
        self.head_left = self._add(**head, align="left")
        self.head_middle = self._add(**head, align="center")
        self.head_right = self._add(**head, align="right")
        self.note = self._add(
            font_size=NOTE_POINTS, font_color=QUIET_INK, text_wrap=True, align="left"
        )
        header = {"font_name": TITLE_FONT, "align": "center", "text_wrap": True, "border": 1}
        self.header = self._add(**header, bg_color=HEADER_FILL)
        self.header_to_fill = self._add(**header, bg_color="#FFE699")
        self.section = self._add(
            font_name=TITLE_FONT, bg_color=SECTION_FILL, border=1, align="left", indent=1
        )
        locked = {"bg_color": LOCKED_FILL, "border": 1, "text_wrap": True}
        self.locked = self._add(**locked, align="center", num_format="@")
        self.locked_left = self._add(**locked, align="left", indent=1, num_format="@")
        self.locked_number = self._add(**locked, align="center")
        to_fill = {"bg_color": INPUT_FILL, "locked": False}
        self.text_input = self._add(
            **to_fill,
            font_size=REMARK_POINTS,
            border=1,
            align="left",
            indent=1,
            text_wrap=True,
            num_format="@",
        )
        self.sign_label = self._add(align="right", indent=1)
        sign = {**to_fill, "bottom": 1, "align": "center"}
        self.sign_text = self._add(**sign, num_format="@")
        self.sign_date = self._add(**sign, num_format='yyyy"年"m"月"d"日"')
        self.sign_seal = self._add(bottom=1, locked=False)

    def number_input(self, decimals: int) -> Any:
        """Return the yellow cell for a number; it never hides digits that were typed."""
        if decimals not in self._numbers:
            # An integer format would show 96.5 as 97; General shows what is there.
            shown = f"0.{'0' * decimals}####" if decimals else "General"
            self._numbers[decimals] = self._add(
                bg_color=INPUT_FILL, locked=False, border=1, align="center", num_format=shown
            )
        return self._numbers[decimals]

    def _add(self, **properties: Any) -> Any:
        return self._book.add_format(PLAIN | properties)
