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
from qiyx_xl.papers.phrases import counted_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qiyx_xl.core.checks.fast_path import Recognised
    from qiyx_xl.core.checks.row_checks import RowContext
    from qiyx_xl.core.findings.model import Finding, FindingKind

_DIGITS = 15  # the significant digits that a sheet shows of a number
FlatRow = dict[str, str | float | None]

_TYPE_WORDS = {
    "string": "文字",
    "number": "数字",
    "integer": "整数",
    "boolean": "是或否",
    "null": "空白",
}


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
        keyword = error.kind.name
        if error.instance_path:
            key = str(error.instance_path[0])
        else:
            # A missing property is reported for the whole row; the error names the property.
            key = str(getattr(error.kind, "property", "") or "code")
        limit = getattr(error.kind, "limit", None)
        spec = next((spec for spec in self.columns.specs if spec.key == key), None)
        cell = case.row.cell(key)
        text = cell.error or cell.text
        kind, expected = said(keyword, limit, self.schema["properties"].get(key, {}))
        if keyword == "type" and not text:
            kind = say.SCHEMA_REQUIRED
        return kind.at(
            case.form.sheet,
            cell.address or None,
            header=case.form.header(key) or (spec.header if spec is not None else key),
            value=text,
            expected=expected if spec is None else spec.messages.get(keyword, expected),
            length=len(text),
        )


def said(keyword: str, limit: Any, rule: dict[str, Any]) -> tuple[FindingKind, str]:
    """Return the kind of finding for a schema keyword, and the phrase for what is expected."""
    match keyword:
        case "required":
            return say.SCHEMA_REQUIRED, ""
        case "type":
            types = rule.get("type", [])
            names = [types] if isinstance(types, str) else types
            words = [_TYPE_WORDS.get(name, name) for name in names if name != "null"]
            return say.SCHEMA_TYPE, f"填{'或'.join(words)}"
        case "enum" | "const":
            choices = [str(one) for one in rule.get("enum", [rule.get("const")]) if one is not None]
            only, listed = len(choices) == 1, counted_names(choices)
            return say.SCHEMA_CHOICE, f"填“{listed}”" if only else f"从“{listed}”中选一个"
        case "minimum" | "exclusiveMinimum":
            return say.SCHEMA_RANGE, f"{'不小于' if keyword == 'minimum' else '大于'} {limit}"
        case "maximum" | "exclusiveMaximum":
            return say.SCHEMA_RANGE, f"{'不大于' if keyword == 'maximum' else '小于'} {limit}"
        case "multipleOf":
            return say.SCHEMA_RANGE, f"是 {rule.get('multipleOf')} 的倍数"
        case "minLength":
            return say.SCHEMA_LENGTH, f"不少于 {limit} 个字"
        case "maxLength":
            return say.SCHEMA_LENGTH, f"不超过 {limit} 个字"
        case "pattern" | "format":
            return say.SCHEMA_PATTERN, "按填报说明填写"
        case _:
            return say.SCHEMA_OTHER, "按填报说明填写"


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
