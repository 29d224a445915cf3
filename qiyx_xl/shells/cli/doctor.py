"""``qiyx doctor``: what stops the add-in from working on this computer, and the cure of each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    default_ledger,
    format_option,
    say,
    say_json,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.shells.doctor import Report
    from qiyx_xl.shells.doctor.facts import Environment


class FactsError(QiyxError):
    """The file given with ``--facts`` cannot be read; the message is one sentence with a cure."""


@click.command(
    cls=Command,
    example="""
    qiyx doctor
    qiyx doctor --ledger D:\\七优享\\七优享台账.xlsm
    qiyx doctor --format json > 体检.json          发给技术人员
    qiyx doctor --facts 体检.json                  在别的电脑上看这份体检
    """,
)
@click.option(
    "--ledger",
    type=PATH,
    default=default_ledger,
    metavar="文件",
    help="台账，默认是当前文件夹里的那一本。",
)
@click.option(
    "--facts", type=PATH, metavar="文件", help="不查本机，看别处用 --format json 存下的体检。"
)
@format_option
def doctor(ledger: Path, facts: Path | None, form: str) -> int:
    """体检：查这台电脑能不能用台账里的函数和按钮，逐项说明怎么办。"""
    from qiyx_xl.shells.doctor import examine, judge

    report = examine(ledger) if facts is None else judge(_read_facts(facts))
    if form == "json":
        say_json(report.to_json())
    else:
        _print(report)
    return CLEAN if report.is_clean else FINDINGS


def _read_facts(path: Path) -> Environment:
    from qiyx_xl.shells.doctor.facts import Environment

    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        return Environment.from_json(document["facts"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise FactsError(
            f"“{path}”不是体检结果。请给由 qiyx doctor --format json 存下的文件。"
        ) from wrong


def _print(report: Report) -> None:
    for checked in report.checks:
        answer = checked.answer
        say(f"[{answer.state.word}] {checked.title}：{answer.found}")
        if answer.cure:
            say(f"        {answer.cure}")
    say(report.sentence)
