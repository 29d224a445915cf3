"""Which files of a batch are read, and how all of them are checked.

A file that cannot be read never stops the others.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.files.scratch import sweep_temporary, temporary_folder
from qiyx_xl.intake.collect.archives import origin_of, unpack
from qiyx_xl.intake.collect.remote import Paths, Tasks, fetch, url_of, walk_url
from qiyx_xl.intake.errors import incomplete
from qiyx_xl.intake.form.check import prepare
from qiyx_xl.intake.workbook.guard import looks_like_a_workbook
from qiyx_xl.intake.workers.pool import check_all
from qiyx_xl.intake.workers.results import BatchResults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.history import History
    from qiyx_xl.core.records.submission import Submission
    from qiyx_xl.intake.collect.remote import Task
    from qiyx_xl.intake.form.packed import Packed

    Judge = Callable[[Sequence[Task], CheckContext], Iterator[tuple[int, Packed]]]

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".xltx", ".xltm"})

ARCHIVE = ".zip"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why."""

    path: Path
    finding: Finding

    @property
    def reason(self) -> str:
        """The reason, as one Chinese sentence."""
        return self.finding.message


def collect_files(paths: Sequence[Path]) -> tuple[Sequence[Path], list[Skipped]]:
    """Return the workbooks under files and folders, sorted within each folder, each once.

    Hidden files and folders are left out silently; temporary files, links and files that are not
    spreadsheets are returned as skipped.
    """
    sweep_temporary()
    files = Paths()
    skipped: list[Skipped] = []
    seen: set[bytes] = set()
    for path in paths:
        for file, is_link in _walk(path):
            encoded = os.fsencode(file)
            if len(paths) > 1:  # no folder holds a file twice
                if encoded in seen:
                    continue
                seen.add(encoded)
            suffix = _suffix(file)
            finding = _reason_to_skip(file, suffix, is_link=is_link)
            if finding is not None:
                skipped.append(Skipped(Path(file), finding))
            elif suffix == ARCHIVE:
                _collect_unpacked(Path(file), files, skipped)
            else:
                files.append(encoded)
    return files, skipped


def _collect_unpacked(archive: Path, files: Paths, skipped: list[Skipped]) -> None:
    url = url_of(archive)
    if url is None:
        members, finding = unpack(archive)
    else:
        with temporary_folder() as folder:
            members, finding = unpack(fetch(url, folder))
    if finding is not None:
        skipped.append(Skipped(archive, finding))
    for member in members:
        suffix = _suffix(member.name)
        why_not = _reason_to_skip(str(member), suffix, is_link=member.is_symlink())
        if why_not is None and suffix == ARCHIVE:
            why_not = say.NOT_A_SPREADSHEET.at()
        if why_not is None:
            files.append(os.fsencode(member))
        else:
            skipped.append(Skipped(Path(origin_of(member) or member), why_not))


def _walk(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield the files under a path, and whether each is a link.

    They are texts, because building a ``Path`` for each would take most of the time of a long
    batch.
    """
    url = url_of(path)
    if url is not None:
        yield from ((str(file), False) for file in walk_url(url))
    elif not path.is_dir():
        yield str(path), False  # a link that the user named is followed
    else:
        prefix = os.curdir + os.sep  # a Path has no such prefix
        for file, is_link in _walk_folder(str(path)):
            yield file.removeprefix(prefix), is_link


def _walk_folder(folder: str) -> Iterator[tuple[str, bool]]:
    """Yield a folder's files, sorted, then those of its subfolders; links are not followed."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=attrgetter("name"))
    except OSError:
        return  # no permission to list it
    shown = [entry for entry in entries if not entry.name.startswith(".")]
    for entry in shown:
        if not entry.is_dir(follow_symlinks=False):
            yield entry.path, entry.is_symlink()
    for entry in shown:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk_folder(entry.path)


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # noqa: PTH122 - see _walk


def _reason_to_skip(path: str, suffix: str, *, is_link: bool) -> Finding | None:
    """Return the reason to skip a file; None if it is to be read."""
    if is_link:
        return say.SYMLINK.at()
    if suffix == ARCHIVE:
        return None
    is_spreadsheet = suffix in SPREADSHEETS
    if os.path.basename(path).startswith("~$"):  # noqa: PTH119 - see _walk
        is_workbook = is_spreadsheet and looks_like_a_workbook(Path(path))
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
    plans: Plans | None = None,
    judge: Judge | None = None,
    on_done: Callable[[Submission], None] | None = None,
) -> BatchResults:
    """Check files; one bad file never stops the others.

    Args:
        paths: the files, as returned by ``collect_files``.
        plan: the plan they report on.
        rules: the rule file.
        period: the period being collected; None uses the period stated in each file.
        history: what was accepted before.
        plans: all plans of the office, where there are several.
        jobs: the number of processes to use.
        judge: checks the files elsewhere, such as on a cluster; ``jobs`` is then ignored.
        on_done: called with each file's own result as soon as it is ready, in any order.

    Returns:
        One submission per path, in the paths' order, with the findings that need all files.

    Raises:
        BrokenInstallationError: a part of the program is missing.
    """
    try:
        prepare()
    except ImportError as error:
        raise incomplete(error) from error
    files = paths if isinstance(paths, Paths) else Paths(paths)
    checked = BatchResults(files)
    setting = CheckContext(plan, rules, history, period, plans)
    for index, packed in _judge_all(files, setting, jobs, judge):
        checked.put(index, packed)
        if on_done is not None:
            on_done(checked[index])
    checked.compare(plan)
    return checked


def _judge_all(
    files: Paths, setting: CheckContext, jobs: int, judge: Judge | None
) -> Iterator[tuple[int, Packed]]:
    tasks = Tasks(files)
    if judge is not None:
        return judge(tasks, setting)
    if any(map(url_of, files.texts())):
        from qiyx_xl.intake.workers.cluster import judge_fetched

        return judge_fetched(tasks, setting)
    return check_all(tasks, setting, jobs)
