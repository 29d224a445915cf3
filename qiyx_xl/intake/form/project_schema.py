"""Which rows of the sheets of projects and tasks violate the schema of their rows.

It is ``schemas/project-submission.schema.json``; its ``x-header`` and ``x-aliases`` are the only
table of those sheets' headers. Its violations are reported with the same codes as those of the
form's schema: V301 to V307.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell_parser import read_number
from qiyx_xl.core.forms.date_parser import read_day
from qiyx_xl.core.primitives.values import Absence, plain
from qiyx_xl.core.projects.forms import LIVELIHOOD_SHEET, MAJOR_SHEET, Headers, ProjectColumn
from qiyx_xl.core.tasks.forms import TASK_SHEET, TaskColumn
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.schema_messages import cell_message, violated_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from enum import StrEnum

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.forms.vocabulary import FormRow
    from qiyx_xl.core.projects.rows import ListedTable

_SCHEMA = "schemas/project-submission.schema.json"
_KINDS = {MAJOR_SHEET: "major", LIVELIHOOD_SHEET: "livelihood", TASK_SHEET: "task"}
_COLUMNS: dict[str, StrEnum] = {
    str(column): column for columns in (ProjectColumn, TaskColumn) for column in columns
}
_NUMBERS = (ProjectColumn.MONEY, ProjectColumn.DONE)


@dataclass(frozen=True)
class ProjectRows:
    """The compiled rules of one kind of sheet; ``_keys`` are the schema's keys by column.

    ``first`` is the column of the codes, which is the schema's first.
    """

    rules: Mapping[str, Any]
    headers: Headers
    first: StrEnum
    _keys: Mapping[StrEnum, str]
    _validator: Any

    @classmethod
    def compile(cls, rules: Mapping[str, Any]) -> ProjectRows:
        """Compile the rules of one kind of sheet.

        Raises:
            ValueError: it is not a schema, or names a column that does not exist.
        """
        import jsonschema_rs

        keys = {_column(rule["x-header"]): key for key, rule in rules["properties"].items()}
        aliases = {
            str(column): tuple(rules["properties"][key].get("x-aliases", ()))
            for column, key in keys.items()
        }
        validator = jsonschema_rs.Draft202012Validator(dict(rules))
        return cls(rules, Headers.of(aliases), next(iter(keys)), keys, validator)

    def judge(self, table: ListedTable) -> Iterator[Finding]:
        """Yield a finding for each rule of the schema that a row breaks."""
        columns = {key: column for column, key in self._keys.items()}
        for row in table.rows:
            for error in self._validator.iter_errors(self._flat_row(row)):
                key = violated_key(error)
                rule = self.rules["properties"].get(key, {})
                kind, expected = cell_message(error, rule)
                column = columns.get(key, self.first)
                cell = row.cell(column)
                text = cell.error or cell.text
                if error.kind.name == "type" and not text:
                    kind = say.SCHEMA_REQUIRED
                yield kind.at(
                    table.sheet,
                    cell.address or None,
                    header=table.header(column),
                    value=text,
                    expected=rule.get("x-messages", {}).get(error.kind.name, expected),
                    length=len(text),
                )

    def _flat_row(self, row: FormRow) -> dict[str, str | float | None]:
        return {
            key: _value(row, column) for column, key in self._keys.items() if column in row.cells
        }


def _column(header: str) -> StrEnum:
    column = _COLUMNS.get(header)
    if column is None:
        raise ValueError(f"no column {header}")
    return column


def _value(row: FormRow, column: StrEnum) -> str | float | None:
    """Convert a cell for the schema: numbers as floats, days and words as text, blanks as None."""
    cell = row.cell(column)
    value: object = cell.text or None
    if column in _NUMBERS:
        value = read_number(cell, "").value
    elif column is ProjectColumn.DAY:
        value = read_day(cell).value
    match value:
        case Decimal():
            return float(plain(value))
        case date():
            return value.isoformat()
        case None | Absence.NOT_REPORTED:
            return None
        case _:
            return cell.error or cell.text


@cache
def project_rows() -> Mapping[str, ProjectRows]:
    """Return the shipped rules by kind of sheet (cached)."""
    kinds = json.loads(read_text(_SCHEMA))["$defs"]
    return {sheet: ProjectRows.compile(kinds[name]) for sheet, name in _KINDS.items()}


def judge_projects(tables: Iterable[ListedTable]) -> list[Finding]:
    """Return the schema's findings about the sheets of projects and tasks."""
    rules = project_rows()
    return [finding for table in tables for finding in rules[table.kind].judge(table)]
