"""``qiyx distribute`` and ``qiyx template``: fill-in workbooks, and the shipped templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    PATH,
    console,
    format_option,
    office_options,
    period_option,
    say,
    say_json,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from qiyx_xl.app import Office
    from qiyx_xl.core.primitives.periods import Period


@click.command(
    cls=Command,
    example="""
    qiyx distribute --period 2026Q3 --out 下发
    qiyx distribute --period 2026-09 --out 下发 --ledger 七优享台账.xlsm
    """,
)
@period_option(required=True)
@click.option("--out", type=PATH, required=True, metavar="文件夹", help="填报表放到哪里。")
@office_options
@format_option
def distribute(
    period: Period,
    out: Path,
    office: Office,
    form: str,
) -> int:
    """给每个单位生成一份填报表，只列本期该报的项目，带上期值。"""
    from qiyx_xl import app
    from qiyx_xl.documents.forms.write import distribute_document
    from qiyx_xl.shells.cli.output import table

    forms = app.distribute(office, period, out)
    if form == "json":
        say_json(distribute_document(office.plan_at(period), period, forms))
        return CLEAN
    header = ["单位", "应报项数", "文件"]
    rows = [[summary.agency, str(summary.items), Path(summary.path).name] for summary in forms]
    if any(summary.projects or summary.livelihood for summary in forms):
        header[2:2] = ["重大项目", "民生实事"]
        for row, summary in zip(rows, forms, strict=True):
            row[2:2] = [str(summary.projects), str(summary.livelihood)]
    if any(summary.tasks for summary in forms):
        header[-1:-1] = ["重点任务"]
        for row, summary in zip(rows, forms, strict=True):
            row[-1:-1] = [str(summary.tasks)]
    console().print(table(f"{period.label}填报表", header, rows))
    say(f"已生成 {len(forms)} 份填报表，在“{out}”。")
    return CLEAN


# --- ``qiyx template``: copy a shipped template, which an office can then change ----------------

_NAMES = {"bulletin": "通报模板.docx", "agenda": "例会模板.docx"}


@click.command(
    cls=Command,
    example="""
    qiyx template bulletin --out 通报模板.docx
    qiyx template agenda --out 例会模板.docx
    """,
)
@click.argument("name", metavar="bulletin|agenda", type=click.Choice(list(_NAMES)))
@click.option(
    "--out", type=PATH, required=True, metavar="文件", help="写到这里；不会覆盖已有文件。"
)
def template(name: str, out: Path) -> int:
    """取一份自带的模板（通报或例会材料），改成自己的。"""
    from qiyx_xl import app
    from qiyx_xl.data import resource
    from qiyx_xl.files.placing import replacing

    if out.exists():
        raise app.AppError(f"“{out}”已经存在，没有改动它。请换一个文件名，或先移走旧文件。")
    with replacing(out) as beside:
        beside.write_bytes(resource(f"templates/{name}.docx").read_bytes())
    say(f"已写好“{out}”。改好后放在台账旁边，名字叫“{_NAMES[name]}”，以后都用它。")
    return CLEAN
