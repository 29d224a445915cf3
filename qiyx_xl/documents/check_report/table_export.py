"""How all findings of a batch are exported as a table for other programs: Parquet or CSV.

Findings are written while they are read, so that any number of them fits into memory.
"""

from __future__ import annotations

import csv
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.core.primitives.legible import inert
from qiyx_xl.files.placing import placing, written
from qiyx_xl.files.untrusted_text import looks_live

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from qiyx_xl.core.records.submission import Submission
    from qiyx_xl.files.placing import Placement

ROWS_PER_PART = 1_000_000
ROWS_AT_ONCE = 5000  # in memory
CSV = ".csv"


class FindingsTableError(QiyxError):
    """The table cannot be written; the message is one Chinese sentence with a cure."""


class FindingRow(NamedTuple):
    """One finding. ``severity`` is error or warning; fields that do not apply are None."""

    path: str
    sha256: str
    status: str
    agency: str | None
    period: str | None
    code: str
    severity: str
    sheet: str | None
    cell: str | None
    header: str | None
    value: str | None
    message: str
    suggestion: str | None


def write_findings(
    target: Path, submissions: Iterable[Submission], *, within: Placement | None = None
) -> int:
    """Write all findings into one .csv file or into a folder of Parquet files.

    The same input gives the same bytes. An existing .csv is replaced; of an existing folder, only
    the parts of an earlier table are replaced or removed.

    Args:
        target: a file name ending in ``.csv``, or a folder.
        submissions: the files checked, in the order in which to list them.
        within: the placement with whose other files this table appears; by default it appears
            alone.

    Returns:
        The number of findings.

    Raises:
        FindingsTableError: pyarrow is needed and not installed, or the folder is a file.
        OSError: the table cannot be written.
    """
    rows = _rows(submissions)
    if target.suffix.lower() == CSV:
        return _write_csv(target, rows, within)
    if within is not None:
        return _write_parts(target, rows, within)
    with placing() as parts:
        return _write_parts(target, rows, parts)


def _rows(submissions: Iterable[Submission]) -> Iterator[FindingRow]:
    for submission in submissions:
        period = None if submission.period is None else str(submission.period)
        for finding in submission.findings:
            yield FindingRow(
                path=submission.shown_path,
                sha256=submission.sha256,
                status=submission.status.value,
                agency=submission.agency,
                period=period,
                code=finding.code,
                severity=finding.severity.value,
                sheet=finding.sheet,
                cell=finding.cell,
                header=finding.header,
                value=finding.value,
                message=finding.message,
                suggestion=finding.suggestion,
            )


def _write_csv(target: Path, rows: Iterator[FindingRow], within: Placement | None) -> int:
    count = 0
    with (
        written(target, within) as fresh,
        # Excel recognises UTF-8 by the byte order mark at the beginning.
        fresh.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(FindingRow._fields)
        for row in rows:
            writer.writerow([_as_text(cell) for cell in row])
            count += 1
    return count


def _as_text(cell: str | None) -> str:
    # A spreadsheet program opens text that begins like a formula as one; a tab prevents that.
    if cell is None:
        return ""
    text = inert(cell)
    return f"\t{text}" if looks_live(text) else text


def _write_parts(folder: Path, rows: Iterator[FindingRow], within: Placement) -> int:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise FindingsTableError(
            "写 Parquet 要先装组件：python -m pip install pyarrow；"
            "或者把 --findings 写成以 .csv 结尾的文件名。"
        ) from error
    if folder.exists() and not folder.is_dir():
        raise FindingsTableError(
            f"“{folder}”是一个文件。请给 --findings 一个文件夹，或以 .csv 结尾的文件名。"
        )
    schema = pa.schema([(name, pa.string()) for name in FindingRow._fields])
    count, part = 0, 0
    ahead = next(rows, None)
    while part == 0 or ahead is not None:
        with (
            within.new(folder / _part_name(part)) as path,
            parquet.ParquetWriter(path, schema, compression="zstd") as writer,
        ):
            of_part = islice(chain(() if ahead is None else (ahead,), rows), ROWS_PER_PART)
            while chunk := list(islice(of_part, ROWS_AT_ONCE)):
                columns = [pa.array(column, pa.string()) for column in zip(*chunk, strict=True)]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                count += len(chunk)
        part += 1
        ahead = next(rows, None)
    fresh = {_part_name(number) for number in range(part)}
    for old in sorted(folder.glob("part-*.parquet")):
        if old.name not in fresh:
            within.remove(old)
    return count


def _part_name(number: int) -> str:
    return f"part-{number:05}.parquet"
