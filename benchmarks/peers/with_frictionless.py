"""The check with frictionless, which gets the sheet's name and the header row as settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frictionless import Dialect, Resource, Schema, formats, system

if TYPE_CHECKING:
    from pathlib import Path

_SHEET, _HEADER_ROW = "填报表", 4
_LONGEST = {"指标编码": 40, "情况说明": 2000}
_HEADERS = [
    "指标编码",
    "类别",
    "指标名称",
    "计量单位",
    "目标值",
    "上期值",
    "本期实际值",
    "补充项",
    "补充值",
    "情况说明",
]


def _field(header: str) -> dict[str, object]:
    if header == "本期实际值":
        return {"name": header, "type": "number"}
    longest = _LONGEST.get(header)
    limits = {} if longest is None else {"constraints": {"maxLength": longest}}
    return {"name": header, "type": "string" if longest else "any"} | limits


SCHEMA = Schema.from_descriptor({"fields": [_field(header) for header in _HEADERS]})


def validate(path: Path) -> list[str]:
    """Return one line per error of a workbook."""
    resource = Resource(
        path=str(path),
        schema=SCHEMA,
        dialect=Dialect(
            header_rows=[_HEADER_ROW],
            skip_blank_rows=True,
            controls=[formats.ExcelControl(sheet=_SHEET)],
        ),
    )
    return [
        f"{path.name} {_SHEET} {place} {message}"
        for place, message in resource.validate().flatten(["rowNumber", "message"])
    ]


def validate_all(paths: list[Path]) -> int:
    """Return how many errors there are in all the workbooks."""
    with system.use_context(trusted=True):
        return sum(len(validate(path)) for path in paths)
