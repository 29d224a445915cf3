"""How 操作台 is drawn with XlsxWriter: cards, buttons, lamps by domain, trend chart, two lists."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.files.palette import LAMP_BARS
from qiyx_xl.ledger.build.formats import FONT, INK, RULE
from qiyx_xl.ledger.build.sheets import A4, put
from qiyx_xl.ledger.content import dashboard as at
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.registry import CONTROLS, OUR_MODULE, LedgerEdition, LedgerSheet
from qiyx_xl.papers.dashboard import TREND_LENGTH

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from qiyx_xl.ledger.build.formats import Formats
    from qiyx_xl.ledger.content.dashboard import Cells, Console
    from qiyx_xl.ledger.content.workbook import Content

_WIDTHS = (2, 13, 8, 8, 8, 8, 8, 9, 2.5, 9, *(8.6,) * TREND_LENGTH, 2)
_PIXELS_PER_CHARACTER, _PIXELS_OF_PADDING = 7, 5
_ROW_HEIGHT, _STEP_HEIGHT = 24, 32  # points
_PIXELS_PER_POINT = 4 / 3
_BUTTON_PLACES, _BUTTON_GAP, _BUTTON_HEIGHT = 9, 8, 34  # pixels
_HEIGHTS = {
    0: 8,
    at.TITLE_ROW: 34,
    at.SUBTITLE_ROW: 18,
    3: 6,
    at.CARD_LABEL_ROW: 20,
    at.CARD_ROW: 30,
    6: 8,
    at.BUTTON_ROW: 36,
    8: 8,
    at.SECTION_ROW: 24,
}
_CARD_LOOKS = ("card", "card_percent", "card_score", "card", "card", "card", "card", "card")


def draw_console(
    book: Workbook, sheet: Worksheet, content: Content, looks: Formats, edition: LedgerEdition
) -> None:
    """Draw 操作台. The print area ends above the instructions."""
    console = content.console
    cells = console.cells()
    sheet.hide_gridlines(2)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, looks.named("plain"))
    _title(sheet, cells, looks)
    _cards(sheet, cells, looks)
    if edition is LedgerEdition.EXCEL:
        _buttons(sheet)
    else:
        place = (at.BUTTON_ROW, at.LEFT, at.BUTTON_ROW, at.LAST_COLUMN)
        sheet.merge_range(*place, texts.ADDIN_BUTTONS, looks.named("more"))
    _domains(sheet, console, cells, looks)
    _trend(book, sheet, console, cells, looks)
    _lists(sheet, console, cells, looks)
    _steps(sheet, console, looks, edition)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.center_horizontally()
    sheet.print_area(0, 0, console.more_row, at.LAST_COLUMN + 1)
    sheet.fit_to_pages(1, 1)


def _title(sheet: Worksheet, cells: Cells, looks: Formats) -> None:
    for row, height in _HEIGHTS.items():
        sheet.set_row(row, height)
    for row, text, look in (
        (at.TITLE_ROW, cells[at.TITLE_ROW, at.LEFT], "title"),
        (at.SUBTITLE_ROW, cells[at.SUBTITLE_ROW, at.LEFT], "subtitle"),
    ):
        sheet.merge_range(row, at.LEFT, row, at.LAST_COLUMN, text, looks.named(look))


def _cards(sheet: Worksheet, cells: Cells, looks: Formats) -> None:
    for (first, last), look in zip(at.CARDS, _CARD_LOOKS, strict=True):
        for row, name in ((at.CARD_LABEL_ROW, "card_label"), (at.CARD_ROW, look)):
            _span(sheet, row, first, last, cells, looks.named(name))


def _span(sheet: Worksheet, row: int, first: int, last: int, cells: Cells, look: Any) -> None:
    """Write one cell, merged over the columns ``first`` to ``last``."""
    if last > first:
        sheet.merge_range(row, first, row, last, "", look)
    put(sheet, row, first, cells.get((row, first)), look)


def _buttons(sheet: Worksheet) -> None:
    """Insert the buttons in one row: nine places, or more if there are more controls."""
    whole = _pixels(at.LEFT, at.LAST_COLUMN)
    places = max(_BUTTON_PLACES, len(CONTROLS))
    pitch = (whole + _BUTTON_GAP) // places
    for index, control in enumerate(CONTROLS):
        sheet.insert_button(
            at.BUTTON_ROW,
            at.LEFT,
            {
                "macro": f"{OUR_MODULE}.{control.sub}",
                "caption": control.caption,
                "description": control.tip,
                "width": pitch - _BUTTON_GAP,
                "height": _BUTTON_HEIGHT,
                "x_offset": pitch * index,
                "y_offset": 6,
            },
        )


def button_drawing() -> bytes:
    """Return the drawing (VML) with the buttons of 操作台, as a new ledger has it."""
    from xlsxwriter import Workbook

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet(LedgerSheet.CONSOLE.value)
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        for row, height in _HEIGHTS.items():
            sheet.set_row(row, height)
        _buttons(sheet)
    with zipfile.ZipFile(stream) as package:
        return package.read("xl/drawings/vmlDrawing1.vml")


def _pixels(first: int, last: int) -> int:
    widths = _WIDTHS[first : last + 1]
    return sum(int(width * _PIXELS_PER_CHARACTER) + _PIXELS_OF_PADDING for width in widths)


def _domains(sheet: Worksheet, console: Console, cells: Cells, looks: Formats) -> None:
    sheet.write_string(at.SECTION_ROW, at.LEFT, "各领域状态灯（项数）", looks.named("section"))
    header = looks.named("header")
    sheet.write_string(at.HEADER_ROW, at.LEFT, "领域", header)
    for place, light in enumerate(Light, start=at.LEFT + 1):
        sheet.write_string(at.HEADER_ROW, place, light.word, looks.lamp_label(light.word))
    for place, text in enumerate(("项数", "得分"), start=at.LEFT + 1 + len(Light)):
        sheet.write_string(at.HEADER_ROW, place, text, header)
    score = at.LEFT + 2 + len(Light)
    for row in range(at.HEADER_ROW, console.last_table_row + 1):
        sheet.set_row(row, _ROW_HEIGHT)
        if row == at.HEADER_ROW:
            continue
        kind = "total" if row == console.total_row else ""
        put(
            sheet,
            row,
            at.LEFT,
            cells[row, at.LEFT],
            looks.named("total_name" if kind else "name"),
        )
        for place in range(at.LEFT + 1, score):
            put(sheet, row, place, cells[row, place], looks.named(kind or "number"))
        put(sheet, row, score, cells[row, score], looks.named("total_points" if kind else "points"))
    # Counts above 0 get the lamp's colour; zeros stay uncoloured, and so does the grey lamp.
    for place, light in enumerate(Light, start=at.LEFT + 1):
        if light is not Light.GREY:
            sheet.conditional_format(
                at.FIRST_DOMAIN_ROW,
                place,
                console.last_table_row,
                place,
                {"type": "cell", "criteria": ">", "value": 0, "format": looks.lamp(light.word)},
            )


def _trend(
    book: Workbook, sheet: Worksheet, console: Console, cells: Cells, looks: Formats
) -> None:
    title = (at.SECTION_ROW, at.RIGHT)
    put(sheet, *title, cells[title], looks.named("section"))
    first, last = at.TREND_FIRST, at.LAST_COLUMN
    sheet.write_string(console.trend_row, at.RIGHT, "数据期", looks.named("header"))
    for place in range(first, last + 1):
        put(
            sheet,
            console.trend_row,
            place,
            cells[console.trend_row, place],
            looks.named("header"),
        )
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for row, light in enumerate(at.TREND_LIGHTS, start=console.trend_row + 1):
        sheet.write_string(row, at.RIGHT, light.word, looks.lamp_label(light.word))
        for place in range(first, last + 1):
            put(sheet, row, place, cells[row, place], looks.named("number"))
        name = sheet.get_name()
        chart.add_series(
            {
                "name": [name, row, at.RIGHT],
                "categories": [name, console.trend_row, first, console.trend_row, last],
                "values": [name, row, first, row, last],
                "fill": {"color": LAMP_BARS[light]},
                "gap": 60,
            }
        )
    _finish_chart(chart)
    sheet.insert_chart(
        at.HEADER_ROW,
        at.RIGHT,
        chart,
        {
            "object_position": 2,
            "x_offset": 1,
            "y_offset": 1,
            "description": "近几期指标状态灯：绿、黄、红各几项",
        },
    )
    rows = console.trend_row - at.HEADER_ROW
    chart.set_size(
        {
            "width": _pixels(at.RIGHT, last) - 2,
            "height": int(rows * _ROW_HEIGHT * _PIXELS_PER_POINT) - 6,
        }
    )


def _finish_chart(chart: Any) -> None:
    font = {"name": FONT, "size": 9, "color": INK}
    chart.set_title({"none": True})
    chart.set_legend({"position": "right", "font": font})
    chart.set_x_axis({"num_font": font, "line": {"color": RULE}, "major_tick_mark": "none"})
    chart.set_y_axis(
        {
            "num_font": font,
            "num_format": "0",
            "min": 0,
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": "#E5E9EF", "width": 0.75}},
        }
    )
    chart.set_chartarea({"border": {"color": RULE}, "fill": {"color": "#FFFFFF"}})


def _lists(sheet: Worksheet, console: Console, cells: Cells, looks: Formats) -> None:
    """Draw the agencies with missing figures on the left, the returned files on the right."""
    sheet.set_row(console.lists_row - 1, 8)
    sheet.set_row(console.lists_row, 24)
    for column in (at.LEFT, at.RIGHT):
        where = (console.lists_row, column)
        put(sheet, *where, cells[where], looks.named("section"))
        more = (console.more_row, column)
        put(sheet, *more, cells[more], looks.named("more"))
    spans = (
        (1, 2, "单位", "name"),
        (3, 3, "缺几项", "number"),
        (4, 5, "最早截止日", "day"),
        (6, 7, "催报", "late"),
        (9, 10, "单位", "name"),
        (11, 14, "文件", "name"),
        (15, 15, "几处", "number"),
        (16, 17, "退回日期", "day"),
    )
    header = console.first_list_row - 1
    sheet.set_row(header, 22)
    for first, last, text, look in spans:
        _span(sheet, header, first, last, {(header, first): text}, looks.named("header"))
        for row in range(console.first_list_row, console.more_row):
            sheet.set_row(row, 21)
            _span(sheet, row, first, last, cells, looks.named(look))
    sheet.conditional_format(
        console.first_list_row,
        6,
        console.more_row - 1,
        6,
        {
            "type": "text",
            "criteria": "begins with",
            "value": "逾期",
            "format": looks.conditional("overdue"),
        },
    )


def _steps(sheet: Worksheet, console: Console, looks: Formats, edition: LedgerEdition) -> None:
    """Draw the steps of each period, and the steps for when the cell functions do not run."""
    row = console.steps_row
    wide = at.LEFT + 3
    sheet.write_string(row, at.LEFT, texts.STEPS_TITLE, looks.named("section"))
    for number, (title, text) in enumerate(texts.STEPS, start=1):
        row += 1
        sheet.set_row(row, _STEP_HEIGHT)
        sheet.write_number(row, at.LEFT, number, looks.named("step_number"))
        sheet.merge_range(row, at.LEFT + 1, row, wide - 1, title, looks.named("step_title"))
        sheet.merge_range(row, wide, row, at.LAST_COLUMN, text, looks.named("step"))
    row += 2
    sheet.write_string(row, at.LEFT, texts.ASLEEP_TITLE, looks.named("section"))
    row += 1
    sheet.set_row(row, 30)
    sheet.merge_range(row, at.LEFT, row, wide - 1, texts.STATE_LABEL, looks.named("label"))
    state, *steps = texts.instructions(edition)
    sheet.merge_range(row, wide, row, at.LAST_COLUMN, state, looks.named("state"))
    for number, text in enumerate(steps, start=1):
        row += 1
        sheet.set_row(row, _STEP_HEIGHT)
        sheet.write_number(row, at.LEFT, number, looks.named("step_number"))
        sheet.merge_range(row, at.LEFT + 1, row, at.LAST_COLUMN, text, looks.named("step"))
