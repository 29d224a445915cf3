"""``qiyx validate``: check returned workbooks, and print what is wrong in which cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    day_of,
    format_option,
    office_options,
    period_option,
    progress,
    say,
)
from qiyx_xl.shells.cli.help import Command
from qiyx_xl.shells.cli.output import write_utf8

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.app import Office, ValidationReport
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period

jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    show_default=True,
    help="同时用几个进程校验。",
)

cluster_option = click.option(
    "--cluster",
    metavar="地址",
    help="交给 Dask 集群校验，如 tcp://10.0.0.1:8786；此时 --jobs 不起作用。",
)


@click.command(
    cls=Command,
    example="""
    qiyx validate 收件
    qiyx validate 收件 补报/卫健局_2026Q3.xlsx --period 2026Q3 --jobs 2
    qiyx validate 收件 --returns 退回 --report 校验结果.xlsx
    qiyx validate 收件 --format json > 校验结果.json
    qiyx validate /共享/收件 --cluster tcp://10.0.0.1:8786 --findings /共享/问题
    """,
)
@click.argument("paths", metavar="路径…", type=PATH, nargs=-1, required=True)
@period_option(required=False)
@jobs_option
@cluster_option
@click.option(
    "--returns", type=PATH, metavar="文件夹", help="给每份要退回的文件写一份退回单，放到这里。"
)
@click.option("--report", type=PATH, metavar="文件", help="把全部问题写成清单：.xlsx 或 .html。")
@click.option(
    "--findings",
    type=PATH,
    metavar="文件夹",
    help="把全部问题写成数据表，不限条数：Parquet 文件夹，或以 .csv 结尾的文件。",
)
@office_options
@format_option
def validate(
    paths: tuple[Path, ...],
    period: Period | None,
    jobs: int,
    cluster: str | None,
    returns: Path | None,
    report: Path | None,
    findings: Path | None,
    office: Office,
    form: str,
) -> int:
    """校验填报表（文件、文件夹或 .zip），逐格说明哪里要改。"""
    from qiyx_xl import app
    from qiyx_xl.intake.collect.remote import url_of
    from qiyx_xl.papers.json.validation import validation_text
    from qiyx_xl.shells.cli.output import finding_lines, summary

    if returns is not None and any(_lies_in(returns, path) for path in paths):
        raise app.AppError(
            f"退回单不能放进收件文件夹（“{returns}”），下次会被当成收件。请换一个文件夹。"
        )
    if returns is not None and any(url_of(path) is not None for path in paths):
        raise app.AppError("网址上的收件不能直接写退回单。请先把文件复制到一个文件夹，再校验。")
    with progress() as (on_start, on_done):
        result = app.validate_files(
            paths,
            plan=office.plans,
            rules=office.rules,
            period=period,
            history=office.history(period),
            jobs=jobs,
            cluster=cluster,
            on_start=on_start,
            on_done=on_done,
        )
    made = _write_papers(result, office.rules, period, returns, report, findings)
    if form == "json":
        write_utf8(validation_text(result.submissions, result.rules_version))
    else:
        for submission in result.flagged():
            for line in finding_lines(submission):
                say(line)
        for skipped in result.skipped:
            say(f"跳过“{skipped.path}”：{skipped.reason}")
        say(summary(result))
        for line in made:
            say(line)
    return CLEAN if result.is_clean else FINDINGS


def _lies_in(folder: Path, inbox: Path) -> bool:
    inside = inbox.resolve()
    return inside.is_dir() and folder.resolve().is_relative_to(inside)


def _write_papers(
    result: ValidationReport,
    rules: Rules,
    period: Period | None,
    returns: Path | None,
    report: Path | None,
    findings: Path | None,
) -> list[str]:
    """Write the papers that the options name, all or none; return a line for each."""
    from qiyx_xl.files.placing import placing

    lines: list[str] = []
    today = day_of(None)
    with placing() as within:
        if returns is not None:
            from qiyx_xl.core.plan.schedule import resend_by
            from qiyx_xl.documents.returns.write import ReplyTo, write_returns

            reply = ReplyTo(by=None if period is None else resend_by(period, today, rules))
            written = write_returns(result.flagged(), None, returns, reply=reply, within=within)
            lines.append(f"退回单 {len(written)} 份，在“{returns}”。")
        if report is not None:
            from qiyx_xl.documents.check_report.write import write_report

            write_report(
                report,
                result.submissions,
                rules_version=result.rules_version,
                period=period,
                today=today,
                within=within,
            )
            lines.append(f"问题清单：{report}")
        if findings is not None:
            from qiyx_xl.documents.check_report.table_export import write_findings

            count = write_findings(findings, result.flagged(), within=within)
            lines.append(f"问题数据表 {count:,} 条：{findings}")
    return lines
