"""``qiyx decide``: list what waits for a decision, and book a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    by_option,
    day_of,
    moment,
    period_option,
    refresh_after,
    say,
    say_json,
    standard_options,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from qiyx_xl.app import Office
    from qiyx_xl.core.consolidation.conflicts import Decision
    from qiyx_xl.core.consolidation.versions import WaitingChoice
    from qiyx_xl.core.primitives.periods import Period


@click.command(
    cls=Command,
    example="""
    qiyx decide
    qiyx decide --period 2026Q3 --indicator 12 --agency 区医保部门 --reason 以参保库为准 --by 张三
    qiyx decide --period 2026Q3 --indicator 19 --agency 区民政局 --confirm --reason 已电话核实
    qiyx decide --period 2026Q3 --indicator 1 --agency 区卫健局 --version 3fa9c2 --reason 新件填错
    """,
)
@period_option(required=False)
@click.option("--indicator", metavar="编号", help="哪一项：序号、任务编号（如 T3-3-01）或全称。")
@click.option("--agency", metavar="单位", help="采用哪个单位的数。")
@click.option("--confirm", is_flag=True, help="核实：这个单位的这个数看上去可疑，其实无误。")
@click.option("--value", metavar="数", help="核实的是哪个数；已收下的数不用写。")
@click.option(
    "--version", metavar="校验值", help="改用这个单位较早一份文件里的数，写校验值的前几位。"
)
@click.option("--reason", default="", metavar="理由", help="理由，记入日志。")
@by_option
@standard_options
def decide(
    period: Period | None,
    indicator: str | None,
    agency: str | None,
    confirm: bool,  # noqa: FBT001 - a command line flag
    value: str | None,
    version: str | None,
    reason: str,
    by: str,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """列出待决定的冲突和待核的数；写明单位和理由，就是作决定。"""
    from qiyx_xl import app

    is_question = indicator is None and agency is None and not confirm and version is None
    if is_question:
        return _list(office, app.waiting(office, day_of(today), period), form)
    if period is None or indicator is None or agency is None:
        raise app.AppError(
            "作决定要同时写明 --period、--indicator 和 --agency。"
            "不带参数的 qiyx decide 列出待决定的事项。"
        )
    if confirm and version is not None:
        raise app.AppError("--confirm（核实）和 --version（改用较早的一份）请只用一个。")
    if value is not None and not confirm:
        raise app.AppError("--value 只和 --confirm 一起用，写明核实的是哪个数。")
    wish = _Wish(office, period, indicator, agency, moment(), by, reason)
    if confirm:
        decisions = wish.confirmed(value)
    elif version is not None:
        decisions = wish.preferred(version)
    else:
        decisions = wish.settled()
    if form == "json":
        from qiyx_xl.papers.json.history import decisions_document

        say_json(decisions_document(office.plans, decisions))
    else:
        for line in _decision_lines(office, decisions):
            say(line)
    refresh_after(office, period, day_of(today), "决定", quiet=form == "json")
    return CLEAN


@dataclass(frozen=True, slots=True)
class _Wish:
    """The options of a decision, and the three kinds of decision they can be booked as."""

    office: Office
    period: Period
    indicator: str
    agency: str
    now: datetime
    by: str
    reason: str

    def settled(self) -> tuple[Decision, ...]:
        from qiyx_xl import app

        return app.decide(
            self.office,
            self.period,
            self.indicator,
            self.agency,
            now=self.now,
            by=self.by,
            reason=self.reason,
        )

    def confirmed(self, value: str | None) -> tuple[Decision, ...]:
        from qiyx_xl import app

        return (
            app.confirm(
                self.office,
                self.period,
                self.indicator,
                self.agency,
                now=self.now,
                by=self.by,
                reason=self.reason,
                value=value,
            ),
        )

    def preferred(self, sha256: str) -> tuple[Decision, ...]:
        from qiyx_xl import app

        return (
            app.prefer(
                self.office,
                self.period,
                self.indicator,
                self.agency,
                sha256,
                now=self.now,
                by=self.by,
                reason=self.reason,
            ),
        )


def _list(office: Office, waiting: WaitingChoice, form: str) -> int:
    if form == "json":
        from qiyx_xl.papers.json.history import waiting_document

        say_json(waiting_document(office.plans, waiting))
    elif waiting.is_empty:
        say("没有待决定的冲突，也没有待核的数。")
    else:
        for line in _waiting_lines(office, waiting):
            say(line)
    return CLEAN if waiting.is_empty else FINDINGS


def _waiting_lines(office: Office, waiting: WaitingChoice) -> Iterable[str]:
    from qiyx_xl.core.primitives.values import spell

    for conflict in waiting.conflicts:
        left, right = conflict.left, conflict.right
        number = office.plans.printed(left.code)
        yield (
            f"冲突：{left.period.label} {_name(office, left.code)}"
            f"　{left.agency}报 {spell(left.actual)}，{right.agency}报 {spell(right.actual)}。"
        )
        yield (
            f"  采用哪个，请运行：qiyx decide --period {left.period} --indicator {number} "
            f"--agency {left.agency}或{right.agency} --reason 理由"
        )
    for doubt in waiting.doubts:
        record = doubt.record
        number = office.plans.printed(record.code)
        yield (
            f"待核：{record.period.label} {_name(office, record.code)}"
            f"　{record.agency}报 {spell(record.actual)}，{doubt.reason}。"
        )
        yield (
            f"  确实无误，请运行：qiyx decide --period {record.period} --indicator {number} "
            f"--agency {record.agency} --confirm --reason 理由；填错了，请该单位更正后再报。"
        )


def _decision_lines(office: Office, decisions: Iterable[Decision]) -> Iterable[str]:
    from qiyx_xl.core.history.trace import decision_text

    for decision in decisions:
        yield (
            f"已记入日志：{decision.period.label} {_name(office, decision.code)}"
            f"　{decision_text(decision)}。"
        )


def _name(office: Office, code: str) -> str:
    item = office.plans.item(code)
    return f"{item.printed_code}“{item.name}”" if item is not None else code
