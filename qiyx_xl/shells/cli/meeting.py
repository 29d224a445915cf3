"""``qiyx meeting`` and ``qiyx matter``: 例会材料, 调度单 and 销号."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    by_option,
    console,
    day_of,
    format_option,
    moment,
    office_options,
    period_option,
    say,
    say_json,
    show_in_ledger,
    standard_options,
)
from qiyx_xl.shells.cli.help import Command, Group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from qiyx_xl.app import Office
    from qiyx_xl.core.history.matters import Matter
    from qiyx_xl.core.primitives.periods import Period

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(
    cls=Command,
    example="""
    qiyx meeting --date 2026-10-30 --period 2026Q3 --out 例会
    qiyx meeting --settle 例会/调度单_2026-10-30.xlsx
    """,
)
@click.option(
    "--date", "day", type=_DAY, metavar="日期", help="例会日期，如 2026-10-30，默认今天。"
)
@period_option(required=False)
@click.option("--out", type=PATH, metavar="文件夹", help="例会材料和调度单写到这里。")
@click.option(
    "--settle", type=PATH, metavar="文件", help="把填好的调度单读回台账：销号、改时限、加事项。"
)
@click.option(
    "--days",
    type=click.IntRange(min=1, max=366),
    default=14,
    metavar="N",
    show_default=True,
    help="新列入的事项限几天办结：双周例会 14，周例会 7。",
)
@by_option
@office_options
@format_option
def meeting(
    day: datetime | None,
    period: Period | None,
    out: Path | None,
    settle: Path | None,
    days: int,
    by: str,
    office: Office,
    form: str,
) -> int:
    """出例会材料和调度单（--out），或把填好的调度单读回（--settle）。"""
    from qiyx_xl import app
    from qiyx_xl.core.history.matters import period_before
    from qiyx_xl.papers.json.meeting import events_document

    if (out is None) == (settle is None):
        raise app.AppError("请用 --out 出例会材料，或用 --settle 读回填好的调度单，两样选一样。")
    today = day_of(day)
    if out is not None:
        return _hold(office, today, period or period_before(today), out, by, days, form)
    events = app.read_back_matters(office, settle or Path(), today=today, now=moment(), by=by)
    if form == "json":
        say_json(events_document(events, today))
    else:
        for event in events:
            say(f"{event.action.label}：{event.matter.number} {_short(event.matter)}")
        say(f"已读回 {len(events)} 处改动。" if events else "调度单没有改动。")
    show_in_ledger(office, today, "读回调度单")
    return CLEAN


def _hold(
    office: Office,
    today: date,
    period: Period,
    out: Path,
    by: str,
    days: int,
    form: str,
) -> int:
    from qiyx_xl import app
    from qiyx_xl.papers.json.meeting import meeting_document

    held = app.hold_meeting(office, today, period, out, now=moment(), by=by, days=days)
    agenda = held.agenda
    if form == "json":
        say_json(meeting_document(agenda, map(str, held.papers)))
    else:
        still = [matter for matter in agenda.listed if matter.is_open]
        say(
            f"{today} 例会，{period.label}：有变化 {len(agenda.changes)} 项，"
            f"新列入调度 {len(agenda.raised)} 项，未销号 {len(still)} 项。"
        )
        for path in held.papers:
            say(f"已写好“{path}”。")
    show_in_ledger(office, today, "列入调度事项")
    return FINDINGS if any(matter.is_open for matter in agenda.listed) else CLEAN


# --- matter -----------------------------------------------------------------------------------


@click.group(
    cls=Group,
    example="""
    qiyx matter list
    qiyx matter add --title "协调托育用房" --agency 区卫健局 --deadline 2026-11-30
    qiyx matter done M-2026-03 --note "已完成验收"
    qiyx matter reopen M-2026-03 --note "复查未通过"
    """,
)
def matter() -> None:
    """调度事项：看、加、销号、恢复。"""


@matter.command(
    "list",
    example="""
    qiyx matter list
    qiyx matter list --all --format json
    """,
)
@click.option("--all", "everything", is_flag=True, help="连已销号的一起列出。")
@standard_options
def list_(
    everything: bool,  # noqa: FBT001 - a command line flag
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """列出调度事项和销号状态。"""
    from qiyx_xl import app
    from qiyx_xl.papers.json.meeting import matters_document

    day = day_of(today)
    found = [matter for matter in app.matters(office) if everything or matter.is_open]
    if form == "json":
        say_json(matters_document(found, day))
    else:
        _print(found, day)
    return FINDINGS if any(matter.is_open for matter in found) else CLEAN


@matter.command(
    example="""
    qiyx matter add --title "协调托育用房" --agency 区卫健局 --deadline 2026-11-30
    """,
)
@click.option("--title", required=True, metavar="事项", help="要办的事。")
@click.option("--agency", required=True, metavar="单位", help="责任单位，写方案里的全称。")
@click.option("--deadline", type=_DAY, metavar="日期", help="时限，默认两周后的工作日。")
@click.option("--indicator", default="", metavar="N", help="事关哪项指标、任务目标或里程碑。")
@by_option
@standard_options
def add(
    title: str,
    agency: str,
    deadline: datetime | None,
    indicator: str,
    by: str,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """加一件调度事项。"""
    from qiyx_xl import app

    added = app.add_matter(
        office,
        title,
        agency,
        deadline=None if deadline is None else deadline.date(),
        item=indicator,
        day=day_of(today),
        now=moment(),
        by=by,
    )
    return _changed(office, added, "提出", day_of(today), form)


@matter.command(
    example="""
    qiyx matter done M-2026-03 --note "已完成验收"
    """
)
@click.argument("number", metavar="编号")
@click.option("--note", default="", metavar="文字", help="办理情况。")
@by_option
@standard_options
def done(
    number: str,
    note: str,
    by: str,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """销号。"""
    from qiyx_xl import app

    day = day_of(today)
    settled = app.settle_matter(office, number, note=note, day=day, now=moment(), by=by)
    return _changed(office, settled, "销号", day, form)


@matter.command(
    example="""
    qiyx matter reopen M-2026-03 --note "复查未通过"
    """
)
@click.argument("number", metavar="编号")
@click.option("--note", required=True, metavar="文字", help="恢复的理由。")
@by_option
@standard_options
def reopen(
    number: str,
    note: str,
    by: str,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """恢复已销号的事项，要说明理由。"""
    from qiyx_xl import app

    day = day_of(today)
    back = app.reopen_matter(office, number, note=note, day=day, now=moment(), by=by)
    return _changed(office, back, "恢复", day, form)


# --- shared -----------------------------------------------------------------------------------


def _changed(office: Office, matter: Matter, action: str, day: date, form: str) -> int:
    from qiyx_xl.papers.json.meeting import matters_document

    if form == "json":
        say_json(matters_document([matter], day))
    else:
        say(f"{action}：{matter.number} {_short(matter)}")
    show_in_ledger(office, day, action)
    return CLEAN


def _short(matter: Matter) -> str:
    return f"{matter.title}（{matter.agency}，时限 {matter.deadline}，{matter.word}）"


def _print(found: Sequence[Matter], day: date) -> None:
    from qiyx_xl.shells.cli.output import table

    if not found:
        say("没有调度事项。")
        return
    rows = [
        (
            matter.number,
            matter.title,
            matter.agency,
            str(matter.deadline),
            f"{matter.word}" + (f"，超{over}天" if (over := matter.days_over(day)) else ""),
            matter.note,
        )
        for matter in found
    ]
    head = ["编号", "事项", "责任单位", "时限", "销号状态", "办理情况"]
    console().print(table("调度事项", head, rows))
