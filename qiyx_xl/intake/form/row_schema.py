"""Which rows of a form violate ``schemas/submission.schema.json``.

The schema validates one flat row at a time. The engine's English message is never shown: its
keyword is mapped to a finding in Chinese with a code, at the cell in question.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl.core import findings as say
from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.intake.form.finder import FormColumns, submission_schema
from qiyx_xl.intake.office_files.schema_messages import cell_message, violated_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qiyx_xl.core.checks.fast_path import Recognised
    from qiyx_xl.core.checks.row_checks import RowContext
    from qiyx_xl.core.findings.model import Finding

_DIGITS = 15  # the significant digits that a sheet shows of a number
FlatRow = dict[str, str | float | None]


@dataclass(frozen=True)
class RowSchema:
    """A compiled schema of rows, with the columns that it describes."""

    schema: dict[str, Any]
    columns: FormColumns
    _row: Any
    _rows: Any

    @classmethod
    def compile(cls, schema: dict[str, Any]) -> RowSchema:
        """Compile a schema.

        Raises:
            ValueError: it is not a schema, or two columns have the same header.
        """
        import jsonschema_rs

        compiled = jsonschema_rs.Draft202012Validator
        rows = {"type": "array", "items": schema}
        return cls(schema, FormColumns.from_schema(schema), compiled(schema), compiled(rows))

    def accepts(self, plain: Sequence[Recognised]) -> bool:
        """Whether all plain rows are valid against the schema."""
        rows = []
        for window, (_, number, remark, _), last in plain:
            row = window.blank.copy()
            row["last"], row["actual"] = last, _as_shown(number)
            row["remark"] = remark or None
            rows.append(row)
        return not rows or self._rows.is_valid(rows)

    def judge(self, cases: Sequence[RowContext]) -> Iterator[Finding]:
        """Yield a finding for each rule of the schema that a row breaks."""
        rows = [flat_row(case) for case in cases]
        if self._rows.is_valid(rows):
            return
        for case, row in zip(cases, rows, strict=True):
            for error in self._row.iter_errors(row):
                yield self._finding(case, error)

    def _finding(self, case: RowContext, error: Any) -> Finding:
        key = violated_key(error)
        spec = next((spec for spec in self.columns.specs if spec.key == key), None)
        cell = case.row.cell(key)
        text = cell.error or cell.text
        kind, expected = cell_message(error, self.schema["properties"].get(key, {}))
        if error.kind.name == "type" and not text:
            kind = say.SCHEMA_REQUIRED
        return kind.at(
            case.form.sheet,
            cell.address or None,
            header=case.form.header(key) or (spec.header if spec is not None else key),
            value=text,
            expected=expected if spec is None else spec.messages.get(error.kind.name, expected),
            length=len(text),
        )


def flat_row(case: RowContext) -> FlatRow:
    """Convert a row for the schema: numbers as floats, words as text, blanks as None."""
    row: FlatRow = {}
    for key in case.row.cells:
        cell = case.row.cell(key)
        row[key] = (cell.error or cell.text) or None
    for key, reading in (("actual", case.reading), ("second", case.second)):
        if reading is None or key not in row:
            continue
        match reading.value:
            case Decimal():
                row[key] = float(reading.value)
            case Absence.NOT_REPORTED:
                row[key] = None
    # A row that was recognised by its name gets its item's code.
    row["code"] = row.get("code") or case.item.code
    return row


def _as_shown(number: float) -> float:
    """Round a number to the digits that a sheet shows."""
    return number if len(repr(number)) <= _DIGITS else float(f"{number:.{_DIGITS}g}")


@cache
def row_schema() -> RowSchema:
    """Return the shipped schema, compiled (cached)."""
    return RowSchema.compile(submission_schema())
