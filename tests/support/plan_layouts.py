"""The shipped plan's table of indicators in many layouts, as other districts print theirs."""

from __future__ import annotations

import csv
import html
import json
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from support.paths import ROOT
from support.pdf import pdf, table_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PLAN = json.loads((ROOT / "qiyx_xl" / "data" / "plan.json").read_text("utf-8"))
ITEMS: list[dict[str, Any]] = PLAN["indicators"]
YEARS = [str(year) for year in PLAN["years"]]
HEADER = ["领域", "序号", "指标", *(f"{year}年" for year in YEARS)]
TITLE = "某区公共服务“七优享”工程实施方案（2023—2027年）"
WIDE = str.maketrans("0123456789.%", "０１２３４５６７８９．％")

Rows = list[list[str]]


def named(item: dict[str, Any]) -> str:
    return f"{item['name']}({item['measure']})"


def printed(item: dict[str, Any]) -> list[str]:
    return [item["targets"][year]["printed"] for year in YEARS]


def full_rows() -> Rows:
    """Every cell filled."""
    return [[item["domain"], str(item["number"]), named(item), *printed(item)] for item in ITEMS]


def text_rows() -> Rows:
    """As a text version has merged cells: their text once, and blank cells."""
    rows, domain = [], ""
    for item in ITEMS:
        cells, last = [], None
        for cell in printed(item):
            # Only what is really merged in the printed table repeats as a text.
            is_merged = item["number"] in (4, 5) and cell == last
            cells.append("" if is_merged else cell)
            last = cell
        if item["number"] == 5:
            cells = [""] * len(YEARS)
        shown = item["domain"] if item["domain"] != domain else ""
        rows.append([shown, str(item["number"]), named(item), *cells])
        domain = item["domain"]
    return rows


def joined(rows: Rows, between: str = " | ") -> bytes:
    return "\n".join([TITLE, *(between.join(row) for row in rows), "二、重点任务"]).encode()


def slipped(rows: Rows) -> Rows:
    return [row if row[0] else [*row[1:], ""] for row in rows]


def markdown(rows: Rows) -> bytes:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    return "\n".join([TITLE, "", *lines, "", "正文"]).encode()


def comma_separated(rows: Rows, encoding: str) -> bytes:
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def page() -> bytes:
    rows = ["<tr>" + "".join(f"<th>{cell}</th>" for cell in HEADER) + "</tr>"]
    for index, row in enumerate(full_rows()):
        same = [other for other in full_rows() if other[0] == row[0]]
        cells = [f"<td>{html.escape(cell)}</td>" for cell in row[1:]]
        if same[0] == row:
            cells.insert(0, f"<td rowspan={len(same)}>{row[0]}</td>")
        if index == 3:
            cells[3:] = [
                f"<td rowspan=2 colspan=3>{html.escape(row[3])}</td>",
                "<td rowspan=2 colspan=2>100</td>",
            ]
        if index == 4:
            cells = cells[:2]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<html><meta charset=utf-8><p>{TITLE}</p><table>{''.join(rows)}</table></html>".encode()


def one_cell_a_line() -> bytes:
    cells = [cell for row in [HEADER, *text_rows()] for cell in row if cell]
    return "\n\n".join([TITLE, *cells, "二、重点任务"]).encode()


def spaced(width: int = 2) -> bytes:
    """Columns held apart by so many blanks; a cell's own blank would be a column at one."""
    gap = " " * width
    rows = [
        gap * (not row[0])
        + gap.join(cell if width > 1 else cell.replace(" ", "，") for cell in row if cell)
        for row in text_rows()
    ]
    return "\n".join([TITLE, gap.join(HEADER), *rows, "二、重点任务"]).encode()


def word(change: Callable[[Rows], Rows] = lambda rows: rows) -> bytes:
    import docx

    rows = change([HEADER, *full_rows()])
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(len(rows), len(rows[0]))
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def workbook(header: Sequence[object], rows: Sequence[Sequence[object]], *, merge: bool) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([TITLE])
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(header))
        first = 3
        for number, row in enumerate(rows, start=3):
            if number == 2 + len(rows) or rows[number - 2][0] != row[0]:
                sheet.merge_cells(start_row=first, end_row=number, start_column=1, end_column=1)
                first = number + 1
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def numbers_in_cells() -> list[list[object]]:
    """As an office types them: numbers as numbers, shares with a percent format's fraction."""
    rows: list[list[object]] = []
    for item in ITEMS:
        cells: list[object] = []
        for year in YEARS:
            target = item["targets"][year]
            is_plain = target["printed"].replace(".", "").isdigit()
            cells.append(target["value"] if is_plain else target["printed"])
        rows.append([item["domain"], item["number"], item["name"], item["measure"], *cells])
    return rows


def with_section_rows(rows: Rows) -> Rows:
    """Each domain in a row of its own that spans the table, and no column for it."""
    out, domain = [rows[0][1:]], ""
    for row in rows[1:]:
        if row[0] != domain:
            out.append(
                [f"{'一二三四五六七'[len({r[0] for r in rows[1 : rows.index(row)]})]}、{row[0]}"]
                * 7
            )
            domain = row[0]
        out.append(row[1:])
    return out


def with_two_header_rows(rows: Rows) -> Rows:
    return [[*HEADER[:3], *["目标值"] * 5], *rows]


