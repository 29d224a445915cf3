"""Which fonts, fills and borders our workbooks share, and how a workbook is opened for text."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.files.palette import LAMP_FILLS
from qiyx_xl.files.sizing import DEFAULT_FONT

if TYPE_CHECKING:
    from pathlib import Path

# Every Chinese Windows, WPS and 信创 desktop has these fonts; other systems substitute them.
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
DOUBT_FILL = LAMP_FILLS[Light.RED]

PLAIN = {
    "font_name": BODY_FONT,
    "font_size": BODY_POINTS,
    "font_color": INK,
    "valign": "vcenter",
    "border_color": LINE,
}
"""The default format of a cell: 宋体, dark ink, vertically centred."""


def text_workbook(out: IO[bytes] | Path, *, row_by_row: bool = False) -> Any:
    """Return a new XlsxWriter workbook in which untrusted text stays text.

    Args:
        out: the file to which it is written on closing.
        row_by_row: write each row to disk when the next one begins; rows must be written in
            order, and each row completely before the next.
    """
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

    class TextSheet(Worksheet):  # type: ignore[misc] # XlsxWriter is not typed throughout
        def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
            # XlsxWriter treats such a text as its own rich text and writes it unescaped, so its
            # sender could put markup into our file. With a blank at the end it is plain text.
            if string.startswith("<r>") and string.endswith("</r>"):
                string += " "
            return super()._write_string(row, col, string, cell_format)

        def _write_single_row(self, current_row_num: int = 0) -> None:
            written = self.previous_row
            super()._write_single_row(current_row_num)
            # XlsxWriter keeps the heights of all rows to place pictures. There are no pictures, so
            # the heights are dropped to save memory. The names vary with XlsxWriter's version.
            for heights in ("row_info", "set_rows", "row_sizes"):
                getattr(self, heights, {}).pop(written, None)

    class TextBook(xlsxwriter.Workbook):  # type: ignore[misc]
        worksheet_class = TextSheet

    return TextBook(
        out,
        {
            "in_memory": not row_by_row,
            "constant_memory": row_by_row,
            "use_zip64": row_by_row,  # only changes files larger than 4 GB
            # A text stays text, even if it looks like a formula, a link or a number.
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            # A copy, because XlsxWriter changes it, and the next workbook's bytes would differ.
            "default_format_properties": dict(DEFAULT_FONT),
        },
    )


class FormStyle:
    """The cell formats of one fill-in workbook."""

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
        self.header_to_fill = self._add(**header, bg_color=LAMP_FILLS[Light.AMBER])
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
        """Return the format of a yellow cell for a number.

        It shows ``decimals`` decimals, and more if more are typed.
        """
        if decimals not in self._numbers:
            # The format 0 would show 96.5 as 97; General shows the number as typed.
            shown = f"0.{'0' * decimals}####" if decimals else "General"
            self._numbers[decimals] = self._add(
                bg_color=INPUT_FILL, locked=False, border=1, align="center", num_format=shown
            )
        return self._numbers[decimals]

    def _add(self, **properties: Any) -> Any:
        return self._book.add_format(PLAIN | properties)
