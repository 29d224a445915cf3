"""The command ``qiyx``: argv in, exit code out.

0: clean. 1: done, with findings. 2: could not run, and no data was changed; one line on stderr
says why and what to do. 3: interrupted after something was booked; the line says what is booked,
and running the command again completes it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from qiyx_xl import __version__
from qiyx_xl.shells.cli.help import Group
from qiyx_xl.shells.cli.output import Answers

if TYPE_CHECKING:
    from collections.abc import Sequence


# CLEAN is repeated from common, so that --version need not load that module
_CLEAN, _COULD_NOT_RUN, _INTERRUPTED = 0, 2, 3
_MODULES = {
    "demo": "demo",
    "init": "init",
    "plan": "plan",
    "rate": "rate",
    "distribute": "distribute",
    "validate": "validate",
    "consolidate": "consolidate",
    "status": "status",
    "decide": "decide",
    "trace": "history",
    "diff": "history",
    "history": "history",
    "close": "close",
    "reopen": "close",
    "remind": "remind",
    "publish": "publish",
    "meeting": "meeting",
    "matter": "meeting",
    "template": "distribute",
    "projects": "projects",
    "ledger": "ledger",
    "host": "computer",
    "doctor": "computer",
}
"""The module of each command in this package, imported only when the command is run."""
_READING = (
    *(("--help",), ("-h",), ("--version",), ("-V",), ("rate",), ("status",), ("trace",), ("diff",)),
    *(("plan", "show"), ("plan", "check"), ("matter", "list"), ("projects", "show")),
    *(("ledger", "verify"), ("doctor",), ("host", "status")),
)
"""Commands that change nothing: if their output is lost, they can simply be run again."""


@click.group(
    cls=Group,
    modules=_MODULES,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    example="""
    qiyx demo                                                        用样例走完一个季度
    qiyx distribute --period 2026Q3 --out 下发                        给各单位生成填报表
    qiyx validate 收件 --period 2026Q3                                校验收到的填报表
    qiyx consolidate 收件 --ledger 七优享台账.xlsm --period 2026Q3     汇总进台账
    qiyx status --period 2026Q3                                      看完成率和红黄绿
    """,
)
@click.version_option(__version__, "-V", "--version", message="qiyx %(version)s", help="显示版本。")
@click.pass_context
def qiyx(context: click.Context) -> None:
    """七优享台账：校验各单位填报，汇总进台账，算完成率和红黄绿。"""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its exit code."""
    answers = Answers()
    answers.take_over()
    code = _run(argv)
    sys.exit(_exit_code_of_output(code, answers.failure(), sys.argv[1:] if argv is None else argv))


def _exit_code_of_output(code: int, failure: str | None, argv: Sequence[str]) -> int:
    """Return the exit code, changed if the output could not be written.

    Then it is 2 for a command that only reads, and 3 for one whose work is done; a line on stderr
    says why, unless the reader has closed the pipe (``failure`` is empty).
    """
    if failure is None or code in (_COULD_NOT_RUN, _INTERRUPTED):
        return code
    is_reading = any(tuple(argv[: len(words)]) == words for words in _READING)
    if failure:
        again = "请换一个位置再运行一次。"
        if not is_reading:
            again = "要做的已经做完，不用重做；可用 qiyx status 等命令再看。"
        click.echo(f"结果没有写出来（{failure}）。{again}", err=True)
    return _COULD_NOT_RUN if is_reading else _INTERRUPTED


def _run(argv: Sequence[str] | None) -> int:
    try:
        code = qiyx.main(
            args=None if argv is None else list(argv), prog_name="qiyx", standalone_mode=False
        )
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止。", err=True)
        return _COULD_NOT_RUN
    except Exception as error:
        from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
        from qiyx_xl.shells.cli.common import describe

        sentence = describe(error)
        if sentence is None:
            raise
        from qiyx_xl.core.primitives.legible import inert

        click.echo(inert(sentence), err=True)
        booked = isinstance(error, InterruptedAfterBookingError)
        return _INTERRUPTED if booked else _COULD_NOT_RUN
    return code if isinstance(code, int) else _CLEAN
