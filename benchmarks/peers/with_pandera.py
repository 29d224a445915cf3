"""The check with pandera: pandas reads with calamine, pandera checks each sheet as a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa

if TYPE_CHECKING:
    from pathlib import Path

_CODE, _NAME, _ACTUAL, _REMARK = "指标编码", "指标名称", "本期实际值", "情况说明"


def _is_number(column: Any) -> Any:
    return column.map(lambda value: isinstance(value, int | float) and value == value)  # noqa: PLR0124


def _is_short(longest: int) -> pa.Check:
    return pa.Check(lambda column: column.astype(str).str.len() <= longest, name=f"≤ {longest}")


SCHEMA = pa.DataFrameSchema(
    {
        _CODE: pa.Column(object, _is_short(40)),
        _NAME: pa.Column(object),
        _ACTUAL: pa.Column(object, pa.Check(_is_number, name="a number"), nullable=True),
        _REMARK: pa.Column(object, _is_short(2000), nullable=True),
    }
)


def validate(path: Path) -> list[str]:
    """Return one line per error of a workbook."""
    errors = []
    sheets = pd.read_excel(path, sheet_name=None, header=None, engine="calamine", dtype=object)
    for name, sheet in sheets.items():
        heads = sheet.index[(sheet == _CODE).any(axis=1)] if len(sheet) else []
        if len(heads) == 0:
            continue
        frame = sheet.loc[heads[0] + 1 :]
        frame.columns = sheet.loc[heads[0]]
        frame = frame[frame[_CODE].notna() & frame[_NAME].notna()]
        try:
            SCHEMA.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as found:
            letters = {head: chr(65 + at) for at, head in enumerate(frame.columns)}
            errors += [
                f"{path.name} {name}!{letters[case.column]}{case.index + 1} {case.check}"
                for case in found.failure_cases.itertuples(index=False)
            ]
    return errors


def validate_all(paths: list[Path]) -> int:
    """Return how many errors there are in all the workbooks."""
    return sum(len(validate(path)) for path in paths)