def with_agency(rows: Rows) -> Rows:
    leads = ["牵头单位", *(item["lead_agency"] for item in ITEMS)]
    return [[*row, lead] for row, lead in zip(rows, leads, strict=True)]


def halves(rows: Rows, between: str) -> bytes:
    lines = [" | ".join(row) for row in rows]
    return "\n".join(
        [TITLE, " | ".join(HEADER), *lines[:10], between, *lines[10:], "正文。"]
    ).encode()


def drawn(*, ruled: bool) -> bytes:
    rows = [
        [cell if len(cell) < 30 else cell.replace(" ", "，") for cell in row] for row in text_rows()
    ]
    widths = [60, 40, 280, 250, 40, 40, 40, 40]
    return pdf(table_pages([HEADER, *rows], widths, ruled=ruled, rows_of_page=12))


def in_two_tables() -> bytes:
    """The first years in one table, the last in another, as on two pages."""
    rows = [HEADER, *full_rows()]
    first = [" | ".join(row[1:5]) for row in rows]
    second = [" | ".join([row[1], row[2], *row[5:]]) for row in rows]
    return "\n".join([TITLE, *first, "续表", *second, "正文。"]).encode()


def measures_on_lines_of_their_own() -> bytes:
    lines = [TITLE, *HEADER]
    domain = ""
    for item in ITEMS:
        lines += [item["domain"]] * (item["domain"] != domain)
        domain = item["domain"]
        lines += [str(item["number"]), item["name"], f"（{item['measure']}）", *printed(item)]
    return "\n".join(lines).encode()


def old_workbook() -> bytes:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("指标")
    sheet.write_merge(0, 0, 0, 7, TITLE)
    for row, cells in enumerate([HEADER, *full_rows()], start=1):
        for column, cell in enumerate(cells):
            is_number = cell.replace(".", "", 1).isdigit()
            sheet.write(row, column, float(cell) if is_number else cell)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def shares_as_fractions() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["领域", "序号", "指标", "单位", *map(int, YEARS)])
    for cells in numbers_in_cells():
        shares = cells[3] == "%"
        values = [v / 100 if shares and isinstance(v, (int, float)) else v for v in cells[4:]]
        book.active.append([*cells[:4], *values])
        for cell in book.active[book.active.max_row][4:] if shares else ():
            cell.number_format = "0.00%"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


TARGETS = [f"{year}年目标值" for year in YEARS]
LAYOUTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "bars": (".txt", lambda: joined([HEADER, *text_rows()])),
    "bars, slipped to the left": (".txt", lambda: joined([HEADER, *slipped(text_rows())])),
    "tabs": (".txt", lambda: joined([HEADER, *text_rows()], "\t")),
    "full-width digits": (
        ".txt",
        lambda: joined([[cell.translate(WIDE) for cell in row] for row in [HEADER, *text_rows()]]),
    ),
    "years to reach": (
        ".txt",
        lambda: joined(
            [[*HEADER[:2], "指标名称（单位）", *(f"到{y}年" for y in YEARS)], *text_rows()]
        ),
    ),
    "a remark behind a year": (
        ".txt",
        lambda: joined([[cell.replace("2025年", "2025（中期）") for cell in HEADER], *text_rows()]),
    ),
    "Markdown": (".md", lambda: markdown([HEADER, *text_rows()])),
    "Markdown as text": (".txt", lambda: markdown([HEADER, *text_rows()])),
    "commas": (".csv", lambda: comma_separated([HEADER, *text_rows()], "utf-8-sig")),
    "commas in GBK": (".csv", lambda: comma_separated([HEADER, *text_rows()], "gb18030")),
    "page": (".html", page),
    "page under .doc": (".doc", page),
    "page under .xls": (".xls", page),
    "years in two tables": (".txt", in_two_tables),
    "measures on lines of their own": (".txt", measures_on_lines_of_their_own),
    "single gaps": (".txt", lambda: spaced(1)),
    "old workbook": (".xls", old_workbook),
    "workbook, shares as fractions": (".xlsx", shares_as_fractions),
    "one cell a line": (".txt", one_cell_a_line),
    "wide gaps": (".txt", spaced),
    "Word": (".docx", word),
    "Word, domains in rows": (".docx", lambda: word(with_section_rows)),
    "Word, two header rows": (".docx", lambda: word(with_two_header_rows)),
    "Word, with agencies": (".docx", lambda: word(with_agency)),
    "workbook": (".xlsx", lambda: workbook(HEADER, full_rows(), merge=True)),
    "workbook, numbers": (
        ".xlsx",
        lambda: workbook(
            ["领域", "序号", "指标", "计量单位", *map(int, YEARS)], numbers_in_cells(), merge=True
        ),
    ),
    "workbook, targets": (
        ".xlsx",
        lambda: workbook(
            ["领域", "序号", "指标", "计量单位", *TARGETS],
            [*numbers_in_cells(), ["注：指标7为控制值。"]],
            merge=False,
        ),
    ),
    "two tables": (".txt", lambda: halves(text_rows(), "\n" + " | ".join(HEADER))),
    "a page number": (".txt", lambda: halves(text_rows(), "— 3 —")),
    "a page number in the middle of a form feed": (
        ".txt",
        lambda: halves(text_rows(), "\f第3页\n"),
    ),
    "a rule": (".txt", lambda: halves(text_rows(), "--- | --- | ---")),
    "PDF with lines": (".pdf", lambda: drawn(ruled=True)),
    "PDF without lines": (".pdf", lambda: drawn(ruled=False)),
}
