"""重大项目 and 民生实事 in the 晾晒榜: a sheet and a section for each list the office keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.project_list import LIVELIHOOD_TITLE, PROJECT_TASK_FORCE
from qiyx_xl.core.rating.lamps import Light
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
from qiyx_xl.papers.bulletin.project_passages import project_tables
from qiyx_xl.papers.bulletin.tables import change_text

if TYPE_CHECKING:
    from qiyx_xl.papers.blocks import Table
    from qiyx_xl.papers.edition import Edition

_WHOLE_WIDTH = 150.0  # column-width units: what an A4 page across bears
_LIGHTS = {light.word: light for light in Light}


def project_lists(edition: Edition) -> dict[str, Table]:
    """Return the lists to show, by the name of their sheet; none where the office keeps none."""
    names = [
        name
        for name, lines in (
            (PROJECT_TASK_FORCE, edition.projects.projects),
            (LIVELIHOOD_TITLE, edition.projects.livelihood),
        )
        if lines
    ]
    return dict(zip(names, project_tables(edition), strict=True))


def draw_project_list(sheet: Any, book: PaperBook, edition: Edition, table: Table) -> None:
    """Draw a list on an empty sheet."""
    share = _WHOLE_WIDTH / sum(table.widths)
    widths = [width * share for width in table.widths]
    set_widths(sheet, widths)
    origin = _origin(edition, sheet.get_name())
    row = header = write_heading(sheet, book, widths, table.caption, origin)
    write_header(sheet, book, row, widths, table.header)
    for texts in table.rows:
        row += 1
        for column, text in enumerate(texts):
            light = _light(table, column, text)
            if light is not None:
                sheet.write_string(row, column, text, book.lamp(light))
            else:
                align = "left" if column in table.left else "center"
                write_text(sheet, book, row, column, text, align)
        fit_row(sheet, row, texts, widths, 23)
    if table.note:
        row += 1
        write_note(sheet, book, row, widths, table.note)
    sheet.freeze_panes(header + 1, 2)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, row, len(widths) - 1)


def project_sections(edition: Edition) -> list[str]:
    """Return the same lists as sections of a page."""
    sections = []
    for name, table in project_lists(edition).items():
        heads = "".join(f'<th scope="col">{safe(head)}</th>' for head in table.header)
        origin = _origin(edition, name)
        sections += [
            f"<section><h2>{safe(name)}</h2>",
            f"<p>{safe(origin)}</p>" if origin else "",
            f"<table><thead><tr>{heads}</tr></thead>",
            "<tbody>",
            *(f"<tr>{''.join(_cells(table, texts))}</tr>" for texts in table.rows),
            "</tbody></table>",
            f'<p class="legend">{safe(table.note)}</p></section>',
        ]
    return sections


def _cells(table: Table, texts: tuple[str, ...]) -> list[str]:
    cells = []
    for column, text in enumerate(texts):
        light = _light(table, column, text)
        if light is not None:
            cells.append(f'<td class="c"><span class="tag {light.value}">{safe(text)}</span></td>')
        else:
            kind = "" if column in table.left else ' class="w"'
            cells.append(f"<td{kind}>{safe(text)}</td>")
    return cells


def _light(table: Table, column: int, text: str) -> Light | None:
    return _LIGHTS.get(text[:1]) if column == table.lamp_column else None


def _origin(edition: Edition, name: str) -> str:
    """Say how the eighth task force stands; the other list has no lamp of its own."""
    if name != PROJECT_TASK_FORCE:
        return ""
    force = edition.task_forces[-1]
    counts = (force.green, force.amber, force.red, force.grey)
    lamps = "、".join(f"{light.word} {n} 个" for light, n in zip(Light, counts, strict=True))
    rank = f"，在 {len(edition.task_forces)} 个专项组中排第 {force.rank}" if force.rank else ""
    change = edition.task_force_change(force)
    if change is not None:
        rank += f"，排名升降 {change_text(change)}"
    return f"{name}专项组：总灯{force.light.word}，{lamps}，得分 {force.score_text}{rank}"
