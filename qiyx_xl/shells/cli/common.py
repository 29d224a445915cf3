"""What the commands share: options, exit codes, output, and one-line Chinese error messages."""

from __future__ import annotations

import errno
import re
import sys
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from qiyx_xl.shells.cli.output import write_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console

    from qiyx_xl.app import Office
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import Submission

    _PeriodParameter = click.ParamType[Period]
else:
    _PeriodParameter = click.ParamType  # generic only in click's newest releases

CLEAN, FINDINGS = 0, 1  # exit codes; 2 and 3, for a command that failed, are set in __init__

_Function = TypeVar("_Function", bound="Callable[..., Any]")


class PeriodType(_PeriodParameter):
    """A period, in any form that ``Period.parse`` reads."""

    name = "数据期"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Period:
        """Parse the period, or fail with a sentence that says how to write one."""
        from qiyx_xl.core.primitives.periods import Period, PeriodError

        if isinstance(value, Period):
            return value
        try:
            return Period.parse(value)
        except PeriodError as error:
            self.fail(str(error), param, ctx)


class PathType(click.Path):
    """A path, shown as 路径 in the help."""

    name = "路径"

    def __init__(self) -> None:
        super().__init__(path_type=Path)


PERIOD = PeriodType()
PATH = PathType()


def period_option(*, required: bool) -> Callable[[_Function], _Function]:
    """Return the option ``--period``."""
    return click.option(
        "--period",
        type=PERIOD,
        required=required,
        metavar="数据期",
        help="数据期：2026、2026Q3、2026-09，或“2026年三季度”。",
    )


def format_option(function: _Function) -> _Function:
    """Add the option ``--format text|json``."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        metavar="text|json",
        help="输出文字（默认）或 JSON。",
    )(function)


def plan_option(function: _Function) -> _Function:
    """Add the option ``--plan FILE``."""
    return click.option(
        "--plan", "plan_file", type=PATH, metavar="文件", help="方案文件，默认用自带的方案。"
    )(function)


def rules_option(function: _Function) -> _Function:
    """Add the option ``--rules FILE``."""
    return click.option(
        "--rules", "rules_file", type=PATH, metavar="文件", help="评分规则文件，默认用自带的规则。"
    )(function)


def default_ledger() -> Path:
    """Return the ledger of the current folder.

    Raises:
        LedgerError: there are several.
    """
    from qiyx_xl.ledger.found import ledger_in

    return ledger_in(Path())


def office_options(function: _Function) -> _Function:
    """Add ``--ledger``, ``--store``, ``--plan``, ``--rules``; the command gets one ``office``."""
    return _with_office(function, ledger_option)


store_option = click.option(
    "--store", type=PATH, metavar="文件", help="数据库，默认是台账旁边的同名 .sqlite。"
)
ledger_option = click.option(
    "--ledger",
    type=PATH,
    default=default_ledger,
    metavar="文件",
    help="台账，默认是当前文件夹里的那一本。",
)


def plan_options(function: _Function) -> _Function:
    """Add ``--ledger``, ``--store``, ``--plan``, ``--rules`` of a command that needs no office.

    It gets their paths, and passes them to ``plans_and_rules``.
    """
    return ledger_option(store_option(plan_option(rules_option(function))))


def plans_and_rules(
    ledger: Path, store: Path | None, plan_file: Path | None, rules_file: Path | None
) -> tuple[Plans, Rules]:
    """Return the plans and rules to answer by: of the office that is there, else of the files.

    Raises:
        AppError: the plan given is not the one that the office goes by.
    """
    from qiyx_xl.app import load_plan, load_rules
    from qiyx_xl.core.plan.timeline import Plans

    if any(path is not None and path.exists() for path in (ledger, store)):
        from qiyx_xl.app.plan_in_force import plans_of

        given = None if plan_file is None else load_plan(plan_file)
        return plans_of(ledger, store, given), load_rules(rules_file)
    return Plans.only(load_plan(plan_file)), load_rules(rules_file)


def ledger_argument(function: _Function) -> _Function:
    """Add ``office_options``, with the ledger as an argument instead of ``--ledger``."""
    return _with_office(function, click.argument("ledger", metavar="台账", type=PATH))


def ledger_argument_even_damaged(function: _Function) -> _Function:
    """Do the same as ``ledger_argument`` for a command that also works on a damaged store."""
    ledger = click.argument("ledger", metavar="台账", type=PATH)
    return _with_office(function, ledger, despite_damage=True)


def adopting_options(function: _Function) -> _Function:
    """Add ``--ledger``, ``--store``, ``--rules``, ``--today``, ``--format``: an office to change.

    It has no ``--plan``: the plan is what the command changes.
    """
    return _with_office(today_option(format_option(function)), ledger_option, takes_plan=False)


def _with_office(
    function: _Function,
    ledger: Callable[[_Function], _Function],
    *,
    takes_plan: bool = True,
    despite_damage: bool = False,
) -> _Function:
    @wraps(function)
    def command(
        *args: Any,
        ledger: Path,
        store: Path | None,
        rules_file: Path | None,
        plan_file: Path | None = None,
        **options: Any,
    ) -> Any:
        office = open_office(ledger, store, plan_file, rules_file, despite_damage=despite_damage)
        return function(*args, office=office, **options)

    asking = rules_option(cast("_Function", command))
    return ledger(store_option(plan_option(asking) if takes_plan else asking))


def today_option(function: _Function) -> _Function:
    """Add the option ``--today DATE``: the day that counts as today."""
    return click.option(
        "--today",
        type=click.DateTime(formats=["%Y-%m-%d"]),
        metavar="日期",
        help="按哪一天算是否到期（如 2026-10-20），默认今天；日志里的时间不受影响。",
    )(function)


def standard_options(function: _Function) -> _Function:
    """Add ``office_options``, ``--today`` and ``--format``, which most commands have."""
    return office_options(today_option(format_option(function)))


def by_option(function: _Function) -> _Function:
    """Add the option ``--by NAME``: who decides, closes or reopens."""
    return click.option(
        "--by", default=_user, metavar="姓名", help="谁办的，记入日志；默认是登录电脑的用户名。"
    )(function)


def _user() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):  # no name in the environment or the user database
        return ""


def day_of(today: datetime | None) -> date:
    """Return the date of ``--today``, or the clock's."""
    return datetime.now().astimezone().date() if today is None else today.date()


