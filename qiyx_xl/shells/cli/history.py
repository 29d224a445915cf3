"""``qiyx diff`` and ``qiyx trace``: what changed, and where a number comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    day_of,
    period_option,
    say,
    say_json,
    standard_options,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from datetime import datetime

    from qiyx_xl.app import Difference, History, Office
    from qiyx_xl.core.primitives.periods import Period


_MOST_PATHS = 4


@click.command(
    cls=Command,
    example="""
    qiyx diff --period 2026Q3 --against 2026Q2
    qiyx diff --period 2026Q3 --against 封账
    qiyx diff --period 2026Q3 --against #3
    """,
)
@period_option(required=True)
@click.option(
    "--against",
    required=True,
    metavar="数据期|封账|#N",
    help="与什么比：另一个数据期；封账，即本期封账时；#3，即第 3 次汇总之后。",
)
@standard_options
def diff(
    period: Period,
    against: str,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """差异说明：哪些数变了、变了多少，哪些灯变了，是谁的哪份文件。"""
    from qiyx_xl import app
    from qiyx_xl.core.history.differences import difference_document

    found = app.differences(office, period, against, day_of(today))
    if form == "json":
        say_json(
            difference_document(
                office.plans, found.changes, period=str(period), against=against.strip()
            )
        )
    else:
        print_difference(office, found)
    return CLEAN


def print_difference(office: Office, found: Difference) -> None:
    """Print one sentence per change, then how many lamps got better or worse."""
    say(f"{found.after}，与{found.before}相比：")
    for change in found.changes:
        item = office.plans.item(change.code)
        name = change.code if item is None else f"{item.printed_code} {item.name}"
        say(f"  {change.describe(name)}")
    better = sum(change.direction > 0 for change in found.changes)
    worse = sum(change.direction < 0 for change in found.changes)
    if found.changes:
        say(f"共 {len(found.changes)} 项有变化，灯变好 {better} 项，变差 {worse} 项。")
    else:
        say("没有变化。")


@click.command(
    cls=Command,
    example="""
    qiyx trace --indicator 9 --period 2026Q3
    qiyx trace --indicator T3-1-01 --period 2026Q3 --agency 区人力社保局
    """,
)
@click.option(
    "--indicator",
    required=True,
    metavar="编号",
    help="哪一项：序号、任务编号（如 T3-3-01）或全称。",
)
@period_option(required=True)
@click.option("--agency", metavar="单位", help="只看这个单位报的。")
@standard_options
def trace(
    indicator: str,
    period: Period,
    agency: str | None,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """一个数的来历：谁在什么时候用哪份文件的哪个单元格报的，后来怎样了。"""
    from qiyx_xl import app
    from qiyx_xl.papers.json.history import trace_document

    found = app.history_of(office, indicator, period, day_of(today), agency)
    if form == "json":
        originals = {sha256: str(path) for sha256, path in found.originals.items()}
        say_json(trace_document(found.item, period, found.line, found.steps, originals))
    else:
        print_history(found)
    return CLEAN


def print_history(found: History) -> None:
    """Print the figure's current value and lamp, its steps, and where its files are kept."""
    from qiyx_xl.core.primitives.values import spell

    line = found.line
    heading = f"{found.item.printed_code} {found.item.name}　{found.period.label}"
    if line is not None:
        value = spell(line.rating.actual) or "未填"
        heading += f"：{value}，{line.rating.lamp}"
    say(heading)
    if line is not None and line.total is not None:
        say(f"  {line.total.summary}。")
    for step in found.steps:
        say(f"  {step}")
    if not found.steps:
        say("  还没有收到过这个数。")
    if len(found.originals) > _MOST_PATHS:
        folder = next(iter(found.originals.values())).parent.parent
        say(f"  原件 {len(found.originals)} 份，按校验值存放在：{folder}")
        return
    for sha256, path in sorted(found.originals.items()):
        say(f"  原件 {sha256[:12]}：{path}")
