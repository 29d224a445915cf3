"""All findings of a batch as a table for other programs: Parquet or CSV, however many there are.

Nothing is gathered in memory: findings are written as they are read, in parts.
"""

from __future__ import annotations

import csv
import itertools
import shutil
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.documents.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from qiyx_xl.core.submissions import Submission

ROWS_PER_PART = 1_000_000
ROWS_AT_ONCE = 5000  # in memory
CSV = ".csv"


class FindingsTableError(RuntimeError):
    """The table cannot be written; the message is one Chinese sentence with a cure."""


class FindingRow(NamedTuple):
    """One finding. ``severity`` is error or warning; what does not apply is None."""

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


def write_findings(target: Path, submissions: Iterable[Submission]) -> int:
    """Write all findings into one .csv file, or else into a folder of Parquet files.

    The same input gives the same bytes. A table of that name is replaced; in a folder only the
    parts of an earlier table are.

    Args:
        target: a file name ending in ``.csv``, or a folder.
        submissions: the files checked, in the order to list them.

    Returns:
        How many findings there are.

    Raises:
        FindingsTableError: Parquet is asked for and not installed, or the folder is a file.
        OSError: it cannot be written.
    """
    rows = _rows(submissions)
    return _write_csv(target, rows) if target.suffix.lower() == CSV else _write_parts(target, rows)


def _rows(submissions: Iterable[Submission]) -> Iterator[FindingRow]:
    for one in submissions:
        period = None if one.period is None else str(one.period)
        for finding in one.findings:
            yield FindingRow(
                path=one.shown_path,
                sha256=one.sha256,
                status=one.status.value,
                agency=one.agency,
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


def _write_csv(target: Path, rows: Iterator[FindingRow]) -> int:
    count = 0
    with (
        replacing(target) as fresh,
        # The mark at the beginning tells Excel that it is UTF-8.
        fresh.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(FindingRow._fields)
        for row in rows:
            writer.writerow([_as_text(cell) for cell in row])
            count += 1
    return count


def _as_text(cell: str | None) -> str:
    # What begins like a formula would be one to a spreadsheet; a tab before it makes it text.
    if cell is None:
        return ""
    return f"\t{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _write_parts(folder: Path, rows: Iterator[FindingRow]) -> int:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise FindingsTableError(
            '写 Parquet 要先装组件：python -m pip install "qiyx-xl[cluster]"；'
            "或者把 --findings 写成以 .csv 结尾的文件名。"
        ) from error
    if folder.exists() and not folder.is_dir():
        raise FindingsTableError(
            f"“{folder}”是一个文件。请给 --findings 一个文件夹，或以 .csv 结尾的文件名。"
        )
    schema = pa.schema([(name, pa.string()) for name in FindingRow._fields])
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    count = 0
    try:
        for part in itertools.count():
            path = fresh / _part_name(part)
            with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
                written = 0
                while chunk := list(islice(rows, min(ROWS_AT_ONCE, ROWS_PER_PART - written))):
                    columns = [pa.array(column, pa.string()) for column in zip(*chunk, strict=True)]
                    writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                    written += len(chunk)
            count += written
            if written == 0 and part > 0:
                path.unlink()
            if written < ROWS_PER_PART:
                break
        _put_in_place(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return count


def _part_name(number: int) -> str:
    return f"part-{number:05}.parquet"


def _put_in_place(fresh: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("part-*.parquet"):
        old.unlink()
    for part in sorted(fresh.iterdir()):
        part.replace(folder / part.name)
