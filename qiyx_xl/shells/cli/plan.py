"""``qiyx plan``: show the plan as tables, check a plan file, import one from a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
    PATH,
    console,
    format_option,
    plan_option,
    say,
    say_json,
)
from qiyx_xl.shells.cli.help import Group

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan


@click.group(
    cls=Group,
    example="""
    qiyx plan show
    qiyx plan check 我区方案.json
    qiyx plan import 我区实施方案.docx --out 我区方案.json
    """,
)
def plan() -> None:
    """查看方案的指标、目标和里程碑，检查方案文件，从文件导入方案。"""


@plan.command(
    example="""
    qiyx plan show
    qiyx plan show --format json > 方案.json
    """
)
@plan_option
@format_option
def show(plan_file: Path | None, form: str) -> int:
    """把方案列成表：指标、任务目标、里程碑、未定事项。"""
    from qiyx_xl.app import load_plan
    from qiyx_xl.papers.plan_tables import plan_document

    the_plan = load_plan(plan_file)
    if form == "json":
        say_json(plan_document(the_plan))
    else:
        _print_plan(the_plan)
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
        say(f"待确认：指标{item.code}“{item.name}”的目标按默认口径读出，请对照文件确认。")


@plan.command(
    example="""
    qiyx plan check 我区方案.json
    qiyx plan check                      检查自带的方案
    """
)
@click.argument("plan_path", metavar="[方案文件]", type=PATH, required=False)
@format_option
def check(plan_path: Path | None, form: str) -> int:
    """检查方案文件：年份、目标、方向、重复、倒退、表与正文不一致。"""
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
    qiyx plan import 我区实施方案.docx --out 我区方案.json
    qiyx plan import 指标表.xlsx --out 我区方案.json --id zhenhai-2023-2027
    """,
)
@click.argument("source", metavar="文件", type=PATH)
@click.option(
    "--out", type=PATH, required=True, metavar="方案文件", help="写到哪里；已有的文件不会被替换。"
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
def import_(source: Path, out: Path, plan_id: str, form: str) -> int:
    """把别的区的指标表（.txt、.docx、.xlsx、.xls）读成方案文件，列出要由人确认的地方。"""
    from qiyx_xl import app
    from qiyx_xl.core.plan.checks import check_document
    from qiyx_xl.intake.office_files.plan import check_plan

    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", plan_id) is None:
        raise app.AppError(f"方案编号“{plan_id}”只能用小写字母、数字和连字符，如 my-2023-2027。")
    draft = app.import_plan(source, out, plan_id=plan_id)
    findings = check_plan(out)
    if form == "json":
        say_json(check_document(str(out), findings))
        return FINDINGS
    say(f"读出 {len(draft.document['indicators'])} 项指标，写到“{out}”。")
    say(f"请确认 {len(draft.questions)} 处（也记在方案文件的“待确认问题”里）：")
    for number, question in enumerate(draft.questions, start=1):
        items = f"（指标{'、'.join(question.items)}）" if question.items else ""
        say(f"{number}. {question.where}：{question.issue}{items} {question.default}")
    for finding in findings:
        say(f"{out.name} ▸ {finding}")
    say(f"改好以后用 qiyx plan check {out} 检查，再用 --plan {out} 指明它。")
    return FINDINGS
