"""What an office has confirmed of earlier years: the rows of the workbook, read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.forms.cell_parser import read_cell
from qiyx_xl.core.history.earlier_sheets import (
    FIGURES_SHEET,
    FILES_SHEET,
    NO,
    REQUIRED,
    YES,
    ConfirmedFigure,
    EarlierFile,
    FigureColumn,
    FileColumn,
)
from qiyx_xl.core.primitives.periods import Period, PeriodError
from qiyx_xl.core.primitives.text import tidy
from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.office_files.json_file import OfficeFileError
from qiyx_xl.intake.workbook.guard import guard, read_bytes
from qiyx_xl.intake.workbook.reader import read_sheets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import StrEnum
    from pathlib import Path

    from qiyx_xl.core.forms.cell import Cell
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.intake.workbook.reader import Sheet

_ROWS_TO_SEARCH = 30
_YES = frozenset(map(tidy, (YES, "√", "✓", "对", "Y", "YES", "1", "TRUE")))
_NO = frozenset(map(tidy, (NO, "", "×", "N", "NO", "0", "FALSE")))


class EarlierFiguresError(OfficeFileError):
    """A workbook of earlier figures that cannot be adopted; nothing was written."""

    wording = "“{name}”没有记入，什么都没有改：{problems}。"


def read_confirmed(
    path: Path, plans: Plans
) -> tuple[tuple[ConfirmedFigure, ...], tuple[EarlierFile, ...]]:
    """Return the figures that are to be adopted, and the files they are from.

    Raises:
        EarlierFiguresError: it is no such workbook, or a row cannot be understood.
        FileNotFoundError: there is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(2, "", str(path))
    try:
        sheets = {tidy(one.name): one for one in read_sheets(guard(read_bytes(path), path.suffix))}
    except Refused as refused:
        raise EarlierFiguresError(path.name, [refused.finding.message.rstrip("。")]) from None
    missing = [name for name in (FIGURES_SHEET, FILES_SHEET) if tidy(name) not in sheets]
    if missing:
        made = "要用 qiyx history import 写出来的那一本"
        raise EarlierFiguresError(path.name, [f"里面没有“{missing[0]}”表，{made}"])
    problems: list[str] = []
    files = _files(sheets[tidy(FILES_SHEET)], problems)
    figures = _figures(sheets[tidy(FIGURES_SHEET)], plans, files, problems)
    if problems:
        raise EarlierFiguresError(path.name, problems)
    return figures, tuple(files.values())


def _columns(
    sheet: Sheet, known: type[StrEnum], required: Sequence[StrEnum], problems: list[str]
) -> tuple[dict[str, int], int]:
    names = {tidy(column.value): column.value for column in known}
    for number in range(1, min(len(sheet.rows), _ROWS_TO_SEARCH) + 1):
        found: dict[str, int] = {}
        for place in range(1, len(sheet.rows[number - 1]) + 1):
            column = names.get(tidy(sheet.text(number, place)))
            if column is not None:
                found.setdefault(column, place)
        if all(column.value in found for column in required):
            return found, number
    problems.append(f"“{sheet.name}”表的表头要有{'、'.join(required)}")
    return {}, len(sheet.rows)


def _files(sheet: Sheet, problems: list[str]) -> dict[str, EarlierFile]:
    columns, head = _columns(sheet, FileColumn, list(FileColumn), problems)
    files = {}
    for row in range(head + 1, len(sheet.rows) + 1):
        name, sha256, path = (sheet.cell(row, columns[column]).text for column in FileColumn)
        if name:
            files[name] = EarlierFile(name, sha256, path)
    return files


def _figures(
    sheet: Sheet, plans: Plans, files: Mapping[str, EarlierFile], problems: list[str]
) -> tuple[ConfirmedFigure, ...]:
    columns, head = _columns(sheet, FigureColumn, REQUIRED, problems)
    figures = []
    for row in range(head + 1, len(sheet.rows) + 1):
        cells = {name: sheet.cell(row, place) for name, place in columns.items()}
        if all(cell.is_blank for cell in cells.values()):
            continue
        taken = tidy(cells[FigureColumn.TAKEN].text)
        where = f"{sheet.name}!{cells[FigureColumn.TAKEN].address}"
        if taken in _NO:
            continue
        if taken not in _YES:
            problems.append(f"{where} 的“采用”请写“{YES}”或“{NO}”")
            continue
        figure = _figure(where, cells, plans, files, problems)
        if figure is not None:
            figures.append(figure)
    return tuple(figures)


def _figure(
    where: str,
    cells: Mapping[str, Cell],
    plans: Plans,
    files: Mapping[str, EarlierFile],
    problems: list[str],
) -> ConfirmedFigure | None:
    """Return a row's figure; None, with a problem noted, where it cannot be understood."""
    period = _period(where, cells[FigureColumn.PERIOD], problems)
    if period is None:
        return None
    plan = plans.at(period)
    code = cells[FigureColumn.CODE].text.strip()
    item = plan.find(code)
    if item is None:
        problems.append(f"{where} 这一行的编号“{code}”不在方案里")
        return None
    agency = cells[FigureColumn.AGENCY].text.strip()
    if plans.agency(agency) is None:
        problems.append(f"{where} 这一行的填报单位“{agency}”不在单位名录里")
        return None
    name = cells[FigureColumn.FILE].text.strip()
    if name not in files:
        problems.append(f"{where} 这一行的文件“{name}”不在“{FILES_SHEET}”表里")
        return None
    cell = cells[FigureColumn.VALUE]
    parsed = read_cell(cell, item)
    finding = parsed.finding(cell, "", FigureColumn.VALUE, item.measure)
    if parsed.value is Absence.NOT_REPORTED or (
        finding is not None and finding.severity is Severity.ERROR
    ):
        why = "是空的" if finding is None else finding.message.rstrip("。")
        problems.append(f"{where} 这一行的数值：{why}")
        return None
    written = cells.get(FigureColumn.WRITTEN)
    return ConfirmedFigure(
        where=where,
        code=item.code,
        period=period,
        agency=agency,
        actual=parsed.value,
        second=None,
        as_written=cell.text if written is None else written.text,
        file=name,
        sheet=cells[FigureColumn.SHEET].text,
        cell=cells[FigureColumn.CELL].text,
    )


def _period(where: str, cell: Cell, problems: list[str]) -> Period | None:
    try:
        return Period.parse(cell.text)
    except PeriodError as error:
        problems.append(f"{where} 这一行：{str(error).rstrip('。')}")
        return None
