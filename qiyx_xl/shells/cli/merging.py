"""``qiyx consolidate`` and ``qiyx status``: into the ledger, and what it says then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.checking import jobs_option
from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    console,
    day_of,
    format_option,
    moment_of,
    office_options,
    open_office,
    period_option,
    progress,
    say,
    say_json,
    today_option,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app import ConsolidationResult, Office
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.status import StatusLine

_VIEWS = {"domain": "领域", "agency": "单位", "level": "层级"}


@click.command(
    cls=Command,
    example="""
    qiyx consolidate 收件 --ledger 七优享台账.xlsm --period 2026Q3
    qiyx consolidate 收件 --ledger 七优享台账.xlsm --period 2026Q3 --dry-run
    """,
)
@click.argument("paths", metavar="路径…", type=PATH, nargs=-1, required=True)
@period_option(required=True)
@click.option("--dry-run", is_flag=True, help="只说会改什么，什么都不写。")
@jobs_option
@office_options
@today_option
@format_option
def consolidate(
    paths: tuple[Path, ...],
    period: Period,
    dry_run: bool,  # noqa: FBT001 - a command line flag
    jobs: int,
    ledger: Path,
    store: Path | None,
    plan_file: Path | None,
    rules_file: Path | None,
    today: datetime | None,
    form: str,
) -> int:
    """校验后把没有问题的汇总进台账，每个数都记下来源。"""
    from qiyx_xl import app
    from qiyx_xl.core.consolidation_report import consolidation_document

    office = open_office(ledger, store, plan_file, rules_file)
    with progress() as (on_start, on_done):
        result = app.consolidate(
            office,
            paths,
            period,
            now=moment_of(today),
            dry_run=dry_run,
            jobs=jobs,
            on_start=on_start,
            on_done=on_done,
        )
    if form == "json":
        refreshed = result.refreshed
        say_json(
            consolidation_document(
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
    """Print what went in, what was revised, what conflicts, and what is still missing."""
    from qiyx_xl.core.values import spell
    from qiyx_xl.shells.cli.text import finding_lines, summary

    for submission in result.report.submissions:
        for line in finding_lines(submission):
            say(line)
    say(summary(result.report))
    outcome = result.consolidation
    for change in outcome.revised:
        before, after = spell(change.before.actual), spell(change.after.actual)
        name = _name(office, change.after.code)
        say(f"更正：{change.after.agency} {name} {before or '未填'} → {after or '未填'}")
    for conflict in outcome.conflicts:
        left, right = conflict.left, conflict.right
        say(
            f"冲突：{_name(office, left.code)} {left.agency}报 {spell(left.actual)}，"
            f"{right.agency}报 {spell(right.actual)}，两个都已保留，请人工确定。"
        )
    for missing in outcome.missing:
        say(f"缺报：{missing.agency} {len(missing.codes)} 项")
    counts = f"新增 {len(outcome.new)} 个数，更正 {len(outcome.revised)} 个"
    if result.refreshed is None:
        say(f"试算：将{counts}。没有写入任何文件。")
    else:
        say(f"{counts}；台账已更新：{office.ledger}")


def _name(office: Office, code: str) -> str:
    item = office.plan.find(code)
    return f"{code}“{item.name}”" if item is not None else code


@click.command(
    cls=Command,
    example="""
    qiyx status --period 2026Q3
    qiyx status --period 2026Q3 --by agency --format json
    """,
)
@period_option(required=True)
@click.option(
    "--by",
    default="domain",
    metavar="domain,agency,level",
    show_default=True,
    help="按领域、单位或层级汇总，可写几个，用逗号隔开。",
)
@office_options
@today_option
@format_option
def status(
    period: Period,
    by: str,
    ledger: Path,
    store: Path | None,
    plan_file: Path | None,
    rules_file: Path | None,
    today: datetime | None,
    form: str,
) -> int:
    """看一个数据期的灯：每项一行，再按领域、单位或层级汇总。"""
    from qiyx_xl import app
    from qiyx_xl.core.status_report import status_document

    views = [view.strip() for view in by.split(",") if view.strip()]
    unknown = [view for view in views if view not in _VIEWS]
    if unknown or not views:
        raise app.AppError(f"--by 只能是 domain、agency、level，现在是“{by}”。")
    office = open_office(ledger, store, plan_file, rules_file)
    day = day_of(today)
    lines = app.status(office, period, day)
    if form == "json":
        say_json(status_document(office.plan, office.rules, period, day, lines, by=views))
    else:
        print_status(office, period, lines, views)
    return CLEAN


def print_status(
    office: Office, period: Period, lines: Sequence[StatusLine], views: Sequence[str]
) -> None:
    """Print the lamps of the indicators, then the counts by each view asked for."""
    from qiyx_xl.core.plan import Indicator
    from qiyx_xl.core.scorecard import summarise
    from qiyx_xl.core.values import spell
    from qiyx_xl.shells.cli.text import lamp, table

    screen = console()
    rows = [
        (
            line.item.code,
            line.item.name,
            spell(line.rating.actual) or "—",
            line.rating.target_printed,
            line.rating.display,
            lamp(line.rating.light, f"{line.rating.light.word}·{line.rating.state}"),
            line.rating.reason,
        )
        for line in lines
        if isinstance(line.item, Indicator)
    ]
    header = ["序号", "指标", "实际", "目标", "完成率", "灯", "说明"]
    screen.print(table(f"{period.label}指标", header, rows))
    for view in views:
        groups = summarise(lines, office.plan, office.rules, by=view)
        counted = [
            (
                group.name,
                lamp(group.light, group.light.word),
                str(group.green),
                str(group.amber),
                str(group.red),
                str(group.grey),
            )
            for group in groups
        ]
        head = [_VIEWS[view], "总灯", "绿", "黄", "红", "灰"]
        screen.print(table(f"按{_VIEWS[view]}", head, counted))
    say(f"评分规则 {office.rules.name} {office.rules.version}，方案 {office.plan.version}。")
