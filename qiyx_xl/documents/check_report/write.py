"""How the report on a batch is written: as a workbook to filter, or as a page to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.documents.check_report.summary import CheckSummary
from qiyx_xl.files.placing import written

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import Submission
    from qiyx_xl.files.placing import Placement


class ReportNameError(QiyxError):
    """The suffix of the report's path is not supported."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"校验报告只能存成 .xlsx 或 .html，现在是“{path.name}”。", "请改文件名的后缀。"
        )


def write_report(
    path: Path,
    submissions: Iterable[Submission],
    *,
    rules_version: str,
    period: Period | None,
    today: date,
    within: Placement | None = None,
) -> None:
    """Write the report; the same input gives the same bytes.

    The file appears complete or not at all; an existing file is replaced. If ``submissions`` is a
    sequence, it is not copied: one that parses its submissions on access stays out of memory.

    Args:
        path: where to write; the suffix selects the format.
        submissions: the files checked, in the order in which to list them.
        rules_version: the version of the rules by which they were checked.
        period: the period for which they were requested; None if any was accepted.
        today: the day printed on the report.
        within: the placement with whose other files the report appears; by default it appears
            alone.

    Raises:
        ReportNameError: the suffix is neither ``.xlsx`` nor ``.html``.
        OSError: the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in {".xlsx", ".html"}:
        raise ReportNameError(path)
    listed = submissions if isinstance(submissions, Sequence) else tuple(submissions)
    summary = CheckSummary(listed, rules_version, period, today)
    with written(path, within) as target:
        if suffix == ".xlsx":
            from qiyx_xl.documents.check_report.xlsx import write_workbook

            write_workbook(target, summary)
        else:
            from qiyx_xl.documents.check_report.html import render_page

            with target.open("w", encoding="utf-8", newline="") as file:
                file.writelines(render_page(summary))
