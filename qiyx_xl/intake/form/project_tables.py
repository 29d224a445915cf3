"""Where the sheets 重大项目 and 民生实事 are in a workbook, found by their headers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qiyx_xl.core.forms.cell import squeeze
from qiyx_xl.core.forms.vocabulary import FORM_SHEET, HELP_SHEET, IDENTITY_SHEET, FormRow
from qiyx_xl.core.primitives.text import tidy
from qiyx_xl.core.projects.checks import ProjectTable
from qiyx_xl.core.projects.forms import LIVELIHOOD_SHEET, MAJOR_SHEET, ProjectColumn
from qiyx_xl.intake.form.project_schema import project_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qiyx_xl.core.projects.forms import Headers
    from qiyx_xl.intake.workbook.reader import Sheet

_ROWS_TO_SEARCH = 30
_HEADERS_TO_KNOW = 3
_CODE = re.compile(r"[A-Za-z]{1,4}[0-9]{1,4}(?:-[0-9]{1,3})?")
_FILLED_IN = (ProjectColumn.DAY, ProjectColumn.MONEY, ProjectColumn.DONE)
_KINDS = (
    (MAJOR_SHEET, frozenset({ProjectColumn.DAY, ProjectColumn.MONEY})),
    (LIVELIHOOD_SHEET, frozenset({ProjectColumn.DONE})),
)


class ProjectTables:
    """Filters the project sheets out of a workbook's sheets and collects their tables.

    ``is_sought`` is False for an office that lists no project: then the project sheets are
    recognised by name only, and left out without reading.
    """

    def __init__(self, *, is_sought: bool) -> None:
        self._is_sought = is_sought
        self.found: list[ProjectTable] = []

    def passing(self, sheets: Iterable[Sheet]) -> Iterator[Sheet]:
        """Yield the sheets that are not about projects; collect the tables of others."""
        for sheet in sheets:
            table = None
            if not self._is_sought and sheet.name in (MAJOR_SHEET, LIVELIHOOD_SHEET):
                continue
            if self._is_sought and sheet.name not in (FORM_SHEET, HELP_SHEET, IDENTITY_SHEET):
                table = _table(sheet)
            if table is None:
                yield sheet
            else:
                self.found.append(table)


def _table(sheet: Sheet) -> ProjectTable | None:
    for number in range(1, min(len(sheet.rows), _ROWS_TO_SEARCH) + 1):
        texts = {
            column: text
            for column in range(1, len(sheet.rows[number - 1]) + 1)
            if (text := sheet.text(number, column))
        }
        if len(texts) < _HEADERS_TO_KNOW:
            continue
        for kind, own in _KINDS:
            columns = _head(texts, project_rows()[kind].headers)
            if len(columns) >= _HEADERS_TO_KNOW and own & columns.keys():
                # A sheet of indicators has some of the same headers, so the sheet's name or the
                # header 项目编码 is required, too.
                is_ours = kind in sheet.name or any(
                    tidy(text) == tidy(ProjectColumn.CODE) for text in texts.values()
                )
                if is_ours and ProjectColumn.CODE in columns:
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


def _rows(sheet: Sheet, kind: str, head: int, columns: dict[str, int]) -> ProjectTable:
    rows = []
    for number in range(head + 1, len(sheet.rows) + 1):
        cells = {key: sheet.cell(number, column) for key, column in columns.items()}
        code = squeeze(cells[ProjectColumn.CODE].text)[0]
        filled = any(not cells[key].is_blank for key in _FILLED_IN if key in cells)
        if _CODE.fullmatch(code) or filled:
            rows.append(FormRow(number, cells))
    headers = {key: sheet.cell(head, column) for key, column in columns.items()}
    return ProjectTable(kind, sheet.name, headers, tuple(rows))
