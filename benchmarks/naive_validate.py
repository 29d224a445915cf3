"""The validator one would write by hand in an afternoon: openpyxl, jsonschema and a loop.

It is written fairly: the validator is made once, only values are read, and every error is collected
with its cell. It finds the template's header row and trusts everything else: no protection against
hostile files, no tolerance, no units, no magnitudes, no percent formats, no comparison with
earlier values.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import openpyxl

from qiyx_xl.data import read_text

if TYPE_CHECKING:
    from pathlib import Path


def validate(path: Path, validator: jsonschema.Draft202012Validator) -> list[str]:
    """Return one line per error of a workbook."""
    headers = {
        about["x-header"]: key
        for key, about in validator.schema["properties"].items()
        if "x-header" in about
    }
    book = openpyxl.load_workbook(path, data_only=True)
    errors = []
    for sheet in book:
        columns: dict[str, int] = {}
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if not columns:
                found = {headers[str(v).strip()]: at for at, v in enumerate(row)
                         if v is not None and str(v).strip() in headers}  # fmt: skip
                columns = found if len(found) > 2 else {}
                continue
            if row[columns["code"]] is None or row[columns["name"]] is None:
                continue
            record = {key: row[at] for key, at in columns.items()}
            record["code"] = str(record["code"])
            for error in validator.iter_errors(record):
                key = error.absolute_path[0] if error.absolute_path else "code"
                place = sheet.cell(number, columns[key] + 1).coordinate
                errors.append(f"{path.name} {sheet.title}!{place} {error.message}")
            if not isinstance(record["actual"], int | float):
                place = sheet.cell(number, columns["actual"] + 1).coordinate
                errors.append(f"{path.name} {sheet.title}!{place} not a number")
    return errors


def validate_all(paths: list[Path]) -> int:
    """Return how many errors there are in all the workbooks."""
    schema = json.loads(read_text("schemas/submission.schema.json"))
    validator = jsonschema.Draft202012Validator(schema)
    return sum(len(validate(path, validator)) for path in paths)
