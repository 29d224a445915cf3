"""``qiyx status``: print the lamps of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    console,
    day_of,
    period_option,
    say,
    say_json,
    standard_options,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from qiyx_xl.app import Office, State
    from qiyx_xl.core.primitives.periods import Period

_VIEWS = {"domain": "领域", "agency": "单位", "level": "层级", "task_force": "专项组"}


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
    metavar="domain,agency,level,task_force",
    show_default=True,
    help="按领域、单位、层级或专项组汇总，可写几个，用逗号隔开。",
)
@standard_options
def status(
    period: Period,
    by: str,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """看一个数据期的灯：每项一行，再按领域、单位或层级汇总。"""
    from qiyx_xl import app
    from qiyx_xl.papers.json.status import status_document

    views = [view.strip() for view in by.split(",") if view.strip()]
    unknown = [view for view in views if view not in _VIEWS]
    if unknown or not views:
        raise app.AppError(f"--by 只能是 {'、'.join(_VIEWS)}，现在是“{by}”。请改正后再试。")
    state = app.state(office, period, day_of(today))
    if form == "json":
        say_json(
            status_document(
                state.plan,
                state.rules,
                period,
                state.today,
                state.lines,
                by=views,
                closing=state.closing,
                revisions=state.revisions,
                projects=state.projects,
                tasks=state.tasks,
            )
        )
    else:
        print_status(state, views)
        say_waiting(office, state)
    return CLEAN


def say_waiting(office: Office, state: State) -> None:
    """Print how many conflicts and doubts of an open period wait for a decision."""
    from qiyx_xl import app

    if state.closing is not None:
        return
    waiting = app.waiting(office, state.today, state.period)
    open_ones = [
        f"{len(ones)} {what}"
        for ones, what in ((waiting.conflicts, "处冲突"), (waiting.doubts, "个待核的数"))
        if ones
    ]
    if open_ones:
        say(f"还有 {'、'.join(open_ones)}没有定，请运行：qiyx decide --period {state.period}")


def print_status(state: State, views: Sequence[str]) -> None:
    """Print the lamps of indicators and projects, then the counts by each view."""
    from qiyx_xl.core.plan.model import Indicator
    from qiyx_xl.core.primitives.values import spell
    from qiyx_xl.core.projects.status import groups_by
    from qiyx_xl.shells.cli.output import lamp, table

    if state.closing is not None:
        say(_frozen(state))
    screen = console()
    rows = [
        (
            line.item.printed_code,
            line.item.name,
            spell(line.rating.actual) or "—",
            line.rating.target_printed,
            line.rating.display,
            lamp(line.rating.light, line.rating.lamp),
            line.rating.reason,
        )
        for line in state.lines
        if isinstance(line.item, Indicator)
    ]
    header = ["序号", "指标", "实际", "目标", "完成率", "灯", "说明"]
    screen.print(table(f"{state.period.label}指标", header, rows))
    _print_projects(state)
    _print_tasks(state, views)
    for view in views:
        groups = groups_by(view, state.lines, state.projects, state.plan, state.rules)
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
        if view == "level":
            _print_levels(state)
    say(f"评分规则 {state.rules.name} {state.rules_version}，方案 {state.plan_version}。")


def _print_levels(state: State) -> None:
    """Print the agencies of each level by what was broken down to them, and item by item."""
    from qiyx_xl.core.primitives.values import spell
    from qiyx_xl.core.rating.scorecard import levels_with_parts, parts_of, summarise_level
    from qiyx_xl.shells.cli.output import lamp, table

    screen = console()
    for level in levels_with_parts(state.lines, state.plan):
        groups = summarise_level(state.lines, state.plan, state.rules, level)
        rows = [
            (
                "—" if group.rank is None else str(group.rank),
                group.name,
                lamp(group.light, group.light.word),
                str(group.green),
                str(group.amber),
                str(group.red),
                str(group.grey),
                group.score_text,
                group.reported_text,
            )
            for group in groups
        ]
        head = ["名次", level, "总灯", "绿", "黄", "红", "灰", "得分", "填报率"]
        screen.print(table(f"各{level.removesuffix('级')}（目标分解）", head, rows))
        names = {group.name for group in groups}
        entries = [
            (
                part.item.printed_code,
                part.item.name,
                part.item.reporting_agency,
                spell(part.rating.actual) or "—",
                part.rating.target_printed,
                lamp(part.rating.light, part.rating.lamp),
                part.rating.reason,
            )
            for part in parts_of(state.lines)
            if part.item.reporting_agency in names
        ]
        header = ["编号", "分解的项", level, "实际", "目标", "灯", "说明"]
        screen.print(table("逐项", header, entries))


def _print_projects(state: State) -> None:
    """Print the lists of projects with their lamps; nothing for an empty list."""
    from decimal import Decimal

    from qiyx_xl.core.primitives.values import plain
    from qiyx_xl.core.rating.completion import NO_RATE
    from qiyx_xl.shells.cli.output import lamp, table

    def number(value: Decimal | int | None) -> str:
        return NO_RATE if value is None else plain(Decimal(value))

    screen, status = console(), state.projects
    if status.projects:
        rows = [
            (
                line.project.code,
                line.project.name,
                number(line.invested),
                number(line.planned),
                line.assessment.display,
                number(line.assessment.delay_days),
                lamp(line.assessment.light, line.assessment.lamp),
                line.assessment.reason,
            )
            for line in status.projects
        ]
        header = ["编码", "重大项目", "完成投资", "年度计划", "完成率", "滞后天数", "灯", "说明"]
        screen.print(table(f"{state.period.label}重大项目（万元）", header, rows))
    if status.livelihood:
        entries = [
            (
                line.project.code,
                line.project.name,
                f"{number(line.done)}／{plain(line.project.target)}{line.project.measure}",
                line.assessment.display,
                line.assessment.on_schedule,
                lamp(line.assessment.light, line.assessment.lamp),
                line.assessment.reason,
            )
            for line in status.livelihood
        ]
        header = ["编码", "民生实事", "完成／目标", "完成率", "达序", "灯", "说明"]
        screen.print(table(f"{state.period.label}民生实事", header, entries))


def _print_tasks(state: State, views: Sequence[str]) -> None:
    """Print the tasks whose lamp is red or amber, and the counts by each view."""
    from qiyx_xl.core.rating.lamps import Light
    from qiyx_xl.core.tasks.status import COUNTED_STATES, VIEWS, task_counts
    from qiyx_xl.shells.cli.output import lamp, table

    status, screen = state.tasks, console()
    if status.is_empty:
        return
    rows = [
        (
            line.task.code,
            line.task.name,
            line.task.lead_agency,
            line.shown_state,
            lamp(line.assessment.light, line.assessment.lamp),
            line.assessment.reason,
        )
        for line in status.troubled
    ]
    header = ["编号", "重点任务", "牵头单位", "状态", "灯", "说明"]
    screen.print(table(f"{state.period.label}滞后的重点任务", header, rows))
    for view in views:
        if view in VIEWS:
            counted = [
                (
                    count.name,
                    str(count.total),
                    *(str(count.states[word]) for word in COUNTED_STATES),
                    *(str(count.lights[light]) for light in Light),
                )
                for count in (*task_counts(status, state.plan, view), status.count)
            ]
            head = [_VIEWS[view], "项数", *COUNTED_STATES, *(light.word for light in Light)]
            screen.print(table(f"重点任务按{_VIEWS[view]}", head, counted))


def _frozen(state: State) -> str:
    closing = state.closing
    if closing is None:
        return ""
    text = (
        f"{state.period.label}已由{closing.by}于 {closing.at:%Y-%m-%d %H:%M} 封账，"
        "以下是封账时的数和灯。"
    )
    if state.revisions:
        text += (
            f"封账后按“更正”收过 {state.revisions} 次，差别请看："
            f"qiyx diff --period {state.period} --against 封账"
        )
    return text
