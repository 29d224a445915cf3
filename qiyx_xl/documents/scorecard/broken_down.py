"""How a grid of agencies and the items broken down to them is drawn: on a sheet, in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.values import spell
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.documents.scorecard.facts import NOTHING
from qiyx_xl.documents.style.web_page import safe
from qiyx_xl.documents.style.workbook import (
    PaperBook,
    fit_row,
    set_widths,
    write_header,
    write_heading,
    write_note,
    write_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.papers.broken_down import Grid
    from qiyx_xl.papers.edition import Edition

_MOST_COLUMNS = 14
"""With more agencies than these, they become rows, and the items columns."""
_MOST_ON_A_PAGE = 26
_NOTE = (
    "每格上行是灯，下行是实际值；各按分解给本单位的目标和本单位的上年数评。“差”是与本单位目标相差多少。"
    "没有分解的画“—”。"
)


def short_level(level: str) -> str:
    """Return a level as part of a sheet's name: 街道."""
    return "".join(sign for sign in level.removesuffix("级") if sign not in "[]:*?/\\'")[:20]


def level_headline(lines: Sequence[StatusLine], level: str) -> str:
    """Return the sentence with the number of each lamp among a level's parts."""
    lights = [line.rating.light for line in lines]
    counts = "、".join(f"{light.word} {lights.count(light)} 项" for light in Light)
    return f"分解到{level.removesuffix('级')}的共 {len(lights)} 项：{counts}；在同级里排名。"


def draw_grid(sheet: Any, book: PaperBook, edition: Edition, grid: Grid) -> None:
    """Draw a grid on an empty sheet, to be printed on one A4 page."""
    title = f"{edition.period.label}目标分解到{short_level(grid.level)}情况"
    origin = f"{len(grid.agencies)} 个单位、{len(grid.rows)} 项；{edition.versions_text}"
    draw = _draw_items if len(grid.agencies) <= _MOST_COLUMNS else _draw_agencies
    last, widths = draw(sheet, book, grid, title, origin)
    write_note(sheet, book, last + 1, widths, _NOTE)
    sheet.print_area(0, 0, last + 1, len(widths) - 1)


def fits_on_a_page(grid: Grid) -> bool:
    """Whether a grid can be read if it is printed on one page."""
    count = len(grid.rows) if len(grid.agencies) <= _MOST_COLUMNS else len(grid.agencies)
    return count <= _MOST_ON_A_PAGE


def _draw_items(
    sheet: Any, book: PaperBook, grid: Grid, title: str, origin: str
) -> tuple[int, list[float]]:
    """Draw one row for each item; return the last row and the widths."""
    widths = [9.0, 28.0, 9.5, *[9.0] * len(grid.agencies), 38.0]
    set_widths(sheet, widths)
    row = header = write_heading(sheet, book, widths, title, origin)
    write_header(
        sheet, book, row, widths, ["编号", "分解的项", "全区", *grid.agencies, "谁落后、差多少"]
    )
    for entry in grid.rows:
        row += 1
        item = entry.whole.item
        write_text(sheet, book, row, 0, item.printed_code, "center")
        name = write_text(sheet, book, row, 1, f"{item.name}（{item.measure}）")
        _lamp_cell(sheet, book, row, 2, entry.whole)
        for column, part in enumerate(entry.parts, start=3):
            _lamp_cell(sheet, book, row, column, part)
        behind = write_text(sheet, book, row, len(widths) - 1, entry.behind or "都达到序时")
        fit_row(sheet, row, ["", name, *["灯\n数"] * (len(widths) - 3), behind], widths, 34)
    sheet.freeze_panes(header + 1, 2)
    sheet.repeat_rows(header)
    return row, widths


def _draw_agencies(
    sheet: Any, book: PaperBook, grid: Grid, title: str, origin: str
) -> tuple[int, list[float]]:
    """Draw one row for each agency; return the last row and the widths."""
    widths = [20.0, *[11.0] * len(grid.rows)]
    set_widths(sheet, widths)
    row = header = write_heading(sheet, book, widths, title, origin)
    items = [entry.whole.item for entry in grid.rows]
    heads = [f"{item.printed_code}\n{item.name}" for item in items]
    write_header(sheet, book, row, widths, [grid.level, *heads])
    for place, agency in enumerate(grid.agencies):
        row += 1
        name = write_text(sheet, book, row, 0, agency)
        for column, entry in enumerate(grid.rows, start=1):
            _lamp_cell(sheet, book, row, column, entry.parts[place])
        fit_row(sheet, row, [name, *["灯\n数"] * len(grid.rows)], widths, 34)
    for entry in grid.rows:
        if entry.behind:
            row += 1
            said = f"{entry.whole.item.printed_code} {entry.whole.item.name}：{entry.behind}"
            write_note(sheet, book, row, widths, said)
    sheet.freeze_panes(header + 1, 1)
    sheet.repeat_rows(header)
    return row, widths


def _lamp_cell(sheet: Any, book: PaperBook, row: int, column: int, line: StatusLine | None) -> None:
    if line is None:
        sheet.write_string(row, column, NOTHING, book.cell("center"))
        return
    light = line.rating.light
    sheet.write_string(row, column, f"{light.word}\n{_actual(line)}", book.lamp(light))


def _actual(line: StatusLine) -> str:
    return spell(line.rating.actual) or NOTHING


def grid_section(edition: Edition, grid: Grid) -> list[str]:
    """Return a grid as a section of the page."""
    heads = ["编号", "分解的项", edition.everywhere, *grid.agencies, "谁落后、差多少"]
    head = "".join(f'<th scope="col">{safe(text)}</th>' for text in heads)
    rows = []
    for entry in grid.rows:
        item = entry.whole.item
        rows.append(
            f'<tr><td class="c">{safe(item.printed_code)}</td>'
            f'<th scope="row">{safe(item.name)}</th>'
            f"{''.join(_page_cell(line) for line in (entry.whole, *entry.parts))}"
            f"<td>{safe(entry.behind or '都达到序时')}</td></tr>"
        )
    return [
        f"<section><h2>{safe(short_level(grid.level))}分解</h2>",
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>',
        "<tbody>",
        *rows,
        "</tbody></table></div>",
        f'<p class="legend">{safe(_NOTE)}</p></section>',
    ]


def _page_cell(line: StatusLine | None) -> str:
    if line is None:
        return f'<td class="c">{NOTHING}</td>'
    rating = line.rating
    return (
        f'<td class="c"><span class="tag {rating.light.value}">{rating.light.word}</span><br>'
        f"{safe(_actual(line))}</td>"
    )
