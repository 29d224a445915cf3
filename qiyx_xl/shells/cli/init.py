"""``qiyx init``: begin a new office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    PATH,
    by_option,
    moment,
    period_option,
    rules_option,
    say,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.primitives.periods import Period


@click.command(
    cls=Command,
    example="""
    qiyx init 专班
    qiyx init 专班 --plan 我区方案.xlsx --period 2026Q3
    """,
)
@click.argument("folder", metavar="文件夹", type=PATH)
@click.option(
    "--plan",
    "plan_file",
    type=PATH,
    metavar="文件",
    help="方案（.xlsx、.json），默认用自带的方案。",
)
@period_option(required=False)
@rules_option
@by_option
def init(
    folder: Path, plan_file: Path | None, period: Period | None, rules_file: Path | None, by: str
) -> int:
    """新建一个专班：台账、数据库和可以改的方案.xlsx。"""
    from qiyx_xl import app

    office = app.begin(
        folder,
        app.load_plan(plan_file),
        app.load_rules(rules_file),
        period=period,
        now=moment(),
        by=by,
    )
    plan = office.plans.latest
    say(f"已新建：台账“{office.ledger}”，数据库“{office.store.name}”，{app.PLAN_NAME}。")
    say(f"方案：{plan.title}（{plan.version}）。要改方案，请改“{app.PLAN_NAME}”，再运行：")
    say(f"  qiyx plan adopt {app.PLAN_NAME}")
    return CLEAN
