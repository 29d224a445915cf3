"""``qiyx plan``: show, check, export, import and adopt a plan."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    PERIOD,
    adopting_options,
    by_option,
    console,
    day_of,
    format_option,
    moment,
    plan_options,
    plans_and_rules,
    say,
    say_json,
    show_in_ledger,
)
from qiyx_xl.shells.cli.help import Group

_MOST_ITEMS = 8  # named of a question's items; the workbook has all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app import Office, Proposal
    from qiyx_xl.core.plan.importing.drafted import DraftPlan
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period


@click.group(
    cls=Group,
    example="""
    qiyx plan show
    qiyx plan export 方案.xlsx
    qiyx plan check 方案.xlsx
    qiyx plan import 我区实施方案.docx --out 方案.xlsx
    qiyx plan adopt 方案.xlsx --from 2026Q4
    """,
)
def plan() -> None:
    """查看、检查、导出、导入方案，采用改过的方案。"""


@plan.command(
    example="""
    qiyx plan show
    qiyx plan show --format json > 方案.json
    """
)
@plan_options
@format_option
def show(
    ledger: Path,
    store: Path | None,
    plan_file: Path | None,
    rules_file: Path | None,
    form: str,
) -> int:
    """把方案列成表：指标、任务目标、里程碑、未定事项。"""
    from qiyx_xl.core.plan.written import document_of

    plans = plans_and_rules(ledger, store, plan_file, rules_file)[0]
    if form == "json":
        say_json(document_of(plans.latest))
    else:
        _print_plan(plans.latest)
        _print_adoptions(plans)
    return CLEAN


def _print_adoptions(plans: Plans) -> None:
    """Print which plan holds from when, where the office has adopted any."""
    for adoption in plans.adoptions:
        if adoption.at is None:
            continue
        start = "从头起" if adoption.since is None else f"从{adoption.since.label}起"
        why = f"，{adoption.reason}" if adoption.reason else ""
        say(f"{start}：方案 {adoption.plan.version}（{adoption.at:%Y-%m-%d} {adoption.by}{why}）")


@plan.command(
    example="""
    qiyx plan export 方案.xlsx
    qiyx plan export 方案.json           供别的程序读
    """
)
@click.argument("out", metavar="文件", type=PATH)
@plan_options
def export(
    out: Path, ledger: Path, store: Path | None, plan_file: Path | None, rules_file: Path | None
) -> int:
    """把方案写成工作簿（.xlsx），在表格里改；已有的文件不会被替换。"""
    from qiyx_xl import app

    app.export_plan(plans_and_rules(ledger, store, plan_file, rules_file)[0].latest, out)
    say(f"方案写到“{out}”。改好以后用 qiyx plan check {out} 检查，用 qiyx plan adopt {out} 采用。")
    return CLEAN


def _print_plan(the_plan: Plan) -> None:
    from qiyx_xl.papers.plan_tables import plan_rows
    from qiyx_xl.shells.cli.output import table

    say(f"{the_plan.title}（方案版本 {the_plan.version}）")
    screen = console()
    for title, (header, *rows) in plan_rows(the_plan).items():
        screen.print(table(f"{title}（{len(rows)} 项）", header, rows))
    unsure = [item for item in the_plan.indicators if item.to_confirm]
    for item in unsure:
        say(f"待确认：指标{item.number}“{item.name}”的目标按默认口径读出，请对照文件确认。")


@plan.command(
    example="""
    qiyx plan check 方案.xlsx
    qiyx plan check                      检查自带的方案
    """
)
@click.argument("plan_path", metavar="[方案文件]", type=PATH, required=False)
@format_option
def check(plan_path: Path | None, form: str) -> int:
    """检查方案（.xlsx 或 .json）：年份、目标、方向、重复、倒退、表与正文不一致。"""
    from qiyx_xl.core.plan.checks import check_document, could_not_run
    from qiyx_xl.data import resource
    from qiyx_xl.intake.office_files.plan import PlanError, check_plan

    path = resource("plan.json") if plan_path is None else plan_path
    findings = check_plan(path)
    if could_not_run(findings):
        raise PlanError(path, findings)
    if form == "json":
        say_json(check_document(str(path), findings))
    else:
        for finding in findings:
            say(f"{path.name} ▸ {finding}")
        say(f"方案文件没有问题：{path.name}" if not findings else f"共 {len(findings)} 处。")
    return FINDINGS if findings else CLEAN


@plan.command(
    "import",
    example="""
    qiyx plan import 我区实施方案.docx --out 方案.xlsx
    qiyx plan import 指标表.xlsx 正文.docx --out 方案.xlsx --id zhenhai-2023-2027
    """,
)
@click.argument("sources", metavar="文件...", type=PATH, nargs=-1, required=True)
@click.option(
    "--out",
    type=PATH,
    required=True,
    metavar="方案文件",
    help="写到哪里，.xlsx 或 .json；已有的文件不会被替换。",
)
@click.option(
    "--id",
    "plan_id",
    default="imported",
    show_default=True,
    metavar="编号",
    help="方案编号：小写字母、数字和连字符。",
)
@format_option
def import_(sources: tuple[Path, ...], out: Path, plan_id: str, form: str) -> int:
    """把别的区的文件（.docx、.xlsx、.pdf、.html、.txt、.csv 等）读成方案，列出要由人确认的地方。"""
    from qiyx_xl import app
    from qiyx_xl.core.plan.checks import check_document
    from qiyx_xl.intake.office_files.plan import check_plan

    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", plan_id) is None:
        raise app.AppError(f"方案编号“{plan_id}”只能用小写字母、数字和连字符，如 my-2023-2027。")
    draft = app.import_plan(sources, out, plan_id=plan_id)
    findings = check_plan(out)
    if form == "json":
        say_json(check_document(str(out), findings))
        return FINDINGS
    say(_how_much(draft, out))
    say(f"请确认 {len(draft.questions)} 处（也记在方案的“待确认”里）：")
    for number, question in enumerate(draft.questions, start=1):
        items = f"（{_some(question.items)}）" if question.items else ""
        say(f"{number}. {question.where}：{question.issue}{items} {question.default}")
    for finding in findings:
        say(f"{out.name} ▸ {finding}")
    say(f"改好以后用 qiyx plan check {out} 检查，用 qiyx plan adopt {out} 采用。")
    return FINDINGS


def _how_much(draft: DraftPlan, out: Path) -> str:
    """Say what was read: indicators, goals, and sentences to choose from."""
    document = draft.document
    parts = [f"读出 {len(document['indicators'])} 项指标"]
    if document["goals"]:
        parts.append(f"{len(document['goals'])} 项任务目标")
    if draft.candidates:
        parts.append(f"列出 {len(draft.candidates)} 句供选里程碑和重点任务")
    return f"{'、'.join(parts)}，写到“{out}”。"


def _some(items: Sequence[str]) -> str:
    """Name the first items of a question, and how many there are."""
    listed = "、".join(items[:_MOST_ITEMS])
    return f"{listed}等{len(items)}项" if len(items) > _MOST_ITEMS else listed


@plan.command(
    example="""
    qiyx plan adopt 方案.xlsx --dry-run
    qiyx plan adopt 方案.xlsx --from 2026Q4 --by 张三 --reason 区政府常务会议调整
    """
)
@click.argument("plan_path", metavar="方案", type=PATH)
@click.option(
    "--from",
    "since",
    type=PERIOD,
    metavar="数据期",
    help="从哪一期起采用，如 2026Q4；不写就从本季度起（已封账的，从封账以后起）。",
)
@by_option
@click.option("--reason", default="", metavar="说明", help="为什么改；记入日志。")
@click.option("--dry-run", is_flag=True, help="只看改了什么，什么都不写。")
@click.option("--yes", is_flag=True, help="不再问，直接采用。")
@adopting_options
def adopt(
    plan_path: Path,
    since: Period | None,
    by: str,
    reason: str,
    dry_run: bool,  # noqa: FBT001 - a command line flag
    yes: bool,  # noqa: FBT001 - a command line flag
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """采用一份改过的方案：先说改了什么，问过再记入，台账跟着变。"""
    from qiyx_xl import app
    from qiyx_xl.papers.json.plan import adoption_document

    day = day_of(today)
    proposal = app.propose(office, app.load_plan(plan_path), since=since, today=day)
    if form == "text":
        _print_proposal(proposal)
    will_adopt = bool(proposal.changes) and not dry_run
    if will_adopt and not yes:
        will_adopt = _asked()
    if will_adopt:
        app.adopt(office, proposal, now=moment(), today=day, by=by, reason=reason)
    elif not proposal.changes and not dry_run:
        # A run that was stopped between booking and refreshing is completed by the next one.
        show_in_ledger(office, day, "方案")
    if form == "json":
        say_json(
            adoption_document(
                proposal.before,
                proposal.plan,
                proposal.since,
                proposal.changes,
                adopted=will_adopt,
            )
        )
    elif will_adopt:
        say("已采用，记入数据库。" + ("台账已跟着更新。" if office.ledger.exists() else ""))
    elif proposal.changes:
        say("没有采用，什么都没有改。")
    return CLEAN


def _print_proposal(proposal: Proposal) -> None:
    if not proposal.changes:
        say("与现行方案相同，没有要改的。")
        return
    start = "从头起" if proposal.since is None else f"从{proposal.since.label}起"
    say(f"{start}采用“{proposal.plan.title}”（{proposal.plan.version}），与现行方案相比：")
    for number, change in enumerate(proposal.changes, start=1):
        say(f"{number}. {change.sentence}")


def _asked() -> bool:
    """Ask whether to adopt; a question that nobody can answer is refused."""
    from qiyx_xl import app

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise app.AppError("没有人可以问要不要采用，什么都没有改。确定要采用的，请加上 --yes。")
    return click.confirm("要采用吗？", default=False, err=True)
