"""``qiyx doctor`` and ``qiyx host``: what this computer has and lacks, with the cure of each."""

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
from qiyx_xl.shells.cli.help import Command, Group

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.shells.doctor import Report
    from qiyx_xl.shells.doctor.facts import Environment
    from qiyx_xl.shells.hosts.status import HostStatus


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
        _print_report(report)
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


def _print_report(report: Report) -> None:
    for checked in report.checks:
        answer = checked.answer
        say(f"[{answer.state.word}] {checked.title}：{answer.found}")
        if answer.cure:
            say(f"        {answer.cure}")
    say(report.sentence)


# --- the programs in which functions and buttons live -------------------------------------------

_NAMES = click.Choice(["excel", "libreoffice", "wps"])
_TITLES = {"excel": "Excel", "libreoffice": "LibreOffice", "wps": "WPS 表格"}


@click.group(
    cls=Group,
    example="""
    qiyx host status
    qiyx host install libreoffice
    qiyx host uninstall wps
    """,
)
def host() -> None:
    """把函数和按钮装进 Excel、LibreOffice、WPS 表格，或看装好了没有。"""


@host.command(
    example="""
    qiyx host install libreoffice
    qiyx host install libreoffice --save 扩展.oxt
    qiyx host install wps
    """
)
@click.argument("name", metavar="excel|libreoffice|wps", type=_NAMES)
@click.option(
    "--save", type=PATH, metavar="位置", help="不装，只把扩展或加载项存到这里，由管理员分发。"
)
def install(name: str, save: Path | None) -> int:
    """装进一个表格软件；装过的换成现在这一版。要先关掉那个软件。"""
    from qiyx_xl.shells.hosts.programs import PROGRAMS

    program = PROGRAMS[name]
    if save is not None:
        say(f"已存为“{program.save(save)}”。")
        return CLEAN
    done = program.install()
    say(f"已装进 {_TITLES[name]}。请重新启动它，再打开台账。")
    for problem in done.problems:
        say(problem)
    return FINDINGS if done.problems else CLEAN


@host.command(example="qiyx host uninstall libreoffice")
@click.argument("name", metavar="excel|libreoffice|wps", type=_NAMES)
def uninstall(name: str) -> int:
    """从一个表格软件里卸掉；台账不动，里面的数照样能看。"""
    from qiyx_xl.shells.hosts.programs import PROGRAMS

    was_there = PROGRAMS[name].uninstall()
    say(f"已从 {_TITLES[name]} 卸掉。" if was_there else f"{_TITLES[name]} 里没有装，不用卸。")
    return CLEAN


@host.command(example="qiyx host status --format json")
@format_option
def status(form: str) -> int:
    """逐个说明：软件在不在、哪一版，扩展装好没有、哪一版，能不能应答。"""
    from qiyx_xl.shells.hosts.programs import PROGRAMS

    found = [program.status() for program in PROGRAMS.values()]
    if form == "json":
        say_json({"schema": "host-status/1", "hosts": [each.to_json() for each in found]})
    else:
        for each in found:
            _print_status(each)
    return FINDINGS if any(each.problems for each in found) else CLEAN


def _print_status(found: HostStatus) -> None:
    title = _TITLES[found.name]
    if found.program is None:
        say(f"{title}：这台电脑上没有找到。")
    elif not found.installed:
        say(f"{title} {found.program_version or ''}（{found.program}）：还没有装。")
    else:
        engine = {True: "，能应答", False: "，不应答", None: ""}[found.engine]
        version = f" {found.addin_version} 版" if found.addin_version else ""
        say(f"{title} {found.program_version or ''}（{found.program}）：装好了{version}{engine}。")
    for problem in found.problems:
        say(f"  {problem}")
