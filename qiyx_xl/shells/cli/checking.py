"""``qiyx validate``: check returned workbooks and say what is wrong, cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    format_option,
    office_options,
    open_office,
    period_option,
    progress,
    say,
    say_json,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.periods import Period

jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    show_default=True,
    help="同时用几个进程校验。",
)


@click.command(
    cls=Command,
    example="""
    qiyx validate 收件
    qiyx validate 收件 补报/卫健局_2026Q3.xlsx --period 2026Q3 --jobs 2
    qiyx validate 收件 --format json > 校验结果.json
    """,
)
@click.argument("paths", metavar="路径…", type=PATH, nargs=-1, required=True)
@period_option(required=False)
@jobs_option
@office_options
@format_option
def validate(
    paths: tuple[Path, ...],
    period: Period | None,
    jobs: int,
    ledger: Path,
    store: Path | None,
    plan_file: Path | None,
    rules_file: Path | None,
    form: str,
) -> int:
    """校验填报表（文件、文件夹或 .zip），逐格说明哪里要改。"""
    from qiyx_xl import app
    from qiyx_xl.core.report import validation_document
    from qiyx_xl.core.submissions import RecordHistory
    from qiyx_xl.shells.cli.text import finding_lines, summary

    office = open_office(ledger, store, plan_file, rules_file)
    with progress() as (on_start, on_done):
        report = app.validate_files(
            paths,
            plan=office.plan,
            rules=office.rules,
            period=period,
            history=RecordHistory(office.records()),
            jobs=jobs,
            on_start=on_start,
            on_done=on_done,
        )
    if form == "json":
        say_json(validation_document(report.submissions, report.rules_version))
    else:
        for submission in report.submissions:
            for line in finding_lines(submission):
                say(line)
        for skipped in report.skipped:
            say(f"跳过“{skipped.path}”：{skipped.reason}")
        say(summary(report))
    return CLEAN if report.is_clean else FINDINGS
