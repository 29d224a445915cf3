"""``qiyx projects``: write, import and show the lists of major and livelihood projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    PATH,
    console,
    day_of,
    format_option,
    moment,
    office_options,
    say,
    say_json,
    show_in_ledger,
    today_option,
)
from qiyx_xl.shells.cli.help import Group

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app import Office
    from qiyx_xl.core.plan.project_list import ProjectList


@click.group(
    cls=Group,
    example="""
    qiyx projects template 项目清单.xlsx
    qiyx projects import 项目清单.xlsx
    qiyx projects show
    """,
)
def projects() -> None:
    """重大项目和民生实事的清单：生成、收进、查看。"""


@projects.command(
    example="""
    qiyx projects template 项目清单.xlsx
    """
)
@click.argument("out", metavar="清单.xlsx", type=PATH)
@office_options
def template(out: Path, office: Office) -> int:
    """生成一份清单，供专班办公室填写；已有清单的带上现有内容。"""
    from qiyx_xl.app import AppError
    from qiyx_xl.app.projects import write_project_template

    if out.suffix.lower() != ".xlsx":
        raise AppError(f"清单要存成 .xlsx，现在是“{out.name}”。请改一个文件名。")
    listed = write_project_template(office, out)
    if listed.entries:
        say(f"已把现有的{_counts(listed)}写进“{out}”。改好后用 qiyx projects import 收进来。")
    else:
        say(f"已生成空白清单“{out}”。填好后用 qiyx projects import 收进来。")
    return CLEAN


@projects.command(
    "import",
    example="""
    qiyx projects import 项目清单.xlsx
    qiyx projects import projects.json --ledger 七优享台账.xlsm
    """,
)
@click.argument("source", metavar="清单", type=PATH)
@office_options
@today_option
def import_(
    source: Path,
    office: Office,
    today: datetime | None,
) -> int:
    """把填好的清单收进数据库；再收一次就是新的一版，旧版留底。"""
    from qiyx_xl.app.projects import import_projects

    taken = import_projects(office, source, moment())
    if taken.changed:
        say(f"已收下{_counts(taken.listed)}。以后下发的填报表会带上这些项目。")
    else:
        say(f"这份清单与现用的相同（{_counts(taken.listed)}），没有改动。")
    show_in_ledger(office, day_of(today), "项目清单")
    return CLEAN


@projects.command(
    example="""
    qiyx projects show
    qiyx projects show --format json > projects.json
    """
)
@office_options
@format_option
def show(office: Office, form: str) -> int:
    """看现在用的清单。"""
    from qiyx_xl.app.projects import project_list
    from qiyx_xl.core.plan.project_list import projects_document

    listed = project_list(office)
    if form == "json":
        say_json(projects_document(listed))
    elif not listed.entries:
        say(
            "还没有清单。请先用 qiyx projects template 生成一份，"
            "填好后用 qiyx projects import 收进来。"
        )
    else:
        _print_list(listed)
    return CLEAN


def _counts(listed: ProjectList) -> str:
    nodes = sum(len(project.nodes) for project in listed.projects)
    return (
        f"重大项目 {len(listed.projects)} 个（节点 {nodes} 个）、"
        f"民生实事 {len(listed.livelihood)} 件"
    )


def _print_list(listed: ProjectList) -> None:
    from qiyx_xl.core.primitives.values import plain
    from qiyx_xl.shells.cli.output import table

    screen = console()
    majors = [
        (
            project.code,
            project.name,
            project.domain,
            project.agency,
            "、".join(
                f"{year}年 {plain(money)}" for year, money in project.planned_investment.items()
            ),
            "；".join(f"{node.name} {node.planned}" for node in project.nodes),
        )
        for project in listed.projects
    ]
    header = ["编码", "重大项目", "领域", "责任部门", "计划投资（万元）", "节点"]
    screen.print(table("重大项目", header, majors))
    rows = [
        (
            project.code,
            str(project.year),
            project.name,
            project.agency,
            f"{plain(project.target)}{project.measure}",
        )
        for project in listed.livelihood
    ]
    screen.print(table("民生实事", ["编码", "年度", "民生实事", "责任部门", "目标"], rows))
