"""``qiyx consolidate``: check the files of agencies and book them into the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    day_of,
    moment,
    period_option,
    progress,
    say,
    say_json,
    standard_options,
)
from qiyx_xl.shells.cli.help import Command
from qiyx_xl.shells.cli.validate import cluster_option, jobs_option

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app import ConsolidationResult, Office
    from qiyx_xl.core.consolidation.merge import Consolidation
    from qiyx_xl.core.primitives.periods import Period


@click.command(
    cls=Command,
    example="""
    qiyx consolidate 收件 --ledger 七优享台账.xlsm --period 2026Q3
    qiyx consolidate 收件 --ledger 七优享台账.xlsm --period 2026Q3 --dry-run
    qiyx consolidate 更正 --period 2026Q2 --as-revision 审计调整指标17
    """,
)
@click.argument("paths", metavar="路径…", type=PATH, nargs=-1, required=True)
@period_option(required=True)
@click.option("--dry-run", is_flag=True, help="只说会改什么，什么都不写。")
@click.option(
    "--partial",
    is_flag=True,
    help="部分收入：文件里没有问题的行先收，有错的行退回。默认有错就整份退回。",
)
@click.option(
    "--as-revision",
    "revision_reason",
    metavar="理由",
    help="数据期已封账时，按“更正”补录，写明理由。",
)
@jobs_option
@cluster_option
@standard_options
def consolidate(
    paths: tuple[Path, ...],
    period: Period,
    dry_run: bool,  # noqa: FBT001 - a command line flag
    partial: bool,  # noqa: FBT001 - a command line flag
    revision_reason: str | None,
    jobs: int,
    cluster: str | None,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """校验后把没有问题的汇总进台账，每个数都记下来源。"""
    from qiyx_xl import app
    from qiyx_xl.papers.json.consolidation import consolidation_document

    if revision_reason is not None and not revision_reason.strip():
        raise app.AppError("按“更正”补录要写明理由。请写成 --as-revision 审计调整指标17 这样。")
    with progress() as (on_start, on_done):
        result = app.consolidate(
            office,
            paths,
            period,
            now=moment(),
            today=day_of(today),
            dry_run=dry_run,
            partial=partial,
            revision_reason=(revision_reason or "").strip(),
            jobs=jobs,
            cluster=cluster,
            on_start=on_start,
            on_done=on_done,
        )
    if form == "json":
        refreshed = result.refreshed
        say_json(
            consolidation_document(
                office.plans,
                result.consolidation,
                ledger=str(office.ledger),
                sha256_before=refreshed.sha256_before if refreshed else None,
                sha256_after=refreshed.sha256_after if refreshed else None,
            )
        )
    else:
        print_consolidation(office, result)
    return CLEAN if result.is_clean else FINDINGS


def print_consolidation(office: Office, result: ConsolidationResult) -> None:
    """Print the findings, then revisions, conflicts, missing reports and the counts."""
    from qiyx_xl.shells.cli.output import finding_lines, summary

    outcome = result.consolidation
    judged = {
        submission.sha256: submission for submission in (*outcome.returned, *outcome.unreadable)
    }
    for submission in result.report.submissions:
        # Findings of the consolidation itself, such as a closed period, are only in its copy.
        for line in finding_lines(judged.get(submission.sha256, submission)):
            say(line)
    say(summary(result.report))
    for line in _outcome_lines(office, outcome):
        say(line)
    say_counts(office, result)


def say_counts(office: Office, result: ConsolidationResult) -> None:
    """Print how much is new and revised, and where the ledger is."""
    outcome = result.consolidation
    counts = f"新增 {len(outcome.new)} 个数，更正 {len(outcome.revised)} 个"
    if outcome.new_projects or outcome.revised_projects:
        counts += (
            f"；重大项目和民生实事新增 {len(outcome.new_projects)} 个数，"
            f"更正 {len(outcome.revised_projects)} 个"
        )
    if outcome.new_tasks or outcome.revised_tasks:
        counts += (
            f"；重点任务新增 {len(outcome.new_tasks)} 项进展，更正 {len(outcome.revised_tasks)} 项"
        )
    if result.refreshed is None:
        say(f"试算：将{counts}。没有写入任何文件。")
    else:
        say(f"{counts}；台账已更新：{office.ledger}")


def _outcome_lines(office: Office, outcome: Consolidation) -> Iterable[str]:
    from qiyx_xl.core.primitives.values import spell
    from qiyx_xl.core.records.project_record import spell_value

    taken = {submission.sha256 for submission in outcome.accepted}
    for file in outcome.returned:
        if file.sha256 in taken:
            rows = next(
                len(submission.records)
                for submission in outcome.accepted
                if submission.sha256 == file.sha256
            )
            yield f"部分收入：{file.shown_path} 收入 {rows} 行，有错的行退回。"
    if outcome.duplicates:
        yield f"以前收过的 {len(outcome.duplicates)} 份，没有重复收。"
    for change in outcome.revised:
        before, after = spell(change.before.actual), spell(change.after.actual)
        name = _name(office, change.after.code)
        yield f"更正：{change.after.agency} {name} {before or '未填'} → {after or '未填'}"
    for revision in (*outcome.revised_projects, *outcome.revised_tasks):
        old, new = spell_value(revision.before.value), spell_value(revision.after.value)
        yield f"更正：{revision.after.agency} {revision.after.code} {old or '未填'} → {new}"
    for conflict in outcome.conflicts:
        left, right = conflict.left, conflict.right
        yield (
            f"冲突：{_name(office, left.code)} {left.agency}报 {spell(left.actual)}，"
            f"{right.agency}报 {spell(right.actual)}，两个都已保留，请用 qiyx decide 决定。"
        )
    for missing in outcome.missing:
        yield f"缺报：{missing.agency} {len(missing.codes)} 项"


def _name(office: Office, code: str) -> str:
    item = office.plans.item(code)
    return f"{item.printed_code}“{item.name}”" if item is not None else code
