"""``qiyx close`` and ``qiyx reopen``: 封账 and 启封."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    by_option,
    day_of,
    moment,
    period_option,
    say,
    say_json,
    standard_options,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from qiyx_xl.app import Closed, Office
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine

_MOST_NAMES = 8


@click.command(
    cls=Command,
    example="""
    qiyx close --period 2026Q3 --by 张三
    qiyx close                                  看历次封账和启封
    """,
)
@period_option(required=False)
@click.option("--reason", default="", metavar="说明", help="说明，可不写；记入日志。")
@by_option
@standard_options
def close(
    period: Period | None,
    reason: str,
    by: str,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """封账：一个数据期的数、灯、规则和台账副本就此定下，后来的文件不再收入。"""
    from qiyx_xl import app
    from qiyx_xl.papers.json.history import closing_document

    if period is None:
        return _list(app.closings(office), form)
    closed = app.close(office, period, now=moment(), today=day_of(today), by=by, reason=reason)
    if form == "json":
        copy = None if closed.copy is None else str(closed.copy)
        say_json(
            closing_document(
                closed.closing, copy=copy, unreported=closed.unreported, in_doubt=closed.in_doubt
            )
        )
    else:
        for line in _closed_lines(closed):
            say(line)
    return FINDINGS if closed.unreported or closed.in_doubt else CLEAN


@click.command(cls=Command, example="qiyx reopen --period 2026Q3 --reason 审计调整指标17 --by 张三")
@period_option(required=True)
@click.option("--reason", default="", metavar="理由", help="为什么启封，必须写明；记入日志。")
@by_option
@standard_options
def reopen(
    period: Period,
    reason: str,
    by: str,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """启封：重新打开已封账的数据期，理由记入日志。"""
    from qiyx_xl import app
    from qiyx_xl.papers.json.history import closing_document

    closing = app.reopen(office, period, now=moment(), today=day_of(today), by=by, reason=reason)
    if form == "json":
        say_json(closing_document(closing))
    else:
        say(f"{period.label}已启封，理由：{closing.reason}。封账时的数仍留在数据库里。")
    return CLEAN


def _list(closings: Sequence[Closing], form: str) -> int:
    if form == "json":
        from qiyx_xl.papers.json.history import closings_document

        say_json(closings_document(closings))
        return CLEAN
    for closing in closings:
        reason = f"，{closing.reason}" if closing.reason else ""
        what = f"{closing.period.label}{closing.action.label}{reason}"
        say(f"{closing.at:%Y-%m-%d %H:%M}  {closing.by}对{what}")
    if not closings:
        say("还没有封过账。")
    return CLEAN


def _closed_lines(closed: Closed) -> Iterable[str]:
    from qiyx_xl.core.plan.model import Indicator
    from qiyx_xl.core.rating.lamps import Light

    closing = closed.closing
    lights = [line.rating.light for line in closed.lines if isinstance(line.item, Indicator)]
    counts = "、".join(f"{light.word} {lights.count(light)}" for light in Light)
    yield (
        f"{closing.period.label}已封账：{len(closing.figures)} 项的数和灯已定下"
        f"（指标：{counts}），方案 {closing.plan_version}，规则 {closing.rules_version}。"
    )
    if closed.copy is not None:
        yield f"台账副本：{closed.copy}"
    for word, lines in (("未报", closed.unreported), ("待核", closed.in_doubt)):
        if lines:
            yield f"其中 {len(lines)} 项按“{word}”封账：{_names(lines)}。"


def _names(lines: Sequence[StatusLine]) -> str:
    from qiyx_xl.core.primitives.text import counted_names

    return counted_names([line.item.name for line in lines], _MOST_NAMES)
