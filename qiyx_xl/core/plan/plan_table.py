"""The table of indicators in somebody's document: which rows and columns of cells it is.

Merged cells are the trouble: a text version leaves them out, so that rows slip to the left or
lack targets. What was slipped or filled is marked, for a person to confirm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_YEAR = re.compile(r"(20\d\d)年?(?:目标|目标值|年底|末)?")
_HEADERS = {
    "domain": ("领域", "类别", "专项", "版块", "板块", "维度"),
    "number": ("序号", "编号", "序"),
    "name": ("指标", "指标名称", "名称", "主要指标", "指标内容", "评价指标"),
    "measure": ("单位", "计量单位"),
    "agency": ("牵头单位", "责任单位", "牵头部门", "责任部门"),
}


class PlanImportError(ValueError):
    """There is no table of indicators in what was given."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a document says: its paragraphs and its tables, as rows of cells, in order.

    ``spread`` says that merged cells already repeat their text over the cells they span, so a
    blank cell is really blank.
    """

    paragraphs: tuple[str, ...]
    tables: tuple[tuple[tuple[str, ...], ...], ...]
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the table holds what; ``years`` by year."""

    at: Mapping[str, int]
    years: Mapping[int, int]
    width: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """One indicator as the table prints it.

    ``cells`` holds the target of each year, as printed. ``merged``: some were filled from the
    left or from above; ``shifted``: the row had slipped to the left.
    """

    number: int
    domain: str
    name: str
    measure: str
    agency: str
    cells: Mapping[int, str]
    merged: bool = False
    shifted: bool = False


def find_table(source: SourceText) -> tuple[Sequence[Sequence[str]], Columns]:
    """Return the rows under the header of the first table of indicators, and its columns."""
    for table in source.tables:
        for index, row in enumerate(table):
            columns = _columns(row)
            if columns is not None:
                return table[index + 1 :], columns
    raise PlanImportError(
        "没有找到指标表：表头应有“指标”一列和至少两个年份（如“2024年”）。"
        "请检查文件；扫描件要先转成文字。"
    )


def _columns(row: Sequence[str]) -> Columns | None:
    squeezed = [re.sub(r"\s", "", cell) for cell in row]
    years = {
        int(found[1]): index
        for index, cell in enumerate(squeezed)
        if (found := _YEAR.fullmatch(cell)) is not None
    }
    at = {
        kind: squeezed.index(header)
        for kind, headers in _HEADERS.items()
        for header in headers[::-1]
        if header in squeezed
    }
    if "name" not in at or len(years) < 2:  # noqa: PLR2004 - a plan has at least two years
        return None
    return Columns(at, years, max([*at.values(), *years.values()]) + 1)


def table_rows(
    table: Sequence[Sequence[str]], columns: Columns, *, spread: bool
) -> Iterator[TableRow]:
    """Yield the table's indicators; a merged domain holds for the rows below it."""
    domain, above = "", None
    for number, cells in enumerate(_body(table, columns), start=1):
        aligned, shifted = _aligned(cells, columns)
        name, measure = _name_and_measure(aligned, columns)
        if not name:
            continue
        domain = _cell(aligned, columns, "domain") or domain
        row = TableRow(
            number=number,
            domain=domain,
            name=name,
            measure=measure,
            agency=_cell(aligned, columns, "agency"),
            cells={year: aligned[index] for year, index in columns.years.items()},
            shifted=shifted,
        )
        if not spread:
            row = _filled(row, above)
        yield row
        above = row


def _body(table: Sequence[Sequence[str]], columns: Columns) -> Iterator[list[str]]:
    """Yield the rows that belong to the table: up to the first that does not look like one."""
    for row in table:
        cells = [cell.strip() for cell in row]
        if sum(map(bool, cells)) < 2:  # noqa: PLR2004 - a number and a name at least
            if any(cells):
                return
            continue
        yield (cells + [""] * columns.width)[: max(columns.width, len(cells))]


def _aligned(cells: list[str], columns: Columns) -> tuple[list[str], bool]:
    """Return the row with its number in the number column.

    Where a domain spans rows, text versions of a table leave out its cell and the row slips to
    the left.
    """
    at = columns.at.get("number")
    if at is None or at == 0 or cells[at].isdigit() or not cells[at - 1].isdigit():
        return cells[: columns.width], False
    return ["", *cells][: columns.width], True


def _cell(cells: Sequence[str], columns: Columns, kind: str) -> str:
    index = columns.at.get(kind)
    return "" if index is None else re.sub(r"\s+", "", cells[index])


def _name_and_measure(cells: Sequence[str], columns: Columns) -> tuple[str, str]:
    """Split ``托位数(个)``; the last brackets are the measure, unless it has its own column."""
    name = _cell(cells, columns, "name")
    own = _cell(cells, columns, "measure")
    if own:
        return name, own
    found = re.fullmatch(r"(.+)[(（]([^()（）]{1,20})[)）]", name)
    return (name, "") if found is None else (found[1], found[2])


def _filled(row: TableRow, above: TableRow | None) -> TableRow:
    """Fill blank targets from the left, or all of them from the row above: cells were merged."""
    present = [text for _, text in sorted(row.cells.items()) if text]
    if len(present) == len(row.cells):
        return row
    if not present:
        return row if above is None else replace(row, cells=above.cells, merged=True)
    filled, last = {}, present[0]
    for year, text in sorted(row.cells.items()):
        last = text or last
        filled[year] = last
    return replace(row, cells=filled, merged=True)
