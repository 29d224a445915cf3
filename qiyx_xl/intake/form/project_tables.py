"""Where 重大项目, 民生实事 and 重点任务 are in a workbook, found by their headers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.forms.cell import squeeze
from qiyx_xl.core.forms.vocabulary import FORM_SHEET, HELP_SHEET, IDENTITY_SHEET, FormRow
from qiyx_xl.core.primitives.text import tidy
from qiyx_xl.core.projects.forms import LIVELIHOOD_SHEET, MAJOR_SHEET, ProjectColumn
from qiyx_xl.core.projects.rows import ListedTable
from qiyx_xl.core.tasks.forms import TASK_SHEET, TASK_TO_FILL, TaskColumn
from qiyx_xl.intake.form.project_schema import project_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from enum import StrEnum

    from qiyx_xl.core.projects.forms import Headers
    from qiyx_xl.intake.workbook.reader import Sheet

_ROWS_TO_SEARCH = 30
_HEADERS_TO_KNOW = 3
_CODE = re.compile(r"[A-Za-z]{1,4}[0-9]{1,4}(?:[-—–－][0-9]{1,3}){0,4}")
PROJECT_SHEETS = (MAJOR_SHEET, LIVELIHOOD_SHEET)
TASK_SHEETS = (TASK_SHEET,)


class _Kind(NamedTuple):
    """One kind of sheet: the columns of which it has one, and those that agencies fill in."""

    name: str
    own: frozenset[StrEnum]
    code: StrEnum
    filled: tuple[StrEnum, ...]


_KINDS = (
    _Kind(
        MAJOR_SHEET,
        frozenset({ProjectColumn.DAY, ProjectColumn.MONEY}),
        ProjectColumn.CODE,
        (ProjectColumn.DAY, ProjectColumn.MONEY),
    ),
    _Kind(
        LIVELIHOOD_SHEET,
        frozenset({ProjectColumn.DONE}),
        ProjectColumn.CODE,
        (ProjectColumn.DONE,),
    ),
    _Kind(
        TASK_SHEET,
        frozenset({TaskColumn.STATE, TaskColumn.WORDS}),
        TaskColumn.CODE,
        TASK_TO_FILL,
    ),
)


class ListedTables:
    """Filters the sheets of projects and tasks out of a workbook and collects their tables.

    ``sought`` are the kinds of which the office has something. Sheets of another kind are
    recognised by name only, and left out without reading.
    """

    def __init__(self, sought: Collection[str]) -> None:
        self._kinds = [kind for kind in _KINDS if kind.name in sought]
        self._left_out = {kind.name for kind in _KINDS} - set(sought)
        self.found: list[ListedTable] = []

    def of(self, kinds: Collection[str]) -> list[ListedTable]:
        """Return the tables found of some kinds."""
        return [table for table in self.found if table.kind in kinds]

    def passing(self, sheets: Iterable[Sheet]) -> Iterator[Sheet]:
        """Yield the sheets that are of no such kind; collect the tables of others."""
        for sheet in sheets:
            table = None
            if sheet.name in self._left_out:
                continue
            if self._kinds and sheet.name not in (FORM_SHEET, HELP_SHEET, IDENTITY_SHEET):
                table = _table(sheet, self._kinds)
            if table is None:
                yield sheet
            else:
                self.found.append(table)


def _table(sheet: Sheet, kinds: Iterable[_Kind]) -> ListedTable | None:
    for number in range(1, min(len(sheet.rows), _ROWS_TO_SEARCH) + 1):
        texts = {
            column: text
            for column in range(1, len(sheet.rows[number - 1]) + 1)
            if (text := sheet.text(number, column))
        }
        if len(texts) < _HEADERS_TO_KNOW:
            continue
        for kind in kinds:
            columns = _head(texts, project_rows()[kind.name].headers)
            if len(columns) >= _HEADERS_TO_KNOW and kind.own & columns.keys():
                # A sheet of indicators has some of the same headers, so the sheet's name or the
                # header of the codes is required, too.
                is_ours = kind.name in sheet.name or any(
                    tidy(text) == tidy(kind.code) for text in texts.values()
                )
                if is_ours and kind.code in columns:
                    return _rows(sheet, kind, number, columns)
    return None


def _head(texts: dict[int, str], headers: Headers) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, text in texts.items():
        key = headers.key(text)
        # A header exactly as printed takes precedence over an alias.
        if key is not None and (key not in columns or tidy(text) == tidy(key)):
            columns[key] = column
    return columns


def _rows(sheet: Sheet, kind: _Kind, head: int, columns: dict[str, int]) -> ListedTable:
    rows = []
    for number in range(head + 1, len(sheet.rows) + 1):
        cells = {key: sheet.cell(number, column) for key, column in columns.items()}
        code = squeeze(cells[kind.code].text)[0]
        filled = any(not cells[key].is_blank for key in kind.filled if key in cells)
        if _CODE.fullmatch(code) or filled:
            rows.append(FormRow(number, cells))
    headers = {key: sheet.cell(head, column) for key, column in columns.items()}
    return ListedTable(kind.name, sheet.name, headers, tuple(rows))
