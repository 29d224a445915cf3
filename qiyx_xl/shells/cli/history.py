"""``qiyx diff``, ``trace`` and ``history``: what changed, where from, and the years before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    day_of,
    moment,
    office_options,
    period_option,
    say,
    say_json,
    show_in_ledger,
    standard_options,
    today_option,
)
from qiyx_xl.shells.cli.help import Command, Group

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

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


@click.group(
    cls=Group,
    example="""
    qiyx history import 2023年进度表.xlsx 2024年进度表.docx --out 确认.xlsx
    qiyx history adopt 确认.xlsx
    """,
)
def history() -> None:
    """历年数据：从以前的进度表读出，核对以后记入。"""


@history.command(
    "import",
    example="""
    qiyx history import 2024年进度表.xlsx --out 确认.xlsx
    """,
)
@click.argument("sources", metavar="文件...", type=PATH, nargs=-1, required=True)
@click.option(
    "--out",
    type=PATH,
    required=True,
    metavar="确认.xlsx",
    help="要核对的数写到哪里；已有的文件不会被替换。",
)
@office_options
@today_option
def import_(sources: tuple[Path, ...], out: Path, office: Office, today: datetime | None) -> int:
    """把以前的进度表（.xlsx、.docx、.pdf、.csv 等）读成一本要核对的工作簿。"""
    from qiyx_xl import app

    found = app.import_history(office, sources, out, day_of(today))
    say(f"读出 {found.figures} 个数，其中 {found.in_doubt} 个要核对，写到“{out}”。")
    for file, reading in found.read:
        say(f"  {file.name}：{reading.tables} 张表，{len(reading.figures)} 个数。")
    if found.unmatched:
        say(f"有 {found.unmatched} 行没有对上方案里的项，列在“没有对上”表里。")
    say(f"核对“采用”一栏以后，用 qiyx history adopt {out} 记入。")
    return FINDINGS if found.in_doubt or found.unmatched else CLEAN


@history.command(
    "adopt",
    example="""
    qiyx history adopt 确认.xlsx
    """,
)
@click.argument("confirmed", metavar="确认.xlsx", type=PATH)
@office_options
@today_option
def adopt_(confirmed: Path, office: Office, today: datetime | None) -> int:
    """把核对过的数记入数据库，来源写明原来的文件、工作表和单元格。"""
    from qiyx_xl import app
    from qiyx_xl.core.primitives.values import spell

    done = app.adopt_history(office, confirmed, moment())
    show_in_ledger(office, day_of(today), "历年数据")
    say(f"记入 {len(done.records)} 个数，来自 {done.files} 份文件。")
    if done.same:
        say(f"有 {done.same} 个数库里已经有了，一样，没有再记。")
    for figure, before in done.different:
        say(
            f"没有记入：{figure.where}，{figure.period.label} {figure.code} {figure.agency}，"
            f"库里已有 {spell(before.actual)}，这里是 {spell(figure.actual)}。"
        )
    return FINDINGS if done.different else CLEAN