def moment() -> datetime:
    """Return the current time for the log; no option sets it, because it orders versions."""
    return datetime.now().astimezone().replace(microsecond=0)


def open_office(
    ledger: Path,
    store: Path | None,
    plan_file: Path | None,
    rules_file: Path | None,
    *,
    despite_damage: bool = False,
) -> Office:
    """Return the office of a ledger, with the plan and rules of the options."""
    from qiyx_xl.app import Office, load_plan, load_rules

    return Office.at(
        ledger,
        store=store,
        plan=None if plan_file is None else load_plan(plan_file),
        rules=load_rules(rules_file),
        despite_damage=despite_damage,
    )


def refresh_after(office: Office, period: Period, today: date, booked: str, *, quiet: bool) -> None:
    """Refresh the ledger after a booking, if the ledger exists."""
    from qiyx_xl import app

    if not office.ledger.exists():
        return
    app.refresh_booked(office, period, today, booked)
    if not quiet:
        say(f"台账已更新：{office.ledger}")


def show_in_ledger(office: Office, today: date, booked: str) -> None:
    """Refresh the ledger at the period that it shows, if it exists and is older than the log.

    Call it even if this run has booked nothing: an earlier run may have been stopped between
    booking and refreshing.
    """
    from qiyx_xl.app.custody.maintenance import shown_period
    from qiyx_xl.app.ledger import lags

    if office.ledger.exists() and lags(office):
        refresh_after(office, shown_period(office.ledger), today, booked, quiet=True)


# --- output ----------------------------------------------------------------------------------


def say(text: str = "") -> None:
    """Print a line on stdout, with control characters made harmless."""
    from qiyx_xl.core.primitives.legible import inert

    click.echo(inert(text))


