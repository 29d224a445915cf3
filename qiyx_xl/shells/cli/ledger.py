"""``qiyx ledger``: the workbook itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    PATH,
    moment_of,
    open_office,
    period_option,
    plan_option,
    rules_option,
    say,
    today_option,
)
from qiyx_xl.shells.cli.help import Group

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.core.periods import Period


@click.group(
    cls=Group,
    example="""
    qiyx ledger build 七优享台账.xlsm
    qiyx ledger refresh 七优享台账.xlsm --period 2026Q3
    """,
)
def ledger() -> None:
    """新建或刷新台账工作簿。"""


@ledger.command(example="qiyx ledger build 七优享台账.xlsm")
@click.argument("out", metavar="台账", type=PATH)
@plan_option
@rules_option
def build(out: Path, plan_file: Path | None, rules_file: Path | None) -> int:
    """新建一本空台账（含函数、按钮和功能区）。"""
    from qiyx_xl import app

    path = app.build_ledger(open_office(out, None, plan_file, rules_file))
    say(f"已新建台账“{path}”。")
    return CLEAN


@ledger.command(example="qiyx ledger refresh 七优享台账.xlsm --period 2026Q3")
@click.argument("path", metavar="台账", type=PATH)
@period_option(required=True)
@click.option("--store", type=PATH, metavar="文件", help="数据库，默认是台账旁边的同名 .sqlite。")
@plan_option
@rules_option
@today_option
def refresh(
    path: Path,
    period: Period,
    store: Path | None,
    plan_file: Path | None,
    rules_file: Path | None,
    today: datetime | None,
) -> int:
    """按数据库重写台账的记录和灯，其余内容不动。"""
    from qiyx_xl import app

    office = open_office(path, store, plan_file, rules_file)
    now = moment_of(today)
    app.refresh(office, period, now.date(), now=now)
    say(f"已按{period.label}刷新台账“{path}”。")
    return CLEAN
