"""What a meeting filled in on a 调度单: its rows, read back from the workbook."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from qiyx_xl.core.forms.date_parser import read_day
from qiyx_xl.core.history.matters import REQUIRED, SHEET, MatterColumn, MatterRow
from qiyx_xl.core.primitives.text import tidy
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.office_files.json_file import OfficeFileError
from qiyx_xl.intake.workbook.guard import guard, read_bytes
from qiyx_xl.intake.workbook.reader import read_sheets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qiyx_xl.core.forms.cell import Cell
    from qiyx_xl.intake.workbook.reader import Sheet

_ROWS_TO_SEARCH = 30
_LONGEST = 500


class MatterFileError(OfficeFileError):
    """A 调度单 that cannot be read back; nothing was written."""

    wording = "“{name}”没有读回，台账没有改动：{problems}。"


def read_matters(path: Path) -> tuple[MatterRow, ...]:
    """Return the rows of a 调度单, in their order, without empty ones.

    Raises:
        MatterFileError: it is not a 调度单, or a cell cannot be parsed.
        FileNotFoundError: there is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(2, "", str(path))
    try:
        sheets = list(read_sheets(guard(read_bytes(path), path.suffix)))
    except Refused as refused:
        raise MatterFileError(path.name, [refused.finding.message.rstrip("。")]) from None
    for sheet in sheets:
        columns, head = _columns(sheet)
        if columns:
            break
    else:
        missing = "、".join(REQUIRED)
        raise MatterFileError(path.name, [f"里面没有“{SHEET}”表，表头要有{missing}"])
    problems: list[str] = []
    rows = tuple(
        row
        for number in range(head + 1, len(sheet.rows) + 1)
        if (row := _row(sheet, number, columns, problems)) is not None
    )
    if problems:
        raise MatterFileError(path.name, problems)
    return rows


def _columns(sheet: Sheet) -> tuple[dict[MatterColumn, int], int]:
    known = {tidy(column): column for column in MatterColumn}
    for number in range(1, min(len(sheet.rows), _ROWS_TO_SEARCH) + 1):
        found: dict[MatterColumn, int] = {}
        for place in range(1, len(sheet.rows[number - 1]) + 1):
            column = known.get(tidy(sheet.text(number, place)))
            if column is not None:
                found.setdefault(column, place)
        if all(column in found for column in REQUIRED):
            return found, number
    return {}, 0


def _row(
    sheet: Sheet, number: int, columns: Mapping[MatterColumn, int], problems: list[str]
) -> MatterRow | None:
    def cell(column: MatterColumn) -> Cell | None:
        place = columns.get(column)
        return None if place is None else sheet.cell(number, place)

    def text(column: MatterColumn) -> str:
        found = cell(column)
        content = "" if found is None else found.text.strip()
        if found is not None and len(content) > _LONGEST:
            problems.append(f"{sheet.name}!{found.address} 超过 {_LONGEST} 个字")
        return content

    def day(column: MatterColumn) -> date | None:
        found = cell(column)
        if found is None or not found.text.strip():
            return None
        value = read_day(found).value
        if isinstance(value, date):
            return value
        problems.append(
            f"{sheet.name}!{found.address} 的“{column}”应是日期，如 2026-12-07，"
            f"现在是“{found.text[:20]}”"
        )
        return None

    filled = [column for column in columns if column != MatterColumn.LIGHT and text(column)]
    # The note below the table fills only the first column.
    if not filled or (filled == [MatterColumn.NUMBER] and not text(MatterColumn.TITLE)):
        return None
    first = sheet.cell(number, columns[MatterColumn.NUMBER])
    return MatterRow(
        where=f"{sheet.name}!{first.address}",
        number=text(MatterColumn.NUMBER),
        title=text(MatterColumn.TITLE),
        agency=text(MatterColumn.AGENCY),
        deadline=day(MatterColumn.DEADLINE),
        state=text(MatterColumn.STATE),
        settled=day(MatterColumn.SETTLED),
        note=text(MatterColumn.NOTE) if MatterColumn.NOTE in columns else None,
    )
