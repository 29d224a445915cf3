"""Many files: which to read, and each one's verdict, whatever the others do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core import catalogue as say
from qiyx_xl.core.duplicates import check_together
from qiyx_xl.core.setting import Setting
from qiyx_xl.intake.files import check_file
from qiyx_xl.intake.guard import looks_like_a_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qiyx_xl.core.findings import Finding
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.rules import Rules
    from qiyx_xl.core.submissions import History, Submission

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".xltx", ".xltm"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was passed over, and why."""

    path: Path
    finding: Finding

    @property
    def reason(self) -> str:
        """Why, as one Chinese sentence."""
        return self.finding.message


def collect_files(paths: Sequence[Path]) -> tuple[list[Path], list[Skipped]]:
    """Return the workbooks under files and folders, sorted within each folder, each once.

    Hidden files and folders are passed over silently; temporary files, links and what is no
    spreadsheet are listed.
    """
    files: list[Path] = []
    skipped: list[Skipped] = []
    seen: set[Path] = set()
    for path in paths:
        for file in _walk(path):
            if file in seen:
                continue
            seen.add(file)
            finding = _why_not(file)
            if finding is None:
                files.append(file)
            else:
                skipped.append(Skipped(file, finding))
    return files, skipped


def _walk(path: Path) -> Iterator[Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(folder)
        yield from (here / name for name in folders if (here / name).is_symlink())
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def _why_not(path: Path) -> Finding | None:
    """Return why a file is passed over; None if it is to be read."""
    if path.is_symlink():
        return say.SYMLINK.at()
    is_spreadsheet = path.suffix.lower() in SPREADSHEETS
    if path.name.startswith("~$"):
        is_workbook = is_spreadsheet and looks_like_a_workbook(path)
        return (say.TILDE_NAME if is_workbook else say.LOCK_FILE).at()
    return None if is_spreadsheet else say.NOT_A_SPREADSHEET.at()


def check_files(
    paths: Sequence[Path],
    plan: Plan,
    rules: Rules,
    *,
    period: Period | None,
    history: History,
    jobs: int = 1,
    on_done: Callable[[Submission], None] | None = None,
) -> list[Submission]:
    """Check files; one bad file never stops the others.

    Args:
        paths: the files, as ``collect_files`` lists them.
        plan: the plan they report on.
        rules: the rule file.
        period: the period being collected; None takes each file's own.
        history: what was accepted before.
        jobs: how many processes to use.
        on_done: called with each file's own result as it is ready, in no particular order.

    Returns:
        One submission per path, in the paths' order, with what only shows across files.
    """
    setting = Setting(plan, rules, history, period)
    submissions = []
    for path in paths:
        submission = check_file(path, setting)
        submissions.append(submission)
        if on_done is not None:
            on_done(submission)
    return check_together(submissions, plan)
