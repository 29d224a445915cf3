"""How answers look on a terminal: tables and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.table import Table
    from rich.text import Text

    from qiyx_xl.app import ValidationReport
    from qiyx_xl.core.rating.rate import Light
    from qiyx_xl.core.records.submission import Submission

_STYLES = {"green": "bold green", "amber": "bold yellow", "red": "bold red", "grey": "dim"}


def table(title: str, header: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table for the console; every cell is plain text, never markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from qiyx_xl.core.primitives.legible import inert

    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for name in header:
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(*(Text(inert(cell)) if isinstance(cell, str) else cell for cell in row))
    return made


def lamp(light: Light, words: str) -> Text:
    """Return a lamp's word in its colour."""
    from rich.text import Text

    return Text(words, style=_STYLES[light.value])


def finding_lines(submission: Submission) -> list[str]:
    """Return one line per finding: file ▸ sheet!cell [code] sentence."""
    return [f"{submission.shown_name} ▸ {finding}" for finding in submission.findings]


def summary(report: ValidationReport) -> str:
    """Return how many files passed, must go back, or could not be read."""
    from qiyx_xl.core.findings.model import Severity
    from qiyx_xl.core.records.submission import SubmissionStatus

    returned = report.count(SubmissionStatus.RETURNED)
    errors = sum(
        finding.severity is Severity.ERROR
        for one in report.flagged()
        if one.status is SubmissionStatus.RETURNED
        for finding in one.findings
    )
    unreadable = report.count(SubmissionStatus.UNREADABLE)
    text = (
        f"共 {len(report.submissions)} 份："
        f"通过 {report.count(SubmissionStatus.ACCEPTED)} 份，需退回 {returned} 份"
    )
    text += f"（{errors} 处必须改）" if returned else ""
    return f"{text}，读不了 {unreadable} 份。"
