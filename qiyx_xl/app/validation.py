"""Use cases: write fill-in workbooks for the agencies, and check the returned ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.history import History
    from qiyx_xl.core.records.submission import Submission, SubmissionStatus
    from qiyx_xl.documents.forms.write import FormSummary
    from qiyx_xl.intake.batch import Judge, Skipped
    from qiyx_xl.intake.workers.results import BatchResults


def distribute(office: Office, period: Period, out: Path) -> list[FormSummary]:
    """Write one fill-in workbook per agency that has something to report, into ``out``."""
    from qiyx_xl.documents.forms.write import distribute_forms

    return distribute_forms(
        out, office.plan_at(period), office.rules, period, office.history(period)
    )


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The results of the checked files, in the order given, and the skipped files.

    ``submissions`` are packed to save memory: each access unpacks one.
    """

    submissions: BatchResults
    skipped: tuple[Skipped, ...]
    rules_version: str

    def count(self, status: SubmissionStatus) -> int:
        """Return how many files have this status."""
        return sum(outline.status is status for outline in self.submissions.outlines)

    def flagged(self) -> Iterator[Submission]:
        """Yield the files that have findings."""
        return self.submissions.flagged()

    @property
    def is_clean(self) -> bool:
        """Whether no file has findings."""
        return next(self.flagged(), None) is None


def validate_files(
    paths: Sequence[Path],
    *,
    plan: Plan | Plans | None = None,
    rules: Rules | None = None,
    period: Period | None = None,
    history: History | None = None,
    jobs: int = 1,
    cluster: str | None = None,
    on_done: Callable[[Submission], None] | None = None,
    on_start: Callable[[int], None] | None = None,
) -> ValidationReport:
    """Check files and folders of returned workbooks; one bad file never stops the others.

    Args:
        paths: workbooks, folders (searched recursively), .zip files, or URLs as paths.
        plan: a plan, or all plans of an office; the shipped plan if not given.
        rules: the shipped rules if not given.
        period: the period they should be for; None accepts each file's own.
        history: earlier accepted values, for the checks that compare.
        jobs: the number of worker processes.
        cluster: the address of a Dask scheduler whose workers check the files; then ``jobs`` is
            ignored.
        on_done: called with each file's result as it is ready.
        on_start: called once with the number of files found.

    Raises:
        AppError: a path does not exist, or there is no workbook under the paths.
    """
    from qiyx_xl.intake.batch import check_files, collect_files
    from qiyx_xl.intake.collect.remote import url_of

    for path in paths:
        if url_of(path) is None and not path.exists():
            raise AppError(f"找不到“{path}”。请检查路径；含空格的路径要加引号。")
    files, skipped = collect_files(paths)
    if not files:
        where = counted_names([str(path) for path in paths], 3)
        raise AppError(f"“{where}”里没有可校验的工作簿（.xlsx、.xlsm、.xls）。请检查文件夹。")
    if on_start is not None:
        on_start(len(files))
    plan = load_plan() if plan is None else plan
    plans = plan if isinstance(plan, Plans) else Plans.only(plan)
    rules = load_rules() if rules is None else rules
    submissions = check_files(
        files,
        plans.latest if period is None else plans.at(period),
        rules,
        plans=None if plans.is_single else plans,
        period=period,
        history=NoHistory() if history is None else history,
        jobs=jobs,
        judge=None if cluster is None else _judge_on(cluster),
        on_done=on_done,
    )
    return ValidationReport(submissions, tuple(skipped), rules.version)


def _judge_on(address: str) -> Judge:
    from qiyx_xl.intake.workers.cluster import Cluster

    return Cluster(address)
