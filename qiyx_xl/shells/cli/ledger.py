"""``qiyx ledger``: build, refresh, verify, rebuild or copy the ledger workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    by_option,
    day_of,
    format_option,
    ledger_argument,
    ledger_argument_even_damaged,
    moment,
    open_office,
    period_option,
    plan_option,
    rules_option,
    say,
    say_json,
    today_option,
)
from qiyx_xl.shells.cli.help import Group

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app import Office
    from qiyx_xl.app.custody.rebuild import RebuildReport
    from qiyx_xl.app.custody.verify import CheckedPart, LedgerCheck
    from qiyx_xl.core.primitives.periods import Period

_MOST_LINES, _MOST_SHOWN = 200, 10


@click.group(
    cls=Group,
    example="""
    qiyx ledger build 七优享台账.xlsm
    qiyx ledger refresh 七优享台账.xlsm --period 2026Q3
    qiyx ledger verify 七优享台账.xlsm
    """,
)
def ledger() -> None:
    """新建、刷新、核对、重建台账工作簿，或做静态副本。"""


_EDITIONS = click.Choice(["excel", "addin"])


@ledger.command(
    example="""
    qiyx ledger build
    qiyx ledger build 七优享台账.xlsm
    qiyx ledger build --edition addin
    """
)
@click.argument("out", metavar="[台账]", type=PATH, required=False)
@click.option(
    "--edition",
    type=_EDITIONS,
    help="excel：有宏的 .xlsm；addin：没有宏的 .xlsx，供 LibreOffice、WPS 用。默认看文件名。",
)
@plan_option
@rules_option
@period_option(required=False)
@by_option
def build(
    out: Path | None,
    edition: str | None,
    plan_file: Path | None,
    rules_file: Path | None,
    period: Period | None,
    by: str,
) -> int:
    """新建一本空台账（含函数、按钮和功能区）；不写名字的，用方案的简称。给了方案的，也记入数据库。"""
    from pathlib import Path

    from qiyx_xl import app
    from qiyx_xl.app.ledger import check_suffix
    from qiyx_xl.ledger.registry import LedgerEdition

    path = Path(app.ledger_name(app.load_plan(plan_file))) if out is None else out
    if edition is not None:
        wanted = LedgerEdition(edition)
        path = path.with_suffix(wanted.suffix) if out is None else path
        check_suffix(path, wanted)
    office = open_office(path, None, plan_file, rules_file)
    path = app.new_ledger(
        office, period=period, now=moment(), by=by, books_plan=plan_file is not None
    )
    say(f"已新建台账“{path}”。")
    return CLEAN


@ledger.command(
    example="""
    qiyx ledger refresh 七优享台账.xlsm
    qiyx ledger refresh 七优享台账.xlsm --period 2026Q3
    """
)
@by_option
@period_option(required=False)
@ledger_argument
@today_option
def refresh(
    office: Office,
    period: Period | None,
    today: datetime | None,
    by: str,
) -> int:
    """按数据库重写台账的记录和灯，其余内容不动；不写数据期的，就用台账上选的。

    台账上“改由”“从哪一期起”两栏填好了的，先照它采用。
    """
    from qiyx_xl import app

    path = office.ledger
    shown = _shown(office) if period is None else period
    done = app.refresh_typed(office, shown, day_of(today), now=moment(), by=by)
    for sentence in done.changes:
        say(sentence)
    say(f"已按{shown.label}刷新台账“{path}”。")
    for problem in done.problems:
        say(f"没有采用：{problem}")
    return FINDINGS if done.problems else CLEAN


def _shown(office: Office) -> Period:
    """Return the 数据期 that the ledger shows."""
    from qiyx_xl import app
    from qiyx_xl.app.custody.maintenance import shown_period

    if not office.ledger.exists():
        raise app.AppError(f"找不到台账“{office.ledger}”。请检查路径。")
    return shown_period(office.ledger)


@ledger.command(example="qiyx ledger migrate 七优享台账.xlsm")
@ledger_argument
@today_option
def migrate(office: Office, today: datetime | None) -> int:
    """把旧版建的台账升级：换宏和功能区，补上缺的栏；自己写的都留着，原来的存进备份。"""
    from qiyx_xl.app.ledger import migrate as migrate_ledger

    done = migrate_ledger(office, _shown(office), day_of(today))
    if not done.is_needed:
        say(f"台账“{office.ledger}”已经是现在的版本，没有改动。")
        return CLEAN
    columns, sheets = (
        "、".join(f"“{name}”" for name in names) for names in (done.columns, done.sheets)
    )
    say(
        f"已把台账“{office.ledger}”升级：换了{'宏和功能区' if done.macros else '说明'}"
        + (f"，补了{columns}栏" if columns else "")
        + (f"，加了{sheets}表" if sheets else "")
        + "，原来的存在旁边的备份文件夹里。"
    )
    return CLEAN


@ledger.command(
    example="""
    qiyx ledger convert 七优享台账.xlsm
    qiyx ledger convert 七优享台账.xlsx 七优享台账.xlsm
    """
)
@click.argument("path", metavar="台账", type=PATH)
@click.argument("out", metavar="[新台账]", type=PATH, required=False)
@click.option("--edition", type=_EDITIONS, help="转换成哪一种；默认是另一种。")
def convert(path: Path, out: Path | None, edition: str | None) -> int:
    """把有宏的台账（.xlsm）转换成供 LibreOffice、WPS 用的（.xlsx），或转换回来；自己写的都留着。"""
    from qiyx_xl.app.ledger import convert as convert_ledger
    from qiyx_xl.ledger.registry import LedgerEdition

    done = convert_ledger(path, out, None if edition is None else LedgerEdition(edition))
    say(
        f"已转换为“{done}”，原来的“{path}”没有动。两本用同一个数据库，以后用哪一本就写明哪一本，"
        "或把另一本移走。"
    )
    return CLEAN


@ledger.command(
    example="""
    qiyx ledger verify 七优享台账.xlsm
    qiyx ledger verify 七优享台账.xlsm --full
    qiyx ledger verify 七优享台账.xlsm --format json
    """
)
@click.option(
    "--full",
    is_flag=True,
    help="把全部原件重读一遍，与数据库里的数对照；默认抽查 100 份。",
)
@ledger_argument_even_damaged
@today_option
@format_option
def verify(
    full: bool,  # noqa: FBT001 - a command line flag
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """核对数据库、清单、原件和台账：各自好不好，坏的是哪一个，怎么办；什么都不写。"""
    from qiyx_xl.app.custody.reread import USUAL_FILES
    from qiyx_xl.app.custody.verify import verify_ledger

    check = verify_ledger(office, day_of(today), most=None if full else USUAL_FILES)
    if form == "json":
        say_json(check.to_json())
    else:
        _print_check(check)
    return CLEAN if check.is_clean else FINDINGS


_STATES = {
    "whole": "完好",
    "damaged": "损坏",
    "missing": "缺失",
    "behind": "落后",
    "apart": "对不上",
    "ahead": "比数据库新",
    "unchecked": "没有核对",
}


def _print_check(check: LedgerCheck) -> None:
    _print_part("数据库", check.store)
    _print_part("清单", check.journal)
    _print_part("原件", check.originals)
    _print_part("台账", check.ledger)
    typed = [mismatch for mismatch in check.mismatches if mismatch.kind.value != "shown"]
    shown = [mismatch for mismatch in check.mismatches if mismatch.kind.value == "shown"]
    _say_some(str(mismatch) for mismatch in typed)
    for mismatch in shown[:_MOST_SHOWN]:
        say(str(mismatch))
    if len(shown) > _MOST_SHOWN:
        say(
            f"……共有 {len(shown)} 个公式格显示的值与数据库不同，"
            "多半是没有函数的程序重新算过。运行 qiyx ledger refresh 即恢复。"
        )
    read = check.read
    say(
        f"重读了 {read.files_known} 份原件中的 {read.files} 份，对照了 {read.values} 个数，"
        f"{len(read.differences)} 个不同"
        + (f"，{read.unread} 个现在读不出来，没有对照。" if read.unread else "。")
    )
    if check.is_clean and check.period is not None:
        say(f"台账与数据库一致：{check.period.label}，核对了 {check.cells} 格，没有不同。")


def _print_part(name: str, part: CheckedPart) -> None:
    # The differing cells of the ledger are printed after this, one by one.
    say(f"{name}：{_STATES[part.state]}" + ("。" if not part.problems else "："))
    _say_some(f"  {problem}" for problem in part.problems)
    if part.cure:
        say(f"  怎么办：{part.cure}。")


def _say_some(lines: Iterable[str]) -> None:
    for index, line in enumerate(lines):
        if index == _MOST_LINES:
            say("……还有更多，用 --format json 可看全部。")
            return
        say(line)


@ledger.command(
    example="""
    qiyx ledger rebuild 七优享台账.xlsm
    qiyx ledger rebuild 七优享台账.xlsm --period 2026Q3
    """
)
@period_option(required=False)
@ledger_argument_even_damaged
@today_option
@format_option
def rebuild(
    office: Office,
    period: Period | None,
    today: datetime | None,
    form: str,
) -> int:
    """数据库丢了或坏了的，从清单或原件重建；再照它重写台账。坏文件改名保留。"""
    from qiyx_xl.app.custody.rebuild import rebuild as rebuild_both

    report = rebuild_both(office, day_of(today), now=moment(), period=period)
    if form == "json":
        say_json(report.to_json())
    else:
        _print_rebuilt(report, office.ledger)
    return CLEAN if report.is_clean else FINDINGS


_ORIGINS = {
    "kept": "数据库完好，没有动它",
    "journal": "数据库已照“清单.jsonl”重建",
    "originals": "清单也没有了，数据库已从原件重新汇总",
}
_PROOFS = {
    ("journal", "store"): "重建的与原来逐行相同：旧库的封存值与清单的一致。",
    ("journal", "ledger"): (
        "台账写成时记过的全在，封存值一致；那以后有没有再记过（如发布、例会），清单里看不出来。"
    ),
    ("journal", "none"): "清单前后连贯；最后一次之后有没有再记过，没有别的东西可以对证。",
}


def _print_rebuilt(report: RebuildReport, path: Path) -> None:
    for aside in report.aside:
        say(f"原来的文件已改名或另存：{aside}")
    say(f"{_ORIGINS[report.origin.value]}：{report.runs} 次汇总，{report.records} 个数。")
    proof = _PROOFS.get((report.origin.value, report.proof.value))
    if proof is not None:
        say(proof)
    for line in report.missing:
        say(f"没有找回：{line}。")
    if report.returned:
        say(
            f"有 {report.returned} 份原件按现在的规则要退回，里面的数没有收。"
            "请用 qiyx validate 查看。"
        )
    for name in report.lost:
        say(f"原件缺失或被改动过：{name}")
    for name in report.unknown:
        say(f"原件在，数据库里没有记：{name}")
    if report.unknown:
        say("数据库里没有记的原件，请核对后用 qiyx consolidate 重新汇总，不要的移走。")
    say(f"台账已按{report.period.label}重写：{path}")


@ledger.command(example="qiyx ledger static 七优享台账.xlsm 七优享台账_2026Q3.xlsx")
@click.argument("path", metavar="台账", type=PATH)
@click.argument("out", metavar="副本.xlsx", type=PATH)
def static(path: Path, out: Path) -> int:
    """做一份静态副本：样子不变，只有数，没有宏、公式和链接，可以发给领导看。"""
    from qiyx_xl.app.custody.maintenance import static_copy

    say(f"静态副本已存为“{static_copy(path, out)}”。")
    return CLEAN