def say_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document on stdout."""
    import json

    write_utf8([json.dumps(document, ensure_ascii=False, indent=2), "\n"])


def console() -> Console:
    """Return a console for tables: as wide as the terminal, or 160 columns in a pipe."""
    from rich.console import Console

    on_terminal = sys.stdout.isatty()
    return Console(width=None if on_terminal else 160, highlight=False, soft_wrap=False)


@contextmanager
def progress() -> Iterator[
    tuple[Callable[[int], None] | None, Callable[[Submission], None] | None]
]:
    """Yield ``on_start`` and ``on_done`` of a progress bar; None and None without a terminal."""
    if not sys.stderr.isatty():
        yield None, None  # without callbacks no result is unpacked just to show progress
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("校验"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None, name="")
        yield (
            lambda total: bar.update(task, total=total),
            lambda submission: bar.update(task, advance=1, name=submission.shown_name),
        )


# --- errors ----------------------------------------------------------------------------------


_LONGEST, _END = 500, 150  # characters of a message; people do not read longer ones


def describe(error: Exception) -> str | None:
    """Return one line that says why the command could not run; None for a bug in this program."""
    message = _described(error)
    return None if message is None else _one_line(message)


def _one_line(message: str) -> str:
    """Return a message as one line; shorten its middle, because the cure is at its end."""
    line = " ".join(message.split("\n"))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - _END]}……{line[-_END:]}"


def _described(error: Exception) -> str | None:
    if isinstance(error, click.ClickException):
        return _describe_usage(error)
    if isinstance(error, OSError):
        return _describe_os(error)
    if isinstance(error, UnicodeEncodeError) and error.encoding == sys.getfilesystemencoding():
        return (
            "这里的语言环境写不了中文文件名。请先运行 export PYTHONUTF8=1"
            "（Windows 上是 set PYTHONUTF8=1），再运行一次。"
        )
    if isinstance(error, ImportError):
        from qiyx_xl.intake.errors import incomplete

        return str(incomplete(error))
    from qiyx_xl.core.primitives.errors import QiyxError

    return str(error) if isinstance(error, QiyxError) else None


def _describe_usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "qiyx"
    see = f"请用 {command} --help 看用法。"
    match error:
        case click.NoSuchOption():
            near = f"，是不是 {error.possibilities[0]}？" if error.possibilities else "。"
            return f"没有 {error.option_name} 这个选项{near}{see}"
        case click.MissingParameter():
            return f"缺少 {_name(error.param)}。{see}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 后面要跟一个值。{see}"
        case click.BadParameter():
            return f"{_name(error.param)} 不对：{_bad_value(error)}{see}"
        case click.UsageError() if error.message.startswith("No such command"):
            name = error.message.removeprefix("No such command").rstrip(".").strip(" '")
            return f"没有 {name} 这条命令。{see}"
        case click.UsageError() if (extra := _extra(error.message)) is not None:
            return f"多了“{extra}”，这条命令不用它；含空格的路径要加引号。{see}"
        case _:
            return f"命令写法不对（{error.format_message()}）。{see}"


def _extra(message: str) -> str | None:
    """Return the unexpected argument that a message of click names; None for other messages."""
    found = re.fullmatch(r"Got unexpected extra arguments? \((.*)\)\.?", message)
    return None if found is None else found[1]


def _bad_value(error: click.BadParameter) -> str:
    match getattr(error.param, "type", None):
        case click.Choice() as kind:
            return f"只能是 {'、'.join(map(str, kind.choices))}。"
        case click.DateTime():
            return "日期请写成 2026-10-20。"
        case click.IntRange(min=least, max=None):
            return f"应是不小于 {least} 的整数。"
        case click.IntRange(min=least, max=most):
            return f"应是 {least} 到 {most} 的整数。"
        case _:
            return error.message if error.message.endswith("。") else f"{error.message}。"


def _name(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    if parameter is not None:
        return parameter.make_metavar(click.Context(click.Command(""))) or parameter.name or ""
    return "参数"


def _describe_os(error: OSError) -> str:
    # Some errors have no file name: a full disk is noticed while writing to an open file.
    name = f"“{error.filename}”" if error.filename else ""
    match error:
        case FileNotFoundError():
            return f"找不到{name or '文件'}。请检查路径。"
        case PermissionError():
            return f"没有权限读写{name or '文件'}，或它正被 Excel／WPS 打开。请关闭后再试。"
        case IsADirectoryError():
            return f"{name or '路径'}是文件夹，这里要的是文件。请检查路径。"
        case NotADirectoryError():
            return f"{name or '路径'}不是文件夹，或者它的上一级是文件。请检查路径。"
        case FileExistsError():
            return f"{name or '文件'}已经存在。请换一个名字，或先移走它。"
        case _ if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"磁盘已满，没有写成{name or '文件'}。请腾出空间后再运行一次。"
        case _ if error.errno == errno.EROFS:
            return f"{name or '文件'}在只读的磁盘上，写不进去。请换一个位置再试。"
        case _:
            from qiyx_xl.files.reasons import reason_of

            return f"读写{name or '文件'}出错：{reason_of(error)}。请检查磁盘空间和权限后再试。"
